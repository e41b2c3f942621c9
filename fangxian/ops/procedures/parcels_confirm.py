"""Whoever touched a parcel at risk is confirmed by a person (快递接触者判定), or set aside with a reason.

Confirmed (`confirm_parcels`, of many `confirm_everybody` in the background):

1. whoever may trace parcels there, and has no part in it                   accounts, approvals
2. the touch is evidence, if the disease's rulebook has such a kind         measures, movement
3. they are confirmed                                                       parcels
4. the grid worker tells them and sees that they are tested                 tasks
5. codes are computed; gates know them within two seconds                   recolour

Set aside (`set_aside_parcels`): 1, then what rested on it is withdrawn, tasks are cancelled, codes go back.

A match by a program turns no code. Diseases without a code (measles, norovirus) have no such evidence: then 1, 3, 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import actor
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_what_rests_on
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.parcels import refusals
from fangxian.ops.parcels.actions import following
from fangxian.ops.parcels.queries import VIEW, TraceSeen, sources_of, trace_with, traced_of
from fangxian.ops.realm.current import county_now

from .parcels_tasks import cancel_parcel_tasks, open_grid_tasks
from .recolour import recolour

EVIDENCE, TOUCHED_ON = "parcel-contact", "touched_on"
JOB = "procedures.confirm_parcels"
FOUND = "found"
AT_ONCE = 500
CONFIRMING = Said("判定并派单", "Confirming, and opening tasks")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many people were confirmed, and how many of their words gates were told anew."""

    n_persons: int
    n_told: int


def confirm_parcels(*, trace: TraceSeen, traced: Sequence[UUID], by: Account) -> Confirmed:
    """Confirm people found by a trace; those confirmed already stay as they are. Five hundred at a time.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, parcels.closed, parcels.unknown_traced
    """
    require(by, VIEW, trace.area_path)
    n_persons = n_told = 0
    for start in range(0, len(traced), AT_ONCE):
        done = _confirm(trace, traced[start : start + AT_ONCE], by)
        n_persons, n_told = n_persons + done.n_persons, n_told + done.n_told
    return Confirmed(n_persons, n_told)


@transaction.atomic
def _confirm(trace: TraceSeen, traced: Sequence[UUID], by: Account) -> Confirmed:
    rows = [row for row in following.locked_traced(trace=trace.id, traced=traced) if row.state in (FOUND, "set_aside")]
    if not rows:
        return Confirmed(0, 0)
    refuse_own_matters(by, [row.person_id for row in rows])
    evidence = put_evidence(trace, rows, by)
    n = following.confirm_traced(
        trace=trace.id, traced={row.pk: evidence.get(row.pk) for row in rows}, by=f"account:{by.pk}"
    )
    open_grid_tasks(trace=trace, rows=rows, by=f"account:{by.pk}")
    n_told = recolour([row.person_id for row in rows], county_now(), by=f"account:{by.pk}") if evidence else 0
    return Confirmed(n, n_told)


def put_evidence(trace: TraceSeen, rows: Sequence, by: Account) -> dict[UUID, UUID]:
    """Record that each of them touched a parcel, if the rules of the disease know such evidence; its id by theirs."""
    rulebook = rulebooks_by_disease(county_now()).get(trace.disease)
    kind = kind_of_touch(rulebook)
    if rulebook is None or kind is None:
        return {}
    sources = sources_of(trace.id, [row.person_id for row in rows])
    pieces = [
        NewEvidence(
            person=row.person_id,
            kind=kind.kind,
            disease=rulebook.disease.key,
            from_at=county_now(),
            source=_source(sources.get(row.person_id, "waybill"), kind),
            issuer=by.unit.name_zh,
            attributes={TOUCHED_ON: row.last_on} if TOUCHED_ON in kind.attributes else {},
            rests_on=row.pk,
        )
        for row in rows
    ]
    ids = record_evidence(pieces=pieces, by=f"account:{by.pk}")
    return {row.pk: id_ for row, id_ in zip(rows, ids, strict=True)}


def kind_of_touch(rulebook: Rulebook | None) -> EvidenceKind | None:
    """The kind of evidence that somebody touched a parcel; None where the disease's rules have none."""
    kinds = rulebook.evidence if rulebook else ()
    return next((kind for kind in kinds if kind.kind == EVIDENCE), None)


def _source(found_by: str, kind: EvidenceKind) -> str:
    return found_by if found_by in kind.sources else kind.sources[0]


def set_aside_parcels(*, trace: TraceSeen, traced: Sequence[UUID], why: str, by: Account) -> int:
    """These people touched no parcel at risk after all (排除); set aside already, nothing changes. How many it changed.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, parcels.no_reason, parcels.closed, parcels.unknown_traced
    """
    require(by, VIEW, trace.area_path)
    return sum(_set_aside(trace, traced[n : n + AT_ONCE], why, by) for n in range(0, len(traced), AT_ONCE))


@transaction.atomic
def _set_aside(trace: TraceSeen, traced: Sequence[UUID], why: str, by: Account) -> int:
    actor_ = f"account:{by.pk}"
    rows = following.locked_traced(trace=trace.id, traced=traced)
    refuse_own_matters(by, [row.person_id for row in rows])
    changed = [row.pk for row in following.set_aside(trace=trace.id, traced=traced, why=why, by=actor_)]
    if changed:
        persons = withdraw_what_rests_on(things=changed, why=why, by=actor_)
        cancel_parcel_tasks(traced=changed, reason=why, by=actor_)
        recolour(persons, county_now(), by=actor_)
    return len(changed)


def confirm_everybody(*, trace: TraceSeen, by: Account):
    """Confirm everybody who is found and not decided about, in the background; the job.

    Whoever asks and those they live with are left for a colleague.

    Refuses
    -------
    accounts.not_yours
    """
    require(by, VIEW, trace.area_path)
    at = f"{county_now():%Y%m%d%H%M%S}"
    return enqueue(kind=JOB, arguments={"trace": str(trace.id)}, by=f"account:{by.pk}", unique_key=f"{trace.id}:{at}")


def confirm_in_background(job: RunningJob) -> dict[str, int]:
    """The job; repeated, it goes on with whoever is left."""
    trace, by = trace_with(UUID(job.arguments["trace"])), actor(job.owner)
    if trace is None or by is None:
        raise refusals.unknown_trace()
    waiting = list(traced_of(trace.id, FOUND).values_list("pk", "person_id"))
    n_persons = n_left = 0
    job.step(0, len(waiting), CONFIRMING)  # the first five hundred take seconds: meanwhile there is a figure
    for start in range(0, len(waiting), AT_ONCE):
        chunk = _without_own(waiting[start : start + AT_ONCE], by)
        n_left += len(waiting[start : start + AT_ONCE]) - len(chunk)
        n_persons += confirm_parcels(trace=trace, traced=chunk, by=by).n_persons
        job.step(min(start + AT_ONCE, len(waiting)), len(waiting), CONFIRMING)
    return {"n_persons": n_persons, "n_left_for_a_colleague": n_left}


def _without_own(pairs: Sequence[tuple[UUID, UUID]], by: Account) -> list[UUID]:
    if _is_nobodys(by, [person for _, person in pairs]):
        return [traced for traced, _ in pairs]
    return [traced for traced, person in pairs if _is_nobodys(by, [person])]


def _is_nobodys(by: Account, persons: Sequence[UUID]) -> bool:
    try:
        refuse_own_matters(by, persons)
    except Refusal:
        return False
    return True
