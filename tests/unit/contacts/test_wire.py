"""What crosses the room's boundary: evidence there and back, who is feverish, whose a contact is."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from fangxian.core.policy.occupations import OCCUPATIONS, occupation_named
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.contacts.actions.proposing import belonging
from fangxian.ops.contacts.wire import Noted, OneDay, Why, read_why, why_text


def test_evidence_comes_back_as_it_was_the_longest_first():
    short = Why(kind="scan", place_name="便民店", minutes=5, presence=Presence.NONE)
    long = Why(
        kind="household",
        place=uuid4(),
        begins_at=datetime(2022, 4, 18, 9, tzinfo=UTC),
        minutes=600,
        presence=Presence.STAFFED,
        words="同住",
    )
    assert read_why(why_text([short, long])) == (long, short)


def test_no_evidence_is_no_text():
    assert (why_text([]), read_why("")) == ("", ())


@pytest.mark.parametrize(
    ("temperature", "symptoms", "is_symptomatic"),
    [("37.2", (), False), ("37.3", (), True), (None, ("cough",), True), (None, (), False)],
)
def test_fever_or_any_symptom_is_symptomatic(temperature, symptoms, is_symptomatic):
    how = OneDay(found="seen", temperature_c=temperature and Decimal(temperature), symptoms=symptoms)
    assert how.is_symptomatic is is_symptomatic


@pytest.mark.parametrize(
    ("destination", "belongs"),
    [
        ("141027", "here"),
        ("141024", "district"),
        ("1410", "district"),
        ("140100", "city"),
        ("14", "city"),
        ("11", "province"),
    ],
)
def test_whose_a_contact_is_follows_from_where_they_live(destination, belongs):
    assert belonging(destination, area_path="141027100001") == belongs


def test_what_is_not_noted_is_not_given():
    assert Noted(phone="", is_core=False).given() == {"phone": "", "is_core": False}


@pytest.mark.parametrize(
    ("written", "key"), [("学生", "pupil"), ("医务人员", "medical"), ("farmer", "farmer"), (" 教师 ", "teacher")]
)
def test_an_occupation_is_known_in_either_language(written, key):
    assert occupation_named(written) == key


def test_an_occupation_off_the_list_is_none():
    assert occupation_named("网红") is None


def test_medical_staff_teachers_and_pupils_need_a_unit():
    assert {key for key, it in OCCUPATIONS.items() if it.needs_unit} == {"pupil", "teacher", "medical"}
