"""All loops compiled, or fetched from where numba keeps them, by calling each once for nothing."""

import numpy as np

from . import codes, digests, handles, hearing, judging, sockets
from .files import Files
from .known import DayKeys, KnownAnswers, KnownCallers
from .memory import Addresses
from .turn import Turn


def compile_loops() -> None:
    """Takes a second if they were compiled on this machine before, else a minute of one core."""
    turn, files, keys, callers, answers = Turn(), Files(), DayKeys({}), KnownCallers(), KnownAnswers()
    at, numbers = turn.at.numbers, np.zeros(1, np.int64)
    nothing = Addresses(*[np.zeros((1, 1, 1), np.int64)] * 32).numbers
    sockets.receive(-1, at, files.at.numbers, 0.0)
    sockets.n_ready(-1, files.at.numbers, 1)
    hearing.hear(at, nothing, 0, 0)
    codes.open_codes(at, 0, 0)
    digests.digest_all(at, keys.at.numbers, 0)
    handles.open_all(at, keys.at.numbers, 0)
    judging.judge(at, nothing, 0, 0)
    sockets.expect(files.at.numbers, turn.lines[:0], 0)
    sockets.send(files.at.numbers, turn.lines[:0], turn.answers, 0, 0.0, numbers)
    callers.heads.add(b"-", 0)
    answers.learn(0, 0, 0, 0, b"-")
