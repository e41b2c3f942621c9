"""Whose contact somebody is, through another contact, goes out in Go.Data's shape and comes in again."""

import csv
import io

import pytest

from fangxian.ops.contacts.models import Contact
from fangxian.ops.procedures.export_lists import export_list
from fangxian.ops.realm.current import county_now

from .list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db
SOURCE = "邻县"
CASES = "uuid,case_id,firstName,telephone,classification,date_of_reporting\nk1,C1,测病,15400010001,CONFIRMED,{day}\n"
CONTACTS = (
    "uuid,contact_id,firstName,telephone,contact_status,date_of_reporting,date_of_last_contact\n"
    "p1,P1,测密,15400010002,UNDER_FOLLOW_UP,{day},{day}\np2,P2,测次,15400010003,UNDER_FOLLOW_UP,{day},{day}\n"
)
MET = (
    "uuid,source_uuid,target_uuid,date_of_last_contact,certainty_level\n"
    "m2,p1,p2,{day},3 - High\nm1,k1,p1,{day},3 - High\n"
)
LISTS = {"cases.list": CASES, "contacts.list": CONTACTS, "contacts.relationships": MET}


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


@pytest.fixture
def taken(lead):
    """What came of each list of a case, its contact, and whom that one met."""
    return {
        kind: taken_in(text.format(day="2022-04-06").encode(), kind, by=lead, source=SOURCE)
        for kind, text in LISTS.items()
    }


def of_name(name):
    return next(row for row in Contact.objects.select_related("file") if row.file.name == name)


def test_who_met_a_contact_is_one_of_the_same_case_through_them(taken):
    first, second = of_name("测密"), of_name("测次")
    assert (second.case_id, second.via, first.via) == (first.case_id, first.pk, None)


def test_whoever_came_as_followed_has_the_ring_of_contacts_of_contacts_and_its_days(taken):
    first, second = of_name("测密"), of_name("测次")
    assert (first.ring, second.ring) == ("close-contact", "secondary-contact")
    assert second.state == first.state != "proposed"
    assert second.watched_until_on < first.watched_until_on


def test_whom_somebody_here_decided_on_keeps_their_ring(lead):
    day = "2022-04-06"
    for kind in ("cases.list", "contacts.list"):
        taken_in(LISTS[kind].format(day=day).encode(), kind, by=lead, source=SOURCE)
    Contact.objects.filter(pk=of_name("测次").pk).update(decided_at=county_now())
    taken_in(MET.format(day=day).encode(), "contacts.relationships", by=lead, source=SOURCE)
    assert of_name("测次").ring == "close-contact"


def test_no_row_of_who_met_whom_is_refused(taken):
    assert taken["contacts.relationships"][0].n_refused == 0


def test_it_goes_out_as_it_came(taken, lead):
    out = b"".join(
        export_list(kind="contacts.relationships", shape="godata", disease="covid-19", by=lead).pieces
    ).decode("utf-8-sig")
    pairs = [(row["source_uuid"], row["target_uuid"]) for row in csv.DictReader(io.StringIO(out))]
    assert pairs == [("k1", "p1"), ("p1", "p2")]
