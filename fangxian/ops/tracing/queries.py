"""What others may ask of the tracing room."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max, Min, Prefetch, Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.ids import any_of

from .models import MERGED, Assignment, Member, Shift, Team, TracingClock
from .wire import subject


def teams_standing() -> QuerySet[Team]:
    """The teams on the roll with their members of now, in the order of their numbers."""
    members = Member.objects.filter(left_at__isnull=True).select_related("account", "unit")
    return Team.objects.filter(stood_down_at__isnull=True).prefetch_related(Prefetch("members", queryset=members))


def team_names() -> QuerySet[Team]:
    """The teams on the roll by number and name, without their members."""
    return Team.objects.filter(stood_down_at__isnull=True)


def team_with(team_id: UUID) -> Team | None:
    """A team with its members of now, whether it stands or not."""
    members = Member.objects.filter(left_at__isnull=True).select_related("account", "unit")
    return Team.objects.filter(pk=team_id).prefetch_related(Prefetch("members", queryset=members)).first()


def teams_stood_down() -> QuerySet[Team]:
    """The teams that were taken off the roll, the latest first."""
    return Team.objects.filter(stood_down_at__isnull=False).order_by("-stood_down_at", "number")


def next_number() -> int:
    """The lowest number that no team has had."""
    taken = set(Team.objects.values_list("number", flat=True))
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def member_with(member: UUID) -> Member | None:
    """A member of now, with the team and the account."""
    found = Member.objects.filter(pk=member, left_at__isnull=True)
    return found.select_related("team", "account").first()


def teams_of(account: Account) -> QuerySet[Team]:
    """The standing teams an account is a member of now."""
    of_account = Member.objects.filter(account=account, left_at__isnull=True)
    return Team.objects.filter(stood_down_at__isnull=True, pk__in=of_account.values("team"))


def leads_of(teams: Collection[UUID]) -> dict[UUID, Member]:
    """The lead of each team, with their account."""
    rows = Member.objects.filter(team__in=teams, is_lead=True, left_at__isnull=True).select_related("account")
    return {row.team_id: row for row in rows}


def team_mates(account: Account) -> list[Account]:
    """Who is in a standing team with an account, by team and seat; not the account itself."""
    rows = Member.objects.filter(team__in=teams_of(account), left_at__isnull=True, account__isnull=False)
    found = {row.account_id: row.account for row in rows.select_related("account__unit").order_by("team", "-is_lead")}
    return [it for pk, it in found.items() if pk != account.pk]


def subjects_held_by(account: Account) -> list[str]:
    """What an account's teams hold, as tasks name it, the most urgent first."""
    held = work_held().filter(team__in=teams_of(account)).values_list("work", "about")
    return [subject(work, about) for work, about in held]


def shifts_between(begins: datetime, ends: datetime) -> QuerySet[Shift]:
    """The shifts that hold some of [begins, ends), as they stand."""
    standing = Shift.objects.filter(called_off_at__isnull=True, begins_at__lt=ends, ends_at__gt=begins)
    return standing.select_related("team").order_by("begins_at", "team__number")


def teams_on_duty(at: datetime) -> set[UUID]:
    standing = Shift.objects.filter(called_off_at__isnull=True, begins_at__lte=at, ends_at__gt=at)
    return set(standing.values_list("team", flat=True))


def work_held() -> QuerySet[Assignment]:
    """Everything that teams hold now, the most urgent first."""
    return Assignment.objects.filter(ended_at__isnull=True).select_related("team").order_by("due_at", "id")


def work_of(team: UUID) -> QuerySet[Assignment]:
    return work_held().filter(team=team)


def holders(work: str, abouts: Iterable[UUID]) -> dict[UUID, Assignment]:
    """Who holds which of some cases or contacts now, with the team; what nobody holds is left out."""
    return {row.about: row for row in work_held().filter(work=work, about__in=set(abouts))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one team holds of one kind of work: how much, how much of it late, when the next is due, last movement.

    `n_stuck` is what is not late, but about which nothing was done since the moment that was asked for.
    """

    team: UUID
    work: str
    n: int
    n_overdue: int
    n_stuck: int
    first_due_at: datetime
    next_due_at: datetime | None
    oldest_stuck_at: datetime | None
    moved_at: datetime


def held_by_team(at: datetime, *, stuck_since: datetime) -> list[Held]:
    """What each team holds, by kind of work. One query."""
    late = Q(due_at__lte=at)
    stuck = ~late & Q(moved_at__lte=stuck_since)
    rows = Assignment.objects.filter(ended_at__isnull=True).order_by().values("team", "work").annotate(
        n=Count("id"),
        n_overdue=Count("id", filter=late),
        n_stuck=Count("id", filter=stuck),
        first_due_at=Min("due_at"),
        next_due_at=Min("due_at", filter=~late),
        oldest_stuck_at=Min("moved_at", filter=stuck),
        last_moved_at=Max("moved_at"),
    )  # fmt: skip
    return [Held(moved_at=row.pop("last_moved_at"), **row) for row in rows]


def loads() -> dict[UUID, dict[str, int]]:
    """Of each team how many cases and contacts it holds: {team: {"case": n, "contact": n}}."""
    rows = Assignment.objects.filter(ended_at__isnull=True).order_by().values("team", "work").annotate(n=Count("id"))
    found: dict[UUID, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["team"], {})[row["work"]] = row["n"]
    return found


def history_of(work: str, about: UUID) -> QuerySet[Assignment]:
    """Who has held a piece of work, newest first."""
    return Assignment.objects.filter(work=work, about=about).select_related("team").order_by("-given_at", "-id")


def clocks_of(cases: Iterable[UUID]) -> dict[UUID, list[TracingClock]]:
    """The clocks of cases, soonest due first."""
    found: dict[UUID, list[TracingClock]] = {}
    for row in TracingClock.objects.filter(case_id__in=set(cases)).order_by("due_at", "id"):
        found.setdefault(row.case_id, []).append(row)
    return found


def clocks_running() -> QuerySet[TracingClock]:
    """Clocks that are neither reached nor stopped, soonest due first."""
    return TracingClock.objects.filter(reached_at__isnull=True, stopped_at__isnull=True).order_by("due_at", "id")


def clocks_reached_since(since: datetime) -> QuerySet[TracingClock]:
    return TracingClock.objects.filter(reached_at__gte=since).order_by("-reached_at")


def clock_figures(since: datetime, at: datetime) -> dict[str, dict[str, int]]:
    """Of each clock how many are running, overdue, and since `since` reached in time and late."""
    running = Q(reached_at__isnull=True, stopped_at__isnull=True)
    reached = Q(reached_at__gte=since)
    rows = TracingClock.objects.order_by().values("clock").annotate(
        n_running=Count("id", filter=running),
        n_overdue=Count("id", filter=running & Q(due_at__lte=at)),
        n_in_time=Count("id", filter=reached & Q(reached_at__lte=F("due_at"))),
        n_late=Count("id", filter=reached & Q(reached_at__gt=F("due_at"))),
    )  # fmt: skip
    return {row.pop("clock"): row for row in rows}


def rows_of_merge(cases: Sequence[UUID], contacts: Sequence[UUID]) -> list[QuerySet]:
    """The rows that merging these cases, with these contacts, may change."""
    works = Assignment.objects.filter(about__in=any_of([*cases, *contacts]))
    return [TracingClock.objects.filter(case_id__in=cases), works]


ENDING = frozenset({"ended_at", "ended_by", "ended_why", "moved_at"})


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what a merge changed here would be put back now."""
    return how_rows_return(changes, MERGED, together={Assignment._meta.label_lower: [ENDING]})
