"""A gate whose disk fills, whose files are torn, whose clocks jump, whose county is silent, which is stopped in turns.

All of it while a crowd scans: it is answered all the while by what was known before, and nothing acknowledged is lost.
"""

import random
import resource
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest

from fangxian.core.policy.byte_snapshot_rows import FrameKind, PersonRow
from fangxian.core.policy.vocabulary import Colour
from tests.chaos.gate_crowd import Crowd
from tests.chaos.gate_nursery import Nursery
from tests.integration.gate_process import files_now, free_port, wait_for
from tests.unit.gate.gate_files import (
    BASE,
    GREEN,
    NEW,
    NOON,
    NOON_AT,
    PEOPLE,
    RED,
    UNTESTED,
    GateFiles,
    recent_of,
    safety_of,
)

FULL_AT_BYTES = 2_048  # of any file: less than is written by now, and than a new segment needs
PACE = ("--device-pace", "6000", "--venue-pace", "60000")  # a crowd is no keeper
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
N_IN_TURNS = 6
MANY = 100_000


@pytest.fixture
def files(tmp_path):
    return files_now(tmp_path / "realm")


@contextmanager
def running(files, *, seed: int, n: int = 1):
    """A nursery with so many gates at one port, and a crowd before them."""
    with Nursery(files) as nursery, Crowd(files, seed=seed) as crowd:
        port, own_ports = free_port(), [free_port() for _ in range(n)]

        def start(k):
            return nursery.start("--id", str(k + 1), *PACE, port=port, own_port=own_ports[k]).until_it_answers()

        yield nursery, [start(k) for k in range(n)], crowd, start
        log = nursery.log.read_text()
        assert "Traceback" not in log
        assert "gate.fault" not in log


def colour_of(gate, number):
    """What a keeper is told of somebody by that gate."""
    status, told = gate.alone().ask(gate.files.scan(number), gate.files.token())
    assert status == 200, told
    return told["health"]


def recorded_once(gate, crowd) -> None:
    """What was acknowledged to the crowd stands in the journals, each once."""
    found = Counter((record.device, record.id) for record in gate.recorded())
    assert {found[device, id_.bytes] for device, id_ in crowd.acknowledged} == {1}


# ---- the disk ----


