"""From what is known of somebody and where they want to go to what leaving takes 离境一申请."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from fangxian.core.policy.rulebook import DepartureRule, Rulebook
from fangxian.core.policy.vocabulary import COLOUR_SEVERITY, Colour
from fangxian.core.refusal import Said

LEVELS: Final = ("village", "township", "county")  # in the order in which they are asked
ONE_DAY: Final = timedelta(days=1)


class Standing(StrEnum):
    """How one requirement stands: met; open, and can be met by the day of leaving; not met, and cannot be by then."""

    MET = "met"
    OPEN = "open"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the rulebook that applies to one person's journey, and how it stands.

    Attributes
    ----------
    requirement : "colour", "tests" or "declaration"; approvals are no requirement of the person
    days : of tests, the days that are still to be tested on, of one that is not met those that were missed; of a
        declaration, the day by which the return is to be declared
    earliest : of tests that cannot be had by the day of leaving, the first day on which they could
    """

    rule: str
    requirement: str
    standing: Standing
    reason: Said
    advice: Said | None
    days: tuple[date, ...] = ()
    earliest: date | None = None

    @property
    def binds_leaving(self) -> bool:
        """Whether it has to be met to leave; a declaration is for the way back."""
        return self.requirement != "declaration"


@dataclass(frozen=True, slots=True)
class DepartureCheck:
    """What leaving takes. `approvals` are the levels to agree, in order; `asks_nothing` where no row applies."""

    requirements: tuple[Requirement, ...]
    approvals: tuple[str, ...]

    @property
    def asks_nothing(self) -> bool:
        return not self.requirements and not self.approvals

    @property
    def unmet(self) -> tuple[Requirement, ...]:
        return self._standing(Standing.UNMET)

    @property
    def open(self) -> tuple[Requirement, ...]:
        return self._standing(Standing.OPEN)

    def _standing(self, standing: Standing) -> tuple[Requirement, ...]:
        return tuple(it for it in self.requirements if it.binds_leaving and it.standing is standing)


def check_departure(
    rulebook: Rulebook,
    *,
    colour: Colour,
    negative_on: Collection[date],
    risk: Collection[str],
    leaves_on: date,
    returns_on: date | None,
    at: datetime,
) -> DepartureCheck:
    """What leaving takes of one person, as things stand at `at`. (what is known → requirements, approvals)

    Parameters
    ----------
    colour : of the person's health code now
    negative_on : the days on which a sample was taken that was negative, in any order
    risk : the risk states of the destination, of the newest list: nobody knows the list of a day to come
    leaves_on : the day of leaving; in the past, it is judged as if it were today
    returns_on : None: not to be expected back
    at : aware datetime

    Notes
    -----
    Total: any day, any set of tests, any states have an answer, and it says the same in whatever order they come.
    Tests on n consecutive days are a run of n days of which the last is the day of leaving or the day before it.
    """
    today = at.astimezone(rulebook.utc_offset).date()
    leaves_on = max(leaves_on, today)
    found: list[Requirement] = []
    approvals: set[str] = set()
    for rule in rulebook.departures:
        if not rule.in_force(at) or (rule.when_risk and not set(rule.when_risk) & set(risk)):
            continue
        if rule.requirement == "approval":
            approvals.update(rule.approvals)
        elif rule.requirement == "colour":
            found.append(_colour(rule, colour, leaves_on > today))
        elif rule.requirement == "tests":
            found.append(_tests(rule, frozenset(negative_on), leaves_on, today))
        elif returns_on is not None:
            found.append(_declaration(rule, returns_on))
    return DepartureCheck(tuple(found), tuple(level for level in LEVELS if level in approvals))


def join_checks(checks: Sequence[DepartureCheck]) -> DepartureCheck:
    """Several as one: of the rulebooks of several diseases, or of people who travel together."""
    requirements = tuple(dict.fromkeys(it for check in checks for it in check.requirements))
    approvals = {level for check in checks for level in check.approvals}
    return DepartureCheck(requirements, tuple(level for level in LEVELS if level in approvals))


def _colour(rule: DepartureRule, colour: Colour, is_ahead: bool) -> Requirement:
    """Not worse than the one asked for; another may have turned by a later day. Unknown is never taken for green."""
    wanted = rule.colour if rule.colour is not None else Colour.GREEN
    is_met = COLOUR_SEVERITY[colour] <= COLOUR_SEVERITY[wanted]
    standing = Standing.MET if is_met else Standing.OPEN if is_ahead else Standing.UNMET
    return Requirement(rule.number, rule.requirement, standing, rule.reason, rule.advice)


def _tests(rule: DepartureRule, negative_on: frozenset[date], leaves_on: date, today: date) -> Requirement:
    """The run that ends the day before leaving, or with the day of leaving, whichever asks for less."""
    n = rule.consecutive_test_days
    runs = [_days_to(last, n) for last in (leaves_on - ONE_DAY, leaves_on)]
    lacking = [tuple(day for day in run if day not in negative_on) for run in runs]
    if not all(lacking):
        return Requirement(rule.number, rule.requirement, Standing.MET, rule.reason, rule.advice)
    can_be_had = [days for days in lacking if days[0] >= today]
    if can_be_had:
        days = min(can_be_had, key=len)
        return Requirement(rule.number, rule.requirement, Standing.OPEN, rule.reason, rule.advice, days)
    earliest = _earliest(n, negative_on, leaves_on, today)
    return Requirement(
        rule.number, rule.requirement, Standing.UNMET, rule.reason, rule.advice, min(lacking, key=len), earliest
    )


def _earliest(n: int, negative_on: frozenset[date], leaves_on: date, today: date) -> date:
    """The first day on which one could leave with n days of tests, testing every day from today on."""
    return next(
        day
        for day in (leaves_on + ONE_DAY * ahead for ahead in range(n + 2))
        if any(
            all(tested in negative_on or today <= tested for tested in _days_to(last, n))
            for last in (day - ONE_DAY, day)
        )
    )


def _days_to(last: date, n: int) -> tuple[date, ...]:
    return tuple(last - ONE_DAY * back for back in reversed(range(n)))


def _declaration(rule: DepartureRule, returns_on: date) -> Requirement:
    by = returns_on - (rule.ahead or timedelta())
    return Requirement(rule.number, rule.requirement, Standing.OPEN, rule.reason, rule.advice, (by,))
