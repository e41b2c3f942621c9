"""`make test` itself: that it forgets no folder, counts right, and never takes "not run" for "works"."""

from pathlib import Path

import pytest

import run_checks
from run_checks import CHECKS, Check, Outcome, is_failure, summary

ROOT = Path(__file__).resolve().parents[2]


def test_every_folder_of_tests_is_run():
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    commands = [argument for check in CHECKS for argument in check.command]
    assert [folder for folder in sorted(folders) if f"tests/{folder}" not in commands] == []


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
