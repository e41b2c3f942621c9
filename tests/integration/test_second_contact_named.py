"""Whom a contact names: a contact of a contact by hand, within the time that counts; nearer once there is a case."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.cases.actions.links import link_cases
from fangxian.ops.cases.queries import case_with
from fangxian.ops.cases.wire import NewLink
from fangxian.ops.contacts.actions import propose_contacts as put_forward
from fangxian.ops.contacts.models import ContactFile
from fangxian.ops.contacts.queries import contact_with, of_case
from fangxian.ops.contacts.wire import read_why
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, reject_contacts
from fangxian.ops.procedures.manage_contacts import place_contacts
from fangxian.ops.procedures.propose_contacts import propose_contacts
from fangxian.ops.procedures.settle_case import confirm_case
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import unfinished

from .case_hand import build_with_diseases, report, staffed
from .contact_hand import new
from .people_with_codes import seen_by_a_gate
from .two_townships import shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WITH_DOCUMENT = {"document_kind": "resident"}


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
def case(county, posts):
    return report(county.head, posts.laboratory).case


@pytest.fixture
def investigator(client, county):
    return sign_in(client, county, "investigator")


@pytest.fixture
def wife(county, case, posts):
    """The close contact in between, who lives with the patient."""
    propose_contacts(case=case, by="program:test")
    row = of_case(case).get(person=county.persons[1])
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason="同住", by=posts.investigator)
    return contact_with(row.pk)


def typed(*, ago=timedelta(hours=3), **more):
    met = county_now() - ago
    told = {"name": "赵六", "phone": "15400007777", "ring": "secondary-contact", "minutes": "60", "place": "茶馆"}
    return told | {"last_exposure_at": f"{met:%Y-%m-%dT%H:%M}", "words": "同桌喝茶"} | more


def name(client, via, **more):
    return client.post(reverse("contact-of-contact-new", args=[via.pk]), typed(**more))


def named(case):
    return of_case(case).filter(ring="secondary-contact").first()


def of_resident(person):
    return WITH_DOCUMENT | {"document_number": person.document_number}


def test_whom_a_contact_names_is_a_proposal_through_that_contact(investigator, case, wife):
    answer = name(investigator, wife)
    row = named(case)
    assert answer.headers["Location"] == f"{reverse('contact', args=[row.pk])}?done=named"
    assert (row.state, row.via, row.found_by, row.minutes) == ("proposed", wife.pk, "interview", 60)


def test_confirmed_the_code_follows_the_second_ring_and_the_task_says_so(investigator, county, case, wife, posts):
    name(investigator, wife, **of_resident(county.stranger))
    row = named(case)
    before = seen_by_a_gate(county.stranger)[0]
    confirm_contacts(contacts=[row.pk], ring="secondary-contact", reason="同桌喝茶", by=posts.investigator)
    assert (before, seen_by_a_gate(county.stranger)[0]) == (Colour.GREEN, Colour.RED)
    titles = unfinished().filter(about=f"contact:{row.pk}").values_list("title_zh", flat=True)
    assert any("密接的密接" in title for title in titles)


def test_met_before_the_contact_met_the_case_is_none(investigator, case, wife):
    ago = county_now() - wife.first_exposure_at + timedelta(days=1)
    answer = name(investigator, wife, ago=ago)
    assert (answer.status_code, named(case)) == (400, None)
    assert "首次接触病例" in shown(answer)


def test_met_after_the_contact_was_in_quarantine_is_none(investigator, case, wife, posts):
    place_contacts(
        contacts=[wife.pk], mode="central", site="县宾馆", checked_in_on=county_now().date() - timedelta(days=1),
        home_reason="", reason="", by=posts.investigator,
    )  # fmt: skip
    answer = name(investigator, wife, ago=timedelta(minutes=5))
    assert (answer.status_code, named(case)) == (400, None)
    assert "此后已隔离" in shown(answer)


def test_what_lay_before_the_first_meeting_with_the_case_is_not_counted(investigator, case, wife):
    first = f"{wife.first_exposure_at - timedelta(days=2):%Y-%m-%dT%H:%M}"
    name(investigator, wife, first_exposure_at=first)
    assert named(case).first_exposure_at == wife.first_exposure_at


def test_there_is_no_third_ring(investigator, case, wife):
    name(investigator, wife)
    answer = name(investigator, named(case), name="钱七", phone="15400006666")
    assert answer.status_code == 400
    assert "名下不登记次密接" in shown(answer)
    assert not of_case(case).filter(via=named(case).pk).exists()


@pytest.mark.parametrize(("whose", "said"), [(0, "病人不是自己的接触者"), (1, "本人不是自己的接触者")])
def test_neither_the_patient_nor_the_contact_is_a_contact_of_the_contact(investigator, county, case, wife, whose, said):
    answer = name(investigator, wife, **of_resident(county.persons[whose]))
    assert (said in shown(answer), named(case)) == (True, None)


def test_a_close_contact_of_the_case_is_not_moved_outwards(investigator, county, case, wife):
    child = of_case(case).get(person=county.persons[2])
    answer = name(investigator, wife, **of_resident(county.persons[2]))
    assert reverse("contact", args=[child.pk]) in shown(answer)
    assert of_case(case).get(pk=child.pk).ring == "close-contact"


def test_whoever_was_only_there_too_is_one_through_the_contact_and_keeps_the_evidence(investigator, county, case, wife):
    name(investigator, wife, **of_resident(county.stranger))
    row = named(case)
    of_case(case).filter(pk=row.pk).update(ring="co-present", via=None)
    name(investigator, wife, **of_resident(county.stranger), words="又见过一次")
    again = contact_with(row.pk)
    assert (again.ring, again.via) == ("secondary-contact", wife.pk)
    assert {why.words for why in read_why(again.file.why)} == {"同桌喝茶", "又见过一次"}


def test_the_next_search_takes_nothing_from_what_was_told(investigator, county, case, wife):
    """The child is told of as somebody the wife met; the search finds the child in the patient's own household."""
    name(investigator, wife, **of_resident(county.stranger))
    row = named(case)
    propose_contacts(case=case, by="program:test")
    again = contact_with(row.pk)
    assert (again.ring, again.via, again.found_by) == ("secondary-contact", wife.pk, "interview")
    assert [why.words for why in read_why(again.file.why)] == ["同桌喝茶"]


