"""What others may ask of the parcels room. Whose rows: `traces_within`; everything else is of a trace seen there."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Count, Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from . import refusals
from .matching.judging import Sign
from .models import MERGED, Declaration, Handling, Trace, Traced, Waybill
from .vocabulary import DEPOT_TRADES
from .wire import read_candidates

VIEW = "parcels.trace"
PARCEL_BITS = 63


class HandlingColumns(NamedTuple):
    """Who touched which parcel when, one entry a touch, in the order of time.

    person : (n,) int64, gate numbers
    parcel : (n,) int64, `parcel_number` of the waybill, or of the declaration where no waybill is known
    depot : (n,) int64, venue numbers of the depots
    at_s : (n,) int64, seconds since 1970 UTC; of a declaration, the noon of its day in county time
    """

    person: np.ndarray
    parcel: np.ndarray
    depot: np.ndarray
    at_s: np.ndarray


def handling_columns(
    *, disease: str | None = None, begins: datetime | None = None, ends: datetime | None = None
) -> HandlingColumns:
    """Every touch by somebody on the register, couriers' included, within `[begins, ends)` where that is given."""
    handlings = Handling.objects.filter(person__isnull=False)
    couriers = Waybill.objects.filter(courier__isnull=False)
    if disease is not None:
        handlings, couriers = handlings.filter(trace__disease=disease), couriers.filter(trace__disease=disease)
    if begins is not None:
        handlings, couriers = handlings.filter(touched_at__gte=begins), couriers.filter(touched_at__gte=begins)
    if ends is not None:
        handlings, couriers = handlings.filter(touched_at__lt=ends), couriers.filter(touched_at__lt=ends)
    depot = "trace__depot__venue_number"
    rows = list(
        handlings.order_by().values_list("person__gate_number", "waybill_id", "declaration", depot, "touched_at")
    )
    rows += [
        (person, waybill, None, number, at)
        for person, waybill, number, at in couriers.order_by().values_list(
            "courier__gate_number", "pk", depot, "touched_at"
        )
    ]
    rows.sort(key=lambda row: (row[4], row[0]))
    return HandlingColumns(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([parcel_number(row[1] or row[2]) for row in rows], dtype=np.int64),
        np.array([row[3] for row in rows], dtype=np.int64),
        np.array([int(row[4].timestamp()) for row in rows], dtype=np.int64),
    )


def parcels_called(gate_number: int, *, begins: datetime) -> dict[int, str]:
    """What the parcels that somebody had since then are called, by their number: depot, and end of the waybill."""
    mine = Handling.objects.filter(person__gate_number=gate_number, touched_at__gte=begins)
    carried = Waybill.objects.filter(courier__gate_number=gate_number, touched_at__gte=begins)
    found: dict[int, str] = {}
    for row in mine.select_related("waybill", "trace__depot"):
        number = row.waybill.number if row.waybill else ""
        found[parcel_number(row.waybill_id or row.declaration)] = _called(row.trace.depot.name, number)
    for row in carried.select_related("trace__depot"):
        found[parcel_number(row.pk)] = _called(row.trace.depot.name, row.number)
    return found


def _called(depot: str, number: str) -> str:
    return f"{depot}（运单尾号 {number[-4:]}）" if number else depot


