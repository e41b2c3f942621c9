"""`make test`: every check there is, several at once, and at the end what ran, what did not, and why.

    python tools/run_checks.py [--list] [--at-once N] [NAME ...]

A check that cannot run here is *not run*, which is said loudly and is a failure where CI=true. One failure
does not keep the others from being tried.

Several at once, since each alone leaves the processors idle part of the time: a browser waits for its page, a killed
program for coming back, and of several workers all wait for the last. What a check says is printed when it has ended,
whole; where one check alone is asked for, as it comes.

Of the checks that a slow moment of the machine can fail, what failed is tried once more, alone, after everything else
(tools/second_try.py). What passes then is *unsteady*: named at the very end, and no failure.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import second_try
from chromium import find_chromium
from nginx import find_nginx
from private_postgres import NoPostgres, find_binaries

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SHARED = "FANGXIAN_TESTS_SHARED"
SOME_FAILED, NO_TESTS = 1, 5  # pytest's exit status when tests failed, and when it found none
# More than twice as many processes as processors: some wait while others compute, and a processor that has nothing to
# do is time nobody gets back.
AT_ONCE = 2 * (os.cpu_count() or 1) + 1
# What computes stands back for what waits: a browser whose turn has come gets a processor at once, as it would on a
# machine of its own, and a slow moment is rarer. The rest is as quick as before, since the sum is the same.
STANDS_BACK = ["nice", "-n", "5"]
COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b")


def always() -> str | None:
    return None


def needs_chromium() -> str | None:
    if not find_chromium():
        return "there is no Chromium on this machine, and installing one needs root (apt-get install chromium)"
    return None


def needs_postgres() -> str | None:
    try:
        find_binaries()
    except NoPostgres as problem:
        return str(problem)
    return None


def needs_shared_data() -> str | None:
    folder = ROOT.parent / "shared" / "data"
    return None if folder.is_dir() else f"the real data is not here ({folder} is missing)"


def needs_nginx() -> str | None:
    if not find_nginx():
        return "there is no nginx on this machine, and installing it needs root (apt-get install nginx)"
    return None


def present(command: list[str]) -> list[str]:
    """The command without the folders of tests that are not there; git keeps no empty ones."""
    return [word for word in command if not word.startswith("tests/") or "::" in word or (ROOT / word).exists()]


@dataclass(frozen=True)
class Check:
    """One command.

    Attributes
    ----------
    why_not : gives the reason why it cannot run here, or None
    is_optional : not running it is no failure even in CI, since its material is nobody's to install
    after : the checks that are over before this one begins, those of them that are run at all
    is_tried_again : what failed of it is tried once more, alone
    waits : its processes wait more than they compute, for a browser or for a program to come back; they count as half,
        and what does not wait stands back for them
    """

    name: str
    question: str
    command: list[str]
    why_not: Callable[[], str | None] = always
    is_optional: bool = False
    after: tuple[str, ...] = ()
    is_tried_again: bool = False
    waits: bool = False

    @property
    def is_pytest(self) -> bool:
        return "pytest" in self.command

    @property
    def n_processes(self) -> int:
        """How many of it compute at once."""
        n = int(self.command[self.command.index("-n") + 1]) if "-n" in self.command else 1
        return (n + 1) // 2 if self.waits else n


@dataclass
class Outcome:
    check: Check
    state: str  # ok, FAILED, unsteady or NOT RUN
    seconds: float = 0.0
    said: str = ""
    processor_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    told: second_try.Told = field(default_factory=second_try.Told)  # of a check that is tried again
    unsteady: tuple[str, ...] = ()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def pytest(*folders: str, workers: int = 2, spread: str = "loadfile", options: tuple[str, ...] = ()) -> list[str]:
    # Each worker keeps its file together: module fixtures (a county, a server) are built once. See tests/spreading.py.
    parallel = ("-n", str(workers), "--dist", spread, "--no-loadscope-reorder") if workers > 1 else ()
    paths = [f"tests/{folder}" for folder in folders]
    return python("-m", "pytest", "-q", "-rfEs", "--durations=5", "--durations-min=2", *parallel, *options, *paths)


# Whose tests compile all loops, where they never were (a minute of processor), each its own. Whoever would compile them
# too waits for these alone, and they stand back for nobody: until they are over, one processor has little to do.
COMPILING = {"loops": "unit/exposure", "lane": "property/test_quick_lane.py"}
COMPILED = tuple(COMPILING)

# What takes longest is begun first, and what waits beside what computes: in the end both processors have work.
CHECKS = [
    # Each worker has a county for all its files, which differ in length: whoever is done takes over tests of the other.
    Check(
        "browser",
        "can a person do the job?",
        pytest("browser", spread="worksteal"),
        why_not=needs_chromium,
        is_tried_again=True,
        waits=True,
    ),
    Check("loops", "do those that are compiled what is written?", pytest(COMPILING["loops"], workers=1)),
    Check("lane", "and the gate's?", pytest(COMPILING["lane"], workers=1)),
    Check("tidy", "does the house keep its own rules?", pytest("tidy", workers=1)),
    Check("integration on SQLite", "do the rooms work together?", pytest("integration"), after=COMPILED),
    Check(
        "integration on PostgreSQL",
        "and on PostgreSQL?",
        pytest("integration", options=("--database", "postgres")),
        why_not=needs_postgres,
        after=COMPILED,
    ),
    Check(
        "tests",
        "unit, spec, property",
        pytest("property", "unit", "spec", options=tuple(f"--ignore=tests/{path}" for path in COMPILING.values())),
        after=COMPILED,
    ),
    Check(
        "chaos",
        "does it survive what happens to machines?",
        pytest("chaos"),
        is_optional=True,
        after=COMPILED,
        is_tried_again=True,
        waits=True,
    ),
    Check("deploy", "do the files in deploy/ do what they say?", pytest("deploy", workers=1), why_not=needs_nginx),
    Check(
        "real",
        "data nobody here wrote",
        pytest("real", workers=1),
        why_not=needs_shared_data,
        is_optional=True,
        after=COMPILED,
    ),
    Check("types", "are core and gate strictly typed?", python("-m", "mypy")),
    Check("web tests", "does the browser's code do what it says?", ["sh", "tools/web.sh", "test"]),
    Check("web types", "is the browser's code typed?", ["sh", "tools/web.sh", "check"]),
    Check("style", "is the code written as we write?", [str(BIN / "ruff"), "check", "."]),
    Check("arrows", "do imports point down?", [str(BIN / "lint-imports"), "--no-logo"]),
    Check("dependencies", "is what is used declared, and what is declared used?", [str(BIN / "deptry"), "."]),
]


def run_all(checks: Sequence[Check], *, at_once: int = AT_ONCE) -> list[Outcome]:
    """Each as soon as there is room for its processes, in the order of the list."""
    waiting, running, ended = list(checks), {}, {}
    with _shared_folder(), ThreadPoolExecutor(len(checks) or 1) as pool:
        while waiting or running:
            for check in list(waiting):
                unfinished = {other.name for other in (*waiting, *running.values())}
                if unfinished.isdisjoint(check.after) and _has_room(check, running, at_once):
                    waiting.remove(check)
                    running[pool.submit(run, check, shows=len(checks) == 1)] = check
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                ended[running.pop(future).name] = future.result()
    return [ended[check.name] for check in checks]


@contextmanager
def _shared_folder() -> Iterator[None]:
    """For what all checks stand on; see tests/made_once.py. A test of this very tool has one already."""
    before = os.environ.get(SHARED)
    with tempfile.TemporaryDirectory(prefix="fangxian-shared-") as folder:
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            os.environ.pop(SHARED)
            if before is not None:
                os.environ[SHARED] = before


def try_again(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same outcomes; where few tests have failed that a slow moment can fail, as they are after a second try."""
    failed = [outcome for outcome in outcomes if outcome.told.failed]
    if not second_try.may_be_tried_again(outcome.told for outcome in failed):
        return list(outcomes)
    return [_tried_again(outcome) if outcome.told.failed else outcome for outcome in outcomes]


