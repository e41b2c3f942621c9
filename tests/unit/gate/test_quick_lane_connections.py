"""The life of connections in the lane: whoever comes, stays or goes, and whatever breaks, each is answered once."""

import errno
import json
import select
import socket
import struct

import pytest

pytest.importorskip("numba")

from fangxian.gate.pace import Pace
from fangxian.gate.quick import lane as lanes
from fangxian.gate.server import IDLE_S, LONGEST_S
from tests.unit.gate.lanes import Asked, usual_request

N = 4


@pytest.fixture
def asked(files):
    made = Asked(files, N, has_lane=True)
    yield made
    made.close()


@pytest.fixture
def requests(files):
    """The scans of a turn, one for each connection, with other ids each time."""
    numbers = iter(range(1000))
    return lambda n=N: [usual_request(files, place=next(numbers)) for _ in range(n)]


@pytest.fixture
def in_lane(asked, requests):
    """The same gate once all its connections are in the lane."""
    asked.ask(requests())
    asked.ask(requests())
    assert [connection._in_lane >= 0 for connection in asked.connections] == [True] * N
    return asked


def _outcomes(answers):
    return [json.loads(answer.partition(b"\r\n\r\n")[2]).get("outcome") for answer in answers]


def _n_records(asked):
    return len({record.id for record in asked.doors.journal.records}), len(asked.doors.journal.records)


def _is_clean(asked):
    """Nobody waits and nothing is left of whoever did."""
    lane, gate = asked.gate.lane, asked.gate
    under_way = lane._under_way or gate._under_way or gate._turns_under_way or gate._to_disk
    return not (under_way or (lane._files.due >= 0).any())


def _broken(*_args, **_more):
    raise RuntimeError("a bug")


# ---- bugs ----


def test_a_bug_in_a_turn_of_the_lane_leaves_nobody_without_an_answer(in_lane, requests, monkeypatch):
    monkeypatch.setattr(in_lane.gate.lane._scans, "judge", _broken)
    assert _outcomes(in_lane.ask(requests())) == ["verify"] * N


def test_a_bug_behind_the_records_of_a_turn_leaves_each_of_them_answered_and_recorded_once(
    in_lane, requests, monkeypatch
):
    n_before = _n_records(in_lane)[1]
    take = in_lane.gate.take_quick
    monkeypatch.setattr(in_lane.gate, "take_quick", lambda scans: take(scans.only([0, 1])))
    leave = in_lane.connections[2].leave_lane
    monkeypatch.setattr(in_lane.connections[2], "leave_lane", lambda *a, **b: (leave(*a, **b), _broken()))
    assert _outcomes(in_lane.ask(requests())) == ["verify"] * N
    assert _n_records(in_lane) == (n_before + N, n_before + N)


def test_a_journal_that_breaks_while_the_lane_hands_over_leaves_nothing_under_way(in_lane, requests, monkeypatch):
    sent = requests()
    monkeypatch.setattr(in_lane.doors.journal, "append", _broken)
    assert all(b"gate.fault" in answer for answer in in_lane.ask(sent))
    monkeypatch.undo()
    assert _is_clean(in_lane)
    assert _outcomes(in_lane.ask(sent)) == ["verify"] * N


def test_a_bug_in_what_the_lane_learns_harms_no_scan_that_goes_the_other_way(asked, requests, monkeypatch):
    monkeypatch.setattr(asked.gate.lane._scans, "learn", _broken)
    assert _outcomes(asked.ask(requests())) == ["verify"] * N
    assert _n_records(asked) == (N, N)
    assert _is_clean(asked)


def test_a_bug_in_inviting_harms_no_connection(asked, requests, monkeypatch):
    monkeypatch.setattr(asked.gate.lane._scans, "knows", _broken)
    assert [_outcomes(asked.ask(requests())) for _ in range(2)] == [["verify"] * N] * 2


def test_a_connection_that_the_system_will_not_watch_is_listened_to_as_before(asked, requests, monkeypatch):
    class Full:
        def register(self, *_args):
            raise OSError(errno.ENOSPC, "no more watches")

        fileno, close, unregister = asked.gate.lane._epoll.fileno, asked.gate.lane._epoll.close, None

    monkeypatch.setattr(asked.gate.lane, "_epoll", Full())
    assert [_outcomes(asked.ask(requests())) for _ in range(3)] == [["verify"] * N] * 3
    assert asked.n_by_lane == 0


def test_a_file_with_a_number_above_all_is_never_in_the_lane(asked, requests, monkeypatch):
    monkeypatch.setattr(lanes, "MOST_FILES", 1)
    assert [_outcomes(asked.ask(requests())) for _ in range(3)] == [["verify"] * N] * 3
    assert asked.n_by_lane == 0


def test_answers_that_cannot_be_sent_together_go_out_one_by_one(in_lane, requests, monkeypatch):
    monkeypatch.setattr(lanes.sockets, "send", _broken)
    assert _outcomes(in_lane.ask(requests())) == ["verify"] * N
    assert _is_clean(in_lane)


