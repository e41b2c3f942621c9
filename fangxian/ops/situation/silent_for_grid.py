"""The venues somebody is to go and see because nobody scans there; what its owner is told of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.places.models import Venue
from fangxian.ops.places.standing import subject_of
from fangxian.ops.tasks.queries import Task, about_some, to_do, within
from fangxian.ops.visits.queries import last_seen

KIND = "venues.silent"
SHOWN_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentLine:
    """One venue to look at. `last_at` None: nobody ever scanned there."""

    venue: Venue
    task: Task
    last_at: datetime | None
    is_late: bool


def silence_to_do(account: Account) -> QuerySet[Task]:
    """What waits for an account, the first due first."""
    return to_do(account).filter(kind=KIND)


def silence_seen(account: Account) -> QuerySet[Task]:
    """What waits anywhere in the area whose tasks an account may see."""
    return within(account).filter(kind=KIND, closed_at__isnull=True).order_by("due_at", "id")


def silent_lines(tasks: list[Task], at: datetime) -> list[SilentLine]:
    """Two queries however many."""
    found = {it.pk: it for it in Venue.objects.filter(pk__in=[task.venue for task in tasks])}
    seen = last_seen([it.venue_number for it in found.values()])
    return [
        SilentLine(
            venue=found[task.venue], task=task, last_at=seen.get(found[task.venue].venue_number),
            is_late=task.due_at <= at,
        )
        for task in tasks
        if task.venue in found
    ]  # fmt: skip


def silence_of(venue: Venue, at: datetime) -> Task | None:
    """The newest question after a venue, or the answer to it while it is a week old at most; what its owner is told."""
    since = at - timedelta(days=SHOWN_DAYS)
    return about_some([subject_of(venue)], kind=KIND, since=since).order_by("-opened_at").first()
