"""Posts that nobody keeps (值守缺岗): a chore of the worker, every ten minutes of county time.

1. the rosters of the next hours, against each post's hours and number of people    posts
2. a shift that has begun and to which nobody came                                  posts
3. each gap is a task of the township, raised to the commander                      tasks
4. a gap that was filled need not be seen to any more                               tasks
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.posts.queries import Post, Shift, gaps_of, late_shifts, open_posts
from fangxian.ops.posts.wire import Gap
from fangxian.ops.tasks.actions import cancel, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

GAP, NOBODY_CAME = "posts.gap", "posts.nobody_came"
AHEAD = Parameter(
    value=12, unit="h", low=4, high=48,
    meaning="How long ahead a post's roster is looked at for times without enough people",
    source="a guess: the township finds somebody in the evening for the next morning",
)  # fmt: skip
GRACE = Parameter(
    value=15, unit="min", low=5, high=60,
    meaning="How long after its beginning a shift to which nobody came is told of",
    source="a guess",
)  # fmt: skip
ROLE = "township_approver"
LADDER = (Rung(after_min=30, role="commander"),)
SINCE = " since "
FILLED = "缺岗已补上 · the gap was filled"


def watch_posts(*, at: datetime, by: str) -> None:
    """Open a task for each gap of the next hours, and call off those of gaps that are none any more."""
    posts = {it.pk: it for it in open_posts()}
    # From midnight on, so that a gap begins where it began, and not where the clock is at each look.
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    found = gaps_of(posts.values(), midnight, at + timedelta(hours=AHEAD.value)).values()
    wanted = {_gap_key(gap): _gap_task(posts[gap.post], gap, at) for gaps in found for gap in gaps if gap.ends_at > at}
    wanted |= {str(row.pk): _nobody_task(row, at) for row in late_shifts(at, GRACE.value)}
    rows = unfinished().filter(kind__in=(GAP, NOBODY_CAME)).values_list("unique_key", "pk")
    waiting = {key.rsplit(SINCE, 1)[0]: pk for key, pk in rows}
    if over := [pk for key, pk in waiting.items() if key not in wanted]:
        cancel(tasks=over, reason=FILLED, by=by)
    # A gap that was filled and is there again is another task, or nobody would hear of it.
    new = [replace(it, unique_key=f"{key}{SINCE}{at:%m%d%H%M}") for key, it in wanted.items() if key not in waiting]
    if new:
        open_tasks(tasks=new, by=by)


def _gap_key(gap: Gap) -> str:
    return f"{gap.post} {gap.begins_at:%Y%m%d%H%M%z} {gap.n_missing}"


def _gap_task(post: Post, gap: Gap, at: datetime) -> NewTask:
    begins, ends = localtime(gap.begins_at), localtime(gap.ends_at)
    when = f"{begins:%m-%d %H:%M}–{ends:%H:%M}"
    return NewTask(
        kind=GAP,
        title=Said(
            f"{post.name} {when} 缺 {gap.n_missing} 人，请排上",
            f"{post.name} is {gap.n_missing} short {when}: set somebody",
        ),
        area_path=post.area_path,
        due_at=max(gap.begins_at, at + timedelta(minutes=30)),
        role=ROLE,
        about=f"post:{post.pk}",
        ladder=LADDER,
    )


def _nobody_task(row: Shift, at: datetime) -> NewTask:
    when = f"{localtime(row.begins_at):%H:%M}"
    return NewTask(
        kind=NOBODY_CAME,
        title=Said(
            f"{row.post.name} {when} 的班还没有人到岗，请打电话",
            f"Nobody has come to {row.post.name} since {when}: call",
        ),
        area_path=row.area_path,
        due_at=at + timedelta(minutes=15),
        role=ROLE,
        about=f"post:{row.post_id}",
        ladder=LADDER,
    )
