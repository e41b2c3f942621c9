"""The only writers of the tasks room. Each takes a set, is one transaction and leaves one audit line.

All of a set or nothing of it: when one task refuses, none is changed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account, Unit
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from .models import CLOSED, MERGED, UNFINISHED, State, Task
from .queries import within_life
from .wire import NewTask, Rung, parse_ladder

BATCH = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a set of new tasks: the ids of those opened, and how many were there already."""

    ids: tuple[UUID, ...]
    n_repeated: int


def open_tasks(*, tasks: Sequence[NewTask], by: str) -> Opened:
    """Open tasks; those whose (kind, unique_key) is on record already are left as they are.

    Other writers wait meanwhile, about 0.1 s for 1,000 tasks on SQLite: thousands are several calls.

    Raises
    ------
    ValueError
        For a task with neither owner nor role, or a ladder that does not rise: bugs of the caller.
    """
    at = county_now()
    rows = [_row(task, at) for task in tasks]
    with transaction.atomic():
        known = _known_keys(rows)
        fresh = [row for row in _first_of_each(rows) if (row.kind, row.unique_key) not in known]
        columns = [field.attname for field in Task._meta.concrete_fields]
        in_order = sorted(fresh, key=attrgetter("kind", "unique_key"))  # two at once never wait for one another
        n_made = insert_rows(Task, ({it: row.__dict__[it] for it in columns} for row in in_order), leave_known=True)
        made = fresh if n_made == len(fresh) else _really_made(fresh)
        if made:
            _record("tasks.opened", made, by, kinds=Counter(row.kind for row in made))
    return Opened(tuple(row.pk for row in made), len(rows) - len(made))


@transaction.atomic
def take(*, tasks: Iterable[UUID], account: Account) -> None:
    """`account` takes these tasks on. Its own already: nothing changes.

    Refuses
    -------
    tasks.unknown, tasks.closed, tasks.taken_already
    """
    rows = [row for row in _locked(tasks) if not (row.state == State.TAKEN and row.owner_id == account.pk)]
    _refuse_closed(rows)
    _refuse_taken(rows, account)
    _change(rows, state=State.TAKEN, owner=account, taken_at=county_now())
    _record("tasks.taken", rows, f"account:{account.pk}")


@transaction.atomic
def hand_over(
    *, tasks: Iterable[UUID], reason: str, by: str, to: Account | None = None, role: str = "", unit: Unit | None = None
) -> None:
    """Give tasks to an account, which then has them, or to a role (of a unit), whose holders may take them.

    Refuses
    -------
    tasks.unknown, tasks.closed

    Raises
    ------
    ValueError
        Without exactly one of `to` and `role`.
    """
    if (to is None) == (not role):
        raise ValueError("a task is handed to an account or to a role")
    rows = _locked(tasks)
    _refuse_closed(rows)
    if to:
        _change(rows, owner=to, role="", unit=None, state=State.TAKEN, taken_at=county_now())
    else:
        _change(rows, owner=None, role=role, unit=unit, state=State.OPEN, taken_at=None)
    target = f"account:{to.pk}" if to else f"role:{role}"
    _record("tasks.handed_over", rows, by, to=target, reason=reason)


@transaction.atomic
def finish(*, tasks: Iterable[UUID], outcome: str, by: str, note: str = "", at: datetime | None = None) -> None:
    """Close tasks as done. `outcome` is a word of their kind; done already with the same outcome, nothing changes.

    Parameters
    ----------
    at : when it was done, where that is told later; no earlier than the task was there, no later than now

    Refuses
    -------
    tasks.unknown, tasks.closed
    """
    rows = [row for row in _locked(tasks) if not (row.state == State.DONE and row.outcome == outcome)]
    _refuse_closed(rows)
    for row in rows if at is not None else ():
        _close([row], State.DONE, outcome, note, at=within_life(row, at))
    _close(rows if at is None else [], State.DONE, outcome, note)
    _record("tasks.finished", rows, by, outcome=outcome)


@transaction.atomic
def turn_to(*, tasks: Iterable[UUID], about: str, by: str) -> None:
    """What is to be done is about another subject, since the two turned out to be one.

    Refuses
    -------
    tasks.unknown, tasks.closed
    """
    rows = [row for row in _locked(tasks) if row.about != about]
    _refuse_closed(rows)
    _change(rows, about=about)
    _record("tasks.turned_to", rows, by, about=about)