def test_a_disk_that_fills_again_and_again_loses_nothing_that_was_acknowledged_and_red_is_never_let_in(files):
    rng = random.Random(11)
    with running(files, seed=11) as (_, [gate], crowd, _):
        for _ in range(5):
            crowd.ask(gate.port, crowd.more_acknowledged(rng.randrange(1, 60)))
            n_before = crowd.said["unrecorded"]
            gate.set_limit(resource.RLIMIT_FSIZE, FULL_AT_BYTES)
            crowd.ask(gate.port, lambda n=n_before: crowd.said["unrecorded"] > n + rng.randrange(60))
            status, health = gate.health()
            assert (status, health["status"]) == (503, "journal_failing")
            gate.set_limit(resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
            crowd.ask(gate.port, crowd.more_acknowledged(1))
            assert gate.health()[0] == 200
        crowd.finish(gate.port)
        recorded_once(gate, crowd)
        assert len(gate.recorded()) == len(crowd.acknowledged), "nothing that was said to be unrecorded was"
        assert set(crowd.said) == {"admit", "verify", "refuse", "unrecorded"}
        assert crowd.wrong == [], "unrecorded is to be verified, and red is refused"


# ---- the files ----


def torn_files(files: GateFiles):
    """Each way in which the worker, or the disk between, may have stopped half way: what is wrong, and to what file."""
    base = files.base_bytes(BASE + 50, people=PEOPLE | {RED: PEOPLE[GREEN]})
    frame = files.frame(FrameKind.PEOPLE, [PersonRow(RED, *PEOPLE[GREEN])])
    keys = (files.folder / "keys.json").read_bytes()
    files.last -= 1

    def half_a_base():
        (files.folder / f"base-{BASE + 50}.fxs").write_bytes(base[: len(base) // 2])
        files.point_to(BASE + 50)

    def half_a_frame():
        files.append(frame[: len(frame) // 2])

    yield "base", half_a_base
    yield "base", lambda: files.point_to(BASE + 60)  # which is not there
    yield "current.json", lambda: files.replace("current.json", b'{"num')
    yield "keys.json", lambda: files.replace("keys.json", keys[: len(keys) // 2])
    yield "", half_a_frame  # which is waited for
    yield "deltas", lambda: files.replace(f"deltas-{BASE}.fxd", b"")


@pytest.mark.parametrize("place", range(6))
def test_files_that_are_torn_take_nothing_away_of_what_is_known_and_what_comes_whole_is_taken(files, place):
    files.publish_person(UNTESTED, safety_of(Colour.YELLOW), recent_of())
    wrong, tear = list(torn_files(files))[place]
    with running(files, seed=20 + place) as (_, [gate], crowd, _):
        crowd.ask(gate.port, crowd.more_acknowledged(20))
        wait_for(lambda: colour_of(gate, UNTESTED) == "yellow")
        tear()
        if wrong:
            wait_for(lambda: wrong in {trouble["file"] for trouble in gate.health()[1]["troubles"]})
        crowd.ask(gate.port, crowd.more_acknowledged(60))
        assert [colour_of(gate, number) for number in (RED, UNTESTED, GREEN)] == ["red", "yellow", "green"]
        files.write_keys()
        files.write_base(BASE + 100, people=PEOPLE | {NEW: PEOPLE[RED], UNTESTED: PEOPLE[RED]})
        wait_for(lambda: colour_of(gate, NEW) == "red")
        assert colour_of(gate, UNTESTED) == "red"
        wait_for(lambda: gate.health()[1]["troubles"] == [])
        crowd.finish(gate.port)
        recorded_once(gate, crowd)
        assert (crowd.wrong, set(crowd.said)) == ([], {"admit", "verify", "refuse"})


# ---- the clocks ----


def test_clocks_that_jump_under_load_let_no_red_in_and_lose_nothing_acknowledged(files):
    """The wall clock of the machine, and the county's clock which ops sets: ahead and back, by minutes and by years."""
    rng, jumps = random.Random(31), (0, 40, HOUR_MS, -HOUR_MS, 3 * DAY_MS, -3 * DAY_MS, 400 * DAY_MS, -400 * DAY_MS)
    clock = dict(files.clock)
    with running(files, seed=31) as (nursery, [gate], crowd, _):
        crowd.ask(gate.port, crowd.more_acknowledged(20))
        for _ in range(12):
            if rng.random() < 0.5:
                nursery.set_wall(rng.choice(jumps))
            else:
                county = NOON_AT + timedelta(milliseconds=rng.choice(jumps))
                files.clock["county_anchor"] = county.isoformat()
                files.write_keys()
            n_told = crowd.said.total()
            crowd.ask(gate.port, lambda n=n_told: crowd.said.total() > n + 40)
            assert gate.health()[0] in (200, 503)
        nursery.set_wall(0)
        files.clock = clock
        files.write_keys()
        crowd.finish(gate.port)
        recorded_once(gate, crowd)
        assert gate.health()[0] == 200
        # A clock in the past or the future is said; nobody is told of another colour, green turns into unknown at most.
        assert {told for known, told in crowd.wrong if known == "refuse"} <= {"verify"}
        assert {told for _, told in crowd.wrong} <= {"verify"}


def test_with_ops_dead_for_a_shift_green_is_verified_and_said_to_be_old_and_then_all_is_as_before(files):
    shift_min = 8 * 60
    with running(files, seed=41) as (nursery, [gate], crowd, _):
        crowd.ask(gate.port, crowd.more_acknowledged(20))
        nursery.set_wall(shift_min * 60_000)

        def scanned(number):
            scan = files.scan(
                number, code=files.qr(number, at_min=NOON + shift_min), minutes=shift_min, temperature_c=36.5
            )
            return gate.ask(scan, files.token())[1]

        told = scanned(GREEN)
        assert told["outcome"] == "verify"
        assert told["snapshot_age_seconds"] >= shift_min * 60
        assert scanned(RED)["outcome"] == "refuse"
        status, health = gate.health()
        assert (status, health["status"]) == (200, "stale")
        files.heartbeat((int(time.time()) + shift_min * 60 + 1) * 1000)
        wait_for(lambda: gate.health()[1]["status"] == "ok")
        assert scanned(GREEN)["outcome"] == "admit"
        assert scanned(RED)["outcome"] == "refuse"


# ---- several processes ----


def test_two_processes_take_a_new_base_and_a_delta_at_once_and_answer_all_the_while(files):
    people = dict.fromkeys(range(1_000_000, 1_000_000 + MANY), PEOPLE[GREEN])
    with running(files, seed=51, n=2) as (_, gates, crowd, _):
        crowd.ask(gates[0].port, crowd.more_acknowledged(50))
        both_red = lambda number: all(colour_of(gate, number) == "red" for gate in gates)  # noqa: E731
        # Red in the new base, in the frame behind it, and in one behind the old base that some may have read already.
        red = safety_of(Colour.RED)
        files.publish_person(UNTESTED, red, recent_of())
        new = files.base_bytes(BASE + 100, people=people | PEOPLE | {NEW: PEOPLE[RED], UNTESTED: PEOPLE[RED]})
        files.replace(f"base-{BASE + 100}.fxs", new)
        files.base = files.last = BASE + 100
        files.append(files.frame(FrameKind.PEOPLE, [PersonRow(1_000_007, red, recent_of())]))
        files.point_to(BASE + 100)
        n_before = len(crowd.acknowledged)
        crowd.ask(gates[0].port, lambda: {gate.alone().health()[1]["snapshot"] for gate in gates} == {BASE + 101})
        assert len(crowd.acknowledged) > n_before, "scans were answered meanwhile"
        crowd.ask(gates[0].port, crowd.more_acknowledged(50))
        assert all(both_red(number) for number in (UNTESTED, NEW, 1_000_007, RED))
        crowd.finish(gates[0].port)
        recorded_once(gates[0], crowd)
        assert (crowd.wrong, set(crowd.said)) == ([], {"admit", "verify", "refuse"})


def test_stopped_and_started_in_turns_under_load_they_answer_everybody_and_lose_nothing(files):
    with running(files, seed=61, n=2) as (_, gates, crowd, start):
        for turn in range(N_IN_TURNS):
            k = turn % 2
            crowd.ask(gates[0].port, crowd.more_acknowledged(30))
            gates[k].process.send_signal(15)
            crowd.ask(gates[0].port, lambda k=k: gates[k].process.poll() is not None)
            assert gates[k].process.returncode == 0
            crowd.ask(gates[0].port, crowd.more_acknowledged(10))
            gates[k] = start(k)
        crowd.finish(gates[0].port)
        recorded = Counter((record.device, record.id) for record in gates[0].recorded())
        assert set(recorded) == {(device, id_.bytes) for device, id_ in crowd.acknowledged}
        assert set(crowd.said) <= {"admit", "verify", "refuse", "gate.stopping"}
        assert crowd.wrong == []
