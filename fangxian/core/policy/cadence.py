"""N days, M tests (N天M检): whether somebody has been tested on enough days, and by when the next test is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from fangxian.core.policy.rulebook import CadenceRule
from fangxian.core.refusal import Said

REQUIRED, VOLUNTARY = Said("应检尽检", "required"), Said("愿检尽检", "voluntary")


@dataclass(frozen=True, slots=True)
class CadenceStanding:
    """How somebody stands under one rule on one day.

    Attributes
    ----------
    n_done : distinct days with a sample among the last `n_days`, today included
    due_on : the last day on which a further sample keeps, or makes, the rule met; before today: overdue since then
    """

    n_done: int
    due_on: date
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.due_on < self.today

    @property
    def n_days_late(self) -> int:
        return max(0, (self.today - self.due_on).days)


def standing_under(
    rule: CadenceRule, sampled_on: Collection[date], *, belongs_since: date, today: date
) -> CadenceStanding:
    """Where somebody stands. (days of samples → standing)

    Of each `n_days` days on end, today's the last, `n_test_days` are to have a sample. Two samples of one day are one.
    Whoever has just come to the class is given as long as it takes: one day for each test that is missing.

    Parameters
    ----------
    sampled_on : the days on which this person was sampled, in any order; later ones than today do not count
    belongs_since : the first day on which the rule asks it of them
    """
    counted = sorted({day for day in sampled_on if day <= today}, reverse=True)
    first = today - timedelta(days=rule.n_days - 1)
    n_done = sum(day >= first for day in counted)
    begun_by = belongs_since + timedelta(days=rule.n_test_days - 1)
    if len(counted) < rule.n_test_days:
        return CadenceStanding(n_done, begun_by, today)
    holds_until = counted[rule.n_test_days - 1] + timedelta(days=rule.n_days)
    return CadenceStanding(n_done, max(holds_until, begun_by), today)


def cadence_said(rule: CadenceRule) -> Said:
    """7天2检, as people say it."""
    days = f"{rule.n_days} days" if rule.n_days > 1 else "day"
    tests = "a test" if rule.n_test_days == 1 else f"{rule.n_test_days} tests"
    return Said(f"{rule.n_days}天{rule.n_test_days}检", f"{tests} every {days}")


def lane_said(rule: CadenceRule) -> Said:
    """应检尽检 or 愿检尽检."""
    return REQUIRED if rule.required else VOLUNTARY
