"""The daily follow-up: due by a chore, done on a phone, harmless to repeat, and somebody acts on symptoms."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.contacts import actions
from fangxian.ops.contacts.days import day_by_area, done, waiting
from fangxian.ops.contacts.models import Contact, FollowUp
from fangxian.ops.contacts.queries import contact_with, follow_ups_of
from fangxian.ops.contacts.wire import NOT_FOUND, SEEN, OneDay
from fangxian.ops.procedures.follow_contact import follow_contact
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import about

from .contact_hand import BECAUSE, BY, confirm, confirmed, new, propose, rulebook
from .two_townships import CELL, OTHER_CELL, account_of, build

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WELL = OneDay(found=SEEN, temperature_c=Decimal("36.5"))
ILL = OneDay(found=SEEN, temperature_c=Decimal("38.2"), symptoms=("cough",))


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def worker(county):
    return account_of(county, "grid_worker", CELL)


def opened(at=None):
    return actions.open_follow_ups(at=at or county_now(), by=BY)


def today():
    return county_now().date()


def test_everybody_under_observation_is_due_once_a_day(county):
    row = confirmed()
    assert (opened(), opened()) == (1, 0)
    assert [(it.on, it.state) for it in follow_ups_of(row.pk)] == [(today(), "due")]


def test_proposals_and_rejected_ones_are_asked_nothing(county):
    first, _ = propose(new(1), new(2)).ids
    actions.reject_contacts(contacts=[first], reason=BECAUSE, by=BY)
    assert opened() == 0


def test_whoever_lives_elsewhere_is_asked_there(county):
    row = confirmed()
    actions.note_handed_over(contacts=[row.pk], destination="110101", by=BY)
    assert opened() == 0


def test_a_ring_that_asks_nothing_has_no_follow_ups(county):
    [pk] = propose(new(ring="immune-contact"), disease="measles").ids
    confirm(pk, ring="immune-contact", book=rulebook("measles"))
    assert opened() == 0


def test_monitoring_goes_on_after_the_release(county):
    row = confirmed(days_ago=15)
    actions.release_contacts(contacts=[row.pk], by=BY)
    assert opened() == 1


@pytest.mark.parametrize(("days_ago", "n"), [(21, 1), (22, 0)])
def test_the_last_day_of_all_stages_is_the_last_that_is_asked(county, days_ago, n):
    confirmed(days_ago=days_ago)
    assert opened() == n


def test_what_was_not_done_yesterday_is_missed_and_stays_so(county):
    row = confirmed()
    opened()
    opened(county_now() + DAY)
    assert [it.state for it in follow_ups_of(row.pk)] == ["due", "missed"]


def test_a_follow_up_is_late_after_its_hour(county):
    row = confirmed()
    opened()
    due_at = contact_with(row.pk).follow_up_due_at
    assert due_at == follow_ups_of(row.pk).get().due_at


def test_doing_it_takes_it_off_the_list(county, worker):
    row = confirmed()
    opened()
    assert [it.whose_id for it in waiting(worker, today())] == [row.pk]
    follow_contact(contact=row.pk, on=today(), how=WELL, by=worker)
    assert (waiting(worker, today()), [it.whose_id for it in done(worker, today())]) == ([], [row.pk])
    assert contact_with(row.pk).follow_up_due_at is None


def test_sending_the_same_again_changes_nothing(county, worker):
    row = confirmed()
    first = follow_contact(contact=row.pk, on=today(), how=ILL, by=worker)
    again = follow_contact(contact=row.pk, on=today(), how=ILL, by=worker)
    assert (first.is_new, again.is_new, FollowUp.objects.count(), about(f"contact:{row.pk}").count()) == (
        True,
        False,
        1,
        1,
    )


def test_symptoms_become_a_task_for_investigators_within_two_hours(county, worker):
    row = confirmed()
    follow_contact(contact=row.pk, on=today(), how=ILL, by=worker)
    [task] = about(f"contact:{row.pk}")
    told = (task.kind, task.role, task.area_path, task.due_at <= county_now() + timedelta(hours=2))
    assert told == ("contacts.symptomatic", "investigator", CELL, True)
    assert ("38.2 ℃" in task.title_zh, "咳嗽" in task.title_zh) == (True, True)


def test_somebody_who_is_not_found_becomes_a_task(county, worker):
    row = confirmed()
    follow_contact(contact=row.pk, on=today(), how=OneDay(found=NOT_FOUND), by=worker)
    assert [task.kind for task in about(f"contact:{row.pk}")] == ["contacts.lost"]


def test_a_mistake_corrected_the_same_day_calls_the_task_off(county, worker):
    row = confirmed()
    follow_contact(contact=row.pk, on=today(), how=ILL, by=worker)
    follow_contact(contact=row.pk, on=today(), how=WELL, by=worker)
    assert [task.state for task in about(f"contact:{row.pk}")] == ["cancelled"]
    assert follow_ups_of(row.pk).get().is_symptomatic is False


def test_a_worker_follows_nobody_outside_their_cell(county, worker):
    row = confirmed(area_path=OTHER_CELL)
    with pytest.raises(Refusal, match=r"accounts\.not_yours"):
        follow_contact(contact=row.pk, on=today(), how=WELL, by=worker)


@pytest.mark.parametrize("days", [1, -2])
def test_only_today_and_yesterday_can_be_written(county, worker, days):
    row = confirmed()
    with pytest.raises(Refusal, match=r"contacts\.day_to_come"):
        follow_contact(contact=row.pk, on=today() + days * DAY, how=WELL, by=worker)


def test_nobody_follows_whoever_is_no_contact(county, worker):
    [pk] = propose(new()).ids
    with pytest.raises(Refusal, match=r"contacts\.not_followed"):
        follow_contact(contact=pk, on=today(), how=WELL, by=worker)


def test_the_day_is_counted_by_area(county, worker):
    rows = [confirmed(1), confirmed(2), confirmed(3, area_path=OTHER_CELL)]
    opened()
    follow_contact(contact=rows[0].pk, on=today(), how=ILL, by=worker)
    lead = account_of(county, "investigator")
    told = [
        (it.area_path, it.n_due, it.n_done, it.n_symptomatic)
        for it in day_by_area(lead, today(), at=county_now(), digits=15)
    ]
    assert told == [(CELL, 1, 1, 1), (OTHER_CELL, 1, 0, 0)]


def test_a_thousand_become_due_in_few_statements(county, django_assert_max_num_queries):
    ids = propose(*map(new, range(1000))).ids
    confirm(*ids)
    with django_assert_max_num_queries(40):
        opened()
    assert Contact.objects.filter(follow_up_due_at__isnull=False).count() == 1000
