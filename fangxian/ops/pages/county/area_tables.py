"""The tables of the area pages: parts of an area, its team, its households, its venues, what waits."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.trails import Step, area_href
from fangxian.ops.pages.county.words import CELL_KINDS, VENUE_STATUS, area_kind, place_name, trade, word
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words, masked
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.situation.areas import Area, AreaSituation, Tally
from fangxian.ops.situation.needs import Waiting
from fangxian.ops.situation.team import CellsOfKind, TeamMember

SORTS = {
    "name": lambda area: area.area_path,
    "persons": lambda area: area.tally.n_persons,
    "elders": lambda area: _elders(area.tally) or 0,
    "households": lambda area: area.tally.n_households,
    "cells": lambda area: area.tally.n_grid_cells,
    "venues": lambda area: area.tally.n_venues,
}
PARTS = {
    COUNTY_DIGITS: Said("乡镇", "Township"),
    TOWNSHIP_DIGITS: Said("村、社区", "Village"),
    VILLAGE_DIGITS: Said("网格", "Grid cell"),
}
TOWNSHIP = Said("乡镇", "the township")
# Where on its page an area's lack of a grid worker is seen.
SEEN_AT = {VILLAGE_DIGITS: "#cells", GRID_DIGITS: "#team"}
NONE_HERE = Said("这里没有登记的场所。", "No venue is registered here.")
NONE_LIKE_THIS = Said("没有符合条件的场所。", "No venue is like this.")
HOUSEHOLD_COLUMNS = (
    Column("number", Said("户号", "Number")),
    Column("address", Said("住址", "Address"), wide=True),
    Column("head", Said("户主", "Head")),
    Column("n_members", Said("人数", "People"), kind="number"),
    Column("n_elders", Said("65 岁以上", "65 or over"), kind="number"),
    Column("n_children", Said("未满 15 岁", "Under 15"), kind="number"),
)


def _elders(tally: Tally) -> float | None:
    return tally.n_elders / tally.n_persons if tally.n_persons else None


def _number(name: str, label: Said, sort: str, total: Tally) -> Column:
    return Column(
        name,
        label,
        kind="number",
        sort=f"-{sort}",
        read=lambda area: getattr(area.tally, name),
        total=getattr(total, name),
    )


def parts_title(found: AreaSituation) -> Said:
    """What the parts of an area are called together."""
    label = PARTS.get(len(found.area.area_path), PARTS[VILLAGE_DIGITS])
    return Said(f"各{label.zh}", f"By {label.en.lower()}")


def parts_table(request, found: AreaSituation) -> Table:
    """The parts of an area with their counts and the sums, in the order asked for by `?sort=`."""
    whole, digits = found.area.tally, len(found.area.area_path)
    columns = [
        Column("name", PARTS.get(digits, PARTS[VILLAGE_DIGITS]), sort="name"),
        _number("n_persons", Said("居民", "Residents"), "persons", whole),
        Column(
            "elders",
            Said("65 岁以上", "65+"),
            kind="share",
            sort="-elders",
            read=lambda area: _elders(area.tally),
            total=_elders(whole),
        ),
        _number("n_households", Said("户", "Households"), "households", whole),
        _number("n_grid_cells", Said("网格", "Cells"), "cells", whole),
        _number("n_venues", Said("场所", "Venues"), "venues", whole),
    ]
    if digits > COUNTY_DIGITS:  # most units have one grid cell; a cell has none
        columns = [column for column in columns if column.name != "n_grid_cells"]
    return _table(request, found, columns)


def _table(request, found: AreaSituation, columns: Sequence[Column]) -> Table:
    asked = request.GET.get("sort", "")
    key = SORTS.get(asked.lstrip("-"))
    rows = sorted(found.parts, key=key, reverse=asked.startswith("-")) if key else found.parts
    label = PARTS.get(len(found.area.area_path), PARTS[VILLAGE_DIGITS])
    return Table(
        caption=Said(f"{found.area.name.zh}各{label.zh}", f"{found.area.name.en}, by {label.en.lower()}"),
        columns=columns,
        rows=rows,
        href=lambda area: area_href(area.area_path),
        sorted_by=asked if key else "",
        query={name: request.GET.getlist(name) for name in request.GET if name not in ("sort", "page")},
        empty=Said("这里还没有划分下一级地区。", "This area has not been divided any further."),
    )


def team_table(team: Sequence[TeamMember], trail: Sequence[Area], *, may_name: bool) -> Table:
    """Who is appointed over an area or around it."""
    names = {area.area_path: area.name for area in trail}
    columns = (
        Column("role", Said("职责", "Role")),
        Column("name", Said("姓名", "Name"), kind="text" if may_name else "masked"),
        Column("post", Said("岗位账号", "Post")),
        Column("unit", Said("单位", "Unit")),
        Column("over", Said("负责范围", "Answers for"), read=lambda it: names.get(it.area_path, it.area_path)),
    )
    return Table(
        caption=Said("负责的人", "Who looks after it"),
        columns=columns,
        rows=team,
        empty=Said("还没有任命谁负责这里。", "Nobody has been appointed over this area yet."),
        empty_next=Said(
            "由安全管理员或乡镇审批员任命。", "The security administrator or the township approver appoints."
        ),
    )


def household_rows(
    households: Iterable[Household], heads: Mapping[UUID, Person], trail: Sequence[Area], *, is_shown: bool
) -> list[dict]:
    """Households as rows; the head's name always masked, the address unless it is shown for a reason.

    Addresses begin with the county and township of `trail`, which the page has said already; they are left out.
    """

    def within(address: str) -> str:
        for area in trail[:2]:
            address = address.removeprefix(area.name.zh) or address
        return address

    def row(it: Household) -> dict:
        head = heads.get(it.pk)
        return {
            "id": it.pk,
            "number": f"{it.number:04d}",
            "address": within(it.address) if is_shown else masked(within(it.address), "address"),
            "head": masked(head.name, "name") if head else None,
            "n_members": it.n_members,
            "n_elders": it.n_elders,
            "n_children": it.n_children,
        }

    return [row(it) for it in households]


def links_table(caption: Said, steps: Sequence[Step], label: Said | None = None) -> Table:
    """Places to go to, one a row; `label` heads the column."""
    column = Column("name", label or caption, read=lambda step: step[0])
    return Table(caption=caption, columns=(column,), rows=steps, href=lambda step: step[1])


def cells_table(found: AreaSituation, workers: Mapping[str, Sequence[str]], hosts: Mapping[str, Said]) -> Table:
    """The grid cells of a unit: of which kind, with whose host unit, looked after by which posts."""
    over_unit = workers.get(found.area.area_path, [])

    def posts(cell: Area) -> Said | str:
        named = [*workers.get(cell.area_path, []), *over_unit]
        return ", ".join(named) if named else Said("没有网格员", "nobody")

    return Table(
        caption=Said("网格和网格员", "Grid cells and their workers"),
        columns=(
            Column("name", Said("网格", "Grid cell")),
            Column("kind", Said("类别", "Kind"), kind="tag", read=lambda cell: in_words(area_kind(cell))),
            Column("worker", Said("网格员岗位", "Grid worker's post"), read=posts),
            Column(
                "host", Said("由谁派网格员", "Who names the worker"), read=lambda it: hosts.get(it.area_path, TOWNSHIP)
            ),
        ),
        rows=found.parts,
        href=lambda area: area_href(area.area_path),
    )


def kinds_table(kinds: Sequence[CellsOfKind]) -> Table:
    """Grid cells by kind, and how many of each have a worker."""
    return Table(
        caption=Said("网格和网格员", "Grid cells and their workers"),
        columns=(
            Column("kind", Said("类别", "Kind"), read=lambda it: word(CELL_KINDS, it.kind)),
            Column("n_cells", Said("网格", "Cells"), kind="number", total=sum(it.n_cells for it in kinds)),
            Column(
                "n_staffed", Said("有网格员", "With a worker"), kind="number", total=sum(it.n_staffed for it in kinds)
            ),
        ),
        rows=kinds,
    )


def venue_rows(
    venues: Iterable[Venue],
    places: Mapping[str, object] | None = None,
    *,
    paging: Paging | None = None,
    sorted_by: str = "",
    is_filtered: bool = False,
) -> Table:
    """Venues; with `places` (divisions by path) also where they stand, and headings to sort by."""
    sorts = places is not None
    columns = [
        Column("name", Said("名称", "Name"), sort="name" if sorts else ""),
        Column("trade", Said("行业", "Trade"), read=lambda it: trade(it.trade), sort="trade" if sorts else ""),
        Column("address", Said("地址", "Address"), wide=True),
        Column("status", Said("状态", "Status"), kind="tag", read=lambda it: in_words(word(VENUE_STATUS, it.status))),
    ]
    if places is not None:
        columns[2] = Column("area", Said("村、社区", "Where"), read=lambda it: _where(it, places), sort="area")
    return Table(
        caption=Said("场所", "Venues"),
        columns=columns,
        rows=list(venues),
        href=lambda it: reverse("venue", args=[it.pk]),
        paging=paging,
        sorted_by=sorted_by,
        empty=NONE_LIKE_THIS if is_filtered else NONE_HERE,
        empty_next=Said("看全部场所", "See all venues") if is_filtered else None,
        empty_href=reverse("venues") if is_filtered else "",
    )


def _where(venue: Venue, places: Mapping[str, object]) -> Said:
    unit = venue.area_path[:VILLAGE_DIGITS]
    return place_name(places[unit]) if unit in places else Said(unit, unit)


def needs_in_words(waiting: Sequence[Waiting], areas: Sequence[Area]) -> list[Need]:
    """What waits, as sentences with the address where it is done."""
    names = {area.area_path: area.name for area in areas}

    def need(it: Waiting) -> Need:
        what, href = {
            "cells_without_worker": (
                Said("个网格没有网格员", "grid cells without a grid worker"),
                area_href(it.area_path) + SEEN_AT.get(len(it.area_path), ""),
            ),
            "venues_applied": (
                Said("个场所等待核验", "venues waiting to be verified"),
                f"{reverse('venues')}?status=applied&area={it.area_path}",
            ),
            "households_empty": (
                Said("户册上没有人", "households with nobody on record"),
                f"{area_href(it.area_path)}?kind=empty",
            ),
        }[it.kind]
        return Need(what=what, who=names.get(it.area_path, ""), href=href, count=it.count)

    return [need(it) for it in waiting]
