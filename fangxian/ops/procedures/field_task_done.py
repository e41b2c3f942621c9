"""A task that was done in the field (外勤办结任务): the phone says so, later than it was.

1. the task is closed by whoever did it    do_tasks
"""

from collections.abc import Sequence

from fangxian.ops.accounts.models import Account
from fangxian.ops.field.reading import text_of, uuid_of
from fangxian.ops.field.wire import Intent, Outcome

from .do_tasks import finish_task

LONGEST_NOTE = 500


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each closes one task; body: task, note. Refuses as `finish_task`, and field.body_wrong."""
    return [_take_one(it, by) for it in intents]


def _take_one(intent: Intent, by: Account) -> Outcome:
    finish_task(task=uuid_of(intent, "task"), by=by, note=text_of(intent, "note", LONGEST_NOTE, may_be_empty=True))
    return Outcome(intent.number, "taken")
