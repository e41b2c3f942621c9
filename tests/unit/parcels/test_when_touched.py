"""When a parcel was signed for, as couriers write it: nobody is lost from a list for a time that cannot be read."""

from datetime import UTC, date, datetime

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.parcels.wire import when_touched

TAKEN_IN_AT = datetime(2022, 4, 20, 8, tzinfo=UTC)


def touched(said: str, **cells: str) -> tuple[str, bool]:
    told = {"signed_at": said, **cells}
    at, is_known = when_touched(told, since_on=date(2021, 12, 1), taken_in_at=TAKEN_IN_AT, zone=UTC)
    return f"{at:%Y-%m-%d %H:%M}", is_known


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2022-04-12 10:30:05", "2022-04-12 10:30"),
        ("2022/4/12", "2022-04-12 12:00"),
        ("4月12日", "2022-04-12 12:00"),
        ("4月12日 10:30", "2022-04-12 10:30"),
        ("04-12 10:30", "2022-04-12 10:30"),
        ("12月30日", "2021-12-30 12:00"),
    ],
)
def test_a_time_is_read_as_couriers_write_it(said, read):
    assert touched(said) == (read, True)


@pytest.mark.parametrize("said", ["", "本人签收", "4月31日", "上周三", "13/45"])
def test_what_is_no_time_says_nothing_and_the_row_stays(said):
    assert touched(said) == ("2022-04-20 08:00", False)


@pytest.mark.parametrize(
    ("said", "code"),
    [("2021-11-30", "parcels.before_the_date"), ("2022-04-25", "parcels.in_the_future")],
)
def test_a_day_that_cannot_be_is_sent_back(said, code):
    with pytest.raises(Refusal) as refused:
        touched(said)
    assert refused.value.code == code
