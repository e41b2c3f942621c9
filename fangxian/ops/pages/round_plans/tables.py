"""What a plan says, as tables: what moves the end, what brings it in time, what holds it up, what it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from fangxian.core.refusal import Said
from fangxian.core.screening.reaching import Reached, Way, Worth
from fangxian.core.screening.telling import Hour, Told
from fangxian.core.screening.words import KITS_SAID, LEVERS_SAID, STEPS_SAID, steps_said
from fangxian.ops.pages.tables import Column, Table

DAY_MIN, HOUR_MIN = 24 * 60, 60


@dataclass(frozen=True, slots=True)
class Line:
    """One thing tried: what, when it ends, what holds it up, what it costs, what it is worth."""

    what: Said
    hours: float
    held_up_by: Said
    yuan: float | None = None


def _line(what: Said, told: Told, yuan: float | None = None) -> Line:
    return Line(what, round(told.takes_min / HOUR_MIN, 1), STEPS_SAID[told.held_up_by], yuan)


WHAT = Column("what", Said("办法", "What"), wide=True)
HOURS = Column("hours", Said("完成，小时", "Ends after, h"), kind="number")
HELD_UP = Column("held_up_by", Said("卡在", "Held up by"))


def alone_table(found: Reached) -> Table:
    """Each lever's first step on its own, whichever helps most first."""
    lines = [_line(steps_said({}), found.as_planned)]
    lines += [_line(LEVERS_SAID[name], told) for name, told in found.alone.items()]
    return Table(caption=Said("只用一样", "One at a time"), columns=(WHAT, HOURS, HELD_UP), rows=lines)


def ways_table(ways: Sequence[Way]) -> Table:
    """What brings it in time, the cheapest first."""
    yuan = Column("yuan", Said("费用，元", "Cost, yuan"), kind="number")
    return Table(
        caption=Said("按时完成的办法", "What brings it in time"),
        columns=(WHAT, HOURS, HELD_UP, yuan),
        rows=[_line(steps_said(way.steps), way.told, round(way.yuan)) for way in ways],
        empty=Said("这些办法全用上也不能按时完成。", "With all of this it would not end in time."),
        empty_next=Said(
            "请外部实验室，或分批、缩小范围。", "Ask laboratories outside, or test in turns or fewer people."
        ),
    )


def worths_table(worths: Sequence[Worth]) -> Table:
    """What each lever of the cheapest way is worth."""
    columns = (
        Column("name", Said("办法", "What"), read=lambda it: LEVERS_SAID[it.name], wide=True),
        Column("alone", Said("单独用提前，小时", "Alone, h sooner"), kind="number", read=_hours("alone_min")),
        Column("together", Said("少了它晚，小时", "Without it, h later"), kind="number", read=_hours("together_min")),
    )
    return Table(caption=Said("各值多少", "What each is worth"), columns=columns, rows=worths)


def _hours(name: str):
    return lambda it: round(getattr(it, name) / HOUR_MIN, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Hours in a row held up by one step."""

    begins: str
    ends: str
    held_up_by: Said
    n_waiting: int


def hours_table(hours: Sequence[Hour]) -> Table:
    """What holds it up from hour to hour, hours of one step together."""
    spans = []
    for step, group in groupby(hours, key=lambda hour: hour.held_up_by):
        mine = list(group)
        waiting = max(sum(hour.waiting.values()) for hour in mine)
        spans.append(Span(_moment(mine[0].from_min), _moment(mine[-1].from_min + 60), STEPS_SAID[step], waiting))
    columns = (
        Column("begins", Said("从", "From")),
        Column("ends", Said("到", "To")),
        HELD_UP,
        Column("n_waiting", Said("最多等着，管", "Most waiting, tubes"), kind="number"),
    )
    return Table(caption=Said("哪一步卡住", "What holds it up"), columns=columns, rows=spans)


def _moment(minute: float) -> str:
    """A day of the round and an hour: D2 06:00."""
    day, left = divmod(int(minute), DAY_MIN)
    return f"D{day + 1} {left // HOUR_MIN:02}:{left % HOUR_MIN:02}"


def kits_table(kits: Mapping[str, int]) -> Table:
    """What the round takes of each kit."""
    rows = [{"what": KITS_SAID[kit], "n": n} for kit, n in kits.items()]
    columns = (Column("what", Said("物资", "Kit"), wide=True), Column("n", Said("数量", "Number"), kind="number"))
    return Table(caption=Said("一轮要备", "What it takes"), columns=columns, rows=rows)
