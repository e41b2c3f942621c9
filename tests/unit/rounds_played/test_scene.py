"""Who is to be sampled and where, from an export of the county."""

import itertools
import json

import pytest

from fangxian.core.drill.rounds.scene import county_drill, grouped, read_register, school_round
from fangxian.core.refusal import Refusal

SCHOOL, SHOP = ["141027100001001", "第一小学"], ["141027100001001", "粮店"]


def person(nth: int) -> dict:
    return {"name": f"甲{nth}", "document": ["identity_card", f"999{nth:015}"], "phone": ""}


def tie(nth: int, venue, role, of_class=None) -> dict:
    number = f"999{nth:015}"
    return {"line": "attachment", "document_number": number, "venue": venue, "role": role, "school_class": of_class}


LINES = [
    {"line": "export", "format": 3, "county_code": "141027"},
    {"line": "division", "area_path": "141027100", "name_zh": "天坛镇"},
    {"line": "division", "area_path": "141027100001", "name_zh": "东关"},
    {"line": "division", "area_path": "141027100002", "name_zh": "西关"},
    {"line": "venue", "area_path": SCHOOL[0], "name": SCHOOL[1], "trade": "school"},
    {"line": "venue", "area_path": SHOP[0], "name": SHOP[1], "trade": "grocery"},
    {"line": "school_class", "venue": SCHOOL, "stage": "primary", "grade": 1, "number": 2, "name": "一年级(2)班"},
    {"line": "household", "area_path": "141027100001001", "members": [person(1), person(2), person(3)]},
    {"line": "household", "area_path": "141027100002001", "members": [person(4), person(5)]},
    tie(1, SCHOOL, "pupil", ["primary", 1, 2]),
    tie(2, SCHOOL, "teacher"),
    tie(3, SCHOOL, "school_support"),
    tie(4, SHOP, "staff"),
]


@pytest.fixture
def register():
    return read_register(json.dumps(it).encode() for it in LINES)


def test_a_school_has_its_pupils_by_class_its_teachers_and_its_key_persons_alone(register):
    [stand] = school_round(register).stands
    assert [(it.name, it.group, it.alone) for it in stand.people] == [
        ("甲3", "教职工", True), ("甲2", "教职工", False), ("甲1", "一年级(2)班", False),
    ]  # fmt: skip


def test_the_county_s_people_are_sent_to_the_site_that_serves_their_home(register):
    found = county_drill(register)
    assert [(it.serves, len(it.people)) for it in found.stands] == [(("141027100001",), 3), (("141027100002",), 2)]
    assert found.areas == ("141027",)


def test_a_part_of_the_county_is_a_round_of_its_villages_only(register):
    found = county_drill(register, scale=0.4)
    assert (found.areas, found.n_people) == (("141027100002",), 2)


def test_a_county_without_people_is_refused():
    with pytest.raises(Refusal, match=r"scenario.nobody"):
        county_drill(read_register([]))


@pytest.mark.parametrize("n_groups", [1, 2, 3, 4, 6])
def test_neighbours_are_grouped_as_evenly_as_any_grouping_is(n_groups):
    units = [("a", 5), ("b", 1), ("c", 7), ("d", 3), ("e", 4), ("f", 2)]
    found = grouped(units, n_groups)
    people = dict(units)
    assert [it for group in found for it in group] == [name for name, _ in units]
    assert len(found) == n_groups
    assert max(sum(people[it] for it in group) for group in found) == best(units, n_groups)


def best(units, n_groups) -> int:
    """The smallest largest group: every way to cut the row is tried."""
    loads = []
    for cuts in itertools.combinations(range(1, len(units)), n_groups - 1):
        edges = [0, *cuts, len(units)]
        loads.append(max(sum(n for _, n in units[a:b]) for a, b in itertools.pairwise(edges)))
    return min(loads)
