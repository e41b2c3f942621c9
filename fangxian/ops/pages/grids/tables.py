"""A day or a week by area."""

from collections.abc import Callable, Mapping, Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.situation.area_days import AreaDays
from fangxian.ops.situation.quiet_grids import QuietGrid

FIGURES = {
    "n_landed": Said("来返落地", "Arrived"),
    "n_expected": Said("报备未到", "Expected"),
    "n_left_county": Said("离县", "Left"),
    "n_returned": Said("返回", "Back"),
    "n_asked": Said("已核实", "Asked"),
    "n_to_ask": Said("待核实", "To ask"),
    "n_followed": Said("已随访", "Followed"),
    "n_to_follow": Said("待随访", "To follow"),
    "n_rounds": Said("重点场所已做", "Places done"),
    "n_rounds_due": Said("重点场所今天到期", "Places due"),
    "n_rounds_late": Said("重点场所逾期", "Places late"),
    "n_done": Said("任务办结", "Tasks done"),
    "n_late": Said("任务逾期", "Tasks late"),
}
QUIET = Said("有事未办的网格", "Cells with nothing done")
N_QUIET = Said("未办网格", "Silent cells")
WAITING = ("n_to_ask", "n_to_follow", "n_rounds_late", "n_late")
SILENT = Said("有事未办", "nothing done yet")
NOBODY = Said("没有网格员账号", "nobody is appointed")


def days_table(
    lines: Sequence[AreaDays], totals: Mapping[str, int | None], href: Callable[[AreaDays], str] | None
) -> Table:
    """One line an area; what was done in the days asked for, and what is left now."""
    columns = [Column("place", Said("地区", "Area"), read=lambda it: place_name(it.place))]
    columns.append(Column("silent", Said("提醒", "Note"), kind="tag", read=lambda it: SILENT if it.is_silent else None))
    columns += [Column(name, said, kind="number", total=totals[name]) for name, said in FIGURES.items()]
    if totals["n_quiet"] is not None:
        columns.append(Column("n_quiet", N_QUIET, kind="number", total=totals["n_quiet"]))
    return Table(
        caption=Said("按地区", "By area"),
        columns=tuple(columns),
        rows=lines,
        href=href,
        tall=True,
        empty=Said("这里没有更小的地区。", "There is no smaller area here."),
    )


def quiet_table(rows: Sequence[QuietGrid], wheres: Mapping[str, Said], paging: Paging) -> Table:
    """One line a grid cell where nothing was done: what waits, whom to ring, whether their phone has yet to send."""
    columns = [
        Column("grid", Said("网格", "Grid cell"), read=lambda it: wheres[it.line.place.area_path]),
        *(
            Column(name, FIGURES[name], kind="number", read=lambda it, name=name: getattr(it.line, name))
            for name in WAITING
        ),
        Column("workers", Said("网格员账号", "Account"), read=lambda it: "、".join(it.workers) or NOBODY),
        Column("heard_at", Said("手机最后联系", "Phone last heard"), kind="time"),
        Column("n_held", Said("手机上待送", "Waiting on phones"), kind="number"),
    ]
    return Table(
        caption=QUIET,
        columns=tuple(columns),
        rows=rows,
        paging=paging,
        empty=Said("每个有事要办的网格都有记录。", "Every grid cell with something to do has something on record."),
    )


def _of_line(name: str) -> Column:
    return Column(name, FIGURES[name], kind="number", read=lambda it: getattr(it.line, name))
