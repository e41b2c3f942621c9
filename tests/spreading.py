"""Which worker of several runs which tests: a file is one worker's, and so are all files that need one costly thing."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parents[1]
# What is made once in a process, and the words by which a file is known that needs it.
COSTLY = {
    "the county that stands": re.compile(r"small_county|fushan_of_this_file"),  # tests/integration/standing_county.py
    "loops that are compiled": re.compile(r"numba|compile_loops|unit\.gate\.lanes|gate\.quick"),  # a minute, at first
}


class Spreading(LoadFileScheduling):
    """What is collected first is begun first, however many tests it has (with --no-loadscope-reorder)."""

    def _split_scope(self, nodeid: str) -> str:
        return _together(super()._split_scope(nodeid))


@cache
def _together(file: str) -> str:
    text = (ROOT / file).read_text()
    return next((thing for thing, words in COSTLY.items() if words.search(text)), file)
