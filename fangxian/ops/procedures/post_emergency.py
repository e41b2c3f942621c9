"""A fever or a red code at a post (值守点应急处置): step by step, with times kept.

1. the path is opened, once for a passing                      posts
2. whoever keeps the post has it to do; somebody fetches them  tasks
3. each step as it is done, with its time                      posts
4. its end closes what was to be done                          posts, tasks
5. a fever that was none, taken again, is evidence no more     fevers

On the way to a doctor nobody is held: the vehicle goes on, and the hospital is told.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.posts import actions, refusals
from fangxian.ops.posts.path import CALL_WITHIN, TRANSFER_WITHIN, WHY
from fangxian.ops.posts.queries import Emergency, Post, emergency_with, kept_by
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

from .fevers import take_fever_back

PATH, FETCH, LATE = "posts.emergency", "posts.fetch", "posts.passed_red"
FEVER, CLEARED = "fever", "cleared"
TOWNSHIP, COUNTY = "township_approver", "commander"
LADDER = (Rung(after_min=10, role=TOWNSHIP), Rung(after_min=60, role=COUNTY))


@transaction.atomic
def lead_to_path(*, post: Post, passing: UUID | None, why: str, to_hospital: bool, by: Account) -> UUID:
    """The emergency path for somebody at a post; the one there is, if this passing has one.

    Refuses
    -------
    posts.unknown
    """
    actor = f"account:{by.pk}"
    row, is_new = actions.open_emergency(post=post.pk, passing=passing, why=why, to_hospital=to_hospital, by=actor)
    if is_new:
        tasks = [_path_task(post, row, by)]
        if not to_hospital:
            tasks.append(_fetch_task(post, row))
        open_tasks(tasks=tasks, by=actor)
    return row.pk


def do_step(*, emergency: UUID, step: str, note: str, by: Account) -> None:
    """A step was done, by somebody who keeps that post.

    Refuses
    -------
    posts.emergency_unknown, posts.emergency_over, posts.step_unknown
    """
    _of(emergency, by)
    actions.do_step(emergency=emergency, step=step, note=note, by=f"account:{by.pk}")


@transaction.atomic
def end_path(*, emergency: UUID, end: str, by: Account) -> None:
    """The path is over, and nothing of it is left to do.

    Refuses
    -------
    posts.emergency_unknown, posts.emergency_over, posts.end_unknown
    """
    row, actor = _of(emergency, by), f"account:{by.pk}"
    actions.end_emergency(emergency=emergency, end=end, by=actor)
    left = unfinished().filter(about=f"emergency:{emergency}")
    finish(tasks=list(left.filter(kind=PATH).values_list("pk", flat=True)), outcome=end, by=actor)
    fetch = list(left.filter(kind=FETCH).values_list("pk", flat=True))
    if end == "handed_over":
        finish(tasks=fetch, outcome=end, by=actor)
    else:
        cancel(tasks=fetch, reason=f"处置已结束 · the path is over: {end}", by=actor)
    if end == CLEARED and row.why == FEVER and row.passing_id:
        take_fever_back(thing=row.passing_id, by=actor)


def tell_of_late(*, post: Post, passing: UUID, why: str, passed_at: datetime, by: Account) -> None:
    """Somebody with a fever or a red code passed while the phone had no network: the township looks for them."""
    when = f"{localtime(passed_at):%m-%d %H:%M}"
    task = NewTask(
        kind=LATE,
        unique_key=str(passing),
        title=Said(
            f"断网期间有人（{WHY[why].zh}）{when} 经过{post.name}：核实去向，按流程处置",
            f"Somebody ({WHY[why].en}) passed {post.name} at {when} while it had no network: find out where they went, "
            "and see to it",
        ),
        area_path=post.area_path,
        due_at=county_now() + timedelta(minutes=30),
        role=TOWNSHIP,
        about=f"post:{post.pk}",
        ladder=(Rung(after_min=30, role=COUNTY),),
    )
    open_tasks(tasks=[task], by=f"account:{by.pk}")


def _of(emergency: UUID, by: Account) -> Emergency:
    row = emergency_with(emergency)
    if row is None or not kept_by(by).filter(pk=row.post_id).exists():
        raise refusals.emergency_unknown()
    return row


def _path_task(post: Post, row: Emergency, by: Account) -> NewTask:
    why = WHY[row.why]
    return NewTask(
        kind=PATH,
        unique_key=str(row.pk),
        title=Said(f"{post.name}：{why.zh}，按流程处置", f"{post.name}: {why.en.lower()}, go through the steps"),
        area_path=post.area_path,
        due_at=row.opened_at + timedelta(minutes=CALL_WITHIN.value),
        owner=by,
        about=f"emergency:{row.pk}",
        venue=post.venue,
        ladder=LADDER,
    )


def _fetch_task(post: Post, row: Emergency) -> NewTask:
    why = WHY[row.why]
    return NewTask(
        kind=FETCH,
        unique_key=str(row.pk),
        title=Said(f"到{post.name}接人（{why.zh}）", f"Fetch somebody from {post.name} ({why.en.lower()})"),
        area_path=post.area_path,
        due_at=row.opened_at + timedelta(minutes=TRANSFER_WITHIN.value),
        role="transporter",
        about=f"emergency:{row.pk}",
        ladder=LADDER,
    )
