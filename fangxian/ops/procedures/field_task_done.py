"""A task that was done in the field (外勤办结任务): the phone says so, later than it was.

1. done already, by this phone or another: it stays as it was done    tasks
2. the task is closed by whoever did it, as of when they did it       do_tasks
"""

from collections.abc import Sequence
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.field.reading import text_of, uuid_of
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.tasks.queries import DO, find

from .do_tasks import DONE, finish_task

LONGEST_NOTE = 500


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each closes one task; body: task, note. Refuses as `finish_task`, field.body_wrong and field.task_done."""
    return [_take_one(it, by) for it in intents]


def _take_one(intent: Intent, by: Account) -> Outcome:
    task, note = uuid_of(intent, "task"), text_of(intent, "note", LONGEST_NOTE, may_be_empty=True)
    if _is_done_already(task, note, by):
        return Outcome(intent.number, "repeat")
    finish_task(task=task, by=by, note=note, at=intent.recorded_at)
    return Outcome(intent.number, "taken")


def _is_done_already(task: UUID, note: str, by: Account) -> bool:
    """Two phones with one task: the second changes nothing, and is told where it says something that is not on record.

    Refuses
    -------
    field.task_done
    """
    found = find(task)
    if found is None or found.state != "done" or not may(by, DO, found.area_path):
        return False
    if note and note != found.note:
        raise Refusal(
            "field.task_done",
            zh="这项任务已在 {at} 办结，您写的办理情况没有再记上。一项任务只办结一次；要补充的，请告诉派任务的人，"
            "或用“报告问题”另报，再把这一条去掉。",
            en="This task was closed at {at} already, so what you wrote about it was not put on record as well. It is "
            "closed once: tell whoever gave it, or use “Report a problem”, and take this record away.",
            at=f"{localtime(found.closed_at):%Y-%m-%d %H:%M}",
        )
    return bool(found.outcome == DONE)
