"""The table of applications that an approver works through."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.departures.queries import is_late
from fangxian.ops.departures.words import LEVELS, PURPOSES
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words, said, unbroken
from fangxian.ops.risk_areas.wire import the_nation

from .words import stands_said

MET, NOT_YET, NOT_MET = Said("都满足", "all met"), Said("还差几项", "some to do"), Said("有不满足", "not met")


def departures_table(
    rows: Sequence,
    *,
    steps: Mapping[UUID, object],
    looked: Mapping[UUID, object],
    places: Mapping[str, Said],
    at: datetime,
    paging: Paging,
    ticks: bool,
) -> Table:
    """Applications, those due first. Where `ticks`, several can be decided at once."""
    columns = (
        Column("who", Said("本人", "Person"), kind="masked", read=lambda it: it.person.name),
        Column("where", Said("住在", "Lives in"), read=lambda it: places.get(it.area_path[:12])),
        Column("to", Said("去哪里", "Where to"), read=_to, wide=True),
        Column("purpose", Said("事由", "For"), read=lambda it: word(PURPOSES, it.purpose)),
        Column("leaves_on", Said("哪天走", "Leaving"), kind="date"),
        Column("check", Said("条件", "Requirements"), kind="tag", read=lambda it: _check(looked.get(it.pk))),
        Column("state", Said("到哪一步", "Stands"), read=stands_said),
        Column("due", Said("应在何时前", "Due"), read=_due(steps, at)),
    )
    return Table(
        caption=Said("离境申请", "Departures"), columns=columns, rows=rows, href=_href(), paging=paging,
        choose="chosen" if ticks else "", key=lambda it: f"{it.pk}.{steps[it.pk].pk}" if it.pk in steps else "",
        empty=Said("没有这样的申请。", "There is no such application."),
    )  # fmt: skip


def _href() -> Callable[[object], str]:
    address = addresses_of("departure")
    return lambda it: address(it.pk)


def _to(row) -> str:
    return the_nation().path(row.destination) or said("县外", "outside")


def _check(looked) -> Said | None:
    if looked is None:
        return None
    if looked.unmet:
        return NOT_MET
    return NOT_YET if looked.not_met else MET


def _due(steps: Mapping[UUID, object], at: datetime) -> Callable[[object], str | None]:
    def read(row) -> str | None:
        step = steps.get(row.pk)
        if step is None:
            return None
        late = said("已超时 ", "overdue ") if is_late(step, at) else ""
        return f"{late}{in_words(LEVELS[step.level])} {unbroken(step.due_at)}"

    return read
