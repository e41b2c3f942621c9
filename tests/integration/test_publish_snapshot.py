"""What gates are told: a base, the changes behind it in their order, and what becomes of it when files are hurt."""

import json
import os
import shutil
import time

import pytest
from django.db import transaction

from fangxian.core.policy.byte_snapshot import read_base
from fangxian.core.policy.byte_snapshot_frames import read_frames
from fangxian.core.policy.byte_snapshot_rows import FrameKind
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import colour_at
from fangxian.gate.following import Follower
from fangxian.ops.changes.actions import publish
from fangxian.ops.changes.queries import last_number
from fangxian.ops.movement.queries import health_of
from fangxian.ops.places.wire import NEW_BASE, TOPIC
from fangxian.ops.procedures.erasure import end_the_epidemic
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.publish_snapshot import Publisher
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.gate_files import GateFolder, base_name, deltas_name

from .people_with_codes import build_with_codes, know

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    yield build_with_codes()
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    the_realm().gate_folder.mkdir(mode=0o700)


@pytest.fixture
def publisher(county):
    made = Publisher()
    made.publish()
    return made


class Gate:
    """A gate's own reading of the folder, on a wall clock that stands still."""

    def __init__(self):
        realm, now_ms = the_realm(), time.time_ns() // 1_000_000
        self.follower = Follower(realm.gate_folder, realm=realm.id, wall_ms=lambda: now_ms)
        self.follower.look()

    def look(self):
        self.follower.look()
        return self

    @property
    def number(self):
        return self.follower.knowledge.number

    @property
    def troubles(self):
        return {part: refusal.code for part, refusal in self.follower.troubles.items()}


def folder():
    return the_realm().gate_folder


def current():
    return json.loads((folder() / "current.json").read_text())["number"]


def base():
    return read_base(memoryview((folder() / base_name(current())).read_bytes()), GateFolder(the_realm()).verify)


def frames():
    data = (folder() / deltas_name(current())).read_bytes()
    found, used = read_frames(data, base=current(), verify=GateFolder(the_realm()).verify) if data else ([], 0)
    assert used == len(data)
    return found


def test_the_first_base_holds_everybody_with_the_words_and_the_venues(county, publisher):
    found, known = base(), {person.gate_number: health_of(person.pk) for person in county.persons}
    assert dict(zip(found.numbers, found.safety, strict=True)) == {n: code.safety for n, code in known.items()}
    assert dict(zip(found.numbers, found.recent, strict=True)) == {n: code.recent for n, code in known.items()}
    assert sorted(found.document_numbers) == sorted(known)
    assert set(found.venues) == {county.school.venue_number}, "nobody has verified the shop yet"
    assert (found.realm, found.division, found.number) == (the_realm().id, 141027, last_number(TOPIC))
    assert found.tables[0].in_force(county_now())


def test_a_gate_reads_what_is_written(county, publisher):
    gate = Gate()
    assert gate.troubles == {}
    know(county.head)
    publisher.publish()
    assert gate.look().troubles == {}
    assert gate.number == last_number(TOPIC)


def test_a_colour_that_turned_is_in_the_next_frame(county, publisher):
    number = current()
    know(county.head)
    publisher.publish()
    (frame,) = frames()
    assert (frame.kind, frame.base, frame.first, frame.n) == (FrameKind.PEOPLE, number, number + 1, 1)
    (row,) = frame.rows
    assert row.number == county.head.gate_number
    assert colour_at(row.safety, minute_of(county_now())) == Colour.RED


def test_changes_of_several_kinds_keep_their_order(county, publisher):
    number = current()
    know(county.head)
    with transaction.atomic():
        publish(topic=TOPIC, changes=[("venue:1", ["school", 3, [], "141027"]), ("device:5", [5, 0, 0, 0, ""])])
    know(county.persons[1])
    publisher.publish()
    assert [frame.kind for frame in frames()] == [
        FrameKind.PEOPLE, FrameKind.VENUES, FrameKind.DEVICES, FrameKind.PEOPLE,
    ]  # fmt: skip
    assert [frame.first for frame in frames()] == [number + 1, number + 2, number + 3, number + 4]
    assert Gate().troubles == {}


