"""A test of browsers or of killed programs that has failed is tried once more, alone; see docs/decisions/0016.

Such a test fails now and then because the machine stood still for a moment, each time another one of hundreds. It is
no failure if it passes where nothing else runs, and it is no success either: it is *unsteady*, and said by its name.

What each test came to is written by tests/conftest.py, line by line, into the file that `TOLD` names.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

TOLD = "FANGXIAN_TESTS_TOLD"  # environment: the file for what each test came to
PASSED, FAILED, NOT_READ = "passed", "failed", "not read"  # not read: a file whose tests nobody could collect
MOST = 5  # where more have failed, something is broken, and nobody should wait to hear it


@dataclass(frozen=True, slots=True)
class Told:
    """What the tests of one run came to, by their ids."""

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    is_whole: bool = True  # no file whose tests are unknown


@dataclass(frozen=True, slots=True)
class SecondTry:
    """What is left of a check's failures. `unsteady` and `failed` are in the order of the tests' ids."""

    unsteady: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


def told_in(path: Path) -> Told:
    """What stands in a file of `TOLD`; a test that failed in any of its parts has failed."""
    lines = [line.partition("\t") for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    by_word = {word: frozenset(name for said, _, name in lines if said == word) for word in (PASSED, FAILED, NOT_READ)}
    return Told(by_word[PASSED] - by_word[FAILED], by_word[FAILED], is_whole=not by_word[NOT_READ])


def may_be_tried_again(told: Iterable[Told]) -> bool:
    """Whether what failed, in all checks of this kind together, is little enough to be a slow moment."""
    runs = list(told)
    return all(run.is_whole for run in runs) and 0 < sum(len(run.failed) for run in runs) <= MOST


def judge(first: Told, second: Told, counts: dict[str, int]) -> SecondTry:
    """What the second try changes. Only a test that was seen to pass is let off: a skip or a silence is a failure.

    Parameters
    ----------
    counts : what pytest counted in the first run; what is neither passed nor failed is kept of it
    """
    unsteady = tuple(sorted(first.failed & second.passed))
    failed = tuple(sorted(first.failed - second.passed))
    kept = {word: n for word, n in counts.items() if word not in {"passed", "failed", "error"}}
    told = {"failed": len(failed), "passed": len(first.passed), "unsteady": len(unsteady)}
    return SecondTry(unsteady, failed, {word: n for word, n in told.items() if n} | kept)
