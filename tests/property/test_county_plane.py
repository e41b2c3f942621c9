"""Cutting and dividing polygons loses no area and makes no overlap."""

import math

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fangxian.core.drill.county.plane import area, clip, contains, divide, join, scatter, settle_sites

number = st.floats(-3, 3, allow_nan=False, width=32)


@st.composite
def stars(draw):
    """Simple polygons that bend in and out: corners about a centre, at changing distances."""
    n = draw(st.integers(4, 14))
    reaches = [draw(st.floats(20, 100, width=32)) for _ in range(n)]
    return tuple((r * math.cos(2 * math.pi * i / n), r * math.sin(2 * math.pi * i / n)) for i, r in enumerate(reaches))


@given(stars(), number, number, st.floats(-60, 60, width=32))
def test_the_two_sides_of_a_cut_make_the_whole(ring, a, b, c):
    assume(a * a + b * b > 0.01)
    both = [*clip(ring, a, b, c), *clip(ring, -a, -b, -c)]
    assert math.isclose(sum(map(area, both)), area(ring), rel_tol=1e-6)


@given(stars(), number, number, st.floats(-60, 60, width=32))
def test_what_is_kept_lies_on_its_side(ring, a, b, c):
    assume(a * a + b * b > 0.01)
    for part in clip(ring, a, b, c):
        assert all(a * x + b * y <= c + 1e-3 for x, y in part)


@settings(deadline=None, max_examples=40)
@given(stars(), st.integers(2, 9))
def test_a_divided_ring_is_made_of_its_cells(ring, n):
    cells = divide(ring, scatter(ring, n), [0.0] * n)
    assert len(cells) == n
    assert math.isclose(sum(map(area, cells)), area(ring), rel_tol=1e-5)
    assert math.isclose(area(join(cells)), area(ring), rel_tol=1e-5)


@settings(deadline=None, max_examples=25)
@given(stars(), st.integers(2, 6))
def test_a_point_belongs_to_the_nearest_site_or_to_a_scrap_given_to_a_neighbour(ring, n):
    sites = scatter(ring, n)
    cells = divide(ring, sites, [0.0] * n)
    for point in scatter(ring, 40):
        inside = [i for i, cell in enumerate(cells) if contains(cell, point)]
        assert len(inside) <= 1
        nearest = min(range(n), key=lambda i: math.dist(sites[i], point))
        if inside and inside[0] != nearest:
            # Only a part cut off from its own site by a bend may go to a neighbour.
            assert not contains(cells[nearest], point)


@settings(deadline=None, max_examples=15)
@given(st.integers(3, 12))
def test_settled_sites_make_cells_of_like_size(n):
    square = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
    cells = divide(square, settle_sites(square, scatter(square, n), [0.0] * n), [0.0] * n)
    sizes = sorted(map(area, cells))
    assert sizes[-1] < 2.2 * sizes[0]
