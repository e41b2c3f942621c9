"""Release by two people: who may take a result how far.

    entered ─(file)──────────────► checked ─(another person)─► released ─(withdrawn, with a reason)─► withdrawn
       └──(by hand: the same again by another, who does not see it)──┘

A result that came by file was read by a machine; one typed in is typed again, by somebody else. Whoever entered or
checked it never releases it, nor takes it back once it is out; one that held somebody is not taken back either by
whoever let it out, as two pairs of eyes said it. What is returned begins anew, and so do those who may.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from fangxian.core.refusal import Refusal, Said

from .judging import SUSPECT, Outcome


class Step(StrEnum):
    """How far a result is."""

    ENTERED = "entered"
    CHECKED = "checked"
    RELEASED = "released"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


STEPS_SAID: Final = {
    Step.ENTERED: Said("已录入", "entered"),
    Step.CHECKED: Said("已核对", "checked"),
    Step.RELEASED: Said("已发布", "released"),
    Step.RETURNED: Said("已退回", "sent back"),
    Step.WITHDRAWN: Said("已撤回", "withdrawn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One result on its way out.

    Attributes
    ----------
    hands : who entered and checked it, and sent it back, the first of them entered it
    let_out_by : who released it; "": it is not out
    """

    outcome: Outcome
    step: Step
    hands: tuple[str, ...]
    reason: str = ""
    let_out_by: str = ""


def entered(outcome: Outcome, *, by: str, by_hand: bool) -> Review:
    """A result comes in: by file it is checked by what read it, by hand a second pair of eyes is awaited."""
    return Review(outcome=outcome, step=Step.ENTERED if by_hand else Step.CHECKED, hands=(by,))


def entered_again(review: Review, outcome: Outcome, *, by: str) -> Review:
    """The same result typed by a second person; where they differ it goes back, and neither is believed.

    Refuses
    -------
    laboratory.not_at_this_step, laboratory.same_person
    """
    _must_be(review, Step.ENTERED)
    _must_be_another(review, by)
    if outcome != review.outcome:
        return replace(review, step=Step.RETURNED, hands=(*review.hands, by), reason="entered differently")
    return replace(review, step=Step.CHECKED, hands=(*review.hands, by))


def released(review: Review, *, by: str) -> Review:
    """It goes out.

    Refuses
    -------
    laboratory.not_at_this_step, laboratory.same_person
    """
    _must_be(review, Step.CHECKED)
    _must_be_another(review, by)
    return replace(review, step=Step.RELEASED, let_out_by=by)


def returned(review: Review, *, by: str, reason: str) -> Review:
    """Whoever was to release it sends it back, to be measured or entered anew.

    Refuses
    -------
    laboratory.not_at_this_step, laboratory.no_reason
    """
    _must_be(review, Step.ENTERED, Step.CHECKED)
    return replace(review, step=Step.RETURNED, hands=(*review.hands, by), reason=_said(reason))


def withdrawn(review: Review, *, by: str, reason: str) -> Review:
    """A released result is taken back by another than entered or checked it, and of one that held people by another
    than let it out: everybody who was told is told again.

    Refuses
    -------
    laboratory.not_at_this_step, laboratory.same_person, laboratory.let_out_by_you, laboratory.no_reason
    """
    _must_be(review, Step.RELEASED)
    _must_be_another(review, by)
    if review.outcome in SUSPECT and by == review.let_out_by:
        raise Refusal(
            "laboratory.let_out_by_you",
            zh="这条阳性或可疑结果是您发布的，有人因此被管控，不能由您一人撤回。应由没有录入、核对、发布过它的人撤回："
            "实验室另一人；实验室没有这样的人，请县疾控流调负责人在“撤回检测结果”里按管上条码办理。",
            en="You released this positive or unclear result yourself, and people are held by it, so you cannot "
            "withdraw it alone. Somebody who neither entered, checked nor released it should: another of the "
            "laboratory; where there is none, ask the county CDC's tracing lead, who finds the tube by its barcode "
            "under “Withdraw a result”.",
        )
    return replace(review, step=Step.WITHDRAWN, hands=(*review.hands, by), reason=_said(reason))


def _must_be(review: Review, *steps: Step) -> None:
    if review.step not in steps:
        raise Refusal(
            "laboratory.not_at_this_step",
            zh="这条结果现在是“{step_zh}”，不能这样办；这一步要求它是“{wanted_zh}”。可能别人刚处理过。请刷新后再看。",
            en="The result is at “{step_en}”, and this can be done at “{wanted_en}” only. Somebody else may just have "
            "dealt with it. Load the page again.",
            step_zh=STEPS_SAID[review.step].zh,
            step_en=STEPS_SAID[review.step].en,
            wanted_zh="或".join(STEPS_SAID[step].zh for step in steps),
            wanted_en=" or ".join(STEPS_SAID[step].en for step in steps),
        )


def _must_be_another(review: Review, by: str) -> None:
    if by in review.hands:
        raise Refusal(
            "laboratory.same_person",
            zh="这条结果是您录入或核对的，不能再由您复核、发布或撤回。这些应由另一人办理。请交给同事。",
            en="You entered or checked this result yourself, so you cannot check, release or withdraw it. Another "
            "person should. Hand it to a colleague.",
        )


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal(
            "laboratory.no_reason",
            zh="退回或撤回结果时没有写原因。应写明为什么，例如“曲线异常”。请填写原因后再办。",
            en="A result was sent back or withdrawn without a reason. It should say why, such as “curve not regular”. "
            "Give the reason and do it again.",
        )
    return reason.strip()
