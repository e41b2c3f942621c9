"""The lane against the plain way: whatever is sent, both gates say the same and write the same into their journals."""

import base64
import json
import random
from datetime import timedelta
from typing import Final

import pytest

pytest.importorskip("numba")

from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow, ended_kind
from fangxian.core.policy.vocabulary import Colour, VenueStatus
from fangxian.gate.quick.compiling import compile_loops
from tests.unit.formats.county import NOON, PRESENCE_KEY_ID
from tests.unit.gate.gate_files import (
    BASE,
    CHECKPOINT,
    CLOSED,
    EXPIRED,
    GREEN,
    HOSPITAL,
    KEEPER,
    LOST,
    MARKET,
    MERGED,
    NOON_AT,
    NOON_MS,
    OTHER_MARKET,
    RED,
    STRANGER,
    SUSPENDED,
    UNTESTED,
    YELLOW,
    GateFiles,
    recent_of,
    safety_of,
)
from tests.unit.gate.lanes import PAGE, Asked, usual_request


class Crowd:
    """Scans of all kinds, most of them usual, a few with something about them that is not."""

    def __init__(self, files, seed):
        self.files, self.dice = files, random.Random(seed)
        self.codes = [files.qr(number) for number in (GREEN, GREEN, YELLOW, RED, EXPIRED, UNTESTED, MERGED, STRANGER)]
        self.odd_codes = [
            files.forged_qr(GREEN), files.card(GREEN), files.qr(GREEN, qr_generation=1), files.qr(GREEN)[:-1] + "!",
            files.qr(GREEN).lower(), files.qr(GREEN, at_min=NOON - 1440), f" {files.qr(RED)}\n", "", "FXP1",
        ]  # fmt: skip
        self.venues = [files.poster(), files.poster(door=2), files.poster(HOSPITAL), files.poster(OTHER_MARKET)]
        self.odd_venues = [
            files.typed(), files.rotating(), files.poster(SUSPENDED), files.poster(CLOSED), files.poster(generation=2),
            "", "海报",
        ]  # fmt: skip
        self.tokens = ["", files.token(), files.token(CHECKPOINT, venue=0)]
        self.odd_tokens = [files.token(LOST), "nonsense", files.token(generation=9)]
        self.ids = []

    def _of(self, usual, odd):
        return self.dice.choice(odd if self.dice.random() < 0.02 else usual)

    def _id(self):
        if self.ids and self.dice.random() < 0.05:
            return self.dice.choice(self.ids)
        self.ids.append(f"{self.dice.getrandbits(32):08x}-0000-4000-9000-{self.dice.getrandbits(48):012X}")
        return self.ids[-1]

    def _moment(self):
        dice = self.dice
        back_s = dice.choice((0, 1, 59, 600, 899, 900, 901, 3599, 3600, -60, -299, -301))
        at = NOON_AT - timedelta(seconds=back_s, milliseconds=dice.choice((0, 0, 1, 123, 57, 999)))
        odd = [at.isoformat() + "x", at.replace(tzinfo=None).isoformat(), "2022-02-30T00:00:00Z",
               "1999-01-01T00:00:00Z",
               at.isoformat().replace("T", " "), at.isoformat().replace("T", "t"), "", 17, None,
               at.replace(microsecond=123456).isoformat(), at.strftime("%Y-%m-%dT23:59:60Z")]  # fmt: skip
        east = at + timedelta(hours=8)
        zones = [at.isoformat(timespec="milliseconds"), at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                 east.strftime("%Y-%m-%dT%H:%M:%S+08:00"),
                 (at - timedelta(hours=3, minutes=30)).strftime("%Y-%m-%dT%H:%M:%S-03:30")]  # fmt: skip
        return self._of(zones, odd)

    def scan(self):
        dice = self.dice
        scan = {"id": self._id(), "code": self._of(self.codes, self.odd_codes),
                "venue": self._of(self.venues, self.odd_venues), "scanned_at": self._moment()}  # fmt: skip
        if dice.random() < 0.5:
            scan["temperature_c"] = self._of(
                [36.5, 37.2, 37.3, 20, 50.0, 38.0], [19.9, 50.1, 36.55, -1, "36.5", None, 1e2]
            )
        if dice.random() < 0.5:
            scan["presence"] = self._of(["staffed", "located", "none", "rotating"], ["STAFFED", "", None])
        if dice.random() < 0.5:
            scan["direction"] = self._of(["in", "in", "in", "out"], ["up", "", None])
        if dice.random() < 0.3:
            scan["sent_at"] = self._moment()
        for name, value in (("more", {"a": [1]}), ("document", "1"), ("companions", [{"code": self.codes[0]}]),
                            ("decided", {"outcome": "admit", "at": NOON_AT.isoformat()})):  # fmt: skip
            if dice.random() < 0.01:
                scan[name] = value
        if dice.random() < 0.01:
            scan.pop(dice.choice(list(scan)))
        return scan

    def _written(self, scan):
        dice = self.dice
        items = list(scan.items())
        dice.shuffle(items)
        text = json.dumps(dict(items), separators=dice.choice([(",", ":"), (", ", ": "), (" ,\n", "\t:")]))
        odd = [text[:-1], text + " ", text + "x", "[" + text + "]", text.replace("e", "\\u0065", 1), "\ufeff" + text,
               text.replace('"id"', '"id":"0","id"'), text.replace("{", "{}", 1), "", "{}",
               text.replace(":", "", 1)]  # fmt: skip
        return self._of([text], odd).encode().ljust(1000)  # of one length, so that heads come again

    def request(self):
        token, body = self._of(self.tokens, self.odd_tokens), self._written(self.scan())
        lines = [b"POST /scan HTTP/1.1", b"Host: x", b"Content-Type: application/json"]
        if token:
            lines.append(b"Authorization: Bearer " + token.encode())
        if self.dice.random() < 0.3:
            lines.append(b"Origin: " + PAGE.encode())
        lines.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    compile_loops()


