"""While a base is being made, which takes a large county seconds, gates are told of every change all the same."""

import errno
import shutil
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from django.db import transaction

from fangxian.core.policy.byte_snapshot_rows import FrameKind
from fangxian.ops.changes.actions import publish
from fangxian.ops.changes.queries import last_number
from fangxian.ops.jobs.kinds import PULSES
from fangxian.ops.movement.queries import health_of
from fangxian.ops.places.wire import TOPIC
from fangxian.ops.procedures import publish_snapshot
from fangxian.ops.procedures.publish_snapshot import BASE_LASTS_MS, Publisher, beside
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.gate_files import base_name

from .people_with_codes import build_with_codes, know
from .test_publish_snapshot import Gate, ask_for_a_base, current, folder, frames

pytestmark = pytest.mark.django_db


@dataclass
class Later:
    """Makes a base when it is told to."""

    asked: list = field(default_factory=list)

    def __call__(self, make):
        self.asked.append((make, Future()))
        return self.asked[-1][1]

    def make_it(self):
        make, made = self.asked[-1]
        made.set_result(make())


@pytest.fixture
def county():
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    yield build_with_codes()
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    the_realm().gate_folder.mkdir(mode=0o700)


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def publisher(county, later):
    made = Publisher(make=later)
    made.publish()
    assert later.asked == [], "a first base is made at once: there is nobody to be told meanwhile"
    return made


def words_at(gate, person):
    return gate.look().follower.knowledge.find(person.gate_number)[1:]


def words_of(person):
    code = health_of(person.pk)
    return code.safety, code.recent


def test_a_colour_that_turns_while_a_base_is_awaited_is_told_and_age_grows(county, publisher, later):
    gate, old = Gate(), current()
    known_at_ms = publisher._tail.known_at_ms
    ask_for_a_base()
    publisher.publish()
    know(county.head)
    publisher.publish()
    assert (current(), len(later.asked)) == (old, 1)
    assert words_at(gate, county.head) == words_of(county.head)
    assert gate.number == last_number(TOPIC)
    assert [frame.kind for frame in frames()] == [FrameKind.NEW_BASE, FrameKind.PEOPLE]
    assert gate.follower.knowledge.known_at_ms == known_at_ms, "what the base holds is not known yet"
    assert gate.troubles == {}


def test_the_base_that_was_made_is_put_in_use_with_all_that_changed_meanwhile(county, publisher, later):
    gate, old = Gate(), current()
    ask_for_a_base()
    publisher.publish()
    know(county.head)
    later.make_it()
    know(county.persons[1])
    publisher.publish()
    assert current() > old
    for person in county.persons:
        assert words_at(gate, person) == words_of(person)
    assert (gate.number, gate.troubles) == (last_number(TOPIC), {})
    assert gate.follower.knowledge.base_number == current()
    publisher.publish()
    assert len(later.asked) == 1, "nothing asks for another"


def test_a_gate_that_is_still_reading_the_new_base_is_told_behind_the_one_before(county, publisher, later):
    gate, old = Gate(), current()
    ask_for_a_base()
    publisher.publish()
    later.make_it()
    publisher.publish()
    know(county.head)
    publisher.publish()
    gate.follower.tail()
    assert (gate.follower.knowledge.base_number, gate.number) == (old, last_number(TOPIC))
    assert gate.follower.knowledge.find(county.head.gate_number)[1:] == words_of(county.head)
    assert words_at(gate, county.head) == words_of(county.head)
    assert (gate.follower.knowledge.base_number, gate.troubles) == (current(), {})
    publisher._base_made_ms -= 60_000
    publisher.publish()
    know(county.persons[1])
    publisher.publish()
    assert words_at(gate, county.persons[1]) == words_of(county.persons[1])
    assert [path.name for path in folder().glob("base-*")] == [base_name(current())]


def test_a_base_asked_for_while_one_is_made_is_made_after_it(county, publisher, later):
    ask_for_a_base()
    publisher.publish()
    ask_for_a_base()
    publisher.publish()
    later.make_it()
    publisher.publish()
    first = current()
    publisher.publish()
    assert len(later.asked) == 2
    later.make_it()
    publisher.publish()
    assert current() > first
    assert (Gate().number, Gate().troubles) == (last_number(TOPIC), {})


