"""A county says which of its venues give emergency care, by whatever name it knows them."""

from dataclasses import replace

import pytest

from fangxian.core.policy.checking import check
from fangxian.core.policy.doors import DoorInputs, compile_doors, decide_door
from fangxian.core.policy.emergency import read_emergency_classes
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES, Outcome
from fangxian.core.refusal import Refusal

OWN = b'[rulebooks]\nemergency_classes = ["people-s-hospital", "health-centre"]\n'


@pytest.fixture
def with_own_key(covid_text):
    """The shipped rulebook where the hospital goes by the county's own key, and forgets to say what it is."""
    text = covid_text.replace('"hospital"', '"people-s-hospital"')
    marked = 'en = "people-s-hospital" }\nemergency_care = true\n'
    assert text.count(marked) == 1
    return read_rulebook(text.replace(marked, 'en = "hospital" }\n'))


def test_a_county_that_names_none_has_the_common_ones():
    assert read_emergency_classes(b'[county]\ncode = "141027"\n') == EMERGENCY_CLASSES


def test_a_county_names_its_own():
    assert read_emergency_classes(OWN) == {"people-s-hospital", "health-centre"}


@pytest.mark.parametrize("told", [b"[]", b'"hospital"', b'[""]', b"[1]", b"true", b"["])
def test_a_list_that_protects_nobody_is_refused(told):
    with pytest.raises(Refusal, match=r"county\.emergency_classes_wrong"):
        read_emergency_classes(b"[rulebooks]\nemergency_classes = " + told)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(Refusal, match=r"county\.emergency_classes_wrong"):
        read_emergency_classes(b"\xff\xfe")


def test_a_hospital_under_the_county_s_own_key_is_found_unmarked_and_refuses_nobody(with_own_key):
    classes = read_emergency_classes(OWN)
    found = [finding for finding in check(with_own_key, emergency_classes=classes) if finding.blocks]
    assert "rulebook.emergency_unmarked" in {finding.code for finding in found}
    assert "people-s-hospital" in found[0].said.en
    doors = tuple(
        replace(row, except_venues=(*row.except_venues, "people-s-hospital")) if row.outcome is Outcome.REFUSE else row
        for row in with_own_key.doors
    )
    tables = compile_doors(replace(with_own_key, doors=doors), emergency_classes=classes)
    red = DoorInputs(tables.venue_class("people-s-hospital"), 3, 2, 1_000_000, 392, 3, 1, 1, 10)
    assert decide_door(tables, red).outcome is not Outcome.REFUSE


def test_a_rule_that_turns_the_sick_away_from_the_county_s_hospital_does_not_compile(with_own_key):
    doors = tuple(
        replace(row, venues=(*row.venues, "people-s-hospital")) if row.number == "D-01" else row
        for row in with_own_key.doors
    )
    with pytest.raises(Refusal, match=r"rulebook\.hospital_refuses"):
        compile_doors(replace(with_own_key, doors=doors), emergency_classes=read_emergency_classes(OWN))
