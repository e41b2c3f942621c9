"""A gate follows its files, and nothing that is wrong with them takes away what it knows."""

from datetime import UTC, datetime

import pytest

from fangxian.core.policy import byte_snapshot_frames
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow
from fangxian.core.policy.vocabulary import Colour, VenueStatus
from fangxian.gate.following import Follower
from fangxian.gate.health import Health
from tests.unit.formats import snapshots
from tests.unit.gate import gate_files as county
from tests.unit.gate.doors import Doors, Wall
from tests.unit.gate.gate_files import BASE, GREEN, REALM, GateFiles

RED_WORD = county.safety_of(Colour.RED)
RECENT = county.PEOPLE[GREEN][1]


def look(follower, wall, n=1):
    """Look again, later than a gate waits before it tries once more."""
    for _ in range(n):
        wall.ms += 1_500
        follower.look()


@pytest.fixture
def empty(tmp_path):
    return GateFiles(tmp_path / "realm")


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def following(files, wall):
    follower = Follower(files.folder, realm=REALM, wall_ms=wall)
    follower.look()
    assert follower.troubles == {}
    return follower


def codes(follower):
    return {part: refusal.code for part, refusal in follower.troubles.items()}


# ---- the beginning ----


def test_a_gate_without_any_file_waits_for_them_and_says_so(empty, wall):
    follower = Follower(empty.folder, realm=REALM, wall_ms=wall)
    follower.look()
    assert (follower.keys, follower.knowledge) == (None, None)
    assert codes(follower) == {"keys.json": "gate.file_missing"}
    empty.write_keys()
    follower.look()
    assert codes(follower) == {"current.json": "gate.file_missing"}
    empty.write_base()
    follower.look()
    assert follower.knowledge.number == BASE
    assert follower.troubles == {}


def test_a_gate_without_a_base_answers_that_it_has_none(empty):
    doors = Doors(empty)
    status, answer = doors.ask({"id": "x"})
    assert (status, answer["refusal"]) == (503, "gate.no_snapshot")
    status, health = doors.health()
    assert (status, health["status"], health["snapshot"]) == (503, "no_snapshot", None)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"format":2}', b'{"format":1}'])
def test_keys_that_cannot_be_read_leave_the_old_ones_in_use(files, following, data):
    keys = following.keys
    files.replace("keys.json", data)
    following.look()
    assert following.keys is keys
    assert codes(following) == {"keys.json": "gate.keys_unreadable"}
    files.write_keys()
    following.look()
    assert following.keys is not keys
    assert following.troubles == {}


def test_keys_that_are_taken_away_stay_in_use(files, following):
    (files.folder / "keys.json").unlink()
    following.look()
    assert following.keys is not None
    assert codes(following) == {"keys.json": "gate.file_missing"}


def test_keys_of_another_realm_are_not_taken(files, following):
    files.write_keys(realm="ffffffffffffffff")
    following.look()
    assert following.keys.realm == REALM
    assert codes(following) == {"keys.json": "gate.other_realm"}


def test_a_clock_that_was_set_is_followed(files, following, wall):
    files.clock["county_anchor"] = datetime(2022, 4, 20, tzinfo=UTC).isoformat()
    files.write_keys()
    following.look()
    assert following.keys.clock.county_ms(wall.ms) == datetime(2022, 4, 20, tzinfo=UTC).timestamp() * 1000


# ---- bases ----


def test_a_newer_base_takes_the_place_of_the_old(files, following):
    files.write_base(BASE + 50, people={GREEN: (RED_WORD, RECENT)})
    following.look()
    assert following.knowledge.number == BASE + 50
    assert following.knowledge.find(GREEN)[1:] == (RED_WORD, RECENT)
    assert following.knowledge.n_people == 1


def damaged(files, how):
    """Bytes for base BASE + 50 that must not be used."""
    good = files.base_bytes(BASE + 50)
    altered = bytearray(good)
    altered[4096] ^= 1
    return {
        "missing": None,
        "empty": b"",
        "torn": good[: len(good) // 2],
        "altered": bytes(altered),
        "forged": files.base_bytes(BASE + 50, sign=files.keys.forge),
        "of another realm": files.base_bytes(BASE + 50, realm="ffffffffffffffff"),
        "of another county": files.base_bytes(BASE + 50, division=141028),
        "no base at all": b"SQLite format 3\0" * 1000,
    }[how]


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        ("missing", "gate.file_missing"),
        ("empty", "snapshot.cut_short"),
        ("torn", "snapshot.cut_short"),
        ("altered", "snapshot.damaged"),
        ("forged", "snapshot.signature"),
        ("of another realm", "gate.other_realm"),
        ("of another county", "gate.other_realm"),
        ("no base at all", "snapshot.not_a_base"),
    ],
)
def test_a_base_that_cannot_be_used_leaves_the_old_one_in_use_until_it_is_mended(files, following, wall, how, refusal):
    if (data := damaged(files, how)) is not None:
        files.replace(f"base-{BASE + 50}.fxs", data)
    files.point_to(BASE + 50)
    following.look()
    assert following.knowledge.base_number == BASE
    assert codes(following)["base"] == refusal
    files.publish_person(GREEN, RED_WORD, RECENT)
    following.look()
    assert following.knowledge.find(GREEN)[1] == RED_WORD, "the old base's deltas are still followed"
    files.write_base(BASE + 50)
    look(following, wall)
    assert following.knowledge.base_number == BASE + 50
    assert following.troubles == {}


