"""Kits of a round as tables: what it needs beside what there is; what came in and went out."""

from collections.abc import Sequence
from dataclasses import dataclass

from fangxian.core.refusal import Said
from fangxian.core.screening.words import KITS_SAID
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.round_plans.queries import KitMovement

KINDS = {"store": Said("库存", "stores"), "reserve": Said("预留", "put aside")}


@dataclass(frozen=True, slots=True)
class KitLine:
    """One kit: what the round needs, what is put aside for it, what is nobody's yet, what there is in all."""

    kit: str
    needed: int
    reserved: int
    free: int
    in_store: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.reserved - max(self.free, 0), 0)


def kits_of_round_table(rows: Sequence[KitLine]) -> Table:
    """What a round takes of each kit."""
    columns = (
        Column("kit", Said("物资", "Kit"), read=lambda it: KITS_SAID[it.kit], wide=True),
        Column("needed", Said("本轮要", "Needed"), kind="number"),
        Column("reserved", Said("已预留", "Put aside"), kind="number"),
        Column("free", Said("还可用", "Free"), kind="number"),
        Column("missing", Said("还缺", "Missing"), kind="number"),
        Column("in_store", Said("库存", "In the stores"), kind="number"),
    )
    return Table(caption=Said("本轮物资", "Kits of this round"), columns=columns, rows=rows)


def movements_table(rows: Sequence[KitMovement], paging: Paging) -> Table:
    """What came in and went out, and what was put aside, the newest first."""
    columns = (
        Column("at", Said("时间", "When"), kind="time"),
        Column("kit", Said("物资", "Kit"), read=lambda it: KITS_SAID[it.kit]),
        Column("kind", Said("哪一种", "Which"), kind="tag", read=lambda it: KINDS[it.kind]),
        Column("n", Said("数量", "Number"), kind="change"),
        Column("said", Said("说明", "Said"), read=_said, wide=True),
    )
    return Table(
        caption=Said("出入库和预留", "In, out and put aside"), columns=columns, rows=rows, paging=paging,
        empty=Said("还没有记录。", "Nothing is on record yet."),
        empty_next=Said("先把现有的记入库。", "Record first what there is."),
    )  # fmt: skip


def _said(it: KitMovement) -> str:
    return " ".join(part for part in (f"“{it.round.name}”" if it.round else "", it.said) if part)
