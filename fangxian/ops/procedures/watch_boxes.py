"""Boxes that wait, travel or lie too long (转运箱超时): a chore of the worker, every five minutes of county time.

1. the boxes of every open round, and the clocks of its disease's rulebook      lab, measures
2. each that is late is one task: of carriers, or of the laboratory             tasks
3. what is late no more need not be done as a task                              tasks
"""

from collections.abc import Iterator
from datetime import datetime

from fangxian.core.policy.box_clocks import RESULT, Late
from fangxian.core.refusal import Said
from fangxian.ops.lab.queries import Box, rounds
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import the_realm
from fangxian.ops.round_plans.box_times import boxes_with_results, clocks_of, late_by
from fangxian.ops.tasks.actions import cancel, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

LATE, NO_RESULT = "lab.box_late", "lab.result_late"
NOT_LATE = "不再超时 · it is not late any more"
LADDER = (Rung(after_min=30, role="dispatcher"), Rung(after_min=120, role="commander"))
BATCH = 500


def watch_boxes(*, at: datetime, by: str) -> None:
    """Open a task for each box that is late by a clock; an unfinished one of the sort stands for it."""
    late_now = {(kind_of(why), key_of(box, why)): (box, why) for box, why in late_boxes(at)}
    rows = unfinished().filter(kind__in=(LATE, NO_RESULT)).values_list("kind", "unique_key", "pk")
    waiting = {(kind, key): pk for kind, key, pk in rows}
    if over := [pk for key, pk in waiting.items() if key not in late_now]:
        cancel(tasks=over, reason=NOT_LATE, by=by)
    new = [_task(box, why, at) for key, (box, why) in late_now.items() if key not in waiting]
    for start in range(0, len(new), BATCH):
        open_tasks(tasks=new[start : start + BATCH], by=by)


def late_boxes(at: datetime) -> Iterator[tuple[Box, Late]]:
    """The late boxes of rounds that are open, each with the clock that ran out first."""
    rows = list(rounds().filter(state="open"))
    books = rulebooks_by_disease(at) if rows else {}
    for row in rows:
        clocks = clocks_of(row, books, at)
        for box in boxes_with_results(row).order_by("barcode"):
            if why := late_by(box, clocks, at):
                yield box, why


def kind_of(why: Late) -> str:
    return NO_RESULT if why.clock == RESULT else LATE


def key_of(box: Box, why: Late) -> str:
    return f"{box.pk} {why.clock}"


def _task(box: Box, why: Late, at: datetime) -> NewTask:
    is_laboratory = why.clock == RESULT
    where = box.site.name if box.site else "—"
    said = Said(
        f"转运箱 {box.label}（{where}）超时：" + ("还没出结果，请查" if is_laboratory else "还没到实验室，请去找"),
        f"Box {box.label} ({where}) is late: "
        + ("no results yet, look into it" if is_laboratory else "not at the laboratory, go and find it"),
    )
    return NewTask(
        kind=kind_of(why),
        unique_key=key_of(box, why),
        title=said,
        area_path=box.site.area_path if box.site and not is_laboratory else the_realm().division_code,
        due_at=at,
        role="laboratory" if is_laboratory else "transporter",
        about=f"boxes:{box.round_id}",
        ladder=LADDER,
    )