def test_when_nothing_happens_that_is_said_once_a_second(county, publisher):
    publisher.publish()
    assert frames() == []
    publisher._tail.known_at_ms -= 1000
    publisher.publish()
    publisher.publish()
    (heartbeat,) = frames()
    assert (heartbeat.kind, heartbeat.first, heartbeat.n) == (FrameKind.HEARTBEAT, current(), 0)


def test_a_worker_killed_before_it_told_anybody_is_followed_by_one_that_does(county, publisher):
    know(county.head)  # committed, and nothing is written
    Publisher().publish()
    assert [row.number for frame in frames() for row in frame.rows] == [county.head.gate_number]


def test_a_worker_killed_while_it_wrote_leaves_a_tail_that_is_cut_off(county, publisher):
    know(county.head)
    publisher.publish()
    path = folder() / deltas_name(current())
    whole = path.read_bytes()
    know(county.persons[1])
    publisher.publish()
    os.truncate(path, len(whole) + 40)
    Publisher().publish()
    assert [row.number for frame in frames() for row in frame.rows] == [
        county.head.gate_number,
        county.persons[1].gate_number,
    ]
    assert path.read_bytes().startswith(whole)


def hurt_lost(path):
    path.unlink()


def hurt_doubled(path):
    path.write_bytes(path.read_bytes() * 2)


def hurt_at_the_beginning(path):
    # Not merely cut: what is left could by chance read as the beginning of a longer frame, and be waited for.
    path.write_bytes(b"\xff" * 4 + path.read_bytes()[100:])


def hurt_altered(path):
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data + b"x")


def hurt_at_equal_length(path):
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("hurt", [hurt_lost, hurt_doubled, hurt_at_the_beginning, hurt_altered, hurt_at_equal_length])
def test_deltas_that_were_hurt_are_replaced_by_a_base_of_a_new_number(county, publisher, hurt):
    gate = Gate()
    know(county.head)
    publisher.publish()
    know(county.head, at=county_now())
    old = current()
    hurt(folder() / deltas_name(old))
    publisher.publish()
    assert current() > old
    assert frames() == []
    assert gate.look().troubles == {}
    assert gate.number == last_number(TOPIC)


@pytest.mark.parametrize("name", ["current.json", "base"])
def test_a_base_that_is_lost_is_written_anew_by_the_next_worker(county, publisher, name):
    old = current()
    (folder() / (base_name(old) if name == "base" else name)).unlink()
    Publisher().publish()
    assert Gate().troubles == {}
    assert base().number == current() >= old


def base_lost(path):
    path.unlink()


def base_altered(path):
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def base_cut(path):
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 1)


def base_made_longer(path):
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")


def base_of_the_format_before(path):
    path.chmod(0o600)
    path.write_bytes(b"FXSNAP1\0" + path.read_bytes()[8:])


@pytest.mark.parametrize("hurt", [base_lost, base_altered, base_cut, base_made_longer, base_of_the_format_before])
def test_a_base_that_was_hurt_is_found_out_by_the_worker_that_runs(county, publisher, hurt):
    old = folder() / base_name(current())
    hurt(old)
    was = old.read_bytes() if old.exists() else b""
    for _ in range(3):
        publisher.publish()
    assert (folder() / base_name(current())).read_bytes() != was
    assert Gate().troubles == {}
    assert base().number == current()


def test_a_base_of_the_format_before_is_replaced_by_the_next_worker(county, publisher):
    old = current()
    base_of_the_format_before(folder() / base_name(old))
    assert Gate().troubles == {"base": "snapshot.not_a_base"}
    Publisher().publish()
    assert current() > old
    assert Gate().troubles == {}


def test_nobody_may_write_in_a_base(county, publisher):
    assert (folder() / base_name(current())).stat().st_mode & 0o777 == 0o400


def test_a_pointer_that_is_lost_is_written_anew_by_the_worker_that_runs(county, publisher):
    (folder() / "current.json").unlink()
    publisher.publish()
    assert Gate().troubles == {}


