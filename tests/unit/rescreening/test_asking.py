"""Whether an answer still holds, and what is urgent."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fangxian.core.policy.arrivals import NOTHING_ASKED, Stay
from fangxian.core.policy.rulebook import Measure, Stage
from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import (
    AT_HOME,
    CENTRAL,
    PAPERS,
    Listed,
    areas_to_ask_of,
    newest_to_ask_of,
    urgency_of,
)

FROM, UNTIL = date(2022, 4, 3), date(2022, 4, 9)
ASKED_AT = datetime(2022, 4, 9, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_stay(**more):
    return Stay("140121", FROM, UNTIL, **more)


def listed(area="a", begins_on=FROM, ends_on=UNTIL, known_at=ASKED_AT - HOUR):
    return Listed(area, begins_on, ends_on, known_at)


def test_an_answer_holds_until_the_latest_of_the_places_became_known():
    late = listed("b", known_at=ASKED_AT + HOUR)
    assert newest_to_ask_of(a_stay(areas_known=True), {"140121": [late, listed()]}) == ASKED_AT + HOUR


def test_where_nothing_is_listed_an_answer_of_any_age_holds():
    assert newest_to_ask_of(a_stay(areas_known=True), {"140105": [listed()]}) is None


@pytest.mark.parametrize(
    ("begins_on", "ends_on", "counts"),
    [
        (FROM - DAY, FROM, False), (FROM - DAY, FROM + DAY, True), (UNTIL - DAY, UNTIL + DAY, True),
        (UNTIL, UNTIL + DAY, False),
    ],
)  # fmt: skip
def test_a_place_is_asked_about_if_it_was_listed_while_they_were_there(begins_on, ends_on, counts):
    places = {"140121": [listed(begins_on=begins_on, ends_on=ends_on)]}
    assert bool(areas_to_ask_of(a_stay(), places)) == counts


def test_nobody_is_asked_about_a_place_they_said_they_were_in():
    assert areas_to_ask_of(a_stay(risk_areas=frozenset("a")), {"140121": [listed()]}) == []


def test_a_place_of_a_prefecture_without_counties_is_asked_about_too():
    assert areas_to_ask_of(Stay("441900", FROM, UNTIL), {"4419": [listed()]}) == [listed()]


def staged(place):
    stages = (Stage(place=place, lasts_days=14),)
    return Measure(stages=stages, test_days=(), n_tests=0, tests_within=None, landing_test=False, undertaking=False)


@pytest.mark.parametrize(
    ("measure", "urgency"),
    [(staged(Place.CENTRAL), CENTRAL), (staged(Place.HOME), AT_HOME), (staged(Place.COMMUNITY), PAPERS),
     (NOTHING_ASKED, PAPERS)],
)  # fmt: skip
def test_what_would_keep_somebody_away_from_others_is_asked_first(measure, urgency):
    assert urgency_of(measure) == urgency
