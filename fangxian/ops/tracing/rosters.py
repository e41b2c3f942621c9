"""What a roster says: when too few teams are on duty, and who is on duty twice at once. Reckoned, nothing asked."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from fangxian.core.parameters import Parameter

TEAMS_AT_ANY_TIME = Parameter(
    value=1,
    unit="teams",
    low=1,
    high=20,
    meaning="How many tracing teams must be on duty at any moment; less is shown as a gap in the roster",
    source="round-the-clock duty of tracing centres (流调中心工作规范, reprinted 2022: 24 h duty)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One team's duty for [begins_at, ends_at)."""

    key: Hashable
    team: Hashable
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch [begins_at, ends_at) in which only `n_teams` are on duty."""

    begins_at: datetime
    ends_at: datetime
    n_teams: int


@dataclass(frozen=True, slots=True)
class DoubleDuty:
    """Somebody (`who`: a team, or a person of two teams) is on two duties for [begins_at, ends_at)."""

    who: Hashable
    begins_at: datetime
    ends_at: datetime
    duties: tuple[Hashable, Hashable]


def a_week_on(duties: Iterable[Duty], at: datetime) -> list[Duty]:
    """The duties that began in the week before a moment, each a week later: a roster that goes on as it was."""
    week = timedelta(days=7)
    return [
        replace(it, begins_at=it.begins_at + week, ends_at=it.ends_at + week)
        for it in duties
        if at - week <= it.begins_at < at
    ]


def gaps(duties: Iterable[Duty], begins_at: datetime, ends_at: datetime, *, n_teams_min: int) -> list[Gap]:
    """The stretches of [begins_at, ends_at) with fewer than `n_teams_min` teams on duty, in order.

    A team twice on duty counts once. Neighbouring stretches with the same number are one.
    """
    inside = [it for it in duties if it.begins_at < ends_at and it.ends_at > begins_at]
    cuts = {begins_at, ends_at, *(it.begins_at for it in inside), *(it.ends_at for it in inside)}
    moments = sorted(at for at in cuts if begins_at <= at <= ends_at)
    found: list[Gap] = []
    for one, other in pairwise(moments):
        n_teams = len({it.team for it in inside if it.begins_at <= one < it.ends_at})
        if n_teams >= n_teams_min:
            continue
        if found and found[-1].ends_at == one and found[-1].n_teams == n_teams:
            found[-1] = Gap(found[-1].begins_at, other, n_teams)
        else:
            found.append(Gap(one, other, n_teams))
    return found


def double_duties(duties: Sequence[Duty], people: Mapping[Hashable, Sequence[Hashable]]) -> list[DoubleDuty]:
    """Each pair of duties that somebody has at once, by when it begins.

    Parameters
    ----------
    people : of each team whoever is in it; only those in several teams can be on duty twice by them. A team's own
        overlapping duties are told once, as the team's.
    """
    found = []
    in_order = sorted(duties, key=lambda it: (it.begins_at, str(it.key)))
    for nth, one in enumerate(in_order):
        for other in in_order[nth + 1 :]:
            if other.begins_at >= one.ends_at:
                break
            ends_at = min(one.ends_at, other.ends_at)
            if one.team == other.team:
                found.append(DoubleDuty(one.team, other.begins_at, ends_at, (one.key, other.key)))
                continue
            for who in sorted(set(people.get(one.team, ())) & set(people.get(other.team, ())), key=str):
                found.append(DoubleDuty(who, other.begins_at, ends_at, (one.key, other.key)))
    return found
