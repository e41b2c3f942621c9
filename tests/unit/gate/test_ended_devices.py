"""What a keeper took down without a network before the device ended, or its venue was closed, and sends after."""

import pytest

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, VenueRow, ended_kind
from fangxian.core.policy.vocabulary import Outcome, Presence, VenueStatus
from tests.unit.formats.county import NOON
from tests.unit.gate import gate_files as county
from tests.unit.gate.gate_files import GREEN, KEEPER, MARKET, NOON_AT, NOON_MS, RED

ENDED = DeviceRow(KEEPER, 0, MARKET, 0, ended_kind(1, NOON_MS))
CLOSED = VenueRow(MARKET, "market", VenueStatus.CLOSED, (), "141027100")
DECIDED = {"outcome": "admit", "at": NOON_AT.isoformat()}


@pytest.fixture
def closed(doors):
    """A gate an hour after the market was closed, at noon; ask it as the market's keeper."""
    doors.files.publish_device(ENDED)
    doors.files.publish_venue(CLOSED)
    doors.wall.ms += 3_600_000
    doors.follower.look()

    def ask(number=GREEN, *, minutes=-1.0, token=None, **changed):
        fields = {"code": doors.files.qr(number, at_min=NOON - 1), "venue": doors.files.typed()} | changed
        return doors.ask(doors.files.scan(number, minutes=minutes, **fields), token or doors.files.token())

    return ask


def test_what_was_scanned_before_the_venue_closed_is_recorded_as_then(doors, closed):
    status, answer = closed(decided=DECIDED)
    assert (status, answer["outcome"]) == (200, "admit")
    record = doors.journal.records[-1]
    assert (record.venue, record.device, record.gate_number) == (MARKET, KEEPER, GREEN)
    assert (record.presence, record.decided) == (Presence.STAFFED, Outcome.ADMIT)
    assert record.marks & ScanMark.LATE


def test_it_is_judged_by_the_rules_of_an_open_venue(doors, closed):
    closed(RED)
    assert doors.journal.records[-1].outcome == Outcome.REFUSE
    closed(GREEN, temperature_c=36.5)
    assert doors.journal.records[-1].outcome == Outcome.ADMIT


def test_what_was_scanned_after_is_refused_with_what_to_do(doors, closed):
    for minutes in (0, 10):
        status, told = closed(minutes=minutes, decided=DECIDED)
        assert (status, told["refusal"]) == (422, "scan.device_over")
    assert "10 min" in told["en"]
    assert "纸质登记簿" in told["zh"]
    assert doors.journal.records == []


def test_an_ended_phone_learns_nothing_of_anybody(doors, closed):
    for who in ({"number": RED}, {"code": None, "document": county.NUMBER_OF_RED}):
        _, answer = closed(**who)
        assert (answer["outcome"], answer["health"], answer["because"]) == ("verify", None, [])
    assert [record.gate_number for record in doors.journal.records] == [RED, RED]


def test_a_repeat_is_told_the_same_and_recorded_once(doors, closed):
    again = {"id": "00000000-0000-4000-9000-00000000abcd", "code": doors.files.qr(RED), "decided": DECIDED}
    assert closed(**again) == closed(**again)
    assert len(doors.journal.records) == 1


def test_a_device_that_ended_opens_no_other_closed_venue(closed, doors):
    assert closed(venue=doors.files.poster(county.CLOSED))[1]["refusal"] == "code.venue_closed"


def test_a_token_of_an_earlier_generation_stays_out_of_use(doors, closed):
    doors.files.publish_device(ENDED._replace(kind=ended_kind(2, NOON_MS)))
    doors.follower.look()
    assert closed()[1]["refusal"] == "device.revoked"


def test_a_device_of_which_nobody_says_when_it_ended_stays_out_of_use(doors, closed):
    doors.files.publish_device(DeviceRow(KEEPER, 0, 0, 0, ""))  # as a worker of before says it
    doors.follower.look()
    assert closed()[1]["refusal"] == "device.revoked"


def test_a_base_says_it_as_a_frame_does(doors):
    doors.files.write_base(county.BASE + 1, devices=(ENDED,), venues=(CLOSED,))
    doors.follower.look()
    assert doors.follower.knowledge.devices[KEEPER].ended == (1, NOON_MS)
    scan = doors.files.scan(minutes=-1, code=doors.files.qr(GREEN, at_min=NOON - 1))
    assert doors.ask(scan, doors.files.token())[0] == 200


def test_a_device_taken_off_an_open_venue_hands_in_what_it_has(doors):
    doors.files.publish_device(ENDED)
    doors.follower.look()
    scan = doors.files.scan(minutes=-1, code=doors.files.qr(GREEN, at_min=NOON - 1))
    assert doors.ask(scan, doors.files.token())[0] == 200
