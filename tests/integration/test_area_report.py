"""A day and a week by area: added up from what was recorded, within the reader's scope."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.field.actions import enrol_device, hear
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.area_days import area_days, area_report, days_up_to, summed
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.wire import NewTask
from tests.integration.two_townships import CELL, OTHER_TOWN, TOWN, UNIT, account_of, build, shown, sign_in

pytestmark = pytest.mark.django_db
TODAY = date(2022, 4, 8)
BY = "program:test"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def task(area=CELL, minutes=60):
    due_at = county_now() + timedelta(minutes=minutes)
    new = NewTask(kind="test.call", title=Said("敲门", "Knock"), area_path=area, due_at=due_at, role="grid_worker")
    return open_tasks(tasks=[new], by=BY).ids[0]


def lines(county, role="dispatcher", area="141027", n=1, on=TODAY):
    at = county_now()
    return {it.place.area_path: it for it in area_days(account_of(county, role), area, days_up_to(on, n, at), at)}


def test_every_township_has_a_line_also_with_nothing_to_say(county):
    assert set(lines(county)) == {TOWN, OTHER_TOWN}


def test_a_task_that_was_done_today_is_counted_where_it_was(county):
    finish(tasks=[task()], outcome="done", by=BY)
    assert {path: it.n_done for path, it in lines(county).items()} == {TOWN: 1, OTHER_TOWN: 0}


def test_a_task_that_was_cancelled_is_not_counted_as_done(county):
    cancel(tasks=[task()], by=BY, reason="重复")
    assert lines(county)[TOWN].n_done == 0


def test_what_was_done_today_is_no_part_of_yesterday_and_part_of_the_week(county):
    finish(tasks=[task()], outcome="done", by=BY)
    assert lines(county, on=TODAY - timedelta(days=1))[TOWN].n_done == 0
    assert lines(county, n=7)[TOWN].n_done == 1


def test_an_area_where_something_is_late_and_nothing_was_done_is_pointed_out(county):
    task(minutes=-5)
    assert {path: it.is_silent for path, it in lines(county).items()} == {TOWN: True, OTHER_TOWN: False}


def test_an_area_where_something_was_done_is_not(county):
    task(minutes=-5)
    finish(tasks=[task()], outcome="done", by=BY)
    assert not lines(county)[TOWN].is_silent


def test_a_grid_worker_sees_the_own_grid_and_no_other(county):
    assert set(lines(county, role="grid_worker", area=UNIT)) == {CELL}


def test_a_township_elsewhere_is_refused(county):
    with pytest.raises(Refusal) as refused:
        lines(county, role="township_approver", area=OTHER_TOWN)
    assert refused.value.code == "accounts.not_yours"


def test_whoever_may_not_follow_contacts_is_told_that_the_figure_is_not_theirs(county):
    assert lines(county, role="dispatcher")[TOWN].n_followed is None
    assert lines(county, role="township_approver")[TOWN].n_followed == 0


def test_the_parts_add_up(county):
    finish(tasks=[task(), task(OTHER_TOWN)], outcome="done", by=BY)
    assert summed(list(lines(county).values()))["n_done"] == 2


def quiet(county, area="141027"):
    at = county_now()
    return area_report(account_of(county, "dispatcher"), area, days_up_to(TODAY, 1, at), at).quiet


def test_a_grid_where_nothing_was_done_is_found_in_a_township_where_something_was(county):
    task(minutes=-5)
    finish(tasks=[task(UNIT)], outcome="done", by=BY)
    assert [it.place.area_path for it in quiet(county)] == [CELL]
    assert {path: (it.n_quiet, it.is_silent) for path, it in lines(county).items()} == {
        TOWN: (1, False),
        OTHER_TOWN: (0, False),
    }


def test_a_grid_that_did_something_is_not_among_them(county):
    task(minutes=-5)
    finish(tasks=[task()], outcome="done", by=BY)
    assert quiet(county) == []


def test_a_grid_that_is_silent_says_whom_to_ring_and_what_their_phone_holds(client, county):
    task(minutes=-5)
    assert "没有网格员账号" in shown(sign_in(client, county, "dispatcher").get(reverse("area-report")))
    worker = account_of(county, "grid_worker", CELL)
    phone, _ = enrol_device(account=worker, name="小米")
    hear(device=phone, sent_at=county_now(), app_version="test", protocol=1, n_waiting=612)
    page = shown(sign_in(client, county, "dispatcher").get(reverse("area-report")))
    assert worker.username in page
    assert "612" in page


def test_the_page_shows_the_day_and_leads_to_the_villages(client, county):
    task(minutes=-5)
    asking = sign_in(client, county, "dispatcher")
    text = shown(asking.get(reverse("area-report")))
    assert "有事未办" in text
    assert f"area={TOWN}" in text
    assert "东街居委会" in shown(asking.get(reverse("area-report"), {"area": TOWN}))


@pytest.mark.parametrize("asked", [{"on": "no day"}, {"on": "2099-01-01"}, {"days": "900"}, {"area": "x"}])
def test_an_address_that_says_nothing_sensible_shows_today(client, county, asked):
    assert sign_in(client, county, "dispatcher").get(reverse("area-report"), asked).status_code == 200


@pytest.mark.parametrize("asked", [{}, {"area": TOWN}, {"days": "7"}], ids=["county", "township", "week"])
def test_the_page_asks_the_database_a_score_of_times_at_most_whatever_it_shows(
    client, county, django_assert_max_num_queries, asked
):
    asking = sign_in(client, county, "dispatcher")
    asking.get(reverse("area-report"))
    with django_assert_max_num_queries(20):
        asking.get(reverse("area-report"), asked)
