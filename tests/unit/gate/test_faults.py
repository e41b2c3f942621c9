"""A bug of the gate's own: whoever hit it is told so in words, all others get their answer, no log names anybody."""

import json

import pytest

from fangxian.gate import answering
from fangxian.gate.faults import Faults
from tests.unit.gate.gate_files import RED, YELLOW


@pytest.fixture
def broken(monkeypatch):
    """Break a step of the gate where its arguments are such."""

    def break_(step, is_such):
        whole = getattr(answering, step)

        def broken(*arguments, **more):
            if is_such(*arguments):
                raise KeyError("SECRET")
            return whole(*arguments, **more)

        monkeypatch.setattr(answering, step, broken)

    return break_


ID = f"{30:032x}"
OF_THAT_SCAN = {
    "read_scan": lambda data: ID.encode() in bytes(data),
    "identify": lambda passage, now: passage.scan.id == ID,
    "decide": lambda passage, now: passage.id.hex() == ID,
}


def is_said(answer):
    assert {"refusal", "zh", "en"} == set(answer)
    assert "KeyError" in answer["zh"]
    assert "KeyError" in answer["en"]
    return answer["refusal"] == "gate.fault"


@pytest.mark.parametrize("step", OF_THAT_SCAN)
def test_a_bug_is_answered_in_words_and_the_others_of_a_batch_as_ever(doors, broken, caplog, step):
    scans = [doors.files.scan(id=f"{place:032x}") for place in range(60)]
    broken(step, OF_THAT_SCAN[step])
    status, answer = doors.ask(scans[30])
    assert status == 500
    assert is_said(answer)
    status, answer = doors.ask({"scans": scans}, address="scans")
    assert status == 200
    assert [place for place, result in enumerate(answer["results"]) if "refusal" in result] == [30]
    assert is_said(answer["results"][30])
    assert "SECRET" not in caplog.text
    assert caplog.text.count("gate.fault: KeyError at test_faults.py:") == 1
    assert doors.gate.metrics.refusals["gate.fault"] == 2


def test_a_bug_in_what_is_done_for_a_whole_turn_is_answered_to_everybody_in_it_and_ends_with_it(doors, broken):
    scans = [doors.files.scan() for _ in range(3)]
    broken("open_handles_of", lambda passages: len(passages) > 1)
    results = doors.ask({"scans": scans}, address="scans")[1]["results"]
    assert all(is_said(result) for result in results)
    assert [doors.ask(scan)[0] for scan in scans] == [200, 200, 200]


def test_a_record_that_the_journal_does_not_take_is_answered_and_may_come_again(doors, monkeypatch):
    scan, whole = doors.files.scan(), doors.journal.append
    monkeypatch.setattr(doors.journal, "append", lambda packed: 1 // 0)
    assert doors.ask(scan)[0] == 500
    monkeypatch.setattr(doors.journal, "append", whole)
    assert doors.ask(scan)[0] == 200


def test_a_companions_bug_does_not_take_the_person_along(doors, broken):
    broken("decide", lambda passage, *_: passage.place == 2)
    companions = [{"code": doors.files.card(YELLOW)}, {"code": doors.files.card(RED)}]
    status, answer = doors.ask(doors.files.scan(companions=companions))
    assert status == 200
    assert "outcome" in answer["companions"][0]
    assert is_said(answer["companions"][1])


def test_a_connection_that_cannot_be_answered_keeps_nobody_else_waiting(doors, caplog):
    def respond(*_):
        raise OSError("SECRET")

    doors.gate.scan(json.dumps(doors.files.scan()).encode(), "", respond)
    told = doors.ask_without_disk(doors.files.scan())
    doors.settle()
    assert told[0][0] == 200
    assert "SECRET" not in caplog.text
    assert "OSError" in caplog.text


def test_however_many_kinds_there_are_the_log_ends(caplog, monkeypatch):
    monkeypatch.setattr("fangxian.gate.faults.MOST_KEPT", 3)
    faults = Faults()
    for number in range(10):
        faults.note(type(f"Kind{number}", (Exception,), {})())
    assert len(caplog.records) == 3
