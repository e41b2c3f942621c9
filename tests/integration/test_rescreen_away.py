"""Whoever is away is judged by every disease with a table: the strictest is at stake, and all places are asked of."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.policy.arrivals import Stay, decide_arrival, possible_arrival, strictness_of
from fangxian.core.policy.rulebook import Measure, Stage
from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import areas_to_ask_of, urgency_of
from fangxian.ops.departures.models import Application, State, Traveller
from fangxian.ops.departures.queries import away_now
from fangxian.ops.procedures import rescreen_judging
from fangxian.ops.procedures.rescreen_asking import everybody_to_ask
from fangxian.ops.procedures.rescreen_judging import judge_everybody, listed_places
from fangxian.ops.procedures.risk_on_days import risk_on_days, spans_of_days
from fangxian.ops.realm.current import county_now
from tests.integration.founding import founded
from tests.integration.people_with_codes import build_with_codes
from tests.integration.rescreen_hand import DEPOT, MARKET
from tests.integration.risk_hand import brought, feed
from tests.integration.test_rescreen_oracle import CODES, ZONE, runs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AT_HOME = Measure(
    stages=(Stage(place=Place.HOME, lasts_days=28),), test_days=(), n_tests=0, tests_within=None, landing_test=False,
    undertaking=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    county = build_with_codes()
    county.dispatcher = founded("dispatcher")
    return county


@pytest.fixture
def county(standing, db):
    return standing


@pytest.fixture
def lists(county):
    """Places of high and of medium risk, some known a while before others."""
    for hours, high, medium in ((-90, (MARKET,), ()), (0, (DEPOT, MARKET), ((ZONE, "一号院"),))):
        brought(feed(hours, high=high, medium=medium), county.dispatcher)


def books(monkeypatch, *, rules, key, within=None):
    """COVID-19 and a second disease, whose rows are some of COVID-19's that ask to stay at home for four weeks."""
    (covid,) = rescreen_judging.tables_of_arrivals(county_now())
    own = tuple(
        replace(it, number=f"M-{it.number}", measure=AT_HOME, within=within or it.within)
        for it in covid.arrivals
        if it.number in rules
    )
    other = replace(covid, id="other", disease=replace(covid.disease, key=key), arrivals=own)
    both = sorted((covid, other), key=lambda it: it.disease.key)
    monkeypatch.setattr(rescreen_judging, "tables_of_arrivals", lambda at: both)


def left(person, for_, days_ago):
    at = county_now() - timedelta(days=days_ago)
    trip = Application.objects.create(
        id=uuid4(), person=person, area_path=person.area_path, destination=for_, leaves_on=at.date(),
        state=State.EXITED, entered_at=at, exited_at=at,
    )  # fmt: skip
    Traveller.objects.create(application=trip, person=person, is_applicant=True)


def asked(at):
    """What is asked of whoever is away: of which places, what is at stake until when, and how urgent it is."""
    return {
        it.person: (set(it.areas), it.at_stake, it.stake_ends_on, it.urgency)
        for it in everybody_to_ask(judge_everybody(at), [], at)
        if it.why == "away"
    }


def by_definition(at):
    """The same of each person and each disease by itself: it is asked of, if an answer would decide anything."""
    found = {}
    for it in away_now():
        stay, asking = Stay(it.destination, min(it.left_on, at.date()), at.date() + DAY), []
        for book in rescreen_judging.tables_of_arrivals(at):
            risk_on = risk_on_days(book, stay.begins_on, stay.ends_on)
            sure = decide_arrival(book, [stay], risk_on, arrived_at=at, at=at)
            maybe = possible_arrival(book, [stay], risk_on, arrived_at=at, at=at)
            if runs(maybe.plan, at) and sure.measure != maybe.measure and (areas := places(book, stay, at)):
                closest = next(row for row in book.arrivals if row.number == maybe.matches[0].rule)
                asking.append((strictness_of(closest), maybe, areas))
        if asking:
            _, strictest, _ = max(asking, key=lambda one: one[0])
            found[it.person] = (
                set().union(*(areas for _, _, areas in asking)),
                strictest.measure.stages[0].place.value if strictest.measure.stages else "community",
                strictest.plan.ends_on,
                min(urgency_of(one.measure, is_away=True) for _, one, _ in asking),
            )
    return found


def places(book, stay, at):
    reach = max(rule.within for rule in book.arrivals if rule.in_force(at))
    listed = listed_places(book, spans_of_days(book, stay.begins_on, stay.ends_on))
    counts = replace(stay, begins_on=max(stay.begins_on, at.date() - reach))
    return {one.area for one in areas_to_ask_of(counts, listed)}


@pytest.mark.parametrize("key", ["a-disease-before", "z-disease-after"])
@pytest.mark.parametrize("rules", [("A-01",), ("A-02", "A-05"), ("A-05",)], ids=",".join)
def test_all_at_once_it_is_what_each_disease_by_itself_says_of_each_person(county, lists, monkeypatch, key, rules):
    books(monkeypatch, rules=rules, key=key, within=timedelta(days=21))
    dice = random.Random(f"{key}{rules}")
    at, n_asked = county_now(), 0
    for _ in range(4):
        Application.objects.all().delete()
        for person in county.persons:
            left(person, dice.choice(CODES[:4]), dice.randrange(20))
        found = asked(at)
        n_asked += len(found)
        assert found == by_definition(at)
    assert n_asked


def test_a_disease_whose_table_asks_of_no_place_hides_no_other(county, lists, monkeypatch):
    left(county.head, "140121", 3)
    alone = asked(county_now())
    books(monkeypatch, rules=("A-05",), key="a-disease-before")
    assert alone
    assert asked(county_now()) == alone


def test_the_stricter_is_at_stake_whichever_disease_comes_first(county, lists, monkeypatch):
    left(county.head, "140121", 3)
    books(monkeypatch, rules=("A-01",), key="a-disease-before")
    ((_, at_stake, _, urgency),) = asked(county_now()).values()
    assert (at_stake, urgency) == ("central", 2)
