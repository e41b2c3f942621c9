"""What crosses the tasks room's boundary: a new task coming in, a ladder from a rulebook, a task going out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Unit

from .models import UNFINISHED, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Who hears of a task that is `after_min` minutes late (county time): holders of `role` over its area."""

    after_min: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task to be opened. It is for `owner`, or for whoever holds `role` over the area (of `unit`, if named).

    Attributes
    ----------
    unique_key : what makes two of a kind the same task; empty when there is nothing of the sort
    """

    kind: str
    title: Said
    area_path: str
    due_at: datetime
    owner: Account | None = None
    role: str = ""
    unit: Unit | None = None
    about: str = ""
    venue: UUID | None = None
    ladder: tuple[Rung, ...] = ()
    unique_key: str = ""


def parse_ladder(rows: object) -> tuple[Rung, ...]:
    """A ladder as rulebooks and the table hold it: [[minutes, role], …].

    Refuses
    -------
    tasks.ladder_wrong
        Names the rung.
    """
    rungs: list[Rung] = []
    for number, row in enumerate(rows if isinstance(rows, list | tuple) else [rows], start=1):
        is_pair = isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 2
        minutes, role = row if is_pair else (None, None)
        is_right = isinstance(minutes, int) and minutes >= 0 and isinstance(role, str) and bool(role)
        if not is_right or (rungs and minutes <= rungs[-1].after_min):
            raise Refusal(
                "tasks.ladder_wrong",
                zh="逐级上报的第 {number} 级写的是 {row}；应为“逾期分钟数、角色”这样一对，分钟数从小到大。请改正"
                "这一级。",
                en="Rung {number} of the ladder reads {row}; it should be [minutes late, role], with the minutes "
                "rising. Mend that rung.",
                number=number,
                row=row,
            )
        rungs.append(Rung(after_min=minutes, role=role))
    return tuple(rungs)


def as_json(task: Task, at: datetime) -> dict[str, object]:
    """One task for the wire; `is_overdue` as of `at`. Whoever is shown it must be allowed to see it."""
    return {
        "id": str(task.pk),
        "kind": task.kind,
        "title": {"zh": task.title_zh, "en": task.title_en},
        "about": task.about,
        "area_path": task.area_path,
        "owner": task.owner_id and str(task.owner_id),
        "role": task.role,
        "state": task.state,
        "opened_at": task.opened_at.isoformat(),
        "due_at": task.due_at.isoformat(),
        "closed_at": task.closed_at and task.closed_at.isoformat(),
        "is_overdue": task.state in UNFINISHED and task.due_at <= at,
        "raised_to": task.raised_to,
        "outcome": task.outcome,
        "note": task.note,
    }
