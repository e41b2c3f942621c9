"""The connections of the lane by the numbers of their files, as its loops see them."""

from typing import Final

import numpy as np

from .memory import Addresses
from .turn import MOST

MOST_FILES: Final = 1 << 16
NOTHING: Final = -1


class Files:
    """By the number of a file: who is in the lane, who was given back since their last answer in it, the number of the
    turn of which an answer is due, and when they were last heard."""

    def __init__(self) -> None:
        self.is_here, self.was_back = np.zeros(MOST_FILES, np.bool_), np.zeros(MOST_FILES, np.bool_)
        self.due, self.heard_s = np.full(MOST_FILES, NOTHING, np.int64), np.zeros(MOST_FILES)
        self.left = np.zeros(MOST, np.int64)
        self.at = Addresses(np.zeros(16 * MOST, np.uint8), self.is_here, self.was_back, self.due, self.heard_s)

    def enter(self, fd: int, now_s: float, *, was_back: bool) -> None:
        """That connection comes, and nothing is due on it."""
        self.is_here[fd], self.was_back[fd], self.due[fd], self.heard_s[fd] = True, was_back, NOTHING, now_s

    def leave(self, fd: int) -> int:
        """That connection goes; the number of the turn of which an answer was due."""
        number = int(self.due[fd])
        self.is_here[fd], self.due[fd] = False, NOTHING
        return number
