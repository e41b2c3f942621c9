"""The county's own outlines: bringing a file, settling whose an outline is, what the file would change."""

from collections.abc import Mapping, Sequence

from django import forms
from django.urls import reverse

from fangxian.core.drill.county.plane import area as size_of
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages import maps
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.maps import MapArea, SchematicMap
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import both, in_words, number
from fangxian.ops.places.models import GridDrawing
from fangxian.ops.places.outlines import cell_of
from fangxian.ops.procedures.draw_grids import WGS84, Change

NO_CHOICE = both("请从列表中选一项。", "Choose one from the list.")
DATUMS = (
    ("", both("请选择", "Choose")),
    (WGS84, both("WGS-84 或 CGCS2000（国家 2000）", "WGS-84 or CGCS2000")),
    ("gcj02", both("GCJ-02（高德、腾讯地图）", "GCJ-02 (Amap, Tencent)")),
    ("bd09", both("BD-09（百度地图）", "BD-09 (Baidu)")),
)
KINDS = {
    "new": Said("新画", "new"),
    "changed": Said("有改动", "changed"),
    "same": Said("没有变", "the same"),
    "kept": Said("文件里没有，照旧", "not in the file, stays"),
}
A_PAGE, TO_SETTLE_A_PAGE = 50, 20


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


class DrawingForm(forms.Form):
    """A file of outlines, and what its coordinates are."""

    file = forms.FileField(
        label=both("网格边界文件", "The file"),
        help_text=both(
            "GeoJSON，UTF-8 或 GB18030，不超过 20 MiB。每个网格一个面，属性里带网格编号（15 位）或网格名称。",
            "GeoJSON, UTF-8 or GB18030, up to 20 MiB. A polygon for each grid cell, with its number of 15 digits or "
            "its name among its properties.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )  # fmt: skip
    datum = forms.ChoiceField(
        label=both("坐标系", "Coordinates"),
        choices=DATUMS,
        help_text=both(
            "文件自己一般不写。在高德、百度等地图上描的不能用：那是加了偏移的坐标。",
            "The file rarely says. What was traced on Amap or Baidu cannot be used: those are shifted.",
        ),
        error_messages={"required": both("请选坐标系。", "Say what the coordinates are."), "invalid_choice": NO_CHOICE},
    )


class WhoseForm(forms.Form):
    """Which grid cell an outline is of: one that is likely, any other by its number, or none."""

    nth = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    cell = forms.CharField(
        label=both("是哪个网格", "It is"),
        help_text=both(
            "打几个字，从列出的网格里选；或填 15 位编号。", "Type some of its name and choose, or its 15 digits."
        ),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"list": "cells", "autocomplete": "off"}),
    )

    def __init__(self, *args, nth: int = 0, **kwargs) -> None:
        super().__init__(*args, auto_id=f"id_{nth}_%s", initial={"nth": nth}, **kwargs)

    @property
    def area_path(self) -> str:
        """The number that was chosen or typed: the list offers a number with its name."""
        return self.cleaned_data.get("cell", "").strip().partition(" ")[0]


def drawings_table(rows: Sequence[GridDrawing], paging: Paging) -> Table:
    """The files that came."""
    columns = (
        Column("file_name", Said("文件", "File"), read=lambda it: it.file_name or "—", wide=True),
        Column("brought_at", Said("导入时间", "Brought"), kind="time"),
        Column("applied_at", Said("启用时间", "Applied"), kind="time"),
        Column("n_now", Said("现在用着", "In use"), kind="number"),
        Column("digest", Said("校验值", "Digest"), read=lambda it: it.digest[:12]),
    )
    return Table(
        caption=Said("导入过的文件", "Files that came"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("grid-drawing", args=[it.pk]),
        paging=paging,
        empty=Said("还没有导入过网格边界，地图用的是示意图。", "No file came yet: the maps are schematic."),
    )


def counts_of(changes: Sequence[Change]) -> dict[str, int]:
    return {kind: sum(it.kind == kind for it in changes) for kind in KINDS}


def changes_table(request, changes: Sequence[Change], names: Mapping[str, object]) -> Table:
    """What the file does to each grid cell, what changes first; of one kind if `?what=` asks."""
    asked = request.GET.get("what", "")
    order = list(KINDS)
    rows = [it for it in changes if it.kind == asked] if asked in KINDS else list(changes)
    rows.sort(key=lambda it: (order.index(it.kind), it.cell.area_path))
    paging = Paging.of(request, total=len(rows), size=A_PAGE)
    columns = (
        Column("name", Said("网格", "Grid cell"), read=lambda it: place_name(it.cell)),
        Column("number", Said("编号", "Number"), read=lambda it: it.cell.area_path),
        Column("town", Said("乡镇", "Township"), read=lambda it: names.get(it.cell.area_path[:9])),
        Column("kind", Said("怎么变", "What changes"), kind="tag", read=lambda it: in_words(KINDS[it.kind])),
        Column("was_km2", Said("原面积（平方公里）", "Was (km²)"), read=lambda it: _km2(it.was_km2)),
        Column("km2", Said("新面积（平方公里）", "Will be (km²)"), read=lambda it: _km2(it.km2)),
    )
    return Table(
        caption=Said("启用后的变化", "What it changes"),
        columns=columns,
        rows=rows[paging.slice],
        paging=paging,
        empty=Said("没有这样的网格。", "There is no such grid cell."),
    )


def _km2(value: float | None) -> str | None:
    return None if value is None else number(round(value, 3), 3)


def picture_of(drawing: GridDrawing, outline: Sequence) -> SchematicMap:
    """The file's outlines; those that are not settled yet are shaded and numbered."""
    areas, named = [], []
    for it in drawing.outlines:
        rings = sorted(it["drawn"], key=lambda ring: -abs(size_of(ring)))
        open_ = cell_of(drawing, it) is None
        said = f"#{it['nth']} {it['called']}".strip()
        area = MapArea(
            name=Said(said, said), shape=rings[0] if rings else (), more=rings[1:], value=1 if open_ else None
        )
        areas.append(area)
        if open_:
            named.append(MapArea(name=Said(f"#{it['nth']}", f"#{it['nth']}"), shape=area.shape))
    title = Said("文件里的边界，没有认定的有底色", "The outlines of the file; those not settled are shaded")
    return maps.draw(areas, title=title, outline=outline, named=named, shades=[maps.Shade(3, 1, 1)])
