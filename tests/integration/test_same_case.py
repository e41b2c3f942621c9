"""The same person under two kinds of document, opened as two cases: everything comes together, or nothing moves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases import actions as cases
from fangxian.ops.cases.queries import case_with, links
from fangxian.ops.cases.wire import NewLink
from fangxian.ops.contacts.actions import note_follow_up, propose_contacts
from fangxian.ops.contacts.models import Contact
from fangxian.ops.contacts.queries import contact_with, follow_ups_of
from fangxian.ops.contacts.wire import OneDay, read_why
from fangxian.ops.movement.queries import evidence_resting_on, health_of
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, reject_contacts
from fangxian.ops.procedures.propose_contacts import search_under_way
from fangxian.ops.procedures.same_case import same_case
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.queries import about
from fangxian.ops.tasks.wire import NewTask

from .case_hand import build_with_diseases, staffed
from .case_room_hand import BY, a_case
from .contact_hand import new
from .merge_hand import confirmed, contact_of
from .people_with_codes import seen_by_a_gate
from .two_townships import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY, WORDS = "同一人，两种证件", Said("复核", "test again")


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def posts(county):
    return staffed(county)


@pytest.fixture
def twice(county):
    """One person under an identity card, and under a passport and no register."""
    one = a_case(1, person=county.head.pk)
    return one, a_case(1, document_kind="passport", document_number="E12345678", phone="15400009999")


def merged(twice, posts):
    one, other = twice
    same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    return case_with(one.pk)


def refused(one, other, posts):
    with pytest.raises(Refusal) as refusal:
        same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    return refusal.value.code


# ── what moves ────────────────────────────────────────────────────────────────


def test_contacts_of_the_merged_case_are_those_of_the_other(twice, county, posts):
    row = contact_of(twice[1], county.stranger)
    merged(twice, posts)
    assert contact_with(row.pk).case_id == twice[0].pk


def test_a_confirmed_contact_stays_red_and_falls_with_its_own_decision_only(twice, county, posts):
    row = confirmed(contact_of(twice[1], county.stranger), posts)
    merged(twice, posts)
    assert seen_by_a_gate(county.stranger) == (Colour.RED, "C-04")
    reject_contacts(contacts=[row.pk], reason="认错人", by=posts.investigator)
    assert seen_by_a_gate(county.stranger)[0] is Colour.GREEN


def test_somebody_who_is_a_contact_of_both_is_one_row_with_both_reasons(twice, county, posts):
    mine, other = contact_of(twice[0], county.stranger, days_ago=3), contact_of(twice[1], county.stranger, days_ago=1)
    merged(twice, posts)
    (row,) = Contact.objects.filter(person=county.stranger)
    assert (row.pk, row.minutes, len(read_why(contact_with(row.pk).file.why))) == (mine.pk, 60, 2)
    assert (row.first_exposure_at, row.last_exposure_at) == (mine.first_exposure_at, other.last_exposure_at)


def test_of_two_rows_the_one_decided_on_stays_and_its_days_follow_the_later_exposure(twice, county, posts):
    contact_of(twice[0], county.stranger, days_ago=1)
    decided = confirmed(contact_of(twice[1], county.stranger, days_ago=3), posts)
    merged(twice, posts)
    (row,) = Contact.objects.filter(person=county.stranger)
    assert (row.pk, row.state) == (decided.pk, "confirmed")
    assert row.release_on == decided.release_on + 2 * DAY


def test_the_code_follows_the_later_exposure_of_a_line_made_of_two(twice, county, posts):
    confirmed(contact_of(twice[1], county.stranger, days_ago=3), posts)
    contact_of(twice[0], county.stranger, days_ago=1)
    until = health_of(county.stranger.pk).until_at
    merged(twice, posts)
    assert health_of(county.stranger.pk).until_at == until + 2 * DAY


def test_the_evidence_of_a_row_that_is_gone_rests_on_the_row_that_stays(twice, county, posts):
    rows = [confirmed(contact_of(one, county.stranger), posts) for one in twice]
    merged(twice, posts)
    stays = Contact.objects.get(person=county.stranger)
    assert evidence_resting_on([stays.pk]).count() == len(rows)
    reject_contacts(contacts=[stays.pk], reason="认错人", by=posts.investigator)
    assert seen_by_a_gate(county.stranger)[0] is Colour.GREEN


def test_follow_ups_of_both_are_those_of_the_one_that_stays(twice, county, posts):
    rows = [confirmed(contact_of(one, county.stranger), posts) for one in twice]
    today = county_now().date()
    note_follow_up(contact=rows[0].pk, on=today, how=OneDay(found="seen"), by=BY)
    note_follow_up(contact=rows[1].pk, on=today - DAY, how=OneDay(found="spoken"), by=BY)
    merged(twice, posts)
    stays = Contact.objects.get(person=county.stranger)
    assert [row.found for row in follow_ups_of(stays.pk)] == ["seen", "spoken"]


def test_the_history_of_both_is_kept(twice, county, posts):
    for one in twice:
        confirmed(contact_of(one, county.stranger), posts)
    merged(twice, posts)
    assert Contact.objects.get(person=county.stranger).changes.count() == 2


def test_whoever_is_a_contact_through_a_row_that_is_gone_is_one_through_the_other(twice, county, posts):
    mine, gone = contact_of(twice[0], county.stranger), contact_of(twice[1], county.stranger)
    through = contact_of(twice[1], county.persons[1])
    Contact.objects.filter(pk=through.pk).update(via=gone.pk)
    merged(twice, posts)
    assert contact_with(through.pk).via == mine.pk


def test_links_of_the_merged_case_are_those_of_the_other(twice, posts):
    third = a_case(5)
    link = NewLink(infector=twice[1].pk, infected=third.pk, setting="household", certainty="likely", basis="同住")
    cases.link_cases(links=[link], by=BY)
    merged(twice, posts)
    assert [(it.infector, it.infected) for it in links()] == [(twice[0].pk, third.pk)]


def task(case, kind):
    told = NewTask(
        kind=kind, unique_key=str(case.pk), title=WORDS, area_path=case.area_path, due_at=county_now() + HOUR,
        role="investigator", about=f"case:{case.pk}",
    )  # fmt: skip
    open_tasks(tasks=[told], by=BY)


def test_what_only_the_merged_case_had_to_have_done_is_to_be_done_about_the_other(twice, posts):
    task(twice[0], "laboratory.retest")
    for kind in ("laboratory.retest", "cases.call"):
        task(twice[1], kind)
    merged(twice, posts)
    waiting = {row.kind: row.state for row in about(f"case:{twice[0].pk}")}
    assert waiting == {"laboratory.retest": "open", "cases.call": "open"}
    assert [row.state for row in about(f"case:{twice[1].pk}")] == ["cancelled"]


def test_a_case_is_no_contact_of_itself(twice, county, posts):
    row = contact_of(twice[1], county.head)
    merged(twice, posts)
    assert contact_with(row.pk).state == "rejected"


def test_what_is_not_known_of_the_one_is_taken_from_the_other(county, posts):
    one = a_case(1, person=None, phone="", onset_on=None)
    other = a_case(1, document_kind="passport", document_number="E12345678", person=county.head.pk)
    same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    row = case_with(one.pk)
    assert (row.person_id, row.phone, row.onset_on) == (county.head.pk, other.phone, other.onset_on)


def test_contacts_are_looked_for_anew_and_a_line_is_left(twice, posts):
    merged(twice, posts)
    assert search_under_way(twice[0].pk) is not None
    assert AuditLine.objects.filter(action="cases.merged").count() == 1


# ── what does not agree ───────────────────────────────────────────────────────


def test_two_numbers_of_one_kind_of_document_are_two_people(posts):
    one, other = a_case(1), a_case(3, name="试病人1")
    assert refused(one, other, posts) == "cases.merge_of_two_people"


@pytest.mark.parametrize("changed", [{"sex": "female"}, {"born_on": None}])
def test_another_sex_is_another_person_and_a_birth_nobody_knows_is_not(posts, changed):
    one = a_case(1)
    other = a_case(1, document_kind="passport", document_number="E12345678", phone="", **changed)
    if changed == {"sex": "female"}:
        assert refused(one, other, posts) == "cases.merge_of_two_people"
    else:
        same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
        assert case_with(other.pk).same_as_id == one.pk


def test_the_case_that_is_further_on_is_the_one_that_goes_on(twice, posts):
    cases.confirm(cases=[twice[1].pk], reason="两份标本阳性", by=BY)
    assert refused(*twice, posts) == "cases.merge_the_other_way"


def test_what_is_refused_moves_nothing(twice, county, posts):
    row = contact_of(twice[1], county.stranger)
    cases.confirm(cases=[twice[1].pk], reason="两份标本阳性", by=BY)
    refused(*twice, posts)
    assert contact_with(row.pk).case_id == twice[1].pk


def test_merged_once_it_is_merged_no_second_time(twice, posts):
    merged(twice, posts)
    assert refused(*twice, posts) == "cases.merged_already"


# ── the old address ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["case", "case-interview", "case-timeline", "case-story", "case-exposure"])
def test_the_old_address_leads_to_the_same_page_of_the_other(client, county, twice, posts, name):
    merged(twice, posts)
    sign_in(client, county, "investigator")
    led = client.get(reverse(name, args=[twice[1].pk]))
    assert (led.status_code, led.url.split("?")[0]) == (302, reverse(name, args=[twice[0].pk]))


def test_whoever_may_not_see_the_merged_case_learns_nothing(client, county, twice, posts):
    merged(twice, posts)
    sign_in(client, county, "grid_worker")
    assert client.get(reverse("case", args=[twice[1].pk])).status_code == 403


# ── many ──────────────────────────────────────────────────────────────────────


def test_ten_more_people_on_both_lists_take_few_more_statements(county, posts):
    """Each statement more is a moment more in which nobody else can write."""

    def n_statements(first: int, n_shared: int) -> int:
        one, other = a_case(first), a_case(first, document_kind="passport", document_number=f"E9000{first:03}")
        told = [new(first * 100 + n) for n in range(n_shared)]
        for case in (one, other):
            rows = propose_contacts(case=case.pk, disease=case.disease, contacts=told, by=BY).ids
            confirm_contacts(contacts=rows, ring="close-contact", reason="同餐", by=posts.investigator)
        with CaptureQueriesContext(connection) as asked:
            same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
        assert Contact.objects.filter(case_id=one.pk).count() == n_shared
        return len(asked)

    few, many = n_statements(3, 2), n_statements(5, 12)
    assert many - few <= 20
