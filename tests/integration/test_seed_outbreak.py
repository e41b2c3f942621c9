"""An invented outbreak in a demo: cases, who infected whom, and their contacts."""

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import cases_of_disease, links
from fangxian.ops.contacts.queries import decided_of
from fangxian.ops.procedures import seed_outbreak as procedure
from fangxian.ops.procedures.seed_outbreak import DISEASE, seed_outbreak
from fangxian.ops.realm.current import county_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(small_county):
    return seed_outbreak(at=county_now(), seed=1, by="program:test")


def test_cases_have_come_as_far_as_their_time_and_all_but_the_first_have_an_infector(seeded):
    rows = list(cases_of_disease(DISEASE))
    assert len(rows) == seeded["n_cases"] > 3
    assert len(links(DISEASE)) == len(rows) - 1
    assert {row.state for row in rows} >= {"closed", "in_treatment"}
    assert all((row.outcome == "recovered") == (row.state == "closed") for row in rows)


def test_contacts_of_what_is_not_over_are_confirmed_by_the_rulebooks_rings_and_none_of_them_is_ill(seeded):
    rows = list(cases_of_disease(DISEASE))
    found = [contact for row in rows for contact in decided_of(row.pk)]
    assert len(found) == seeded["n_contacts"] > 10
    assert {contact.ring for contact in found} == {"susceptible-contact", "immune-contact"}
    assert not {contact.person_id for contact in found} & {row.person_id for row in rows}


def test_a_second_time_it_is_there_already(seeded):
    assert seed_outbreak(at=county_now(), seed=2, by="program:test") == {"n_cases": 0, "n_contacts": 0}


def test_nobody_of_a_live_realm_is_made_ill(small_county, monkeypatch):
    class Live:
        is_synthetic = False

    monkeypatch.setattr(procedure, "the_realm", Live)
    with pytest.raises(Refusal, match=r"cases\.live_people"):
        seed_outbreak(at=county_now(), seed=1, by="program:test")
