"""An appeal against a code's colour (转码申诉): answered by a person, within the rulebook's clock.

1. what the code is now, and which evidence decides         movement
2. by when an appeal is to be answered                      measures
3. the appeal                                               movement
4. the answer, by somebody who may record evidence there    accounts, movement
"""

from datetime import timedelta
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matter
from fangxian.ops.movement.actions.appeals import answer_appeal, appeal
from fangxian.ops.movement.queries import appeal_with, evidence_of, health_of
from fangxian.ops.movement.wire import reference
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now

from .recolour import rules_of_codes

CLOCK = "appeal"
ANSWERED_WITHIN = Parameter(
    value=48,
    unit="h",
    low=1,
    high=168,
    meaning="How long an appeal may wait for its answer where the rulebook has no clock for it",
    source="the demo rulebook's own clock: 1 to 2 working days (转码申诉)",
)


def appeal_code(*, person: Person, text: str, about: UUID | None = None, by: str):
    """Put a person's appeal against the colour of their code now; the appeal, with the time by which it is answered.

    Parameters
    ----------
    about : the piece of evidence it is against; None for the one that decides, if there is one

    Refuses
    -------
    movement.appeal_about_wrong, movement.appeal_empty, movement.appeal_waiting
    """
    at, code = county_now(), health_of(person.pk)
    decides, rows = code.evidence if code else "", evidence_of(person.pk)
    evidence = next((row for row in rows if decides and reference(row.pk) == decides), None)
    if about:
        evidence = rows.filter(pk=about, withdrawn_at=None).first()
        if evidence is None:
            raise _about_wrong()
    return appeal(
        person=person.pk,
        area_path=person.area_path,
        text=text,
        colour=code.colour if code else Colour.UNKNOWN,
        rule=code.rule if code else "",
        evidence=evidence and evidence.pk,
        due_at=at + _within(),
        by=by,
    )


def _about_wrong() -> Refusal:
    return Refusal(
        "movement.appeal_about_wrong",
        zh="所选的依据不在您的记录里，或已撤回，申诉没有提交。请重新打开本页，从现有的依据里选。",
        en="The evidence chosen is not on your record, or was withdrawn, so the appeal was not sent. Open this page "
        "again and choose from what stands there.",
    )


def _within() -> timedelta:
    rules = rules_of_codes(county_now())
    clocks = rules.rulebook.clocks if rules else ()
    return next((one.within for one in clocks if one.clock == CLOCK), timedelta(hours=ANSWERED_WITHIN.value))


def answer(*, appeal_id: UUID, is_upheld: bool, text: str, by: Account):
    """Answer an appeal. Upholding it turns no colour by itself: the evidence is withdrawn, or two people rule.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, movement.appeal_settled, movement.no_answer
    """
    found = appeal_with(appeal_id)
    require(by, "evidence.record", found.area_path if found else None)
    if found:
        refuse_own_matter(by, f"person:{found.person_id}")
    return answer_appeal(appeal=appeal_id, is_upheld=is_upheld, answer=text, by=f"account:{by.pk}")
