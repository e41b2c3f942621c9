"""The tables of enquiries: how far each area is, and what re-screenings brought about."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.enquiries.queries import Rescreening
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.situation.enquiries import AreaFigures

from .words import BECAUSE, HOW_FAR


def areas_table(rows: Sequence[AreaFigures]) -> Table:
    """How far each area is, beside how many would have been asked the old way."""

    def total(read) -> int:
        return sum(read(row) for row in rows)

    def counted(name: str, label: Said, read) -> Column:
        return Column(name, label, kind="number", read=read, total=total(read))

    columns = (
        Column("area", Said("地区", "Area"), read=lambda it: place_name(it.name) if it.name else it.figures.area),
        counted("left", Said("还要问", "To ask"), lambda it: it.figures.n_left),
        counted("homes", Said("几通电话", "Calls"), lambda it: it.figures.n_households),
        counted("done", Said("已问清", "Done"), lambda it: it.figures.n_done),
        counted("tried", Said("没联系上", "Not reached"), lambda it: it.figures.n_tried),
        counted("there", Said("去过", "Were there"), lambda it: it.figures.n_was_there),
        counted("returned", Said("14 天内来返", "Came in 14 days"), lambda it: it.n_returned),
        counted("residents", Said("老办法要问", "The old way"), lambda it: it.n_residents),
        Column("changed", Said("最近一次", "Latest"), kind="time", read=lambda it: it.figures.changed_at),
    )
    return Table(
        caption=Said("各地区进度", "How far each area is"),
        columns=columns,
        rows=rows,
        href=lambda it: f"{reverse('enquiries')}?{urlencode({'area': it.figures.area})}",
        empty=Said("现在没有要核实的人。", "Nobody has to be asked now."),
    )


def _lists_s(row: Rescreening) -> float | None:
    return None if row.lists_ms is None else max(round(row.lists_ms / 1000, 1), 0.1)


def _how_far(row: Rescreening) -> Said:
    """While one is under way its figures are no result yet: they grow with every step."""
    if row.ended_at is not None:
        return HOW_FAR["done"]
    return HOW_FAR["overtaken" if row.is_overtaken else "judging" if row.lists_ms is None else "measures"]


def rescreenings_table(rows: Sequence[Rescreening]) -> Table:
    """What each re-screening brought about."""
    columns = (
        Column("began_at", Said("何时", "When"), kind="time"),
        Column("because", Said("因为", "Because"), read=lambda it: BECAUSE[it.because]),
        Column("state", Said("到了哪一步", "How far"), read=_how_far),
        Column("n_people", Said("在册", "On record"), kind="number"),
        Column("n_judged", Said("重新判定", "Judged"), kind="number"),
        Column("n_stricter", Said("措施加严", "Stricter"), kind="number"),
        Column("n_milder", Said("措施放宽", "Milder"), kind="number"),
        Column("n_opened", Said("要问", "To ask"), kind="number"),
        Column("n_let_go", Said("不必再问", "Let go"), kind="number"),
        Column("lists", Said("名单出齐用时（秒）", "Lists stood after (s)"), kind="number", read=_lists_s),
        Column("n_by_hand", Said("老办法要问", "The old way"), kind="number"),
    )
    return Table(
        caption=Said("重新筛查", "Re-screenings"),
        columns=columns,
        rows=rows,
        empty=Said("还没有重新筛查过。", "Nobody was judged anew yet."),
    )