@pytest.fixture
def both(tmp_path):
    files = GateFiles(tmp_path / "realm").write_all()
    asked = [Asked(files, 8, has_lane=has_lane) for has_lane in (True, False)]
    yield files, *asked
    for one in asked:
        one.close()


def _learned(crowd):
    """Each pair of caller and door once, so that there is something for the lane to take."""
    return [crowd.request() for _ in range(8)]


@pytest.mark.parametrize("seed", range(4))
def test_by_the_lane_a_scan_has_the_answer_and_the_record_of_the_plain_way(both, seed):
    files, lane, plain = both
    crowd = Crowd(files, seed)
    for _ in range(150):
        requests = _learned(crowd)
        assert lane.ask(requests) == plain.ask(requests)
    # Of one turn, those by the lane are written behind the others.
    assert sorted(lane.doors.journal.records) == sorted(plain.doors.journal.records)
    assert lane.n_by_lane > 100


class Bender:
    """Bodies of one usual scan, each with something small about it that is otherwise."""

    MOMENTS: Final = (
        "2022-04-19T04:00:00Z", "2022-04-19T12:00:00+08:00", "2022-04-19T04:00:00-00:00", "2022-04-19T04:00:00.1Z",
        "2022-04-19T04:00:00.123456Z", "2022-04-19T04:00:00.1234567Z", "2022-04-19T04:00:00.000+00:00",
        "2022-04-19T04:00:00.999-00:30", "2022-04-20T04:00:00+24:00", "2022-04-20T03:59:00+23:59",
        "2022-04-19T04:00:00+0000", "2022-04-19T04:00:00+00", "2022-04-19T04:00Z", "2022-04-19 04:00:00Z",
        "2022-04-19t04:00:00z", "2022-04-19T04:00:00,5Z", "2022-04-19T24:00:00Z", "2022-04-19T03:59:60Z",
        "2022-4-19T04:00:00ZZ", "22022-04-19T04:00:0Z", "+022-04-19T04:00:00Z", "2022-04-19T04:00:00.Z",
        "2022-04-19T04:00:00.12Z4", "2022-04-19T04:00:00.-12Z", "2022-04-19T04:00:00.000Z ", "1650340800",
        "2024-02-29T04:00:00Z", "2022-02-29T04:00:00Z", "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z",
        "2022-04-19T04:00:00.00Z+00:00", "2022-04-19T04:00:00+00:60", "2022-04-19T04:00:00.000000+08:00",
    )  # fmt: skip
    NUMBERS: Final = (
        "36.5", "36", "036.5", "36.50", "36.", ".365", "3.65e1", "3650e-2", "+36.5", "-36.5", "36..5", "3..5", "36.5.",
        "20", "20.0", "19.9", "50.0", "50.1", "50", "51", "99", "1e400", "NaN", "Infinity", "0x24", "36,5", '"36.5"',
        "true", "null", "[]", "{}", "00.0", "20.05", "2 0", "36 .5",
    )  # fmt: skip
    STRINGS: Final = (
        '""', '"\\u0073taffed"', '"staffed\\u0000"', '"located "', '"Located"', '"located"', '"none"', '"out"', '"in"',
        "null", "1", "[]", '"loc\x7fated"', '"定位"', '"located\n"', '"\\/"', "'in'", '"in', "in",
    )  # fmt: skip
    BYTES: Final = b'"\\{}[]:,.-+eEzZtT0159aAfFgG \t\r\n\x00\x01\x1f\x7f\x80\xc3\xff/_'

    def __init__(self, files, seed):
        self.dice, self.files, self.n = random.Random(seed), files, 0

    def _fields(self):
        dice, self.n = self.dice, self.n + 1
        fields = {"id": f'"{self.n:08x}-0000-4000-9000-00000000abcd"', "code": f'"{self.files.qr(GREEN)}"',
                  "venue": f'"{self.files.poster()}"', "scanned_at": '"2022-04-19T04:00:00Z"'}  # fmt: skip
        for name, value in (
            ("sent_at", f'"{dice.choice(self.MOMENTS)}"'), ("temperature_c", dice.choice(self.NUMBERS)),
            ("presence", dice.choice(self.STRINGS)), ("direction", dice.choice(self.STRINGS)),
            ("scanned_at", f'"{dice.choice(self.MOMENTS)}"'), ("id", f'"{self.n:032x}"'),
            ("id", f'"{self.n:08x}-0000-4000-9000-00000000ABCD"'),
            ("id", f'"{self.n:07x}-00000-4000-9000-00000000abcd"'),
        ):  # fmt: skip
            if dice.random() < 0.15:
                fields[name] = value
        return fields

    def body(self):
        dice = self.dice
        items = [f'"{name}":{value}' for name, value in self._fields().items()]
        if dice.random() < 0.05:
            items.append(dice.choice(items))
        body = bytearray(("{" + ",".join(items) + "}").encode())
        if dice.random() < 0.3:
            for _ in range(dice.choice((1, 1, 2))):
                at = dice.choice((dice.randrange(len(body)), dice.randrange(60), len(body) - 1 - dice.randrange(60)))
                what = dice.randrange(3)
                if what:
                    body[at : at + what - 1] = bytes([dice.choice(self.BYTES)])
                else:
                    del body[at]
        return bytes(body).ljust(1000)[:1000]

    def request(self, *, is_bent):
        self.n += not is_bent
        usual = usual_request(self.files, place=0xF000_0000 + self.n).partition(b"\r\n\r\n")[2].ljust(1000)
        return b"POST /scan HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + (self.body() if is_bent else usual)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_bent_about_a_usual_scan_both_ways_read_it_alike(both, seed):
    files, lane, plain = both
    bender = Bender(files, seed)
    for turn in range(120):
        requests = [bender.request(is_bent=turn % 2 == 1 and turn > 3) for _ in range(8)]
        assert lane.ask(requests) == plain.ask(requests), requests
    assert sorted(lane.doors.journal.records) == sorted(plain.doors.journal.records)
    assert lane.n_by_lane > 500


