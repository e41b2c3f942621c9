"""A workbook's rows kept beside it come back as they were read, whatever their cells are."""

import zlib
from datetime import date, datetime, time, timedelta

import pytest

from fangxian.ops.intake.kept_rows import RECORDS_A_PIECE, Keeper, records_in

CELLS = [
    "测甲", "", 'a "quoted" \\ text\n, of two lines', "\u2028", 1.0, 0.1, -1e300, 15, True, False, date(2022, 4, 8),
    time(9, 30), timedelta(days=-1, seconds=5), datetime(2022, 4, 8, 9, 30, 0, 5),  # noqa: DTZ001  as a workbook has it
]  # fmt: skip


def kept(records):
    keeper = Keeper()
    assert list(keeper.through(records)) == records
    return keeper.packed()


def test_every_kind_of_cell_comes_back_as_it_was():
    [(number, cells)] = records_in(kept([(7, CELLS)]))
    assert (number, cells, [type(it) for it in cells]) == (7, CELLS, [type(it) for it in CELLS])


@pytest.mark.parametrize("n", [0, 1, RECORDS_A_PIECE, 3 * RECORDS_A_PIECE + 1])
def test_every_record_comes_back_in_its_order(n):
    records = [(number, [f"第{number}行", float(number)]) for number in range(1, n + 1)]
    assert list(records_in(kept(records))) == records


def test_the_same_rows_are_kept_as_the_same_bytes():
    assert kept([(1, ["测甲"])]) == kept([(1, ["测甲"])])


@pytest.mark.parametrize("n_bytes", [0, 5, 40])
def test_rows_that_were_cut_off_are_no_rows(n_bytes):
    packed = kept([(number, CELLS) for number in range(20)])
    with pytest.raises((ValueError, zlib.error)):
        list(records_in(packed[:n_bytes]))
