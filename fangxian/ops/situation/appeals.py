"""Appeals as those see them who answer: whose, against what, by when; limited to their area."""

from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.movement.queries import appeals_answered, appeals_waiting, appeals_with

ANSWER = "evidence.record"
MOST_ANSWERED = 50


def waiting_for(account: Account):
    """The appeals an account may answer, those due first.

    Refuses
    -------
    accounts.not_yours
    """
    require(account, ANSWER)
    return within_scope(appeals_waiting(), account, ANSWER)


def answered_lately(account: Account) -> list:
    """The last answers given in an account's area."""
    return list(within_scope(appeals_answered(), account, ANSWER)[:MOST_ANSWERED])


def appeal_for(account: Account, appeal_id: UUID):
    """One appeal, waiting or answered.

    Refuses
    -------
    accounts.not_yours, movement.appeal.not_found
    """
    require(account, ANSWER)
    found = within_scope(appeals_with(appeal_id), account, ANSWER).first()
    if found is None:
        raise Refusal(
            "movement.appeal.not_found",
            zh="没有这件申诉，或者它不在您的辖区，或已按期清除。可以答复的都在待办列表里；请从那里打开。",
            en="There is no such appeal, or it is not of your area, or it was erased at its term. Those you may answer "
            "are on the list: open it from there.",
        )
    return found


def is_overdue(appeal, *, at: datetime) -> bool:
    """Whether an appeal still waits although its clock has run out."""
    return appeal.state == "waiting" and appeal.due_at < at
