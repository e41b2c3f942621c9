"""A day or a week by area."""

from collections.abc import Callable, Mapping, Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.situation.area_days import AreaDays

FIGURES = {
    "n_landed": Said("来返落地", "Arrived"),
    "n_expected": Said("报备未到", "Expected"),
    "n_left_county": Said("离县", "Left"),
    "n_returned": Said("返回", "Came back"),
    "n_asked": Said("已核实", "Asked"),
    "n_to_ask": Said("待核实", "To ask"),
    "n_followed": Said("已随访", "Followed up"),
    "n_to_follow": Said("待随访", "To follow up"),
    "n_rounds": Said("重点场所已做", "Priority places done"),
    "n_rounds_due": Said("今天到期", "Due today"),
    "n_rounds_late": Said("重点场所逾期", "Priority places late"),
    "n_done": Said("任务办结", "Tasks done"),
    "n_late": Said("任务逾期", "Tasks late"),
}
SILENT = Said("有事未办", "nothing done yet")


def days_table(
    lines: Sequence[AreaDays], totals: Mapping[str, int | None], href: Callable[[AreaDays], str] | None
) -> Table:
    """One line an area; what was done in the days asked for, and what is left now."""
    columns = [Column("place", Said("地区", "Area"), read=lambda it: place_name(it.place))]
    columns += [Column(name, said, kind="number", total=totals[name]) for name, said in FIGURES.items()]
    columns.append(Column("silent", Said("提醒", "Note"), kind="tag", read=lambda it: SILENT if it.is_silent else None))
    return Table(
        caption=Said("按地区", "By area"),
        columns=tuple(columns),
        rows=lines,
        href=href,
        empty=Said("这里没有更小的地区。", "There is no smaller area here."),
    )
