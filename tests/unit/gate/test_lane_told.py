"""A gate that was asked for a lane says whether it has one: nobody notices by its answers."""

import sys

import pytest

pytest.importorskip("numba")

from fangxian.gate import running
from tests.unit.gate.lanes import Asked, usual_request


@pytest.fixture
def asked(files):
    made = Asked(files, 1, has_lane=True)
    made.gate.is_lane_wanted = True
    yield made
    made.close()


def lane_of(doors):
    """Whether a lane is wanted and open by the figures, and what `/healthz` says of it."""
    found, (status, health) = doors.figures(), doors.health()
    assert (status, health["status"]) == (200, "ok")  # it answers, with a lane or without
    told = [trouble["refusal"] for trouble in health["troubles"] if trouble["file"] == "lane"]
    return found["fangxian_gate_lane_wanted"], found["fangxian_gate_lane_open"], told


def broken(*_args):
    raise RuntimeError("a bug")


def test_a_gate_that_was_asked_for_none_has_no_trouble(doors):
    assert lane_of(doors) == ("0", "0", [])


def test_a_gate_whose_lane_is_open_has_no_trouble(asked):
    assert lane_of(asked.doors) == ("1", "1", [])


def test_a_lane_closed_by_a_bug_is_a_trouble_of_a_gate_that_answers_on(asked, files, monkeypatch):
    asked.ask([usual_request(files, place=0)])
    asked.ask([usual_request(files, place=1)])
    assert asked.connections[0]._in_lane >= 0
    monkeypatch.setattr(asked.gate.lane._scans, "judge", broken)
    (answer,) = asked.ask([usual_request(files, place=2)])
    assert b'"outcome":"verify"' in answer
    assert lane_of(asked.doors) == ("1", "0", ["gate.lane_closed"])
    assert asked.doors.figures()['fangxian_gate_trouble{file="lane"}'] == "1"


@pytest.mark.parametrize("joining", [None, type(sys)("joining")], ids=["no numba", "loops that cannot be compiled"])
def test_a_lane_that_could_not_be_had_is_a_trouble_of_a_gate_that_begins_all_the_same(doors, monkeypatch, joining):
    if joining:
        joining.give_lane = broken
    monkeypatch.setitem(sys.modules, "fangxian.gate.quick.joining", joining)
    doors.gate.is_lane_wanted = True
    running._give_lane(doors.gate, None, None)
    assert lane_of(doors) == ("1", "0", ["gate.no_lane"])
