"""BLAKE2b (RFC 7693) of many short texts, compiled: what a repeat is known by, and the seals of codes.

A file of loops uses nothing of another file of ours (`core.exposure.compiled` says why).
"""

from typing import Final, NamedTuple

import numpy as np

from fangxian.core.exposure.compiled import compiled

_QUICK: Final = 0
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
    np.int64,
)


class Scratch(NamedTuple):
    """Room for one digest at a time."""

    state: np.ndarray
    block: np.ndarray
    work: np.ndarray

    @classmethod
    def made(cls) -> "Scratch":
        return cls(np.zeros(8, np.uint64), np.zeros(128, np.uint8), np.zeros(32, np.uint64))


@compiled
def _mix(v: np.ndarray, a: int, b: int, c: int, d: int, x: np.uint64, y: np.uint64) -> None:
    v[a] = v[a] + v[b] + x
    w = v[d] ^ v[a]
    v[d] = (w >> np.uint64(32)) | (w << np.uint64(32))
    v[c] = v[c] + v[d]
    w = v[b] ^ v[c]
    v[b] = (w >> np.uint64(24)) | (w << np.uint64(40))
    v[a] = v[a] + v[b] + y
    w = v[d] ^ v[a]
    v[d] = (w >> np.uint64(16)) | (w << np.uint64(48))
    v[c] = v[c] + v[d]
    w = v[b] ^ v[c]
    v[b] = (w >> np.uint64(63)) | (w << np.uint64(1))


@compiled
def compress(state: np.ndarray, block: np.ndarray, begins: int, v: np.ndarray, n_bytes: int, is_last: bool) -> None:
    """BLAKE2b's step: 128 bytes of `block` from `begins` into `state`, `n_bytes` being all up to there."""
    for i in range(8):
        v[i], v[8 + i] = state[i], _IV[i]
        v[16 + i] = v[24 + i] = np.uint64(0)
    v[12] ^= np.uint64(n_bytes)
    if is_last:
        v[14] = ~v[14]
    for i in range(16):
        word = np.uint64(0)
        for k in range(7, -1, -1):
            word = (word << np.uint64(8)) | np.uint64(block[begins + 8 * i + k])
        v[16 + i] = word
    for r in range(12):
        s = _SIGMA[r]
        for i in range(4):
            _mix(v, i, 4 + i, 8 + i, 12 + i, v[16 + s[2 * i]], v[16 + s[2 * i + 1]])
        for i in range(4):
            x, y = v[16 + s[8 + 2 * i]], v[16 + s[9 + 2 * i]]
            _mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, x, y)
    for i in range(8):
        state[i] ^= v[i] ^ v[8 + i]


@compiled
def _digest(start: np.ndarray, n_before: int, text: np.ndarray, n: int, s: Scratch) -> None:
    """BLAKE2b of `n` bytes of `text` into `s.state`, after `n_before` that `start` has taken in."""
    for i in range(8):
        s.state[i] = start[i]
    done = 0
    while n - done > 128:
        compress(s.state, text, done, s.work, n_before + done + 128, False)
        done += 128
    for i in range(128):
        s.block[i] = text[done + i] if done + i < n else np.uint8(0)
    compress(s.state, s.block, 0, s.work, n_before + n, True)


@compiled
def digest_many(start: np.ndarray, texts: np.ndarray, table: np.ndarray, n: int, s: Scratch, found: np.ndarray) -> None:
    """8 bytes for each of `n` texts of which `table` says that they are scans; the last column has their lengths."""
    for i in range(n):
        if table[i, _FATE] == _QUICK:
            _digest(start, 0, texts[i], table[i, _N_CONTENT], s)
            for k in range(8):
                found[i, k] = np.uint8((s.state[0] >> np.uint64(8 * k)) & np.uint64(0xFF))


@compiled
def sealed_by(
    ids: np.ndarray, states: np.ndarray, table: np.ndarray, sealed: np.ndarray, n: int, s: Scratch, found: np.ndarray
) -> None:
    """Whose seal the last 6 of each code's 33 bytes are for those before: the place of that key, −1 for none."""
    for i in range(n):
        found[i] = -1
        if table[i, _FATE] == _QUICK:
            place = 0
            while place < len(ids) and ids[place] != table[i, _KEY]:
                place += 1
            if place < len(ids):
                _digest(states[place], 128, sealed[i], 27, s)
                differs = np.uint64(0)
                for k in range(6):
                    differs |= (s.state[0] >> np.uint64(8 * k)) & np.uint64(0xFF) ^ np.uint64(sealed[i, 27 + k])
                found[i] = place if differs == np.uint64(0) else -1


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
        compress(state, whole, 0, np.zeros(32, np.uint64), 128, False)
    return state
