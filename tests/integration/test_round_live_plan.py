"""A round planned anew while it runs, its time slots, its late boxes, and sites of a plan put up in it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from fangxian.ops.jobs.actions import claim, enqueue, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.lab.actions import prepare_round, take_roster
from fangxian.ops.lab.models import TableEvent
from fangxian.ops.lab.queries import ScreeningRound, box_with, roster_of, rounds, served_by, sites_of, tube_with
from fangxian.ops.laboratory.actions import add_laboratory, ask_laboratory, call_back, send_out
from fangxian.ops.laboratory.round_queries import asked_for, asked_now
from fangxian.ops.laboratory.wire import NewInstrument
from fangxian.ops.procedures.give_slots import give_slots
from fangxian.ops.procedures.keep_kits import needs_of
from fangxian.ops.procedures.keep_round_plan import keep_round_plan
from fangxian.ops.procedures.put_up_sites import put_up_sites
from fangxian.ops.procedures.watch_boxes import LATE, NO_RESULT, watch_boxes
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.box_times import n_late
from fangxian.ops.round_plans.queries import plan_kept_of, slots_of, slots_of_places
from fangxian.ops.round_plans.sites_wire import KIND, kept_sites
from fangxian.ops.situation.live_plan import live_plan, what_would_move_it
from fangxian.ops.situation.rounds_played import rounds_played
from fangxian.ops.situation.sites_planned import plan_in_background
from fangxian.ops.tasks.queries import unfinished

from .bench_hand import entered, received
from .lab_hand import Device, a_round
from .two_townships import NAME, TOWN, account_of, build

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    keep_round_plan(row=there.round, by="account:planner")
    return county, there


@pytest.fixture
def county(of_this_file, db):
    return of_this_file[0]


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def dispatcher(county):
    return account_of(county, "dispatcher", "141027")


def signed_in(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend=BACKEND)
    return client


def a_box_on_its_way(there, hours_ago):
    device = Device(there, began_at=county_now() - timedelta(hours=hours_ago))
    device.sends(
        device.told("open_tube", tube="T0000101", size=10),
        device.swab("T0000101", NAME),
        device.told("seal_tube", tube="T0000101"),
        device.told("box_tube", tube="T0000101", box="B0000101"),
        device.told("seal_box", box="B0000101"),
    )
    return device


def test_what_was_planned_at_the_beginning_is_kept_once(there):
    first = plan_kept_of(there.round.pk)
    assert (first.n_people, first.n_sites, first.n_tubes) == (5, 2, 2)
    keep_round_plan(row=there.round, by="account:planner")
    assert plan_kept_of(there.round.pk).pk == first.pk


def test_a_sealed_tube_is_seen_and_whoever_is_in_it_is_not_to_come_any_more(there):
    before = live_plan(there.round, county_now())
    a_box_on_its_way(there, hours_ago=1)
    now = live_plan(there.round, county_now())
    assert (before.n_left, now.n_left) == (5, 4)
    assert (before.so_far.sealed, now.so_far.sealed) == (0, 1)
    assert now.told.n_tubes == 3


def test_a_tube_is_received_with_its_box(there):
    device = a_box_on_its_way(there, hours_ago=3)
    device.sends(device.told("hand_box", box="B0000101"), device.told("receive_box", box="B0000101"))
    so_far = live_plan(there.round, county_now()).so_far
    assert (so_far.sealed, so_far.received, so_far.resulted) == (1, 1, 0)


def test_what_would_move_its_end_is_told(there):
    found = what_would_move_it(there.round, county_now())
    assert {"extractor", "amplifier", "tables"} <= set(found.alone)


def test_the_page_says_when_it_ends_beside_the_plan_of_its_beginning(there, dispatcher):
    page = signed_in(dispatcher).get(reverse("round-live-plan", args=[there.round.pk]), {"move": 1})
    said = page.content.decode()
    assert page.status_code == 200
    for words in ("Planned at the beginning", "as planned", "By the plan", "one more extractor"):
        assert words in said


def test_a_round_without_sites_has_nothing_to_work_out(dispatcher, county):
    at = county_now()
    row = prepare_round(
        name="第二轮", disease="covid-19", pool_size=10, areas=[TOWN], begins_at=at, ends_at=at + timedelta(hours=9),
        by="account:planner",
    )  # fmt: skip
    said = signed_in(dispatcher).get(reverse("round-live-plan", args=[row.pk])).content.decode()
    assert "There is no site or roster yet" in said


def test_a_household_is_asked_to_come_together_and_the_old_first(there, county, dispatcher):
    assert give_slots(round=there.round.pk, by=dispatcher) == 5
    slots = slots_of_places(list(roster_of(there.round).values_list("pk", flat=True)))
    of_home = {it.begins_at for it in slots.values() if it.place.person.household_id == county.home.pk}
    assert len(of_home) == 1
    assert next(it for it in slots.values() if it.place.person.name == "王老").is_first


def test_slots_given_again_take_the_place_of_those_before(there, dispatcher):
    give_slots(round=there.round.pk, by=dispatcher)
    give_slots(round=there.round.pk, by=dispatcher)
    assert slots_of(there.round.pk).count() == 5


@pytest.mark.postgres  # SQLite has one writer at a time as it is
def test_of_two_who_give_slots_at_once_the_second_waits(there, dispatcher):
    give_slots(round=there.round.pk, by=dispatcher)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'round_plans_placeslot'::regclass"
        )
        assert ("ShareRowExclusiveLock",) in cursor.fetchall()


def test_nobody_is_asked_to_come_when_the_round_is_over(there, dispatcher):
    at = county_now()
    rounds().filter(pk=there.round.pk).update(begins_at=at - timedelta(hours=3), ends_at=at + timedelta(minutes=5))
    give_slots(round=there.round.pk, by=dispatcher)
    assert not slots_of(there.round.pk).filter(ends_at__gt=at + timedelta(minutes=5)).exists()


def test_whoever_has_no_slot_is_counted_beside_those_who_have_one(there, dispatcher):
    roster_of(there.round).filter(token=there.tokens["赵远"]).update(site=None)
    give_slots(round=there.round.pk, by=dispatcher)
    answer = signed_in(dispatcher).get(reverse("round-slots", args=[there.round.pk]))
    assert (answer.context["n"], answer.context["n_without"]) == (4, 1)


def test_somebody_sees_their_own_time(there, dispatcher, county):
    give_slots(round=there.round.pk, by=dispatcher)
    resident = account_of(county, "resident", TOWN)
    county.persons[0].account = resident
    county.persons[0].save(update_fields=["account"])
    said = signed_in(resident).get(reverse("my-sampling")).content.decode()
    assert "东关采样点" in said
    assert NAME in said
    assert "赵远" not in said


def test_a_box_that_nobody_fetches_is_a_task_until_it_is_fetched(there):
    device = a_box_on_its_way(there, hours_ago=3)
    assert n_late(there.round, {}, county_now()) == 1
    watch_boxes(at=county_now(), by="program:worker")
    watch_boxes(at=county_now(), by="program:worker")
    (task,) = unfinished().filter(kind=LATE)
    assert task.role == "transporter"
    device.sends(device.told("hand_box", box="B0000101"))
    watch_boxes(at=county_now(), by="program:worker")
    assert not unfinished().filter(kind=LATE).exists()


def test_a_box_whose_results_do_not_come_is_a_task_of_the_laboratory(there):
    device = a_box_on_its_way(there, hours_ago=9)
    device.sends(device.told("hand_box", box="B0000101"), device.told("receive_box", box="B0000101"))
    watch_boxes(at=county_now(), by="program:worker")
    assert [it.role for it in unfinished().filter(kind=NO_RESULT)] == ["laboratory"]


def a_plan_of_sites():
    enqueue(kind=KIND, arguments={"n_sites": 1, "n_candidates": 5}, by="account:planner")
    job = claim(worker="test")
    finish(job=job, result=plan_in_background(RunningJob(job, lambda *_: None)))
    return kept_sites()


def test_a_plan_s_sites_are_put_up_with_the_cells_they_serve_and_only_once(county, dispatcher):
    at = county_now()
    row = prepare_round(
        name="第三轮", disease="covid-19", pool_size=10, areas=["141027"], begins_at=at,
        ends_at=at + timedelta(hours=9), by="account:planner",
    )  # fmt: skip
    plan = a_plan_of_sites()
    assert put_up_sites(round=row.pk, plan=plan.id, by=dispatcher) == 1
    assert put_up_sites(round=row.pk, plan=plan.id, by=dispatcher) == 0
    (site,) = sites_of(row)
    assert served_by(row)[site.pk] == list(plan.plan.sites[0].serves)
    take_roster(round=row.pk, by="account:planner")
    assert not roster_of(row).filter(site=None).exists()


def test_the_plan_s_page_draws_its_sites_and_offers_rounds_being_prepared(county, dispatcher):
    a_plan_of_sites()
    page = signed_in(dispatcher).get(reverse("round-sites"))
    assert page.status_code == 200
    assert 'class="mark"' in page.content.decode()


def test_a_round_that_is_over_stands_beside_its_plan(there, dispatcher):
    a_box_on_its_way(there, hours_ago=3)
    ScreeningRound.objects.filter(pk=there.round.pk).update(state="closed", closed_at=county_now())
    said = signed_in(dispatcher).get(reverse("round-live-plan", args=[there.round.pk])).content.decode()
    assert "The round is over" in said
    assert "Tubes planned" in said


def test_a_named_round_that_is_over_says_how_long_it_took_and_of_how_many_people(there):
    a_box_on_its_way(there, hours_ago=3)
    ScreeningRound.objects.filter(pk=there.round.pk).update(name="学校核酸筛查 04-20", state="closed")
    TableEvent.objects.create(  # somebody is away, as the roster knew the day before
        id=uuid4(), round=there.round, kind="exempt", at=county_now() - timedelta(days=1), received_at=county_now(),
        by="account:planner", device="register", digest="",
    )  # fmt: skip
    took = rounds_played()["school-round"]
    assert took.n_people == 5
    assert took.hours == pytest.approx(3 / 60, abs=0.005)


def test_whoever_is_said_to_have_a_tube_alone_is_in_the_plan_and_in_its_kits(there, dispatcher):
    before, tubes = live_plan(there.round, county_now()), needs_of(there.round)["tubes"]
    answer = signed_in(dispatcher).post(reverse("round-live-plan", args=[there.round.pk]), {"n": "3"})
    assert answer.status_code == 302
    after = live_plan(there.round, county_now())
    assert (after.n_people, after.n_left) == (before.n_people, before.n_left)
    assert after.told.n_tubes > before.told.n_tubes
    assert needs_of(there.round)["tubes"] > tubes


def test_more_alone_than_people_are_refused_with_what_would_be_right(there, dispatcher):
    answer = signed_in(dispatcher).post(reverse("round-live-plan", args=[there.round.pk]), {"n": "999"})
    assert answer.status_code == 400
    assert "no more than the round has people" in answer.content.decode()


def an_outside_one(tubes_a_day=1000, name="市疾控中心"):
    return add_laboratory(name=name, is_own=False, tubes_a_day=tubes_a_day, by="account:planner")


def page_of(dispatcher, there):
    return signed_in(dispatcher), reverse("round-live-plan", args=[there.round.pk])


def given(laboratory, n, further_min=30):
    return {"do": "outside", "laboratory": str(laboratory.pk), "tubes_a_day": str(n), "further_min": str(further_min)}


def test_a_planner_gives_a_round_an_outside_laboratory_and_the_plan_reckons_with_it(dispatcher, there):
    slow = [NewInstrument(kind=it, name=it, n_wells=32, run_min=600) for it in ("extractor", "amplifier")]
    add_laboratory(name="县人民医院", is_own=True, instruments=slow, by="account:planner")
    city, before = an_outside_one(), live_plan(there.round, county_now()).ends_at
    client, page = page_of(dispatcher, there)
    assert client.post(page, given(city, 500, further_min=0)).status_code == 302
    assert live_plan(there.round, county_now()).ends_at < before
    assert "市疾控中心" in client.get(page).content.decode()
    client.post(page, given(city, 0))
    assert live_plan(there.round, county_now()).ends_at == before


def test_an_outside_laboratory_is_not_given_more_than_it_takes_beside_other_rounds(dispatcher, there):
    city = an_outside_one()
    other = prepare_round(
        name="另一轮", disease="covid-19", pool_size=10, areas=[TOWN], begins_at=county_now(),
        ends_at=county_now() + timedelta(hours=9), by="account:planner",
    )  # fmt: skip
    ask_laboratory(round=other.pk, laboratory=city.pk, tubes_a_day=700, further_min=30, by="account:planner")
    client, page = page_of(dispatcher, there)
    answer = client.post(page, given(city, 301))
    assert answer.status_code == 400
    assert "it takes 300 a day at most" in answer.content.decode()
    assert client.post(page, given(city, 300)).status_code == 302


def test_no_round_is_given_the_county_s_own_laboratory_or_none_at_all(dispatcher, there):
    own = add_laboratory(name="县人民医院", is_own=True, tubes_a_day=100, by="account:planner")
    an_outside_one()
    client, page = page_of(dispatcher, there)
    assert client.post(page, given(own, 10)).status_code == 400
    assert client.post(page, {"do": "outside"}).status_code == 400
    assert not asked_for(there.round.pk).exists()


def test_who_sees_a_round_and_plans_none_gives_it_no_laboratory(county, there):
    city = an_outside_one()
    client, page = page_of(account_of(county, "laboratory", "141027"), there)
    assert client.post(page, given(city, 10)).status_code == 403


def test_what_was_called_back_today_was_not_sent_and_what_was_tested_there_was(there):
    own, city = add_laboratory(name="县人民医院", is_own=True, by="account:planner"), an_outside_one()
    ask_laboratory(round=there.round.pk, laboratory=city.pk, tubes_a_day=100, further_min=30, by="account:planner")
    boxes = {"X1001": ("10010001", "10010002"), "X1002": ("10010003",)}
    for box, tubes in boxes.items():
        received(there, *tubes, box=box, laboratory=own.name)
    first, second = (
        send_out(laboratory=city.pk, sender=own.pk, boxes=[box_with(there.round, it).pk], by="account:planner")
        for it in boxes
    )
    assert [it.n_today for it in asked_now()] == [3]
    entered(city, [tube_with(there.round, "10010001")])
    call_back(consignment=first.pk, by="account:planner")
    assert [it.n_today for it in asked_now()] == [2]
    call_back(consignment=second.pk, by="account:planner")
    assert [it.n_today for it in asked_now()] == [1]
