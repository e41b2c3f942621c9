"""What the places room says when it will not: of drawings of grid cells."""

from fangxian.core.refusal import Refusal


def drawing_not_found() -> Refusal:
    return Refusal(
        "places.drawing_not_found",
        zh="没有这份网格边界文件。文件的地址由系统给出；请从“网格边界”页面的列表里打开。",
        en="There is no such file of outlines. Open it from the list on the page of the grid cells' outlines.",
    )


def no_such_outline(nth: int) -> Refusal:
    return Refusal(
        "places.no_such_outline",
        zh="这份文件没有第 {nth} 块边界，没有改动。请刷新页面，从列表里选。",
        en="This file has no outline {nth}, so nothing was changed. Reload the page and choose one of the list.",
        nth=nth,
    )


def no_such_cell(area_path: str) -> Refusal:
    return Refusal(
        "places.no_such_cell",
        zh="本县没有编号为“{cell}”的网格，没有改动。应为 15 位的网格编号；请从列表里选一个网格，或选“不是网格”。",
        en="The county has no grid cell “{cell}”, so nothing was changed. It should be a number of 15 digits: choose a "
        "grid cell of the list, or say that the outline is of none.",
        cell=area_path[:20],
    )


def cell_taken(nth: int, other: str, cell: str) -> Refusal:
    return Refusal(
        "places.outline_cell_taken",
        zh="这份文件里 {other} 已经是“{cell}”的边界，第 {nth} 块没有改动。一个网格只有一份边界；请选别的网格，"
        "或先把那一块改为别的网格。",
        en="In this file {other} is the outline of “{cell}” already, so outline {nth} was not changed. A grid cell has "
        "one outline: choose another cell, or first say that the other outline is of another cell.",
        nth=nth,
        other=other,
        cell=cell,
    )


def drawing_applied() -> Refusal:
    return Refusal(
        "places.drawing_applied",
        zh="这份文件已经用过，哪块是哪个网格不再改动。要改，请在制图软件里写上网格编号后导出新文件再导入。",
        en="This file has been applied, so whose its outlines are is not changed any more. Write the cells' numbers "
        "into the layer, export a new file and bring that.",
    )


def outlines_unsettled(n: int) -> Refusal:
    return Refusal(
        "places.outlines_unsettled",
        zh="还有 {n} 块边界没有认定是哪个网格，没有启用。每一块都应认定，或注明“不是网格”；请在下面逐块选定后再启用。",
        en="Of {n} outlines it is not settled yet which grid cell they are of, so nothing was applied. Each should be "
        "given a cell, or said to be of none: choose for each below, then apply.",
        n=n,
    )


def nothing_to_apply() -> Refusal:
    return Refusal(
        "places.nothing_to_apply",
        zh="这份文件的边界都注明“不是网格”，没有可以启用的。至少应有一块是某个网格的；请改选，或换一份文件。",
        en="All outlines of this file are said to be of no grid cell, so there is nothing to apply. At least one "
        "should be of a cell: choose again, or bring another file.",
    )


def outlines_changed() -> Refusal:
    return Refusal(
        "places.outlines_changed",
        zh="您看过以后，网格边界又变了，没有启用。启用前看到的差异应是最新的；请刷新页面，看过现在的差异再启用。",
        en="The outlines have changed since you looked, so nothing was applied. What is applied should be what was "
        "looked at: reload the page, look at the differences as they are now, and apply then.",
    )
