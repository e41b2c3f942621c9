"""What comes of laying sources side by side (三比对): of each person one outcome, by who has them and who should.

Which sources a comparison has is asked first: where nobody pushed a list, nothing is "pushed but not found". A list
that a department pushes never has everybody, so that somebody is not on it is no outcome; declarations and the grid
should have everybody the comparison is about.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said

ARRIVALS_APART = Parameter(
    value=1, unit="days", low=0, high=7,
    meaning="By how many days two sources may differ in the day somebody arrived before they conflict",
    source="a train of the night before and the day somebody is asked; a guess",
)  # fmt: skip


class Role(StrEnum):
    """What a source is."""

    DECLARED = "declared"
    GRID = "grid"
    PUSHED = "pushed"
    REGISTER = "register"


class Outcome(StrEnum):
    """What comes of a person; of several the first that holds, in this order."""

    NOT_FOUND = "not_found"
    NOT_DECLARED = "not_declared"
    MISSED_BY_GRID = "missed_by_grid"
    CONFLICTING = "conflicting"
    AGREE = "agree"


ROLES = {
    Role.DECLARED: Said("自主申报", "own declarations"),
    Role.GRID: Said("网格排查", "grid enquiries"),
    Role.PUSHED: Said("部门推送", "lists pushed by departments"),
    Role.REGISTER: Said("居民名册", "the register of residents"),
}
OUTCOMES = {
    Outcome.NOT_FOUND: Said("推送未落地", "pushed but not found"),
    Outcome.NOT_DECLARED: Said("应报未报", "not declared"),
    Outcome.MISSED_BY_GRID: Said("网格漏排", "missed by the grid"),
    Outcome.CONFLICTING: Said("信息冲突", "conflicting"),
    Outcome.AGREE: Said("一致", "agree"),
}


def outcome_of(has: Collection[Role], asked: Collection[Role], *, conflicts: bool) -> Outcome | None:
    """What comes of somebody; None for one who stands on the register alone.

    Parameters
    ----------
    has : the kinds of source that have the person
    asked : the kinds of source the comparison has
    """
    found = {role for role in has if role is not Role.REGISTER}
    if not found:
        return None
    others_asked = {role for role in asked if role not in (Role.PUSHED, Role.REGISTER)}
    if found == {Role.PUSHED} and others_asked == {Role.DECLARED, Role.GRID}:
        return Outcome.NOT_FOUND
    if Role.DECLARED in asked and Role.DECLARED not in found:
        return Outcome.NOT_DECLARED
    if Role.GRID in asked and Role.GRID not in found:
        return Outcome.MISSED_BY_GRID
    return Outcome.CONFLICTING if conflicts else Outcome.AGREE


def arrivals_conflict(days: Sequence[date]) -> bool:
    """Whether sources differ in the day of arrival by more than they may."""
    return bool(days) and (max(days) - min(days)).days > ARRIVALS_APART.value


def places_conflict(places: Collection[str]) -> bool:
    """Whether division codes cannot all be of one place: the longer of two lies within the shorter or conflicts."""
    rising = sorted(filter(None, places), key=len)
    return any(not longer.startswith(shorter) for shorter, longer in pairwise(rising))


def conflicts_of(facts: Mapping[str, Sequence[object]]) -> tuple[str, ...]:
    """Of what sources say of one person, what conflicts: arrived_on, origin, area_path, number, born_on.

    `facts` holds of each what sources say, one value for each that says anything.
    """
    found = []
    for name, values in facts.items():
        if name == "arrived_on":
            differs = arrivals_conflict([day for day in values if isinstance(day, date)])
        elif name in ("origin", "area_path"):
            differs = places_conflict([str(value) for value in values])
        else:
            differs = len(set(values)) > 1
        if differs:
            found.append(name)
    return tuple(found)
