"""From the bytes of many connections to scans, compiled: know the head again, read the body, one scan after the other.

Whatever is in any way out of the ordinary is not read here but left to `reading` and `contract`, which have a word for
everything: another field, an escape in a string, a time written otherwise, a card, a code of yesterday's key. So
nothing in here refuses anybody; it says `OTHER`. What it does read it must read as they do, to which a test holds it.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

from typing import Final, NamedTuple

import numpy as np

from fangxian.core.compiled import compiled

from .memory import array_at, table_at, word_at

MOST_TEXT: Final = 1024  # of a code and a venue's together

# What became of a connection's bytes.
QUICK, OTHER, BUSY, GONE = 0, 1, 2, 3
# The columns of what is heard of each.
FD, FATE, N_BYTES, HEAD, VENUE, KEY, SCANNED, SENT, TENTHS, GOES_OUT, LOCATED, N_CONTENT, N_COLUMNS = range(13)

_ROWS, _TABLE, _SPANS, _IDS = range(4)  # of a turn, as in `turn`
_AHEAD_MS: Final = 5 * 60_000
_OLDEST_MS: Final = 14 * 86_400_000
# Fields by their place in `spans`; a field is known by its length and its letters.
_ID, _CODE, _VENUE, _SCANNED, _SENT, _PRESENCE, _DIRECTION, _TEMPERATURE = range(8)
_NAMES: Final = np.frombuffer(b"idcodevenuescanned_atsent_atpresencedirectiontemperature_c", np.uint8)
_NAME_AT: Final = np.array([0, 2, 6, 11, 21, 28, 36, 45, 58])
_WORDS: Final = np.frombuffer(b"staffedrotatinglocatednoneinout", np.uint8)
_WORD_AT: Final = np.array([0, 7, 15, 22, 26, 28, 31])
_EACH: Final = 0x0101010101010101  # times a number: that number in each of eight bytes
_HEX: Final = np.full(256, 99, np.uint8)
_HEX[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_HEX[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)
_DAYS_BEFORE: Final = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])


class Texts(NamedTuple):
    """Texts that are known again, found by their hash.

    `place` is by hash the text's own, −1 where there is none; `hashes` beside it; `at`, with one end more, where each
    begins in `letters`; `number` is something known of each.
    """

    place: np.ndarray
    hashes: np.ndarray
    at: np.ndarray
    letters: np.ndarray
    number: np.ndarray


class Heard(NamedTuple):
    """What came in of a turn (`turn.Turn`); of the table's columns `codes` fills in key and content."""

    rows: np.ndarray
    table: np.ndarray
    spans: np.ndarray
    ids: np.ndarray


# ---- texts ----


@compiled
def hash_of(letters: np.ndarray, begins: int, ends: int) -> int:
    """A number of 62 bits for some bytes; what is found by it is compared byte by byte."""
    h = np.uint64(0xCBF29CE484222325)
    i = begins
    while i + 8 <= ends:
        h = (h ^ word_at(letters, i)) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
        i += 8
    while i < ends:
        h = (h ^ np.uint64(letters[i])) * np.uint64(0x100000001B3)
        i += 1
    h ^= h >> np.uint64(32)
    return int(h & np.uint64(0x3FFFFFFFFFFFFFFF))


@compiled
def _is(row: np.ndarray, begins: int, ends: int, letters: np.ndarray, at: int, until: int) -> bool:
    if ends - begins != until - at:
        return False
    k, n = 0, ends - begins
    while k + 8 <= n and word_at(row, begins + k) == word_at(letters, at + k):
        k += 8
    while k < n and row[begins + k] == letters[at + k]:
        k += 1
    return k == n


@compiled
def place_of(texts: Texts, letters: np.ndarray, begins: int, ends: int) -> int:
    """Which of the known texts that is, or −1."""
    h, mask = hash_of(letters, begins, ends), len(texts.place) - 1
    slot = h & mask
    while texts.place[slot] >= 0:
        place = int(texts.place[slot])
        at = texts.at[place]
        if texts.hashes[slot] == h and _is(letters, begins, ends, texts.letters, at, texts.at[place + 1]):
            return place
        slot = (slot + 1) & mask
    return -1


