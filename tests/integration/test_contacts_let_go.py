"""Contacts let go: rejected after all, released early, their case excluded; codes, gates, tasks and days follow."""

import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Colour, Presence
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases.queries import case_with
from fangxian.ops.contacts.actions import open_follow_ups
from fangxian.ops.contacts.models import ContactFile, StateChange
from fangxian.ops.contacts.queries import contact_with, follow_ups_of
from fangxian.ops.contacts.wire import Why, why_text
from fangxian.ops.pages.contacts.words import put_back_through
from fangxian.ops.people.models import Attachment
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, reject_contacts
from fangxian.ops.procedures.manage_contacts import place_contacts
from fangxian.ops.procedures.positive_result import Found
from fangxian.ops.procedures.propose_contacts import search_under_way
from fangxian.ops.procedures.release_early import release_early
from fangxian.ops.procedures.settle_case import confirm_case, exclude_case
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.queries import about

from .case_hand import COUNTY, build_with_diseases, officer, proposed, report, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import person, shown, sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OFFERED = 'value="released-early"'  # the button
WHY = "监控显示当日未到场"


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


@pytest.fixture
def case(county, posts):
    return report(county.head, posts.laboratory).case


@pytest.fixture
def wife(county, case, posts):
    """The wife of the case, confirmed as a close contact and red."""
    row = proposed(case)[0][county.persons[1].pk]
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason="同住", by=posts.investigator)
    assert seen_by_a_gate(county.persons[1])[0] is Colour.RED
    return row


@pytest.fixture
def in_a_hotel(wife, posts):
    """She is in quarantine in a hotel, and is to be asked today how she is."""
    place_contacts(contacts=[wife.pk], mode="central", site="迎宾酒店", by=posts.investigator)
    open_follow_ups(at=contact_with(wife.pk).state_since, by="program:test")
    return wife


@pytest.fixture
def pupil(county, case, wife, posts):
    """A pupil in whose class the wife teaches: a contact of hers, confirmed."""
    pupil = person(county.far, 1, "赵小", county.persons[2].born_on, relation="child")
    own = Attachment.objects.get(person=county.persons[2])
    for one, role in ((county.persons[1], "teacher"), (pupil, "pupil")):
        Attachment.objects.create(
            person=one, venue=own.venue, school_class=own.school_class, role=role, area_path=own.area_path,
            begins_on=own.begins_on,
        )  # fmt: skip
    row = proposed(case)[0][pupil.pk]
    confirm_contacts(contacts=[row.pk], ring="secondary-contact", reason="同班", by=posts.investigator)
    assert seen_by_a_gate(pupil)[0] is not Colour.GREEN
    return row


def refused(do, **told):
    with pytest.raises(Refusal) as refusal:
        do(**told)
    return refusal.value.code


def open_kinds(row):
    return sorted(task.kind for task in about(f"contact:{row.pk}") if task.state == "open")


# ── early release ─────────────────────────────────────────────────────────────


def test_released_early_the_code_goes_back_and_the_gate_lets_them_in(county, wife, posts):
    release_early(contacts=[wife.pk], reason=WHY, by=posts.lead)
    assert (contact_with(wife.pk).state, seen_by_a_gate(county.persons[1])[0]) == ("released", Colour.GREEN)


def test_the_reason_is_kept_with_the_change_and_a_line_in_the_audit_trail(wife, posts):
    release_early(contacts=[wife.pk], reason=WHY, by=posts.lead)
    assert StateChange.objects.filter(whose=wife.pk).first().reason == WHY
    assert AuditLine.objects.filter(action="contacts.released").exists()


def test_what_was_to_be_done_is_cancelled(wife, posts):
    release_early(contacts=[wife.pk], reason=WHY, by=posts.lead)
    assert open_kinds(wife) == []


def test_whoever_is_in_a_hotel_is_taken_home(in_a_hotel, posts):
    release_early(contacts=[in_a_hotel.pk], reason=WHY, by=posts.lead)
    assert open_kinds(in_a_hotel) == ["contacts.return"]
    task = next(task for task in about(f"contact:{in_a_hotel.pk}") if task.kind == "contacts.return")
    assert (task.role, "迎宾酒店" in task.title_zh, WHY in task.title_zh) == ("transporter", True, True)


