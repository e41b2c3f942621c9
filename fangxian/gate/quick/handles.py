"""Handles opened one after the other, compiled: six rounds of AES-128 each, as `core.policy.handles` has them.

AES (FIPS 197) by tables, whose look-ups take a time that depends on key and text. Only what the county has sealed comes
this far, so nobody chooses the texts, and the answer is written to a disk before it goes out.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

from typing import Final

import numpy as np

from fangxian.core.compiled import compiled

from .memory import array_at, block_at

_HANDLES, _SEALED_BY, _OPENED = 5, 8, 9  # of a turn, as in `turn`
_ROUNDS: Final = 3  # of what is known, as in `known.DayKeys`
_N_ROUNDS: Final = 10


def _doubled(byte: int) -> int:
    """Times x in AES's field."""
    return (byte << 1 ^ (0x11B if byte & 0x80 else 0)) & 0xFF


def _s_box() -> list[int]:
    """Inverse in the field, then the affine map: by powers of 3 and of its inverse, which run through the field."""
    box, power, inverse = [0x63] * 256, 1, 1
    while True:
        power ^= _doubled(power)
        inverse ^= inverse << 1
        inverse ^= inverse << 2
        inverse = (inverse ^ inverse << 4) & 0xFF
        inverse ^= 0x09 if inverse & 0x80 else 0
        turned = inverse | inverse << 8
        box[power] = (inverse ^ turned >> 7 ^ turned >> 6 ^ turned >> 5 ^ turned >> 4) & 0xFF ^ 0x63
        if power == 1:
            return box


_BOX: Final = _s_box()
_S: Final = np.array(_BOX, np.uint32)
_MIXED: Final = np.array(
    [
        [_doubled(s) << 24 | s << 16 | s << 8 | (_doubled(s) ^ s) for s in _BOX],
        [(_doubled(s) ^ s) << 24 | _doubled(s) << 16 | s << 8 | s for s in _BOX],
        [s << 24 | (_doubled(s) ^ s) << 16 | _doubled(s) << 8 | s for s in _BOX],
        [s << 24 | s << 16 | (_doubled(s) ^ s) << 8 | _doubled(s) for s in _BOX],
    ],
    np.uint32,
)


def round_keys(key: bytes) -> list[int]:
    """The 44 words of a key of 16 bytes."""
    words, constant = [int.from_bytes(key[at : at + 4], "big") for at in range(0, 16, 4)], 1
    for place in range(4, 4 * (_N_ROUNDS + 1)):
        word = words[-1]
        if place % 4 == 0:
            word = (word << 8 | word >> 24) & 0xFFFF_FFFF
            word = int.from_bytes(bytes(_BOX[byte] for byte in word.to_bytes(4, "big")), "big") ^ constant << 24
            constant = _doubled(constant)
        words.append(words[-4] ^ word)
    return words


@compiled
def _turned(word: np.uint32) -> np.uint32:
    """The bytes of a word in the other order."""
    ends = word >> np.uint32(24) | (word & np.uint32(0xFF)) << np.uint32(24)
    return ends | word >> np.uint32(8) & np.uint32(0xFF00) | (word & np.uint32(0xFF00)) << np.uint32(8)


@compiled
def _column(a: np.uint32, b: np.uint32, c: np.uint32, d: np.uint32, key: np.uint32) -> np.uint32:
    mixed = _MIXED[0, a >> np.uint32(24)] ^ _MIXED[1, b >> np.uint32(16) & np.uint32(255)]
    return np.uint32(mixed ^ _MIXED[2, c >> np.uint32(8) & np.uint32(255)] ^ _MIXED[3, d & np.uint32(255)] ^ key)


@compiled
def _encrypted(half: np.uint32, keys: np.ndarray) -> np.uint32:
    """The first four bytes of the block that begins with `half` and is zero for the rest, little-endian as it is."""
    a, b, c, d = _turned(half) ^ keys[0], keys[1], keys[2], keys[3]
    for at in range(4, 4 * _N_ROUNDS, 4):
        e, f = _column(a, b, c, d, keys[at]), _column(b, c, d, a, keys[at + 1])
        c, d = _column(c, d, a, b, keys[at + 2]), _column(d, a, b, c, keys[at + 3])
        a, b = e, f
    first = _S[a >> np.uint32(24)] << np.uint32(24) | _S[b >> np.uint32(16) & np.uint32(255)] << np.uint32(16)
    rest = _S[c >> np.uint32(8) & np.uint32(255)] << np.uint32(8) | _S[d & np.uint32(255)]
    return _turned((first | rest) ^ keys[4 * _N_ROUNDS])


@compiled
def open_each(handles: np.ndarray, by: np.ndarray, keys: np.ndarray, n: int, found: np.ndarray) -> None:
    """`HandleKey.backward` of each handle, under the key of that place in `keys` (key, round, 44); 0 where it is −1."""
    for i in range(n):
        found[i] = 0
        if by[i] >= 0:
            left, right = np.uint32(handles[i] >> np.uint64(32)), np.uint32(handles[i] & np.uint64(0xFFFFFFFF))
            for k in range(keys.shape[1] - 1, -1, -1):
                left, right = right ^ _encrypted(left, keys[by[i], k]), left
            found[i] = np.uint64(left) << np.uint64(32) | np.uint64(right)


@compiled
def open_all(turn: np.ndarray, known: np.ndarray, n: int) -> None:
    """The handles of a turn."""
    handles, by = array_at(turn, _HANDLES, np.uint64), array_at(turn, _SEALED_BY, np.int64)
    open_each(handles, by, block_at(known, _ROUNDS, np.uint32), n, array_at(turn, _OPENED, np.uint64))