def _tried_again(first: Outcome) -> Outcome:
    check = first.check
    alone = pytest(workers=1, options=tuple(sorted(first.told.failed)))
    second = run(replace(check, question="and once more, with nothing beside it?", command=alone))
    verdict = second_try.judge(first.told, second.told, first.counts)
    return Outcome(
        check,
        "FAILED" if verdict.failed else "unsteady",
        seconds=first.seconds + second.seconds,
        processor_s=first.processor_s + second.processor_s,
        counts=verdict.counts,
        unsteady=verdict.unsteady,
    )


def _has_room(check: Check, running: dict[Future, Check], at_once: int) -> bool:
    return not running or check.n_processes + sum(other.n_processes for other in running.values()) <= at_once


def run(check: Check, *, shows: bool = True) -> Outcome:
    """Run one check; print what pytest says as it comes where `shows`, else whole at the end."""
    if reason := check.why_not():
        return Outcome(check, "NOT RUN", said=reason)
    command = present(check.command)
    if check.is_pytest and len(command) < len(check.command) and not any("tests/" in word for word in command):
        return Outcome(check, "NOT RUN", said="there is no test in it")
    title = f"\n── {check.name}: {check.question}"
    print(title if shows else f"begun: {check.name}", flush=True)
    started = time.monotonic()
    with tempfile.NamedTemporaryFile(prefix="fangxian-told-") as told_to:
        more = {second_try.TOLD: told_to.name} if check.is_tried_again else {}
        command = command if check.waits or check.name in COMPILED else [*STANDS_BACK, *command]
        status, output, processor_s = _run_and_show(command, more, shows=shows and check.is_pytest)
        told = second_try.told_in(Path(told_to.name))
    used = {"seconds": time.monotonic() - started, "processor_s": processor_s}
    if not shows:
        print(title, flush=True)
    if (status and not check.is_pytest) or (check.is_pytest and not shows):
        print(output, flush=True)
    if check.is_pytest and status == NO_TESTS:
        return Outcome(check, "NOT RUN", **used, said="there is no test in it")
    if status < 0:
        return Outcome(check, "FAILED", **used, said=f"ended by signal {-status} before it was through")
    counts = _counts(output) if check.is_pytest else {}
    # Only where tests were run to the end and some failed is it known what each came to.
    known = told if status in (0, SOME_FAILED) else second_try.Told()
    return Outcome(check, "FAILED" if status else "ok", **used, counts=counts, told=known)


