"""The chief's board (流调调度): teams with what they hold, the clocks, and what is stuck with who must act.

No name and no address is on it: it hangs on a wall. A case is its number, a contact one of a count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.cases.queries import last_saved
from fangxian.ops.cases.queries import within as cases_within
from fangxian.ops.contacts.queries import last_changed, untraced
from fangxian.ops.places.queries import places_at
from fangxian.ops.tracing import queries as tracing
from fangxian.ops.tracing.clocks import REACHED, STUCK_AFTER
from fangxian.ops.tracing.planning import CASE_LOAD
from fangxian.ops.tracing.wire import CASE, CONTACT

from .tracing_lines import ClockLine, ClockSeen, HeldCase, Stuck, TeamLine, Unassigned
from .tracing_stuck import find_stuck


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything on the board at a moment (county time)."""

    at: datetime
    n_cases: int
    n_cases_unassigned: int
    n_contacts_waiting: int
    n_contacts_unassigned: int
    n_overdue: int
    clocks: Sequence[ClockLine]
    stuck: Sequence[Stuck]
    teams: Sequence[TeamLine]

    @property
    def n_on_duty(self) -> int:
        return sum(team.duty_until is not None for team in self.teams)


def board(account: Account, at: datetime) -> Board:
    """The board as an account may see it: a case outside its area is on it by its clocks, not by its number."""
    running = list(tracing.clocks_running())
    holding = {row.about: row for row in tracing.work_held().filter(work=CASE)}
    open_cases = {row.case_id for row in running} | holding.keys()
    numbers = dict(cases_within(account).filter(pk__in=open_cases).values_list("pk", "number"))
    stuck_since = at - timedelta(hours=STUCK_AFTER.value)
    held = _with_case_movement(tracing.held_by_team(at, stuck_since=stuck_since), holding, at, stuck_since)
    teams = _team_lines(at, held, holding, numbers)
    n_waiting, unassigned = contacts_waiting()
    clocks = _clock_lines(at)
    stuck = find_stuck(
        at=at, running=running, holding=holding, numbers=numbers, teams=teams, held=held, unassigned=unassigned
    )
    return Board(
        at=at,
        n_cases=len(open_cases),
        n_cases_unassigned=len({row.case_id for row in running} - holding.keys()),
        n_contacts_waiting=n_waiting,
        n_contacts_unassigned=sum(it.n for it in unassigned),
        n_overdue=sum(it.n_overdue for it in clocks) + sum(it.n_overdue for it in held if it.work == CONTACT),
        clocks=clocks,
        stuck=stuck,
        teams=list(teams.values()),
    )


def _with_case_movement(
    held: Sequence[tracing.Held], holding: Mapping, at: datetime, stuck_since: datetime
) -> list[tracing.Held]:
    """What teams hold, where a case also moves when its interview is saved or one of its contacts is decided on."""
    saved, changed = last_saved(holding), last_changed(list(holding))
    moved: dict[UUID, list[tuple[datetime, bool]]] = {}
    for case, row in holding.items():
        last = max(it for it in (row.moved_at, saved.get(case), changed.get(case)) if it)
        moved.setdefault(row.team_id, []).append((last, row.due_at > at))
    return [_moved(it, moved[it.team], stuck_since) if it.work == CASE else it for it in held]


def _moved(it: tracing.Held, cases: Sequence[tuple[datetime, bool]], stuck_since: datetime) -> tracing.Held:
    still = [last for last, is_in_time in cases if is_in_time and last <= stuck_since]
    last = max(last for last, _ in cases)
    return replace(it, n_stuck=len(still), oldest_stuck_at=min(still, default=None), moved_at=last)


def _clock_lines(at: datetime) -> list[ClockLine]:
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    figures = tracing.clock_figures(midnight, at)
    return [ClockLine(clock=key, reached=reached, **figures.get(key, {})) for key, reached in REACHED.items()]


