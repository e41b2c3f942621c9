"""All loops compiled, or fetched from where numba keeps them, by calling each once for nothing."""

import numpy as np

from . import codes, digests, handles, hearing, judging, sockets
from .known import KnownAnswers, KnownCallers
from .turn import MOST_BYTES, Turn


def compile_loops() -> None:
    """Takes a second if they were compiled on this machine before, else a minute of one core."""
    turn, callers, answers = Turn(), KnownCallers(), KnownAnswers()
    heard, found, none = turn.heard, turn.codes, np.zeros(1, np.int64)
    state = digests.state_of(digest_bytes=8)
    sockets.receive(-1, np.zeros(1, np.uint8), 12, np.zeros(1, np.bool_), heard.rows, MOST_BYTES, heard.table)
    hearing.hear(heard, 0, callers.heads.arrays, callers.venues.arrays, 0)
    codes.open_codes(heard.rows, heard.spans, heard.table, 0, 0, found)
    digests.digest_many(state, found.contents, heard.table, 0, turn.scratch, turn.digests)
    digests.sealed_by(none, state.reshape(1, 8), heard.table, found.sealed, 0, turn.scratch, turn.sealed_by)
    handles.open_all(found.handles, turn.sealed_by, np.zeros((1, 1, 44), np.uint32), 0, turn.opened)
    half = np.zeros(1, np.uint32)
    words = judging.Words(half, half, np.zeros(2, np.uint64), none, 0)
    doors = judging.Doors(
        np.zeros((1, 1, 1), np.int64), none, none, none, none, none, none, np.frombuffer(b"mark", np.uint8), 0, 0, 0, 0
    )
    now = judging.Instant(0, 0, 0, 0, 0, False, np.frombuffer(b"0", np.uint8))
    judging.judge(
        heard.table, heard.ids, turn.digests, 0, turn.opened, callers.arrays, words, doors, answers.arrays, now,
        turn.judged,
    )  # fmt: skip
    turn.send([], [])
    callers.heads.add(b"-", 0)
    answers.learn(0, 0, 0, 0, b"-")
