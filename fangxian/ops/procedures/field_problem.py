"""A problem reported from the field (外勤上报问题): it becomes a task of the township, with a clock.

1. where: the township of whoever reports              accounts
2. reported already where they work: that task stands  tasks
3. else a task for its grid lead                       tasks

The same problem is the same kind, place and words from one area, whoever wrote them and on whichever phone, until its
task is closed; what was recorded before that is still the one that was seen to. Reported again as urgent, its task is
due sooner. Without a place words as general as "somebody needs help" say of no two reports that they are about one
household: each is a problem of its own, and only the same record sent again is the same.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_of
from fangxian.ops.field.reading import one_of, text_of
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.sealed import index_of
from fangxian.ops.tasks.actions import bring_forward, open_tasks
from fangxian.ops.tasks.queries import Task, about_some
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
TOLD_LATE = timedelta(minutes=10)  # from then on the township reads when it was seen


@dataclass(frozen=True, slots=True)
class _Report:
    """One report, read: what makes two the same, the task it asks for, and when it was recorded."""

    number: int
    about: str
    task: NewTask
    recorded_at: datetime


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each opens one task, unless it stands; body: what (of WHATS), text, where, is_urgent.

    Refuses
    -------
    field.body_wrong
    """
    reports = [_report(it, by) for it in intents]
    newest = _newest(sorted({it.about for it in reports}))
    outcomes, new, sooner = [], {}, {}
    for it in reports:
        before = newest.get(it.about)
        if before is not None and (before.closed_at is None or it.recorded_at <= before.closed_at):
            outcomes.append(Outcome(it.number, "repeat"))
            if before.closed_at is None and it.task.due_at < before.due_at:
                sooner[before.pk] = it.task.due_at
        elif it.about in new:
            outcomes.append(Outcome(it.number, "repeat"))
            new[it.about] = min(new[it.about], _after(it.task, before), key=lambda task: task.due_at)
        else:
            outcomes.append(Outcome(it.number, "taken"))
            new[it.about] = _after(it.task, before)
    open_tasks(tasks=list(new.values()), by=f"account:{by.pk}")
    bring_forward(tasks=sooner, by=f"account:{by.pk}")
    return outcomes


def _newest(subjects: Sequence[str]) -> dict[str, Task]:
    """Of each problem the last task that was opened, whether or not it is closed."""
    rows = about_some(subjects, kind=PROBLEM).order_by("opened_at", "id")
    return {row.about: row for row in rows}


def _after(task: NewTask, before: Task | None) -> NewTask:
    """The key of two phones that tell at once is one: it is the first, or the one after that which was closed."""
    return replace(task, unique_key=f"{task.about}:{before.pk if before else ''}")


def _report(intent: Intent, by: Account) -> _Report:
    what = one_of(intent, "what", WHATS)
    text = text_of(intent, "text", LONGEST)
    where = text_of(intent, "where", LONGEST_WHERE, may_be_empty=True)
    own = _own_area(by)
    place = _plain(where) or f"{by.pk} {(intent.device_at or intent.recorded_at).isoformat()}"
    words = "\n".join([own, what, place, _plain(text) or text])
    about = f"problem:{(index_of(PROBLEM, words) or b'').hex()}"
    hours = URGENT_WITHIN if intent.body.get("is_urgent") is True else SEEN_TO_WITHIN
    area_path = own[:TOWNSHIP_DIGITS]
    task = NewTask(
        kind=PROBLEM,
        title=_title(WHATS[what], where, text, intent.recorded_at),
        about=about,
        area_path=area_path,
        due_at=county_now() + timedelta(hours=hours.value),
        role="grid_lead" if len(area_path) == TOWNSHIP_DIGITS else "dispatcher",
        ladder=LADDER,
    )
    return _Report(intent.number, about, task, intent.recorded_at)


def _title(what: Said, where: str, text: str, recorded_at: datetime) -> Said:
    at = f"{localtime(recorded_at):%Y-%m-%d %H:%M}" if county_now() - recorded_at > TOLD_LATE else ""
    zh, en = (f"（{where}）", f" ({where})") if where else ("", "")
    zh_at, en_at = (f"（{at} 记下，现在才送到）", f" (recorded {at}, arrived only now)") if at else ("", "")
    return Said(f"外勤报来：{what.zh}{zh}：{text}{zh_at}", f"From the field: {what.en}{en}: {text}{en_at}")


def _plain(text: str) -> str:
    """What is left of a text without its blanks, its punctuation and the width of its signs."""
    return "".join(it for it in unicodedata.normalize("NFKC", text).casefold() if it.isalnum())


def _own_area(by: Account) -> str:
    """The smallest area that whoever reports works in; the county where they work in all of it."""
    held = [it.area_path for it in appointments_of(by) if it.area_path]
    return max(held, key=len, default=the_realm().division_code)
