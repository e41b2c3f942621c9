"""A demo's invented departures."""

import pytest

from fangxian.ops.departures.models import Application
from fangxian.ops.procedures.seed_departures import STORIES, seed_departures
from fangxian.ops.realm.current import county_now

BY = "program:test"
pytestmark = pytest.mark.django_db


def test_the_demo_has_departures_in_every_state_but_those_of_a_risk_nobody_listed(small_county):
    told = seed_departures(at=county_now(), by=BY)
    states = set(Application.objects.values_list("state", flat=True))
    assert told["n_departures"] >= sum(n for story, n, _ in STORIES if story != "county")
    assert states >= {"draft", "village", "township", "issued", "exited", "overdue", "returned", "refused", "cancelled"}
    assert "lapsed" in states
    assert seed_departures(at=county_now(), by=BY) == {"n_departures": 0}
