"""From opened codes to records and answers, compiled: the two words, the door's tables, 112 bytes and a JSON.

The steps are those of `deciding` from `locate` on, and in their order; what they say is what these must say, to which
a test holds them. Nobody is refused here: what has anything wrong with it is left out, and `deciding` has the word.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

from typing import Final, NamedTuple

import numpy as np

from fangxian.core.compiled import compiled

from .memory import array_at, block_at, put, table_at

_QUICK: Final = 0
_TABLE, _IDS, _DIGESTS, _OPENED, _LINES, _RECORDS, _ANSWERS = 1, 3, 7, 9, 10, 11, 12  # of a turn, as in `turn`
_FD, _FATE, _HEAD, _VENUE, _SCANNED, _SENT, _TENTHS, _GOES_OUT, _LOCATED = 0, 1, 3, 4, 6, 7, 8, 9, 10  # as in `hearing`
MOST_HOURS: Final = 0xFFFF  # since a test, of which a keeper is told here
NOT_STAFFED: Final = -1  # what a keeper would be told, of whoever is none

_OUT, _LATE, _ANONYMOUS = 1, 2, 8
_AT_NONE, _AT_STAFFED, _AT_LOCATED = 0, 1, 3
_LATE_MS: Final = 15 * 60_000
_DAY_MIN: Final = 1440
_NOT_DECIDED: Final = 255
_HEX: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_HTTP: Final = np.frombuffer(
    b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: ", np.uint8
)
_BEGIN: Final = np.frombuffer(b'{"id":"', np.uint8)
_MOST_BESIDE: Final = len(_HTTP) + 8


class Words(NamedTuple):
    """The snapshot's columns as they are mapped, and the numbers that are another's now, ascending."""

    numbers: np.ndarray
    buckets: np.ndarray
    words: np.ndarray
    aliases: np.ndarray
    shift: int


class Doors(NamedTuple):
    """Door tables as arrays. `rows` is by class, input and value; what never changes at a gate is in `always`."""

    rows: np.ndarray
    always: np.ndarray
    test_bounds: np.ndarray
    temperature_bounds: np.ndarray
    adds: np.ndarray
    lifts: np.ndarray
    keeps: np.ndarray
    mark: np.ndarray
    reason_mask: int
    together_mask: int
    n_reasons: int
    exemption_bits: int


class Said(NamedTuple):
    """Answers written out before: `slots` of mask, reason, told and place (−1 for none), by a hash of those three."""

    slots: np.ndarray
    outcome: np.ndarray
    at: np.ndarray
    letters: np.ndarray


class Callers(NamedTuple):
    """What is known of whoever asks, and where.

    device_of, more_at : by head: the place of its device (−1 for none), and where its part of `more` begins
    more : what an answer's HTTP says to pages of other origins
    devices : number, is keeper, venue, door
    venues : venue, door, class, status
    """

    device_of: np.ndarray
    more_at: np.ndarray
    more: np.ndarray
    devices: np.ndarray
    venues: np.ndarray


class Instant(NamedTuple):
    """When it is, and what is known of the knowledge (`passage.Moment`)."""

    at_min: int
    freshness: int
    stale: int
    snapshot: int
    counts_from_sample: int
    told: np.ndarray


class Known(NamedTuple):
    """Everything that is looked up."""

    callers: Callers
    words: Words
    doors: Doors
    said: Said
    now: Instant


class Judged(NamedTuple):
    """What comes of it, without gaps: `passage.QuickLine`s, records, and answers with their HTTP."""

    lines: np.ndarray
    records: np.ndarray
    answers: np.ndarray


@compiled
def _known_at(at: np.ndarray) -> Known:
    """All of these, in the order of their fields."""
    callers = Callers(
        array_at(at, 0, np.int32), array_at(at, 1, np.int64), array_at(at, 2, np.uint8), table_at(at, 3, np.int64),
        table_at(at, 4, np.int64),
    )  # fmt: skip
    words = Words(
        array_at(at, 5, np.uint32), array_at(at, 6, np.uint32), array_at(at, 7, np.uint64), array_at(at, 8, np.int64),
        at[4 * 9],
    )  # fmt: skip
    doors = Doors(
        block_at(at, 10, np.int64), array_at(at, 11, np.int64), array_at(at, 12, np.int64), array_at(at, 13, np.int64),
        array_at(at, 14, np.int64), array_at(at, 15, np.int64), array_at(at, 16, np.int64), array_at(at, 17, np.uint8),
        at[4 * 18], at[4 * 19], at[4 * 20], at[4 * 21],
    )  # fmt: skip
    said = Said(
        table_at(at, 22, np.int64), array_at(at, 23, np.int64), array_at(at, 24, np.int64), array_at(at, 25, np.uint8)
    )
    now = Instant(at[4 * 26], at[4 * 27], at[4 * 28], at[4 * 29], at[4 * 30], array_at(at, 31, np.uint8))
    return Known(callers, words, doors, said, now)


# ---- the words ----


@compiled
def _place_of(words: Words, number: int) -> int:
    """Where somebody's words stand in the base, −1 for nowhere."""
    bucket = number >> words.shift
    low, high = np.int64(words.buckets[bucket]), np.int64(words.buckets[bucket + 1])
    ends = high
    while low < high:
        middle = (low + high) >> 1
        if np.int64(words.numbers[middle]) < number:
            low = middle + 1
        else:
            high = middle
    return int(low) if low < ends and np.int64(words.numbers[low]) == number else -1


