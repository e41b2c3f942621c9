"""Who decides on a departure (离境审批人). Part of apply_to_leave.

1. the holder of the level's own role over the area                                   accounts
2. who has no part in it: not about them or their household, nor entered by them,
   nor decided by them at a level before                                              approvals, departures
3. where nobody there may, for many a village has one approver who travels too, or
   none: the lowest level above at which somebody may
"""

from uuid import UUID

from fangxian.core.policy.departures import LEVELS
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_with, appointments_with
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.approvals.rules import is_one_person, refuse_own_matters
from fangxian.ops.departures.queries import deciders_of

from . import departure_refusals as refusals

APPROVE = "movement.approve"
SCOPES = {"village": ScopeKind.VILLAGE, "township": ScopeKind.TOWNSHIP, "county": ScopeKind.COUNTY}


def may_decide(account: Account, level: str, area_path: str) -> bool:
    """Whether an account holds that level's own role over an area; a role of a level above is not one of it."""
    held = appointments_with(account, APPROVE)
    of_level = [it for it in held if the_roles().roles[it.role].scope is SCOPES[level]]
    return any(area_path.startswith(it.area_path) for it in of_level)


def levels_decided_by(account: Account) -> list[str]:
    """The levels at which an account decides somewhere."""
    scopes = {the_roles().roles[it.role].scope for it in appointments_with(account, APPROVE)}
    return [level for level in LEVELS if SCOPES[level] in scopes]


def level_that_decides(row, step) -> str:
    """The level of a turn; where nobody of it may decide on this one, the lowest above it of which somebody may."""
    holders = list(accounts_with(APPROVE, row.area_path))
    for level in LEVELS[LEVELS.index(step.level) :]:
        if any(may_decide(it, level, row.area_path) and _has_no_part(row, it) for it in holders):
            return level
    return step.level


def refuse_wrong_decider(row, step, by: Account) -> None:
    """Refuse whoever may not decide this turn.

    Refuses
    -------
    departures.level.not_yours, departures.entered_by_you, departures.decided_before, approvals.own_matter
    """
    is_theirs = may_decide(by, step.level, row.area_path)
    if not is_theirs and not may_decide(by, level_that_decides(row, step), row.area_path):
        raise refusals.not_your_level(step.level)
    _refuse_part(row, by)


def _refuse_part(row, by: Account) -> None:
    refuse_own_matters(by, [it.person_id for it in row.people])
    if is_behind(row.entered_by, by):
        raise refusals.entered_by_you()
    if any(is_behind(one, by) for one in deciders_of(row.pk)):
        raise refusals.decided_before()


def _has_no_part(row, account: Account) -> bool:
    try:
        _refuse_part(row, account)
    except Refusal:
        return False
    return True


def is_behind(text: str, account: Account) -> bool:
    kind, _, key = text.partition(":")
    return kind == "account" and is_one_person(account.pk, UUID(key))
