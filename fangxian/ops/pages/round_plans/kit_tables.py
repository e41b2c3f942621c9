"""Kits of a round as tables: what it needs beside what there is; what came in and went out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fangxian.core.refusal import Said
from fangxian.core.screening.words import KITS_SAID
from fangxian.ops.lab.queries import ScreeningRound
from fangxian.ops.pages.navigation import addresses_of
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


@dataclass(frozen=True, slots=True)
class StoreLine:
    """One kit of the stores: what there is, what of it rounds have put aside, what a round of everybody takes."""

    kit: str
    in_store: int
    reserved: int
    needed: int

    @property
    def free(self) -> int:
        return self.in_store - self.reserved

    @property
    def lasts(self) -> float | None:
        """For how many rounds of everybody; None where nobody is on the register."""
        return round(self.free / self.needed, 1) if self.needed else None


def stores_table(rows: Sequence[StoreLine]) -> Table:
    """What the stores have of each kit, and for how many rounds of the whole county it is enough."""
    columns = (
        Column("kit", Said("物资", "Kit"), read=lambda it: KITS_SAID[it.kit], wide=True),
        Column("in_store", Said("库存", "In the stores"), kind="number"),
        Column("reserved", Said("已预留", "Put aside"), kind="number"),
        Column("free", Said("还可用", "Free"), kind="number"),
        Column("needed", Said("全县一轮要", "A round of all takes"), kind="number"),
        Column("lasts", Said("够几轮", "Rounds"), kind="number"),
    )
    return Table(caption=Said("县里的筛查物资", "The county's kits"), columns=columns, rows=rows)


def rounds_table(rows: Sequence[tuple[ScreeningRound, Mapping[str, int]]]) -> Table:
    """What each round that is not over has put aside."""
    href = addresses_of("round-kits")
    columns = (
        Column("round", Said("哪一轮", "Round"), read=lambda it: it[0].name, wide=True),
        Column("begins_at", Said("开始", "Begins"), kind="time", read=lambda it: it[0].begins_at),
        *(Column(kit, said, kind="number", read=_of_kit(kit)) for kit, said in KITS_SAID.items()),
    )
    return Table(
        caption=Said("各轮预留", "Put aside for rounds"), columns=columns, rows=rows, href=lambda it: href(it[0].pk),
        empty=Said("没有在筹备或进行的一轮。", "No round is being prepared or under way."),
    )  # fmt: skip


def _of_kit(kit: str) -> Callable[[tuple[ScreeningRound, Mapping[str, int]]], int]:
    return lambda it: it[1].get(kit, 0)


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
