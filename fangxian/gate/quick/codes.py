"""What is sealed in the codes of a turn, and what a repeat of each scan is known by, compiled.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

from typing import Final

import numpy as np

from fangxian.core.compiled import compiled

from .memory import array_at, put, table_at

QUICK, OTHER = 0, 1
_ROWS, _TABLE, _SPANS, _IDS, _SEALED, _HANDLES, _CONTENTS = range(7)  # of a turn, as in `turn`
_FATE, _KEY, _SCANNED, _TENTHS, _GOES_OUT, _N_CONTENT = 1, 5, 6, 8, 9, 11  # as in `hearing`
_CODE, _VENUE = 1, 2
_PERSON_CHARACTERS: Final = 153
_N_DIGITS: Final = 47
_EPOCH_UNIX_S: Final = 946_684_800
_DIGIT: Final = np.full(256, 99, np.uint8)
_DIGIT[np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)] = np.arange(32)
_IN: Final = np.frombuffer(b"in", np.uint8)
_OUT: Final = np.frombuffer(b"out", np.uint8)


@compiled
def _read_code(row: np.ndarray, at: int, ends: int, sealed: np.ndarray) -> bool:
    """What is sealed in a person's QR, prefix and seal included: 33 bytes."""
    if ends - at != _PERSON_CHARACTERS:
        return False
    if not (row[at] == 70 and row[at + 1] == 88 and row[at + 2] == 80 and row[at + 3] == 49):
        return False
    for k in range(4):
        sealed[k] = row[at + k]
    bits, n_bits, k = np.int64(0), 0, 4
    for i in range(4, 4 + _N_DIGITS):
        digit = _DIGIT[row[at + i]]
        if digit > 31:
            return False
        bits, n_bits = ((bits << 5) | digit) & 0xFFFF, n_bits + 5
        if n_bits >= 8 and k < 33:
            n_bits -= 8
            sealed[k] = (bits >> n_bits) & 0xFF
            k += 1
    return True


@compiled
def _open(row: np.ndarray, spans: np.ndarray, line: np.ndarray, sealed: np.ndarray, division: int) -> bool:
    """The fields of a code that is of this county and in force when it was scanned, but for its seal."""
    if not _read_code(row, spans[2 * _CODE], spans[2 * _CODE + 1], sealed):
        return False
    county = np.int64(sealed[4]) << 16 | np.int64(sealed[5]) << 8 | np.int64(sealed[6])
    validity = np.int64(0)
    for k in range(18, 23):
        validity = validity << 8 | np.int64(sealed[k])
    from_min, lasts_min = validity >> 14, validity & 0x3FFF
    at_min = (line[_SCANNED] // 1000 - _EPOCH_UNIX_S) // 60
    if county != division or at_min < from_min or at_min >= from_min + lasts_min:
        return False
    line[_KEY] = np.int64(sealed[8]) << 8 | np.int64(sealed[9])
    return True


@compiled
def _put_number(text: np.ndarray, at: int, value: int) -> int:
    """Write a number in digits; where the text goes on."""
    if value < 0:
        text[at], at, value = 45, at + 1, -value
    n, rest = 1, value
    while rest >= 10:
        rest //= 10
        n += 1
    for k in range(n - 1, -1, -1):
        text[at + k] = 48 + value % 10
        value //= 10
    return at + n


@compiled
def _write_content(row: np.ndarray, spans: np.ndarray, line: np.ndarray, text: np.ndarray) -> None:
    """What a repeat is known by, as `deciding.digest_of` has it."""
    at = put(text, 0, row, spans[2 * _CODE], spans[2 * _CODE + 1])
    text[at] = 32
    at = put(text, at + 1, row, spans[2 * _VENUE], spans[2 * _VENUE + 1])
    text[at] = 32
    at = _put_number(text, at + 1, line[_SCANNED])
    text[at] = 32
    at = put(text, at + 1, _OUT, 0, 3) if line[_GOES_OUT] else put(text, at + 1, _IN, 0, 2)
    text[at] = 32
    line[_N_CONTENT] = _put_number(text, at + 1, line[_TENTHS])


@compiled
def open_codes(turn: np.ndarray, n: int, division: int) -> None:
    """The codes of all that are `QUICK`; one that is not of this county, or not in force, is `OTHER` afterwards."""
    rows, contents = table_at(turn, _ROWS, np.uint8), table_at(turn, _CONTENTS, np.uint8)
    lines, spans = table_at(turn, _TABLE, np.int64), table_at(turn, _SPANS, np.int64)
    all_sealed, handles = table_at(turn, _SEALED, np.uint8), array_at(turn, _HANDLES, np.uint64)
    for i in range(n):
        if lines[i, _FATE] == QUICK:
            sealed = all_sealed[i]
            if not _open(rows[i], spans[i], lines[i], sealed, division):
                lines[i, _FATE] = OTHER
                continue
            handle = np.uint64(0)
            for k in range(10, 18):
                handle = handle << np.uint64(8) | np.uint64(sealed[k])
            handles[i] = handle
            _write_content(rows[i], spans[i], lines[i], contents[i])