@compiled
def _is_among(numbers: np.ndarray, number: int) -> bool:
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) >> 1
        if np.int64(numbers[middle]) < number:
            low = middle + 1
        else:
            high = middle
    return low < len(numbers) and np.int64(numbers[low]) == number


@compiled
def _place_behind(words: Words, number: int, rest: int) -> int:
    """Where the words stand of whom an opened handle names; −1 if here is nothing to go by, or the code was revoked."""
    if number == 0 or rest & 0x3FFFFFF or _is_among(words.aliases, number):
        return -1
    place = _place_of(words, number)
    if place < 0:
        return -1
    safety, recent = int(words.words[2 * place]), int(words.words[2 * place + 1])
    if safety < 0 or recent < 0 or (safety and (safety >> 60 != 1 or safety >> 8 & 63 != rest >> 26)):
        return -1
    return place


@compiled
def _at_door(safety: int, recent: int, at_min: int, counts_from_sample: bool) -> tuple[int, int, int, int]:
    """`core.policy.words.words_at_door`."""
    colour = exemptions = travel = 0
    age_min = -1
    if safety >> 60 == 1 and at_min < (safety >> 32 & 0x3FFFFFF):
        colour, exemptions = safety >> 58 & 3, safety >> 14 & 0xFF
    if recent >> 60 == 1:
        day_begins = (recent >> 45 & 0x7FFF) * _DAY_MIN
        if at_min < day_begins + (recent & 0x7FF) * 15:
            travel = recent >> 11 & 3
            if travel == 3:
                travel = 0
        back = recent >> 15 & 0x7FFF
        if back > 0 and recent >> 13 & 3 == 1:
            sampled_back = recent >> 30 & 0x7FFF
            if counts_from_sample and sampled_back > back:
                back = sampled_back
            age_min = max(0, at_min - day_begins - _DAY_MIN + back)
    return colour, exemptions, travel, age_min


# ---- the door ----


@compiled
def _n_up_to(bounds: np.ndarray, value: int) -> int:
    """How many bounds are not above a value."""
    n = 0
    while n < len(bounds) and bounds[n] <= value:
        n += 1
    return n


