"""Vehicles and seats as people write them."""

import pytest

from fangxian.core.exposure.columns import UNKNOWN
from fangxian.ops.rides.wire import runs_on_rows, seat_in, seat_of, vehicle_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("晋A12345", "晋a·123 45"),
        ("D1234", "ｄ１２３４"),
        ("D1234", "D1234次"),
        ("D1234", "D1234次列车"),
        ("D1234", "D1234次 05车"),
        ("D1234", "D1234 5号车厢"),
        ("MU5123", "mu 5123"),
    ],
)
def test_a_vehicle_is_the_same_however_it_is_written(one, other):
    assert vehicle_key(one) == vehicle_key(other)


def test_two_trains_are_two():
    assert vehicle_key("D1234") != vehicle_key("D1235")


@pytest.mark.parametrize("vehicle", ["D1234", "K5 03车", "1461", "MU5123", "3U8888"])
def test_trains_and_flights_have_whole_rows(vehicle):
    assert runs_on_rows(vehicle)


@pytest.mark.parametrize("vehicle", ["晋A12345", "浮山到临汾的班车", "出租车"])
def test_cars_and_coaches_have_not(vehicle):
    assert not runs_on_rows(vehicle)


@pytest.mark.parametrize(
    ("seat", "vehicle", "row", "column"),
    [
        ("12F", "", 12, 6),
        ("5车12F", "", 5012, 6),
        ("05车 12f号", "", 5012, 6),
        ("12A", "D1234次05车", 5012, 1),
        ("3排", "", 3, UNKNOWN),
        ("07号", "", 7, UNKNOWN),
        ("5-12F", "", 5012, 6),
    ],
)
def test_a_seat_is_a_row_and_a_column(seat, vehicle, row, column):
    found = seat_of(seat, vehicle)
    assert (found.row, found.column) == (row, column)


@pytest.mark.parametrize("seat", ["", "靠窗", "无座", "不记得"])
def test_what_nobody_knows_is_not_guessed(seat):
    assert (seat_of(seat).row, seat_of(seat).column) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(
    ("carriage", "seat", "together"),
    [
        ("5", "12F", "05车12F"),
        ("05号车厢", "12F", "05车12F"),
        ("", "12F", "12F"),
        ("5", "05车12F", "05车12F"),
        ("5", "6-12F", "6-12F"),
        ("5", "", ""),
        ("软卧", "3", "3"),
    ],
)
def test_a_carriage_in_a_column_of_its_own_goes_before_the_seat(carriage, seat, together):
    assert seat_in(carriage, seat) == together
