"""What others may ask of the tasks room. Whose rows: `within`; whose work: `mine`; everything else narrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_of, may
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.current import county_now

from .models import MERGED, UNFINISHED, State, Task

VIEW, DO, ASSIGN = "tasks.view", "tasks.do", "tasks.assign"


def within(account: Account) -> QuerySet[Task]:
    """The tasks an account may see."""
    return within_scope(Task.objects.all(), account, VIEW, venue_field="venue", self_field="owner")


def mine(account: Account) -> QuerySet[Task]:
    """The unfinished tasks that wait for this account: its own, what its roles may take, what was raised to them."""
    condition = Q(owner=account)
    for appointment in appointments_of(account):
        if not appointment.area_path:  # over one's own records: nothing waits for such a role
            continue
        place = Q(venue=appointment.venue) if appointment.venue else below(appointment.area_path)
        of_unit = Q(unit__isnull=True) | Q(unit=account.unit_id)
        condition |= Q(place, of_unit, owner__isnull=True, role=appointment.role)
        condition |= Q(place, raised_to=appointment.role)
    return unfinished().filter(condition)


def to_do(account: Account, subjects: Sequence[str] = (), kinds: str = "") -> QuerySet[Task]:
    """What waits for this account: `mine`, and of what its team holds every task whose kind begins with `kinds`."""
    condition = Q(pk__in=mine(account).values("pk"))
    if subjects:
        condition |= Q(about__in=subjects, kind__startswith=kinds)
    return unfinished().filter(condition).order_by("due_at", "id")


def is_to_do(account: Account, task: Task, subjects: Sequence[str] = (), kinds: str = "") -> bool:
    """Whether an account may take, finish or hand over a task: one of `to_do`, or where it assigns tasks.

    Its own that is closed counts as well: whoever finished it may read it, and finish it once more to no effect.
    """
    if task.owner_id == account.pk or may(account, ASSIGN, task.area_path):
        return True
    return to_do(account, subjects, kinds).filter(pk=task.pk).exists()


def unfinished() -> QuerySet[Task]:
    return Task.objects.filter(state__in=UNFINISHED)


def overdue(at: datetime, rows: QuerySet[Task]) -> QuerySet[Task]:
    """Those of `rows` that should have been done by `at`, the latest first."""
    return rows.filter(state__in=UNFINISHED, due_at__lte=at).order_by("due_at", "id")


def due(at: datetime, within_min: int, rows: QuerySet[Task]) -> QuerySet[Task]:
    """Those of `rows` that fall due in the `within_min` minutes after `at`."""
    end = at + timedelta(minutes=within_min)
    return rows.filter(state__in=UNFINISHED, due_at__gt=at, due_at__lte=end).order_by("due_at", "id")


def of_owner(account: Account) -> QuerySet[Task]:
    """The unfinished tasks an account has taken on or was given."""
    return unfinished().filter(owner=account)


def about(subject: str) -> QuerySet[Task]:
    """Every task about one subject, such as person:<uuid>, newest first."""
    return Task.objects.filter(about=subject).order_by("-opened_at", "id")


def about_some(subjects: Sequence[str], *, kind: str, since: datetime | None = None) -> QuerySet[Task]:
    """The tasks of a kind about some hundred subjects: all, or those that wait or were closed since a moment."""
    found = Task.objects.filter(kind=kind, about__in=subjects)
    return found if since is None else found.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=since))


def find(task_id: UUID) -> Task | None:
    return Task.objects.filter(pk=task_id).select_related("owner", "unit").first()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks stand how; `n_overdue` are among the open and taken ones."""

    n_open: int = 0
    n_taken: int = 0
    n_done: int = 0
    n_cancelled: int = 0
    n_overdue: int = 0


def counts(at: datetime, rows: QuerySet[Task]) -> Counts:
    return Counts(**rows.order_by().aggregate(**_figures(at)))


def counts_by_kind(at: datetime, rows: QuerySet[Task]) -> dict[str, Counts]:
    return {row.pop("kind"): Counts(**row) for row in rows.order_by().values("kind").annotate(**_figures(at))}


def counts_by_area(at: datetime, rows: QuerySet[Task], *, digits: int) -> dict[str, Counts]:
    """By the areas whose path has so many digits: 9 for townships, 12 for villages, 15 for grid cells."""
    grouped = rows.order_by().annotate(area=Substr("area_path", 1, digits)).values("area").annotate(**_figures(at))
    return {row.pop("area"): Counts(**row) for row in grouped}


def _figures(at: datetime) -> dict[str, Count]:
    late = Q(state__in=UNFINISHED, due_at__lte=at)
    by_state = {f"n_{state}": Count("id", filter=Q(state=state)) for state in State.values}
    return by_state | {"n_overdue": Count("id", filter=late)}


def titles(tasks: Sequence[UUID]) -> dict[UUID, Said]:
    """What these tasks say is to be done."""
    rows = Task.objects.filter(pk__in=tasks).values_list("pk", "title_zh", "title_en")
    return {pk: Said(zh, en) for pk, zh, en in rows}


def rows_of_merge(subjects: Sequence[str]) -> list[QuerySet]:
    """The tasks that merging these subjects may change."""
    return [Task.objects.filter(about__in=subjects[n : n + 500]) for n in range(0, len(subjects), 500)]


CLOSING = frozenset({"state", "closed_at", "outcome", "note", "next_rung_at"})


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what a merge changed here would be put back now; a task that it opened is cancelled, not taken away."""
    return how_rows_return(changes, MERGED, together={Task._meta.label_lower: [CLOSING]})


def within_life(task: Task, at: datetime | None) -> datetime | None:
    """A moment as far as something can have been done about a task at it; None stays None."""
    return at and min(max(at, task.opened_at), county_now())
