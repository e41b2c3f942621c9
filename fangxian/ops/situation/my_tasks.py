"""Somebody's tasks (我的任务): what waits for them by name or by role, and what waits for their tracing team.

Whose a task is to do is said in one place, `tasks.queries.is_to_do`. Everybody else who may see it only sees it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.tasks import queries as tasks
from fangxian.ops.tracing.queries import subjects_held_by

TEAM_KINDS = "tracing."


@dataclass(frozen=True, slots=True, kw_only=True)
class MyTasks:
    """How somebody's unfinished tasks stand at a moment; `rows` is all of them, the first due first."""

    at: datetime
    rows: QuerySet
    n: int
    n_overdue: int
    n_due_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    """One task as somebody sees it, and whether it is theirs to do."""

    task: object
    is_to_do: bool
    is_own: bool


def my_tasks(account: Account, at: datetime, *, midnight: datetime) -> MyTasks:
    """The unfinished tasks that somebody is to do; `midnight` ends the county's today."""
    rows = tasks.to_do(account, subjects_held_by(account), TEAM_KINDS)
    due = list(rows.values_list("due_at", flat=True))
    n_overdue = sum(it <= at for it in due)
    n_today = sum(at < it < midnight for it in due)
    return MyTasks(at=at, rows=rows, n=len(due), n_overdue=n_overdue, n_due_today=n_today)


def task_seen(task_id: UUID, account: Account) -> TaskSeen:
    """A task that an account may see: one that is its to do, or one within its area.

    Refuses
    -------
    tasks.not_yours
        Also for one that does not exist: who may not see a task is not told that there is one.
    """
    found = tasks.find(task_id)
    if found is None:
        raise not_yours()
    is_to_do = tasks.is_to_do(account, found, subjects_held_by(account), TEAM_KINDS)
    if not is_to_do and not tasks.within(account).filter(pk=task_id).exists():
        raise not_yours()
    return TaskSeen(task=found, is_to_do=is_to_do, is_own=found.owner_id == account.pk)


def not_yours() -> Refusal:
    return Refusal(
        "tasks.not_yours",
        zh="这项任务不在您名下，也不属于您的岗位、小组或辖区，没有打开。您能办的都在“我的任务”里；若应由您办，请让派"
        "任务的人移交给您。",
        en="This task is neither yours nor your post's, your team's or of your area, so it was not opened. What you "
        "can do stands under “My tasks”; if it should be yours, ask whoever assigned it to hand it over.",
    )
