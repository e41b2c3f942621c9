"""A venue's name or address is put right where it stands: what follows it, what is kept, what its posters need."""

from copy import deepcopy

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.changes.models import Change
from fangxian.ops.hygiene.actions import list_places
from fangxian.ops.hygiene.models import PriorityPlace
from fangxian.ops.hygiene.wire import NewPlace
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.queries import post_of_venue
from fangxian.ops.procedures.move_venue import move_venue, take_move_back
from fangxian.ops.procedures.name_venue import doors_to_reprint, name_venue
from fangxian.ops.procedures.print_posters import print_posters
from tests.integration.post_hand import a_post
from tests.integration.test_venue_posters import RULEBOOK
from tests.integration.two_townships import UNIT, account_of, build, shown, sign_in

BY = "program:test"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A school whose posters hang, and an approver of its village."""
    made = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    made.approver = account_of(made, "village_approver", UNIT)
    return made


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def named(county, name="浮山县实验小学", address="东街 1 号", venue=None, by=None, because="登记时写错"):
    name_venue(venue=venue or county.school, name=name, address=address, because=because, by=by or county.approver)
    county.school.refresh_from_db()


def refused(code, call, **told):
    with pytest.raises(Refusal) as caught:
        call(**told)
    assert caught.value.code == code


def test_it_is_called_otherwise_and_what_it_was_called_is_kept(county):
    named(county)
    was = county.school.namings.get()
    assert (county.school.name, county.school.address) == ("浮山县实验小学", "东街 1 号")
    assert (was.name, was.address, was.because) == ("浮山县第一小学", "", "登记时写错")


def test_number_doors_and_codes_stay_and_the_gate_is_told_nothing(county):
    before = county.school.venue_number, Change.objects.count()
    named(county)
    assert (county.school.venue_number, Change.objects.count()) == before


def test_it_is_one_line_in_the_audit_trail(county):
    before = AuditLine.objects.count()
    named(county)
    assert AuditLine.objects.count() == before + 1


def test_entries_of_the_register_and_its_post_follow(county):
    post = a_post(county)
    told = NewPlace(of_class="other-venue", name=post.venue.name, area_path=post.venue.area_path, venue=post.venue.pk)
    own = NewPlace(of_class="sewage", name="污水站", area_path=post.venue.area_path, venue=post.venue.pk)
    list_places(places=[told, own], by=BY)
    named(county, name="东街西口值守点", venue=post.venue)
    assert post_of_venue(post.venue.pk).name == "东街西口值守点"
    assert set(PriorityPlace.objects.values_list("name", flat=True)) == {"东街西口值守点", "污水站"}


def test_an_entry_beside_which_the_right_name_stands_already_keeps_its_own(county):
    post = a_post(county)
    same = {"of_class": "other-venue", "area_path": post.venue.area_path, "venue": post.venue.pk}
    list_places(places=[NewPlace(name=it, **same) for it in (post.venue.name, "东街西口值守点")], by=BY)
    named(county, name="东街西口值守点", venue=post.venue)
    assert set(PriorityPlace.objects.values_list("name", flat=True)) == {"东街值守点", "东街西口值守点"}


def test_its_posters_are_to_be_printed_anew_until_they_are(county):
    paper = print_posters(venue=county.school, by=BY)
    assert doors_to_reprint(county.school) == ()
    named(county)
    assert doors_to_reprint(county.school) == [1]
    paper.refresh_from_db()
    assert paper.state == "issued", "what hangs counts until then"
    print_posters(venue=county.school, by=BY)
    assert doors_to_reprint(county.school) == []


def test_a_venue_without_posters_has_none_to_print_anew(county):
    named(county)
    assert doors_to_reprint(county.school) == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " "}, "places.naming_empty"),
        ({"name": "浮山县第一小学", "address": ""}, "places.naming_same"),
        ({"because": " "}, "places.reason_missing"),
    ],
)
def test_what_says_nothing_is_refused_and_nothing_changes(county, told, code):
    refused(code, named, county=county, **told)
    assert Venue.objects.get(pk=county.school.pk).name == "浮山县第一小学"


def test_a_name_that_another_in_the_grid_has_is_refused(county):
    other = a_post(county).venue
    refused("places.venue_exists", named, county=county, name=other.name)


def test_nobody_names_a_venue_of_others(county):
    refused("venues.naming.not_yours", named, county=county, venue=county.shop)


def test_a_name_put_right_at_the_new_place_stays_when_the_move_is_taken_back(county):
    registrar = account_of(county, "dispatcher", "141027")
    new = move_venue(venue=county.school, cell=county.cells[1], address="东街 9 号", by=registrar).venue
    named(county, venue=new, by=registrar)
    take_move_back(venue=new, by=registrar)
    county.school.refresh_from_db()
    assert (county.school.name, county.school.address) == ("浮山县实验小学", "")


# ── the page ──────────────────────────────────────────────────────────────────

SENT = {"name": "浮山县实验小学", "address": "东街 1 号", "why": "renamed", "note": ""}


@pytest.fixture
def approver(client, county):
    return sign_in(client, county, "village_approver", UNIT)


def address(county):
    return reverse("venue-naming", args=[county.school.pk])


def test_the_form_shows_both_sides_and_the_venue_then_what_it_was_called(approver, county):
    page = shown(approver.get(address(county)))
    assert "现在登记的" in page
    assert 'value="浮山县第一小学"' in page
    answer = approver.post(address(county), SENT)
    text = shown(approver.get(answer.url))
    assert "浮山县实验小学" in text
    assert "浮山县第一小学" in text
    assert "换了招牌、执照名称" in text


def test_what_is_missing_is_said_and_what_was_typed_stays(approver, county):
    answer = approver.post(address(county), SENT | {"why": ""})
    assert answer.status_code == 400
    assert "浮山县实验小学" in shown(answer)
    assert "还没有选为什么" in shown(answer)


def test_a_venue_is_found_by_what_it_was_called(approver, county):
    approver.post(address(county), SENT)
    assert "浮山县实验小学" in shown(approver.get(reverse("venues"), {"name": "第一小学"}))


def test_the_owner_reads_that_posters_are_to_be_printed_anew(client, approver, county):
    print_posters(venue=county.school, by=BY)
    approver.post(address(county), SENT)
    owner = sign_in(client, county, "venue_owner", venue=county.school.pk)
    assert "海报要重新打印" in shown(owner.get(reverse("venue-keep", args=[county.school.pk])))


def test_an_owner_does_not_name_the_own_venue(client, county):
    owner = sign_in(client, county, "venue_owner", venue=county.school.pk)
    assert owner.get(address(county)).status_code == 403


def test_a_venue_that_is_closed_is_not_named_any_more(approver, county):
    Venue.objects.filter(pk=county.school.pk).update(status="closed")
    assert approver.get(address(county)).status_code in (400, 409)