def test_a_rejected_contact_has_no_contacts(investigator, case, wife, posts):
    reject_contacts(contacts=[wife.pk], reason="当天不在家", by=posts.investigator)
    page = shown(investigator.get(reverse("contact", args=[wife.pk])))
    assert reverse("contact-of-contact-new", args=[wife.pk]) not in page
    assert name(investigator, wife).status_code == 400
    assert named(case) is None


def test_when_the_contact_becomes_a_case_theirs_are_proposed_as_its_own_and_the_line_before_stands(
    investigator, county, case, wife, posts
):
    name(investigator, wife)
    before = named(case)
    new_case = report(county.persons[1], posts.laboratory, hours_ago=2).case
    report(county.persons[1], posts.second, hours_ago=1)
    confirm_case(case=new_case, reason="两次阳性", by=posts.investigator)
    [nearer] = of_case(new_case).filter(found_by="interview")
    assert (nearer.state, nearer.ring, nearer.via) == ("proposed", "close-contact", None)
    assert any("次密接" in why.words for why in read_why(contact_with(nearer.pk).file.why))
    assert (named(case).pk, named(case).state) == (before.pk, "proposed")
    page = shown(investigator.get(reverse("contact", args=[before.pk])))
    assert "关联密接已转为病例" in page


def becomes_a_case(person, posts):
    made = report(person, posts.laboratory, hours_ago=2).case
    report(person, posts.second, hours_ago=1)
    confirm_case(case=made, reason="两次阳性", by=posts.investigator)
    return made


@pytest.mark.parametrize("state", ["released", "handed_over"])
def test_whoever_is_followed_no_more_is_proposed_nearer_too(investigator, county, case, wife, posts, state):
    name(investigator, wife)
    of_case(case).filter(pk=named(case).pk).update(state=state)
    assert of_case(becomes_a_case(county.persons[1], posts)).filter(found_by="interview").exists()


def test_theirs_are_proposed_nearer_though_nobody_decided_on_the_contact_between(
    investigator, county, case, wife, posts
):
    name(investigator, of_case(case).get(person=county.persons[2]))
    assert of_case(becomes_a_case(county.persons[2], posts)).filter(found_by="interview").exists()


def test_a_list_that_hardly_says_who_they_are_keeps_no_case_from_being_confirmed(
    investigator, county, case, wife, posts
):
    name(investigator, wife)
    ContactFile.objects.filter(pk=named(case).pk).update(phone="", phone_index=None, address="")
    made = becomes_a_case(county.persons[1], posts)
    assert (case_with(made).state, of_case(made).filter(found_by="interview").exists()) == ("confirmed", False)


