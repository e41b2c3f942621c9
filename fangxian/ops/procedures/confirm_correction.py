"""Somebody asked about a correction that would ask less of a person (核实更正).

1. by whoever looks after where they stay, and not by whoever said it     accounts, approvals
2. what an enquiry found out of the journey meanwhile stays               arrivals
3. it is so: the arrival is what was said, by the rules as they stand     arrival_decision, arrivals
4. evidence, code, tasks and papers follow                                declare_arrival
5. it is not so: with a reason, which the person is shown                 arrivals
"""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals import actions as room
from fangxian.ops.arrivals import refusals
from fangxian.ops.arrivals.actions import Kept
from fangxian.ops.arrivals.queries import REVIEW, STATES, correction_with, is_own, told_in, told_of
from fangxian.ops.arrivals.wire import Told
from fangxian.ops.realm.current import county_now

from .arrival_decision import decide, weighing
from .arrival_journey import has_landed, journey_checked
from .arrival_tasks import NO_LONGER, cancel_correction_tasks, correction_answered
from .declare_arrival import until, write_correction


@transaction.atomic
def confirm_correction(*, correction: UUID, by: Account) -> Kept:
    """Whoever was asked says that it is so: the arrival is corrected.

    Refuses
    -------
    arrivals.correction.not_found, accounts.not_yours, arrivals.correction_by_yourself, approvals.own_matter,
    arrivals.correction_answered, arrivals.cancelled_already, and what a journey is refused for
    """
    asked, at = _of_area(correction, by), county_now()
    row = room.hold(arrivals=[asked.arrival_id])[0]
    told = _as_found_since(told_in(asked), told_of(row)) if row.version != asked.of_version else told_in(asked)
    if row.state == STATES.LANDED and not has_landed(told, at):
        told = until(told, row.arrives_at)
    told = journey_checked(told, at=at)
    decided = decide(told, weighing([told], at), at=at if row.state == STATES.LANDED else None)
    kept = write_correction(
        row, told, lambda ridden: Kept(
            room.confirm_correction(correction=correction, told=ridden, decided=decided, by=f"account:{by.pk}"),
            is_new=True,
        ), by, is_asked=True,
    )  # fmt: skip
    correction_answered(corrections=[correction], outcome="confirmed", by=f"account:{by.pk}")
    return kept


@transaction.atomic
def refuse_correction(*, correction: UUID, why: str, by: Account) -> None:
    """Whoever was asked says that it is not so: nothing changes, and the person is shown why.

    Refuses
    -------
    arrivals.correction.not_found, accounts.not_yours, arrivals.correction_by_yourself, approvals.own_matter,
    arrivals.correction_answered, arrivals.no_reason
    """
    asked = _of_area(correction, by)
    room.refuse_correction(correction=asked.pk, why=why, by=f"account:{by.pk}")
    correction_answered(corrections=[asked.pk], outcome="refused", by=f"account:{by.pk}")


@transaction.atomic
def take_correction_back(*, correction: UUID, by: Account) -> None:
    """Whoever said it, or whom it is about, does not say so any more.

    Refuses
    -------
    arrivals.correction.not_found, arrivals.correction_answered
    """
    asked, actor = correction_with(correction), f"account:{by.pk}"
    if asked is None or not (asked.asked_by == actor or is_own(asked.arrival, by)):
        raise refusals.no_correction()
    room.take_correction_back(correction=asked.pk, by=actor)
    cancel_correction_tasks(corrections=[asked.pk], reason=NO_LONGER, by=actor)


def _of_area(correction: UUID, by: Account):
    asked = correction_with(correction)
    if asked is None:
        raise refusals.no_correction()
    require(by, REVIEW, asked.arrival.area_path)
    if asked.asked_by == f"account:{by.pk}":
        raise refusals.own_correction()
    refuse_own_matters(by, [asked.arrival.person_id])
    return asked


def _as_found_since(told: Told, standing: Told) -> Told:
    """What is told, with what is known by now of those of its stays that stand as well."""
    known = {(it.division, it.begins_on, it.ends_on): it for it in standing.stays if it.areas_known}
    return replace(told, stays=tuple(known.get((it.division, it.begins_on, it.ends_on), it) for it in told.stays))
