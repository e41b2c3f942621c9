"""Where sampling sites are best put, of the venues and people on record."""

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.round_plans.site_picture import sites_map
from fangxian.ops.people.queries import n_by_grid
from fangxian.ops.places.outlines import drawn_now
from fangxian.ops.places.queries import grid_cells_in_order
from fangxian.ops.procedures.draw_grids import apply_outlines, bring_drawing, state_now
from fangxian.ops.situation.site_plan import BY_OWN_OUTLINES, plan_sites

from .grid_hand import BY_NUMBER, collection, feature
from .two_townships import account_of, build

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_everybody_on_record_goes_to_a_site_that_is_an_open_venue(db):
    county = build()
    plan = plan_sites(n_sites=1, n_candidates=5)
    assert [each.name for each in plan.chosen] == [county.school.name]
    assert plan.chosen[0].n_people == plan.n_people == sum(n_by_grid().values()) > 0


def test_where_the_county_brought_outlines_sites_and_their_map_are_by_them(db):
    county = build()
    before, by = sites_map([]).svg, account_of(county, "dispatcher")
    files = [feature(nth, **{BY_NUMBER: cell.area_path}) for nth, cell in enumerate(grid_cells_in_order())]
    row = bring_drawing(content=collection(*files), file_name="grids.geojson", datum="wgs84", by=by).row
    apply_outlines(drawing=row.pk, seen=state_now(), by=by)
    plan = plan_sites(n_sites=1, n_candidates=5)
    assert plan.notice == BY_OWN_OUTLINES
    xs = [x for ring in drawn_now("141027")[plan.chosen[0].area_path] for x, _ in ring]
    assert min(xs) <= plan.chosen[0].at[0] <= max(xs)
    assert sites_map([]).svg != before


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