def _run_and_show(command: list[str], more: dict[str, str], *, shows: bool) -> tuple[int, str, float]:
    """Exit status, output (also as it comes where `shows`) and seconds of processor, with `more` in its environment."""
    # Tests start programs by the hundred; without bytecode each would compile all of ours again, up to 0.8 s.
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "", **more}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    with process.stdout:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if shows:
                print(line, end="", flush=True)
    _, status, used = os.wait4(process.pid, 0)  # with everybody whom it waited for itself
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, "".join(lines), used.ru_utime + used.ru_stime


def _counts(output: str) -> dict[str, int]:
    """What pytest's last line says: how many passed, failed, were skipped."""
    last = next((line for line in reversed(output.splitlines()) if COUNTED.search(line)), "")
    return {word.rstrip("s") if word == "errors" else word: int(n) for n, word in COUNTED.findall(last)}


def summary(outcomes: list[Outcome]) -> str:
    width = max(len(outcome.check.name) for outcome in outcomes)
    lines = ["", "═" * 78]
    for outcome in outcomes:
        counts = ", ".join(f"{n} {word}" for word, n in outcome.counts.items())
        took = f"{outcome.seconds:.0f} s, {outcome.processor_s:.0f} s of processor"
        detail = outcome.said or " · ".join(filter(None, [took, counts]))
        lines.append(f"{outcome.state:<8} {outcome.check.name:<{width}}  {detail}")
    if not_run := ", ".join(outcome.check.name for outcome in outcomes if outcome.state == "NOT RUN"):
        lines += ["", f"NOT RUN means that nobody knows whether it works: {not_run}."]
    total = Counter()
    for outcome in outcomes:
        total.update(outcome.counts)
    unsteady = [f"unsteady: failed once, passed alone: {test}" for outcome in outcomes for test in outcome.unsteady]
    if unsteady:
        lines += ["", *unsteady, "What each said when it failed stands above, under the name of its check."]
    n_failed = total["failed"] + total["error"] or sum(outcome.state == "FAILED" for outcome in outcomes)
    lines.append(f"{total['passed'] + total['unsteady']} passed, {n_failed} failed, {total['skipped']} skipped")
    return "\n".join(lines)


def is_failure(outcome: Outcome, *, in_ci: bool) -> bool:
    return outcome.state == "FAILED" or (outcome.state == "NOT RUN" and in_ci and not outcome.check.is_optional)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the checks, all or those named.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the names and what each asks")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help=f"processes at once ({AT_ONCE})")
    chosen = parser.parse_args()
    if chosen.list:
        print("\n".join(f"{check.name:<26} {check.question}" for check in CHECKS))
        return 0
    known = {check.name for check in CHECKS}
    if unknown := set(chosen.names) - known:
        parser.error(f"no check is called {sorted(unknown)[0]!r}; the names are: {', '.join(sorted(known))}")
    started = time.monotonic()
    named = [check for check in CHECKS if not chosen.names or check.name in chosen.names]
    outcomes = try_again(run_all(named, at_once=chosen.at_once))
    print(f"\nall in {time.monotonic() - started:.0f} s", flush=True)
    print(summary(outcomes), flush=True)
    in_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    return int(any(is_failure(outcome, in_ci=in_ci) for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
