"""The whole county has the article's figures, and holds together."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from hashlib import sha256

import numpy as np
import pytest

from fangxian.core.drill.county.build import build_county
from fangxian.core.drill.county.census import census_report
from fangxian.core.drill.county.columns import GRID_KINDS, JOB_ROLES, SCHOOL_STAGES, TEAM_KINDS, Doors
from fangxian.core.drill.county.export import canonical_export
from fangxian.core.drill.county.naming import phone_numbers
from fangxian.core.identity import check_identity_number
from fangxian.core.refusal import Refusal


def counted(words, column) -> dict[str, int]:
    return {words[i]: n for i, n in Counter(column.tolist()).items()}


def test_residents_and_households_are_as_many_as_counted(county):
    assert len(county.persons) == 98_833
    assert len(county.households) == 43_926


def test_grids_are_136_and_36_and_12(county):
    assert counted(GRID_KINDS, county.grids.kind) == {"rural": 136, "community": 36, "dedicated": 12}


def test_the_team_is_136_and_36_and_27_and_22(county):
    expected = {"grid_worker": 136, "community_worker": 36, "lead": 27, "assistant": 22}
    assert counted(TEAM_KINDS, county.team.kind) == expected


def test_every_rural_and_community_cell_has_one_worker_who_lives_there_and_no_dedicated_cell_has_any(county):
    workers = county.team.grid >= 0
    cells = np.flatnonzero(county.grids.kind != GRID_KINDS.index("dedicated"))
    assert sorted(county.team.grid[workers].tolist()) == cells.tolist()
    homes = county.persons.area_path[county.team.person[workers]]
    assert (homes == county.team.area_path[workers]).all()


def test_every_township_has_a_lead_and_an_assistant(county):
    for kind in ("lead", "assistant"):
        paths = county.team.area_path[county.team.kind == TEAM_KINDS.index(kind)]
        assert len(set(paths.tolist())) == 7


def test_a_dedicated_cell_is_named_by_a_venue_that_stands_in_it(county):
    rows = np.flatnonzero(county.grids.host_venue >= 0)
    assert len(rows) == 12
    for row in rows.tolist():
        venue = int(county.grids.host_venue[row])
        assert county.venues.name[venue] == county.grids.host_unit[row]
        assert county.venues.area_path[venue] == county.grids.area_path[row]


def test_venues_are_4606_of_the_trades_as_told(plan, county):
    assert len(county.venues) == 4606
    assert Counter(county.venues.trade) == {t.id: t.n for t in plan.trades}


def test_schools_are_17_and_10_with_11890_pupils_1405_teachers_and_251_others(county):
    trades = Counter(county.venues.trade[v] for v in county.schools.venue.tolist())
    assert trades == {"school": 17, "kindergarten": 10}
    sums = [int(c.sum()) for c in (county.schools.n_pupils, county.schools.n_teachers, county.schools.n_support)]
    assert sums == [11_890, 1_405, 251]
    assert len(county.pupils) == 11_890


def test_pupils_are_of_the_age_of_their_grade(plan, county):
    first_age = dict(zip(SCHOOL_STAGES, (3, 6, 12, 15), strict=True))
    stage, grade = (c[county.pupils.school_class] for c in (county.classes.stage, county.classes.grade))
    for person, s, g in zip(county.pupils.person.tolist(), stage.tolist(), grade.tolist(), strict=True):
        born = date.fromordinal(int(county.persons.born_on[person]))
        # Whoever is `age` on 31 August 2021 was born in the twelve months up to that day, `age` years before.
        year = 2021 - (first_age[SCHOOL_STAGES[s]] + g - 1)
        assert date(year - 1, 8, 31) < born <= date(year, 8, 31)


def test_no_class_is_empty_or_too_large(plan, county):
    sizes = np.bincount(county.pupils.school_class, minlength=len(county.classes))
    assert sizes.min() >= 1
    assert (sizes <= np.array(plan.class_size_max)[county.classes.stage]).all()


def test_a_class_has_a_teacher_of_its_school(county):
    venue_of = dict(zip(county.jobs.person.tolist(), county.jobs.venue.tolist(), strict=True))
    role_of = dict(zip(county.jobs.person.tolist(), county.jobs.role.tolist(), strict=True))
    for school, teacher in zip(county.classes.school.tolist(), county.classes.class_teacher.tolist(), strict=True):
        assert venue_of[teacher] == county.schools.venue[school]
        assert JOB_ROLES[role_of[teacher]] == "teacher"


def test_hospitals_health_centres_and_couriers_have_their_people(county):
    staff = Counter()
    for trade, n in zip(county.venues.trade, county.venues.n_staff.tolist(), strict=True):
        staff[trade] += n
    assert staff["hospital"] == 380 + 150 + 84 + 66
    assert 7 * 14 <= staff["health_centre"] <= 7 * 28
    assert staff["courier_depot"] >= 8 * 9


def test_each_of_the_twelve_villages_of_dongzhang_has_a_post_with_keepers_from_there(county):
    posts = [
        (row, venue)
        for row, venue in enumerate(county.posts.venue.tolist())
        if str(county.venues.area_path[venue]).startswith("141027201")
    ]
    assert len(posts) == 12
    for row, venue in posts:
        keepers = county.keepers.person[county.keepers.post == row]
        assert len(keepers) == 8
        assert set((county.persons.area_path[keepers] // 1000).tolist()) == {
            int(county.venues.area_path[venue]) // 1000
        }
        assert county.posts.per_day[row] == 4


def test_names_are_no_keys_of_venues(county):
    twice = {name for name, n in Counter(county.venues.name).items() if n > 1}
    assert twice
    assert all("高村" in name or "南庄" in name for name in twice)


def test_every_number_and_phone_is_unique_and_belongs_to_nobody(county):
    persons = county.persons
    assert len(set(persons.identity_number)) == len(persons)
    phones = [p for p in persons.phone if p]
    assert len(set(phones)) == len(phones)
    assert all(len(p) == 11 and p.startswith("154") for p in phones)
    for number, born_on, sex in list(zip(persons.identity_number, persons.born_on, persons.sex, strict=True))[::97]:
        told = check_identity_number(number, demo=True)
        assert told.synthetic
        assert (told.born_on.toordinal(), told.sex) == (born_on, sex)


def test_phones_are_unique_though_everybody_has_one(plan):
    everybody = replace(plan, phone_owners_per_mille=((0, 120, 1000),))
    phones = phone_numbers(everybody, np.full(20_000, 730_000), np.random.default_rng(2))
    assert len(set(phones)) == 20_000


def test_small_children_have_no_phones_and_some_old_people_have_none(county):
    age = (county.reference_on - county.persons.born_on) // 365.25
    has_phone = np.array([p != "" for p in county.persons.phone])
    assert not has_phone[age < 11].any()
    assert 0.2 < has_phone[age >= 80].mean() < 0.5
    assert has_phone[(age >= 20) & (age < 50)].mean() > 0.95


def test_every_line_of_the_census_that_was_fitted_agrees(plan, county):
    assert [line.id for line in census_report(plan, county) if line.fitted and not line.agrees] == []


def test_a_fiftieth_of_the_county_agrees_with_the_census_to_a_person(plan, small):
    assert [line.id for line in census_report(plan, small) if line.fitted and not line.agrees] == []


def test_households_with_elders_are_nearly_as_common_as_counted_though_not_fitted(plan, county):
    (line,) = (line for line in census_report(plan, county) if not line.fitted)
    assert line.id == "with_elder"
    assert abs(line.built - line.published) < 0.01


def test_a_fiftieth_of_the_county_has_at_least_one_of_every_kind(plan, small):
    assert set(small.venues.trade) == {t.id for t in plan.trades}
    assert set(small.grids.kind.tolist()) == {0, 1, 2}
    assert set(small.team.kind.tolist()) == {0, 1, 2, 3}
    assert set(small.classes.stage.tolist()) == {0, 1, 2, 3}
    assert set(small.jobs.role.tolist()) == set(range(len(JOB_ROLES)))
    assert len({path // 10**6 for path in small.grids.area_path.tolist()}) == 7


def test_nearly_every_seat_of_work_is_taken(plan, county):
    lowest = sum(t.n * t.staff[0] for t in plan.trades)
    assert len(county.jobs) > lowest
    with_staff = {t.id for t in plan.trades if t.staff[0] > 0}
    empty = [
        name
        for name, trade, n in zip(county.venues.name, county.venues.trade, county.venues.n_staff.tolist(), strict=True)
        if trade in with_staff and n == 0
    ]
    assert empty == []


def test_the_export_of_a_seed_is_this_very_one(small, divisions):
    """Changes whenever the county does: then say so in CHANGELOG.md, since seeds name counties."""
    assert sha256(b"".join(canonical_export(small, divisions))).hexdigest()[:16] == "4f0c82bb91bfd1e7"


def test_the_columns_of_a_seed_are_these_very_ones(small):
    """The export has neither the grid team nor the plan of the posts; these have."""
    rows = [list(table.rows()) for table in small.tables().values()]
    assert sha256(json.dumps(rows).encode()).hexdigest()[:16] == "34ff80fceeb48739"


def test_every_grid_cell_is_named_in_english_after_its_unit_or_its_host(small):
    assert not any("\u4e00" <= letter <= "\u9fff" for name in small.grids.name_en for letter in name)
    named = dict(zip(small.grids.name, small.grids.name_en, strict=True))
    assert named["东街第1网格"] == "Dongjie grid 1"
    assert named["浮山县人民医院专属网格"] == "Fushan County People's Hospital grid"


def test_the_export_has_a_head_and_a_line_for_every_row(small, divisions):
    lines = [json.loads(line) for line in b"".join(canonical_export(small, divisions)).splitlines()]
    assert lines[0] == {"line": "export", "format": 3, "county_code": "141027"}
    assert Counter(line["line"] for line in lines[1:]) == {
        "division": len(divisions.rows),
        "grid_cell": len(small.grids),
        "venue": len(small.venues),
        "school_class": len(small.classes),
        "household": len(small.households),
        "attachment": len(small.pupils) + len(small.jobs) + len(small.keepers),
    }
    assert sum(len(line["members"]) for line in lines if line["line"] == "household") == len(small.persons)
    assert sum(len(line["doors"]) for line in lines if line["line"] == "venue") == len(small.doors)


def test_households_are_numbered_from_one_in_each_cell(small):
    numbers = small.households.numbers_in_cell()
    for cell, n_households in enumerate(small.grids.n_households.tolist()):
        in_cell = [number for number, grid in zip(numbers, small.households.grid.tolist(), strict=True) if grid == cell]
        assert in_cell == list(range(1, n_households + 1))


def test_stages_are_told_in_order_up_to_the_last(plan):
    told = []
    build_county(plan, rng=np.random.default_rng(1), scale=0.01, progress=lambda *step: told.append(step))
    done = [n for _, n, _ in told]
    assert done == sorted(done)
    assert done[-1] == told[-1][2]


@pytest.mark.parametrize("scale", [0, 0.001, 1.5])
def test_a_scale_out_of_range_is_refused(plan, scale):
    with pytest.raises(Refusal, match=r"county\.scale"):
        build_county(plan, rng=np.random.default_rng(1), scale=scale)


def test_columns_of_different_lengths_make_no_table():
    with pytest.raises(ValueError, match="different lengths"):
        Doors(venue=np.array([1, 2]), number=np.array([1]), name=("正门", "东门"))
