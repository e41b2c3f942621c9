"""Somebody arrives: what is declared once, what follows from it, and what is refused in words."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.arrivals.models import Arrival, Version
from fangxian.ops.arrivals.queries import decided_of, declared_since, told_of
from fangxian.ops.field.wire import Intent
from fangxian.ops.movement.models import Evidence
from fangxian.ops.procedures import field_arrival
from fangxian.ops.procedures import seed_arrivals as seeding
from fangxian.ops.procedures.arrival_decision import asked_by
from fangxian.ops.procedures.arrival_people import Newcomer, known_person
from fangxian.ops.procedures.declare_arrival import cancel_arrival, correct_arrival, say_landed, sign_undertaking
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.rides.queries import rides_of
from fangxian.ops.tasks.queries import unfinished

from .arrival_hand import (
    PUDONG,
    QINGXU,
    TODAY,
    XIAODIAN,
    YAODU,
    arrived,
    at,
    at_risk,
    declared,
    journey,
    on,
    stay,
    tomorrow,
    train,
)
from .founding import code_of
from .people_with_codes import build_with_codes, seen_by_a_gate
from .two_townships import UNIT, account_of

pytestmark = pytest.mark.django_db
DEVICE = UUID(int=9)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def worker(county):
    return account_of(county, "grid_worker")


@pytest.fixture
def risky(county):
    """A depot in Qingxu is of high risk since four days; its id as a risk area."""
    return at_risk(account_of(county, "dispatcher"))[0]


def standing(row):
    return [(it.kind, it.attributes["measure"]) for it in Evidence.objects.filter(rests_on=row.pk, withdrawn_at=None)]


def waiting(row):
    return sorted(unfinished().filter(about=f"arrival:{row.pk}").values_list("kind", "role"))


def here(risky):
    return stay(risk_areas=frozenset({risky}), areas_known=True)


def test_nobody_from_a_quiet_county_is_asked_more_than_to_declare(county, worker):
    row = arrived(county.head, by=worker, told=journey(stay(YAODU)))
    assert (row.state, row.rules, row.measure, standing(row)) == ("landed", [], "", [])


def test_whoever_was_in_the_risk_area_itself_goes_to_central_quarantine(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky)))
    assert (row.rules[0], row.measure, standing(row)) == ("A-01", "central", [("arrival", "central")])


def test_the_gate_follows_by_itself(county, worker, risky):
    arrived(county.head, by=worker, told=journey(here(risky)))
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-09")


def test_whoever_was_elsewhere_in_the_county_stays_at_home(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(stay(areas_known=True)))
    assert (row.measure, standing(row)) == ("home", [("arrival", "home")])


def test_a_stay_before_the_place_was_listed_asks_nothing_of_that_place(county, worker, risky):
    told = journey(stay(begins=on(3, 30), last=on(4, 2), risk_areas=frozenset({risky})), stay(YAODU, on(4, 3)))
    assert "A-01" not in arrived(county.head, by=worker, told=told).rules


def test_from_another_province_one_test_is_due_on_landing(county, worker):
    row = arrived(county.head, by=worker, told=journey(stay(PUDONG)))
    assert (row.rules, row.has_landing_test, row.tests) == (["A-05"], True, [["2022-04-08", "2022-04-08"]])


def test_of_a_milder_rule_whose_place_a_stricter_one_takes_the_number_alone_is_told(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky)))
    assert [(it.number, it.adds) for it in asked_by(decided_of(row), at(8, 9))] == [("A-01", True), ("A-02", False)]


def test_two_tests_within_72_hours_of_the_first_are_due_on_two_days(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(stay(XIAODIAN)))
    assert (row.measure, row.needs_undertaking, row.tests) == (
        "community",
        True,
        [["2022-04-08", "2022-04-08"], ["2022-04-09", "2022-04-10"], ["2022-04-11", "2022-04-11"]],
    )


def test_sent_three_times_by_a_bad_network_it_is_one(county, worker):
    token = uuid4()
    kept = [declared(county.head, by=worker, token=token)[0] for _ in range(3)]
    assert [it.is_new for it in kept] == [True, False, False]


def test_sent_again_by_another_form_word_for_word_it_is_one(county, worker):
    kept = [declared(county.head, by=worker, token=uuid4())[0] for _ in range(2)]
    assert (kept[1].is_new, Arrival.objects.count()) == (False, 1)


def test_a_family_declares_once(county, worker):
    kept = declared(*county.persons[:3], by=worker, token=uuid4())
    assert [it.row.person_id for it in kept] == [it.pk for it in county.persons[:3]]


def test_the_grid_worker_calls_within_hours(county, worker, risky):
    row = arrived(county.persons[3], by=worker, told=journey(stay(XIAODIAN)))
    (task,) = unfinished().filter(about=f"arrival:{row.pk}")
    assert (task.kind, task.role, task.due_at - task.opened_at <= timedelta(hours=4)) == (
        "arrivals.visit",
        "grid_worker",
        True,
    )


def test_whoever_goes_to_central_quarantine_is_fetched(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky)))
    assert waiting(row) == [("arrivals.transfer", "transporter"), ("arrivals.visit", "grid_worker")]


def test_a_ride_of_the_journey_is_one_that_searches_see(county, worker):
    arrived(county.head, by=worker, told=journey(legs=[train()]))
    assert [(it.vehicle, it.seat) for it in rides_of(county.head.pk)] == [("D5327", "05车12F")]


def test_announced_ahead_it_is_no_evidence_and_nobody_s_ride_yet(county, worker, risky):
    told = journey(stay(risk_areas=frozenset({risky}), areas_known=True, last=on(4, 9)), arrives_at=tomorrow())
    row = arrived(county.head, by=worker, told=told)
    assert (row.state, row.measure, standing(row), waiting(row)) == (
        "announced",
        "central",
        [],
        [("arrivals.expected", "grid_worker")],
    )


def test_landing_makes_the_same_record_one_that_counts(county, worker, risky):
    told = journey(stay(risk_areas=frozenset({risky}), areas_known=True, last=on(4, 9)), arrives_at=tomorrow())
    announced = arrived(county.head, by=worker, told=told)
    row = say_landed(arrival=announced.pk, by=worker).row
    assert (row.pk, row.state, row.version, standing(row)) == (
        announced.pk,
        "landed",
        2,
        [("arrival", "central")],
    )


def test_declared_on_landing_by_another_form_it_is_the_one_announced(county, worker):
    announced = arrived(county.head, by=worker, told=journey(stay(last=on(4, 9)), arrives_at=tomorrow()))
    row = arrived(county.head, by=worker, told=journey(stay(YAODU)), token=uuid4())
    assert (row.pk, row.state, [it.why for it in row.versions.all()]) == (
        announced.pk,
        "landed",
        ["declared", "landed"],
    )


def test_whoever_says_twice_that_they_landed_lands_once(county, worker):
    announced = arrived(county.head, by=worker, told=journey(stay(last=on(4, 9)), arrives_at=tomorrow()))
    say_landed(arrival=announced.pk, by=worker)
    assert say_landed(arrival=announced.pk, by=worker).is_new is False


def test_a_correction_withdraws_the_evidence_and_records_it_anew(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky)))
    told = journey(stay(areas_known=True))
    correct_arrival(arrival=row.pk, told=told, reason="电话里说错了", is_own=False, by=worker)
    assert standing(row) == [("arrival", "home")]
    assert seen_by_a_gate(county.head) == (Colour.YELLOW, "C-10")


def test_corrected_to_a_quiet_county_nothing_rests_on_it(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky)))
    correct_arrival(arrival=row.pk, told=journey(stay(YAODU)), reason="电话里说错了", is_own=False, by=worker)
    assert (standing(row), seen_by_a_gate(county.head)[0]) == ([], Colour.GREEN)


def test_what_was_said_before_a_correction_is_kept(county, worker):
    row = arrived(county.head, by=worker)
    correct_arrival(arrival=row.pk, told=journey(stay(YAODU)), is_own=True, by=worker)
    assert [(it.number, it.why, QINGXU in it.content) for it in Version.objects.filter(arrival=row)] == [
        (1, "declared", True),
        (2, "corrected", False),
    ]


def test_a_ride_that_was_not_ridden_is_taken_back(county, worker):
    row = arrived(county.head, by=worker, told=journey(legs=[train()]))
    correct_arrival(arrival=row.pk, told=journey(legs=[train("K604")]), is_own=True, by=worker)
    assert [it.vehicle for it in rides_of(county.head.pk)] == ["K604"]


def test_a_second_correction_of_one_s_own_waits_until_tomorrow(county, worker):
    row = arrived(county.head, by=worker)
    correct_arrival(arrival=row.pk, told=journey(stay(YAODU)), is_own=True, by=worker)
    again = {"arrival": row.pk, "told": journey(stay(PUDONG)), "is_own": True, "by": worker}
    assert code_of(correct_arrival, **again) == "arrivals.corrected_today"


def test_a_grid_worker_may_correct_it_meanwhile_with_a_reason(county, worker):
    row = arrived(county.head, by=worker)
    correct_arrival(arrival=row.pk, told=journey(stay(YAODU)), is_own=True, by=worker)
    kept = correct_arrival(arrival=row.pk, told=journey(stay(PUDONG)), reason="电话里说错了", is_own=False, by=worker)
    assert (kept.is_new, kept.row.version) == (True, 3)


def test_cancelled_nothing_rests_on_it_and_nobody_calls(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky), legs=[train()]))
    cancel_arrival(arrivals=[row.pk], why="报错了人", by=worker)
    assert (standing(row), waiting(row), rides_of(county.head.pk).count()) == ([], [], 0)


def test_cancelled_it_may_be_declared_again(county, worker):
    row = arrived(county.head, by=worker)
    cancel_arrival(arrivals=[row.pk], why="报错了人", by=worker)
    assert arrived(county.head, by=worker).pk != row.pk


def test_an_undertaking_keeps_the_name_and_the_moment(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(stay(XIAODIAN)))
    sign_undertaking(arrival=row.pk, name=" 孟浩然 ", by=worker)
    row.refresh_from_db()
    assert (row.undertaken_name, row.undertaken_at is not None) == ("孟浩然", True)


def test_no_undertaking_is_signed_where_none_is_asked(county, worker):
    row = arrived(county.head, by=worker, told=journey(stay(YAODU)))
    assert code_of(sign_undertaking, arrival=row.pk, name="孟浩然", by=worker) == "arrivals.no_undertaking"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (journey(stay(begins=on(4, 8), last=on(4, 3))), "arrivals.stay_backwards"),
        (journey(stay(begins=on(4, 1), last=on(4, 5)), stay(YAODU, begins=on(4, 3))), "arrivals.stays_overlap"),
        (journey(stay(begins=on(4, 1), last=on(4, 3)), stay(YAODU, begins=on(4, 6))), "arrivals.stays_hole"),
        (journey(stay(last=on(4, 6))), "arrivals.stays_hole"),
        (journey(stay(last=on(4, 12))), "arrivals.stay_after"),
        (journey(stay("999999")), "arrivals.unknown_place"),
        (journey(stay(last=on(4, 12)), arrives_at=at(12, 9)), "arrivals.too_early"),
        (journey(stay(begins=on(3, 1), last=on(3, 2)), arrives_at=at(1, 9) - timedelta(days=30)), "arrivals.long_past"),
        (replace(journey(), stays=()), "arrivals.no_stay"),
        (journey(legs=[train(begins=at(8, 7), ends=at(8, 6))]), "arrivals.leg_times"),
    ],
)
def test_what_cannot_be_true_is_refused_in_words(county, worker, told, code):
    assert code_of(declared_one, person=county.head, by=worker, told=told) == code


def declared_one(*, person, **more):
    return declared(person, **more)


def test_another_declaration_of_the_same_arrival_is_to_be_a_correction(county, worker):
    arrived(county.head, by=worker)
    told = journey(stay(YAODU))
    assert code_of(declared_one, person=county.head, by=worker, told=told) == "arrivals.declared_already"


def test_the_day_of_moving_may_stand_with_both_places(county, worker):
    told = journey(stay(begins=on(4, 1), last=on(4, 5)), stay(YAODU, begins=on(4, 5)))
    assert arrived(county.head, by=worker, told=told).state == "landed"


def test_a_county_by_its_code_of_last_year_is_the_one_of_today(county, worker):
    row = arrived(county.head, by=worker, told=journey(stay("410381")))
    assert [it.division for it in told_of(row).stays] == ["410307"]


def test_what_is_declared_since_a_day_is_told_whole(county, worker, risky):
    row = arrived(county.head, by=worker, told=journey(here(risky)))
    (one,) = declared_since(TODAY)
    assert (one.arrival, one.person, one.has_landed, one.stays[0].division, one.stays[0].risk_areas) == (
        row.pk,
        county.head.pk,
        True,
        QINGXU,
        (risky,),
    )


def test_what_came_before_the_day_is_not(county, worker):
    arrived(county.head, by=worker)
    assert declared_since(TODAY + timedelta(days=1)) == []


def test_a_merged_record_s_arrivals_are_those_of_the_one_that_goes_on(county, worker):
    one, other = county.persons[0], county.persons[3]
    row = arrived(other, by=worker)
    merge_persons(kept=one, merged=other, reason="同一人", by=f"account:{worker.pk}")
    row.refresh_from_db()
    assert row.person_id == one.pk


def test_of_two_that_were_announced_the_newer_goes_on(county, worker):
    one, other = county.persons[0], county.persons[3]
    told = journey(stay(last=on(4, 9)), arrives_at=tomorrow())
    rows = [arrived(it, by=worker, told=told) for it in (one, other)]
    merge_persons(kept=one, merged=other, reason="同一人", by=f"account:{worker.pk}")
    assert sorted(Arrival.objects.filter(pk__in=[it.pk for it in rows]).values_list("state", flat=True)) == [
        "announced",
        "cancelled",
    ]


def test_a_number_of_fifteen_digits_finds_whose_it_is(county):
    number = county.head.document_number
    assert known_person(Newcomer(name="孟浩然", number=number[:6] + number[8:17])).pk == county.head.pk


def test_a_number_with_another_s_name_is_refused(county):
    told = Newcomer(name="别人", number=county.head.document_number)
    assert code_of(known_person, newcomer=told) == "arrivals.other_name"


def test_expected_yesterday_and_not_seen_is_a_task_that_is_late(county, worker):
    row = arrived(county.head, by=worker, told=journey(stay(last=on(4, 9)), arrives_at=tomorrow()))
    (task,) = unfinished().filter(about=f"arrival:{row.pk}")
    assert task.due_at == row.arrives_at + timedelta(hours=12)


def test_a_demo_county_s_arrivals_are_the_same_from_the_same_seed(county, monkeypatch):
    many = replace(seeding.BACK_A_DAY, value=30, high=40)  # of five people nobody would come otherwise
    monkeypatch.setattr(seeding, "BACK_A_DAY", many)
    seeded = [seeded_once() for _ in range(2)]
    assert seeded[0] == seeded[1] != []


def seeded_once():
    """What a demo is given of arrivals, in words that no id stands in; then it is removed."""
    seeding.seed_arrivals(at=at(8, 9), by="program:test", step=lambda *_: None)
    rows = Arrival.objects.order_by("arrives_at").prefetch_related("journey")
    found = [(it.person.name, it.arrives_at, [one.division_code for one in it.journey.all()]) for it in rows]
    Arrival.objects.all().delete()
    return found


def from_a_phone(county, **changed):
    """What a phone in the field wrote down of the elder who came from Qingxu."""
    told = {
        "name": "王老", "number": county.persons[3].document_number, "area": UNIT,
        "arrives_at": at(8, 8).isoformat(),
        "stays": [{"division": QINGXU, "begins_on": "2022-04-03", "last_on": "2022-04-08"}],
    }  # fmt: skip
    return Intent(device=DEVICE, number=7, kind="arrival", recorded_at=at(8, 8), body=told | changed)


def test_a_phone_s_record_sent_again_is_one_arrival(county):
    officer, told = account_of(county, "checkpoint_officer"), from_a_phone(county)
    outcomes = [field_arrival.take([told], officer)[0].what for _ in range(2)]
    assert (outcomes, Arrival.objects.count()) == (["taken", "repeat"], 1)


def test_a_phone_s_record_that_cannot_be_true_says_why_and_spoils_no_other(county):
    officer = account_of(county, "checkpoint_officer")
    wrong = from_a_phone(county, stays=[{"division": QINGXU, "begins_on": "2022-04-08", "last_on": "2022-04-03"}])
    (first, second) = field_arrival.take([wrong, from_a_phone(county)], officer)
    assert (first.refusal.code, second.what) == ("arrivals.stay_backwards", "taken")


def test_a_phone_s_record_that_is_none_is_refused(county):
    (one,) = field_arrival.take([from_a_phone(county, stays=None)], account_of(county, "checkpoint_officer"))
    assert one.refusal.code == "field.not_readable"
