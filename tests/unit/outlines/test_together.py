"""Several grid cells' outlines together are one outline: what they share falls away."""

from fangxian.core.outlines.together import outline_together, simpler


def box(west, north, east, south):
    return [[west, north], [east, north], [east, south], [west, south]]


def corners(ring):
    return {tuple(corner) for corner in ring}


def test_two_that_share_a_border_are_one():
    (ring,) = outline_together([box(0, 0, 10, 10), box(10, 0, 20, 10)], 1)
    assert corners(ring) == {(0, 0), (20, 0), (20, 10), (0, 10)}


def test_a_border_falls_away_also_where_one_has_a_corner_on_the_others_edge():
    (ring,) = outline_together([box(0, 0, 10, 10), box(10, 0, 20, 4), box(10, 4, 20, 10)], 1)
    assert corners(ring) == {(0, 0), (20, 0), (20, 10), (0, 10)}


def test_it_does_not_matter_which_way_round_a_ring_is_written():
    (ring,) = outline_together([box(0, 0, 10, 10), box(10, 0, 20, 10)[::-1]], 1)
    assert corners(ring) == {(0, 0), (20, 0), (20, 10), (0, 10)}


def test_two_that_lie_apart_stay_two_the_larger_first():
    first, second = outline_together([box(0, 0, 2, 2), box(10, 0, 20, 10)], 1)
    assert (corners(first), corners(second)) == (corners(box(10, 0, 20, 10)), corners(box(0, 0, 2, 2)))


def test_a_hole_that_another_fills_is_none():
    outer, hole = box(0, 0, 10, 10), box(4, 4, 6, 6)
    assert len(outline_together([outer, hole], 1)) == 2
    assert len(outline_together([outer, hole, box(4, 4, 6, 6)], 1)) == 1


def test_two_that_touch_at_a_corner_are_drawn_whole():
    rings = outline_together([box(0, 0, 5, 5), box(5, 5, 10, 10)], 1)
    assert set().union(*map(corners, rings)) == corners(box(0, 0, 5, 5)) | corners(box(5, 5, 10, 10))


def test_of_nothing_there_is_nothing():
    assert outline_together([], 1) == []


def test_a_simpler_ring_has_no_corner_further_off_than_the_tolerance():
    stairs = [[0, 0], [10, 0], [10, 10], [5, 10.1], [0, 10]]
    assert simpler(stairs, 0.2) == [[0, 0], [10, 0], [10, 10], [0, 10]]
    assert sorted(simpler(stairs, 0.05)) == sorted(stairs)
