"""What was decided on a contact in the meantime: by a colleague, or by what their own case turned out to be."""

import re

import pytest
from django.urls import reverse

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.contacts.queries import contact_with
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, put_back_contacts, reject_contacts
from fangxian.ops.procedures.manage_contacts import place_contacts, release_contacts
from fangxian.ops.procedures.positive_result import Found
from fangxian.ops.procedures.settle_case import exclude_case
from fangxian.ops.realm.current import county_now

from .case_hand import build_with_diseases, officer, proposed, report, staffed
from .people_with_codes import seen_by_a_gate

pytestmark = pytest.mark.django_db
CLOSE, OTHER = "close-contact", "co-present"
BECAUSE = "同住，共同进餐"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def posts(county):
    posts = staffed(county)
    posts.colleague = officer(county, "investigator", "县疾控中心", "cdc")
    return posts


@pytest.fixture
def wife(county):
    return county.persons[1]


@pytest.fixture
def contact(county, posts, wife):
    """The wife of somebody found positive, proposed as a contact."""
    case = report(county.head, posts.laboratory).case
    return proposed(case)[0][wife.pk].pk


def confirmed(contact, by, **more):
    return confirm_contacts(contacts=[contact], ring=CLOSE, reason=BECAUSE, by=by, **more)


def refused(do, **told):
    with pytest.raises(Refusal) as refusal:
        do(**told)
    return refusal.value.code


# A colleague


def test_a_decision_of_a_colleague_is_not_overwritten_by_whoever_had_not_seen_it(county, posts, wife, contact):
    seen_at = county_now()
    confirmed(contact, posts.colleague)
    told = {"contacts": [contact], "reason": "不认识此人", "by": posts.investigator, "seen_at": seen_at}
    assert refused(reject_contacts, **told) == "contacts.decided_meanwhile"
    assert contact_with(contact).state == "confirmed"
    assert seen_by_a_gate(wife)[0] is Colour.RED


def test_nor_is_a_colleagues_rejection(posts, contact):
    seen_at = county_now()
    reject_contacts(contacts=[contact], reason="在外地上学", by=posts.colleague)
    told = {"contacts": [contact], "reason": BECAUSE, "by": posts.investigator, "seen_at": seen_at}
    assert refused(put_back_contacts, **told) == "contacts.decided_meanwhile"


def test_whoever_has_seen_it_may_decide_otherwise(posts, contact):
    confirmed(contact, posts.colleague)
    reject_contacts(contacts=[contact], reason="不认识此人", by=posts.investigator, seen_at=county_now())
    assert contact_with(contact).state == "rejected"


def test_two_who_decide_the_same_agree(posts, contact):
    seen_at = county_now()
    confirmed(contact, posts.colleague, seen_at=seen_at)
    assert confirmed(contact, posts.investigator, seen_at=seen_at).n_contacts == 0


def test_one_investigator_goes_on_from_an_old_page_of_their_own(posts, contact):
    seen_at = county_now()
    confirmed(contact, posts.investigator, seen_at=seen_at)
    reject_contacts(contacts=[contact], reason="填错了行", by=posts.investigator, seen_at=seen_at)
    assert contact_with(contact).state == "rejected"


# Their own matter


@pytest.mark.parametrize(
    ("do", "told"),
    [(release_contacts, {"reason": "期满"}), (place_contacts, {"mode": "home"})],
    ids=["release", "place"],
)
def test_nobody_releases_or_places_somebody_they_live_with(county, posts, contact, do, told):
    confirmed(contact, posts.investigator)
    county.head.account = posts.colleague
    county.head.save(update_fields=["account"])
    assert refused(do, contacts=[contact], by=posts.colleague, **told) == "approvals.own_matter"


# Their own case


def test_a_contact_whose_own_case_proves_to_be_none_is_a_contact_again(posts, wife, contact):
    confirmed(contact, posts.investigator)
    report(wife, posts.laboratory)
    case = report(wife, posts.second, Found.POSITIVE, hours_ago=1).case
    assert contact_with(contact).state == "became_case"
    exclude_case(case=case, reason="标本弄混，复核均为阴性", by=posts.investigator)
    assert contact_with(contact).state == "confirmed"
    assert seen_by_a_gate(wife) == (Colour.RED, "C-04")


# On the page


def test_a_page_says_as_of_when_and_a_later_decision_of_a_colleague_stands(client, county, posts, contact):
    client.force_login(posts.investigator)
    address = reverse("contact", args=[contact])
    seen_at = client.get(address).context["at"]
    confirmed(contact, posts.colleague)
    told = {"do": "reject", "reason": "不认识此人", "seen_at": seen_at.isoformat()}
    answer = client.post(address, told)
    assert (answer.status_code, contact_with(contact).state) == (400, "confirmed")
    again = re.search(r'name="seen_at" value="([^"]+)"', answer.content.decode()).group(1)
    assert client.post(address, told | {"seen_at": again}).status_code == 302
