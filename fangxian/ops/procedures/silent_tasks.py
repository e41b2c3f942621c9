"""A venue silent for a day stands on its grid worker's list until it speaks or somebody went to look (无扫码核实).

1. which have been silent for long enough                      visits (silence.py)
2. one task each, for the grid worker, and the village if late  tasks
3. it speaks again: the task closes by itself                   visits, tasks
4. or the grid worker answers; what the answer calls for        tasks
   (poster missing → the village prints one; gone for good → the village decides on closing it)

An answer holds for some days, after which a venue that is silent still is asked after again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.places.models import Venue
from fangxian.ops.places.standing import subject_of
from fangxian.ops.realm.areas import GRID_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import DO, Task, about_some, is_to_do, unfinished
from fangxian.ops.tasks.wire import NewTask, Rung
from fangxian.ops.visits.queries import last_seen
from fangxian.ops.visits.silence import Silence, silent_for_days

SILENT, REPRINT, GONE = "venues.silent", "venues.reprint", "venues.gone"
KINDS = (SILENT, REPRINT, GONE)
SPEAKS = "speaks_again"
GRID_WORKER, VILLAGE = "grid_worker", "village_approver"
VILLAGE_DIGITS = 12
CHUNK = 500
LOOKED_AT_WITHIN = Parameter(
    value=12, unit="h", low=2, high=48,
    meaning="How long the grid worker has to go and see why a venue is silent",
    source="a guess: on the day's round",
)  # fmt: skip
FOLLOWED_WITHIN = Parameter(
    value=24, unit="h", low=4, high=96,
    meaning="How long the village has to print a poster that is missing, or to decide whether a venue is gone",
    source="a guess: the next day",
)  # fmt: skip


class Answer(StrEnum):
    """What whoever went there found."""

    CLOSED_TODAY = "closed_today"
    DEVICE_BROKEN = "device_broken"
    POSTER_MISSING = "poster_missing"
    KEEPER_IDLE = "keeper_idle"
    GONE = "gone"


# For how many days nobody is asked again.
HOLDS_DAYS = {
    Answer.CLOSED_TODAY: 1, Answer.DEVICE_BROKEN: 2, Answer.POSTER_MISSING: 3, Answer.KEEPER_IDLE: 2, Answer.GONE: 7,
}  # fmt: skip


def open_silent(*, at: datetime, by: str) -> int:
    """Once a day: a task for each venue silent for long enough that is not asked after already; how many."""
    silent = silent_for_days(at)
    asked = _asked_after([subject_of(it.venue) for it in silent], at)
    tasks = [_task(it, at) for it in silent if subject_of(it.venue) not in asked]
    n_opened = 0
    for start in range(0, len(tasks), CHUNK):
        n_opened += len(open_tasks(tasks=tasks[start : start + CHUNK], by=by).ids)
    return n_opened


def close_spoken(*, at: datetime, by: str) -> int:
    """The tasks of venues that have been scanned at since they were opened close by themselves; how many."""
    waiting = {task.pk: task for task in unfinished().filter(kind=SILENT)}
    if not waiting:
        return 0
    numbers = dict(Venue.objects.filter(pk__in=[it.venue for it in waiting.values()]).values_list("pk", "venue_number"))
    seen = last_seen(list(numbers.values()))
    spoken = [pk for pk, task in waiting.items() if _has_spoken(task, seen.get(numbers.get(task.venue, 0)))]
    for start in range(0, len(spoken), CHUNK):
        finish(tasks=spoken[start : start + CHUNK], outcome=SPEAKS, by=by)
    return len(spoken)


def settle_silence(*, venues: Collection[UUID], reason: str, by: str) -> int:
    """Nobody need look any more: closed, or moved; how many tasks that were."""
    about = [f"venue:{it}" for it in venues]
    if ids := list(unfinished().filter(kind__in=KINDS, about__in=about).values_list("pk", flat=True)):
        cancel(tasks=ids, reason=reason, by=by)
    return len(ids)


@transaction.atomic
def answer_silence(*, venue: Venue, answer: Answer, note: str, by: Account) -> None:
    """Write down what whoever went there found, and have done what it calls for. The same answer twice is one.

    Refuses
    -------
    venues.not_silent, venues.silence.not_yours
    """
    subject, actor = subject_of(venue), f"account:{by.pk}"
    task = unfinished().filter(kind=SILENT, about=subject).first()
    if task is None:
        newest = Task.objects.filter(kind=SILENT, about=subject).order_by("-opened_at").first()
        if newest is not None and newest.outcome == answer and may(by, DO, venue.area_path):
            return
        raise _not_silent(venue.name)
    if not is_to_do(by, task):
        raise _not_allowed(venue.name)
    finish(tasks=[task.pk], outcome=answer.value, note=note.strip(), by=actor)
    if answer is Answer.POSTER_MISSING:
        title = Said(f"重印场所码海报：{venue.name}", f"Print the poster anew: {venue.name}")
        open_tasks(tasks=[_follow_up(REPRINT, venue, title, task.unique_key)], by=actor)
    elif answer is Answer.GONE:
        title = Said(f"决定是否停用：{venue.name}", f"Decide whether to close: {venue.name}")
        open_tasks(tasks=[_follow_up(GONE, venue, title, task.unique_key)], by=actor)


def _asked_after(subjects: list[str], at: datetime) -> set[str]:
    """Those with a task still open, or answered so lately that the answer holds."""
    asked: set[str] = set()
    since = at - timedelta(days=max(HOLDS_DAYS.values()))
    for start in range(0, len(subjects), CHUNK):
        for task in about_some(subjects[start : start + CHUNK], kind=SILENT, since=since):
            held = HOLDS_DAYS.get(task.outcome, 0)  # a word of ours equals its value
            if task.closed_at is None or localtime(at).date() < localtime(task.closed_at).date() + timedelta(days=held):
                asked.add(task.about)
    return asked


def _has_spoken(task: Task, last_at: datetime | None) -> bool:
    return last_at is not None and last_at > task.opened_at


def _task(it: Silence, at: datetime) -> NewTask:
    last = f"{localtime(it.last_at):%m-%d %H:%M}" if it.last_at else ""
    zh = f"最近一次扫码 {last}" if last else "从未有人扫码"
    en = f"last scan {last}" if last else "never scanned"
    return NewTask(
        kind=SILENT, unique_key=f"{it.venue.pk}:{localtime(at).date()}", about=subject_of(it.venue),
        title=Said(f"去看看：{it.venue.name}，{zh}", f"Go and see: {it.venue.name}, {en}"),
        area_path=it.venue.area_path, venue=it.venue.pk, due_at=at + timedelta(hours=LOOKED_AT_WITHIN.value),
        role=GRID_WORKER if len(it.venue.area_path) >= GRID_DIGITS else VILLAGE,
        ladder=(Rung(after_min=0, role=VILLAGE),),
    )  # fmt: skip


def _follow_up(kind: str, venue: Venue, title: Said, key: str) -> NewTask:
    return NewTask(
        kind=kind, unique_key=key, about=subject_of(venue), title=title, area_path=venue.area_path, venue=venue.pk,
        due_at=county_now() + timedelta(hours=FOLLOWED_WITHIN.value), role=VILLAGE,
        ladder=(Rung(after_min=0, role="township_approver"),),
    )  # fmt: skip


def _not_silent(name: str) -> Refusal:
    return Refusal(
        "venues.not_silent",
        zh="“{name}”没有等着核实：已经有人扫码，或已有人答复过。没有改动；请刷新清单。",
        en="Nobody waits to hear about “{name}”: it was scanned at, or somebody has answered. Nothing was changed; "
        "reload the list.",
        name=name,
    )


def _not_allowed(name: str) -> Refusal:
    return Refusal(
        "venues.silence.not_yours",
        zh="“{name}”不在您的网格里，没有记下答复。请那里的网格员或村（社区）答复。",
        en="“{name}” is not in your grid, so no answer was written down. The grid worker or the village there answers.",
        name=name,
    )


def answer_first() -> Refusal:
    """For the button that merely finishes a task."""
    return Refusal(
        "venues.answer_first",
        zh="这项任务是核实没有扫码的场所，没有办结：还没有写明看到的情况。请在“没有扫码的场所”里选一个答复，"
        "有人扫码后也会自动办结。",
        en="This task is to see why a venue is silent, so it was not closed: what was found is not written down. "
        "Choose an answer under “Silent venues”; it also closes by itself once somebody scans there.",
    )