@compiled
def _past_blanks(row: np.ndarray, i: int) -> int:
    while row[i] == 32 or row[i] == 10 or row[i] == 13 or row[i] == 9:
        i += 1
    return i


@compiled
def _are_plain(row: np.ndarray, i: int) -> bool:
    """Whether the eight bytes from `i` on are plain letters, none of them a quote: all looked at as one number, in
    which a byte that is not sets its highest bit. (Some that are plain may set theirs too; they are looked at again.)
    """
    word = word_at(row, i)
    quotes, slashes = word ^ np.uint64(34 * _EACH), word ^ np.uint64(92 * _EACH)
    odd = word | (word + np.uint64(_EACH)) | (word - np.uint64(32 * _EACH))
    odd |= (quotes - np.uint64(_EACH)) | (slashes - np.uint64(_EACH))
    return bool(odd & np.uint64(128 * _EACH) == np.uint64(0))


@compiled
def _end_of_string(row: np.ndarray, i: int) -> int:
    """Where the string that begins behind `i` ends; −1 for one with anything in it but plain letters."""
    while _are_plain(row, i):
        i += 8
    while row[i] != 34:
        if row[i] < 32 or row[i] > 126 or row[i] == 92:
            return -1
        i += 1
    return i


@compiled
def _end_of_number(row: np.ndarray, i: int) -> int:
    while row[i] == 46 or 48 <= row[i] <= 57:
        i += 1
    return i


@compiled
def _field(row: np.ndarray, begins: int, ends: int) -> int:
    for k in range(8):
        if _is(row, begins, ends, _NAMES, _NAME_AT[k], _NAME_AT[k + 1]):
            return k
    return -1


@compiled
def _read_object(row: np.ndarray, begins: int, ends: int, spans: np.ndarray) -> bool:
    """Where the values of a flat object stand, in `spans`; False unless it is one, with fields of ours, each once.

    The byte at `ends` is 0, at which everything stops.
    """
    spans[:] = -1
    i = _past_blanks(row, begins)
    if row[i] != 123:
        return False
    while True:
        i = _past_blanks(row, i + 1)
        until = _end_of_string(row, i + 1) if row[i] == 34 else -1
        field = _field(row, i + 1, until) if until > 0 else -1
        if field < 0 or spans[2 * field] >= 0:
            return False
        i = _past_blanks(row, until + 1)
        if row[i] != 58:
            return False
        i = _past_blanks(row, i + 1)
        if field == _TEMPERATURE:
            until = _end_of_number(row, i)
            spans[2 * field], spans[2 * field + 1], i = i, until, until
        else:
            until = _end_of_string(row, i + 1) if row[i] == 34 else -1
            if until < 0:
                return False
            spans[2 * field], spans[2 * field + 1], i = i + 1, until, until + 1
        i = _past_blanks(row, i)
        if row[i] == 125:
            return _past_blanks(row, i + 1) == ends
        if row[i] != 44:
            return False


# ---- values ----


@compiled
def _number(row: np.ndarray, at: int, n: int) -> int:
    """A number of `n` digits; far below zero if one is none."""
    found = 0
    for k in range(n):
        digit = int(row[at + k]) - 48
        if digit < 0 or digit > 9:
            return -1_000_000_000
        found = 10 * found + digit
    return found


@compiled
def _days(year: int, month: int, day: int) -> int:
    """Days from 1970 to that one; −1 for none that is, and for years outside 2000 to 2099."""
    if not (2000 <= year <= 2099 and 1 <= month <= 12 and day >= 1):
        return -1
    leaps = year % 4 == 0
    longest = _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (1 if leaps and month == 2 else 0)
    if day > longest:
        return -1
    past = 10_957 + 365 * (year - 2000) + (year - 2000 + 3) // 4
    return int(past + _DAYS_BEFORE[month - 1] + (1 if leaps and month > 2 else 0) + day - 1)