@pytest.mark.parametrize("data", [b"", b"{}", b'{"number": null}', b'{"number": "many"}'])
def test_a_pointer_that_cannot_be_read_changes_nothing(files, following, wall, data):
    files.replace("current.json", data)
    following.look()
    assert following.knowledge.number == BASE
    assert "current.json" in following.troubles
    files.point_to(BASE)
    look(following, wall)
    assert following.troubles == {}


def test_an_older_base_put_back_is_not_taken(files, following):
    files.known_at_s += 3600
    files.write_base(BASE + 50)
    following.look()
    files.known_at_s -= 3600
    files.replace(f"base-{BASE + 10}.fxs", files.base_bytes(BASE + 10))
    files.point_to(BASE + 10)
    following.look()
    assert following.knowledge.base_number == BASE + 50
    assert codes(following)["base"] == "gate.older_base"


def test_a_smaller_number_written_later_is_a_restored_county_and_is_taken(files, following):
    files.known_at_s += 3600
    files.write_base(BASE - 500)
    following.look()
    assert following.knowledge.number == BASE - 500


# ---- deltas ----


def test_frames_of_every_kind_are_taken(files, following):
    files.publish_person(GREEN, RED_WORD, RECENT)
    files.publish_person(county.NEW, RED_WORD, 0, document=99)
    files.publish_person(county.YELLOW, 0, 0, alias_of=GREEN)
    files.publish_venue(VenueRow(county.UNKNOWN_VENUE, "market", VenueStatus.OPEN, (1,), "141027100"))
    files.publish_device(DeviceRow(9, 1, county.MARKET, 0, "keeper"))
    files.publish_device(DeviceRow(county.KEEPER, 0, 0, 0, ""))
    files.heartbeat(files.known_at_s * 1000 + 5_000)
    following.look()
    known = following.knowledge
    assert known.number == BASE + 6
    assert known.known_at_ms == files.known_at_s * 1000 + 5_000
    assert known.find(GREEN)[1:] == (RED_WORD, RECENT)
    assert known.find(county.NEW)[1:] == (RED_WORD, 0)
    assert known.document_owner(99) == county.NEW
    assert known.find(county.YELLOW)[0] == GREEN
    assert county.UNKNOWN_VENUE in known.venues
    assert (9 in known.devices, county.KEEPER in known.devices) == (True, False)


def test_frames_that_were_there_before_the_gate_are_taken_too(files, wall):
    files.publish_person(GREEN, RED_WORD, RECENT)
    follower = Follower(files.folder, realm=REALM, wall_ms=wall)
    follower.look()
    assert follower.knowledge.number == BASE + 1


def test_a_torn_frame_is_waited_for(files, following):
    frame = files.frame(FrameKind.PEOPLE, [PersonRow(GREEN, RED_WORD, RECENT)])
    files.append(frame[:60])
    following.look()
    assert (following.knowledge.number, following.troubles) == (BASE, {})
    files.append(frame[60:])
    following.look()
    assert (following.knowledge.number, following.troubles) == (BASE + 1, {})


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"first": BASE + 3}, "gate.number_missed"),
        ({"first": BASE}, "gate.number_missed"),
        ({"base": BASE - 1}, "snapshot.other_base"),
    ],
)
def test_a_frame_out_of_its_order_is_not_taken_and_age_grows(files, following, wall, changed, refusal):
    files.append(files.frame(FrameKind.PEOPLE, [PersonRow(GREEN, RED_WORD, RECENT)], **changed))
    files.heartbeat(wall.ms + 60_000)
    look(following, wall, 3)
    assert following.knowledge.find(GREEN)[1:] == county.PEOPLE[GREEN]
    assert following.age_ms == wall.ms - files.known_at_s * 1000
    assert codes(following)["deltas"] == refusal


def test_a_forged_frame_is_not_taken(files, following, wall):
    row = PersonRow(GREEN, RED_WORD, RECENT)
    files.append(files.frame(FrameKind.PEOPLE, [row], sign=files.keys.forge))
    look(following, wall, 2)
    assert following.knowledge.find(GREEN)[1:] == county.PEOPLE[GREEN]
    assert codes(following) == {"deltas": "snapshot.signature"}


