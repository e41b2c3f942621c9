"""How fast a keeper's device may look people up by number: a door's pace, with late scans in a measure of their own."""

import pytest

from fangxian.gate.pace import LOGGED_EVERY_MS, MOST_A_MINUTE, SAVED_UP, SAVED_UP_LATE
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
        assert {result["refusal"] for result in refused} <= {"scan.too_fast"}
        return n - len(refused)

    return ask


def test_a_door_is_never_too_fast(doors, look_up):
    for _ in range(40):
        assert look_up(MOST_A_MINUTE // 2, minutes=(doors.wall.ms - county.NOON_MS) / 60_000) == MOST_A_MINUTE // 2
        doors.wall.ms += 30_000


def test_a_lost_phone_is_no_register(doors, look_up, caplog):
    assert look_up(1_000) == SAVED_UP
    doors.wall.ms += 60_000
    assert look_up(1_000) == MOST_A_MINUTE
    assert caplog.text.count(f"scan.too_fast: device {county.KEEPER}") == 1
    doors.wall.ms += LOGGED_EVERY_MS
    look_up(1_000, minutes=61)
    assert caplog.text.count(f"scan.too_fast: device {county.KEEPER}") == 2
    assert doors.gate.metrics.refusals["scan.too_fast"] > 0


def test_the_refusal_is_429_and_says_what_to_do(doors, look_up):
    look_up(SAVED_UP)
    status, answer = doors.ask(doors.files.scan(code=None, document="1"), doors.files.token())
    assert (status, answer["refusal"]) == (429, "scan.too_fast")
    assert str(MOST_A_MINUTE) in answer["zh"]
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
