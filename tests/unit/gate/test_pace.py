"""How fast scans may come: from a device, at a venue, by number; late ones have measures of their own."""

import random

import pytest

from fangxian.core.policy.door_pace import DEVICE_PACE, LATE_PACE, SAVED_UP_LATE_MIN, SAVED_UP_MIN, VENUE_PACE
from fangxian.core.refusal import Refusal
from fangxian.gate import pace
from fangxian.gate.pace import LOGGED_EVERY_MS, MINUTE_MS, MOST_LOOKED_UP, SAVED_UP, SAVED_UP_LATE, Pace
from tests.unit.gate import gate_files as county


@pytest.fixture
def look_up(doors):
    """How many of `n` numbers are looked up, and how the first that is not is refused."""

    def ask(n, *, token=None, minutes=0):
        scans = [
            doors.files.scan(code=None, document=f"99010119900307{number:04}", minutes=minutes) for number in range(n)
        ]
        told = []
        for begins in range(0, n, 500):
            part = {"scans": scans[begins : begins + 500]}
            told += doors.ask(part, token or doors.files.token(), address="scans")[1]["results"]
        refused = [result for result in told if "refusal" in result]
        assert {result["refusal"] for result in refused} <= {"scan.too_fast", "scan.too_fast_device"}
        return n - len(refused)

    return ask


