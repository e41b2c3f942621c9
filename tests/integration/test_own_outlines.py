"""The county's own outlines, once applied, are what every map of areas is drawn by; read once for each version."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.ops.places.models import Division, GridCell, GridDrawing
from fangxian.ops.places.outlines import outline_of, version_now
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.areas import area_situation, townships_drawn
from tests.integration.grid_hand import BY_NUMBER, collection, feature, ring, two_cells
from tests.integration.test_grid_outlines import applied
from tests.integration.two_townships import (
    BESIDE,
    CELL,
    OTHER_CELL,
    OTHER_TOWN,
    OTHER_UNIT,
    TOWN,
    UNIT,
    account_of,
    build,
    shown,
)

pytestmark = pytest.mark.django_db
SCHEMATIC = "示意图，不是实测边界"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    made = build()
    made.dispatcher = account_of(made, "dispatcher")
    return made


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def signed_in(client, county):
    client.force_login(county.dispatcher, backend="django.contrib.auth.backends.ModelBackend")
    return client


def all_cells():
    return collection(*(feature(nth, **{BY_NUMBER: path}) for nth, path in enumerate((CELL, BESIDE, OTHER_CELL))))


def situation(county, path):
    return area_situation(path, county.dispatcher, at=county.at)


def page(client, route, *args):
    return shown(client.get(reverse(route, args=args)))


def test_before_a_file_is_applied_maps_are_schematic(signed_in, county):
    assert version_now() is None
    assert SCHEMATIC in page(signed_in, "area", UNIT)


def test_a_unit_s_cells_are_drawn_by_the_county_s_own_outlines(signed_in, county):
    applied(county.dispatcher, two_cells())
    assert SCHEMATIC not in page(signed_in, "area", UNIT)
    assert all(it.shape != GridCell.objects.get(area_path=it.area_path).shape for it in situation(county, UNIT).parts)


def test_a_township_is_drawn_around_its_cells_together(county):
    applied(county.dispatcher, two_cells())
    (ring_of_two,) = outline_of(version_now(), TOWN)
    assert len(ring_of_two) == 4
    assert situation(county, TOWN).area.shape == ring_of_two


def test_a_county_half_of_which_has_outlines_keeps_the_schematic_map(signed_in, county):
    applied(county.dispatcher, two_cells())
    assert SCHEMATIC in page(signed_in, "county")
    assert townships_drawn("141027").is_own is False


def test_once_every_township_has_them_the_county_and_the_wall_are_drawn_by_them(signed_in, county):
    applied(county.dispatcher, all_cells())
    assert SCHEMATIC not in page(signed_in, "county")
    drawn = townships_drawn("141027")
    assert drawn.is_own
    assert set(drawn.rings) == {TOWN, OTHER_TOWN}


def test_a_cell_is_drawn_beside_its_neighbours_by_the_same_outlines(signed_in, county):
    applied(county.dispatcher, all_cells())
    found = situation(county, CELL)
    assert found.is_own
    assert [len(it.shape) for it in (found.area, *found.beside)] == [4, 4]
    assert SCHEMATIC not in page(signed_in, "area", CELL)


def test_another_file_is_another_version_and_is_drawn_at_once(county):
    applied(county.dispatcher, two_cells())
    before = situation(county, UNIT).parts[0].shape
    applied(county.dispatcher, collection(feature(4, **{BY_NUMBER: CELL})))
    assert situation(county, UNIT).parts[0].shape != before


def test_after_the_divisions_changed_a_cell_is_drawn_under_its_new_path(county):
    applied(county.dispatcher, two_cells())
    assert outline_of(version_now(), CELL)
    moved = f"{OTHER_UNIT}099"
    GridCell.objects.filter(area_path=CELL).update(area_path=moved)
    Division.objects.filter(kind="county").update(edition="2023")
    assert (bool(outline_of(version_now(), moved)), outline_of(version_now(), CELL)) == (True, [])


def test_in_a_drill_whose_clock_went_back_the_newest_file_counts(county):
    applied(county.dispatcher, two_cells())
    GridDrawing.objects.update(applied_at=county_now() + timedelta(days=9))
    before = version_now()
    applied(county.dispatcher, collection(feature(4, **{BY_NUMBER: CELL})))
    assert version_now() != before


def test_holes_and_pieces_are_drawn_too(county):
    pieces = {"type": "MultiPolygon", "coordinates": [[ring(0)], [ring(3)]]}
    applied(
        county.dispatcher, collection(feature(geometry=pieces, **{BY_NUMBER: CELL}), feature(1, **{BY_NUMBER: BESIDE}))
    )
    first = situation(county, UNIT).parts[0]
    assert (len(first.shape), len(first.more)) == (4, 1)


@pytest.mark.once
def test_outlines_are_read_once_for_a_version_however_many_pages_draw_them(signed_in, county):
    asked = []
    for content in (None, all_cells(), None):
        if content:
            applied(county.dispatcher, content)
            page(signed_in, "county")
        with CaptureQueriesContext(connection) as queries:
            page(signed_in, "county")
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2]
