"""BLAKE2b (RFC 7693) of many short texts, compiled: what a repeat is known by, and the seals of codes.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

from typing import Final, NamedTuple

import numpy as np

from fangxian.core.compiled import compiled

from .memory import array_at, put, table_at, word_at

_QUICK: Final = 0
_TABLE, _SEALED, _CONTENTS, _DIGESTS, _SEALED_BY = 1, 4, 6, 7, 8  # of a turn, as in `turn`
_START, _IDS, _STATES = range(3)  # of what is known, as in `known.DayKeys`
_FATE, _KEY, _N_CONTENT = 1, 5, 11  # as in `hearing`

# BLAKE2b, RFC 7693.
_IV: Final = np.array(
    [
        0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
    ],
    np.uint64,
)  # fmt: skip
_SIGMA: Final = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    np.uint8,
)


class Scratch(NamedTuple):
    """Room for one digest at a time; `words` are those of the block that is taken in."""

    state: np.ndarray
    block: np.ndarray
    words: np.ndarray


@compiled
def _mix(
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, x: np.uint64, y: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    a = a + b + x
    d ^= a
    d = (d >> np.uint64(32)) | (d << np.uint64(32))
    c = c + d
    b ^= c
    b = (b >> np.uint64(24)) | (b << np.uint64(40))
    a = a + b + y
    d ^= a
    d = (d >> np.uint64(16)) | (d << np.uint64(48))
    c = c + d
    b ^= c
    b = (b >> np.uint64(63)) | (b << np.uint64(1))
    return a, b, c, d


@compiled
def compress(h: np.ndarray, block: np.ndarray, begins: int, m: np.ndarray, n_bytes: int, is_last: bool) -> None:
    """BLAKE2b's step: 128 bytes of `block` from `begins` into the state `h`, `n_bytes` being all up to there.

    The sixteen words are variables, and no array: so the processor keeps them near, and takes a third of the time.
    """
    for i in range(16):
        m[i] = word_at(block, begins + 8 * i)
    a0, a1, a2, a3, b0, b1, b2, b3 = h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
    c0, c1, c2, c3, d0, d1, d2, d3 = _IV[0], _IV[1], _IV[2], _IV[3], _IV[4], _IV[5], _IV[6], _IV[7]
    d0 ^= np.uint64(n_bytes)
    if is_last:
        d2 = ~d2
    for r in range(12):
        s = _SIGMA[r]
        a0, b0, c0, d0 = _mix(a0, b0, c0, d0, m[s[0]], m[s[1]])
        a1, b1, c1, d1 = _mix(a1, b1, c1, d1, m[s[2]], m[s[3]])
        a2, b2, c2, d2 = _mix(a2, b2, c2, d2, m[s[4]], m[s[5]])
        a3, b3, c3, d3 = _mix(a3, b3, c3, d3, m[s[6]], m[s[7]])
        a0, b1, c2, d3 = _mix(a0, b1, c2, d3, m[s[8]], m[s[9]])
        a1, b2, c3, d0 = _mix(a1, b2, c3, d0, m[s[10]], m[s[11]])
        a2, b3, c0, d1 = _mix(a2, b3, c0, d1, m[s[12]], m[s[13]])
        a3, b0, c1, d2 = _mix(a3, b0, c1, d2, m[s[14]], m[s[15]])
    h[0], h[1], h[2], h[3] = h[0] ^ a0 ^ c0, h[1] ^ a1 ^ c1, h[2] ^ a2 ^ c2, h[3] ^ a3 ^ c3
    h[4], h[5], h[6], h[7] = h[4] ^ b0 ^ d0, h[5] ^ b1 ^ d1, h[6] ^ b2 ^ d2, h[7] ^ b3 ^ d3


@compiled
def _digest(start: np.ndarray, n_before: int, text: np.ndarray, n: int, s: Scratch) -> None:
    """BLAKE2b of `n` bytes of `text` into `s.state`, after `n_before` that `start` has taken in."""
    for i in range(8):
        s.state[i] = start[i]
    done = 0
    while n - done > 128:
        compress(s.state, text, done, s.words, n_before + done + 128, False)
        done += 128
    s.block[:] = 0
    put(s.block, 0, text, done, n)
    compress(s.state, s.block, 0, s.words, n_before + n, True)


@compiled
def _is_sealed_by(sealed: np.ndarray, state: np.ndarray, s: Scratch) -> bool:
    """Whether the last 6 of a code's 33 bytes are that key's seal for those before."""
    _digest(state, 128, sealed, 27, s)
    differs = np.uint64(0)
    for k in range(6):
        differs |= (s.state[0] >> np.uint64(8 * k)) & np.uint64(0xFF) ^ np.uint64(sealed[27 + k])
    return bool(differs == np.uint64(0))


@compiled
def digest_all(turn: np.ndarray, known: np.ndarray, n: int) -> None:
    """Of each that is `QUICK` the 8 bytes that a repeat is known by, and by which key its code is sealed: its place, −1
    for none."""
    lines, contents = table_at(turn, _TABLE, np.int64), table_at(turn, _CONTENTS, np.uint8)
    sealed, digests = table_at(turn, _SEALED, np.uint8), table_at(turn, _DIGESTS, np.uint8)
    sealed_by, start = array_at(turn, _SEALED_BY, np.int64), array_at(known, _START, np.uint64)
    ids, states = array_at(known, _IDS, np.int64), table_at(known, _STATES, np.uint64)
    s = Scratch(np.empty(8, np.uint64), np.empty(128, np.uint8), np.empty(16, np.uint64))
    for i in range(n):
        sealed_by[i] = -1
        if lines[i, _FATE] == _QUICK:
            _digest(start, 0, contents[i], lines[i, _N_CONTENT], s)
            for k in range(8):
                digests[i, k] = np.uint8((s.state[0] >> np.uint64(8 * k)) & np.uint64(0xFF))
            place = 0
            while place < len(ids) and ids[place] != lines[i, _KEY]:
                place += 1
            if place < len(ids) and _is_sealed_by(sealed[i], states[place], s):
                sealed_by[i] = place


def state_of(*, digest_bytes: int, key: bytes = b"", person: bytes = b"", salt: bytes = b"") -> np.ndarray:
    """BLAKE2b before its first byte of text, the key's block taken in if there is one."""
    block = np.zeros(128, np.uint8)
    block[0], block[1], block[2], block[3] = digest_bytes, len(key), 1, 1
    block[32 : 32 + len(salt)] = np.frombuffer(salt, np.uint8)
    block[48 : 48 + len(person)] = np.frombuffer(person, np.uint8)
    state = _IV ^ block[:64].view(np.uint64)
    if key:
        whole = np.zeros(128, np.uint8)
        whole[: len(key)] = np.frombuffer(key, np.uint8)
        compress(state, whole, 0, np.zeros(16, np.uint64), 128, False)
    return state