def test_a_door_is_never_too_fast(doors, look_up):
    for _ in range(40):
        assert look_up(MOST_LOOKED_UP // 2, minutes=(doors.wall.ms - county.NOON_MS) / 60_000) == MOST_LOOKED_UP // 2
        doors.wall.ms += 30_000


def test_a_lost_phone_is_no_register(doors, look_up, caplog):
    assert look_up(1_000) == SAVED_UP
    doors.wall.ms += 60_000
    assert look_up(1_000) == MOST_LOOKED_UP
    assert caplog.text.count(f"scan.too_fast: device {county.KEEPER}") == 1
    doors.wall.ms += LOGGED_EVERY_MS
    look_up(1_000, minutes=61)
    assert caplog.text.count(f"scan.too_fast: device {county.KEEPER}") == 2
    assert doors.gate.metrics.refusals["scan.too_fast"] > 0


def test_the_refusal_is_429_and_says_what_to_do(doors, look_up):
    look_up(SAVED_UP)
    status, answer = doors.ask(doors.files.scan(code=None, document="1"), doors.files.token())
    assert (status, answer["refusal"]) == (429, "scan.too_fast")
    assert str(MOST_LOOKED_UP) in answer["zh"]
    assert len(doors.journal.records) == SAVED_UP


def test_codes_are_not_counted_and_neither_are_other_devices_or_repeats(doors, look_up):
    scan = doors.files.scan(code=None, document="1")
    assert doors.ask(scan, doors.files.token())[0] == 200
    look_up(SAVED_UP)
    assert doors.ask(doors.files.scan(), doors.files.token())[0] == 200
    assert doors.ask(scan, doors.files.token())[0] == 200
    assert look_up(5, token=doors.files.token(county.CHECKPOINT, venue=0)) == 5


def test_a_box_of_kept_scans_is_taken_and_whoever_stands_at_the_door_does_not_wait_for_it(doors, look_up):
    assert look_up(SAVED_UP_LATE + 100, minutes=-60) == SAVED_UP_LATE
    assert look_up(1) == 1


def test_a_clock_set_back_takes_nothing_away(doors, look_up):
    look_up(SAVED_UP // 2)
    doors.wall.ms -= 3_600_000
    assert look_up(SAVED_UP // 2, minutes=-60) == SAVED_UP // 2


# ---- scans of a device, and at a venue ----

DEVICE, VENUE, AT_MS = 7, 12, county.NOON_MS


def n_taken(most, n, *, device=DEVICE, venue=VENUE, at_ms=AT_MS, is_late=False):
    """How many of `n` scans are taken, and that all others are refused alike."""
    taken, codes = 0, set()
    for _ in range(n):
        try:
            most.take_scan(device, venue, at_ms, is_late)
            taken += 1
        except Refusal as refusal:
            codes.add(refusal.code)
    assert codes <= {"scan.too_fast_device" if device else "scan.too_fast_venue"}
    return taken


@pytest.mark.parametrize(("device", "a_minute"), [(DEVICE, DEVICE_PACE.value), (0, VENUE_PACE.value)])
def test_whoever_keeps_to_the_pace_is_never_refused_and_a_burst_is_taken_once(device, a_minute):
    most, saved_up = Pace(), int(a_minute * SAVED_UP_MIN)
    for second in range(600):
        assert n_taken(most, int(a_minute / 60), device=device, at_ms=AT_MS + second * 1_000) == a_minute / 60
    now_ms = AT_MS + 3_600_000
    assert n_taken(most, saved_up + 500, device=device, at_ms=now_ms) == saved_up
    assert n_taken(most, 5_000, device=device, at_ms=now_ms + MINUTE_MS) == a_minute


def test_a_box_of_a_whole_day_is_taken_at_once_and_whoever_stands_at_the_door_does_not_wait_for_it():
    most, box = Pace(), int(LATE_PACE.value * SAVED_UP_LATE_MIN)
    assert n_taken(most, box + 100, is_late=True) == box
    assert n_taken(most, 1) == 1
    assert n_taken(most, 5_000, is_late=True, at_ms=AT_MS + MINUTE_MS) == LATE_PACE.value


def test_a_device_takes_nothing_from_a_venue_a_venue_nothing_from_another_and_a_device_nothing_from_another():
    most = Pace()
    n_taken(most, 10_000)
    n_taken(most, 10_000, device=0)
    assert n_taken(most, 1) == n_taken(most, 1, device=0) == 0
    assert n_taken(most, 1, device=DEVICE + 1) == n_taken(most, 1, device=0, venue=VENUE + 1) == 1


def test_several_at_once_are_taken_or_not_as_one_after_the_other():
    plain, together, by_device = (Pace(device_pace=60, venue_pace=60) for _ in range(3))
    dice, n_refused = random.Random(1), 0
    for turn in range(600):
        at_ms = AT_MS + 100 * turn
        scans = [(dice.randrange(3), dice.randrange(1, 3), dice.random() < 0.1) for _ in range(dice.randrange(8))]
        told = [n_taken(plain, 1, device=d, venue=v, at_ms=at_ms, is_late=late) == 1 for d, v, late in scans]
        assert together.takes_scans(scans, at_ms) == told
        by_devices = [place for place, (d, _, late) in enumerate(scans) if d and not late]
        devices = [scans[place][0] for place in by_devices]
        assert by_device.takes_devices(devices, at_ms) == [told[place] for place in by_devices]
        n_refused += told.count(False)
    assert n_refused > 100


def test_a_clock_set_back_refuses_nobody_for_long():
    most = Pace()
    n_taken(most, 10_000)
    assert n_taken(most, 10, at_ms=AT_MS - 3_600_000) == 10


@pytest.mark.parametrize("a_minute", [60, 70, 120, 997, 6_000])
def test_a_pace_of_ones_own_is_kept_to_the_scan(a_minute):
    most = Pace(device_pace=a_minute)
    assert n_taken(most, a_minute * SAVED_UP_MIN + 50) == a_minute * SAVED_UP_MIN
    assert n_taken(most, a_minute + 50, at_ms=AT_MS + MINUTE_MS) == a_minute


def test_however_many_venues_ask_little_is_kept_and_who_was_too_fast_stays_known(monkeypatch):
    monkeypatch.setattr(pace, "MOST_KEPT", 10)
    most = Pace()
    n_taken(most, 10_000)
    for number in range(100, 108):
        n_taken(most, 1, device=number)
    assert n_taken(most, 1) == 0
    for number in range(1_000):
        n_taken(most, 1, device=number + 1_000)
    assert len(most._of_device._full_at) + len(most._of_device._older) <= 20


def test_which_device_and_which_venue_it_was_is_logged_once_an_hour_by_number(caplog):
    most = Pace()
    for hour in range(2):
        n_taken(most, 10_000, at_ms=AT_MS + hour * LOGGED_EVERY_MS)
        n_taken(most, 10_000, device=0, at_ms=AT_MS + hour * LOGGED_EVERY_MS)
    assert [record.getMessage() for record in caplog.records] == [
        "scan.too_fast_device: device 7", "scan.too_fast_venue: venue 12",
    ] * 2  # fmt: skip


def test_codes_that_are_none_use_up_nothing_of_a_venue(doors):
    doors.gate._pace = Pace(venue_pace=1)
    forged = [doors.files.scan(code=doors.files.forged_qr(county.GREEN)) for _ in range(50)]
    told = doors.ask({"scans": forged}, address="scans")[1]["results"]
    assert {result["refusal"] for result in told} == {"code.seal"}
    assert doors.ask(doors.files.scan())[0] == 200