@transaction.atomic
def bring_forward(*, tasks: Mapping[UUID, datetime], by: str) -> None:
    """Tasks are due sooner than they were, each by its moment, and climb the rest of their ladders from there.

    Refuses
    -------
    tasks.unknown, tasks.closed
    """
    rows = [row for row in _locked(tasks) if row.due_at > tasks[row.pk]]
    _refuse_closed(rows)
    for row in rows:
        due_at = tasks[row.pk]
        _change([row], due_at=due_at, next_rung_at=_rung_at(due_at, parse_ladder(row.ladder)[row.n_rungs_climbed :]))
    _record("tasks.brought_forward", rows, by)


@transaction.atomic
def cancel(*, tasks: Iterable[UUID], reason: str, by: str) -> None:
    """Close tasks that need not be done after all; cancelled already, nothing changes.

    Refuses
    -------
    tasks.unknown, tasks.closed
    """
    rows = [row for row in _locked(tasks) if row.state != State.CANCELLED]
    _refuse_closed(rows)
    _close(rows, State.CANCELLED, "cancelled", reason)
    _record("tasks.cancelled", rows, by, reason=reason)


@transaction.atomic
def undo_merge(*, back: Return, reason: str, by: str) -> list[Stays]:
    """What was cancelled because two were one is to be done after all, and what it opened need not be; what stays."""
    opened, back.away = [UUID(change.key) for change in back.away], []
    stays = put_back(back, MERGED)
    cancel(tasks=opened, reason=reason, by=by)
    if back.returning:
        record("tasks.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def escalate_overdue(*, at: datetime, by: str) -> int:
    """Raise what is late to the rung of its ladder that is due at `at`; how many tasks.

    Chunk by chunk, each a short transaction with its line. After a standstill a task climbs to the highest
    rung that is due, not through each.
    """
    n_raised = 0
    while n_new := _escalate_some(at, by):
        n_raised += n_new
    return n_raised


def _escalate_some(at: datetime, by: str) -> int:
    due = Task.objects.filter(next_rung_at__lte=at)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("next_rung_at", "id")[:BATCH])
        climbed: dict[tuple, list[UUID]] = {}
        roles: Counter[str] = Counter()
        for row in rows:
            climbed.setdefault(_climb(row, at), []).append(row.pk)
        for (n_climbed, role, next_at), ids in climbed.items():
            rungs = {"n_rungs_climbed": n_climbed, "raised_to": role, "next_rung_at": next_at}
            Task.objects.filter(pk__in=ids).update(**rungs)
            roles[role] += len(ids)
        if rows:
            _record("tasks.escalated", rows, by, roles=roles)
    return len(rows)


def _climb(row: Task, at: datetime) -> tuple[int, str, datetime | None]:
    """Rungs climbed, the role of the highest, and when the next is due."""
    ladder = parse_ladder(row.ladder)
    n_climbed = sum(row.due_at + timedelta(minutes=rung.after_min) <= at for rung in ladder)
    return n_climbed, ladder[n_climbed - 1].role, _rung_at(row.due_at, ladder[n_climbed:])


def _rung_at(due_at: datetime, rungs: Sequence[Rung]) -> datetime | None:
    return due_at + timedelta(minutes=rungs[0].after_min) if rungs else None


def _row(task: NewTask, at: datetime) -> Task:
    if task.owner is None and not task.role:
        raise ValueError(f"a task of kind {task.kind} belongs to nobody: give it an owner or a role")
    if any(later.after_min <= sooner.after_min for sooner, later in zip(task.ladder, task.ladder[1:], strict=False)):
        raise ValueError(f"the ladder of a task of kind {task.kind} does not rise")
    return Task(
        kind=task.kind,
        unique_key=task.unique_key,
        title_zh=task.title.zh,
        title_en=task.title.en,
        about=task.about,
        area_path=task.area_path,
        venue=task.venue,
        owner=task.owner,
        role=task.role,
        unit=task.unit,
        opened_at=at,
        due_at=task.due_at,
        ladder=[[rung.after_min, rung.role] for rung in task.ladder],
        next_rung_at=_rung_at(task.due_at, task.ladder),
    )


