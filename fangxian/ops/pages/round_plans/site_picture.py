"""A plan of sites as a map and a table."""

from collections.abc import Iterable, Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.maps import MapArea, Mark, SchematicMap, draw
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.places.queries import current_divisions
from fangxian.ops.procedures.put_up_sites import tables_of
from fangxian.ops.realm.areas import COUNTY_DIGITS
from fangxian.ops.realm.current import the_realm
from fangxian.ops.round_plans.sites_wire import PlannedSite
from fangxian.ops.situation.areas import townships_drawn

TITLE = Said("选出的采样点，数字同旁边的表", "The sites chosen, numbered as in the table beside it")


def sites_map(sites: Sequence[PlannedSite]) -> SchematicMap:
    """The county's townships, by its own outlines where it has them, with a numbered mark where each site stands."""
    divisions = {it.area_path: it for it in current_divisions()}
    townships = [
        MapArea(name=place_name(divisions[path]), shape=rings[0] if rings else (), more=tuple(rings[1:]))
        for path, rings in sorted(townships_drawn(the_realm().division_code).rings.items())
    ]
    county = next((it for path, it in divisions.items() if len(path) == COUNTY_DIGITS), None)
    marks = [Mark(at=it.at, told=f"{k} {it.name}", figure=str(k)) for k, it in enumerate(sites, start=1)]
    return draw(townships, title=TITLE, outline=(county.shape or ()) if county else (), marks=marks)


def planned_table(sites: Iterable[PlannedSite]) -> Table:
    """Each site: how many come to it, how far they walk, how many tables it takes."""
    rows = [{"number": k, "site": it} for k, it in enumerate(sites, start=1)]
    columns = (
        Column("number", Said("号", "No."), kind="number"),
        Column("name", Said("采样点", "Site"), read=lambda it: it["site"].name, wide=True),
        Column("n_people", Said("人数", "People"), kind="number", read=lambda it: it["site"].n_people),
        Column("tables", Said("采样台", "Tables"), kind="number", read=lambda it: tables_of(it["site"])),
        Column(
            "km", Said("人均走，公里", "Walk, km"), kind="number", read=lambda it: round(it["site"].mean_walk_km, 1)
        ),
        Column("cells", Said("服务网格", "Grid cells"), kind="number", read=lambda it: len(it["site"].serves)),
    )
    return Table(caption=Said("采样点方案", "Where sites go"), columns=columns, rows=rows)