def test_nobody_is_asked_any_more_how_they_are_and_nobody_missed_it(in_a_hotel, posts):
    assert follow_ups_of(in_a_hotel.pk).count() == 1
    release_early(contacts=[in_a_hotel.pk], reason=WHY, by=posts.lead)
    assert follow_ups_of(in_a_hotel.pk).count() == 0
    open_follow_ups(at=contact_with(in_a_hotel.pk).state_since + DAY, by="program:test")
    assert follow_ups_of(in_a_hotel.pk).count() == 0


def test_released_early_twice_changes_nothing(wife, posts):
    release_early(contacts=[wife.pk], reason=WHY, by=posts.lead)
    assert release_early(contacts=[wife.pk], reason=WHY, by=posts.lead).n_contacts == 0


def test_an_early_release_says_why(wife, posts):
    assert refused(release_early, contacts=[wife.pk], reason=" ", by=posts.lead) == "contacts.no_reason"


def test_an_investigator_alone_releases_nobody_early(wife, posts):
    assert refused(release_early, contacts=[wife.pk], reason=WHY, by=posts.investigator) == "accounts.not_yours"


def test_nobody_releases_early_whom_they_live_with(county, wife, posts):
    county.head.account = posts.lead
    county.head.save(update_fields=["account"])
    assert refused(release_early, contacts=[wife.pk], reason=WHY, by=posts.lead) == "approvals.own_matter"


def test_a_proposal_is_not_released_but_rejected(county, case, posts):
    row = proposed(case)[0][county.persons[1].pk]
    assert refused(release_early, contacts=[row.pk], reason=WHY, by=posts.lead) == "contacts.not_now"


def test_the_lead_releases_early_by_the_page(client, county, wife):
    sign_in(client, county, "tracing_lead")
    address = reverse("contact", args=[wife.pk])
    assert OFFERED in shown(client.get(address))
    assert client.post(address, {"do": "released-early", "reason": WHY}).status_code == 302
    assert seen_by_a_gate(county.persons[1])[0] is Colour.GREEN


def test_the_page_offers_it_to_no_investigator(client, county, wife):
    sign_in(client, county, "investigator")
    assert OFFERED not in shown(client.get(reverse("contact", args=[wife.pk])))


# ── rejected, and the case excluded ───────────────────────────────────────────


def test_whoever_is_rejected_in_a_hotel_is_taken_home(in_a_hotel, posts):
    reject_contacts(contacts=[in_a_hotel.pk], reason=WHY, by=posts.investigator)
    assert open_kinds(in_a_hotel) == ["contacts.return"]


def test_whoever_was_released_before_is_rejected_with_the_case(county, wife, case, posts):
    release_early(contacts=[wife.pk], reason=WHY, by=posts.lead)
    exclude_case(case=case, reason="标本污染", by=posts.investigator)
    assert contact_with(wife.pk).state == "rejected"


def test_the_second_laboratorys_negative_takes_them_home_and_the_gate_knows(county, in_a_hotel, posts):
    report(county.head, posts.second, Found.NEGATIVE, hours_ago=1)
    assert open_kinds(in_a_hotel) == ["contacts.return"]
    assert seen_by_a_gate(county.persons[1])[0] is Colour.GREEN


def test_whoever_is_a_contact_through_somebody_rejected_is_free_and_to_be_decided_on(county, case, wife, pupil, posts):
    reject_contacts(contacts=[wife.pk], reason=WHY, by=posts.investigator)
    assert (contact_with(pupil.pk).state, seen_by_a_gate(pupil.person)[0]) == ("proposed", Colour.GREEN)
    assert search_under_way(case) is not None


def test_nobody_is_confirmed_through_somebody_who_is_no_contact(wife, pupil, posts):
    reject_contacts(contacts=[wife.pk], reason=WHY, by=posts.investigator)
    told = {"contacts": [pupil.pk], "ring": "secondary-contact", "reason": "同班", "by": posts.investigator}
    assert refused(confirm_contacts, **told) == "tracing.via_no_contact"


def test_when_the_case_is_excluded_the_contacts_of_contacts_are_rejected_too(case, wife, pupil, posts):
    exclude_case(case=case, reason="标本污染", by=posts.investigator)
    assert contact_with(pupil.pk).state == "rejected"


# ── contacts of contacts, only until the quarantine ───────────────────────────


def joins_class_of_wife(county, begins_on):
    own = Attachment.objects.get(person=county.persons[2])
    late = person(county.far, 2, "赵迟", county.persons[2].born_on, relation="child")
    rows = ((county.persons[1], "teacher", own.begins_on), (late, "pupil", begins_on))
    for one, role, since in rows:
        Attachment.objects.create(
            person=one, venue=own.venue, school_class=own.school_class, role=role, area_path=own.area_path,
            begins_on=since,
        )  # fmt: skip
    return late