def _first_of_each(rows: Sequence[Task]) -> list[Task]:
    """The rows without those that repeat an earlier one of the same call."""
    first: dict[object, Task] = {}
    for row in rows:
        first.setdefault((row.kind, row.unique_key) if row.unique_key else row.pk, row)
    return list(first.values())


def _known_keys(rows: Sequence[Task]) -> set[tuple[str, str]]:
    known: set[tuple[str, str]] = set()
    for kind in {row.kind for row in rows if row.unique_key}:
        keys = [row.unique_key for row in rows if row.kind == kind and row.unique_key]
        for chunk in _chunks(keys):
            found = Task.objects.filter(kind=kind, unique_key__in=chunk).values_list("kind", "unique_key")
            known.update(found)
    return known


def _really_made(rows: Sequence[Task]) -> list[Task]:
    """Those of the rows that are on record: another writer may have opened the same a moment earlier."""
    made: set[UUID] = set()
    for chunk in _chunks([row.pk for row in rows]):
        made.update(Task.objects.filter(pk__in=chunk).values_list("pk", flat=True))
    return [row for row in rows if row.pk in made]


def _locked(ids: Iterable[UUID]) -> list[Task]:
    """The tasks, locked in one order, so that two sets never wait for one another. What they say stays sealed."""
    wanted, unread = sorted(set(ids)), Task.objects.select_for_update().defer("title_zh", "title_en", "note")
    rows = [row for chunk in _chunks(wanted) for row in unread.filter(pk__in=chunk).order_by("id")]
    if len(rows) != len(wanted):
        raise Refusal(
            "tasks.unknown",
            zh="这 {n_asked} 项任务里有 {n_missing} 项不存在，或已按期清除。没有改动任何一项；请刷新列表后再选。",
            en="Of these {n_asked} tasks {n_missing} do not exist, or have been erased at their term. None was "
            "changed: reload the list and choose again.",
            n_asked=len(wanted),
            n_missing=len(wanted) - len(rows),
        )
    return rows


def _refuse_closed(rows: Sequence[Task]) -> None:
    closed = [row for row in rows if row.state in CLOSED]
    if closed:
        raise Refusal(
            "tasks.closed",
            zh="所选任务里有 {n} 项已经结束（最近一项于 {closed_at} 结束）。只能改动未结束的任务；没有改动任何一项，"
            "请去掉它们再试。",
            en="Of the chosen tasks {n} are closed already (the latest at {closed_at}). Only unfinished ones can be "
            "changed, so none was: leave those out and try again.",
            n=len(closed),
            closed_at=f"{localtime(max(row.closed_at for row in closed)):%Y-%m-%d %H:%M}",
        )


def _refuse_taken(rows: Sequence[Task], account: Account) -> None:
    others = [row for row in rows if row.state == State.TAKEN and row.owner_id != account.pk]
    if others:
        raise Refusal(
            "tasks.taken_already",
            zh="所选任务里有 {n} 项已由别人承接（最早一项在 {taken_at}，{unit}）。没有承接任何一项；请去掉它们，"
            "或请对方移交。",
            en="Of the chosen tasks {n} have been taken on by somebody else (the first at {taken_at}, {unit}). None "
            "was taken: leave those out, or ask for them to be handed over.",
            n=len(others),
            taken_at=f"{localtime(min(row.taken_at for row in others)):%Y-%m-%d %H:%M}",
            unit=Unit.objects.filter(accounts=others[0].owner_id).values_list("name_zh", flat=True).first(),
        )


def _close(rows: Sequence[Task], state: str, outcome: str, note: str, *, at: datetime | None = None) -> None:
    _change(rows, state=state, outcome=outcome, note=note, closed_at=at or county_now(), next_rung_at=None)


def _change(rows: Sequence[Task], **columns: object) -> None:
    for chunk in _chunks([row.pk for row in rows]):
        Task.objects.filter(pk__in=chunk, state__in=UNFINISHED).update(**columns)


def _record(action: str, rows: Sequence[Task], by: str, **details: object) -> None:
    """One line for the set, about every subject its tasks are about; none for an empty set."""
    if rows:
        subjects = sorted({row.about for row in rows if row.about})
        record(action, by=by, about=subjects, details={"n_tasks": len(rows), **details})


def _chunks(things: Sequence) -> Iterator[Sequence]:
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]
