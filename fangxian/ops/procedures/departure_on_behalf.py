"""Somebody without a phone calls an application off, or appeals, by whoever looks after their area (代办离境).

1. whoever reviews declarations where the person lives, of no matter of their own    accounts, approvals
2. nobody who decides on departures there puts an appeal for somebody                apply_to_leave
3. the same as the person would have done, with who did it for them                  apply_to_leave
4. the application's history, and the paper where there is one, say so               departures, documents
"""

from uuid import UUID

from django.db import transaction

from fangxian.core.policy.departures import LEVELS
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.departures.queries import REVIEW, application_with
from fangxian.ops.departures.refusals import appeal_without_words, unknown

from .apply_to_leave import appeal_departure, cancel_departure
from .departure_deciders import may_decide

LONGEST = 200  # with who puts it, an appeal has as many as anybody's own
UNIT_SHOWN_ZH, UNIT_SHOWN_EN = 24, 36
NO_UNIT = Said("工作人员", "staff")


@transaction.atomic
def call_off_for_somebody(*, application: UUID, why: str, by: Account):
    """Call an application off for the person, before they left; a permit that was issued does not hold any more.

    Refuses
    -------
    departures.unknown, accounts.not_yours, approvals.own_matter, departures.on_behalf_without_words,
    departures.too_late_to_cancel
    """
    _theirs(application, by)
    if not why.strip() or len(why) > LONGEST:
        raise _without_words(len(why.strip()))
    unit = _unit(by)
    # How they asked is for whoever looks after them; who verifies the paper at a post need not read it.
    said = Said(f"本人委托撤回（{unit.zh}代办）", f"called off for the person by {unit.en}")
    return cancel_departure(
        application=application, why=f"{said.zh}：{why.strip()} · called off on their behalf", by=f"account:{by.pk}",
        paper_says=said,
    )  # fmt: skip


@transaction.atomic
def appeal_for_somebody(*, application: UUID, text: str, by: Account):
    """Put the appeal of somebody who was refused.

    Refuses
    -------
    departures.unknown, accounts.not_yours, approvals.own_matter, departures.appeal_by_decider, and what appealing
    refuses
    """
    row = _theirs(application, by)
    refuse_decider(row, by)
    if not text.strip() or len(text) > LONGEST:
        raise appeal_without_words(len(text.strip()), LONGEST)
    unit = _unit(by)
    return appeal_departure(
        application=application, text=f"{text.strip()}（{unit.zh}代本人提出 · put for the person by {unit.en}）",
        by=f"account:{by.pk}",
    )  # fmt: skip


def refuse_decider(row, by: Account) -> None:
    """Refuse whoever decides on departures where the person lives: somebody else puts the appeal.

    Refuses
    -------
    departures.appeal_by_decider
    """
    if any(may_decide(by, level, row.area_path) for level in LEVELS):
        raise _by_decider()


def _theirs(application: UUID, by: Account):
    row = application_with(application)
    if row is None:
        raise unknown()
    require(by, REVIEW, row.area_path)
    refuse_own_matters(by, [it.person_id for it in row.people])
    return row


def _unit(by: Account) -> Said:
    if not by.unit:
        return NO_UNIT
    return Said(by.unit.name_zh[:UNIT_SHOWN_ZH], (by.unit.name_en or by.unit.name_zh)[:UNIT_SHOWN_EN])


def _without_words(n: int) -> Refusal:
    return Refusal(
        "departures.on_behalf_without_words",
        zh="没有写明是谁、怎么提出的（写了 {n} 字，应为 1 到 {longest} 字），没有改动。替人办的要能查得清；请写一句，"
        "如“本人来村委会说不去了”。",
        en="It was not said who asked and how ({n} characters; it should be 1 to {longest}), so nothing was changed. "
        "What is done for somebody has to be clear later: write a sentence, such as “came to the village office”.",
        n=n,
        longest=LONGEST,
    )


def _by_decider() -> Refusal:
    return Refusal(
        "departures.appeal_by_decider",
        zh="您在这里审批离境，不能替本人申诉，没有改动。申诉和审批应是两个人；请让网格员代为提出。",
        en="You decide on departures here, so you cannot put an appeal for the person, and nothing was changed. "
        "Whoever appeals and whoever decides should be two people: have the grid worker put it.",
    )