def test_whoever_asks_again_as_soon_as_they_are_answered_is_in_the_lane_from_then_on(asked, requests):
    """As at a busy door: the next scan is there before the loop has done what it was asked to do meanwhile."""
    asked.hear(requests())
    asked.doors.settle()
    asked.hear(requests())
    asked.finish()
    asked.hear([])
    assert asked.n_by_lane == N
    asked.finish()
    assert _n_records(asked) == (2 * N, 2 * N)


def test_a_lane_that_closes_while_somebody_is_about_to_enter_leaves_them_listened_to(asked, requests):
    asked.hear(requests())
    asked.doors.settle()
    asked.gate.lane.close()
    asked.finish()
    assert _outcomes(asked.last_heard()) == ["verify"] * N
    assert all(wire.is_read for wire in asked.wires)
    assert _outcomes(asked.ask(requests())) == ["verify"] * N


# ---- connections that end ----


@pytest.fixture
def as_after_many(monkeypatch):
    """The lane listens on while the disk is busy, as it does after a turn of many."""
    monkeypatch.setattr("fangxian.gate.quick.lane.ENOUGH", 0)


def test_whoever_is_gone_before_the_answer_takes_nobody_elses(in_lane, requests):
    in_lane.hear(requests())
    in_lane.connections[1].connection_lost(None)
    in_lane.finish()
    answers = in_lane.last_heard()
    assert answers[1] == b""
    assert _outcomes([answers[0], *answers[2:]]) == ["verify"] * (N - 1)
    assert _is_clean(in_lane)


def test_a_newcomer_with_the_file_number_of_whoever_is_gone_does_not_hear_their_answer(in_lane, requests):
    in_lane.hear(requests())
    gone = in_lane.connections[1]
    gone.connection_lost(None)
    newcomer = in_lane.replace(1)
    assert newcomer.fileno() >= 0
    in_lane.finish()
    assert in_lane.last_heard()[1] == b""
    assert _outcomes(in_lane.ask(requests())) == ["verify"] * N


def test_whoever_sends_no_more_is_answered_and_then_hung_up(in_lane, requests, as_after_many):
    in_lane.hear(requests())
    in_lane.wires[1].there.shutdown(socket.SHUT_WR)
    in_lane.hear([])
    assert in_lane.connections[1]._in_lane < 0
    assert in_lane.connections[1].eof_received()
    in_lane.finish()
    assert _outcomes(in_lane.last_heard()) == ["verify"] * N
    assert in_lane.wires[1].is_closed


def test_whoever_breaks_off_in_the_lane_is_given_back_to_be_ended(in_lane):
    in_lane.wires[1].there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    in_lane.wires[1].there.close()
    in_lane.hear([])
    assert in_lane.connections[1]._in_lane < 0
    assert in_lane.wires[1].is_read


def test_whoever_does_not_read_gets_the_rest_of_the_answer_from_the_loop(in_lane, requests):
    wire = in_lane.wires[1]
    wire.fill()
    in_lane.ask(requests())
    assert in_lane.connections[1]._in_lane < 0
    assert wire.is_read
    assert wire.unsent.endswith(b"}")
    assert _is_clean(in_lane)


def test_while_the_disk_is_busy_with_a_few_the_next_gather_and_then_have_their_turn(in_lane, requests):
    in_lane.hear(requests(1))
    in_lane.hear([b"", *requests()[1:]])
    assert not any(connection.is_busy for connection in in_lane.connections[1:])
    in_lane.finish()
    in_lane.hear([])
    in_lane.finish()
    assert _outcomes(in_lane.last_heard()) == ["verify"] * N
    assert _is_clean(in_lane)


def _rung(lane):
    lane._alarm.set(0.0)
    select.select([lane._alarm.fd], [], [], 30)


def test_whoever_comes_right_behind_a_turn_waits_until_the_next_may_begin(in_lane, requests):
    lane = in_lane.gate.lane
    lane._each_s = 3600.0
    in_lane.ask(requests(1))
    in_lane.ask([b"", *requests()[1:]])
    assert not any(in_lane.last_heard())
    in_lane.now_s = 3600.0
    _rung(lane)
    in_lane.hear([])
    in_lane.finish()
    assert _outcomes(in_lane.last_heard()[1:]) == ["verify"] * (N - 1)
    assert _is_clean(in_lane)


def test_so_many_that_a_turn_is_worth_it_do_not_wait_for_their_moment(in_lane, requests, monkeypatch):
    monkeypatch.setattr("fangxian.gate.quick.lane.ENOUGH", N - 1)
    in_lane.gate.lane._each_s = 3600.0
    in_lane.hear(requests(1))
    in_lane.hear([b"", *requests()[1:]])
    in_lane.finish()
    in_lane.finish()
    assert _outcomes(in_lane.last_heard()) == ["verify"] * N


def test_an_alarm_of_a_rest_that_is_over_begins_no_turn(in_lane, requests):
    lane = in_lane.gate.lane
    lane._each_s = 3600.0
    in_lane.ask(requests(1))
    in_lane.ask([b"", *requests(2)[1:]])
    in_lane.now_s = 3600.0
    lane._end_rest()
    _rung(lane)
    in_lane.hear([b"", b"", *requests()[2:]])
    assert [connection.is_busy for connection in in_lane.connections] == [False, True, False, False]


