"""A tree's picture where it can be drawn by hand."""

import pytest

from fangxian.core.exposure.tree import NO_DAY, Sizes, lay_out

SIZES = Sizes(box=10, day=4, step=2, gap_days=5)


def places(infector, day, **more):
    found = lay_out(infector, day, sizes=SIZES, **more)
    return {case: (x, row) for case, x, row in zip(found.node.tolist(), found.x, found.row.tolist(), strict=True)}


def test_nobody_is_an_empty_picture():
    found = lay_out([], [])
    assert (len(found.node), found.width, found.n_rows) == (0, 0, 0)


def test_a_child_with_room_goes_on_in_its_infectors_row_and_its_sisters_stand_below():
    assert places([-1, 0, 0], [0, 3, 1]) == {0: (0, 0), 1: (12, 0), 2: (4, 1)}


def test_what_comes_after_a_child_in_the_row_stands_above_the_next_child():
    assert places([-1, 0, 0, 1], [0, 3, 4, 4]) == {0: (0, 0), 1: (12, 0), 3: (16, 1), 2: (16, 2)}


def test_the_same_day_is_a_step_within_its_column_which_grows_with_it():
    assert places([-1, 0, 1, -1], [0, 0, 0, 1]) == {0: (0, 0), 1: (2, 1), 2: (4, 2), 3: (8, 3)}


def test_a_day_that_is_not_known_is_its_infectors():
    found = lay_out([-1, 0], [3, NO_DAY], sizes=SIZES)
    assert (found.x.tolist(), found.is_undated.tolist()) == ([0, 2], [False, True])
    assert not found.is_backwards.any()


def test_a_first_case_without_a_day_stands_at_that_of_the_first_it_infected():
    assert places([-1, 0, 0, -1], [NO_DAY, 2, 1, 0]) == {3: (0, 0), 0: (4, 1), 2: (6, 2), 1: (10, 3)}


def test_of_whom_nothing_tells_the_day_stands_in_a_column_before_all_others():
    found = lay_out([-1, -1], [5, NO_DAY], sizes=SIZES)
    assert found.node.tolist() == [1, 0]
    assert found.column_day.tolist() == [NO_DAY, 5]


def test_a_case_before_its_infector_stands_to_the_left_and_is_marked():
    found = lay_out([-1, 0], [3, 1], sizes=SIZES)
    assert found.x.tolist() == [8, 0]
    assert found.is_backwards.tolist() == [False, True]


def test_months_with_nobody_take_no_more_room_than_a_few_days():
    assert places([-1, 0], [0, 400])[1] == (6 * SIZES.day, 0)


def test_a_folded_case_says_how_many_are_under_it():
    found = lay_out([-1, 0, 1, 1], [0, 1, 2, 3], folded=[False, True, False, False], sizes=SIZES)
    assert (found.node.tolist(), found.n_hidden.tolist()) == ([0, 1], [0, 2])


def test_a_circle_is_no_tree():
    with pytest.raises(ValueError, match="case 1 is in or after a circle"):
        lay_out([-1, 2, 1], [0, 0, 0])


def test_a_chain_of_many_is_drawn_without_pythons_stack():
    n = 20_000
    assert lay_out([-1, *range(n - 1)], [0] * n).n_rows == n