def test_what_is_known_of_the_new_cases_own_contact_is_not_put_back(investigator, county, case, wife, posts):
    name(investigator, wife, ago=timedelta(hours=30), **of_resident(county.stranger))
    made = report(county.persons[1], posts.laboratory, hours_ago=2).case
    later = new(person=county.stranger.pk, days_ago=0, found_by="household")
    put_forward(case=made, disease="covid-19", contacts=[later], by="program:test")
    report(county.persons[1], posts.second, hours_ago=1)
    confirm_case(case=made, reason="两次阳性", by=posts.investigator)
    row = contact_with(of_case(made).get(person=county.stranger).pk)
    assert (row.found_by, row.last_exposure_at) == ("household", later.last_exposure_at)
    assert {why.kind for why in read_why(row.file.why)} == {"scan", "interview"}


def test_named_again_of_an_earlier_day_nobody_is_let_go_earlier(investigator, case, wife):
    name(investigator, wife)
    known = named(case).last_exposure_at
    name(investigator, wife, ago=timedelta(hours=40), words="前一天也见过")
    assert named(case).last_exposure_at == known
    assert len(read_why(contact_with(named(case).pk).file.why)) == 2


def test_who_was_only_there_too_has_no_contacts_of_contacts(investigator, county, case, wife):
    child = of_case(case).get(person=county.persons[2])
    of_case(case).filter(pk=child.pk).update(ring="co-present")
    assert name(investigator, child).status_code == 400
    assert named(case) is None


def test_met_in_the_minute_of_the_first_meeting_is_in_time(investigator, case, wife):
    first = (county_now() - timedelta(hours=5)).replace(second=30)
    of_case(case).filter(pk=wife.pk).update(first_exposure_at=first)
    name(investigator, wife, last_exposure_at=f"{first:%Y-%m-%dT%H:%M}")
    assert named(case).via == wife.pk


def test_the_transmission_page_leaves_out_whose_infector_is_known_to_be_another(
    investigator, county, case, wife, posts
):
    made, other = becomes_a_case(county.persons[1], posts), report(county.stranger, posts.laboratory).case
    form = f"infected={case_with(made).number}"
    assert form in investigator.get("/transmission").content.decode()
    link = NewLink(infector=other, infected=made, setting="household", certainty="likely", basis="同住")
    link_cases(links=[link], by="program:test")
    assert form not in investigator.get("/transmission").content.decode()


def test_the_transmission_page_names_cases_who_had_been_contacts_until_the_link_is_on_record(
    investigator, county, case, wife, posts
):
    new_case = report(county.persons[1], posts.laboratory, hours_ago=2).case
    report(county.persons[1], posts.second, hours_ago=1)
    confirm_case(case=new_case, reason="两次阳性", by=posts.investigator)
    first, second = (case_with(it).number for it in (case, new_case))
    form = f"/transmission/link?infector={first}&amp;infected={second}"
    assert form in investigator.get("/transmission").content.decode()
    link = NewLink(infector=case, infected=new_case, setting="household", certainty="likely", basis="同住")
    link_cases(links=[link], by="program:test")
    assert form not in investigator.get("/transmission").content.decode()


def test_the_list_and_its_file_say_whose_contact_it_is(investigator, case, wife):
    name(investigator, wife)
    assert "· 经 " in shown(investigator.get(reverse("contacts")))
    file = b"".join(investigator.post(reverse("contacts-export", args=["csv"])).streaming_content).decode()
    assert "关联密接姓名" in file


def test_the_pages_say_whose_contact_it_is_in_both_languages(investigator, case, wife):
    name(investigator, wife)
    mine, theirs = (reverse("contact", args=[it.pk]) for it in (wife, named(case)))
    assert theirs in shown(investigator.get(mine))
    assert mine in shown(investigator.get(theirs))
    investigator.cookies["fangxian_language"] = "en"
    assert "Contacts of this contact" in shown(investigator.get(mine))
    form = shown(investigator.get(reverse("contact-of-contact-new", args=[wife.pk])))
    assert "Until now (not in quarantine)" in form


def test_a_disease_whose_rules_know_no_second_ring_says_so(investigator, county, posts):
    case = report(county.head, posts.laboratory, disease="measles", specimen="serum").case
    ring = investigator.get(reverse("case-contact-new", args=[case])).context["form"].fields["ring"].choices[0][0]
    investigator.post(reverse("case-contact-new", args=[case]), typed(ring=ring))
    [row] = of_case(case)
    assert reverse("contact-of-contact-new", args=[row.pk]) not in shown(
        investigator.get(reverse("contact", args=[row.pk]))
    )
    assert "名下不登记次密接" in shown(investigator.get(reverse("contact-of-contact-new", args=[row.pk])))


def test_whoever_may_not_investigate_is_refused(client, county, case, wife):
    sign_in(client, county, "tracing_member")
    assert name(client, wife).status_code in (403, 404)
    assert named(case) is None
