"""Days of an itinerary of which nothing is known: a few are asked about one by one, a long run is told as one."""

from datetime import date, timedelta
from types import SimpleNamespace

from fangxian.ops.pages.cases.timeline import Day, Silence, folded

LAST = date(2022, 4, 19)


def days(pattern, infectious_from=0):
    """Newest first: "x" a day with something known, "." a silent one, "0" a silent one that is the day of onset."""
    found = []
    for n, it in enumerate(pattern):
        day = SimpleNamespace(on=LAST - timedelta(days=n), from_onset=0 if it == "0" else n + 1)
        found.append(Day(day, None, n >= infectious_from, ("line",) if it == "x" else ()))
    return found


def test_three_silent_days_in_a_row_are_one():
    first, silence, last = folded(days("x...x"))
    assert silence == Silence(LAST - timedelta(days=3), LAST - timedelta(days=1), 3, True)
    assert (first.day.on, last.day.on) == (LAST, LAST - timedelta(days=4))


def test_two_silent_days_stand_each_for_itself():
    assert all(isinstance(it, Day) for it in folded(days("..x..")))


def test_a_run_is_parted_where_somebody_becomes_infectious():
    assert [it.n_days for it in folded(days("......", infectious_from=3))] == [3, 3]


def test_the_day_of_onset_stands_for_itself_though_nothing_is_known_of_it():
    assert [type(it).__name__ for it in folded(days("...0..."))] == ["Silence", "Day", "Silence"]