@compiled
def _mask(
    doors: Doors, venue: np.ndarray, colour: int, travel: int, age_min: int, tenths: int, presence: int, fresh: int,
    exempt: int,
) -> int:  # fmt: skip
    """`core.policy.doors.find_door_mask_of`."""
    rows = doors.rows[venue[2]]
    tested = _n_up_to(doors.test_bounds, age_min) + 1 if age_min >= 0 else 0
    warm = _n_up_to(doors.temperature_bounds, tenths) if tenths >= 0 else 0
    mask = doors.always[venue[2]] | rows[0, colour] | rows[1, travel] | rows[2, tested] | rows[3, warm]
    mask |= rows[5, presence] | rows[6, venue[3]] | rows[7, fresh]
    met = ~mask & doors.together_mask
    mask &= doors.reason_mask
    if met:
        lifted = 0
        for k in range(len(doors.adds)):
            if met >> (doors.n_reasons + k) & 1:
                mask |= doors.adds[k]
                lifted |= doors.lifts[k]
        mask &= ~lifted
    return int(mask & doors.keeps[exempt])


@compiled
def said_slot(slots: np.ndarray, mask: int, reason: int, told: int) -> int:
    """The slot of that answer, or the empty one where it belongs."""
    h = np.uint64(mask) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(reason << 24 ^ told)
    h = (h ^ h >> np.uint64(31)) * np.uint64(0xBF58476D1CE4E5B9)
    slot = int(h >> np.uint64(40)) & (len(slots) - 1)
    while slots[slot, 3] >= 0:
        if slots[slot, 0] == mask and slots[slot, 1] == reason and slots[slot, 2] == told:
            return slot
        slot = (slot + 1) & (len(slots) - 1)
    return slot


# ---- the record and the answer ----


@compiled
def _put_number(record: np.ndarray, at: int, value: int, n: int) -> None:
    """A number of `n` bytes, little-endian."""
    for k in range(n):
        record[at + k] = value & 0xFF
        value >>= 8


@compiled
def _pack(
    record: np.ndarray, line: np.ndarray, device: int, number: int, venue: np.ndarray, marks: int, presence: int,
    outcome: int, mask: int, safety: int, recent: int, county_ms: int, known: Known,
) -> None:  # fmt: skip
    """`byte_journal.pack_fields`, but for id and digest, which stand there already."""
    for k in range(16, 96):
        record[k] = 0
    _put_number(record, 16, device, 4)
    _put_number(record, 20, number, 4)
    _put_number(record, 24, venue[0], 4)
    record[28], record[29], record[30], record[31] = venue[1], marks, presence, outcome
    record[32] = _NOT_DECIDED
    _put_number(record, 34, line[_TENTHS], 2)
    _put_number(record, 40, line[_SCANNED], 8)
    _put_number(record, 48, county_ms, 8)
    _put_number(record, 56, line[_SENT], 8)
    _put_number(record, 64, mask, 8)
    _put_number(record, 72, safety, 8)
    _put_number(record, 80, recent, 8)
    _put_number(record, 88, known.now.snapshot, 8)
    for k in range(4):
        record[104 + k] = known.doors.mark[k]
        record[108 + k] = 0


@compiled
def _say_length(answers: np.ndarray, at: int, n: int) -> int:
    """Up to 9,999 bytes."""
    unit = 1000 if n >= 1000 else 100
    while unit > 0:
        answers[at] = 48 + n // unit % 10
        at, unit = at + 1, unit // 10
    return at


@compiled
def _say(answers: np.ndarray, at: int, id_: np.ndarray, said: np.ndarray, more: np.ndarray, told: np.ndarray) -> int:
    """A whole answer, as `server` writes it; where the next one begins, −1 if there is no room."""
    n_body = 43 + len(said) + len(told)
    if at + _MOST_BESIDE + len(more) + n_body > len(answers) or n_body > 9999 or n_body < 100:
        return -1
    at = _say_length(answers, put(answers, at, _HTTP, 0, len(_HTTP)), n_body)
    answers[at], answers[at + 1] = 13, 10
    at = put(answers, at + 2, more, 0, len(more))
    answers[at], answers[at + 1] = 13, 10
    at = put(answers, at + 2, _BEGIN, 0, len(_BEGIN))
    for k in range(16):
        if k == 4 or k == 6 or k == 8 or k == 10:
            answers[at] = 45
            at += 1
        answers[at], answers[at + 1] = _HEX[id_[k] >> 4], _HEX[id_[k] & 15]
        at += 2
    at = put(answers, at, said, 0, len(said))
    return put(answers, at, told, 0, len(told))