def _in_lane(both, **more):
    """Both gates after two usual scans, the second by the lane."""
    files, lane, plain = both
    for place in range(2):
        request = usual_request(files, place=place, **more)
        assert lane.ask([request]) == plain.ask([request])
    assert lane.n_by_lane == 1
    return files, lane, plain


def _told_alike(files, lane, plain, *, place=99, **more):
    request = usual_request(files, place=place, **more)
    (one,), (other,) = lane.ask([request]), plain.ask([request])
    assert one == other
    return one


def _look(*gates):
    for one in gates:
        one.doors.follower.look()


def test_a_word_that_has_changed_is_seen_by_the_lane_at_once(both):
    files, lane, plain = _in_lane(both)
    files.publish_person(GREEN, safety_of(Colour.RED), recent_of())
    _look(lane, plain)
    assert b'"outcome":"refuse"' in _told_alike(files, lane, plain)


def test_a_code_that_was_revoked_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    files.publish_person(GREEN, safety_of(Colour.GREEN, qr_generation=3), recent_of())
    _look(lane, plain)
    assert b"code.revoked" in _told_alike(files, lane, plain)


def test_a_device_that_was_ended_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    files.publish_device(DeviceRow(KEEPER, 2, MARKET, 0, "keeper"))
    _look(lane, plain)
    assert b"device.revoked" in _told_alike(files, lane, plain)


