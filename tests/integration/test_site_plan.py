"""Where sampling sites are best put, of the venues and people on record."""

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.people.queries import n_by_grid
from fangxian.ops.situation.site_plan import plan_sites

from .two_townships import build

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_everybody_on_record_goes_to_a_site_that_is_an_open_venue(db):
    county = build()
    plan = plan_sites(n_sites=1, n_candidates=5)
    assert [each.name for each in plan.chosen] == [county.school.name]
    assert plan.chosen[0].n_people == plan.n_people == sum(n_by_grid().values()) > 0


def test_more_sites_than_venues_are_refused_with_both_numbers(db):
    build()
    with pytest.raises(Refusal) as refused:
        plan_sites(n_sites=50, n_candidates=100)
    assert refused.value.code == "screening.too_few_venues"
    assert refused.value.facts["n_sites"] == 50


def test_a_county_without_people_is_refused(db):
    with pytest.raises(Refusal) as refused:
        plan_sites(n_sites=1, n_candidates=10)
    assert refused.value.code == "screening.no_places"
