"""A file of several plates: each row is of one of them, and each plate is judged by its own controls."""

from datetime import UTC, datetime, timedelta

import pytest

from fangxian.core.laboratory.file_plates import plates_of_rows
from fangxian.core.laboratory.plates import Control
from fangxian.core.laboratory.result_rows import Taken, control_of, curves

AT = datetime(2022, 4, 12, 9, 30, tzinfo=UTC)
KNOWN = {f"T{n}": Taken(AT - timedelta(hours=6)) for n in range(1, 6)}


def found(*rows, laid=()):
    """Rows as (sample, well, plate, channel), cut at the end; their plates."""
    names = ("sample", "well", "plate", "channel")
    plain = [dict(zip(names, row, strict=False)) for row in rows]
    return list(plates_of_rows(plain, dict(laid), is_control=lambda it: control_of(it) is not None))


def test_the_files_own_column_tells_and_an_empty_cell_is_as_above():
    rows = (("T1", "A1", "P7"), ("NC", "G12", ""), ("T2", "A1", "P8"), ("NC", "G12", "P8"))
    assert found(*rows) == ["P7", "P7", "P8", "P8"]


def test_a_file_of_one_plate_names_none():
    assert found(("T1", "A1", "P7"), ("NC", "G12", "P7")) == ["", ""]


def test_a_well_that_comes_again_with_another_sample_is_another_plates():
    assert found(("T1", "A1"), ("NC", "H12"), ("T2", "A01"), ("NC", "H12")) == ["1", "1", "2", "2"]


def test_a_control_that_stands_first_on_each_plate_begins_the_next():
    assert found(("NC", "A1"), ("T1", "B1"), ("NC", "A1"), ("T2", "B1")) == ["1", "1", "2", "2"]


def test_channel_by_channel_a_plate_that_comes_again_is_itself():
    of = [(sample, well, "", channel) for channel in ("FAM", "VIC") for sample, well in (("T1", "A1"), ("NC", "H12"),
          ("T2", "A1"), ("NC", "H12"))]  # fmt: skip
    assert found(*of) == ["1", "1", "2", "2"] * 2


def test_the_same_rows_twice_are_one_plate():
    rows = (("T1", "A1"), ("T2", "B1"))
    assert found(*rows, *rows) == [""] * 4


@pytest.mark.parametrize(
    ("order", "plates"),
    [
        (("T1", "NC", "T2", "NC"), ["5", "5", "6", "6"]),
        (("NC", "T1", "NC", "T2"), ["5", "5", "6", "6"]),
        (("T1", "NC", "T3", "T2", "NC"), ["5", "5", "5", "6", "6"]),
    ],
    ids=["controls last", "controls first", "a control among its tubes"],
)
def test_without_wells_a_control_is_of_the_plate_on_which_its_tubes_were_laid(order, plates):
    assert found(*((it,) for it in order), laid={"T1": "5", "T3": "5", "T2": "6"}) == plates


@pytest.mark.parametrize(
    ("order", "plates"),
    [
        (("T1", "NC", "T4", "T5", "NC", "T2", "NC"), ["5", "5", "?T4", "?T4", "?T4", "6", "6"]),
        (("T1", "NC", "T4", "NC"), ["5", "5", "?T4", "?T4"]),
        (("NC", "T4", "NC", "T1"), ["?T4", "?T4", "5", "5"]),
        (("T1", "NC", "T4"), ["5", "5", "?T4"]),
        (("T1", "T4", "NC", "T2", "NC"), ["5", "5", "5", "6", "6"]),
        (("T1", "NC", "T4", "T2", "NC"), ["5", "5", "5", "6", "6"]),
        (("T1", "NC", "T4", "PC", "T3"), [""] * 5),
    ],
    ids=["between two", "behind one", "first", "without controls", "among laid ones", "beside one", "within one plate"],
)
def test_tubes_laid_nowhere_between_controls_of_their_own_are_a_plate_of_their_own(order, plates):
    assert found(*((it,) for it in order), laid={"T1": "5", "T3": "5", "T2": "6"}) == plates


def test_channel_by_channel_a_plate_that_was_not_laid_is_the_same():
    rows = [(it, "", "", channel) for channel in ("FAM", "VIC") for it in ("T1", "NC", "T4", "NC")]
    assert found(*rows, laid={"T1": "5"}) == ["5", "5", "?T4", "?T4"] * 2


def wide(sample, *cts, **more):
    return {"sample": sample, **dict(zip(("ct_orf1ab", "ct_n", "ct_ic"), cts, strict=True)), **more}


def test_each_plate_has_its_own_controls():
    rows = [
        *(wide(*it, plate="7") for it in (("T1", "", "", "24"), ("NC", "", "", "26"), ("PC", "28", "28", "27"))),
        *(wide(*it, plate="8") for it in (("T2", "", "", "24"), ("NC", "31", "", "26"), ("PC", "28", "28", "27"))),
    ]
    told = curves(list(enumerate(rows, start=2)), known=KNOWN, measured_at=AT)
    assert told.refused == []
    assert told.plates == {"T1": "7", "T2": "8"}
    assert [told.controls[it][Control.NEGATIVE]["ORF1ab"] for it in ("7", "8")] == [None, 31]


def test_of_two_wells_of_one_plate_that_hold_one_control_the_worse_counts():
    rows = [wide("NC", "", "", "26", well="G11"), wide("NC", "33", "", "26", well="G12"), wide("T1", "", "", "24")]
    told = curves(list(enumerate(rows, start=2)), known=KNOWN, measured_at=AT)
    assert (told.refused, told.controls[""][Control.NEGATIVE]["ORF1ab"]) == ([], 33)
