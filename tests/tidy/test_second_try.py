"""`make test` tries once more, alone, what a slow moment can fail: nothing may be hidden by it, and nothing let off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import run_checks
import second_try
from run_checks import CHECKS, Check, Outcome, is_failure, summary
from second_try import Told, judge, may_be_tried_again, told_in

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
@pytest.fixture
def breaks():
    yield
    raise OSError
def test_good(): pass
@pytest.mark.parametrize("word", ["a - b"])
def test_bad(word): assert False
def test_left(): pytest.skip("for now")
def test_good_until_its_end(breaks): pass
"""


def told(*, passed=(), failed=(), is_whole=True):
    return Told(frozenset(passed), frozenset(failed), is_whole)


def test_only_browsers_and_killed_programs_are_tried_again():
    assert {check.name for check in CHECKS if check.is_tried_again} == {"browser", "chaos"}


def test_what_each_test_came_to_is_told_by_its_id(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)
    environment = {**os.environ, second_try.TOLD: str(tmp_path / "told"), "PYTHONPATH": str(ROOT / "tools")}
    environment.pop("PYTEST_XDIST_WORKER", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    found = told_in(tmp_path / "told")
    names = [sorted(test.partition("::")[2] for test in tests) for tests in (found.passed, found.failed)]
    assert names == [["test_good"], ["test_bad[a - b]", "test_good_until_its_end"]]


def test_a_file_that_could_not_be_read_is_told(tmp_path):
    (tmp_path / "told").write_text("passed\ta::one\nfailed\ta::two\nnot read\tb.py\n")
    assert told_in(tmp_path / "told") == told(passed={"a::one"}, failed={"a::two"}, is_whole=False)


@pytest.mark.parametrize(
    ("runs", "may"),
    [
        ([told(failed="abcde")], True),
        ([told(failed="abcdef")], False),
        ([told(failed="abc"), told(failed="xyz")], False),
        ([told(passed="abc")], False),
        ([told(failed="a"), told(failed="x", is_whole=False)], False),
        ([], False),
    ],
)
def test_few_failures_are_tried_again_and_many_are_not(runs, may):
    assert may_be_tried_again(runs) is may


def test_what_passes_alone_is_unsteady_and_what_fails_again_has_failed():
    verdict = judge(told(passed="p", failed="ab"), told(passed="a", failed="b"), {"failed": 2, "passed": 1})
    assert (verdict.unsteady, verdict.failed) == (("a",), ("b",))
    assert verdict.counts == {"failed": 1, "passed": 1, "unsteady": 1}


def test_what_is_skipped_or_never_reached_the_second_time_has_failed():
    verdict = judge(told(failed="ab"), told(), {"failed": 2, "skipped": 3})
    assert (verdict.unsteady, verdict.failed, verdict.counts) == ((), ("a", "b"), {"failed": 2, "skipped": 3})


def test_a_test_whose_end_failed_too_is_counted_once():
    verdict = judge(told(failed="a"), told(failed="a"), {"failed": 1, "error": 1, "passed": 1})
    assert verdict.counts == {"failed": 1}


def tried(monkeypatch, first: Outcome, *, second: str) -> Outcome:
    """The outcome after a second try in which the tests come to what `second` says."""
    program = f"import os; open(os.environ[{second_try.TOLD!r}], 'a').write({second!r})"
    monkeypatch.setattr(run_checks, "pytest", lambda **_: run_checks.python("-c", program))
    return run_checks.try_again([first])[0]


def failed_once(**more) -> Outcome:
    check = Check("browser", "?", [], is_tried_again=True)
    return Outcome(check, "FAILED", counts={"passed": 1, "failed": 1}, told=told(passed={"x::a"}, failed={"x::b"}))


def test_an_unsteady_test_fails_nothing_and_is_named_at_the_very_end(monkeypatch):
    outcome = tried(monkeypatch, failed_once(), second="passed\tx::b\n")
    lines = summary([outcome]).splitlines()
    assert not is_failure(outcome, in_ci=True)
    assert "unsteady: failed once, passed alone: x::b" in lines[-4:]
    assert any(line.startswith("unsteady browser") and "1 passed, 1 unsteady" in line for line in lines)
    assert lines[-1] == "2 passed, 0 failed, 0 skipped"


def test_a_test_that_fails_again_fails_the_run(monkeypatch):
    outcome = tried(monkeypatch, failed_once(), second="failed\tx::b\n")
    assert is_failure(outcome, in_ci=True)
    assert summary([outcome]).endswith("1 passed, 1 failed, 0 skipped")


def test_the_second_try_runs_the_failed_tests_alone_and_no_others(monkeypatch):
    commands = []
    monkeypatch.setattr(run_checks, "run", lambda check, **_: commands.append(check.command) or failed_once())
    run_checks.try_again([failed_once(), Outcome(Check("real", "?", []), "FAILED")])
    (command,) = commands
    assert "-n" not in command
    assert [word for word in command if "::" in word] == ["x::b"]


def test_a_run_that_was_broken_off_is_not_tried_again():
    check = Check("chaos", "?", run_checks.python("-c", _broken_off()), is_tried_again=True)
    outcome = run_checks.run(check, shows=False)
    assert run_checks.try_again([outcome]) == [outcome]


def _broken_off() -> str:
    return f"import os; open(os.environ[{second_try.TOLD!r}], 'a').write('failed\\tx::a\\n'); raise SystemExit(2)"