def parcel_number(waybill: UUID) -> int:
    """A waybill's id as a number that fits a column; two of a county are never alike by chance."""
    return waybill.int >> (128 - PARCEL_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSeen:
    """One trace. Times are county time; `depot` is the venue."""

    id: UUID
    disease: str
    depot: UUID
    depot_name: str
    trade: str
    area_path: str
    since_on: date
    why: str
    opened_at: datetime
    opened_by: str
    couriers_settled_at: datetime | None
    closed_at: datetime | None


@dataclass(slots=True)
class Counts:
    """What a trace has come to so far.

    n_matched + n_ambiguous + n_unmatched = n_waybills: of each waybill whom it is for. The people: `n_found` all that
    were found and not set aside, of whom `n_confirmed` a person has confirmed (released ones too), `n_tested` were
    sampled after that and `n_released` are free of it.
    """

    n_waybills: int = 0
    n_matched: int = 0
    n_ambiguous: int = 0
    n_unmatched: int = 0
    n_declared: int = 0
    n_found: int = 0
    n_waiting: int = 0
    n_confirmed: int = 0
    n_tested: int = 0
    n_positive: int = 0
    n_released: int = 0
    n_set_aside: int = 0
    n_couriers: int = 0


def traces_within(account: Account | None) -> QuerySet[Trace]:
    """The traces an account may see, the newest first."""
    return within_scope(Trace.objects.select_related("depot"), account, VIEW)


def seen(rows: Iterable[Trace]) -> list[TraceSeen]:
    return [_seen(row) for row in rows]


def trace_with(trace: UUID) -> TraceSeen | None:
    row = Trace.objects.select_related("depot").filter(pk=trace).first()
    return row and _seen(row)


def trace_for(account: Account | None, trace: UUID) -> TraceSeen:
    """A trace that an account may see.

    Refuses
    -------
    accounts.not_yours, parcels.trace.not_found
    """
    require(account, VIEW)
    row = traces_within(account).filter(pk=trace).first()
    if row is None:
        raise refusals.unknown_trace()
    return _seen(row)


def traces_of_depot(depot: UUID) -> list[UUID]:
    """Every trace of a depot there has been."""
    return list(Trace.objects.filter(depot=depot).values_list("pk", flat=True))


def open_traces() -> list[TraceSeen]:
    return seen(Trace.objects.select_related("depot").filter(closed_at=None))


def _seen(row: Trace) -> TraceSeen:
    return TraceSeen(
        id=row.pk,
        disease=row.disease,
        depot=row.depot_id,
        depot_name=row.depot.name,
        trade=row.depot.trade,
        area_path=row.area_path,
        since_on=row.since_on,
        why=row.why,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        couriers_settled_at=row.couriers_settled_at,
        closed_at=row.closed_at,
    )


def counts_of(traces: Collection[UUID]) -> dict[UUID, Counts]:
    """What each of these traces has come to; two queries however many."""
    found = {trace: Counts() for trace in traces}
    handled = Handling.objects.filter(trace__in=traces).exclude(role=Handling.Role.SIGNER).order_by()
    for trace, role, state, n in handled.values_list("trace", "role", "state").annotate(n=Count("pk")):
        counts = found[trace]
        if role == Handling.Role.DECLARER:
            counts.n_declared += n
            continue
        counts.n_waybills += n
        setattr(counts, f"n_{state}", n)
    people = Traced.objects.filter(trace__in=traces).order_by()
    for trace, state, tested, is_courier, n in people.values_list("trace", "state", "tested", "is_courier").annotate(
        n=Count("pk")
    ):
        _count_people(found[trace], state, tested, is_courier, n)
    return found


def _count_people(counts: Counts, state: str, tested: str, is_courier: bool, n: int) -> None:
    if state == Traced.State.SET_ASIDE:
        counts.n_set_aside += n
        return
    counts.n_found += n
    counts.n_couriers += n * is_courier
    if state == Traced.State.FOUND:
        counts.n_waiting += n
        return
    counts.n_confirmed += n
    counts.n_tested += n * bool(tested)
    counts.n_positive += n * (tested == Traced.Tested.POSITIVE)
    counts.n_released += n * (state == Traced.State.RELEASED)


def recipients_of(trace: UUID, state: str = "") -> QuerySet[Handling]:
    """Whom the waybills of a trace are for, the newest first; in one state if asked."""
    rows = Handling.objects.filter(trace=trace, role=Handling.Role.RECIPIENT).select_related("waybill", "person")
    return (rows.filter(state=state) if state else rows).order_by("-touched_at", "pk")


def handlings_of(trace: UUID, person: UUID) -> QuerySet[Handling]:
    """What one person touched, by a trace, the newest first."""
    return Handling.objects.filter(trace=trace, person=person).select_related("waybill").order_by("-touched_at", "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Somebody as written who may be one of several; `n_parcels` are written so in the trace."""

    handling: UUID
    name: str
    phone: str
    address: str
    touched_at: datetime
    n_parcels: int
    candidates: list[tuple[UUID, int, tuple[Sign, ...]]]


def n_undecided(trace: UUID) -> int:
    """How many ways of being written wait for a decision: of who is to get a parcel, and of who signed for it."""
    waiting = Handling.objects.filter(trace=trace, state=Handling.State.AMBIGUOUS).order_by()
    return waiting.values("who").distinct().count()


def undecided_of(trace: UUID) -> list[UUID]:
    """One handling of each way of being written that waits for somebody to decide, those of most parcels first."""
    waiting = Handling.objects.filter(trace=trace, state=Handling.State.AMBIGUOUS).order_by("pk")
    alike: dict[bytes, list[UUID]] = {}
    for who, handling in waiting.values_list("who", "pk"):
        alike.setdefault(bytes(who), []).append(handling)
    return [found[0] for found in sorted(alike.values(), key=lambda found: (-len(found), found[0]))]


def undecided(handlings: Sequence[UUID]) -> list[Undecided]:
    """These, in their order, with who it may be; what was decided meanwhile is left out."""
    rows = {row.pk: row for row in Handling.objects.filter(pk__in=handlings, state=Handling.State.AMBIGUOUS)}
    found = [rows[pk] for pk in handlings if pk in rows]
    n_of = Handling.objects.filter(who__in=[bytes(row.who) for row in found], state=Handling.State.AMBIGUOUS).order_by()
    n_alike = {bytes(who): n for who, n in n_of.values_list("who").annotate(n=Count("pk"))}
    return [
        Undecided(
            handling=row.pk, name=row.name, phone=row.phone, address=row.address, touched_at=row.touched_at,
            n_parcels=n_alike.get(bytes(row.who), 1), candidates=read_candidates(row.candidates),
        )
        for row in found
    ]  # fmt: skip


def traced_of(trace: UUID, state: str = "") -> QuerySet[Traced]:
    """Whom a trace found, by place; in one state if asked. "tested" and "untested" are of those confirmed."""
    rows = Traced.objects.filter(trace=trace).select_related("person")
    if state == "untested":
        return rows.filter(state=Traced.State.CONFIRMED, tested="").order_by("area_path", "pk")
    if state == "couriers":
        return rows.filter(is_courier=True).order_by("area_path", "pk")
    return (rows.filter(state=state) if state else rows).order_by("area_path", "pk")


def couriers_of(depot: UUID) -> dict[str, UUID]:
    """The staff of a depot by name, where no two share one."""
    found: dict[str, set[UUID]] = {}
    for person, name in _staff(depot).values_list("person_id", "person__name"):
        found.setdefault(name, set()).add(person)
    return {name: next(iter(persons)) for name, persons in found.items() if len(persons) == 1}


def staff_of_depot(depot: UUID, on: date) -> list[Person]:
    """Who works at a depot on a day, couriers and everybody else."""
    lasting = _staff(depot).filter(Q(ends_on=None) | Q(ends_on__gt=on), begins_on__lte=on).select_related("person")
    return list({row.person_id: row.person for row in lasting.order_by("person__area_path", "person_id")}.values())


def _staff(depot: UUID) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(venue=depot, person__merged_into=None)
    return rows.exclude(role__in=("pupil", "keeper", "owner"))


def declarations_of(person: UUID) -> QuerySet[Declaration]:
    """What a person has declared, the latest touch first."""
    return Declaration.objects.filter(person_id=person).select_related("depot")


def sources_of(trace: UUID, persons: Collection[UUID]) -> dict[UUID, str]:
    """By what each of these people was found, as a rulebook names sources: a waybill, their own word, another's."""
    listed = Handling.objects.filter(trace=trace, person__in=persons, waybill__isnull=False).values_list(
        "person", flat=True
    )
    found = dict.fromkeys(listed, "waybill")
    said = Handling.objects.filter(trace=trace, person__in=persons, declaration__isnull=False)
    by_declaration = dict(said.values_list("declaration", "person"))
    rows = Declaration.objects.filter(pk__in=by_declaration).values_list("pk", "declared_by", "person__account")
    for declaration, by, account in rows:
        own = by.startswith("visitor:") or by == f"account:{account}"
        found.setdefault(by_declaration[declaration], "declaration" if own else "grid-worker")
    return found


def depots() -> QuerySet[Venue]:
    """The venues through which parcels go, by place."""
    return Venue.objects.filter(trade__in=DEPOT_TRADES, status=Venue.Status.VERIFIED).order_by("area_path", "name")


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [
        Waybill.objects.filter(courier__in=persons),
        Handling.objects.filter(person__in=persons),
        Declaration.objects.filter(person__in=persons),
        Traced.objects.filter(person__in=persons),
    ]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now: of who was traced, all of a row or nothing."""
    whole = frozenset(it.attname for it in Traced._meta.concrete_fields)
    return how_rows_return(changes, MERGED, together={Traced._meta.label_lower: [whole]})
