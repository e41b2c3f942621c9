"""Who is tested how often: from ties to venues and days of samples, within the reader's scope."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fangxian.ops.movement.models import SamplingDay, TestKnown
from fangxian.ops.people.models import Attachment
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.priority_people import cadence_rules, counts_by_class, priority_people
from tests.integration.list_hand import in_force
from tests.integration.two_townships import account_of, build, shown, sign_in, venue

pytestmark = pytest.mark.django_db
TODAY = date(2022, 4, 8)
LONG_AGO = date(2022, 3, 1)


@pytest.fixture
def county(db):
    """A courier depot in each township; the first has the first household's two grown-ups, the other the far one."""
    made = build()
    in_force("covid19-2022-04")
    here, there = (
        venue(made.cells[0], 3, "东街快递", "courier-depot"),
        venue(made.cells[2], 4, "乔家快递", "courier-depot"),
    )
    for person, depot in ((made.persons[0], here), (made.persons[1], here), (made.stranger, there)):
        works_at(person, depot)
    return made


def works_at(person, depot, since=LONG_AGO, role="courier", until=None):
    Attachment.objects.create(
        person=person, venue=depot, role=role, area_path=depot.area_path, begins_on=since, ends_on=until
    )


def sampled(person, *days_ago):
    SamplingDay.objects.bulk_create(
        SamplingDay(person=person, sampled_on=TODAY - timedelta(days=n), result=TestKnown.Result.NEGATIVE)
        for n in days_ago
    )


def found(county, role="dispatcher", **told):
    at = county_now()
    return priority_people(account_of(county, role), at, rules=cadence_rules(at), **told)


def states(county, **told):
    return {it.person: it.state for it in found(county, **told)}


def test_whoever_works_at_a_depot_is_on_the_list_without_anybody_listing_them(county):
    assert {it.rule.key for it in found(county)} == {"couriers"}
    assert len(found(county)) == 3


def test_a_pupil_is_not_asked_what_the_staff_of_a_school_is_asked(county):
    assert county.persons[2].pk not in states(county)


def test_whoever_left_is_off_the_list_from_that_day_on(county):
    Attachment.objects.filter(person=county.head).update(ends_on=TODAY)
    assert county.head.pk not in states(county)


def test_two_days_within_seven_are_enough(county):
    sampled(county.head, 1, 4)
    assert states(county)[county.head.pk] == "fine"


def test_whoever_was_last_tested_nine_days_ago_is_late_and_comes_first(county):
    sampled(county.head, 1, 4)
    sampled(county.persons[1], 1, 9)
    assert [it.state for it in found(county)] == ["late", "late", "fine"]


def test_somebody_with_two_depots_is_one_person(county):
    works_at(county.head, venue(county.cells[0], 5, "西街快递", "courier-depot"))
    assert len(found(county)) == 3


def test_a_grid_worker_sees_those_who_work_in_the_grid(county):
    assert len(found(county, role="grid_worker")) == 2


def test_a_list_can_be_narrowed_to_a_township(county):
    assert set(states(county, area_path="141027101")) == {county.stranger.pk}


def test_classes_are_counted_in_people(county):
    sampled(county.head, 1, 4)
    rules = cadence_rules(county_now())
    couriers = counts_by_class(found(county), rules)[0]
    assert (couriers.rule.key, couriers.n, couriers.n_today, couriers.n_late) == ("couriers", 3, 0, 2)


def test_required_classes_come_before_voluntary_ones(county):
    required = [rule.required for rule in cadence_rules(county_now())]
    assert required == sorted(required, reverse=True)


def test_a_county_without_such_a_rulebook_says_that_nobody_is_asked(client, db):
    page = sign_in(client, build(), "dispatcher").get(reverse("priority"))
    assert "现行规则没有写检测频次" in shown(page)


def test_the_page_masks_names_and_shows_who_is_late_first(client, county):
    sampled(county.head, 1, 4)
    text = shown(sign_in(client, county, "dispatcher").get(reverse("priority")))
    assert "孟浩然" not in text
    assert "东街快递" in text
    assert "2 / 2" not in text, "who is not due is shown only where asked for"


def test_the_page_narrows_by_state_class_and_township(client, county):
    sampled(county.head, 1, 4)
    asking = sign_in(client, county, "dispatcher")
    text = shown(asking.get(reverse("priority"), {"state": "all", "rule": "N-01", "area": "141027100"}))
    assert "2 / 2" in text
    assert "乔家快递" not in text


def test_a_filter_that_is_none_narrows_nothing(client, county):
    page = sign_in(client, county, "dispatcher").get(reverse("priority"), {"state": "x", "rule": "N-99", "area": "1"})
    assert page.status_code == 200


def test_the_page_asks_the_database_as_often_for_three_people_as_for_one(client, county, django_assert_max_num_queries):
    asking = sign_in(client, county, "dispatcher")
    asking.get(reverse("priority"))
    with django_assert_max_num_queries(14):
        asking.get(reverse("priority"))


def test_a_resident_who_sees_the_own_household_is_not_led_to_the_list(client, county):
    asking = sign_in(client, county, "resident")
    assert asking.get(reverse("priority")).status_code == 403
    assert reverse("priority") not in shown(asking.get("/people"))
