"""Codes as they are issued, held against what a gate reads of them."""

from copy import deepcopy

import pytest

from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.handles import HandleKey
from fangxian.core.policy.person_qr import open_person_qr
from fangxian.ops.procedures.issue_codes import paper_card, person_qr, person_qrs, qr_minutes
from fangxian.ops.realm.current import county_now, the_realm

from .people_with_codes import build_with_codes, know

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def test_a_persons_qr_opens_at_a_central_gate_while_it_counts(county):
    text, minute = person_qr(county.head.pk), minute_of(county_now())
    day = minute // DAY_MIN & 0xFFFF
    keys = {day: HandleKey(the_realm().keys.day_key(day).secret, purpose="day")}
    assert open_person_qr(text, division=141027, at_min=minute, day_keys=keys) == (county.head.gate_number, 0)


def test_many_qrs_are_each_their_own(county):
    persons = [person.pk for person in county.persons]
    texts = person_qrs(persons)
    assert texts.keys() == set(persons)
    assert len(set(texts.values())) == len(persons)


def test_a_card_says_who_and_not_how(county):
    know(county.head)
    text = paper_card(county.head.pk)
    assert text.startswith("FXC1")


@pytest.mark.parametrize(("rate", "minutes"), [(1, 5), (0.1, 5), (60, 300), (600, 1440)])
def test_a_qr_lasts_five_minutes_of_the_wall(rate, minutes):
    assert qr_minutes(rate) == minutes
