"""Measles and norovirus from the laboratory's result to the end of observation: no gate, no colour, nothing missing."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import case_with, clocks_of
from fangxian.ops.contacts.actions import note_follow_up, open_follow_ups
from fangxian.ops.contacts.queries import contact_with, follow_ups_of
from fangxian.ops.contacts.wire import OneDay
from fangxian.ops.movement.queries import evidence_of
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, reject_contacts
from fangxian.ops.procedures.manage_contacts import place_contacts, release_contacts
from fangxian.ops.procedures.positive_result import Came
from fangxian.ops.procedures.release_early import release_early
from fangxian.ops.procedures.settle_case import confirm_case, exclude_case
from fangxian.ops.realm.current import the_realm
from fangxian.ops.tasks.queries import about

from .case_hand import COUNTY, build_with_diseases, officer, proposed, report, scanned, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Of each disease: its specimen, its nearest ring, the days of observation by its rulebook.
MEASLES = SimpleNamespace(key="measles", specimen="serum", ring="susceptible-contact", days=21)
NOROVIRUS = SimpleNamespace(key="norovirus", specimen="stool", ring="co-exposed", days=3)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    def clear():
        for name in ("archive/visits", "journal"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    yield county_of_this_file
    clear()


@pytest.fixture
def posts(county):
    found = staffed(county)
    found.lead = officer(county, "tracing_lead", "县疾控中心", "cdc", COUNTY)
    return found


@pytest.fixture(params=[MEASLES, NOROVIRUS], ids=lambda disease: disease.key)
def disease(request):
    return request.param


@pytest.fixture
def told(county, posts, disease):
    """What the laboratory is told of its positive; the case and a stranger were at the school together."""
    scanned((county.head, county.school, DAY), (county.stranger, county.school, DAY - 5 * MINUTE))
    return report(county.head, posts.laboratory, disease=disease.key, specimen=disease.specimen)


@pytest.fixture
def contact(county, told, posts, disease):
    """The stranger, found by the search and confirmed."""
    row = proposed(told.case)[0][county.stranger.pk]
    confirm_contacts(contacts=[row.pk], ring=disease.ring, reason="同室", by=posts.investigator)
    return contact_with(row.pk)


def everybody_is_green(county):
    return {seen_by_a_gate(person)[0] for person in (county.head, county.stranger)} == {Colour.GREEN}


def test_a_positive_opens_a_case_for_an_investigator_and_holds_nobody(county, told):
    assert (told.came, case_with(told.case).state) == (Came.REPORTED, "reported")
    assert everybody_is_green(county)


def test_the_laws_clocks_run(told):
    assert clocks_of(told.case)


def test_whoever_was_there_is_proposed_in_the_rulebooks_nearest_ring(county, told, disease):
    row = proposed(told.case)[0][county.stranger.pk]
    assert (row.ring, row.state) == (disease.ring, "proposed")


def test_an_investigator_confirms_the_case_by_its_definition_and_no_code_turns(county, told, posts):
    confirm_case(case=told.case, reason="符合病例定义", by=posts.investigator)
    assert case_with(told.case).state == "confirmed"
    assert everybody_is_green(county)


def test_a_confirmed_contact_has_its_days_from_the_last_exposure_and_keeps_a_green_code(county, contact, disease):
    assert contact.watched_until_on == contact.last_exposure_on + disease.days * DAY
    assert contact.mode == "monitoring"
    assert everybody_is_green(county)


def test_the_grid_worker_calls_and_nobody_is_taken_anywhere(contact):
    assert [(task.kind, task.role) for task in about(f"contact:{contact.pk}")] == [("contacts.call", "grid_worker")]


def test_a_contact_is_asked_every_day_how_they_are(county, contact):
    open_follow_ups(at=county.at, by="program:test")
    note_follow_up(
        contact=contact.pk, on=localtime(county.at).date(), how=OneDay(found="spoken", symptoms=["vomiting"]), by="x"
    )
    assert [(row.state, row.is_symptomatic) for row in follow_ups_of(contact.pk)] == [("done", True)]


def test_a_contact_who_falls_ill_is_a_case_and_a_contact_no_more(county, contact, posts, disease):
    ill = report(county.stranger, posts.laboratory, disease=disease.key, specimen=disease.specimen)
    confirm_case(case=ill.case, reason="符合病例定义", by=posts.investigator)
    assert contact_with(contact.pk).state == "became_case"
    assert everybody_is_green(county)


def test_a_contact_of_a_disease_without_a_ring_of_contacts_of_contacts_leads_to_nobody_else(contact, told):
    assert proposed(told.case)[1].n_secondary == 0


def test_observed_at_liberty_they_may_be_released_early_and_nothing_is_to_be_done(contact, posts):
    place_contacts(contacts=[contact.pk], mode="monitoring", by=posts.investigator)
    release_early(contacts=[contact.pk], reason="两剂接种史", by=posts.lead)
    assert contact_with(contact.pk).state == "released"
    assert about(f"contact:{contact.pk}").filter(state="open").count() == 0


def test_before_their_days_are_over_they_are_not_released_without_a_reason(contact, posts):
    with pytest.raises(Refusal) as refused:
        release_contacts(contacts=[contact.pk], reason="", by=posts.investigator)
    assert refused.value.code == "contacts.too_early"


def test_excluded_the_contacts_are_none_and_what_rested_on_it_is_withdrawn(county, told, contact, posts):
    exclude_case(case=told.case, reason="疫苗相关皮疹", by=posts.investigator)
    assert contact_with(contact.pk).state == "rejected"
    assert not evidence_of(county.stranger.pk).filter(withdrawn_at=None).exists()


def test_rejected_after_all_nothing_is_to_be_done(contact, posts):
    reject_contacts(contacts=[contact.pk], reason="认错人", by=posts.investigator)
    assert about(f"contact:{contact.pk}").filter(state="open").count() == 0


OF_CODES = ("健康码", "红码", "黄码", "绿码", "转码", "门岗")


@pytest.mark.parametrize(
    "name",
    ["case", "case-interview", "case-contact-new", "case-timeline", "case-story", "case-exposure", "transmission",
     "contacts"],
)  # fmt: skip
def test_every_page_of_it_opens_and_speaks_of_no_code(client, county, told, contact, name):
    sign_in(client, county, "investigator")
    at = reverse(name, args=[told.case]) if name.startswith("case") else reverse(name)
    page = client.get(at)
    assert page.status_code == 200
    assert [word for word in OF_CODES if word in shown(page)] == []


def test_the_contacts_page_opens_and_speaks_of_no_code(client, county, contact):
    sign_in(client, county, "investigator")
    page = client.get(reverse("contact", args=[contact.pk]))
    assert page.status_code == 200
    assert [word for word in OF_CODES if word in shown(page)] == []


def test_what_the_laboratory_is_told_speaks_of_no_code(client, county, posts, told):
    sign_in(client, county, "laboratory")
    page = client.get(reverse("result-of-case", args=[told.case]) + f"?came={told.came}")
    assert [word for word in OF_CODES if word in shown(page)] == []
