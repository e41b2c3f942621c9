"""`make test` itself: that it forgets no folder, counts right, and never takes "not run" for "works"."""

import os
from pathlib import Path

import pytest

import run_checks
from run_checks import CHECKS, Check, Outcome, is_failure, summary

ROOT = Path(__file__).resolve().parents[2]


def test_every_folder_of_tests_is_run():
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    commands = [argument for check in CHECKS for argument in check.command]
    assert [folder for folder in sorted(folders) if f"tests/{folder}" not in commands] == []


def test_what_one_check_leaves_out_another_runs():
    commands = [argument for check in CHECKS for argument in check.command]
    left_out = [argument.removeprefix("--ignore=") for argument in commands if argument.startswith("--ignore=")]
    assert [path for path in left_out if path not in commands] == []


def test_a_check_waits_for_one_that_there_is():
    assert {name for check in CHECKS for name in check.after} <= {check.name for check in CHECKS}


@pytest.mark.parametrize(
    ("state", "is_optional", "in_ci", "fails"),
    [
        ("ok", False, True, False),
        ("FAILED", False, False, True),
        ("FAILED", True, True, True),
        ("NOT RUN", False, False, False),
        ("NOT RUN", False, True, True),
        ("NOT RUN", True, True, False),
    ],
)
def test_what_was_not_run_fails_in_ci_alone(state, is_optional, in_ci, fails):
    outcome = Outcome(Check("a", "?", [], is_optional=is_optional), state)
    assert is_failure(outcome, in_ci=in_ci) is fails


def test_the_summary_says_what_was_not_run_and_ends_with_the_count():
    ran = Outcome(Check("tests", "?", []), "ok", 3.0, counts={"passed": 5, "skipped": 1})
    left = Outcome(Check("browser", "?", []), "NOT RUN", said="there is no Chromium on this machine")
    lines = summary([ran, left]).splitlines()
    assert any(line.startswith("NOT RUN  browser") and "Chromium" in line for line in lines)
    assert lines[-1] == "5 passed, 0 failed, 1 skipped"


def test_a_check_that_fails_without_counting_is_counted():
    assert summary([Outcome(Check("style", "?", []), "FAILED")]).endswith("0 passed, 1 failed, 0 skipped")


def test_a_suite_without_tests_was_not_run(tmp_path):
    check = Check("nothing", "?", run_checks.python("-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)))
    outcome = run_checks.run(check)
    assert (outcome.state, outcome.said) == ("NOT RUN", "there is no test in it")


def test_pytests_last_line_is_counted():
    output = "....\nFAILED tests/x.py::test_1 passed - boom\n2 failed, 7 passed, 1 skipped, 3 errors in 0.1s\n"
    assert run_checks._counts(output) == {"failed": 2, "passed": 7, "skipped": 1, "error": 3}


def noting(path: Path, name: str, **more) -> Check:
    """A check that writes down when it begins and when it ends."""
    program = f"for word in ('begin', 'end'): open({str(path)!r}, 'a').write(word + ' {name}\\n')"
    return Check(name, "?", run_checks.python("-c", program), **more)


def test_where_there_is_room_for_one_process_each_check_waits_for_the_one_before(tmp_path):
    outcomes = run_checks.run_all([noting(tmp_path / "a", name) for name in ("one", "two", "three")], at_once=1)
    assert [outcome.check.name for outcome in outcomes] == ["one", "two", "three"]
    words = ["begin one", "end one", "begin two", "end two", "begin three", "end three"]
    assert (tmp_path / "a").read_text().splitlines() == words


def test_a_check_that_stands_on_another_begins_after_it_however_much_room_there_is(tmp_path):
    early, late = noting(tmp_path / "a", "early"), noting(tmp_path / "a", "late", after=("early",))
    run_checks.run_all([late, early], at_once=8)
    assert (tmp_path / "a").read_text().splitlines() == ["begin early", "end early", "begin late", "end late"]


def test_a_check_that_stands_on_one_that_nobody_asked_for_does_not_wait(tmp_path):
    (outcome,) = run_checks.run_all([noting(tmp_path / "a", "alone", after=("tests",))])
    assert outcome.state == "ok"


def test_a_check_with_more_processes_than_there_is_room_for_is_run_all_the_same():
    check = Check("wide", "?", run_checks.python("-c", "", "-n", "9"))
    assert [outcome.state for outcome in run_checks.run_all([check], at_once=1)] == ["ok"]


@pytest.mark.parametrize(("waits", "behind"), [(True, 0), (False, 5)])
def test_what_computes_stands_back_for_what_waits(waits, behind):
    here = os.getpriority(os.PRIO_PROCESS, 0)
    program = f"import os; raise SystemExit(os.getpriority(os.PRIO_PROCESS, 0) != min({here} + {behind}, 19))"
    assert run_checks.run(Check("any", "?", run_checks.python("-c", program), waits=waits)).state == "ok"


def test_what_others_wait_for_stands_back_for_nobody():
    here = os.getpriority(os.PRIO_PROCESS, 0)
    program = f"import os; raise SystemExit(os.getpriority(os.PRIO_PROCESS, 0) != {here})"
    outcomes = [run_checks.run(Check(name, "?", run_checks.python("-c", program))) for name in run_checks.COMPILED]
    assert [outcome.state for outcome in outcomes] == ["ok", "ok"]


def test_what_waits_counts_as_half_of_its_processes():
    command = run_checks.pytest("browser")
    assert [Check("any", "?", command, waits=waits).n_processes for waits in (True, False)] == [1, 2]


def test_the_processor_is_counted_with_what_a_check_has_started():
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'for _ in range(10**6): pass'])"
    (outcome,) = run_checks.run_all([Check("busy", "?", run_checks.python("-c", program))])
    assert outcome.processor_s > 0
