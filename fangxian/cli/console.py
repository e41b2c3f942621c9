"""How the commands speak: both languages, progress with a figure, errors on the error stream."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fangxian.core.refusal import Refusal, Said

out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
Step = Callable[[Said, int, int], None]


def speaks_english() -> bool:
    """Whether the terminal's language is English; Chinese otherwise, also when it is not set."""
    language = os.environ.get("FANGXIAN_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return language.lower().startswith("en")


def tell(said: Said) -> None:
    out.print(said.in_language("en" if speaks_english() else "zh"), markup=False)


def say_refusal(refusal: Refusal) -> None:
    """Both languages, since whoever reads a terminal over somebody's shoulder may know only one."""
    err.print(refusal.said.zh, markup=False)
    err.print(refusal.said.en, markup=False)
    err.print(f"[{refusal.code}]", style="dim", markup=False)


@contextmanager
def progress() -> Iterator[Step]:
    """A function `step(said, done, total)` that draws one bar for each stage it is told of."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not sys.stderr.isatty()) as bars:
        tasks: dict[Said, int] = {}

        def step(said: Said, done: int, total: int) -> None:
            if said not in tasks:
                text = said.in_language("en" if speaks_english() else "zh")
                tasks[said] = bars.add_task(text, total=total)
                if not sys.stderr.isatty():
                    err.print(f"… {text}", markup=False)
            bars.update(tasks[said], completed=done, total=total)

        yield step
