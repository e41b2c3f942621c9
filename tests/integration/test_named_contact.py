"""Somebody whom the patient names: put on record by hand as a proposal, known again, and refused where it cannot be."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.contacts.queries import contact_with, of_case
from fangxian.ops.contacts.wire import read_why, who_of
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.realm.current import county_now

from .case_hand import build_with_diseases, report, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import document, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PHONE = "15400009999"


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


def typed(**more):
    met = county_now() - timedelta(hours=30)
    told = {"name": "赵六", "phone": PHONE, "ring": "close-contact", "last_exposure_at": f"{met:%Y-%m-%dT%H:%M}"}
    return told | {"minutes": "90", "place": "麻将馆", "words": "同桌打牌"} | more


def put_on_record(client, case, **more):
    return client.post(reverse("case-contact-new", args=[case]), typed(**more))


def test_somebody_nobody_knows_is_on_record_as_a_proposal_with_what_was_said(investigator, case):
    answer = put_on_record(investigator, case)
    (row,) = of_case(case)
    assert answer.headers["Location"] == f"{reverse('contact', args=[row.pk])}?done=named"
    assert (row.state, row.found_by, row.minutes, row.person_id) == ("proposed", "interview", 90, None)
    found = contact_with(row.pk)
    assert (who_of(found, found.file).name, who_of(found, found.file).phone) == ("赵六", PHONE)
    (why,) = read_why(found.file.why)
    assert (why.kind, why.place_name, why.words) == ("interview", "麻将馆", "同桌打牌")


def test_a_resident_is_known_by_the_document_and_followed_where_they_live(investigator, county, case):
    stranger = county.stranger
    put_on_record(investigator, case, document_kind="resident", document_number=stranger.document_number)
    (row,) = of_case(case)
    assert (row.person_id, row.area_path) == (stranger.pk, stranger.area_path)


def test_no_code_turns_before_it_is_confirmed(investigator, county, case, posts):
    put_on_record(investigator, case, document_kind="resident", document_number=county.stranger.document_number)
    (row,) = of_case(case)
    before = seen_by_a_gate(county.stranger)[0]
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason="同桌打牌九十分钟", by=posts.investigator)
    assert (before, seen_by_a_gate(county.stranger)[0]) == (Colour.GREEN, Colour.RED)


def test_somebody_who_is_on_record_already_is_shown_and_not_put_there_twice(investigator, case):
    put_on_record(investigator, case)
    (row,) = of_case(case)
    answer = put_on_record(investigator, case, place="茶馆")
    page = shown(answer)
    assert (answer.status_code, of_case(case).count()) == (400, 1)
    assert reverse("contact", args=[row.pk]) in page
    assert "茶馆" in page, "what was typed is kept"


def test_a_resident_who_is_on_record_by_document_alone_is_the_same(investigator, county, case):
    number = document(date(1980, 1, 1), 77)
    put_on_record(investigator, case, document_kind="resident", document_number=number)
    (row,) = of_case(case)
    assert row.person_id is None
    assert put_on_record(investigator, case, document_kind="resident", document_number=number).status_code == 400
    assert of_case(case).count() == 1


def test_a_patient_is_no_contact_of_their_own(investigator, county, case):
    answer = put_on_record(investigator, case, document_kind="resident", document_number=county.head.document_number)
    assert "病人不是自己的接触者" in shown(answer)
    assert not of_case(case).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "请填写这一项"),
        ({"phone": ""}, "填证件号码，或电话，或住址"),
        ({"ring": "secondary-contact"}, "没有这个选项"),
        ({"last_exposure_at": "2099-01-01T10:00"}, "最后接触不晚于现在"),
        ({"last_exposure_at": "2001-01-01T10:00"}, "也不早于"),
        ({"first_exposure_at": "2099-01-01T10:00"}, "首次接触不晚于最后接触"),
        ({"minutes": "很久"}, "写整数分钟"),
        ({"document_kind": "resident", "document_number": "99902719800101001"}, "居民身份证应为18位"),
        ({"area_path": "99"}, "没有这个选项"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nobody_is_on_record(investigator, case, wrong, said):
    answer = put_on_record(investigator, case, **wrong)
    assert (answer.status_code, said in shown(answer)) == (400, True)
    assert not of_case(case).exists()


def test_whoever_may_not_investigate_is_refused(client, county, case):
    sign_in(client, county, "tracing_member")
    assert put_on_record(client, case).status_code in (403, 404)
    assert not of_case(case).exists()


@pytest.mark.parametrize(("disease", "specimen"), [("measles", "serum"), ("norovirus", "stool")])
def test_it_is_so_for_a_disease_without_codes_too(investigator, county, posts, disease, specimen):
    case = report(county.head, posts.laboratory, disease=disease, specimen=specimen).case
    page = investigator.get(reverse("case-contact-new", args=[case]))
    ring = page.context["form"].fields["ring"].choices[0][0]
    put_on_record(investigator, case, ring=ring)
    assert [row.disease for row in of_case(case)] == [disease]


def test_the_case_leads_to_the_form_and_the_form_is_in_english_too(investigator, case):
    address = reverse("case-contact-new", args=[case])
    assert address in shown(investigator.get(reverse("case", args=[case])))
    investigator.cookies["fangxian_language"] = "en"
    assert "Put a contact on record" in shown(investigator.get(address))
