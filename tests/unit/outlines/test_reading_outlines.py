"""Outlines as a county's surveyors export them, and everything that can be wrong with them."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.outlines.plane import area_km2, coarse, crossing_in, overlap_km2
from fangxian.core.outlines.reading import read_outlines
from fangxian.core.outlines.whose import Cell, recognise
from fangxian.core.refusal import Refusal

COUNTY = np.array([[111.0, 35.0], [112.0, 35.0], [112.0, 36.0], [111.0, 36.0], [111.0, 35.0]])


def square(x=111.5, y=35.5, side=0.01):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def file_of(*geometries, **more):
    features = [{"type": "Feature", "properties": {"name": f"g{n}"}, "geometry": it} for n, it in enumerate(geometries)]
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


def refused(text):
    with pytest.raises(Refusal) as found:
        read_outlines(text, county=COUNTY)
    return found.value.code.removeprefix("outlines.")


def test_neighbours_that_share_a_border_are_read():
    found = read_outlines(file_of(polygon(square()), polygon(square(111.51))), county=COUNTY)
    assert [it.nth for it in found] == [1, 2]


def test_a_feature_without_a_geometry_is_left_out_and_the_others_keep_their_places():
    assert [it.nth for it in read_outlines(file_of(None, polygon(square())), county=COUNTY)] == [2]


def test_a_height_is_left_out():
    high = polygon([[*corner, 812.5] for corner in square()])
    assert read_outlines(file_of(high), county=COUNTY)[0].outline[0][0].shape == (5, 2)


def test_borders_drawn_by_hand_may_overlap_by_a_hair():
    assert len(read_outlines(file_of(polygon(square()), polygon(square(111.5099))), county=COUNTY)) == 2


def test_a_hole_is_no_part_of_the_area():
    whole, holed = [[np.array(square())]], [[np.array(square()), np.array(square(111.502, 35.502, 0.005))]]
    assert area_km2(holed) == pytest.approx(0.75 * area_km2(whole), rel=1e-3)


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"])
def test_a_file_that_says_it_is_in_degrees_of_wgs_84_or_cgcs2000_is_read(crs):
    assert read_outlines(file_of(polygon(square()), crs={"type": "name", "properties": {"name": crs}}), county=COUNTY)


BOW = [[111.5, 35.5], [111.51, 35.51], [111.51, 35.5], [111.5, 35.51], [111.5, 35.5]]
SPIKE = [
    [111.5, 35.5],
    [111.51, 35.5],
    [111.51, 35.51],
    [111.51, 35.53],
    [111.51, 35.51],
    [111.5, 35.51],
    [111.5, 35.5],
]
METRES = [[500000, 3980000], [500100, 3980000], [500100, 3980100], [500000, 3980000]]
WRONG = {
    "cut in the middle": (file_of(polygon(square()))[:-20], "cut_off"),
    "no JSON": ("<kml/>", "not_json"),
    "nothing": ("", "not_json"),
    "not a number": ('{"type": "FeatureCollection", "features": [NaN]}', "not_json"),
    "brackets without end": ("[" * 100_000, "not_json"),
    "other JSON": ('{"type": "Topology"}', "not_a_collection"),
    "a list": ("[]", "not_a_collection"),
    "no features": ('{"type": "FeatureCollection", "features": []}', "none"),
    "a projection": (file_of(polygon(square()), crs={"properties": {"name": "EPSG:4547"}}), "other_crs"),
    "a line": (file_of({"type": "LineString", "coordinates": square()}), "other_geometry"),
    "no geometry at all": (file_of("here"), "other_geometry"),
    "a triangle of three": (file_of(polygon(square()[:3])), "not_positions"),
    "text for a number": (file_of(polygon([["111.5", "35.5"], *square()[1:]])), "not_positions"),
    "a number beyond all": (file_of(polygon([[1e400, 35], *square()[1:]])), "not_json"),
    "no ring": (file_of(polygon()), "not_positions"),
    "unclosed": (file_of(polygon(square()[:-1])), "unclosed"),
    "a bow": (file_of(polygon(BOW)), "crosses_itself"),
    "a spike": (file_of(polygon(SPIKE)), "crosses_itself"),
    "one point": (file_of(polygon([[111.5, 35.5]] * 5)), "crosses_itself"),
    "a hole beside": (file_of(polygon(square(), square(111.53))), "hole_outside"),
    "swapped": (file_of(polygon([[y, x] for x, y in square()])), "swapped"),
    "metres": (file_of(polygon(METRES)), "not_degrees"),
    "elsewhere": (file_of(polygon(square(115.0))), "outside"),
    "over the border": (file_of(polygon(square(111.999))), "outside"),
    "overlapping": (file_of(polygon(square()), polygon(square(111.505))), "overlapping"),
    "one in the other": (file_of(polygon(square()), polygon(square(111.502, 35.502, 0.002))), "overlapping"),
    "its own pieces": (
        file_of({"type": "MultiPolygon", "coordinates": [[square()], [square(111.505)]]}),
        "overlapping",
    ),
}


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_refused_by_its_name(text, code):
    assert refused(text) == code


RADII = st.lists(st.floats(0.001, 0.01), min_size=3, max_size=40)


def star(radii):
    """A ring about a point: it crosses itself nowhere, whatever the radii."""
    turns = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    corners = np.stack([111.5 + np.array(radii) * np.cos(turns), 35.5 + np.array(radii) * np.sin(turns)], axis=1)
    return np.concatenate([corners, corners[:1]])


@given(RADII)
def test_a_star_crosses_itself_nowhere(radii):
    assert crossing_in(star(radii)) is None


@given(RADII)
def test_an_outline_overlaps_itself_by_its_own_area(radii):
    outline = [[star(radii)]]
    assert overlap_km2(outline, outline) == pytest.approx(area_km2(outline), rel=0.02, abs=1e-5)


@given(RADII, RADII)
def test_an_overlap_is_the_same_both_ways_and_no_more_than_either(one, other):
    first, second = [[star(one)]], [[star(other)]]
    overlap = overlap_km2(first, second)
    assert overlap == pytest.approx(overlap_km2(second, first), abs=1e-9)
    assert overlap <= 1.02 * min(area_km2(first), area_km2(second)) + 1e-5


def test_a_ring_too_small_for_the_lattice_is_nothing():
    assert coarse(square(0, 0, 0.1), 1) == []


def test_corners_on_one_line_are_said_once():
    assert coarse([[0, 0], [1, 0], [2, 0], [2, 2], [0, 2], [0, 0]], 1) == [[0, 0], [2, 0], [2, 2], [0, 2]]


def test_two_cells_of_one_name_are_told_apart_by_what_they_lie_in():
    cells = [
        Cell("141027101201001", ("南庄第1网格",), ("南庄村委会", "响水河镇")),
        Cell("141027200202001", ("南庄第1网格",), ("南庄村委会", "槐埝乡")),
    ]
    features = read_outlines(file_of(polygon(square()), polygon(square(111.51))), county=COUNTY)
    told = [{"name": "南庄第1网格", "乡镇": "槐埝乡"}, {"name": "南庄第1网格"}]
    for feature, properties in zip(features, told, strict=True):
        feature.told.clear()
        feature.told.update(properties)
    clear, doubtful = recognise(features, cells)
    assert (clear.area_path, clear.by) == ("141027200202001", "name")
    assert (doubtful.area_path, set(doubtful.likely)) == ("", {cell.area_path for cell in cells})
