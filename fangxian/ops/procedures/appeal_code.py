"""Appealing against a code (转码申诉).

1. the colour and the rule that decides it, as they stand        movement
2. the clock within which an appeal is answered                   the rulebook in force
3. the appeal                                                     movement

And answering one: whoever turned the code does not answer for it alone; who is right in the end is decided by
withdrawing the evidence or by a ruling, which are procedures of their own.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.measures.queries import rulebooks_in_force
from fangxian.ops.movement.actions.appeals import answer_appeal, appeal
from fangxian.ops.movement.models import Appeal
from fangxian.ops.movement.queries import evidence_of, health_of
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now

CLOCK = "appeal"
ANSWERED_WITHIN = Parameter(
    value=48,
    unit="hours",
    low=24,
    high=120,
    meaning="Within which time an appeal is answered where no rulebook in force says so",
    source="rulebook K-06 (1 to 2 working days)",
)


@transaction.atomic
def appeal_code(*, person: Person, text: str, about: UUID | None, by: str) -> Appeal:
    """Put a person's appeal on record, due by the rulebook's clock.

    Parameters
    ----------
    about : the piece of evidence it is against; None for the colour as a whole, or for a visit

    Refuses
    -------
    movement.appeal_about_wrong, and what `movement.actions.appeal` refuses
    """
    at, code = county_now(), health_of(person.pk)
    if about and not evidence_of(person.pk).filter(pk=about, withdrawn_at=None).exists():
        raise Refusal(
            "movement.appeal_about_wrong",
            zh="所选的依据不在您的记录里，或已撤回，申诉没有提交。请重新打开本页，从现有的依据里选。",
            en="The evidence chosen is not on your record, or was withdrawn, so the appeal was not sent. Open this "
            "page again and choose from what stands there.",
        )
    return appeal(
        person=person.pk,
        area_path=person.area_path,
        text=text,
        colour=code.colour if code else Colour.UNKNOWN,
        rule=code.rule if code else "",
        evidence=about,
        due_at=at + answered_within(at),
        by=by,
    )


def settle_appeal(*, appeal: Appeal, is_upheld: bool, answer: str, by: str) -> Appeal:
    """Answer an appeal; refuses as `movement.actions.answer_appeal`."""
    return answer_appeal(appeal=appeal.pk, is_upheld=is_upheld, answer=answer, by=by)


def answered_within(at: datetime) -> timedelta:
    """By the clock of the rulebook that colours codes; without one in force, by ANSWERED_WITHIN."""
    for row in rulebooks_in_force(at):
        rulebook = read_rulebook(row.text)
        found = next((clock for clock in rulebook.clocks if clock.clock == CLOCK), None)
        if rulebook.has_gate and found:
            return found.within
    return timedelta(hours=ANSWERED_WITHIN.value)
