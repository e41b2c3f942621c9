"""The demo county's people who are elsewhere and its doses: enough to see every state, the same for the same county."""

from collections import Counter

import pytest
from django.utils.timezone import localtime

from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.models import Away
from fangxian.ops.situation.returnees import returnees
from fangxian.ops.vaccination.models import Course, VaccineAnswer
from fangxian.ops.vaccination.queries import in_state, residents

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_some_dozen_people_are_elsewhere_and_some_of_them_are_to_be_looked_for(small_county):
    states = Counter(it.state for it in returnees(at=county_now()))
    assert Away.objects.count() > 11
    assert {"undeclared", "not_coming"} < set(states)


def test_of_a_household_one_is_elsewhere(small_county):
    homes = Person.objects.filter(pk__in=Away.objects.values("person")).values_list("household", flat=True)
    assert len(set(homes)) == len(homes)


def test_of_some_dozen_people_doses_are_known_in_every_stage(small_county):
    stages = Counter(Course.objects.filter(n_doses__gt=0).values_list("stage", flat=True))
    assert {"begun", "full", "boosted"} <= set(stages)
    assert sum(stages.values()) > 24


@pytest.mark.parametrize("state", ["due", "declined", "stopped", "later", "complete"])
def test_somebody_is_in_each_state_of_the_vaccination_list(small_county, state):
    assert in_state(residents(), state, localtime(county_now()).date()).exists()


def test_whoever_says_why_not_has_no_dose(small_county):
    assert not Course.objects.filter(person__in=VaccineAnswer.objects.values("person"), n_doses__gt=0).exists()
