"""A tree cut into columns: nobody twice, nobody left out, of about the shape asked for."""

import numpy as np
import pytest

from fangxian.core.exposure.tree import lay_out
from fangxian.ops.pages.transmission.columns import A_SERIES, Rows, by_sheets, for_one_sheet


def rows(n: int, *, seed: int = 1, n_first: int = 3) -> Rows:
    """A forest of `n` cases over thirty days."""
    dice = np.random.default_rng(seed)
    infector = np.array([-1 if nth < n_first else int(dice.integers(max(0, nth - 40), nth)) for nth in range(n)])
    day = 738_000 + np.sort(dice.integers(0, 30, n))
    layout = lay_out(infector, day)
    place = np.full(n + 1, -1)
    place[layout.node] = np.arange(n)
    return Rows(layout, place[infector[layout.node]], 72.0)


@pytest.mark.parametrize("n_rows", [1, 7, 40, 100_000])
def test_each_row_stands_in_one_column_in_its_order(n_rows):
    found = rows(500)
    columns = found.cut(n_rows)
    assert [it.first for it in columns] == [0, *(it.after for it in columns[:-1])]
    assert columns[-1].after == found.layout.n_rows
    assert max(it.n_rows for it in columns) <= n_rows


def test_a_column_holds_the_boxes_of_its_rows():
    found = rows(500)
    for column in found.cut(40):
        is_in = (found.layout.row >= column.first) & (found.layout.row < column.after)
        assert (column.left, column.right) == (found.layout.x[is_in].min(), found.layout.x[is_in].max() + found.box)


def test_a_column_ends_a_little_early_rather_than_cut_a_chain():
    infector = np.array([-1 if nth % 9 == 0 else nth - nth % 9 for nth in range(90)])  # ten chains of nine rows
    layout = lay_out(infector, np.full(90, 738_000))
    found = Rows(layout, np.where(infector < 0, -1, infector), 72.0)
    assert [it.n_rows for it in found.cut(20)] == [18, 18, 18, 18, 18]


@pytest.mark.parametrize("n", [60, 500, 3000, 20_000])
def test_the_whole_is_about_as_wide_as_a_sheet_on_its_side(n):
    columns = for_one_sheet(rows(n), row=16, around=80, above=128)
    shape = sum(it.width + 80 for it in columns) / (128 + 16 * max(it.n_rows for it in columns))
    assert A_SERIES / 2 < shape < A_SERIES * 2


def test_no_cases_are_no_columns():
    empty = lay_out([], [])
    assert for_one_sheet(Rows(empty, np.zeros(0, dtype=np.int64), 72.0), row=16, around=80, above=128) == []


def test_sheets_take_columns_in_their_order_while_there_is_room_and_one_that_is_too_wide_alone():
    columns = rows(500).cut(40)
    width = 2.5 * max(it.width + 80 for it in columns)
    sheets = by_sheets(columns, width=width, around=80)
    assert [it for sheet in sheets for it in sheet] == columns
    assert all(sum(it.width + 80 for it in sheet) <= width for sheet in sheets)
    assert [len(sheet) for sheet in by_sheets(columns, width=10, around=80)] == [1] * len(columns)
