"""A priority place whose venue moves: there all is due at once, here what was done stays; and the move taken back."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.hygiene.actions import list_places
from fangxian.ops.hygiene.models import PriorityPlace, Round
from fangxian.ops.hygiene.wire import NewPlace, NewRound
from fangxian.ops.procedures.keep_hygiene import place_for, record_done, report_samples
from fangxian.ops.procedures.move_venue import move_venue, take_move_back
from fangxian.ops.procedures.watch_hygiene import watch_hygiene
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.hygiene_due import hygiene_rules, lines_for
from fangxian.ops.tasks.models import Task
from tests.integration.list_hand import BY, in_force
from tests.integration.two_townships import OTHER_CELL, account_of, build, shown, sign_in, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A market on the register for two months, disinfected yesterday; a registrar, a laboratory."""
    made = build()
    in_force("covid19-2022-04")
    made.market = venue(made.cells[0], 3, "东街市场", "market")
    since = county_now() - timedelta(days=60)
    told = NewPlace(
        of_class="market", name="东街市场", area_path=made.market.area_path, venue=made.market.pk, since=since
    )
    (made.place,) = list_places(places=[told], by=BY)
    made.registrar = account_of(made, "dispatcher", "141027")
    made.laboratory = account_of(made, "laboratory")
    done(made, made.place, "disinfection", days_ago=1)
    return made


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def done(county, place, kind, *, days_ago=0):
    content = {"disinfection": {"agent": "chlorine", "concentration_mg_l": 500, "area_m2": 200},
               "sampling": {"n_samples": 5, "spots": "案板"}}[kind]  # fmt: skip
    at = county_now() - timedelta(days=days_ago)
    new = NewRound(id=uuid4(), place=place.pk, kind=kind, done_at=at, **content)
    record_done(place=place, new=new, by=county.registrar)
    return new.id


def positive(county, place, n=1):
    report_samples(place=place, round=done(county, place, "sampling"), n_positive=n, spots="案板", by=county.laboratory)


def moved(county):
    new = move_venue(venue=county.market, cell=county.cells[2], address="乔家 9 号", by=county.registrar).venue
    return new, PriorityPlace.objects.get(venue=new)


def standing(county, place):
    lines = lines_for(county.registrar, county_now(), rules=hygiene_rules(county_now()))
    return {it.kind: it.standing for it in lines if it.place.pk == place.pk}


def waiting(place):
    rows = Task.objects.filter(about=f"hygiene:{place.pk}", state__in=("open", "taken"))
    return set(rows.values_list("kind", flat=True))


OF_POSITIVE = {"hygiene.decide", "hygiene.disinfect_again", "hygiene.sample_again", "hygiene.tell"}


def test_the_entry_goes_along_and_is_no_longer_at_the_old_address(county):
    _, place = moved(county)
    assert (place.of_class, place.area_path, place.carried_from) == ("market", OTHER_CELL, county.place)
    county.place.refresh_from_db()
    assert county.place.struck_at is not None


def test_at_the_new_address_all_is_due_on_the_day_of_the_move(county):
    _, place = moved(county)
    found, today = standing(county, place), localtime(county_now()).date()
    assert set(found) == {"inspection", "disinfection", "sampling"}
    assert {(it.state, it.due_on, it.last_on) for it in found.values()} == {("today", today, None)}


def test_what_was_done_at_the_old_address_stays_there_and_is_read_on_the_new_page(county, client):
    _, place = moved(county)
    assert Round.objects.get().place == county.place
    text = shown(sign_in(client, county, "dispatcher").get(reverse("hygiene-place", args=[place.pk])))
    assert "迁址以前" in text
    assert "500mg/L" in text.replace(" ", "")


def test_what_was_late_at_the_old_address_need_not_be_done_there(county):
    watch_hygiene(at=county_now(), by=BY)
    assert "hygiene.sampling" in waiting(county.place)
    moved(county)
    assert waiting(county.place) == set()


