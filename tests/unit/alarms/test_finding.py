"""From what a gate says to what is wrong: what rings, what does not, and when it is over."""

import pytest

from fangxian.ops.alarms.asking import Count, GateHealth
from fangxian.ops.alarms.finding import OVER_AFTER_S, SILENT_AFTER_S, GateTroubles, Standing, Trouble

WHERE = "127.0.0.1:8001"


def says(status="ok", *troubles, gate=1, **counts):
    return GateHealth(
        gate=gate, status=status, snapshot=4, knowledge_age_s=0, n_people=1, backlog=0, troubles=troubles,
        counts={Count[name]: n for name, n in counts.items()}, heard_at_ms=0,
    )  # fmt: skip


def kinds(found):
    return sorted(trouble.kind for trouble in found)


def test_a_gate_that_is_well_has_no_trouble():
    assert GateTroubles(WHERE).found(says(), silent_s=0, now=0) == {}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("journal_failing", "journal-failing"),
        ("no_rules", "no-rules"),
        ("no_snapshot", "no-snapshot"),
        ("stale", "stale-snapshot"),
    ],
)
def test_its_status_is_a_trouble_of_that_gate(status, kind):
    assert GateTroubles(WHERE).found(says(status, gate=3), silent_s=0, now=0) == {Trouble(kind, "3"): 0}


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("keys.json", "keys-unreadable"),
        ("base", "snapshot-refused"),
        ("deltas", "snapshot-refused"),
        ("clock", "clock-apart"),
        ("program", "gate-fault"),
        ("lane", "lane-closed"),
        ("a file of tomorrow", "snapshot-refused"),
    ],
)
def test_a_file_it_does_not_use_is_one(file, kind):
    assert kinds(GateTroubles(WHERE).found(says("ok", file), silent_s=0, now=0)) == [kind]


def test_at_a_first_start_that_it_has_nothing_is_said_once():
    found = GateTroubles(WHERE).found(says("no_snapshot", "base", "current"), silent_s=0, now=0)
    assert kinds(found) == ["no-snapshot"]
    found = GateTroubles(WHERE).found(says("no_snapshot", "base", "keys.json"), silent_s=0, now=0)
    assert kinds(found) == ["keys-unreadable", "no-snapshot"]


def test_a_gate_that_is_restarted_does_not_ring_and_one_that_stays_away_does():
    gate = GateTroubles(WHERE)
    gate.found(says(gate=2), silent_s=0, now=0)
    assert gate.found(says(gate=2), silent_s=SILENT_AFTER_S, now=10) == {}
    assert gate.found(says(gate=2), silent_s=SILENT_AFTER_S + 1, now=11) == {Trouble("gate-silent", "2"): 0}


def test_of_one_that_never_spoke_the_address_is_told():
    assert GateTroubles(WHERE).found(None, silent_s=60, now=60) == {Trouble("gate-silent", WHERE): 0}


def test_what_it_said_before_it_fell_silent_is_no_news():
    found = GateTroubles(WHERE).found(says("stale", "clock"), silent_s=60, now=60)
    assert kinds(found) == ["gate-silent"]


def test_a_count_rings_when_it_grows_and_for_a_while():
    gate = GateTroubles(WHERE)
    assert gate.found(says(FULL=7), silent_s=0, now=0) == {}, "what it had counted before is no news"
    assert kinds(gate.found(says(FULL=8), silent_s=0, now=2)) == ["gate-full"]
    assert kinds(gate.found(says(FULL=8), silent_s=0, now=62)) == ["gate-full"]
    assert gate.found(says(FULL=8), silent_s=0, now=63) == {}


def test_a_gate_that_was_started_anew_counts_from_nothing():
    gate = GateTroubles(WHERE)
    gate.found(says(FAULTS=9), silent_s=0, now=0)
    assert kinds(gate.found(says(FAULTS=2), silent_s=0, now=2)) == ["gate-fault"]


def test_scans_that_were_not_recorded_ring_even_if_the_disk_took_the_next():
    gate = GateTroubles(WHERE)
    gate.found(says(NOT_RECORDED=0), silent_s=0, now=0)
    assert gate.found(says(NOT_RECORDED=5), silent_s=0, now=2) == {Trouble("journal-failing", "1"): 5}
    assert gate.found(says(NOT_RECORDED=5), silent_s=0, now=4) == {}


def test_scans_by_hand_add_up_while_it_stands_and_it_is_over_a_while_after_the_last():
    failing, standing = Trouble("journal-failing", "1"), Standing()
    assert standing.go_on({failing: 5}, 0) == {failing: 5}
    assert standing.go_on({}, OVER_AFTER_S) == {failing: 5}
    assert standing.go_on({failing: 7}, OVER_AFTER_S + 1) == {failing: 12}
    assert standing.go_on({}, 2 * OVER_AFTER_S + 2) == {}
    assert standing.go_on({failing: 1}, 100) == {failing: 1}, "another alarm counts from nothing"
