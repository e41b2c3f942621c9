"""How the commands speak: both languages, progress with a figure, errors on the error stream."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fangxian.core.refusal import Refusal, Said

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

Step = Callable[[Said, int, int], None]


class RichLater:
    """A console of rich, which is read when something is printed on it that plain text cannot be.

    Reading it takes longer than all our commands together, and a gate, a worker or a reader only says a sentence.
    """

    def __init__(self, *, is_error: bool) -> None:
        self._is_error = is_error

    @cached_property
    def rich(self) -> "Console":
        from rich.console import Console

        return Console(stderr=self._is_error, highlight=False, soft_wrap=True)

    def print(self, *what: Any, **how: Any) -> None:
        self.rich.print(*what, **how)


out, err = RichLater(is_error=False), RichLater(is_error=True)


def speaks_english() -> bool:
    """Whether the terminal's language is English; Chinese otherwise, also when it is not set."""
    language = os.environ.get("FANGXIAN_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return language.lower().startswith("en")


def tell(said: Said) -> None:
    print(said.in_language("en" if speaks_english() else "zh"), flush=True)


def say_refusal(refusal: Refusal) -> None:
    """Both languages, since whoever reads a terminal over somebody's shoulder may know only one."""
    err.print(refusal.said.zh, markup=False)
    err.print(refusal.said.en, markup=False)
    err.print(f"[{refusal.code}]", style="dim", markup=False)


def new_table(*heads: str, title: str | None = None) -> "Table":
    from rich.table import Table

    return Table(*heads, title=title)


def bars(*, hidden: bool) -> "Progress":
    """Bars on the error stream, to be used in a `with`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err.rich, disable=hidden)


@contextmanager
def progress() -> Iterator[Step]:
    """A function `step(said, done, total)` that draws one bar for each stage it is told of."""
    with bars(hidden=not sys.stderr.isatty()) as drawn:
        tasks: dict[Said, int] = {}

        def step(said: Said, done: int, total: int) -> None:
            if said not in tasks:
                text = said.in_language("en" if speaks_english() else "zh")
                tasks[said] = drawn.add_task(text, total=total)
                if not sys.stderr.isatty():
                    err.print(f"… {text}", markup=False)
            drawn.update(tasks[said], completed=done, total=total)

        yield step
