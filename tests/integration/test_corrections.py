"""A correction of one's own that would ask less waits for somebody to ask; one that asks more holds at once."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.arrivals.models import Arrival, Correction, Version
from fangxian.ops.arrivals.queries import arrival_with, told_of, waiting_of
from fangxian.ops.documents.queries import verify
from fangxian.ops.merges.models import Merge
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.confirm_correction import confirm_correction, refuse_correction, take_correction_back
from fangxian.ops.procedures.declare_arrival import cancel_arrival, correct_arrival, say_landed
from fangxian.ops.procedures.do_tasks import finish_task
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.print_arrival import print_receipt
from fangxian.ops.procedures.unmerge_persons import unmerge_persons
from fangxian.ops.tasks.actions import finish
from fangxian.ops.tasks.queries import unfinished

from .arrival_hand import HERE, QINGXU, YAODU, arrived, at, at_risk, declared, journey, on, stay, tomorrow
from .founding import code_of
from .people_with_codes import build_with_codes, seen_by_a_gate
from .two_townships import OTHER_UNIT, account_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build_with_codes()
    county.risky = at_risk(account_of(county, "dispatcher"))
    county.resident = account_of(county, "resident")
    Person.objects.filter(pk=county.head.pk).update(account=county.resident)
    county.head.refresh_from_db()
    return county


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def worker(county):
    return account_of(county, "grid_worker")


@pytest.fixture
def risky(county):
    """A journey through a place of high risk: a central quarantine follows."""
    return journey(stay(risk_areas=frozenset(county.risky), areas_known=True))


@pytest.fixture
def row(county, risky):
    return arrived(county.head, by=county.resident, told=risky)


QUIET = journey(stay(YAODU))


def corrected(row, told, *, by, is_own=True, **more):
    return correct_arrival(arrival=row.pk, told=told, is_own=is_own, by=by, **more)


def waits(row, county):
    kept = corrected(row, QUIET, by=county.resident)
    assert kept.waits
    return waiting_of(row.pk)


def to_do(row, kind="arrivals.correction"):
    return list(unfinished().filter(kind=kind, about=f"arrival:{row.pk}"))


def test_what_would_ask_less_changes_neither_the_arrival_nor_the_code(row, county):
    waits(row, county)
    assert (arrival_with(row.pk).measure, told_of(row).stays[0].division) == ("central", QINGXU)
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def test_the_grid_is_to_ask_within_hours(row, county):
    waits(row, county)
    assert [it.role for it in to_do(row)] == ["grid_worker"]


def test_found_to_be_so_the_arrival_is_corrected_and_the_code_follows(row, county, worker):
    confirm_correction(correction=waits(row, county).pk, by=worker)
    assert (arrival_with(row.pk).measure, seen_by_a_gate(county.head)[0]) == ("", Colour.GREEN)
    assert (to_do(row), waiting_of(row.pk)) == ([], None)


def test_found_to_be_so_with_nothing_asked_any_more_nobody_calls_once_more(row, county, worker):
    confirm_correction(correction=waits(row, county).pk, by=worker)
    assert (arrival_with(row.pk).rules, to_do(row, "arrivals.visit")) == ([], [])


def test_found_to_be_so_whoever_was_taken_to_central_quarantine_is_let_go_from_there(row, county, worker):
    finish(tasks=[it.pk for it in to_do(row, "arrivals.transfer")], outcome="done", by="program:test")
    confirm_correction(correction=waits(row, county).pk, by=worker)
    assert ["离开集中隔离点" in it.title_zh for it in to_do(row, "arrivals.visit")] == [True]


def test_confirmed_by_staff_it_is_a_version_of_theirs_beside_what_was_said_before(row, county, worker):
    confirm_correction(correction=waits(row, county).pk, by=worker)
    versions = Version.objects.filter(arrival=row).order_by("number")
    assert [(it.why, it.is_own, QINGXU in it.content) for it in versions] == [
        ("declared", True, True),
        ("corrected", False, False),
    ]


def test_found_not_to_be_so_it_stays_and_the_reason_is_kept(row, county, worker):
    correction = waits(row, county)
    refuse_correction(correction=correction.pk, why="车票显示去过", by=worker)
    correction.refresh_from_db()
    assert (correction.state, correction.answered_why, to_do(row)) == ("refused", "车票显示去过", [])
    assert arrival_with(row.pk).measure == "central"


def test_what_asks_more_holds_at_once(county, risky):
    row = arrived(county.head, by=county.resident, told=QUIET)
    assert corrected(row, risky, by=county.resident).waits is False
    assert (arrival_with(row.pk).measure, seen_by_a_gate(county.head)[0]) == ("central", Colour.RED)


def test_another_phone_number_asks_nobody(row, county, risky):
    told = journey(*risky.stays, phone="15400000001")
    assert corrected(row, told, by=county.resident).waits is False
    assert arrival_with(row.pk).phone == "15400000001"


def test_said_earlier_that_a_quarantine_would_end_earlier_waits_too(row, county, risky):
    told = journey(stay(last=on(4, 6), risk_areas=frozenset(county.risky), areas_known=True), arrives_at=at(6, 8))
    assert corrected(row, told, by=county.resident).waits


def test_a_day_of_central_quarantine_does_not_take_the_place_of_two_weeks_at_home_before_somebody_asked(county):
    """Of a stay of high risk that ended 13 days ago, one day of the strictest place is left: it waits."""
    told = journey(stay(risk_areas=frozenset(), areas_known=True))
    row = arrived(county.head, by=county.resident, told=told)
    assert row.measure == "home"
    long_ago = stay(begins=on(3, 22), last=on(3, 26), risk_areas=frozenset(county.risky), areas_known=True)
    earlier = journey(long_ago, arrives_at=datetime(2022, 3, 26, 8, tzinfo=HERE))
    kept = corrected(row, earlier, by=county.resident)
    assert (kept.waits, arrival_with(row.pk).measure) == (True, "home")


def test_a_second_of_the_day_is_refused_though_the_first_waits(row, county):
    waits(row, county)
    again = {"row": row, "told": journey(stay(YAODU), phone="15400000002"), "by": county.resident}
    assert code_of(corrected, **again) == "arrivals.corrected_today"


def test_sent_twice_it_is_one(row, county):
    first = waits(row, county)
    assert corrected(row, QUIET, by=county.resident).is_new is False
    assert ([it.pk for it in Correction.objects.filter(arrival=row)], len(to_do(row))) == ([first.pk], 1)


def test_taken_back_nobody_asks(row, county):
    take_correction_back(correction=waits(row, county).pk, by=county.resident)
    assert (waiting_of(row.pk), to_do(row), arrival_with(row.pk).measure) == (None, [], "central")


def test_corrected_by_the_grid_meanwhile_nobody_asks_again(row, county, worker):
    correction = waits(row, county)
    corrected(row, QUIET, by=worker, is_own=False, reason="看过车票")
    correction.refresh_from_db()
    assert (correction.state, to_do(row), arrival_with(row.pk).measure) == ("overtaken", [], "")


def test_called_off_by_the_grid_meanwhile_nobody_asks(row, county, worker):
    correction = waits(row, county)
    cancel_arrival(arrivals=[row.pk], why="报错了人", by=worker)
    assert (to_do(row), code_of(confirm_correction, correction=correction.pk, by=worker)) == (
        [],
        "arrivals.correction_answered",
    )


def test_answered_once_it_is_answered(row, county, worker):
    correction = waits(row, county)
    confirm_correction(correction=correction.pk, by=worker)
    refused = code_of(refuse_correction, correction=correction.pk, why="不是", by=worker)
    assert refused == "arrivals.correction_answered"


def test_nobody_confirms_what_they_said_themselves(row, county):
    both = account_of(county, "grid_worker")
    Person.objects.filter(pk=county.head.pk).update(account=both)
    correction = waits(row, SameAs(county, resident=both))
    assert code_of(confirm_correction, correction=correction.pk, by=both) == "arrivals.correction_by_yourself"


def test_nobody_confirms_for_another_area(row, county):
    stranger = account_of(county, "grid_worker", OTHER_UNIT)
    assert code_of(confirm_correction, correction=waits(row, county).pk, by=stranger) == "accounts.not_yours"


def test_the_person_confirms_nothing(row, county):
    other = account_of(county, "resident")
    assert code_of(confirm_correction, correction=waits(row, county).pk, by=other) == "accounts.not_yours"


def test_a_stranger_takes_nothing_back(row, county):
    refused = code_of(take_correction_back, correction=waits(row, county).pk, by=account_of(county, "resident"))
    assert refused == "arrivals.correction.not_found"


def test_the_task_to_ask_is_not_closed_by_hand(row, county, worker):
    waits(row, county)
    assert code_of(finish_task, task=to_do(row)[0].pk, by=worker) == "tasks.ask_first"


def test_whoever_announced_a_risky_journey_and_tells_another_on_landing_has_come_as_announced(county, risky):
    announced = arrived(county.head, by=county.resident, told=ahead(risky))
    kept = declared(county.head, by=county.resident, told=QUIET)[0]
    row = arrival_with(announced.pk)
    assert (kept.waits, row.state, row.measure, len(to_do(row))) == (True, "landed", "central", 1)


def test_an_announced_journey_with_something_asked_that_is_called_off_is_asked_about(county, risky):
    announced = arrived(county.head, by=county.resident, told=ahead(risky))
    cancel_arrival(arrivals=[announced.pk], why="不来了", by=county.resident, is_own=True)
    assert [it.role for it in to_do(announced, "arrivals.called_off")] == ["grid_worker"]


@pytest.fixture
def called_off(county, risky):
    row = arrived(county.head, by=county.resident, told=ahead(risky))
    cancel_arrival(arrivals=[row.pk], why="不来了", by=county.resident, is_own=True)
    return row


def test_a_milder_journey_told_after_a_risky_one_was_called_off_waits_as_a_correction_does(county, called_off):
    kept = declared(county.head, by=county.resident, told=QUIET, token=uuid4())[0]
    assert (kept.waits, kept.row.state, kept.row.measure, len(to_do(kept.row))) == (True, "landed", "central", 1)
    assert to_do(called_off, "arrivals.called_off") == []


def test_so_does_one_that_is_only_announced_and_told_twice_it_is_one(county, called_off):
    told = {"told": journey(stay(YAODU, last=on(4, 9)), arrives_at=tomorrow()), "token": uuid4()}
    kept, again = (declared(county.head, by=county.resident, **told)[0] for _ in range(2))
    assert (kept.waits, kept.row.state, kept.row.measure) == (True, "announced", "central")
    assert (again.row.pk, again.is_new, len(to_do(kept.row))) == (kept.row.pk, False, 1)


def test_once_somebody_found_out_that_they_had_not_come_another_journey_holds_at_once(county, called_off, worker):
    finish_task(task=to_do(called_off, "arrivals.called_off")[0].pk, by=worker)
    kept = declared(county.head, by=county.resident, told=QUIET)[0]
    assert (kept.waits, kept.row.measure) == (False, "")


def test_a_quiet_journey_that_is_called_off_is_asked_about_by_nobody(county):
    told = journey(stay(YAODU, last=on(4, 9)), arrives_at=tomorrow())
    announced = arrived(county.head, by=county.resident, told=told)
    cancel_arrival(arrivals=[announced.pk], why="不来了", by=county.resident, is_own=True)
    assert to_do(announced, "arrivals.called_off") == []


def test_coming_earlier_than_announced_is_no_correction(county, risky):
    announced = arrived(county.head, by=county.resident, told=ahead(risky))
    kept = say_landed(arrival=announced.pk, by=county.resident)
    assert (kept.waits, kept.row.measure, to_do(kept.row)) == (False, "central", [])


def test_an_announcement_that_is_made_milder_waits_and_is_found_so_after_they_came(county, risky, worker):
    announced = arrived(county.head, by=county.resident, told=ahead(risky))
    quiet = journey(stay(YAODU, last=on(4, 9)), arrives_at=tomorrow())
    assert corrected(announced, quiet, by=county.resident).waits
    say_landed(arrival=announced.pk, by=county.resident)
    confirm_correction(correction=waiting_of(announced.pk).pk, by=worker)
    row = arrival_with(announced.pk)
    assert (row.state, row.measure, [it.division for it in told_of(row).stays]) == ("landed", "", [YAODU])


@pytest.fixture
def announced_twice(county, risky):
    """A record whose announcement waits to be corrected, merged with one alike that was announced after it."""
    row = arrived(county.head, by=county.resident, told=ahead(risky))
    quiet = journey(stay(YAODU, last=on(4, 9)), arrives_at=tomorrow())
    corrected(row, quiet, by=county.resident)
    later = arrived(county.stranger, by=account_of(county, "grid_worker"), told=ahead(risky), as_="grid_worker")
    Arrival.objects.filter(pk=row.pk).update(declared_at=later.declared_at - timedelta(hours=1))
    merge_persons(kept=county.stranger, merged=county.head, reason="同一人", by="program:test")
    return row


def test_of_two_announced_that_became_one_by_a_merge_nobody_asks_about_the_one_that_ended(announced_twice):
    correction = Correction.objects.get(arrival=announced_twice)
    assert (arrival_with(announced_twice.pk).state, correction.state) == ("cancelled", "overtaken")
    assert list(unfinished().filter(about=f"arrival:{announced_twice.pk}")) == []


def test_once_that_merge_is_undone_the_correction_and_its_task_wait_again(announced_twice, county):
    keeper = account_of(county, "dispatcher")
    unmerge_persons(merge=Merge.objects.get().pk, reason="不是同一人", by=keeper)
    assert waiting_of(announced_twice.pk).state == "waiting"
    assert len(to_do(announced_twice)) == 1


def test_of_two_announced_that_became_one_by_a_merge_the_newer_does_not_go_on_where_it_asks_less(county, risky):
    strict = arrived(county.head, by=county.resident, told=ahead(risky))
    quiet = journey(stay(YAODU, last=on(4, 9)), arrives_at=tomorrow())
    milder = arrived(county.stranger, by=account_of(county, "grid_worker"), told=quiet, as_="grid_worker")
    Arrival.objects.filter(pk=strict.pk).update(declared_at=milder.declared_at - timedelta(hours=1))
    merge_persons(kept=county.stranger, merged=county.head, reason="同一人", by="program:test")
    assert [arrival_with(it.pk).state for it in (strict, milder)] == ["announced", "cancelled"]


def test_the_receipt_of_one_that_a_merge_ended_holds_no_longer(county, worker):
    one, other = county.persons[0], county.persons[3]
    told = journey(stay(YAODU), arrives_at=tomorrow())
    rows = [arrived(it, by=worker, told=told) for it in (one, other)]
    papers = [print_receipt(arrival=row, by="program:test") for row in rows]
    merge_persons(kept=one, merged=other, reason="同一人", by=f"account:{worker.pk}")
    assert sorted(verify(it.proof).outcome for it in papers) == ["genuine", "withdrawn"]


def test_a_hotel_does_not_lower_what_is_asked_of_its_guest(row, county):
    keeper = account_of(county, "resident")  # of such a hotel nobody has the word of the area
    assert corrected(row, QUIET, by=keeper, is_own=False, reason="客人说错了").waits


def ahead(told):
    """The same journey, announced for tomorrow."""
    one = told.stays[0]
    return journey(stay(last=on(4, 9), risk_areas=one.risk_areas, areas_known=True), arrives_at=tomorrow())


class SameAs:
    """A county with something else in it."""

    def __init__(self, county, **more):
        self.__dict__ |= vars(county) | more
