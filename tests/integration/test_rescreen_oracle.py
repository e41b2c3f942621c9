"""Everybody judged at once from columns is everybody judged one by one from what each declared, by the definition."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.policy.arrivals import Stay, decide_arrival, possible_arrival
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Measure, Stage
from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import areas_to_ask_of
from fangxian.ops.arrivals.models import Arrival, Version
from fangxian.ops.arrivals.models import Stay as StayRow
from fangxian.ops.arrivals.queries import arrival_with, arrivals, told_of
from fangxian.ops.arrivals.wire import ToldStay
from fangxian.ops.enquiries.queries import places_answered
from fangxian.ops.enquiries.wire import Asked
from fangxian.ops.procedures import arrival_decision, arrival_evidence, rescreen_judging
from fangxian.ops.procedures.rescreen import rescreen_everybody
from fangxian.ops.procedures.rescreen_judging import judge_everybody, listed_places, worth_a_look
from fangxian.ops.procedures.risk_on_days import risk_on_days, spans_of_days
from fangxian.ops.realm.bulk import defaults_of, insert_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import RiskArea
from tests.integration.founding import founded
from tests.integration.people_with_codes import RULEBOOK, build_with_codes
from tests.integration.rescreen_hand import DEPOT, MARKET, came
from tests.integration.risk_hand import brought, feed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CODES = ("140121", "140105", "141002", "310115", "429004", "441900")
ZONE = ("上海市", "上海市", "浦东新区")
LISTS = (
    [(0, (DEPOT,), ())],
    [(0, (DEPOT,), ()), (3, (DEPOT, MARKET), ((ZONE, "一号院"),))],
    [(6, (DEPOT, MARKET), ()), (-90, (MARKET,), ((ZONE, "一号院"),))],  # an older list that comes late
)


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    county = build_with_codes()
    county.dispatcher = founded("dispatcher")
    return county


@pytest.fixture
def county(standing, db):
    return standing


def declared(county, dice, n=60):
    """Arrivals as a county's are: landed and expected, decided this way and that, asked and not."""
    at, areas = county_now(), [str(it) for it in RiskArea.objects.values_list("pk", flat=True)]
    for _ in range(n):
        came_at = at - timedelta(minutes=dice.randrange(40 * 1440))
        row = defaults_of(Arrival) | {
            "id": uuid4(), "person_id": dice.choice(county.persons).pk, "area_path": county.head.area_path,
            "state": "landed", "declared_as": "person", "arrives_at": came_at, "digest": uuid4().bytes,
            "declared_at": came_at, "decided_at": came_at, "landed_at": came_at, "declared_by": "program:test",
            **dice.choice(STANDING)(at),
        }  # fmt: skip
        insert_rows(Arrival, [row])
        insert_rows(StayRow, stays(row["id"], came_at.date() + DAY, areas, dice))
        said_at = came_at + timedelta(hours=dice.randrange(200))
        Version.objects.create(
            arrival_id=row["id"], number=1, why="declared", content="{}", is_own=True, written_at=said_at
        )


STANDING = (
    lambda at: {},
    lambda at: {"rules": ["A-03"]},
    lambda at: {"rules": ["A-02"], "measure": "home", "measure_ends_on": at.date() + 5 * DAY},
    lambda at: {"rules": ["X-99"], "measure": "central", "measure_ends_on": at.date() - 5 * DAY},
)


def stays(arrival, ends_on, areas, dice):
    told = []
    for _ in range(dice.randrange(4)):
        begins_on, is_known = ends_on - dice.randrange(1, 9) * DAY, dice.random() < 0.5
        was_in = sorted(dice.sample(areas, dice.randrange(len(areas)))) if is_known and areas else []
        told.append(
            {"arrival_id": arrival, "division_code": dice.choice(CODES), "begins_on": begins_on, "ends_on": ends_on,
             "risk_areas": was_in, "areas_known": is_known}
        )  # fmt: skip
        ends_on = begins_on + DAY
    return told


def at_once(at):
    return {
        it.arrival: (it.is_changed, it.measure, it.at_stake, it.stake_plan, [(d.about, d.areas) for d in it.doubts])
        for it in worth_a_look(judge_everybody(at))
    }


def one_by_one(at):
    """The same by the definition of each, from rows and not columns."""
    (book,) = rescreen_judging.tables_of_arrivals(at)
    begins_on, ends_on = at.date() - timedelta(days=120), at.date() + 2 * DAY
    risk_on = risk_on_days(book, begins_on, ends_on)
    listed = listed_places(book, spans_of_days(book, begins_on, ends_on))
    answered, found = places_answered(at - timedelta(days=28)), {}
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for row in arrivals().filter(arrives_at__gte=midnight - timedelta(days=28)):
        told = [Stay(it.division, it.begins_on, it.ends_on, it.risk_areas, it.areas_known) for it in told_of(row).stays]
        said_at = row.versions.get().written_at
        asked_at = [
            (said_at, answered.get(Asked(row.pk, it.division, it.begins_on, it.ends_on), frozenset())) for it in told
        ]
        held = [
            replace(it, areas_known=it.areas_known and not areas_to_ask_of(it, listed, *moment))
            for it, moment in zip(told, asked_at, strict=True)
        ]
        sure = decide_arrival(book, held, risk_on, arrived_at=row.arrives_at, at=at)
        maybe = possible_arrival(book, held, risk_on, arrived_at=row.arrives_at, at=at)
        is_changed, doubts = differs(row, sure, at), []
        if runs(maybe.plan, at) and (sure.measure, sure.plan) != (maybe.measure, maybe.plan):
            doubts = list(doubts_of(row, book, told, held, asked_at, listed, at))
        if is_changed or doubts:
            found[row.pk] = (is_changed, sure.measure, maybe.measure, maybe.plan, doubts)
    return found


