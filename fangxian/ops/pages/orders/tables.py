"""The tables of orders: those that run, those that wait for signatures, those that are over."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.orders.words import state_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words

Named = Callable[[object], Said]


def orders_table(
    orders: Sequence, *, at: datetime, measure_of: Named, place_of: Named, caption: Said, empty: Said,
    paging: Paging | None = None,
) -> Table:  # fmt: skip
    columns = (
        Column("number", Said("编号", "Number")),
        Column("measure", Said("措施", "Measure"), read=measure_of),
        Column("area", Said("区域", "Area"), read=place_of),
        Column("begins_at", Said("起", "From"), kind="time"),
        Column("ends_at", Said("到", "Until"), kind="time", read=lambda it: it.lifted_at or it.ends_at),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(state_of(it, at))),
    )
    return Table(
        caption=caption,
        columns=columns,
        rows=orders,
        paging=paging,
        href=lambda it: reverse("order", args=[it.pk]),
        empty=empty,
    )


def waiting_table(requests: Sequence, proposed: Mapping, *, measure_of: Named, place_of: Named) -> Table:
    """Orders that wait for their signatures, for whoever asked for them or may sign."""
    columns = (
        Column("number", Said("编号", "Number"), read=lambda it: proposed[it.pk].number),
        Column("measure", Said("措施", "Measure"), read=lambda it: measure_of(proposed[it.pk])),
        Column("area", Said("区域", "Area"), read=lambda it: place_of(proposed[it.pk])),
        Column("asked_at", Said("提出", "Asked"), kind="time"),
        Column("expires_at", Said("签到几时为止", "To be signed by"), kind="time"),
    )
    return Table(
        caption=Said("等签发", "To be signed"),
        columns=columns,
        rows=requests,
        href=lambda it: reverse("approval", args=[it.pk]),
        empty=Said("没有等签发的命令。", "No order waits to be signed."),
    )