@compiled
def _moment_ms(row: np.ndarray, at: int, ends: int) -> int:
    """A moment with its zone, to the second or the millisecond, in Unix ms as `deciding.unix_ms` has it; −1 else."""
    n = ends - at
    if n < 20:
        return -1
    days = _days(_number(row, at, 4), _number(row, at + 5, 2), _number(row, at + 8, 2))
    hour, minute, second = _number(row, at + 11, 2), _number(row, at + 14, 2), _number(row, at + 17, 2)
    is_written = row[at + 4] == 45 and row[at + 7] == 45 and row[at + 10] == 84
    is_written &= row[at + 13] == 58 and row[at + 16] == 58
    if days < 0 or not (is_written and 0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59):
        return -1
    millis, zone = 0, at + 19
    if row[zone] == 46:
        millis, zone = _number(row, zone + 1, 3), zone + 4
        if millis < 0 or zone >= ends:
            return -1
    offset_min = 0
    if row[zone] == 90:
        if zone + 1 != ends:
            return -1
    else:
        if zone + 6 != ends or row[zone + 3] != 58 or not (row[zone] == 43 or row[zone] == 45):
            return -1
        hours, minutes = _number(row, zone + 1, 2), _number(row, zone + 4, 2)
        if not (0 <= hours <= 23 and 0 <= minutes <= 59):
            return -1
        offset_min = (60 * hours + minutes) * (1 if row[zone] == 43 else -1)
    seconds = 86_400 * days + 3600 * hour + 60 * minute + second - 60 * offset_min
    # As a datetime's `timestamp() * 1000` is cut off, to the last bit.
    return int((seconds * 1_000_000 + 1000 * millis) / 1e6 * 1000.0)


@compiled
def _tenths(row: np.ndarray, at: int, ends: int) -> int:
    """Tenths of a degree of 20 to 50, written with one decimal or none; −2 for anything else."""
    if ends - at == 2:
        found = 10 * _number(row, at, 2)
    elif ends - at == 4 and row[at + 2] == 46:
        found = 10 * _number(row, at, 2) + _number(row, at + 3, 1)
    else:
        return -2
    return found if 200 <= found <= 500 else -2


@compiled
def _read_id(row: np.ndarray, at: int, ends: int, id_: np.ndarray) -> bool:
    """The 16 bytes of an id that is written with its dashes."""
    if ends - at != 36:
        return False
    k = 0
    for i in range(36):
        if i == 8 or i == 13 or i == 18 or i == 23:
            if row[at + i] != 45:
                return False
            continue
        digit = _HEX[row[at + i]]
        if digit > 15:
            return False
        id_[k >> 1] = digit << 4 if k & 1 == 0 else id_[k >> 1] | digit
        k += 1
    return True


# ---- scans ----


@compiled
def _word(row: np.ndarray, spans: np.ndarray, field: int, first: int, last: int) -> int:
    """Which of some words a field says, −1 for another; `first` − 1 if it is not there."""
    begins, ends = spans[2 * field], spans[2 * field + 1]
    if begins < 0:
        return first - 1
    for k in range(first, last):
        if _is(row, begins, ends, _WORDS, _WORD_AT[k], _WORD_AT[k + 1]):
            return k
    return -1