def _team_lines(
    at: datetime, held: Sequence[tracing.Held], holding: Mapping[UUID, object], numbers: Mapping[UUID, str]
) -> dict[UUID, TeamLine]:
    standing = list(tracing.teams_standing())
    bases = places_at({team.area_path for team in standing})
    until = duty_until(at)
    of_team: dict[UUID, dict[str, tracing.Held]] = {}
    for it in held:
        of_team.setdefault(it.team, {})[it.work] = it
    cases = _held_cases(at, holding, numbers)
    return {
        team.pk: _team_line(team, bases.get(team.area_path), until.get(team.pk), of_team.get(team.pk, {}), cases)
        for team in standing
    }


def _team_line(team, base, until: datetime | None, held: Mapping[str, tracing.Held], cases: Mapping) -> TeamLine:
    lead = next((it for it in team.members.all() if it.is_lead), None)
    n_cases, n_contacts = (held[work].n if work in held else 0 for work in (CASE, CONTACT))
    running = [it for case in cases.get(team.pk, ()) for it in case.clocks if not it.reached_at]
    contacts = held.get(CONTACT)
    due = [it.due_at for it in running if not it.is_late] + ([contacts.next_due_at] if contacts else [])
    return TeamLine(
        team_id=team.pk,
        number=team.number,
        name=Said(team.name_zh, team.name_en),
        base=Said(base.name_zh, base.name_en) if base else Said(team.area_path, team.area_path),
        lead=lead.account.username if lead and lead.account else "",
        duty_until=until,
        n_cases=n_cases,
        n_contacts=n_contacts,
        load=n_cases * int(CASE_LOAD.value) + n_contacts,
        load_max=team.load_max,
        n_overdue=sum(it.is_late for it in running) + (contacts.n_overdue if contacts else 0),
        n_stuck=sum(it.n_stuck for it in held.values()),
        next_due_at=min(filter(None, due), default=None),
        moved_at=max((it.moved_at for it in held.values()), default=None),
        cases=cases.get(team.pk, ()),
    )


def _held_cases(at: datetime, holding: Mapping, numbers: Mapping[UUID, str]) -> dict[UUID, list[HeldCase]]:
    clocks = tracing.clocks_of(holding)
    found: dict[UUID, list[HeldCase]] = {}
    for case, row in holding.items():
        seen = [clock_seen(it, at) for it in clocks.get(case, ()) if not it.stopped_at]
        one = HeldCase(case_id=case, number=numbers.get(case, ""), given_at=row.given_at, clocks=seen)
        found.setdefault(row.team_id, []).append(one)
    return found


def clock_seen(row, at: datetime) -> ClockSeen:
    """One clock of a case as of a moment; late when it was reached late, or should have been by now."""
    return ClockSeen(
        clock=row.clock, due_at=row.due_at, reached_at=row.reached_at, is_late=(row.reached_at or at) > row.due_at
    )


def duty_until(at: datetime) -> dict[UUID, datetime]:
    """Of each team on duty until when, counting duties that follow without a break."""
    shifts = list(tracing.shifts_between(at, at + timedelta(days=2)))
    until: dict[UUID, datetime] = {it.team_id: it.ends_at for it in shifts if it.begins_at <= at}
    for it in shifts:
        if it.team_id in until and it.begins_at <= until[it.team_id] < it.ends_at:
            until[it.team_id] = it.ends_at
    return until


def contacts_waiting() -> tuple[int, list[Unassigned]]:
    """How many contacts are to be found; and of each case those that no team has, the longest waiting first.

    One query for both: of a hundred thousand contacts each pass counts.
    """
    free = Q(team__isnull=True)
    counted = untraced().order_by().values("case_id")
    rows = counted.annotate(n_all=Count("pk"), n=Count("pk", filter=free), since=Min("decided_at", filter=free))
    found = list(rows.order_by("since"))
    unassigned = [Unassigned(case_id=row["case_id"], n=row["n"], since=row["since"]) for row in found if row["n"]]
    return sum(row["n_all"] for row in found), unassigned
