"""One run: the machine it is on, the folder it works in, and the scans that all its parts send."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from bench.gate.county import County
from bench.gate.machine import Machine
from bench.gate.scans import Prepared


class Run:
    """What the parts of one run share."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self.tell = folder, tell
        self.machine = Machine.found(folder)

    def county(self, part: str) -> County:
        """A county of this part's own, as all others but for the moment at which it is noon there."""
        return County(self.folder / part)

    @cached_property
    def prepared(self) -> Prepared:
        self.tell("preparing scans …")
        return self.county("prepared").prepared()
