"""A venue silent for a day: who is asked to look, when not, and what becomes of the answers."""

from copy import deepcopy
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import get_current_timezone

from fangxian.core.refusal import Refusal
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures import silent_tasks
from fangxian.ops.procedures.close_venue import close_venue
from fangxian.ops.procedures.do_tasks import finish_task
from fangxian.ops.procedures.silent_tasks import Answer, answer_silence, close_spoken, open_silent
from fangxian.ops.tasks.models import Task
from fangxian.ops.tasks.queries import mine
from fangxian.ops.visits.models import DayTally, Scan, VenueSeen
from fangxian.ops.visits.silence import silent_for_days
from tests.integration.two_townships import CELL, TOWN, account_of, build, venue

BY = "program:test"
FRIDAY = date(2022, 4, 8)
pytestmark = pytest.mark.django_db


def at(day, hour=9):
    return datetime.combine(day, time(hour), tzinfo=get_current_timezone())


NOW = at(FRIDAY)
SATURDAY, SUNDAY, MONDAY = (FRIDAY + timedelta(days=n) for n in (1, 2, 3))


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A mill and a tea house that have been open for a month; the county scans every day."""
    county = build()
    Venue.objects.all().update(opened_at=at(FRIDAY - timedelta(days=40)))
    Venue.objects.filter(pk=county.school.pk).update(status="suspended")
    county.mill, county.tea = (venue(county.cells[0], n, name, "shop") for n, name in ((21, "磨坊"), (22, "茶馆")))
    Venue.objects.filter(pk__in=[county.mill.pk, county.tea.pk]).update(opened_at=at(FRIDAY - timedelta(days=40)))
    county.worker = account_of(county, "grid_worker", CELL)
    return county


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def scans(it, *days):
    """Somebody scans there at ten on each of these days."""
    for day in days:
        DayTally.objects.get_or_create(day_on=day, township=TOWN)
        when, n = at(day, 10), Scan.objects.count()
        Scan.objects.create(**scan_of(it, when, n))
        VenueSeen.objects.update_or_create(
            venue_number=it.venue_number, defaults={"n_scans": 1, "last_scanned_at": when, "last_received_at": when}
        )


def scan_of(it, when, n):
    numbers = ("device", "gate_number", "marks", "presence", "outcome", "mask", "safety", "recent", "snapshot")
    said = {"scan_id": uuid4(), "digest": "0" * 16, "tables": "0" * 8, "door": 1, "scanned_at": when}
    return dict.fromkeys(numbers, 0) | said | {"device": n, "venue_number": it.venue_number, "received_at": when}


def back(*days, since=FRIDAY):
    return [since - timedelta(days=n) for n in sorted(days, reverse=True)]


def silent(moment=NOW):
    return [it.venue.name for it in silent_for_days(moment)]


def asked(county):
    return [task.about for task in mine(county.worker).filter(kind=silent_tasks.SILENT)]


def mill_silent_since_wednesday(county):
    """The tea house scans every day of three weeks; the mill does until two days ago."""
    scans(county.tea, *back(*range(1, 25)))
    scans(county.mill, *back(*range(2, 25)))


def test_where_nobody_scans_nothing_is_silent(county):
    assert silent() == []


def test_a_venue_without_a_scan_for_a_day_is_silent(county):
    mill_silent_since_wednesday(county)
    assert silent() == ["磨坊"]


def test_a_scan_this_morning_is_enough(county):
    mill_silent_since_wednesday(county)
    scans(county.mill, FRIDAY)
    assert silent(at(FRIDAY, 12)) == []


def test_on_a_weekday_it_says_it_is_closed_it_is_not_missed(county):
    mill_silent_since_wednesday(county)
    Venue.objects.filter(pk=county.mill.pk).update(rest_weekdays="4")
    assert silent() == []


def test_on_a_weekday_without_scans_for_weeks_it_is_taken_to_rest(county):
    scans(county.tea, *back(*range(1, 25)))
    scans(county.mill, *back(*(n for n in range(2, 25) if n not in (8, 15, 22))))
    assert silent() == []


def test_a_school_is_not_missed_at_the_weekend(county):
    Venue.objects.filter(pk=county.school.pk).update(status="verified")
    scans(county.school, *back(*range(1, 25, 1), since=SATURDAY))
    scans(county.tea, *back(*range(1, 25), since=MONDAY))
    scans(county.mill, *back(*range(1, 25), since=MONDAY))
    assert silent(at(MONDAY, 7)) == []


def test_a_suspended_venue_is_not_missed(county):
    mill_silent_since_wednesday(county)
    Venue.objects.filter(pk=county.mill.pk).update(status="suspended")
    assert silent() == []


def test_a_trade_of_which_hardly_any_scanned_has_a_holiday(county):
    mill_silent_since_wednesday(county)
    Venue.objects.filter(pk=county.mill.pk).update(trade="bath")
    for n in range(31, 35):
        other = venue(county.cells[0], n, f"浴池{n}", "bath")
        Venue.objects.filter(pk=other.pk).update(opened_at=at(FRIDAY - timedelta(days=40)))
        scans(other, *back(*range(2, 25)))
    assert silent() == []


def test_one_that_was_never_scanned_is_missed_after_some_days(county):
    scans(county.tea, *back(*range(1, 25)))
    assert silent() == ["磨坊"], "it has been open for a month"
    Venue.objects.filter(pk=county.mill.pk).update(status_since=at(FRIDAY - timedelta(days=2)))
    assert silent() == [], "it opened the day before yesterday"


def test_it_stands_on_its_grid_workers_list_once(county):
    mill_silent_since_wednesday(county)
    assert (open_silent(at=NOW, by=BY), open_silent(at=at(SATURDAY), by=BY)) == (1, 0)
    assert asked(county) == [f"venue:{county.mill.pk}"]


def test_a_scan_takes_it_off_the_list_by_itself(county):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    VenueSeen.objects.filter(venue_number=county.mill.venue_number).update(last_scanned_at=county_later())
    close_spoken(at=county_later(), by=BY)
    assert Task.objects.get(kind=silent_tasks.SILENT).outcome == "speaks_again"


def county_later():
    """After the tasks of these tests were opened, which is now by the county's clock."""
    return Task.objects.latest("opened_at").opened_at + timedelta(hours=1)


