"""What does not fit together in where somebody was."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from fangxian.ops.situation.case_conflicts import Gap, Spell, borne_out, gaps, two_places_at_once

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2022, 4, 8)
SHOP, SCHOOL = UUID(int=1), UUID(int=2)


def at(hour, minute=0, day=DAY, zone=ZONE):
    return datetime.combine(day, datetime.min.time(), zone) + timedelta(hours=hour, minutes=minute)


def scan(hour, minute=0, venue=SHOP, name="s"):
    return Spell(
        id=f"{name}{hour}:{minute}", begins_at=at(hour, minute), ends_at=None, venue=venue, place="", is_scan=True
    )


def told(begins, ends, *, venue=None, place="东街饭店", is_ride=False, name="t"):
    return Spell(
        id=name,
        begins_at=begins if isinstance(begins, datetime) else at(begins),
        ends_at=at(ends) if isinstance(ends, int | float) else ends,
        venue=venue,
        place=place,
        is_scan=False,
        is_ride=is_ride,
    )


def pairs(*spells):
    return [(it.one, it.other) for it in two_places_at_once(spells)]


# ── two places at once ────────────────────────────────────────────────────────


def test_two_stays_that_share_an_hour_at_different_places_cannot_both_be_true():
    assert pairs(told(9, 11, name="a"), told(10, 12, place="西街市场", name="b")) == [("a", "b")]


def test_a_stay_that_ends_when_the_next_begins_is_no_conflict():
    assert pairs(told(9, 10, name="a"), told(10, 12, place="西街市场", name="b")) == []


def test_a_long_stay_conflicts_with_each_later_one_inside_it():
    spells = (told(8, 18, name="a"), told(9, 10, place="西街", name="b"), told(15, 16, place="北街", name="c"))
    assert pairs(*spells) == [("a", "b"), ("a", "c")]


def test_a_scan_elsewhere_during_a_told_stay_is_a_conflict():
    assert pairs(told(9, 11, venue=SHOP, name="a"), scan(10, venue=SCHOOL, name="x")) == [("a", "x10:0")]


def test_a_scan_at_the_place_that_was_told_is_none():
    assert pairs(told(9, 11, venue=SHOP, name="a"), scan(10)) == []


def test_two_scans_a_minute_apart_at_different_venues_cannot_be_one_person():
    assert len(pairs(scan(9, 0), scan(9, 1, venue=SCHOOL))) == 1


def test_two_scans_ten_minutes_apart_can():
    assert pairs(scan(9, 0), scan(9, 10, venue=SCHOOL)) == []


def test_two_scans_at_one_venue_never_conflict():
    assert pairs(scan(9, 0), scan(9, 1)) == []


def test_a_ride_and_a_stay_at_once_conflict():
    assert len(pairs(told(9, 11, name="a"), told(10, 12, place="", is_ride=True, name="b"))) == 1


def ridden(begins, ends, vehicle="D1234", *, name="r", is_on_record=True):
    return Spell(
        id=name, begins_at=at(begins), ends_at=at(ends), venue=None, place=vehicle, is_scan=False, is_ride=True,
        vehicle=vehicle, is_on_record=is_on_record,
    )  # fmt: skip


def test_the_ride_that_was_told_and_the_one_on_a_carriers_list_are_one():
    assert pairs(ridden(9, 11, name="a", is_on_record=False), ridden(9, 11, name="b")) == []


def test_two_vehicles_at_once_conflict():
    assert pairs(ridden(9, 11, name="a"), ridden(10, 12, "晋A12345", name="b")) == [("a", "b")]


def test_a_scan_in_the_middle_of_a_ride_on_record_conflicts_and_one_at_its_station_does_not():
    assert pairs(scan(8, 59), ridden(9, 11), scan(10, 0), scan(10, 55)) == [("r", "s10:0")]


def test_of_a_stay_whose_end_nobody_knows_nothing_is_concluded():
    assert pairs(told(9, None, name="a"), scan(9, 1, venue=SCHOOL)) == []


def test_a_place_told_by_its_whole_name_is_the_place_told_in_short():
    assert pairs(told(9, 11, place="东街饭店二楼", name="a"), told(10, 12, place="东街饭店", name="b")) == []


def test_a_stay_over_midnight_still_conflicts_after_it():
    spells = (told(22, 26, name="a"), told(25, 27, place="西街", name="b"))
    assert pairs(*spells) == [("a", "b")]


def test_nobody_who_was_nowhere_conflicts():
    assert two_places_at_once([]) == []


# ── gaps ──────────────────────────────────────────────────────────────────────


def missing(*spells, until=None, days=(DAY,), zone=ZONE):
    return gaps(spells, days, zone, until=until or at(48))


def test_a_day_nobody_tells_of_is_one_gap():
    assert missing() == [Gap(at(7), at(22))]


def test_hours_between_two_stays_are_a_gap_when_long():
    assert missing(told(7, 10), told(15, 22)) == [Gap(at(10), at(15))]


def test_three_hours_are_no_gap():
    assert missing(told(7, 12), told(15, 22)) == []


def test_a_night_is_no_gap():
    assert missing(told(7, 22), days=(DAY,)) == []


def test_nothing_is_missing_after_now():
    assert missing(told(7, 10), until=at(12)) == []


def test_a_stay_from_the_day_before_covers_the_morning():
    assert missing(told(-4, 12), told(12, 22)) == []


def test_scans_break_a_gap():
    assert missing(scan(9), scan(12), scan(15), scan(18), scan(20)) == []


def test_the_day_on_which_clocks_change_has_its_own_length():
    """In a zone with summer time 07:00 to 22:00 is told by the clock on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    day = date(2022, 3, 27)
    found = gaps([], [day], berlin, until=at(48, day=day, zone=berlin))
    assert [(it.begins_at.hour, it.ends_at.hour, it.hours) for it in found] == [(7, 22, 15.0)]


# ── borne out ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("minute", "sure"), [(0, {"t"}), (-29, {"t"}), (-31, set())])
def test_a_scan_within_half_an_hour_bears_a_told_stay_out(minute, sure):
    assert borne_out([told(9, 11, venue=SHOP), scan(9, minute)]) == sure


def test_a_scan_elsewhere_bears_nothing_out():
    assert borne_out([told(9, 11, venue=SHOP), scan(10, venue=SCHOOL)]) == set()
