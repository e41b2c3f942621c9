"""Putting the rows of a waybill list on record, and what a person decides about whom they name."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from fangxian.ops.audit.actions import record
from fangxian.ops.people.models import Person
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Handling, SettledMatch, Trace, Waybill
from ..wire import NewHandling, NewWaybill, candidates_json, read_candidates, signs_json
from .tracing import count_touches, locked_trace


@transaction.atomic
def put_waybills(*, trace: UUID, intake: UUID, waybills: Sequence[NewWaybill], by: str) -> int:
    """Put rows of a list on record, and whom they make found; how many were new. Rows on record already are left.

    Other writers wait meanwhile: thousands are several calls (500 take some 0.5 s on SQLite).

    Refuses
    -------
    parcels.trace.not_found, parcels.closed
    """
    row = locked_trace(trace, must_be_open=True)
    known = set(
        Waybill.objects.filter(trace=row, digest__in=[it.digest for it in waybills]).values_list("digest", flat=True)
    )
    known = {bytes(digest) for digest in known}
    fresh = [it for it in waybills if it.digest not in known]
    rows = [_waybill(row, intake, it) for it in fresh]
    insert_rows(Waybill, (vars(it) for it in rows))
    handlings = [one for it, made in zip(fresh, rows, strict=True) for one in _handlings(row, made, it)]
    insert_rows(Handling, (vars(it) for it in handlings))
    touched = [one.person_id for one in handlings if one.person_id] + [it.courier_id for it in rows if it.courier_id]
    n_found = count_touches(trace=row, persons=touched)
    counts = Counter(str(one.state) for one in handlings if one.role == Handling.Role.RECIPIENT)
    if rows:
        told = {"trace": str(trace), "intake": str(intake), "n_waybills": len(rows), "n_found": n_found}
        record("parcels.waybills_listed", by=by, details=told | {"recipients": dict(counts)})
    return len(rows)


def _waybill(trace: Trace, intake: UUID, it: NewWaybill) -> Waybill:
    return Waybill(
        trace=trace,
        intake=intake,
        row_number=it.row_number,
        number=it.number,
        digest=it.digest,
        touched_at=it.touched_at,
        is_time_known=it.is_time_known,
        courier_name=it.courier_name,
        courier_id=it.courier,
        station=it.station[:60],
    )


def _handlings(trace: Trace, waybill: Waybill, it: NewWaybill) -> Iterable[Handling]:
    yield _handling(trace, waybill, Handling.Role.RECIPIENT, it.recipient)
    if it.signer is not None:
        yield _handling(trace, waybill, Handling.Role.SIGNER, it.signer)


def _handling(trace: Trace, waybill: Waybill, role: str, it: NewHandling) -> Handling:
    match, at = it.match, county_now()
    return Handling(
        trace=trace,
        waybill=waybill,
        role=role,
        name=it.name,
        phone=it.phone,
        address=it.address,
        who=it.who,
        touched_at=waybill.touched_at,
        state=match.state,
        person_id=match.person,
        area_path=match.area_path or trace.area_path,
        likelihood_per_mille=match.likelihood_per_mille,
        because=signs_json(match.because),
        candidates=candidates_json(match.candidates),
        decided_at=at if match.is_settled else None,
        decided_by="program:remembered" if match.is_settled else "",
    )


@transaction.atomic
def settle_match(*, trace: UUID, handling: UUID, person: UUID | None, by: str) -> int:
    """Decide who somebody written in some way is, or that it is nobody on the register; for how many parcels.

    It holds for every parcel of every open trace that is written so, and is remembered for lists to come. Deciding
    otherwise later is possible; whoever was confirmed meanwhile stays so until they are set aside.

    Refuses
    -------
    parcels.trace.not_found, parcels.closed, parcels.unknown_handling, parcels.not_a_candidate
    """
    locked_trace(trace, must_be_open=True)
    one = Handling.objects.select_for_update().filter(pk=handling, trace=trace).first()
    if one is None or one.who is None:
        raise refusals.unknown_handling()
    candidates = [candidate for candidate, _, _ in read_candidates(one.candidates)]
    if person is not None and person not in candidates:
        raise refusals.not_a_candidate(len(candidates))
    at = county_now()
    SettledMatch.objects.update_or_create(
        who=bytes(one.who), defaults={"person_id": person, "settled_at": at, "settled_by": by}
    )
    return _settle_alike(bytes(one.who), person, by)


@transaction.atomic
def reopen_match(*, trace: UUID, handling: UUID, by: str) -> int:
    """Have decided anew who somebody written in some way is: of how many parcels. What was remembered is forgotten.

    Refuses
    -------
    parcels.trace.not_found, parcels.closed, parcels.unknown_handling
    """
    locked_trace(trace, must_be_open=True)
    one = Handling.objects.filter(pk=handling, trace=trace).first()
    if one is None or one.who is None or not one.candidates:
        raise refusals.unknown_handling()
    SettledMatch.objects.filter(who=bytes(one.who)).delete()
    rows = list(_alike(bytes(one.who)).filter(decided_at__isnull=False))
    before = {(row.trace_id, row.person_id) for row in rows if row.person_id}
    for row in rows:
        row.state, row.person_id, row.because = Handling.State.AMBIGUOUS, None, ""
        row.area_path, row.decided_at, row.decided_by = row.trace.area_path, None, ""
        row.candidates = row.candidates or one.candidates  # what was remembered came without any
        row.likelihood_per_mille = max(likely for _, likely, _ in read_candidates(row.candidates))
    _write(rows, before, None)
    record("parcels.match_reopened", by=by, details={"n_handlings": len(rows)})
    return len(rows)


def _alike(who: bytes) -> QuerySet[Handling]:
    """Every touch of an open trace by somebody written so; declarations are of people who are known."""
    rows = Handling.objects.select_for_update(of=("self",)).filter(who=who, trace__closed_at=None)
    return rows.exclude(role=Handling.Role.DECLARER).select_related("trace").order_by("pk")


def _write(rows: Sequence[Handling], before: set[tuple[UUID, UUID]], person: UUID | None) -> None:
    """Keep what was decided, and bring who is found in line with it."""
    fields = [
        "state",
        "person",
        "area_path",
        "because",
        "candidates",
        "likelihood_per_mille",
        "decided_at",
        "decided_by",
    ]
    Handling.objects.bulk_update(rows, fields, batch_size=200)
    for trace in {row.trace_id: row.trace for row in rows}.values():
        touched = {old for trace_id, old in before if trace_id == trace.pk} | ({person} - {None})
        count_touches(trace=trace, persons=touched)


def _settle_alike(who: bytes, person: UUID | None, by: str) -> int:
    at = county_now()
    rows = list(_alike(who))
    before = {(row.trace_id, row.person_id) for row in rows if row.person_id}
    area = Person.objects.values_list("area_path", flat=True).get(pk=person) if person else ""
    for row in rows:
        row.state = Handling.State.MATCHED if person else Handling.State.UNMATCHED
        row.person_id, row.area_path = person, area or row.trace.area_path
        row.because = _because(row, person)
        row.decided_at, row.decided_by = at, by
    _write(rows, before, person)
    about = [f"person:{person}"] if person else []
    record("parcels.match_settled", by=by, about=about, details={"n_handlings": len(rows)})
    return len(rows)


def _because(row: Handling, person: UUID | None) -> str:
    """The signs by which whoever was chosen may be meant; for nobody, that it was decided so."""
    for candidate, likely, signs in read_candidates(row.candidates):
        if candidate == person:
            row.likelihood_per_mille = likely
            return signs_json(signs)
    return '[["nobody","decided",0]]' if person is None else row.because
