"""A problem reported from the field (外勤上报问题): it becomes a task of the township, with a clock.

1. where: the township of whoever reports    accounts
2. a task for its grid lead                  tasks
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_of
from fangxian.ops.field.reading import one_of, text_of
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask, Rung

PROBLEM: Final = "field.problem"
WHATS: Final[Mapping[str, Said]] = {
    "help": Said("有人要帮忙", "somebody needs help"),
    "refuses": Said("有人不配合", "somebody will not cooperate"),
    "record_wrong": Said("登记的情况不对", "what is on record is wrong"),
    "supplies": Said("缺物资", "supplies are short"),
    "post": Said("卡点或门口出了问题", "something is wrong at a post or door"),
    "other": Said("其他", "something else"),
}
LONGEST, LONGEST_WHERE = 400, 60
LADDER = (Rung(after_min=0, role="township_approver"), Rung(after_min=240, role="commander"))
SEEN_TO_WITHIN = Parameter(
    value=12,
    unit="h",
    low=1,
    high=72,
    meaning="From a problem reported in the field until the township has seen to it",
    source="a guess: within the working day",
)
URGENT_WITHIN = Parameter(
    value=1,
    unit="h",
    low=0.25,
    high=4,
    meaning="From an urgent problem reported in the field until the township has seen to it",
    source="a guess: as long as it takes to get to a village",
)


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each opens one task; body: what (of WHATS), text, where, is_urgent. Refuses `field.body_wrong`."""
    open_tasks(tasks=[_task(it, by) for it in intents], by=f"account:{by.pk}")
    return [Outcome(it.number, "taken") for it in intents]


def _task(intent: Intent, by: Account) -> NewTask:
    what = WHATS[one_of(intent, "what", WHATS)]
    text = text_of(intent, "text", LONGEST)
    where = text_of(intent, "where", LONGEST_WHERE, may_be_empty=True)
    hours = URGENT_WITHIN if intent.body.get("is_urgent") is True else SEEN_TO_WITHIN
    area_path = _area(by)
    zh, en = (f"（{where}）", f" ({where})") if where else ("", "")
    return NewTask(
        kind=PROBLEM,
        unique_key=f"{intent.device}:{intent.number}",
        title=Said(f"外勤报来：{what.zh}{zh}：{text}", f"From the field: {what.en}{en}: {text}"),
        area_path=area_path,
        due_at=county_now() + timedelta(hours=hours.value),
        role="grid_lead" if len(area_path) == TOWNSHIP_DIGITS else "dispatcher",
        ladder=LADDER,
    )


def _area(by: Account) -> str:
    """The township of whoever reports; the county where they work in all of it."""
    held = [it.area_path for it in appointments_of(by) if it.area_path]
    return max(held, key=len, default=the_realm().division_code)[:TOWNSHIP_DIGITS]
