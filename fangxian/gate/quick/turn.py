"""Room for one turn of the lane: what came in, what is found, what goes out. Made once, used again and again."""

from itertools import accumulate
from typing import Final

import numpy as np

from . import hearing, judging, sockets
from .codes import Codes
from .digests import Scratch

MOST: Final = 256  # connections of one turn
MOST_BYTES: Final = 2048  # of one request; a usual one has 800
_ANSWER_BYTES: Final = 4096  # on average; a usual one has 500
_CONTENT_BYTES: Final = 1024


class Turn:
    """The arrays the loops work in."""

    def __init__(self) -> None:
        self.heard = hearing.Heard(
            np.zeros((MOST, MOST_BYTES + 8), np.uint8),
            np.zeros((MOST, hearing.N_COLUMNS), np.int64),
            np.zeros((MOST, 16), np.int64),
            np.zeros((MOST, 16), np.uint8),
        )
        self.codes = Codes(
            np.zeros((MOST, 33), np.uint8), np.zeros(MOST, np.uint64), np.zeros((MOST, _CONTENT_BYTES), np.uint8)
        )
        self.judged = judging.Judged(
            np.zeros((MOST, judging.N_JUDGED), np.int64),
            np.zeros((MOST, 112), np.uint8),
            np.zeros(MOST + 1, np.int64),
            np.zeros(MOST * _ANSWER_BYTES, np.uint8),
        )
        self.scratch = Scratch.made()
        self.digests = np.zeros((MOST, 8), np.uint8)
        self.opened, self.sealed_by = np.zeros(MOST, np.uint64), np.zeros(MOST, np.int64)

    def bytes_of(self, place: int) -> bytes:
        """What came in on one connection."""
        return self.heard.rows[place, : self.heard.table[place, hearing.N_BYTES]].tobytes()

    def send(self, fds: list[int], parts: list[bytes]) -> list[int]:
        """Write each part to its connection; how many bytes of each the kernel would not take."""
        left = np.zeros(len(parts), np.int64)
        whole = np.frombuffer(bytearray().join(parts), np.uint8)
        at = np.array([0, *accumulate(map(len, parts))], np.int64)
        sockets.send(np.array(fds, np.int64), whole, at, len(parts), left)
        return left.tolist()