def test_a_second_scan_before_the_first_is_answered_is_answered_behind_it(in_lane, requests, as_after_many):
    in_lane.hear(requests(1))
    in_lane.hear(requests(1))
    in_lane.hear([])
    in_lane.finish()
    in_lane.finish()
    ids = [record.id.hex() for record in in_lane.doors.journal.records[-2:]]
    heard = in_lane.last_heard()[0].decode().replace("-", "")
    assert 0 < heard.find(ids[0]) < heard.find(ids[1])
    assert _is_clean(in_lane)


# ---- scans that are left out of a turn ----


def test_one_scan_on_two_connections_of_a_turn_is_recorded_once_and_answered_twice(in_lane, requests):
    n_before = _n_records(in_lane)[1]
    sent = requests()
    answers = in_lane.ask([sent[0], *sent[:-1]])
    assert answers[0] == answers[1]
    assert _outcomes(answers) == ["verify"] * N
    assert _n_records(in_lane) == (n_before + N - 1, n_before + N - 1)
    assert _is_clean(in_lane)


def test_whoever_comes_too_fast_in_the_lane_is_told_so_and_nothing_is_recorded_of_them(in_lane, requests):
    in_lane.gate._pace, n_before = Pace(device_pace=1), _n_records(in_lane)[1]
    answers = [answer for _ in range(3) for answer in in_lane.ask(requests())]
    n_too_fast = sum(b"scan.too_fast_device" in answer for answer in answers)
    assert 0 < n_too_fast < len(answers)
    assert _n_records(in_lane)[1] == n_before + len(answers) - n_too_fast
    assert _is_clean(in_lane)


# ---- the gate ends, the disk fails ----


def test_a_gate_that_ends_answers_those_of_the_lane_whose_scans_it_took(in_lane, requests):
    in_lane.hear(requests())
    in_lane.site.stop()
    in_lane.finish()
    answers = in_lane.last_heard()
    assert _outcomes(answers) == ["verify"] * N
    assert all(b"Connection: close" in answer for answer in answers)
    assert _is_clean(in_lane)


def test_a_disk_that_fails_is_said_to_those_of_the_lane_and_they_may_send_again(in_lane, requests):
    sent = requests()
    in_lane.hear(sent)
    in_lane.doors.fail()
    assert all(b'"recorded":false' in answer for answer in in_lane.last_heard())
    in_lane.finish()
    assert _is_clean(in_lane)
    assert _outcomes(in_lane.ask(sent)) == ["verify"] * N


def test_a_disk_that_fails_after_somebody_has_left_is_said_to_everybody_else(in_lane, requests, monkeypatch):
    in_lane.hear(requests())
    monkeypatch.setattr(in_lane.connections[0], "leave_lane", _broken)
    in_lane.doors.fail()
    assert [b'"recorded":false' in answer for answer in in_lane.last_heard()] == [False, True, True, True]


# ---- silence, and room ----


def test_a_connection_silent_in_the_lane_is_closed_when_its_time_is_over(in_lane):
    lane, fd = in_lane.gate.lane, in_lane.connections[1]._in_lane
    heard = lane.heard_s(fd)
    in_lane.connections[1].close_if_silent(heard + IDLE_S - 1)
    assert not in_lane.wires[1].is_closed
    in_lane.connections[1].close_if_silent(heard + IDLE_S + 1)
    assert in_lane.wires[1].is_closed
    assert fd not in lane._callers


def test_a_connection_whose_answer_came_late_is_silent_only_since_then(in_lane, requests):
    lane, fd = in_lane.gate.lane, in_lane.connections[1]._in_lane
    in_lane.hear(requests())
    lane._files.heard_s[fd] -= IDLE_S
    asked_s = lane.heard_s(fd)
    in_lane.finish()
    in_lane.connections[1].close_if_silent(asked_s + IDLE_S + 1)
    assert not in_lane.wires[1].is_closed


def test_whoever_was_not_answered_for_too_long_is_dropped_and_leaves_nothing(in_lane, requests):
    in_lane.hear(requests())
    connection = in_lane.connections[1]
    connection.close_if_silent(in_lane.gate.lane.heard_s(connection._in_lane) + LONGEST_S + 1)
    assert in_lane.wires[1].is_closed
    in_lane.finish()
    assert _is_clean(in_lane)


def test_room_is_made_by_whoever_was_silent_longest_whichever_way_they_go(in_lane, requests):
    """Three in the lane are silent for long; one that is not in it has asked just now."""
    lane, site = in_lane.gate.lane, in_lane.site
    lane.give_back_this(in_lane.connections[0], in_lane.connections[0]._in_lane)
    site.look_at_the_lane()
    in_lane.connections[0].n_away = 9
    in_lane.wires[0].there.send(requests(1)[0])
    in_lane.connections[0].data_received(in_lane.wires[0].here.recv(1 << 16))
    in_lane.finish()
    site.most = N
    assert site.take(object())
    assert [wire.is_closed for wire in in_lane.wires] == [False, True, False, False]