# ---- each of a turn ----


@compiled
def _judge(line: np.ndarray, opened: int, known: Known, county_ms: int, n: int, at: int, out: Judged) -> int:
    """The `n`th record, and its answer at `at`; where the next answer begins, −1 where this one is for others."""
    callers, words, doors, now = known.callers, known.words, known.doors, known.now
    device_place, venue = callers.device_of[line[_HEAD]], callers.venues[line[_VENUE]]
    number, rest = int(opened >> np.uint64(32)), int(opened & np.uint64(0xFFFFFFFF))
    place = _place_behind(words, number, rest)
    if device_place < 0 or place < 0:
        return -1
    safety, recent, device = int(words.words[2 * place]), int(words.words[2 * place + 1]), callers.devices[device_place]
    if device[0] < 0 or venue[0] < 0:  # gone
        return -1
    is_here = (device[2] == 0 or device[2] == venue[0]) and (device[3] == 0 or device[3] == venue[1])
    presence = _AT_LOCATED if line[_LOCATED] and device[0] == 0 else _AT_NONE
    presence = _AT_STAFFED if device[1] and is_here else presence
    marks = now.stale | (_OUT if line[_GOES_OUT] else 0) | (_ANONYMOUS if device[0] == 0 else 0)
    marks |= _LATE if county_ms - line[_SCANNED] > _LATE_MS else 0
    colour, exemptions, travel, age_min = _at_door(safety, recent, now.at_min, now.counts_from_sample != 0)
    mask = 0
    if not line[_GOES_OUT]:
        exempt = exemptions & doors.exemption_bits
        mask = _mask(doors, venue, colour, travel, age_min, line[_TENTHS], presence, now.freshness, exempt)
    if age_min // 60 >= MOST_HOURS:
        return -1
    told = colour << 20 | travel << 16 | (age_min // 60 + 1) if presence == _AT_STAFFED else NOT_STAFFED
    said = known.said
    slot = said_slot(said.slots, mask, safety >> 22 & 0x3FF if colour else 0, told)
    said_place = said.slots[slot, 3]
    if said_place < 0:
        return -1
    record, head, outcome = out.records[n], line[_HEAD], said.outcome[said_place]
    _pack(record, line, device[0], number, venue, marks, presence, outcome, mask, safety, recent, county_ms, known)
    text = said.letters[said.at[said_place] : said.at[said_place + 1]]
    more = callers.more[callers.more_at[head] : callers.more_at[head + 1]]
    ends = _say(out.answers, at, record, text, more, now.told)
    found = out.lines[n]
    found[0], found[1], found[2], found[3], found[4] = line[_FD], head, at, ends, device[0]
    return ends


@compiled
def judge(turn: np.ndarray, known: np.ndarray, n: int, county_ms: int) -> int:
    """Record and answer of each that is `QUICK`, and how many they are; whoever has anything unusual is left out."""
    heard, opened = table_at(turn, _TABLE, np.int64), array_at(turn, _OPENED, np.uint64)
    ids, digests = table_at(turn, _IDS, np.uint8), table_at(turn, _DIGESTS, np.uint8)
    lines, records = table_at(turn, _LINES, np.int64), table_at(turn, _RECORDS, np.uint8)
    out, looked_up = Judged(lines, records, array_at(turn, _ANSWERS, np.uint8)), _known_at(known)
    at = n_judged = 0
    for i in range(n):
        if heard[i, _FATE] == _QUICK:
            put(records[n_judged], 0, ids[i], 0, 16)
            put(records[n_judged], 96, digests[i], 0, 8)
            ends = _judge(heard[i], opened[i], looked_up, county_ms, n_judged, at, out)
            if ends >= 0:
                at, n_judged = ends, n_judged + 1
    return n_judged
