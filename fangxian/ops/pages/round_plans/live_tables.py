"""What is thought of a round while it runs, as tables: how far it is, what holds it up, what moves its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from fangxian.core.refusal import Said
from fangxian.core.screening.reaching import Reached
from fangxian.core.screening.telling import Hour, Told
from fangxian.core.screening.words import LEVERS_SAID, STEPS_SAID, steps_said
from fangxian.ops.laboratory.round_queries import RoundLaboratory
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.situation.live_plan import SoFar

Moment = Callable[[float], datetime]
HOUR_MIN = 60
HELD_UP = Column("held_up_by", Said("卡在", "Held up by"))


def so_far_table(so_far: SoFar) -> Table:
    """Tubes by how far they are, beside how far they should be."""
    now = (so_far.sealed, so_far.received, so_far.resulted)
    said = (Said("已封管", "sealed"), Said("实验室已接收", "received"), Said("已出结果", "resulted"))
    planned = so_far.planned or (None, None, None)
    rows = [
        {"what": it, "n": n, "planned": plan, "behind": None if plan is None else n - plan}
        for it, n, plan in zip(said, now, planned, strict=True)
    ]
    columns = (
        Column("what", Said("管", "Tubes"), wide=True),
        Column("n", Said("现在", "Now"), kind="number"),
        Column("planned", Said("按预案应有", "By the plan"), kind="number"),
        Column("behind", Said("差", "Difference"), kind="change"),
    )
    return Table(caption=Said("与开始时的预案比", "Beside the plan of the beginning"), columns=columns, rows=rows)


def outside_table(rows: Sequence[RoundLaboratory]) -> Table:
    """The outside laboratories that the round was given."""
    columns = (
        Column("laboratory", Said("外单位实验室", "Outside laboratory"), read=lambda it: it.laboratory.name, wide=True),
        Column("tubes_a_day", Said("每天，管", "Tubes a day"), kind="number"),
        Column("further_min", Said("路上多，分钟", "Further, minutes"), kind="number"),
        Column("said_at", Said("定于", "Since"), kind="time"),
    )
    return Table(
        caption=Said("本轮的外单位实验室", "Outside laboratories of this round"),
        columns=columns,
        rows=rows,
        empty=Said("这一轮没有外单位实验室，按本县实验室推算。", "There is none: the county's own is reckoned with."),
        empty_next=Said("本县做不过来时，在下面加一家。", "Add one below where that is not enough."),
    )


@dataclass(frozen=True, slots=True)
class Span:
    """Hours in a row held up by one step."""

    begins_at: datetime
    ends_at: datetime
    held_up_by: Said
    n_waiting: int


def spans_table(hours: Sequence[Hour], moment: Moment) -> Table:
    """What will hold it up from hour to hour, hours of one step together."""
    spans = []
    for step, group in groupby(hours, key=lambda hour: hour.held_up_by):
        mine = list(group)
        waiting = max(sum(hour.waiting.values()) for hour in mine)
        ends = moment(mine[-1].from_min + HOUR_MIN)
        spans.append(Span(moment(mine[0].from_min), ends, STEPS_SAID[step], waiting))
    columns = (
        Column("begins_at", Said("从", "From"), kind="time"),
        Column("ends_at", Said("到", "To"), kind="time"),
        HELD_UP,
        Column("n_waiting", Said("最多等着，管", "Most waiting, tubes"), kind="number"),
    )
    return Table(
        caption=Said("从现在起，哪一步卡住", "What holds it up from now on"), columns=columns, rows=spans,
        empty=Said("没有管在等，也没有人要来。", "No tube waits and nobody is still to come."),
    )  # fmt: skip


def moves_table(found: Reached, moment: Moment) -> Table:
    """Each lever's first step on its own, whichever helps most first."""
    rows = [_line(steps_said({}), found.as_planned, moment)]
    rows += [_line(LEVERS_SAID[name], told, moment) for name, told in found.alone.items()]
    return Table(
        caption=Said("只用一样", "One at a time"), columns=(*_columns(), HELD_UP), rows=rows
    )  # fmt: skip


def in_time_table(found: Reached, moment: Moment) -> Table:
    """What still brings it in time, the cheapest first."""
    yuan = Column("yuan", Said("费用，元", "Cost, yuan"), kind="number")
    return Table(
        caption=Said("按时完成的办法", "What brings it in time"),
        columns=(*_columns(), HELD_UP, yuan),
        rows=[_line(steps_said(way.steps), way.told, moment) | {"yuan": round(way.yuan)} for way in found.ways],
        empty=Said("这些办法全用上也不能按时完成。", "With all of this it would not end in time."),
        empty_next=Said(
            "请外部实验室，或改期、分批、缩小范围。", "Ask laboratories outside, set a later end, or test fewer people."
        ),
    )


def _columns() -> tuple[Column, Column]:
    return Column("what", Said("办法", "What"), wide=True), Column("ends_at", Said("完成", "Ends"), kind="time")


def _line(what: Said, told: Told, moment: Moment) -> dict[str, object]:
    return {"what": what, "ends_at": moment(told.ends_min), "held_up_by": STEPS_SAID[told.held_up_by]}
