"""A synthetic county from its data folder (建县): for demos, drills and tests. All or nothing.

1. read and check the county's data; make the people from the seed      core.divisions, core.drill
2. units, and accounts for the grid team and every role                 accounts
3. divisions, grid cells, venues with doors and classes                 places
4. households, people and what they belong to                           people
5. the shipped rulebooks, as founding versions, and the demo's order    measures
6. the tracing teams and their roster                                   tracing
7. four weeks of arrivals that invented people declared                         seed_arrivals
8. their tests, itineraries and some contacts, everybody's code                 seed_evidence
8. the village posts of one township, their shifts and checklists       seed_posts
9. priority places, and what was done there last                        seed_hygiene
10. some people who are elsewhere, and the doses of some                seed_returnees, seed_vaccination
11. three forms of its own that the county fills in                     seed_sheets
12. its laboratory with the machines it has, and two it may ask         seed_laboratory
13. its testing team of forty, and the reserves of three hospitals      seed_round_staff
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.db import transaction

from fangxian.core.divisions import Divisions, read_divisions
from fangxian.core.drill.county.build import build_county as make_county
from fangxian.core.drill.county.columns import SyntheticCounty
from fangxian.core.drill.county.demo import Demo, read_demo
from fangxian.core.drill.county.plan import read_county_plan
from fangxian.core.drill.county.schematic import SchematicMap, draw_schematic, read_map_plan
from fangxian.core.drill.county.toml_file import read_toml
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.measures.actions import found_rulebooks, issue_order
from fangxian.ops.measures.wire import OrderDraft
from fangxian.ops.places.actions import lay_divisions
from fangxian.ops.places.queries import edition_in_use
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.statistics import look_over

from .load_county import load_people, load_places
from .seed_arrivals import seed_arrivals
from .seed_evidence import seed_evidence
from .seed_hygiene import seed_hygiene
from .seed_laboratory import seed_laboratory
from .seed_posts import seed_posts
from .seed_returnees import seed_returnees
from .seed_round_staff import seed_round_staff
from .seed_sheets import seed_sheets
from .seed_vaccination import seed_vaccination
from .staff_county import appoint_staff, found_units
from .staff_tracing import found_tracing

Step = Callable[[Said, int, int], None]
MAKING = Said("生成虚构居民", "Making synthetic residents")


@dataclass(frozen=True, slots=True)
class CountyData:
    """A county's data folder, read and checked, and the people made from it."""

    divisions: Divisions
    county: SyntheticCounty
    town_codes: frozenset[str]
    map: SchematicMap
    demo: Demo
    told: dict
    rulebooks: list[bytes]


def build_county(*, folder: Path, seed: int, scale: float, by: str, step: Step) -> dict[str, object]:
    """Build the county in `folder` into this realm; how many of what, for the person who asked.

    Refuses
    -------
    county.already_built, county.live_realm, and whatever its data files are refused for
    """
    _refuse_where_it_must_not()
    data = read_county(folder, seed=seed, scale=scale, step=step)
    at = county_now()
    with transaction.atomic():
        lay_divisions(
            divisions=data.divisions,
            town_codes=data.town_codes,
            shapes=data.map.shapes,
            labels=data.map.labels,
            by=by,
        )
        units = found_units(county=data.county, divisions=data.divisions, told=data.told, by=by)
        places = load_places(county=data.county, map_=data.map, hosts=units.hosts, at=at, by=by, step=step)
        accounts = appoint_staff(county=data.county, units=units, places=places, told=data.told, at=at, by=by)
        load_people(county=data.county, places=places, accounts=accounts, at=at, by=by, step=step)
        found_tracing(county=data.county, accounts=accounts, told=data.told, at=at, by=by)
        found_rulebooks(texts=data.rulebooks, by=by)
        _issue_demo_order(data, by)
        seed_arrivals(at=at, by=by, step=step)
        seed_evidence(at=at, by=by, step=step)
        seed_posts(at=at, by=by)
        seed_hygiene(at=at, by=by)
        seed_returnees(at=at, by=by)
        seed_vaccination(at=at, by=by)
        seed_sheets(by=by)
        seed_laboratory(by=by)
        seed_round_staff(at=at, by=by)
    look_over()
    return {
        **data.divisions.as_read,
        "name": data.county.name,
        "n_persons": len(data.county.persons),
        "n_households": len(data.county.households),
        "n_grids": len(data.county.grids),
        "n_venues": len(data.county.venues),
    }


def read_county(folder: Path, *, seed: int, scale: float, step: Step) -> CountyData:
    """Read and check a county's folder, and make its people from the seed."""
    county_file = _file(folder, "county.toml")
    told = read_toml(county_file, "county.toml")
    demo = read_demo(county_file)
    edition = told["county"]["edition"]
    divisions = read_divisions(_file(folder, f"divisions/{edition}.csv"), edition=edition)
    plan = read_county_plan(county=county_file, names=_file(folder, "names.toml"), divisions=divisions)
    county = make_county(
        plan,
        rng=np.random.default_rng(seed),
        scale=scale,
        progress=lambda _, done, total: step(MAKING, done, total),
    )
    return CountyData(
        divisions=divisions,
        county=county,
        town_codes=frozenset((*plan.town_unit_codes, *plan.urban_village_codes)),
        map=draw_schematic(
            read_map_plan(county_file, divisions),
            _file(folder, "outline.geojson"),
            county.grids.area_path.tolist(),
        ),
        demo=demo,
        told=told,
        rulebooks=[path.read_bytes() for path in sorted((folder / "rulebooks").glob("*.toml"))],
    )


def _file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise Refusal(
            "county.file_missing",
            zh="读不到县数据文件 {name}（{reason}）。{folder} 里应有它；请补上，或改正 county.toml 里的 edition。",
            en="The county's file {name} cannot be read ({reason}). {folder} should hold it: add it, or correct the "
            "edition in county.toml.",
            name=name,
            folder=folder,
            reason=error.strerror,
        ) from error


def _refuse_where_it_must_not() -> None:
    if not the_realm().is_synthetic:
        raise Refusal(
            "county.live_realm",
            zh="这是真实运行的数据域，不能放入虚构居民。虚构的县只能建在演示或演练数据域里；请换一个数据文件夹。",
            en="This realm is live, and invented residents have no place in it. A synthetic county is built in a "
            "demo or "
            "drill realm: choose another data folder.",
        )
    if edition_in_use():
        raise Refusal(
            "county.already_built",
            zh="{path} 里已经建有一个县，没有改动。要重建，请用 FANGXIAN_DATA 指到一个空文件夹；要使用它，请运行 "
            "fangxian run。",
            en="A county is built in {path} already; nothing was changed. To build anew, point FANGXIAN_DATA at "
            "an empty "
            "folder; to use it, run fangxian run.",
            path=the_realm().path,
        )


def _issue_demo_order(data: CountyData, by: str) -> None:
    order = data.demo.order
    if order and county_now() < data.demo.starts_at + order.lasts:
        issue_order(
            draft=OrderDraft(
                number=order.number,
                disease=order.disease,
                measure=order.measure,
                area_path=data.county.county_code,
                issuer=order.issuer,
                basis=order.basis,
                begins_at=data.demo.starts_at,
                ends_at=data.demo.starts_at + order.lasts,
                is_demonstration=True,
            ),
            by=by,
        )
