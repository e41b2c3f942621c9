"""What has to be done about people called back: fetch them, and look into a pool nobody explains. Part of
release_results.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.lab.members import places_named, tubes_with
from fangxian.ops.realm.areas import GRID_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.results.queries import STATES, CallBack, TubeResult
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import about_some, unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

FETCH, LOOK_INTO = "lab.call_back", "lab.unexplained_pool"
LEAD = "tracing_lead"
LADDER = (Rung(after_min=0, role=LEAD), Rung(after_min=60, role="commander"))
SAMPLED_AGAIN_WITHIN = Parameter(
    value=6,
    unit="h",
    low=1,
    high=24,
    meaning="From a pool that was not negative until each of its people is sampled in a tube of their own",
    source="a guess: within half a day, as long as a second laboratory has for a single sample",
)
CALLED_AGAIN_BEFORE = Parameter(
    value=12,
    unit="h",
    low=1,
    high=48,
    meaning="How long before a pool's hold lapses by the rulebook whoever was not sampled yet is called once more",
    source="a guess: long enough to be fetched, sampled and resulted before the code turns by itself",
)
LOOKED_INTO_WITHIN_H = 24
AGAIN = ":again"
GONE = "混管结果已撤回 · the pool's result was taken back"
ENDED = "不再召回，原因见名单 · nobody fetches them any more, the list says why"


def due_for(at: datetime) -> datetime:
    """By when somebody called back at `at` is to be sampled."""
    return at + timedelta(hours=SAMPLED_AGAIN_WITHIN.value)


def follow_tasks(rows: Sequence[CallBack], *, by: str) -> None:
    """Grid workers fetch those who are awaited; nobody fetches whoever was sampled, decided or dropped."""
    waited = {_key(row): row for row in rows if row.state == STATES.AWAITED}
    names = places_named([row.place for row in waited.values()])
    labels = tubes_with({row.tube for row in waited.values()})
    tasks = [_task(row, key, names[row.place], labels[row.tube].label) for key, row in waited.items()]
    if tasks:
        open_tasks(tasks=tasks, by=by)
    came = [row for row in rows if row.state in (STATES.SAMPLED, STATES.FREE, STATES.HELD)]
    if done := _waiting(came, waited):
        finish(tasks=done, outcome="done", by=by)
    dropped = [row for row in rows if row.state == STATES.DROPPED]
    for some, reason in (
        ([it for it in dropped if it.dropped_by], ENDED),
        ([it for it in dropped if not it.dropped_by], GONE),
    ):
        if gone := _waiting(some, waited):
            cancel(tasks=gone, reason=reason, by=by)


def call_again(rows: Sequence[CallBack], lapses: Mapping[UUID, datetime], *, by: str) -> None:
    """Before a hold lapses (`lapses`, by the call-back's id) whoever is awaited still is fetched once more, unless
    somebody has that to do already.
    """
    soon = county_now() + timedelta(hours=CALLED_AGAIN_BEFORE.value)
    late = {_key(row): row for row in rows if row.state == STATES.AWAITED and row.pk in lapses}
    late = {key: row for key, row in late.items() if lapses[row.pk] <= soon}
    if not late:
        return
    busy = _unfinished(list(late))
    late = {key: row for key, row in late.items() if key not in busy}
    names = places_named([row.place for row in late.values()])
    tasks = []
    for key, row in late.items():
        place, lapses_at = names[row.place], lapses[row.pk]
        who = place.person.name if place.person else place.name
        at = localtime(lapses_at).strftime("%m-%d %H:%M")
        title = Said(
            f"再次通知 {who} 单独复采：黄码 {at} 到期，还没有采",
            f"Call {who} once more to be sampled alone: the hold lapses {at}, and they were not sampled yet",
        )
        tasks.append(_new_task(row, key + AGAIN, title, due_at=lapses_at))
    if tasks:
        open_tasks(tasks=tasks, by=by)


def told_by_hand(rows: Sequence[CallBack]) -> list[CallBack]:
    """Of those nobody is known to have reached the ones of whom a grid worker says so, who closed the task."""
    waiting = {_key(row): row for row in rows if row.called_at is None and row.state == STATES.AWAITED}
    subjects, found = sorted({_about(row) for row in waiting.values()}), []
    since = min((row.opened_at for row in waiting.values()), default=county_now())
    for at in range(0, len(subjects), 500):
        done = about_some(subjects[at : at + 500], kind=FETCH, since=since).filter(state="done")
        found += [waiting[key] for key in done.values_list("unique_key", flat=True) if key in waiting]
    return found


def tell_of_unexplained(result: TubeResult, *, n_members: int, by: str) -> None:
    """Everybody in a pool is negative though it was not: something was taken for another, or carried over."""
    label = tubes_with([result.tube])[result.tube].label
    title = Said(
        f"查找原因：混管 {label} 异常，{n_members} 人单管复检均为阴性",
        f"Look into it: pool {label} was not negative, and all {n_members} of its people are",
    )
    task = NewTask(
        kind=LOOK_INTO,
        unique_key=str(result.pk),
        title=title,
        area_path=the_realm().division_code,
        due_at=county_now() + timedelta(hours=LOOKED_INTO_WITHIN_H),
        role="laboratory",
        about=f"tube:{result.tube}",
        ladder=LADDER,
    )
    open_tasks(tasks=[task], by=by)


def _key(row: CallBack) -> str:
    """Whose own tube said nothing is fetched once more: another task."""
    return f"{row.pk}:{row.n_silent}" if row.n_silent else str(row.pk)


def _about(row: CallBack) -> str:
    return f"person:{row.person}" if row.person else f"place:{row.place}"


def _waiting(rows: Sequence[CallBack], waited: dict[str, CallBack]) -> list[UUID]:
    keys = [key for key in map(_key, rows) if key not in waited]
    return list(_unfinished([*keys, *(key + AGAIN for key in keys)]).values())


def _unfinished(keys: Sequence[str]) -> dict[str, UUID]:
    """Of these keys those whose task somebody has to do still, with the task."""
    found: dict[str, UUID] = {}
    for at in range(0, len(keys), 500):
        tasks = unfinished().filter(kind=FETCH, unique_key__in=keys[at : at + 500])
        found |= dict(tasks.values_list("unique_key", "pk"))
    return found


def _task(row: CallBack, key: str, place, label: str) -> NewTask:
    who = place.person.name if place.person else place.name
    title = Said(
        f"通知 {who} 来复采，单独一管（原管 {label}）",
        f"Call {who} back to be sampled, alone in a tube (was in {label})",
    )
    return _new_task(row, key, title, due_at=row.due_at)


def _new_task(row: CallBack, key: str, title: Said, *, due_at: datetime) -> NewTask:
    return NewTask(
        kind=FETCH,
        unique_key=key,
        title=title,
        area_path=row.area_path,
        due_at=due_at,
        role="grid_worker" if len(row.area_path) >= GRID_DIGITS else LEAD,
        about=_about(row),
        ladder=LADDER,
    )