def test_what_a_keeper_took_down_before_the_venue_closed_is_told_and_kept_alike_both_ways(both):
    files, lane, plain = _in_lane(both)
    files.publish_device(DeviceRow(KEEPER, 0, MARKET, 0, ended_kind(1, NOON_MS)))
    files.publish_venue(VenueRow(MARKET, "market", VenueStatus.CLOSED, (), "141027100"))
    _look(lane, plain)
    before = (NOON_AT - timedelta(seconds=1)).isoformat(timespec="milliseconds")
    for place in range(5, 9):
        assert b'"outcome":"verify","health":null' in _told_alike(files, lane, plain, place=place, at=before)
    assert b"scan.device_over" in _told_alike(files, lane, plain, place=9)
    assert lane.doors.journal.records == plain.doors.journal.records
    assert len(lane.doors.journal.records) == 6


def test_a_venue_that_was_suspended_is_so_for_the_lane_too(both):
    files, lane, plain = _in_lane(both)
    files.publish_venue(VenueRow(MARKET, "market", VenueStatus.SUSPENDED, (3, 3), "141027100"))
    _look(lane, plain)
    assert b'"because":[]' not in _told_alike(files, lane, plain)


def test_a_record_that_was_merged_is_kept_under_the_other_number(both):
    files, lane, plain = _in_lane(both)
    files.append(
        files.frame(FrameKind.PEOPLE,
                    [PersonRow(GREEN, safety_of(Colour.GREEN), recent_of(), alias_of=YELLOW)])
    )  # fmt: skip
    _look(lane, plain)
    _told_alike(files, lane, plain)
    assert lane.doors.journal.records[-1].gate_number == YELLOW


@pytest.mark.parametrize("method", [b"GET", b"OPTIONS", b"HEAD", b"DELETE"])
def test_a_scan_that_is_not_posted_is_answered_as_ever_however_often_it_comes(both, method):
    files, lane, plain = _in_lane(both)
    requests = [usual_request(files, place=place).replace(b"POST", method, 1) for place in range(5, 9)]
    assert [lane.ask([request]) for request in requests] == [plain.ask([request]) for request in requests]
    assert lane.doors.journal.records == plain.doors.journal.records


