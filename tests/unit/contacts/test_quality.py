"""The quality rules of the line list, one by one: each is broken by exactly what it says."""

from dataclasses import replace
from datetime import date

import pytest

from fangxian.ops.contacts.quality import RULES, Checked, Fault, faults_of, rules_broken

RIGHT = Checked(
    state="in_quarantine",
    ring="close-contact",
    via=None,
    area_path="141027100001001",
    belongs="here",
    destination="",
    is_traced=True,
    mode="central",
    home_reason="",
    site="山水宾馆",
    checked_in_on=date(2022, 4, 12),
    last_exposure_on=date(2022, 4, 10),
    release_on=date(2022, 4, 24),
    release_computed_on=date(2022, 4, 24),
    occupation="farmer",
    has_workplace=False,
)


def test_a_row_that_is_right_breaks_no_rule():
    assert faults_of(RIGHT) == Fault(0)


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        (Fault.NO_TOWNSHIP, {"area_path": "141027"}),
        (Fault.UNTRACED, {"is_traced": False}),
        (Fault.UNTRACED, {"is_traced": None}),
        (Fault.NO_DESTINATION, {"belongs": "province"}),
        (Fault.CENTRAL_NOWHERE, {"site": "", "checked_in_on": None}),
        (Fault.HOME_UNEXPLAINED, {"mode": "home", "checked_in_on": None}),
        (Fault.CHECKED_IN_ELSEWHERE, {"mode": "home", "home_reason": "elderly"}),
        (Fault.CHECKED_IN_ELSEWHERE, {"mode": "awaiting_transfer"}),
        (Fault.NO_VIA, {"ring": "secondary-contact"}),
        (Fault.WRONG_RELEASE, {"release_on": date(2022, 4, 25)}),
        (Fault.WRONG_RELEASE, {"release_on": None}),
        (Fault.WRONG_RELEASE, {"release_on": date(2022, 4, 9), "release_computed_on": None}),
        (Fault.UNKNOWN_OCCUPATION, {"occupation": "种地的"}),
        (Fault.UNKNOWN_OCCUPATION, {"occupation": ""}),
        (Fault.NO_UNIT, {"occupation": "medical"}),
        (Fault.NO_UNIT, {"occupation": "teacher"}),
        (Fault.NO_UNIT, {"occupation": "pupil"}),
    ],
)
def test_a_rule_is_broken_alone_by_what_it_says(fault, changed):
    assert faults_of(replace(RIGHT, **changed)) == fault


@pytest.mark.parametrize(
    "changed",
    [
        {"site": ""},  # checked in somewhere
        {"checked_in_on": None},  # a site is named
        {"mode": "home", "home_reason": "elderly", "checked_in_on": date(2022, 3, 1)},  # a stay before the exposure
        {"mode": "home", "home_reason": "elderly", "checked_in_on": date(2022, 5, 1)},  # one after the release
        {"belongs": "province", "destination": "11"},
        {"belongs": "city", "is_traced": None},  # theirs to find, not ours
        {"ring": "secondary-contact", "via": "somebody"},
        {"release_on": None, "release_computed_on": None},  # a ring that asks nothing
        {"occupation": "teacher", "has_workplace": True},
    ],
)
def test_what_is_in_order_breaks_no_rule(changed):
    assert faults_of(replace(RIGHT, **changed)) == Fault(0)


@pytest.mark.parametrize("state", ["proposed", "rejected"])
def test_whom_nobody_has_confirmed_is_held_to_nothing(state):
    assert faults_of(replace(RIGHT, state=state, area_path="141027", is_traced=None)) == Fault(0)


def test_each_rule_has_a_bit_and_a_key_of_its_own():
    assert len({rule.fault for rule in RULES}) == len({rule.key for rule in RULES}) == len(Fault) == len(RULES)


def test_stored_bits_name_their_rules():
    bits = int(Fault.NO_TOWNSHIP | Fault.NO_UNIT)
    assert [rule.key for rule in rules_broken(bits)] == ["no-township", "no-unit"]
