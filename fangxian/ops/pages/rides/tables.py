"""The tables of rides: those that were declared, carriers' lists, and passengers who are on no register here."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.intake.wire import STATES
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import masked
from fangxian.ops.procedures.import_passengers import carrier_of
from fangxian.ops.procedures.listed_people import moment_text


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


def passenger_lists_table(lists: Sequence, unmatched: Mapping[UUID, int], paging: Paging) -> Table:
    columns = (
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("carrier", Said("来自", "From"), read=carrier_of, wide=True),
        Column("file_name", Said("文件", "File"), read=lambda it: it.file_name or None, wide=True),
        Column(
            "state", Said("状态", "State"), read=lambda it: STATES.get(it.state, Said(it.state, it.state)), wide=True
        ),
        Column("n_rows", Said("行数", "Rows"), kind="number", read=lambda it: it.n_rows or None),
        Column("n_unmatched", Said("不在名册", "On no register"), kind="number", read=lambda it: _n(it, unmatched)),
        Column("n_refused", Said("退回", "Returned"), kind="number", read=lambda it: it.closed_at and it.n_refused),
    )
    return Table(
        caption=Said("收到的同乘名单", "Passenger lists that came"),
        columns=columns,
        rows=lists,
        href=lambda it: reverse("ride-list", args=[it.pk]),
        paging=paging,
        empty=Said("还没有收到过同乘名单。", "No list of passengers has come yet."),
    )


def _n(intake, unmatched: Mapping[UUID, int]) -> int | None:
    return unmatched.get(intake.pk, 0) if intake.closed_at else None


def unmatched_table(rows: Sequence, paging: Paging) -> Table:
    columns = (
        Column("row_number", Said("原行号", "Row"), read=lambda it: str(it.row_number)),
        Column("name", Said("姓名", "Name"), kind="masked"),
        Column("document_number", Said("证件号码", "Document"), read=lambda it: masked(it.document_number)),
        Column("phone", Said("手机号", "Phone"), read=lambda it: masked(it.phone, "phone")),
        Column("vehicle", Said("车次、航班、车牌", "Vehicle")),
        Column("seat", Said("座位", "Seat"), read=lambda it: it.seat or None),
        # The day alone where the list has no more: it is kept from its midnight on.
        Column("begins_at", Said("上车", "Got on"), read=lambda it: moment_text(it.begins_at)),
        Column("from_station", Said("上车站", "From"), read=lambda it: it.from_station or None),
        Column("to_station", Said("下车站", "To"), read=lambda it: it.to_station or None),
    )
    return Table(
        caption=Said("不在本县名册的乘客", "Passengers on no register here"),
        columns=columns,
        rows=rows,
        paging=paging,
        empty=Said("这份名单上的人都在本县名册里。", "Everybody on this list is on the register."),
    )