def test_a_rotating_code_of_a_leaked_key_is_over_for_the_lane_when_its_time_is_over(both):
    files, lane, plain = both
    files.write_keys(
        presence_keys={str(PRESENCE_KEY_ID + 1): base64.b64encode(bytes(16)).decode()},
        retired={"day_keys": {}, "card_keys": {}, "presence_keys": [PRESENCE_KEY_ID]},
    )
    _look(lane, plain)
    for place in range(2):
        assert b'"outcome":"verify"' in _told_alike(files, lane, plain, place=place, venue=files.rotating())
    later = (NOON_AT + timedelta(minutes=4)).isoformat(timespec="milliseconds")
    assert b"code.rotation_over" in _told_alike(files, lane, plain, place=9, venue=files.rotating(), at=later)


def test_a_device_whose_day_has_ended_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    for one in (lane, plain):
        one.doors.wall.ms += 31 * 86_400_000
    assert b"device.ended" in _told_alike(files, lane, plain)


def test_a_code_of_a_key_that_leaked_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    files.write_keys(day_keys={})
    _look(lane, plain)
    assert b"code.key_unknown" in _told_alike(files, lane, plain)


@pytest.mark.parametrize("seconds", [-86_400 * 20, -3600, -400, 3600, 86_400 * 3])
def test_when_the_clock_jumps_the_lane_says_what_the_plain_way_says(both, seconds):
    files, lane, plain = _in_lane(both)
    for one in (lane, plain):
        one.doors.wall.ms += 1000 * seconds
    for place in range(5, 8):
        _told_alike(files, lane, plain, place=place)
    assert lane.doors.journal.records == plain.doors.journal.records


def test_a_new_base_is_what_the_lane_decides_by(both):
    files, lane, plain = _in_lane(both)
    files.write_base(BASE + 1, people={GREEN: (safety_of(Colour.RED), recent_of())})
    files.point_to(BASE + 1)
    _look(lane, plain)
    for place in range(5, 8):
        assert b'"outcome":"refuse"' in _told_alike(files, lane, plain, place=place)


def test_whoever_is_in_the_lane_stays_there_over_a_new_base_that_knows_them_as_before(both):
    files, lane, plain = _in_lane(both)
    files.write_base(BASE + 1)
    _look(lane, plain)
    _told_alike(files, lane, plain)
    assert lane.n_by_lane == 2


def test_a_device_that_another_frame_leaves_as_it_is_stays_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    files.publish_device(DeviceRow(LOST, 3, MARKET, 0, "keeper"))
    _look(lane, plain)
    _told_alike(files, lane, plain)
    assert lane.n_by_lane == 2


def test_a_venue_that_is_open_again_comes_back_into_the_lane(both):
    files, lane, plain = _in_lane(both)
    for status in (VenueStatus.SUSPENDED, VenueStatus.OPEN):
        files.publish_venue(VenueRow(MARKET, "market", status, (3, 3), "141027100"))
        _look(lane, plain)
        _told_alike(files, lane, plain, place=int(status) + 10)
    n_before = lane.n_by_lane
    for place in range(40, 44):
        _told_alike(files, lane, plain, place=place)
    assert lane.n_by_lane > n_before


def test_the_same_id_for_another_scan_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    assert b"scan.id_taken" in _told_alike(files, lane, plain, number=RED, place=0)


def test_a_head_that_says_less_than_comes_leaves_the_rest_to_be_read(both):
    files, lane, plain = _in_lane(both)
    pieces = [usual_request(files, place=5) + usual_request(files, place=6)[:-70], usual_request(files, place=6)[-70:]]
    assert [lane.ask([piece]) for piece in pieces] == [plain.ask([piece]) for piece in pieces]
    assert lane.doors.journal.records == plain.doors.journal.records
