"""A synthetic county from its data folder (建县): for demos, drills and tests. All or nothing.

1. read and check the county's data                         core.divisions, core.drill
2. make the people, from the seed                           core.drill
3. units and staff accounts                                 accounts
4. divisions, grid cells, venues with doors and classes     places
5. households, people and what they belong to               people
6. the shipped rulebooks, as founding versions              measures
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from fangxian.core.divisions import Divisions, read_divisions
from fangxian.core.drill.county.columns import GRID_KINDS, JOB_ROLES, RELATIONS, SCHOOL_STAGES, SEXES, SyntheticCounty
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.people.actions import attach, register_households, register_persons
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.places.actions import lay_divisions, lay_grid_cells, register_venues
from fangxian.ops.places.models import Door, GridCell, SchoolClass, Venue
from fangxian.ops.places.queries import edition_in_use
from fangxian.ops.realm.current import the_realm

from .staff_county import staff_county

Step = Callable[[Said, int, int], None]
MAKING = Said("生成虚构居民", "Making synthetic residents")
PLACES = Said("录入区划、网格和场所", "Divisions, grid cells and venues")
PEOPLE = Said("录入居民（加密）", "Residents, sealed")
TIES = Said("录入班级和单位", "Classes and workplaces")


def build_county(*, folder: Path, seed: int, scale: float, by: str, step: Step) -> dict[str, object]:
    """Build the county in `folder` into this realm; how many of what, for the person who asked.

    Refuses
    -------
    county.already_built, county.live_realm, and whatever its data files are refused for
    """
    _refuse_where_it_must_not()
    divisions, county, shapes = _make(folder, seed, scale, step)
    at = the_realm().clock.now()
    with transaction.atomic():
        units = found_units(county=county, divisions=divisions, by=by)
        lay_divisions(divisions=divisions, shapes=shapes, by=by)
        places = load_places(county=county, shapes=shapes, host_units=units.hosts, at=at, by=by, step=step)
        persons = load_people(county=county, places=places, at=at, by=by, step=step)
        appoint_staff(county=county, units=units, places=places, persons=persons, at=at, by=by)
        found_rulebooks(texts=[path.read_bytes() for path in sorted((folder / "rulebooks").glob("*.toml"))], by=by)
    return {
        "name": county.name,
        "n_persons": len(county.persons),
        "n_households": len(county.households),
        "n_grids": len(county.grids),
        "n_venues": len(county.venues),
    }


def _refuse_where_it_must_not() -> None:
    if not the_realm().is_synthetic:
        raise Refusal(
            "county.live_realm",
            zh="这是真实运行的数据域，不能放入虚构居民。虚构的县只能建在演示或演练数据域里；请换一个数据文件夹。",
            en="This realm is live, and invented residents have no place in it. A synthetic county is built in a demo or "
            "drill realm: choose another data folder.",
        )
    if edition_in_use():
        raise Refusal(
            "county.already_built",
            zh="{path} 里已经建有一个县，没有改动。要重建，请用 FANGXIAN_DATA 指到一个空文件夹；要使用它，请运行 fangxian run。",
            en="A county is built in {path} already; nothing was changed. To build anew, point FANGXIAN_DATA at an empty "
            "folder; to use it, run fangxian run.",
            path=the_realm().path,
        )