def test_a_positive_sample_keeps_the_old_address_on_the_register_until_it_is_negative(county, client):
    positive(county, county.place)
    _, place = moved(county)
    assert waiting(county.place) == OF_POSITIVE
    assert waiting(place) == set()
    page = sign_in(client, county, "dispatcher").get(reverse("hygiene-place", args=[county.place.pk]))
    assert reverse("hygiene-place", args=[place.pk]) in shown(page)
    report_samples(
        place=place_for(county.registrar, county.place.pk), round=done(county, county.place, "sampling"), n_positive=0,
        spots="", by=county.laboratory,
    )  # fmt: skip
    county.place.refresh_from_db()
    assert (waiting(county.place), county.place.struck_at is None) == (set(), False)


def test_taken_back_the_entry_is_where_it_was_with_what_was_done_meanwhile(county):
    new, place = moved(county)
    done(county, place, "sampling")
    take_move_back(venue=new, by=county.registrar)
    county.place.refresh_from_db()
    assert (county.place.struck_at, county.place.venue_id) == (None, county.market.pk)
    assert set(Round.objects.values_list("place", flat=True)) == {county.place.pk}
    assert {kind: it.state for kind, it in standing(county, county.place).items()}["sampling"] == "fine"
    with pytest.raises(Refusal):
        place_for(county.registrar, place.pk)


def test_taken_back_a_positive_sample_of_meanwhile_is_followed_up_at_the_right_place(county):
    new, place = moved(county)
    positive(county, place)
    take_move_back(venue=new, by=county.registrar)
    assert (waiting(place), waiting(county.place)) == (set(), OF_POSITIVE)


def test_taken_back_what_followed_from_a_positive_sample_before_the_move_goes_on(county):
    positive(county, county.place)
    new, _ = moved(county)
    take_move_back(venue=new, by=county.registrar)
    assert waiting(county.place) == OF_POSITIVE
    assert Task.objects.filter(kind="hygiene.tell").count() == 1


def test_taken_back_what_was_listed_at_the_new_address_is_listed_at_the_old_one(county):
    new, _ = moved(county)
    list_places(places=[NewPlace(of_class="sewage", name="污水站", area_path=OTHER_CELL, venue=new.pk)], by=BY)
    take_move_back(venue=new, by=county.registrar)
    found = PriorityPlace.objects.get(of_class="sewage", struck_at__isnull=True)
    assert (found.venue_id, found.area_path) == (county.market.pk, county.market.area_path)


def test_taken_back_an_entry_that_was_listed_anew_at_the_old_address_stands_once(county):
    new, _ = moved(county)
    again = NewPlace(of_class="market", name="东街市场", area_path=county.market.area_path, venue=county.market.pk)
    (listed,) = list_places(places=[again], by=BY)
    take_move_back(venue=new, by=county.registrar)
    assert PriorityPlace.objects.get(struck_at__isnull=True) == listed


def test_a_venue_that_moves_twice_shows_what_was_done_at_both(county, client):
    new, _ = moved(county)
    last = move_venue(venue=new, cell=county.cells[1], address="东街 99 号", by=county.registrar).venue
    place = PriorityPlace.objects.get(venue=last)
    text = shown(sign_in(client, county, "dispatcher").get(reverse("hygiene-place", args=[place.pk])))
    assert "500mg/L" in text.replace(" ", "")


def test_whoever_moves_it_reads_beforehand_what_becomes_of_the_entry(county, client):
    positive(county, county.place)
    asked = {"unit": OTHER_CELL[:12]}
    text = shown(sign_in(client, county, "dispatcher").get(reverse("venue-move", args=[county.market.pk]), asked))
    assert "它在重点场所名册上（1项）" in text
    assert "旧址环境采样阳性还没有了结" in text


def test_erasing_the_old_entry_leaves_the_new_one(county):
    _, place = moved(county)
    county.place.delete()
    place.refresh_from_db()
    assert place.carried_from is None
