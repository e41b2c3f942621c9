"""The tracing teams' roster of the next days: who is on duty when, where nobody is, and who is on duty twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fangxian.core.refusal import Said
from fangxian.ops.tracing.queries import shifts_between, teams_standing
from fangxian.ops.tracing.rosters import TEAMS_AT_ANY_TIME, DoubleDuty, Duty, Gap, a_week_on, double_duties, gaps
from fangxian.ops.tracing.wire import NewShift

N_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """Somebody on duty twice at once: a team, or a person (by post) of two teams."""

    who: Said
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The shifts that hold some of [begins_at, ends_at), and what is wrong with them."""

    begins_at: datetime
    ends_at: datetime
    shifts: Sequence
    gaps: Sequence[Gap]
    doubles: Sequence[Double]


def roster(at: datetime) -> Roster:
    """The roster of the `N_DAYS` days from a moment on."""
    ends_at = at + timedelta(days=N_DAYS)
    shifts, teams = list(shifts_between(at, ends_at)), list(teams_standing())
    duties = [Duty(key=it.pk, team=it.team_id, begins_at=it.begins_at, ends_at=it.ends_at) for it in shifts]
    people = {team.pk: [it.account_id for it in team.members.all() if it.account_id] for team in teams}
    names = {it.account_id: it.account.username for team in teams for it in team.members.all() if it.account_id}
    called = {team.pk: Said(team.name_zh, team.name_en) for team in teams}
    called |= {pk: Said(name, name) for pk, name in names.items()}
    return Roster(
        begins_at=at,
        ends_at=ends_at,
        shifts=shifts,
        gaps=gaps(duties, at, ends_at, n_teams_min=int(TEAMS_AT_ANY_TIME.value)),
        doubles=[_double(it, called) for it in double_duties(duties, people)],
    )


def shifts_of_last_week(at: datetime) -> list[NewShift]:
    """What a roster that repeats the last seven days would have: of teams that stand, each shift a week later."""
    standing = set(teams_standing().values_list("pk", flat=True))
    shifts = shifts_between(at - timedelta(days=7), at)
    duties = [Duty(key=it.pk, team=it.team_id, begins_at=it.begins_at, ends_at=it.ends_at) for it in shifts]
    kept = [it for it in a_week_on(duties, at) if it.team in standing]
    return [NewShift(team=it.team, begins_at=it.begins_at, ends_at=it.ends_at) for it in kept]


def _double(it: DoubleDuty, called: dict) -> Double:
    return Double(who=called.get(it.who, Said("—", "—")), begins_at=it.begins_at, ends_at=it.ends_at)
