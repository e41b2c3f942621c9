"""Arrivals, contacts and travel at the edges that the manual's tables do not show."""

from datetime import date, datetime, timedelta

import pytest

from fangxian.core.policy.arrivals import NOTHING_ASKED, Stay, decide_arrival
from fangxian.core.policy.contacts import lookback_begins_at, management_days
from fangxian.core.refusal import Refusal

TODAY = date(2022, 4, 15)


def arrive(covid, *stays, states=("risk-area",), since=date(2022, 1, 1)):
    arrived_at = datetime(2022, 4, 15, 16, tzinfo=covid.utc_offset)
    return decide_arrival(covid, stays, lambda place, on, areas: states if on >= since else (), arrived_at=arrived_at)


def test_no_stay_asks_nothing(covid):
    decision = arrive(covid)
    assert decision.measure == NOTHING_ASKED
    assert decision.plan is None


@pytest.mark.parametrize(("days_ago", "matches"), [(15, False), (14, True), (1, True), (0, True), (-1, False)])
def test_the_day_two_weeks_ago_is_the_first_that_counts(covid, days_ago, matches):
    on = TODAY - timedelta(days=days_ago)
    assert bool(arrive(covid, Stay("310115", on, on + timedelta(days=1))).matches) == matches


def test_the_last_day_that_matched_is_named(covid):
    (match,) = arrive(covid, Stay("310115", date(2022, 4, 3), date(2022, 4, 9))).matches
    assert (match.rule, match.risk, match.day) == ("A-01", "risk-area", date(2022, 4, 8))


def test_the_order_of_stays_does_not_matter(covid):
    stays = [Stay("1", date(2022, 4, 2), date(2022, 4, 5)), Stay("2", date(2022, 4, 5), date(2022, 4, 9))]
    assert arrive(covid, *stays) == arrive(covid, *reversed(stays))


def test_contacts_are_sought_from_the_beginning_of_a_local_day(covid):
    onset_at = datetime(2022, 4, 15, 3, tzinfo=covid.utc_offset)
    begins_at = lookback_begins_at(covid, "close-contact", onset_at=onset_at, at=onset_at)
    assert begins_at == datetime(2022, 4, 11, tzinfo=covid.utc_offset)


def test_an_unknown_ring_is_refused_with_the_ones_there_are(covid):
    at = datetime(2022, 4, 15, tzinfo=covid.utc_offset)
    with pytest.raises(Refusal) as caught:
        management_days(covid, "distant-contact", last_exposure_on=TODAY, at=at)
    assert "close-contact, secondary-contact, co-present" in caught.value.said.en


def test_somebody_placed_after_the_end_has_nothing_left(covid):
    at = datetime(2022, 4, 15, tzinfo=covid.utc_offset)
    plan = management_days(
        covid, "secondary-contact", last_exposure_on=date(2022, 4, 2), at=at, placed_on=date(2022, 4, 12)
    )
    assert plan.stages == ()
    assert plan.tests_on == ()
