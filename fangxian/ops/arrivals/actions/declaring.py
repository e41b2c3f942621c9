"""Declaring and cancelling arrivals. Each takes a set, is one transaction and leaves one audit line."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.bulk import insert_rows, update_rows
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import MERGED, Arrival, Leg, Proposal, State, Stay, Version
from ..wire import Decided, NewArrival, Told, digest_of, plain_stages, plain_tests, told_json
from .correcting import overtake_corrections
from .rows import (
    BATCH,
    FILLED,
    Kept,
    fill,
    hold_people,
    legs_of,
    locked,
    refuse_cancelled,
    refuse_second_today,
    stays_of,
    write_over,
    write_version,
)

ONE_ARRIVAL_H = Parameter(
    value=12, unit="h", low=2, high=24,
    meaning="Two arrivals of one person nearer than this are one, declared twice with other words",
    source="a guess: whoever leaves and comes back on one day tells of it in one declaration",
)  # fmt: skip
MERGED_WHY = "两份档案合并，保留要求较严的一条 · two records became one; the one that asks more goes on"


@transaction.atomic
def declare(*, arrivals: Sequence[NewArrival], by: str) -> list[Kept]:
    """Keep declarations, of one family or of a thousand people; in their order.

    Sent again it is the same one. Of whoever was announced it is that record, landed or said anew.

    Refuses
    -------
    arrivals.declared_already, arrivals.cancelled_already, arrivals.corrected_today
    """
    at = county_now()
    known = _known([it.person for it in arrivals])
    found: list[Kept] = []
    fresh: list[tuple[NewArrival, Arrival, str]] = []
    for new in arrivals:
        of_person, said = known.setdefault(new.person, []), told_json(new.told)
        row = _same(new, said, of_person) or _announced(of_person)
        if row is None:
            _refuse_near(new, of_person)
            row = _row(new, said, at, by)
            fresh.append((new, row, said))
            of_person.append(row)
            found.append(Kept(row, is_new=True))
        elif _is_same(row, new, said):
            found.append(Kept(row, is_new=False))
        else:
            found.append(Kept(_say_anew(row, new, at, by), is_new=True))
    _refuse_called_off([row for _, row, _ in fresh])
    _insert(fresh, at, by)
    changed = [it.row for it in found if it.is_new]
    if changed:
        about = sorted({f"person:{it.person_id}" for it in changed})
        record("arrivals.declared", by=by, about=about[:BATCH], details={"n_arrivals": len(changed)})
    return found


@transaction.atomic
def decide_anew(
    *, decisions: Mapping[UUID, tuple[Told, Decided]], by: str, versions: Mapping[UUID, int] | None = None
) -> list[Arrival]:
    """Write what follows when the risk areas, the rulebook or what is known of a stay changed; which rows changed.

    Parameters
    ----------
    decisions : by arrival what was told, with what an enquiry added, and what the rules now make of it
    versions : by arrival the version that was decided on; one that was told anew meanwhile was decided then, and stays
    """
    at, changed, told_anew = county_now(), [], []
    rows = Arrival.objects.select_for_update(of=("self",)).select_related("person").filter(pk__in=decisions)
    for row in rows.exclude(state=State.CANCELLED).order_by("pk"):
        if versions is not None and row.version != versions[row.pk]:
            continue
        told, decided = decisions[row.pk]
        is_told_so = bytes(row.digest) == digest_of(row.person_id, told_json(told))
        if is_told_so and _is_decided_so(row, decided):
            continue
        if not is_told_so:
            told_anew.append(row)
        fill(row=row, told=told, said=told_json(told), decided=decided, at=at)
        row.version += 1
        changed.append(row)
    _write_anew(changed, told_anew, {row.pk: decisions[row.pk][0] for row in changed}, at, by)
    if changed:
        about = [f"person:{it.person_id}" for it in changed]
        record("arrivals.decided_anew", by=by, about=about[:BATCH], details={"n_arrivals": len(changed)})
    return changed


def _write_anew(
    changed: Sequence[Arrival], told_anew: Sequence[Arrival], told: Mapping[UUID, Told], at: datetime, by: str
) -> None:
    """Some hundred rows as they were filled; the stays and legs of those alone of whom something else is told."""
    update_rows(Arrival, ({"id": row.pk, **{it: getattr(row, it) for it in (*FILLED, "version")}} for row in changed))
    for model, rows_of in ((Stay, stays_of), (Leg, legs_of)):
        model.objects.filter(arrival__in=told_anew).delete()
        insert_rows(model, (one for row in told_anew for one in rows_of(row=row, told=told[row.pk])))
    insert_rows(
        Version,
        (
            {
                "arrival_id": row.pk, "number": row.version, "why": str(Version.Why.ENQUIRED),
                "content": told_json(told[row.pk]), "measure": row.measure, "rules": row.rules, "is_own": False,
                "written_at": at, "written_by": by,
            }
            for row in changed
        ),
    )  # fmt: skip


@transaction.atomic
def cancel(*, arrivals: Collection[UUID], why: str, by: str) -> list[Arrival]:
    """Somebody does not come, or it was declared by mistake; cancelled already, nothing changes.

    Refuses
    -------
    arrivals.no_reason
    """
    if not why.strip():
        raise refusals.no_reason("撤销", "cancelling")
    rows = list(Arrival.objects.select_for_update().filter(pk__in=arrivals).exclude(state=State.CANCELLED))
    for row in rows:
        row.state, row.cancelled_at, row.cancelled_why = State.CANCELLED, county_now(), why.strip()
        row.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    if rows:
        about = [f"person:{it.person_id}" for it in rows]
        record("arrivals.cancelled", by=by, about=about, details={"n_arrivals": len(rows)})
    return rows


@transaction.atomic
def undertake(*, arrival: UUID, name: str, by: str) -> Arrival:
    """Sign the undertaking (承诺书) with a typed name; the moment is kept. Signed already, nothing changes.

    Refuses
    -------
    arrivals.unknown.not_found, arrivals.cancelled_already, arrivals.no_undertaking, arrivals.no_name
    """
    row = locked(arrival)
    refuse_cancelled(row)
    if not row.needs_undertaking:
        raise refusals.no_undertaking()
    if not name.strip():
        raise refusals.no_name()
    if row.undertaken_at is None:
        row.undertaken_at, row.undertaken_name = county_now(), name.strip()
        row.save(update_fields=["undertaken_at", "undertaken_name"])
        record("arrivals.undertaken", by=by, about=[f"person:{row.person_id}"], details={"arrival": str(row.pk)})
    return row


@transaction.atomic
def carry_arrivals_over(*, kept: UUID, merged: UUID, by: str, goes_on: UUID | None = None) -> list[UUID]:
    """The arrivals of a merged record are those of the one that goes on; those that this ended.

    Of two announced `goes_on` counts, the newer one where none is named; what waited to be corrected of the other need
    not be asked any more.
    """
    rows = list(Arrival.objects.select_for_update().filter(person__in=[kept, merged]).order_by("-declared_at", "pk"))
    n_proposed = Proposal.objects.filter(person=merged).update(person_id=kept)
    if not n_proposed and not any(row.person_id == merged for row in rows):
        return []
    announced = [row for row in rows if row.state == State.ANNOUNCED]
    ended = sorted(announced, key=lambda row: row.pk != goes_on)[1:]
    overtake_corrections(arrivals=[row.pk for row in ended], by=by)
    for row in ended:
        row.state, row.cancelled_at, row.cancelled_why = State.CANCELLED, county_now(), MERGED_WHY
        row.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    tokens = {row.token for row in rows if row.person_id == kept and row.token}
    Arrival.objects.filter(person=merged, token__in=tokens).update(token=None)
    n = Arrival.objects.filter(person=merged).update(person_id=kept)
    record(
        "arrivals.carried_over",
        by=by,
        about=[f"person:{kept}", f"person:{merged}"],
        details={"n_arrivals": n, "n_proposed": n_proposed, "n_ended": len(ended)},
    )
    return [row.pk for row in ended]


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """The arrivals that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("arrivals.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


# ---- whether it is there already ----


def _known(persons: Iterable[UUID]) -> dict[UUID, list[Arrival]]:
    """What is on record of these people, the latest first.

    The people themselves are locked, in one order: a form sent twice at once waits here, and then finds itself.
    """
    found: dict[UUID, list[Arrival]] = {}
    wanted = sorted(set(persons))
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        hold_people(persons=some)
        rows = Arrival.objects.select_for_update().filter(person__in=some)
        for row in rows.exclude(state=State.CANCELLED).order_by("person_id", "-arrives_at", "id"):
            found.setdefault(row.person_id, []).append(row)
    return found


def _same(new: NewArrival, said: str, rows: Sequence[Arrival]) -> Arrival | None:
    if not rows:
        return None
    digest = digest_of(new.person, said)
    by_token = next((row for row in rows if new.token and row.token == new.token), None)
    return by_token or next((row for row in rows if bytes(row.digest) == digest), None)


def _is_same(row: Arrival, new: NewArrival, said: str) -> bool:
    """Whether there is nothing to write: said already, in these words or by this form, and landed if it says so."""
    is_said = (new.token and row.token == new.token) or bytes(row.digest) == digest_of(new.person, said)
    return bool(is_said) and (row.state == State.LANDED or not new.has_landed)


def _announced(rows: Sequence[Arrival]) -> Arrival | None:
    return next((row for row in rows if row.state == State.ANNOUNCED), None)


def _refuse_near(new: NewArrival, rows: Sequence[Arrival]) -> None:
    apart = timedelta(hours=ONE_ARRIVAL_H.value)
    for row in rows:
        if row.state == State.LANDED and abs(row.arrives_at - new.told.arrives_at) < apart:
            raise refusals.declared_already(row.arrives_at)


def _refuse_called_off(rows: Sequence[Arrival]) -> None:
    """A form that was declared and called off, sent once more by a slow network, brings nothing back."""
    tokens = {row.token for row in rows if row.token}
    if tokens:
        gone = Arrival.objects.filter(person__in=[row.person_id for row in rows], token__in=tokens)
        if row := gone.filter(state=State.CANCELLED).first():
            raise refusals.cancelled(row.cancelled_at)


# ---- writing ----


def _say_anew(row: Arrival, new: NewArrival, at: datetime, by: str) -> Arrival:
    """Whoever was announced has come, or says otherwise before they come."""
    if new.has_landed:
        row.state, row.landed_at, why = State.LANDED, at, Version.Why.LANDED
    else:
        why = Version.Why.CORRECTED
        if new.is_own:
            refuse_second_today(row)
    row.token, row.venue = new.token or row.token, new.venue or row.venue
    row.area_path = new.area_path
    row.save(update_fields=["state", "landed_at", "token", "venue", "area_path"])
    write_over(row=row, told=new.told, decided=new.decided, at=at)
    write_version(row=row, told=new.told, why=why, is_own=new.is_own, by=by)
    return row


def _row(new: NewArrival, said: str, at: datetime, by: str) -> Arrival:
    row = Arrival(
        id=uuid4(), person_id=new.person, area_path=new.area_path, declared_as=new.declared_as, venue=new.venue,
        state=State.LANDED if new.has_landed else State.ANNOUNCED, landed_at=at if new.has_landed else None,
        token=new.token, declared_at=at, declared_by=by,
    )  # fmt: skip
    fill(row=row, told=new.told, said=said, decided=new.decided, at=at)
    return row


def _is_decided_so(row: Arrival, decided: Decided) -> bool:
    return (row.rules, row.measure, row.stages, row.tests) == (
        list(decided.rules), decided.measure, plain_stages(decided.stages), plain_tests(decided.tests),
    )  # fmt: skip


def _insert(fresh: Sequence[tuple[NewArrival, Arrival, str]], at: datetime, by: str) -> None:
    names = [field.attname for field in Arrival._meta.concrete_fields]
    insert_rows(Arrival, ({name: getattr(row, name) for name in names} for _, row, _ in fresh))
    insert_rows(Stay, (one for new, row, _ in fresh for one in stays_of(row=row, told=new.told)))
    insert_rows(Leg, (one for new, row, _ in fresh for one in legs_of(row=row, told=new.told)))
    insert_rows(
        Version,
        (
            {
                "arrival_id": row.pk, "number": 1, "why": str(Version.Why.DECLARED), "content": said,
                "measure": row.measure, "rules": row.rules, "is_own": new.is_own, "written_at": at, "written_by": by,
            }
            for new, row, said in fresh
        ),
    )  # fmt: skip
