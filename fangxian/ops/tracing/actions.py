"""The only writers of the tracing room. Each takes a set, is one transaction and leaves one audit line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import MERGED, Assignment, Member, Shift, Team, TracingClock
from .wire import NewClock, NewMember, NewShift, NewTeam, NewWork, Why, subject

BATCH = 500
TEAM_COLUMNS = ("name_zh", "name_en", "area_path", "load_max")
SHIFT_MAX = Parameter(
    value=24,
    unit="h",
    low=4,
    high=72,
    meaning="The longest shift a tracing team is put on",
    source="round-the-clock duty of tracing centres (流调中心工作规范, reprinted 2022: 24 h duty); that one shift may "
    "last so long is a guess",
)


@transaction.atomic
def found_teams(*, teams: Sequence[NewTeam], by: str) -> list[Team]:
    """Put teams with their members on the roll.

    Refuses
    -------
    tracing.number_taken, tracing.no_lead
    """
    numbers = Counter(team.number for team in teams)
    taken = set(Team.objects.filter(number__in=numbers).values_list("number", flat=True))
    if wrong := sorted(taken | {number for number, n in numbers.items() if n > 1}):
        raise refusals.number_taken(wrong)
    for team in teams:
        if (n_leads := sum(member.is_lead for member in team.members)) != 1:
            raise refusals.no_lead(team.number, n_leads)
    at = county_now()
    rows = [
        Team(
            id=it.id,
            number=it.number,
            name_zh=it.name.zh,
            name_en=it.name.en,
            area_path=it.area_path,
            load_max=it.load_max,
            founded_at=at,
        )
        for it in teams
    ]
    Team.objects.bulk_create(rows)
    members = [_member(row, member, at) for row, it in zip(rows, teams, strict=True) for member in it.members]
    Member.objects.bulk_create(members, batch_size=BATCH)
    if rows:
        _record("tracing.teams_founded", rows, by, n_members=len(members))
    return rows


@transaction.atomic
def join_team(*, team: UUID, members: Sequence[NewMember], by: str) -> list[Member]:
    """Add members to a team; one who is to lead it takes the lead over.

    Refuses
    -------
    tracing.team_unknown, tracing.team_stood_down, tracing.already_member
    """
    row, at = _standing([team])[team], county_now()
    accounts = [it.account.pk for it in members if it.account]
    if row.members.filter(left_at__isnull=True, account__in=accounts).exists() or len(set(accounts)) < len(accounts):
        raise refusals.already_member(row.number)
    if any(it.is_lead for it in members):
        row.members.filter(left_at__isnull=True).update(is_lead=False)
    made = [_member(row, member, at) for member in members]
    Member.objects.bulk_create(made)
    _record("tracing.members_joined", [row], by, n_members=len(made))
    return made


@transaction.atomic
def leave_team(*, members: Sequence[UUID], by: str) -> None:
    """End members' time in their teams. Whoever leads hands the lead over first (`name_lead`).

    Refuses
    -------
    tracing.member_unknown, tracing.no_lead
    """
    rows = _members(members)
    if lead := next((row for row in rows if row.is_lead), None):
        raise refusals.no_lead(lead.team.number, 0)
    Member.objects.filter(pk__in=[row.pk for row in rows]).update(left_at=county_now())
    _record("tracing.members_left", [row.team for row in rows], by, n_members=len(rows))


@transaction.atomic
def name_lead(*, member: UUID, by: str) -> None:
    """Make a member the lead of their team, in place of whoever was.

    Refuses
    -------
    tracing.member_unknown
    """
    row = _members([member])[0]
    row.team.members.filter(is_lead=True, left_at__isnull=True).update(is_lead=False)
    Member.objects.filter(pk=member).update(is_lead=True)
    _record("tracing.lead_named", [row.team], by)


@transaction.atomic
def change_team(*, team: UUID, name: Said, area_path: str, load_max: int, by: str) -> Team:
    """Change what a team is called, from which township it sets out, and how much it can hold.

    Refuses
    -------
    tracing.team_unknown, tracing.team_stood_down
    """
    row = _standing([team])[team]
    before = {it: getattr(row, it) for it in TEAM_COLUMNS}
    after = {"name_zh": name.zh, "name_en": name.en, "area_path": area_path, "load_max": load_max}
    if after != before:
        Team.objects.filter(pk=team).update(**after)
        changed = {it: [str(before[it]), str(after[it])] for it in TEAM_COLUMNS if before[it] != after[it]}
        _record("tracing.team_changed", [row], by, changed=changed)
    return Team.objects.get(pk=team)


@transaction.atomic
def stand_down(*, teams: Sequence[UUID], by: str) -> None:
    """Take teams off the roll from now on, and their coming shifts off the roster.

    Refuses
    -------
    tracing.team_unknown, tracing.team_stood_down
    tracing.team_holds_work
        What a team holds would be seen by nobody: it goes to others first.
    """
    rows, at = _standing(teams), county_now()
    for row in rows.values():
        if n_held := Assignment.objects.filter(team=row, ended_at__isnull=True).count():
            raise refusals.team_holds_work(row.name_zh, row.name_en, n_held)
    Team.objects.filter(pk__in=rows).update(stood_down_at=at)
    Shift.objects.filter(team__in=rows, called_off_at__isnull=True, ends_at__gt=at).update(called_off_at=at)
    _record("tracing.teams_stood_down", list(rows.values()), by)


@transaction.atomic
def stand_up(*, teams: Sequence[UUID], by: str) -> None:
    """Put teams that stood down on the roll again, with the members they had; one that stands is left as it is.

    Refuses
    -------
    tracing.team_unknown
    """
    rows = list(Team.objects.filter(pk__in=teams))
    if missing := len(set(teams)) - len(rows):
        raise refusals.team_unknown(missing)
    down = [row for row in rows if row.stood_down_at]
    Team.objects.filter(pk__in=[row.pk for row in down]).update(stood_down_at=None)
    if down:
        _record("tracing.teams_stood_up", down, by)


@transaction.atomic
def set_shifts(*, shifts: Sequence[NewShift], by: str) -> list[Shift]:
    """Put teams on duty; a shift that stands already is left as it is.

    Overlapping shifts of one team or one person are no error: the roster shows them as double duty.

    Refuses
    -------
    tracing.team_unknown, tracing.team_stood_down, tracing.shift_backwards, tracing.shift_too_long
    """
    for it in shifts:
        if it.ends_at <= it.begins_at:
            raise refusals.shift_backwards(it.begins_at, it.ends_at)
        if it.ends_at - it.begins_at > timedelta(hours=SHIFT_MAX.value):
            raise refusals.shift_too_long((it.ends_at - it.begins_at).total_seconds() / 3600, SHIFT_MAX.value)
    rows = _standing({it.team for it in shifts})
    wanted = dict.fromkeys((it.team, it.begins_at, it.ends_at) for it in shifts)
    known = set(
        Shift.objects.filter(team__in=rows, called_off_at__isnull=True).values_list("team", "begins_at", "ends_at")
    )
    made = [
        Shift(team=rows[team], begins_at=b, ends_at=e, set_by=by) for team, b, e in wanted if (team, b, e) not in known
    ]
    Shift.objects.bulk_create(made, batch_size=BATCH)
    if made:
        _record("tracing.shifts_set", [row.team for row in made], by, n_shifts=len(made))
    return made


@transaction.atomic
def call_off_shifts(*, shifts: Sequence[UUID], by: str) -> int:
    """Take shifts that are not over off the roster; how many. Off already or over: left as they are."""
    at = county_now()
    rows = list(Shift.objects.filter(pk__in=shifts, called_off_at__isnull=True, ends_at__gt=at).select_related("team"))
    Shift.objects.filter(pk__in=[row.pk for row in rows]).update(called_off_at=at)
    if rows:
        _record("tracing.shifts_called_off", [row.team for row in rows], by, n_shifts=len(rows))
    return len(rows)


@dataclass(frozen=True, slots=True)
class Given:
    """What became of work given out: the rows made, how many of them came from another team, how many stood already."""

    rows: tuple[Assignment, ...]
    n_moved: int
    n_held: int


@transaction.atomic
def give(*, works: Sequence[NewWork], by: str) -> Given:
    """Give work to teams. What another team holds is taken from it; what the team holds already stays as it is.

    Refuses
    -------
    tracing.team_unknown, tracing.team_stood_down
    """
    _standing({it.team for it in works})
    wanted, at = {(it.work, it.about): it for it in works}, county_now()
    held = {(row.work, row.about): row for row in _open(wanted).select_for_update()}
    kept = {key for key, row in held.items() if row.team_id == wanted[key].team}
    moved = [row.pk for key, row in held.items() if key not in kept]
    for chunk in _chunks(moved):
        Assignment.objects.filter(pk__in=chunk).update(ended_at=at, ended_by=by, ended_why=Why.MOVED)
    made = [_assignment(it, at, by) for key, it in wanted.items() if key not in kept]
    Assignment.objects.bulk_create(made, batch_size=BATCH)
    if made:
        _record_work("tracing.work_given", made, by, n_moved=len(moved))
    return Given(tuple(made), len(moved), len(kept))


@transaction.atomic
def end_work(*, works: Iterable[tuple[str, UUID]], why: str, by: str) -> int:
    """End work as done or as not needed after all; how many pieces. What no team holds is left alone."""
    rows, at = list(_open(works).select_for_update()), county_now()
    for chunk in _chunks([row.pk for row in rows]):
        Assignment.objects.filter(pk__in=chunk).update(ended_at=at, ended_by=by, ended_why=why, moved_at=at)
    if rows:
        _record_work("tracing.work_ended", rows, by, why=str(why))
    return len(rows)


@transaction.atomic
def note_movement(*, works: Iterable[tuple[str, UUID]], by: str) -> None:
    """Say that something was done about pieces of work just now, so that they are not shown as stuck."""
    rows = list(_open(works))
    for chunk in _chunks([row.pk for row in rows]):
        Assignment.objects.filter(pk__in=chunk, ended_at__isnull=True).update(moved_at=county_now())
    if rows:
        _record_work("tracing.work_moved", rows, by)


@transaction.atomic
def start_clocks(*, clocks: Sequence[NewClock], by: str) -> list[TracingClock]:
    """Start clocks of cases; one that the case has is left as it is. Those started, soonest due first."""
    cases = {it.case_id for it in clocks}
    known = set(TracingClock.objects.filter(case_id__in=cases).values_list("case_id", "clock"))
    fresh = {(it.case_id, it.clock): it for it in clocks if (it.case_id, it.clock) not in known}
    rows = [
        TracingClock(
            case_id=it.case_id,
            disease=it.disease,
            area_path=it.area_path,
            clock=it.clock,
            starts_at=it.starts_at,
            due_at=it.due_at,
        )
        for it in fresh.values()
    ]
    TracingClock.objects.bulk_create(rows)
    if rows:
        about = sorted({f"case:{row.case_id}" for row in rows})
        record("tracing.clocks_started", by=by, about=about, details={"clocks": sorted({row.clock for row in rows})})
    return sorted(rows, key=lambda row: row.due_at)


@transaction.atomic
def reach_clock(*, case_id: UUID, clock: str, by: str, at: datetime | None = None) -> TracingClock:
    """Stamp a clock of a case as reached, now or at a moment that has passed; reached already, it stays as it was.

    Refuses
    -------
    tracing.clock_unknown, tracing.clock_stopped, tracing.reached_before_it_began
    """
    row = TracingClock.objects.select_for_update().filter(case_id=case_id, clock=clock).first()
    if row is None:
        raise refusals.clock_unknown(clock)
    if row.stopped_at:
        raise refusals.clock_stopped(clock, row.stopped_at)
    if row.reached_at:
        return row
    now = county_now()
    at = at or max(now, row.starts_at)
    if not row.starts_at <= at <= max(now, row.starts_at):
        raise refusals.reached_before_it_began(at, row.starts_at)
    row.reached_at, row.reached_by = at, by
    row.save(update_fields=["reached_at", "reached_by"])
    details = {"clock": clock, "is_late": at > row.due_at}
    record("tracing.clock_reached", by=by, about=[f"case:{case_id}"], details=details)
    return row


@transaction.atomic
def stop_clocks(*, cases: Sequence[UUID], by: str) -> int:
    """Stop the running clocks of cases that are none after all; how many."""
    running = TracingClock.objects.filter(case_id__in=cases, reached_at__isnull=True, stopped_at__isnull=True)
    about = sorted({f"case:{case}" for case in running.values_list("case_id", flat=True)})
    n_stopped = running.update(stopped_at=county_now())
    if n_stopped:
        record("tracing.clocks_stopped", by=by, about=about, details={"n_clocks": n_stopped})
    return n_stopped


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """Clocks and work that stopped because a case was merged go on; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("tracing.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def _member(team: Team, told: NewMember, at: datetime) -> Member:
    return Member(
        team=team, account=told.account, unit=told.unit, kind=Member.Kind(told.kind), is_lead=told.is_lead,
        name=told.name, phone=told.phone, joined_at=at,
    )  # fmt: skip


def _assignment(told: NewWork, at: datetime, by: str) -> Assignment:
    return Assignment(
        team_id=told.team, work=Assignment.Work(told.work), about=told.about, disease=told.disease,
        area_path=told.area_path, due_at=told.due_at, given_at=at, given_by=by, moved_at=at,
    )  # fmt: skip


def _standing(teams: Iterable[UUID]) -> dict[UUID, Team]:
    wanted = set(teams)
    rows = {row.pk: row for row in Team.objects.filter(pk__in=wanted)}
    if missing := wanted - rows.keys():
        raise refusals.team_unknown(len(missing))
    for row in rows.values():
        if row.stood_down_at:
            raise refusals.team_stood_down(row.name_zh, row.name_en, row.stood_down_at)
    return rows


def _members(ids: Sequence[UUID]) -> list[Member]:
    rows = list(Member.objects.filter(pk__in=ids, left_at__isnull=True).select_related("team"))
    if not rows or len(rows) != len(set(ids)):
        raise refusals.member_unknown()
    return rows


def _open(works: Iterable[tuple[str, UUID]]) -> QuerySet[Assignment]:
    condition = Q(pk__in=[])
    by_work: dict[str, list[UUID]] = {}
    for work, about in works:
        by_work.setdefault(work, []).append(about)
    for work, abouts in by_work.items():
        condition |= Q(work=work, about__in=abouts)
    return Assignment.objects.filter(condition, ended_at__isnull=True).order_by("id")


def _record(action: str, teams: Sequence[Team], by: str, **details: object) -> None:
    numbers = sorted({team.number for team in teams})
    record(action, by=by, details={"teams": numbers, **details})


def _record_work(action: str, rows: Sequence[Assignment], by: str, **details: object) -> None:
    about = sorted({subject(row.work, row.about) for row in rows})
    n_works = Counter(str(row.work) for row in rows)
    record(action, by=by, about=about, details={"n_works": dict(n_works), **details})


def _chunks(things: Sequence) -> Iterable[Sequence]:
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]