def test_whoever_joined_before_her_quarantine_is_a_contact_of_hers(county, case, wife):
    late = joins_class_of_wife(county, localtime(county.at).date() - DAY)
    assert late.pk in proposed(case)[0]


def test_whoever_joined_after_her_quarantine_began_is_none(county, case, wife, posts):
    late = joins_class_of_wife(county, localtime(county.at).date())
    place_contacts(
        contacts=[wife.pk], mode="central", site="迎宾酒店", by=posts.investigator,
        checked_in_on=localtime(county.at).date() - DAY,
    )  # fmt: skip
    assert late.pk not in proposed(case)[0]


def test_to_be_released_does_not_make_her_quarantine_begin_later(county, case, wife, posts):
    late = joins_class_of_wife(county, localtime(county.at).date())
    place_contacts(
        contacts=[wife.pk], mode="central", site="迎宾酒店", by=posts.investigator,
        checked_in_on=localtime(county.at).date() - DAY,
    )  # fmt: skip
    release_early(contacts=[wife.pk], reason=WHY, by=posts.lead)
    assert late.pk not in proposed(case)[0]


# ── the contact between is no close one, or the contact is a case ─────────────


def confirmed_as_there_too(row, posts):
    scanned = why_text([Why(kind="scan", begins_at=county_now(), presence=Presence.STAFFED)])
    ContactFile.objects.filter(pk=row.pk).update(why=scanned)
    return confirm_contacts(contacts=[row.pk], ring="co-present", reason="只是同在一处", by=posts.investigator)


def test_a_decision_tells_how_many_who_were_contacts_through_whom_it_was_about_are_put_back(case, wife, pupil, posts):
    assert confirmed_as_there_too(wife, posts).n_through == 1
    assert put_back_through("1").zh.startswith("经由他们的 1 名次密接")


def test_whoever_is_a_contact_through_somebody_who_was_only_there_too_is_to_be_decided_on(case, wife, pupil, posts):
    confirmed_as_there_too(wife, posts)
    assert (contact_with(pupil.pk).state, seen_by_a_gate(pupil.person)[0]) == ("proposed", Colour.GREEN)
    assert "不再是密接" in StateChange.objects.filter(whose=pupil.pk).order_by("-id").first().reason
    assert search_under_way(case) is not None


def test_nobody_is_confirmed_through_somebody_who_was_only_there_too(wife, pupil, posts):
    confirmed_as_there_too(wife, posts)
    told = {"contacts": [pupil.pk], "ring": "secondary-contact", "reason": "同班", "by": posts.investigator}
    assert refused(confirm_contacts, **told) == "tracing.via_no_contact"


@pytest.fixture
def ill_wife(county, case, posts):
    """The wife of the case, confirmed as a case herself while she was only proposed as a contact."""
    row = proposed(case)[0][county.persons[1].pk]
    own = report(county.persons[1], posts.laboratory, hours_ago=2).case
    report(county.persons[1], posts.second, hours_ago=1)
    confirm_case(case=own, reason="两次阳性", by=posts.investigator)
    row.own = case_with(own)
    return row


def test_nobody_takes_a_case_to_quarantine_who_is_confirmed_as_a_contact_late(ill_wife, posts):
    confirm_contacts(contacts=[ill_wife.pk], ring="close-contact", reason="同住", by=posts.investigator)
    assert (contact_with(ill_wife.pk).state, open_kinds(ill_wife)) == ("became_case", [])


def test_where_that_case_is_excluded_she_is_a_contact_again(county, ill_wife, posts):
    confirm_contacts(contacts=[ill_wife.pk], ring="close-contact", reason="同住", by=posts.investigator)
    exclude_case(case=ill_wife.own.pk, reason="标本污染", by=posts.investigator)
    assert (contact_with(ill_wife.pk).state, seen_by_a_gate(county.persons[1])[0]) == ("confirmed", Colour.RED)


def test_the_list_and_the_page_say_that_she_is_a_case_by_now(client, county, ill_wife):
    sign_in(client, county, "investigator")
    page = shown(client.get(reverse("contact", args=[ill_wife.pk])))
    said = f"本人已是病例{ill_wife.own.number}"
    assert said in page
    assert reverse("case", args=[ill_wife.own.pk]) in page
    assert said in shown(client.get(reverse("contacts"), {"case": ill_wife.case_id}))