def test_an_answer_takes_it_off_the_list_and_holds_for_its_days(county):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    answer_silence(venue=county.mill, answer=Answer.DEVICE_BROKEN, note="屏幕碎了", by=county.worker)
    assert asked(county) == []
    answered_on = Task.objects.get(kind=silent_tasks.SILENT).closed_at
    assert open_silent(at=answered_on + timedelta(days=1), by=BY) == 0


def test_the_same_answer_twice_is_one(county):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    for _ in range(2):
        answer_silence(venue=county.mill, answer=Answer.GONE, note="", by=county.worker)
    assert Task.objects.filter(kind=silent_tasks.GONE).count() == 1


@pytest.mark.parametrize(
    ("answer", "kind"), [(Answer.POSTER_MISSING, silent_tasks.REPRINT), (Answer.GONE, silent_tasks.GONE)]
)
def test_the_village_hears_of_what_an_answer_calls_for(county, answer, kind):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    answer_silence(venue=county.mill, answer=answer, note="", by=county.worker)
    approver = account_of(county, "village_approver")
    assert [task.about for task in mine(approver).filter(kind=kind)] == [f"venue:{county.mill.pk}"]


def test_closing_it_ends_what_was_asked(county):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    answer_silence(venue=county.mill, answer=Answer.GONE, note="", by=county.worker)
    close_venue(venue=county.mill, because="已搬空", by=BY)
    assert not Task.objects.filter(kind=silent_tasks.GONE, state__in=("open", "taken")).exists()


def test_the_button_that_merely_finishes_a_task_does_not_do(county):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    with pytest.raises(Refusal) as refused:
        finish_task(task=Task.objects.get(kind=silent_tasks.SILENT).pk, by=county.worker)
    assert refused.value.code == "venues.answer_first"


def test_somebody_of_another_grid_does_not_answer(county):
    mill_silent_since_wednesday(county)
    open_silent(at=NOW, by=BY)
    stranger = account_of(county, "grid_worker", county.cells[2].area_path)
    with pytest.raises(Refusal) as refused:
        answer_silence(venue=county.mill, answer=Answer.GONE, note="", by=stranger)
    assert refused.value.code == "venues.silence.not_yours"