def test_while_a_base_is_made_for_its_age_gates_go_on_knowing_everything(county, publisher, later):
    gate = Gate()
    publisher._base_made_ms -= BASE_LASTS_MS
    publisher.publish()
    publisher._tail.known_at_ms -= 2000
    before = publisher._tail.known_at_ms
    publisher.publish()
    assert len(later.asked) == 1
    assert publisher._tail.known_at_ms > before
    gate.look()
    later.make_it()
    publisher.publish()
    assert (gate.look().number, gate.troubles) == (last_number(TOPIC), {})


def test_a_worker_killed_while_a_base_was_awaited_is_followed_by_one_that_makes_it(county, publisher):
    old = current()
    ask_for_a_base()
    publisher.publish()
    know(county.head)
    publisher.publish()
    Publisher().publish()
    assert current() > old
    assert words_at(Gate(), county.head) == words_of(county.head)


def test_a_base_that_cannot_be_made_is_tried_again_after_a_rest_and_changes_are_told(county, publisher, later):
    gate = Gate()
    ask_for_a_base()
    publisher.publish()
    later.asked[-1][1].set_exception(KeyError("a bug"))
    with pytest.raises(KeyError):
        publisher.publish()
    publisher.publish()
    assert len(later.asked) == 1
    publisher._rests_until = 0.0
    know(county.head)
    publisher.publish()
    assert words_at(gate, county.head) == words_of(county.head)
    later.make_it()
    publisher.publish()
    assert (gate.look().number, gate.troubles) == (last_number(TOPIC), {})
    assert gate.follower.knowledge.base_number == current()


def test_a_disk_that_takes_no_base_leaves_the_one_before_in_use(county, publisher, later, monkeypatch):
    gate, old = Gate(), current()
    ask_for_a_base()
    publisher.publish()
    later.make_it()
    with monkeypatch.context() as full:
        full.setattr(publisher._folder, "prepare", disk_full)
        with pytest.raises(OSError, match="No space"):
            publisher.publish()
    publisher._rests_until = 0.0
    know(county.head)
    publisher.publish()
    assert current() == old
    assert words_at(gate, county.head) == words_of(county.head)
    later.make_it()
    publisher.publish()
    assert current() > old
    assert (gate.look().number, gate.troubles) == (last_number(TOPIC), {})


def disk_full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_at_its_end_a_worker_puts_the_base_in_use_that_it_was_making(county, publisher, later):
    old = current()
    ask_for_a_base()
    publisher.publish()
    later.make_it()
    publisher.finish()
    assert current() > old
    names = [pulse.function.rpartition(".")[2] for pulse in PULSES if pulse.is_urgent]
    assert names == ["publish_to_gates", "finish_base"]


def test_more_changes_than_are_read_at_once_are_told_in_turn(county, publisher, later, monkeypatch):
    monkeypatch.setattr(publish_snapshot, "AT_ONCE", 40)
    told = [(f"person:{n}", {"s": n, "r": n, "d": 0, "a": 0}) for n in range(1, 121)]
    with transaction.atomic():
        publish(topic=TOPIC, changes=told)
    known_at_ms = publisher._tail.known_at_ms
    publisher.publish()
    assert later.asked == []
    assert [frame.n for frame in frames()][:3] == [40, 40, 40]
    assert [frame.known_at_ms for frame in frames()][:3] == [known_at_ms] * 3, "not all was told yet"
    assert Gate().follower.knowledge.find(120) == (120, 120, 120)
    assert (Gate().number, (folder() / base_name(current())).exists()) == (last_number(TOPIC), True)


@pytest.mark.django_db(transaction=True)
def test_a_base_is_made_in_a_thread_with_a_connection_of_its_own(county):
    publisher = Publisher(make=beside)
    publisher.publish()
    old = current()
    ask_for_a_base()
    publisher.publish()
    know(county.head)
    publisher.finish()
    assert current() > old
    assert words_at(Gate(), county.head) == words_of(county.head)
    assert (Gate().number, Gate().troubles) == (last_number(TOPIC), {})
