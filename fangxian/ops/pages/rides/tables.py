"""The table of rides that were declared."""

from collections.abc import Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.tables import Column, Table


def rides_table(rows: Sequence) -> Table:
    columns = (
        Column("vehicle", Said("车次、航班、车牌", "Vehicle")),
        Column("seat", Said("座位", "Seat"), read=lambda it: it.seat or None),
        Column("begins_at", Said("上车", "Got on"), kind="time"),
        Column("ends_at", Said("下车", "Got off"), kind="time"),
        Column("declared_at", Said("申报时间", "Declared"), kind="time"),
    )
    return Table(
        caption=Said("申报过的乘车", "Rides declared"),
        columns=columns,
        rows=rows,
        empty=Said("还没有申报过。", "Nothing declared yet."),
    )