def test_many_changes_come_in_frames_that_a_gate_takes_between_two_scans(county, publisher):
    with transaction.atomic():
        publish(topic=TOPIC, changes=[(f"person:{n}", {"s": 0, "r": 0, "d": 0, "a": 0}) for n in range(1, 601)])
    publisher.publish()
    assert [frame.n for frame in frames()] == [100, 100, 100, 100, 100, 100]
    assert Gate().number == last_number(TOPIC)


def test_a_base_is_written_when_one_is_asked_for(county, publisher):
    numbers = [current()]
    for _ in range(3):
        ask_for_a_base()
        publisher.publish()
        numbers.append(current())
    assert numbers == sorted(set(numbers))


def test_earlier_bases_go_a_minute_after_the_new_one(county, publisher):
    ask_for_a_base()
    publisher.publish()
    assert len(list(folder().glob("base-*"))) == 2
    publisher._base_made_ms -= 60_000
    publisher.publish()
    assert [path.name for path in folder().glob("base-*")] == [base_name(current())]
    assert [path.name for path in folder().glob("deltas-*")] == [deltas_name(current())]


def test_after_the_end_of_an_epidemic_gates_know_nobody(county, publisher):
    end_the_epidemic(order="浮防指〔2022〕9号", area_path="141027", at=county_now(), by="program:test")
    publisher.publish()
    found = base()
    assert (len(found.numbers), len(found.documents)) == (0, 0)


def ask_for_a_base():
    with transaction.atomic():
        publish(topic=TOPIC, changes=NEW_BASE)


def test_a_second_worker_writes_nothing_while_the_first_does(county, publisher):
    know(county.head)
    with GateFolder(the_realm()).locked() as is_mine:
        assert is_mine
        Publisher().publish()
        assert frames() == []
    publisher.publish()
    assert len(frames()) == 1


def test_two_workers_in_turn_leave_neither_gap_nor_double(county, publisher):
    other = Publisher()
    for n in range(5):
        know(county.persons[n])
        (publisher, other)[n % 2].publish()
    told = [frame.first for frame in frames() if frame.n]
    assert told == list(range(current() + 1, current() + 6))
    assert Gate().troubles == {}


def test_without_a_rulebook_in_force_no_base_is_written(county, monkeypatch, settings):
    late = CountyClock.starting(county.at.replace(year=2023), zone="Asia/Shanghai")
    before = the_realm().clock
    settings.REALM = the_realm().with_clock(late)
    try:
        Publisher().publish()
        assert not (folder() / "current.json").exists()
    finally:
        settings.REALM = the_realm().with_clock(before)


def test_a_merged_record_is_an_alias_with_the_words_of_the_one_that_goes_on(county, publisher):
    kept, merged = county.head, county.persons[3]
    know(merged)
    merge_persons(kept=kept, merged=merged, reason="同一人", by="program:test")
    publisher.publish()
    rows = {row.number: row for frame in frames() for row in frame.rows}
    assert rows[merged.gate_number].alias_of == kept.gate_number
    assert rows[merged.gate_number].safety == rows[kept.gate_number].safety
    ask_for_a_base()
    publisher.publish()
    found = base()
    assert found.aliases == {merged.gate_number: kept.gate_number}
    words = dict(zip(found.numbers, found.safety, strict=True))
    assert words[merged.gate_number] == words[kept.gate_number]
    documents = dict(zip(found.documents, found.document_numbers, strict=True))
    assert list(documents.values()).count(kept.gate_number) == 2


# Keys


def test_a_gates_keys_are_its_owners_alone_and_follow_the_clock(county, publisher):
    card = json.loads((folder() / "keys.json").read_text())
    today = minute_of(county_now()) // DAY_MIN
    assert (folder() / "keys.json").stat().st_mode & 0o777 == 0o600
    assert sorted(map(int, card["day_keys"])) == list(range(today - 15, today + 2))
    assert card["clock"] == the_realm().clock.as_card()
    assert (card["realm"], card["division"]) == (the_realm().id, 141027)
    (folder() / "keys.json").unlink()
    publisher.publish()
    assert json.loads((folder() / "keys.json").read_text()) == card