def test_a_new_base_heals_a_broken_tail(files, following, wall):
    files.append(b"\xff" * 200)
    look(following, wall, 2)
    assert "deltas" in following.troubles
    files.write_base(BASE + 50)
    look(following, wall)
    assert (following.knowledge.number, following.troubles) == (BASE + 50, {})


def test_a_tail_that_was_written_anew_is_read_from_its_beginning(files, following, wall):
    files.publish_person(GREEN, RED_WORD, RECENT)
    following.look()
    files.last = BASE
    files.replace(f"deltas-{BASE}.fxd", files.frame(FrameKind.PEOPLE, [PersonRow(GREEN, RED_WORD, RECENT)]))
    files.publish_person(county.RED, *county.PEOPLE[GREEN])
    look(following, wall, 2)
    assert (following.knowledge.number, following.troubles) == (BASE + 2, {})


def test_a_tail_that_was_taken_away_is_missed_and_nothing_is_lost(files, following, wall):
    files.publish_person(GREEN, RED_WORD, RECENT)
    following.look()
    (files.folder / f"deltas-{BASE}.fxd").unlink()
    look(following, wall, 2)
    assert following.knowledge.find(GREEN)[1:] == (RED_WORD, RECENT)
    assert codes(following) == {"deltas": "gate.file_missing"}


def test_many_frames_at_once_are_all_taken(files, following):
    data = b"".join(
        files.frame(
            FrameKind.PEOPLE, [PersonRow(number, RED_WORD, 0) for number in range(n * 900 + 100, n * 900 + 1000)]
        )
        for n in range(200)
    )
    assert len(data) > 4 << 20
    files.append(data)
    following.look()
    following.look()
    assert following.knowledge.number == BASE + 180_000


def test_what_the_worker_writes_in_one_batch_comes_in_one_look(files, following):
    rows = [PersonRow(number, RED_WORD, 0) for number in range(1, 501)]
    files.append(byte_snapshot_frames.pack_frame(
        FrameKind.PEOPLE, base=BASE, first=BASE + 1, known_at_ms=files.known_at_s * 1000, rows=rows,
        sign=files.keys.sign,
    ))  # fmt: skip
    following.look()
    assert following.knowledge.number == BASE + 500


# ---- rules by the hour ----


def test_the_tables_of_the_hour_are_used(files, wall):
    from fangxian.core.policy.tables import DoorTables

    first = DoorTables.from_bytes(snapshots.tables())
    noon_s = county.NOON_MS // 1000
    import dataclasses

    until_noon = dataclasses.replace(first, until_s=noon_s).to_bytes()
    from_noon = dataclasses.replace(first, begins_s=noon_s, until_s=noon_s + 3600).to_bytes()
    files.write_base(BASE + 50, tables=[until_noon, from_noon])
    follower = Follower(files.folder, realm=REALM, wall_ms=wall)
    follower.look()
    known = follower.knowledge
    assert known.doors_at(noon_s - 1).tables.until_s == noon_s
    assert known.doors_at(noon_s).tables.begins_s == noon_s
    assert known.doors_at(noon_s + 3600) is None


def test_with_no_rules_in_force_the_gate_says_what_to_do(files, doors):
    tables = doors.follower.knowledge.doors[0].tables
    doors.wall.ms = (tables.until_s + 60) * 1000
    status, answer = doors.ask(files.scan())
    assert (status, answer["refusal"]) == (503, "gate.no_rules")


# ---- health ----


def test_healthz_says_how_old_the_knowledge_is_and_what_is_wrong(doors):
    assert doors.health() == (
        200,
        {
            "gate": 1,
            "status": "ok",
            "snapshot": BASE,
            "snapshot_age_seconds": 0,
            "people": 6,
            "county_time": "2022-04-19T04:00:00Z",
            "journal_backlog": 0,
            "troubles": [],
        },
    )
    doors.wall.ms += 60_000
    doors.files.append(b"\xff" * 200)
    doors.follower.look()
    status, health = doors.health()
    assert (status, health["status"], health["snapshot_age_seconds"]) == (200, "stale", 60)
    assert [(trouble["file"], trouble["refusal"]) for trouble in health["troubles"]] == [("deltas", "snapshot.damaged")]


def test_a_wall_clock_that_was_set_back_makes_no_negative_age(doors):
    doors.wall.ms -= 3_600_000
    assert doors.health()[1]["snapshot_age_seconds"] == 0


def test_the_metrics_count_and_name_nobody(doors):
    doors.ask(doors.files.scan(county.RED), doors.files.token())
    doors.ask(b"{}")
    told = []
    Health(doors.gate).measured(b"", "", lambda status, body: told.append((status, body.decode())))
    status, text = told[0]
    assert status == 200
    assert 'fangxian_gate_scans_total{outcome="refuse"} 1' in text
    assert 'fangxian_gate_refusals_total{refusal="scan.field_missing"} 1' in text
    assert f"fangxian_gate_snapshot {BASE}" in text
    assert str(county.MARKET) not in text
