"""Where tubes and controls stand on a plate."""

import pytest

from fangxian.core.laboratory.plates import LAYOUTS, Control, Plate, plates_of
from fangxian.core.refusal import Refusal


def tubes(n):
    return [f"T{k:05}" for k in range(n)]


@pytest.mark.parametrize(("wells", "negative", "positive"), [(96, "G12", "H12"), (32, "C8", "D8")])
def test_controls_stand_in_the_last_two_wells(wells, negative, positive):
    assert LAYOUTS[wells].controls == {negative: Control.NEGATIVE, positive: Control.POSITIVE}


def test_wells_are_filled_down_the_columns():
    plate = Plate(LAYOUTS[96], tuple(tubes(9)))
    assert [plate.well_of[tube] for tube in tubes(9)] == ["A1", "B1", "C1", "D1", "E1", "F1", "G1", "H1", "A2"]


def test_a_plate_of_one_tube_has_its_controls_where_a_full_one_has_them():
    assert list(Plate(LAYOUTS[32], ("T1",)).worklist()) == [
        ("A1", "T1"), ("C8", "negative_control"), ("D8", "positive_control"),
    ]  # fmt: skip


def test_the_grid_shows_every_well_in_its_row_and_column():
    grid = Plate(LAYOUTS[96], tuple(tubes(94))).grid()
    assert [len(row) for row in grid] == [12] * 8
    assert (grid[7][0], grid[0][1], grid[6][11], grid[7][11]) == (
        "T00007", "T00008", "negative_control", "positive_control",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("n", "wells"), [(0, []), (1, [32]), (30, [32]), (31, [96]), (94, [96]), (95, [96, 32]), (150, [96, 96])]
)
def test_the_rest_goes_onto_the_smallest_plate_that_holds_it(n, wells):
    assert [plate.layout.n_wells for plate in plates_of(tubes(n))] == wells


def test_a_day_of_the_county_is_sixteen_full_plates():
    plates = plates_of(tubes(1_504))
    assert [len(plate.tubes) for plate in plates] == [94] * 16


def test_every_tube_stands_on_one_plate_in_the_order_it_came():
    placed = [tube for plate in plates_of(tubes(333), wells=[32]) for tube in plate.tubes]
    assert placed == tubes(333)


def test_one_tube_too_many_is_refused_with_what_fits():
    with pytest.raises(Refusal) as refused:
        Plate(LAYOUTS[32], tuple(tubes(31)))
    assert (refused.value.code, refused.value.facts["most"]) == ("laboratory.plate_full", 30)


def test_a_tube_in_two_wells_is_refused():
    with pytest.raises(Refusal) as refused:
        Plate(LAYOUTS[32], ("T1", "T2", "T1"))
    assert refused.value.code == "laboratory.tube_twice_on_plate"


def test_no_kind_of_plate_is_refused():
    with pytest.raises(ValueError, match="no kind of plate"):
        plates_of(tubes(1), wells=[])
