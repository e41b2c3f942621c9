"""Several programs as one: what happens when one of them dies, and at the end."""

import os
import signal
import sys
import time

import pytest

from fangxian.cli import children as programs
from fangxian.cli.children import Child, end_all
from fangxian.core.refusal import Said

NAME = Said("程序", "The program")
LONGEST_S = 30
STAYS = "import signal; print('up', flush=True); signal.pause()"
ENDS = "raise SystemExit(7)"


def until(holds):
    deadline = time.monotonic() + LONGEST_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"


def looked_at(child, holds):
    """Look after one child until something is so."""

    def is_so():
        child.look()
        return holds()

    until(is_so)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def child_of():
    made = []

    def make(source, **more):
        child = Child(NAME, [sys.executable, "-c", source], **more)
        made.append(child)
        child.start()
        return child

    yield make
    end_all(made)


def test_a_program_that_was_killed_is_started_again(child_of, capsys):
    child = child_of(STAYS)
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    looked_at(child, lambda: child.process is not None and child.process.pid != first)
    assert "-9" in capsys.readouterr().out


def test_one_that_had_settled_is_started_again_at_once(child_of, monkeypatch, capsys):
    monkeypatch.setattr(programs, "SETTLED_AFTER_S", 0.0)
    child = child_of(STAYS)
    os.kill(child.process.pid, signal.SIGKILL)
    looked_at(child, lambda: child.exit_code is not None)
    assert child.is_running, "the look that notices the end has started it again already"
    assert "0" in capsys.readouterr().out


def test_one_that_dies_again_and_again_gets_longer_and_longer_pauses(child_of, monkeypatch):
    said = []
    monkeypatch.setattr(programs, "tell", lambda said_now: said.append(said_now.en))
    monkeypatch.setattr(programs, "FIRST_PAUSE_S", 0.01)
    child = child_of(ENDS)
    looked_at(child, lambda: len(said) == 3)
    assert [text.split(" in ")[1].split(" s")[0] for text in said] == ["0.01", "0.02", "0.04"]
    assert "exit code 7" in said[0]


def test_an_errand_that_ends_is_left_at_that(child_of):
    child = child_of(ENDS, is_errand=True)
    looked_at(child, lambda: child.exit_code is not None)
    child.look()
    assert (child.exit_code, child.is_running) == (7, False)


def test_what_a_dead_program_had_started_goes_with_it(child_of, tmp_path):
    note = tmp_path / "pid"
    source = (
        "import pathlib, subprocess, sys, signal\n"
        "own = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(own.pid))\nsignal.pause()"
    )
    child = child_of(source, is_errand=True)
    until(lambda: note.exists() and note.read_text())
    own = int(note.read_text())
    os.kill(child.process.pid, signal.SIGKILL)
    looked_at(child, lambda: not child.is_running)
    until(lambda: not is_alive(own))


def test_at_the_end_one_that_does_not_listen_is_ended_all_the_same(monkeypatch, capfd):
    monkeypatch.setattr(programs, "ENDED_WITHIN_S", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    child = Child(NAME, [sys.executable, "-c", deaf])
    child.start()
    until(lambda: "deaf" in capfd.readouterr().out)
    end_all([child])
    assert (child.exit_code, child.is_running) == (-signal.SIGKILL, False)
