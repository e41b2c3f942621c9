"""Somebody was asked where they were, and what came of it (核实登记).

1. whoever asks may, in the grid of whoever is asked        accounts
2. the answer is recorded, once                             enquiries
3. "was there", "was not": the stay says so from now on     declare_arrival (answer_arrivals)
4. what is asked of them, evidence, code and tasks follow   declare_arrival
5. "was there" of whoever has declared no journey changes
   nothing until they do: somebody sees to it that they do  enquiry_tasks

Whoever cannot be reached, or whose number is wrong, stays on the list, after the others. Whoever is not in the county
any more is asked no further; what they declared stays.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals.actions import hold
from fangxian.ops.arrivals.queries import told_of_each
from fangxian.ops.arrivals.wire import Told, ToldStay
from fangxian.ops.enquiries import refusals
from fangxian.ops.enquiries.actions import record_answers
from fangxian.ops.enquiries.queries import ANSWERS, Enquiry, enquiries_with
from fangxian.ops.enquiries.wire import NewAnswer

from .declare_arrival import answer_arrivals
from .enquiry_tasks import have_journeys_declared, undeclared

ASK = "movement.review"
TELLING = (ANSWERS.WAS_THERE, ANSWERS.WAS_NOT)


@transaction.atomic
def answer_enquiries(*, answers: Sequence[NewAnswer], by: Account) -> list[Enquiry]:
    """Record what came of asking these people, and let what is asked of them follow. The same again changes nothing.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, enquiries.unknown.not_found, enquiries.closed, enquiries.no_place,
    enquiries.place_not_asked
    """
    rows = {row.pk: row for row in enquiries_with([it.enquiry for it in answers])}
    for it in answers:
        if it.enquiry not in rows:
            raise refusals.unknown()
        require(by, ASK, rows[it.enquiry].area_path)
    refuse_own_matters(by, [row.person_id for row in rows.values()])
    changed = record_answers(answers=answers, by=f"account:{by.pk}")
    telling = [row for row in changed if row.answer in TELLING]
    journeys = _told({row.rests_on for row in telling})
    for row in telling:
        if (told := journeys.get(row.rests_on)) is not None:
            journeys[row.rests_on] = _with_answer(told, row)
    if journeys:
        answer_arrivals(answers=journeys, by=by)
    have_journeys_declared(undeclared(telling), by=f"account:{by.pk}")
    return changed


def _told(arrivals: Collection[UUID]) -> dict[UUID, Told]:
    """What is told of these arrivals, which nobody else changes meanwhile: two stays of one may be answered at once."""
    return told_of_each(hold(arrivals=arrivals)) if arrivals else {}


def _with_answer(told: Told, row: Enquiry) -> Told:
    """What was declared, with what was answered of the stay that was asked about."""
    return replace(told, stays=tuple(_answered(it, row) if _is_of(it, row) else it for it in told.stays))


def _is_of(stay: ToldStay, row: Enquiry) -> bool:
    return (stay.division, stay.begins_on, stay.ends_on) == (row.division_code, row.begins_on, row.ends_on)


def _answered(stay: ToldStay, row: Enquiry) -> ToldStay:
    return replace(stay, risk_areas=stay.risk_areas | frozenset(row.was_in), areas_known=True)
