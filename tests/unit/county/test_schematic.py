"""The schematic map fills the outline, without gaps, and is always the same."""

import json

import pytest

from fangxian.core.drill.county.plane import area, contains
from fangxian.core.drill.county.schematic import draw_schematic, read_map_plan, read_outline, schematic_shapes
from fangxian.core.refusal import Refusal


@pytest.fixture(scope="module")
def files(folder):
    return (folder / "county.toml").read_bytes(), (folder / "outline.geojson").read_bytes()


@pytest.fixture(scope="module")
def drawn(files, divisions, county):
    return draw_schematic(read_map_plan(files[0], divisions), files[1], county.grids.area_path.tolist())


def edges(ring):
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def crosses(a, b, c, d) -> bool:
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def test_every_division_and_every_cell_with_households_has_one_shape(drawn, divisions, county):
    cells = {str(p) for p, host in zip(county.grids.area_path, county.grids.host_venue, strict=True) if host < 0}
    assert set(drawn.shapes) == {d.code for d in divisions.rows} | cells


def test_shapes_of_each_level_together_are_the_county(drawn):
    whole = area(drawn.shapes["141027"])
    for length in (9, 12, 15):
        parts = [area(ring) for path, ring in drawn.shapes.items() if len(path) == length]
        assert sum(parts) == pytest.approx(whole, abs=1e-6)


def test_an_edge_is_shared_by_two_neighbours_or_lies_on_the_county_border(drawn):
    """What tiles the plane exactly has every inner edge twice, once in each direction."""
    units = [ring for path, ring in drawn.shapes.items() if len(path) == 12]
    directed = [edge for ring in units for edge in edges(ring)]
    assert len(set(directed)) == len(directed)
    outer = {(p, q) for p, q in directed if (q, p) not in set(directed)}
    assert outer == set(edges(drawn.shapes["141027"]))


def test_no_shape_crosses_itself_or_is_a_sliver(drawn):
    for path, ring in drawn.shapes.items():
        sides = edges(ring)
        assert area(ring) > 0
        assert not any(crosses(*a, *b) for i, a in enumerate(sides) for b in sides[i + 2 :]), path
        around = sum(((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2) ** 0.5 for p, q in sides)
        # 1 for a disc, 0.79 for a square; below 0.2 it is a sliver.
        assert len(path) < 12 or 12.566 * area(ring) / around**2 > 0.2, path


def test_labels_stand_inside_the_unit(drawn):
    outside = [path for path, ring in drawn.shapes.items() if not contains(ring, drawn.labels[path])]
    assert outside == []


def test_dedicated_cells_have_a_place_and_no_shape(drawn, county):
    hosts = [str(p) for p, host in zip(county.grids.area_path, county.grids.host_venue, strict=True) if host >= 0]
    assert len({drawn.labels[path] for path in hosts}) == 12
    assert all(path not in drawn.shapes for path in hosts)


def test_the_plane_leads_back_to_longitude_and_latitude(drawn, files):
    for longitude, latitude in read_outline(files[1]):
        back = drawn.plane.to_degrees(*drawn.plane.to_plane(longitude, latitude))
        assert back == pytest.approx((longitude, latitude), abs=1e-9)


def test_the_map_is_always_the_same_and_can_be_stored(drawn, files, divisions, county):
    again = schematic_shapes(*files, divisions, county.grids)
    assert again == {path: [list(p) for p in ring] for path, ring in drawn.shapes.items()}
    assert json.loads(json.dumps(again)) == again


def test_a_small_county_is_drawn_whole(files, divisions, small):
    shapes = schematic_shapes(*files, divisions, small.grids)
    assert len([p for p in shapes if len(p) == 12]) == 127


def test_the_map_says_that_it_is_schematic(drawn):
    assert "示意" in drawn.notice.zh
    assert "Schematic" in drawn.notice.en


@pytest.mark.parametrize("data", [b"", b"{}", b'{"features": []}', b"\xff"])
def test_an_outline_that_is_none_is_refused(data):
    with pytest.raises(Refusal, match=r"county\.outline_unreadable"):
        read_outline(data)


def test_a_township_without_a_seed_is_refused(files, divisions):
    county = files[0].replace(b'code = "141027206", seed', b'code = "141027205", seed')
    with pytest.raises(Refusal, match=r"county\.map_missing"):
        read_map_plan(county, divisions)
