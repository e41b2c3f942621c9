"""What `dataclasses` writes of itself is compiled once in a run of tests, and not at the start of each program.

It writes `__init__`, `__eq__` and their like as text: four thousand pieces in the whole program, and to compile them is
a quarter of what reading the program takes. Tests start programs by the hundred. What is kept is found by its whole
text, so it is what would have been compiled.

Python reads this file in every process that has its folder on PYTHONPATH, before all others: tests/conftest.py puts it
there for whatever tests start, workers among them.
"""

import atexit
import builtins
import contextlib
import dataclasses
import marshal
import os
import sys
from pathlib import Path

FEW = 100  # pieces that are not worth writing down


class Compiled:
    """Pieces of text, and what Python makes of them, in a file that the processes of a run share."""

    def __init__(self, path: Path) -> None:
        self.path, self.kept, self.n_new = path, read(path), 0

    def execute(self, text: str, names: dict, found: dict) -> None:
        """In place of `exec` where `dataclasses` calls it."""
        code = self.kept.get(text)
        if code is None:
            made = compile(text, "<string>", "exec")
            self.kept[text], self.n_new = marshal.dumps(made), self.n_new + 1
        else:
            made = marshal.loads(code)
        builtins.exec(made, names, found)

    def keep(self) -> None:
        """With what others have kept meanwhile; of two at once the later is right, and what it lacks is made again."""
        if self.n_new > FEW:
            draft = self.path.with_suffix(f".{os.getpid()}")
            with contextlib.suppress(OSError):  # the run is over, or its disk is full
                draft.write_bytes(marshal.dumps(read(self.path) | self.kept))
                draft.rename(self.path)
        self.n_new = 0

    def forget_what_is_new(self) -> None:
        """In a copy of a process: what is new is the other's to keep."""
        self.n_new = 0


def read(path: Path) -> dict[str, bytes]:
    with contextlib.suppress(OSError, EOFError, ValueError, TypeError):  # not there yet, or of another Python
        return marshal.loads(path.read_bytes())
    return {}


if folder := os.environ.get("FANGXIAN_TESTS_SHARED"):
    compiled = Compiled(Path(folder, f"compiled-{sys.implementation.cache_tag}"))
    dataclasses.exec = compiled.execute
    atexit.register(compiled.keep)
    os.register_at_fork(after_in_child=compiled.forget_what_is_new)
