"""Room for one turn of the lane: what came in, what is found, what goes out. Made once, used again and again."""

from typing import Final

import numpy as np

from ..passage import QuickLine
from . import hearing
from .memory import Addresses

MOST: Final = 256  # connections of one turn
MOST_BYTES: Final = 2048  # of one request; a usual one has 800
_ANSWER_BYTES: Final = 4096  # on average; a usual one has 500
_CONTENT_BYTES: Final = 1024
_RECORD_BYTES: Final = 112


class Turn:
    """The arrays that the loops work in; `at` is what they get, in which each file of them finds its own by place.

    rows : the bytes that came in, a row for each connection that spoke; at least 8 more than come in, all 0
    table : what is known of each, by `hearing`'s columns
    spans : where each field's value begins and ends in the bytes, −1 for none
    ids : the scan's own, 16 bytes
    sealed, handles, contents : of each code its first 33 bytes and the handle among them; what a repeat is known by
    digests, sealed_by, opened : of that text; whose seal the code has; what the handle hides
    lines, records, answers : what is judged, without gaps: who and where (`QuickLine`), what to write, and what to say
    """

    def __init__(self) -> None:
        self.rows = np.zeros((MOST, MOST_BYTES + 8), np.uint8)
        self.table = np.zeros((MOST, hearing.N_COLUMNS), np.int64)
        self.lines = np.zeros((MOST, len(QuickLine._fields)), np.int64)
        self.records = np.zeros((MOST, _RECORD_BYTES), np.uint8)
        self.answers = np.zeros(MOST * _ANSWER_BYTES, np.uint8)
        self.at = Addresses(
            self.rows,
            self.table,
            np.zeros((MOST, 16), np.int64),  # spans
            np.zeros((MOST, 16), np.uint8),  # ids
            np.zeros((MOST, 33), np.uint8),  # sealed
            np.zeros(MOST, np.uint64),  # handles
            np.zeros((MOST, _CONTENT_BYTES), np.uint8),  # contents
            np.zeros((MOST, 8), np.uint8),  # digests
            np.zeros(MOST, np.int64),  # sealed by
            np.zeros(MOST, np.uint64),  # opened
            self.lines,
            self.records,
            self.answers,
        )

    def bytes_of(self, place: int) -> bytes:
        """What came in on one connection."""
        return self.rows[place, : self.table[place, hearing.N_BYTES]].tobytes()