def runs(plan, at):
    today = at.date()
    return plan is not None and (bool(plan.stages and plan.ends_on > today) or any(it >= today for it in plan.tests_on))


def differs(row, sure, at):
    stages = sure.plan.stages if sure.plan else ()
    place, ends_on = (stages[0].place.value, sure.plan.ends_on) if stages else ("", None)
    is_other = (tuple(row.rules), row.measure, row.measure_ends_on) != (
        tuple(it.rule for it in sure.matches), place, ends_on
    )  # fmt: skip
    return is_other and (runs(sure.plan, at) or (row.measure_ends_on is not None and row.measure_ends_on > at.date()))


def doubts_of(row, book, told, held, asked_at, listed, at):
    reach = max(rule.within for rule in book.arrivals if rule.in_force(at))
    came_on = row.arrives_at.astimezone(book.utc_offset).date()
    for one, stay, moment in zip(told, held, asked_at, strict=True):
        begins_on, ends_on = max(stay.begins_on, came_on - reach), min(stay.ends_on, came_on + DAY)
        if not stay.areas_known and begins_on < ends_on:
            counts = replace(stay, begins_on=begins_on, ends_on=ends_on)
            places = areas_to_ask_of(counts, listed, *(moment if one.areas_known else ()))
            if areas := tuple(dict.fromkeys(it.area for it in places)):
                yield Asked(row.pk, stay.division, stay.begins_on, stay.ends_on), areas


@pytest.mark.parametrize("lists", LISTS, ids=["one", "two", "late"])
@pytest.mark.parametrize("seed", range(3))
def test_at_once_is_as_one_by_one(county, lists, seed):
    for hours, high, medium in lists:
        brought(feed(hours, high=high, medium=medium), county.dispatcher)
    declared(county, random.Random(seed))
    at = county_now()
    found = at_once(at)
    assert found == one_by_one(at)
    assert any(it[0] for it in found.values())


def test_by_another_rulebook_that_counts_from_the_last_stay_it_is_too(county, monkeypatch):
    text = RULEBOOK.read_text("utf-8").replace('day_zero = "arrival"', 'day_zero = "last_stay"')
    monkeypatch.setattr(rescreen_judging, "tables_of_arrivals", lambda at: [read_rulebook(text)])
    brought(feed(0, high=(DEPOT,)), county.dispatcher)
    declared(county, random.Random(7))
    at = county_now()
    assert rescreen_judging.tables_of_arrivals(at)[0].arrivals[0].day_zero == "last_stay"
    assert at_once(at) == one_by_one(at)


def a_second_disease(monkeypatch):
    """Its rules ask everybody from another province to stay at home for four weeks."""
    (covid,) = rescreen_judging.tables_of_arrivals(county_now())
    measure = Measure(stages=(Stage(place=Place.HOME, lasts_days=28),), test_days=(), n_tests=0, tests_within=None,
                      landing_test=False, undertaking=True)  # fmt: skip
    rules = tuple(replace(it, number="M-01", measure=measure) for it in covid.arrivals if it.number == "A-05")
    other = replace(covid, id="measles-2022", disease=replace(covid.disease, key="measles"), arrivals=rules)
    for module in (arrival_decision, arrival_evidence):
        monkeypatch.setattr(module, "rulebooks_by_disease", lambda at: {"covid-19": covid, "measles": other})


def test_what_another_disease_asks_too_is_decided_once_and_then_nothing_new(county, monkeypatch):
    today = county_now().date()
    from_shanghai = ToldStay(division="310115", begins_on=today - 3 * DAY, ends_on=today)
    arrival = came(county.head, by=county.dispatcher, stays=[from_shanghai])[0]
    a_second_disease(monkeypatch)
    found = [rescreen_everybody(because="rulebook", about="both", by="program:test") for _ in range(2)]
    assert [it.n_stricter for it in found] == [1, 0]
    assert arrival_with(arrival.pk).measure == "home"


def test_an_answer_older_than_a_place_holds_no_longer_in_both(county):
    for hours in (-360, 0):
        brought(feed(hours, high=(DEPOT,)), county.dispatcher)
    declared(county, random.Random(3), n=120)
    Version.objects.update(written_at=county_now() - timedelta(days=2))
    at = county_now()
    found = at_once(at)
    assert found == one_by_one(at)
    assert any(it[4] for it in found.values())
