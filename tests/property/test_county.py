"""Whatever the seed and the scale, a synthetic county holds together."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.divisions import read_divisions
from fangxian.core.drill.county.build import build_county
from fangxian.core.drill.county.columns import RELATIONS, SyntheticCounty
from fangxian.core.drill.county.export import canonical_export
from fangxian.core.drill.county.plan import read_county_plan

FOLDER = Path(__file__).resolve().parents[2] / "counties" / "fushan"
DIVISIONS = read_divisions((FOLDER / "divisions" / "2021.csv").read_bytes(), edition="2021")
PLAN = read_county_plan(
    county=(FOLDER / "county.toml").read_bytes(),
    names=(FOLDER / "names.toml").read_bytes(),
    divisions=DIVISIONS,
)
GENERATION = {"grandparent": 2, "parent": 1, "head": 0, "spouse": 0, "child": -1, "grandchild": -2}
a_county = st.tuples(st.integers(0, 2**63), st.sampled_from([0.01, 0.02, 0.037, 0.1]))


def build(made: tuple[int, float]) -> SyntheticCounty:
    seed, scale = made
    return build_county(PLAN, rng=np.random.default_rng(seed), scale=scale)


def rows_of(county: SyntheticCounty) -> dict[str, list[tuple]]:
    return {name: list(table.rows()) for name, table in county.tables().items()}


def exported(county: SyntheticCounty) -> bytes:
    return b"".join(canonical_export(county, DIVISIONS))


few = settings(max_examples=12, deadline=None)


@few
@given(a_county)
def test_every_person_stands_in_exactly_the_household_that_says_so(made):
    county = build(made)
    first, n = county.households.first_person.astype(int), county.households.n_members.astype(int)
    expected = [h for h, (_, size) in enumerate(zip(first, n, strict=True)) for _ in range(size)]
    assert county.persons.household.tolist() == expected
    assert (first == np.cumsum(n) - n).all()
    assert (county.persons.area_path == county.households.area_path[county.persons.household]).all()


@few
@given(a_county)
def test_every_household_lies_in_one_grid_cell_and_every_cell_counts_its_own(made):
    county = build(made)
    paths = county.grids.area_path
    assert (np.diff(paths) > 0).all()
    assert (paths[county.households.grid] == county.households.area_path).all()
    assert np.bincount(county.households.grid, minlength=len(paths)).tolist() == county.grids.n_households.tolist()
    assert (county.grids.n_households[county.grids.host_venue < 0] > 0).all()


@few
@given(a_county)
def test_every_area_lies_in_a_unit_of_the_edition(made):
    county = build(made)
    cells = set(county.grids.area_path.tolist())
    assert {str(path)[:12] for path in cells} <= {unit.code for unit in DIVISIONS.units}
    assert set(county.venues.area_path.tolist()) <= cells


@few
@given(a_county)
def test_one_head_a_household_and_relatives_of_fitting_ages(made):
    county = build(made)
    relation, born = county.persons.relation, county.persons.born_on
    households = np.split(np.arange(len(relation)), county.households.first_person[1:])
    for members in households:
        generations = [GENERATION[RELATIONS[relation[m]]] for m in members]
        assert [RELATIONS[relation[m]] for m in members].count("head") == 1
        for a, of_a in zip(members, generations, strict=True):
            for b, of_b in zip(members, generations, strict=True):
                if of_a == of_b + 1:
                    assert (born[b] - born[a]) / 365.25 >= 14, "a parent is at least fourteen years older"


@few
@given(a_county)
def test_no_minor_lives_without_a_grown_up_and_couples_are_a_man_and_a_woman(made):
    county = build(made)
    eighteen = county.reference_on - 18 * 365.25
    eldest = np.minimum.reduceat(county.persons.born_on, county.households.first_person)
    assert (eldest < eighteen + 1).all()
    spouses = np.flatnonzero(county.persons.relation == RELATIONS.index("spouse"))
    heads = county.households.first_person[county.persons.household[spouses]]
    assert (county.persons.sex[spouses] + county.persons.sex[heads] == 3).all()


@few
@given(a_county)
def test_nobody_does_two_things(made):
    county = build(made)
    tables = (county.team.person, county.jobs.person, county.pupils.person, county.keepers.person)
    busy = np.concatenate(tables)
    assert len(set(busy.tolist())) == len(busy)


@few
@given(a_county)
def test_rows_that_are_named_are_there(made):
    county = build(made)
    n = {name: len(table) for name, table in county.tables().items()}
    named = [
        (county.doors.venue, "venues"),
        (county.jobs.venue, "venues"),
        (county.schools.venue, "venues"),
        (county.posts.venue, "venues"),
        (county.classes.school, "schools"),
        (county.classes.class_teacher, "persons"),
        (county.pupils.school_class, "classes"),
        (county.keepers.post, "posts"),
        (county.team.person, "persons"),
        (county.households.grid, "grids"),
    ]
    for column, table in named:
        assert column.min() >= 0
        assert column.max() < n[table]
    assert np.bincount(county.doors.venue).tolist() == county.venues.n_doors.tolist()
    assert np.bincount(county.jobs.venue, minlength=n["venues"]).tolist() == county.venues.n_staff.tolist()


@few
@given(a_county)
def test_the_same_seed_makes_the_same_county_and_another_seed_another(made):
    seed, scale = made
    one, two, other = build(made), build(made), build((seed + 1, scale))
    assert rows_of(one) == rows_of(two)
    assert exported(one) == exported(two)
    assert exported(one) != exported(other)
    assert rows_of(one)["team"] != rows_of(other)["team"]


def test_a_stage_that_draws_more_leaves_the_stages_before_it_alone():
    """Each stage has its own source of chance: other job ages leave families and venues as they were."""
    from dataclasses import replace

    other = replace(PLAN, job_ages=tuple((low + 2, high) for low, high in PLAN.job_ages))
    one = build_county(PLAN, rng=np.random.default_rng(5), scale=0.02)
    two = build_county(other, rng=np.random.default_rng(5), scale=0.02)
    assert one.persons.identity_number == two.persons.identity_number
    assert one.venues.name == two.venues.name
    assert one.jobs.person.tolist() != two.jobs.person.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_a_smaller_scale_keeps_cells_as_full_as_they_are(seed):
    county = build((seed, 0.1))
    people = np.bincount(county.households.grid, weights=county.households.n_members)
    assert 400 < people[people > 0].mean() < 750
