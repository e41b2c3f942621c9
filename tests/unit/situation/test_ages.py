from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fangxian.ops.situation.ages import age_on, latest_birthday

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2050, 12, 31))


@given(born_on=st.dates(date(1900, 1, 1), date(2050, 12, 31)), on=DAYS, years=st.integers(1, 100))
def test_somebody_is_of_an_age_exactly_when_born_no_later_than_the_latest_birthday(born_on, on, years):
    assert (born_on <= latest_birthday(years, on)) == (age_on(born_on, on) >= years)


def test_whoever_was_born_on_the_29th_of_february_comes_of_age_on_the_1st_of_march():
    born_on = date(2008, 2, 29)
    assert [age_on(born_on, date(2023, 2, 28) + timedelta(days=n)) for n in (0, 1)] == [14, 15]


def test_on_the_29th_of_february_those_born_on_the_28th_of_a_common_year_are_of_age():
    assert latest_birthday(15, date(2024, 2, 29)) == date(2009, 2, 28)


def test_nobody_is_younger_than_nought():
    assert age_on(date(2022, 5, 1), date(2022, 4, 19)) == 0