@compiled
def _read_values(heard: Heard, i: int, spans: np.ndarray, county_ms: int) -> bool:
    row, line = heard.rows[i], heard.table[i]
    if not _read_id(row, spans[2 * _ID], spans[2 * _ID + 1], heard.ids[i]):
        return False
    scanned_ms = _moment_ms(row, spans[2 * _SCANNED], spans[2 * _SCANNED + 1])
    behind = county_ms - scanned_ms
    if scanned_ms < 0 or behind < -_AHEAD_MS or behind > _OLDEST_MS:
        return False
    sent_ms = 0
    if spans[2 * _SENT] >= 0:
        sent_ms = _moment_ms(row, spans[2 * _SENT], spans[2 * _SENT + 1])
        if sent_ms < 0:
            return False
        if sent_ms < scanned_ms - _AHEAD_MS or sent_ms > county_ms + _AHEAD_MS:
            sent_ms = 0
    tenths = -1
    if spans[2 * _TEMPERATURE] >= 0:
        tenths = _tenths(row, spans[2 * _TEMPERATURE], spans[2 * _TEMPERATURE + 1])
    presence, direction = _word(row, spans, _PRESENCE, 0, 4), _word(row, spans, _DIRECTION, 4, 6)
    is_said_wrong = (presence < 0 and spans[2 * _PRESENCE] >= 0) or direction < 0
    if is_said_wrong or tenths == -2:
        return False
    line[SCANNED], line[SENT], line[TENTHS] = scanned_ms, sent_ms, tenths
    line[GOES_OUT], line[LOCATED] = direction == 5, presence == 2
    return True


@compiled
def _end_of_head(row: np.ndarray, ends: int) -> int:
    """Where the body begins, behind the first empty line; past the end if there is none."""
    begins = 4
    while begins <= ends and not (
        row[begins - 1] == 10 and row[begins - 2] == 13 and row[begins - 3] == 10 and row[begins - 4] == 13
    ):
        begins += 1
    return begins


@compiled
def _hear(heard: Heard, i: int, begins: int, heads: Texts, venues: Texts, county_ms: int) -> int:
    row, line, spans = heard.rows[i], heard.table[i], heard.spans[i]
    ends = line[N_BYTES]
    # Usually a head is as long as the last one was; one that is known has its first empty line at its end.
    head = place_of(heads, row, 0, begins) if 0 < begins <= ends else -1
    if head < 0:
        begins = _end_of_head(row, ends)
        head = place_of(heads, row, 0, begins) if begins <= ends else -1
    if head < 0 or heads.number[head] != ends - begins or not _read_object(row, begins, ends, spans):
        return OTHER
    line[HEAD] = head
    if spans[2 * _ID] < 0 or spans[2 * _CODE] < 0 or spans[2 * _VENUE] < 0 or spans[2 * _SCANNED] < 0:
        return OTHER
    line[VENUE] = place_of(venues, row, spans[2 * _VENUE], spans[2 * _VENUE + 1])
    if line[VENUE] < 0 or spans[2 * _VENUE + 1] - spans[2 * _VENUE] > MOST_TEXT:
        return OTHER
    return QUICK if _read_values(heard, i, spans, county_ms) else OTHER


@compiled
def _texts(known: np.ndarray, at: int) -> Texts:
    hashes, begins, letters = (
        array_at(known, at + 1, np.int64),
        array_at(known, at + 2, np.int64),
        array_at(known, at + 3, np.uint8),
    )
    return Texts(array_at(known, at, np.int32), hashes, begins, letters, array_at(known, at + 4, np.int64))


@compiled
def hear(turn: np.ndarray, known: np.ndarray, n: int, county_ms: int) -> None:
    """Read what came on `n` connections; whatever is not `QUICK` by then is for others.

    `known` are two `Texts`: heads, with how long a body each announces, and codes of venues.
    """
    rows, lines = table_at(turn, _ROWS, np.uint8), table_at(turn, _TABLE, np.int64)
    heard = Heard(rows, lines, table_at(turn, _SPANS, np.int64), table_at(turn, _IDS, np.uint8))
    heads, venues = _texts(known, 0), _texts(known, 5)
    begins = 0
    for i in range(n):
        if lines[i, FATE] == QUICK:
            lines[i, FATE] = _hear(heard, i, begins, heads, venues, county_ms)
            if lines[i, FATE] == QUICK:
                begins = heads.at[lines[i, HEAD] + 1] - heads.at[lines[i, HEAD]]
