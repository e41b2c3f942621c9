"""Where two diseases ask something of people who arrive, both count: the strictest measure, and every reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.policy.rulebook import Measure, Stage
from fangxian.core.policy.vocabulary import Place
from fangxian.ops.arrivals.queries import decided_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.models import Evidence
from fangxian.ops.procedures import arrival_decision, arrival_evidence
from fangxian.ops.procedures.arrival_decision import asked_by
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import unfinished

from .arrival_hand import PUDONG, arrived, at_risk, journey, stay
from .people_with_codes import build_with_codes
from .two_townships import account_of

pytestmark = pytest.mark.django_db
ASKS_HOME = (Stage(place=Place.HOME, lasts_days=28),)


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(standing, db):
    return standing


@pytest.fixture
def worker(county):
    return account_of(county, "grid_worker")


@pytest.fixture
def two(county, monkeypatch):
    """A second disease, whose rules ask everybody from another province and from a risk area to stay at home."""
    covid = next(it for it in rulebooks_by_disease(county_now()).values() if it.arrivals)
    asks = Measure(stages=ASKS_HOME, test_days=(), n_tests=0, tests_within=None, landing_test=False, undertaking=True)
    rules = tuple(
        replace(it, number=f"M-{n:02}", measure=asks)
        for n, it in enumerate((it for it in covid.arrivals if it.number in ("A-01", "A-05")), 1)
    )
    other = replace(covid, id="measles-2022", disease=replace(covid.disease, key="a-measles"), arrivals=rules)
    books = {covid.disease.key: covid, "a-measles": other}
    for module in (arrival_decision, arrival_evidence):
        monkeypatch.setattr(module, "rulebooks_by_disease", lambda at: books)
    return covid, other


def from_pudong(county, worker):
    return arrived(county.head, by=worker, told=journey(stay(PUDONG)))


def test_the_stricter_gives_the_place_and_the_other_adds_its_test(county, worker, two):
    row = from_pudong(county, worker)
    assert (row.disease, row.measure, row.has_landing_test, row.needs_undertaking) == ("a-measles", "home", True, True)
    assert row.tests


def test_both_reasons_are_told(county, worker, two):
    row = from_pudong(county, worker)
    asked = asked_by(decided_of(row), county_now())
    assert [(it.number, it.adds) for it in asked] == [("M-02", True), ("A-05", True)]


def test_a_task_names_the_rows_and_no_book(county, worker, two):
    row = from_pudong(county, worker)
    (task,) = unfinished().filter(about=f"arrival:{row.pk}")
    assert "M-02、A-05" in task.title_zh


def test_what_the_other_still_asks_follows_the_stricter_one(county, worker, two):
    area = at_risk(account_of(county, "dispatcher"))[0]
    row = arrived(county.head, by=worker, told=journey(stay(risk_areas=frozenset([area]), areas_known=True)))
    places = [place for place, _, _ in row.stages]
    assert (row.measure, places) == ("central", ["central", "monitoring", "home"])
    assert row.measure_ends_on - row.arrives_at.date() == timedelta(days=29)


def test_each_disease_has_its_own_evidence_and_a_correction_takes_both_back(county, worker, two):
    area = at_risk(account_of(county, "dispatcher"))[0]
    row = arrived(county.head, by=worker, told=journey(stay(risk_areas=frozenset([area]), areas_known=True)))
    told = {
        (it.disease, it.attributes["measure"]) for it in Evidence.objects.filter(rests_on=row.pk, withdrawn_at=None)
    }
    assert told == {(two[0].disease.key, "central"), ("a-measles", "home")}
    arrival_evidence.settle_evidence(rows=[row], issuer="某单位", by="program:test")
    assert Evidence.objects.filter(rests_on=row.pk).count() == 2
