"""A case's story on its page: what was alike is told once, and what are many are told in words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.cases import actions
from fangxian.ops.cases.wire import NewEntry, NewLink
from fangxian.ops.realm.current import county_now

from .case_hand import build_with_diseases
from .case_room_hand import BY, a_case, held_case, today
from .two_townships import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def story(county_of_this_file, client, db):
    """What the page of a case's story is drawn from, for an investigator."""
    sign_in(client, county_of_this_file, "investigator")
    return lambda case: client.get(reverse("case-story", args=[case.pk])).context


def told_at(row, at, place) -> None:
    actions.save_entry(
        case=row.pk, entry=NewEntry(begins_at=at, ends_at=at + timedelta(minutes=30), place=place), by=BY
    )


def test_days_that_were_alike_are_told_once_in_a_story_and_each_day_that_was_not(story):
    row = held_case(1, onset_on=today())
    noon = localtime(county_now()).replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for days_ago, place in ((6, "甲村"), (7, "甲村"), (8, "乙村"), (9, "甲村")):
        told_at(row, noon - timedelta(days=days_ago), place)
    runs = story(row)["runs"]
    told = [(first.lines[0].item.place, (last.day.on - first.day.on).days + 1) for first, last in runs if first.lines]
    assert told == [("甲村", 1), ("乙村", 1), ("甲村", 2)]


def test_whom_a_case_infected_is_told_in_words_where_a_table_would_fill_the_page(story):
    first = a_case(1)
    others = [a_case(nth) for nth in range(2, 12)]
    new = [
        NewLink(infector=first.pk, infected=it.pk, setting="meal", certainty="likely", basis="同桌") for it in others
    ]
    actions.link_cases(links=new[:8], by=BY)
    assert story(first)["brief_links"] == ()
    actions.link_cases(links=new[8:], by=BY)
    [(way, told)] = story(first)["brief_links"]
    assert way.zh == "传染给 10 例"
    assert all(it.number in told.zh for it in others)
