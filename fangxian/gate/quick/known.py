"""What the compiled loops look up, as arrays: learned from what went the other way, for as long as it holds.

Nothing here is proved a second time. A token, a poster and an answer's text are taken over from a scan that `deciding`
has let through, and all of it is forgotten as soon as keys, devices, venues or the day change.
"""

from typing import Final

import numpy as np

from fangxian.core.policy.byte_snapshot_rows import DeviceRow
from fangxian.core.policy.handles import HandleKey
from fangxian.core.policy.tables import N_FIXED_INPUTS, DoorTables
from fangxian.core.policy.vocabulary import Permit

from ..head import Head
from ..knowledge import Knowledge
from ..passage import Moment
from ..presence import AtDoor
from ..sentences import DoorSentences
from .digests import state_of
from .handles import round_keys
from .hearing import Texts, hash_of
from .judging import Callers, Doors, Instant, Said, Words, said_slot
from .memory import Addresses

MOST_HEADS: Final = 16_384
MOST_VENUES: Final = 20_000
MOST_SAID: Final = 5_000
LONGEST_VENUE: Final = 512
GONE: Final = -1  # the number of a device or venue that is to be learned anew
FIXED: Final = 4  # the input of a permit, of which a gate never knows anything


class KnownTexts:
    """Texts by their place, with a number each; `arrays` is what the loops see of them."""

    def __init__(self, most: int, n_bytes: int) -> None:
        self.most, self._n_slots = most, 1 << (2 * most).bit_length()
        self._n_bytes = n_bytes
        self.clear()

    def clear(self) -> None:
        self.places: dict[bytes, int] = {}
        self.arrays = Texts(
            np.full(self._n_slots, -1, np.int32),
            np.zeros(self._n_slots, np.int64),
            np.zeros(self.most + 1, np.int64),
            np.zeros(self._n_bytes, np.uint8),
            np.zeros(self.most, np.int64),
        )

    @property
    def is_full(self) -> bool:
        return len(self.places) >= self.most

    def add(self, text: bytes, number: int) -> int:
        """The place of a text that is not known yet; whoever asks has looked whether there is room."""
        place = len(self.places)
        letters = _appended(self.arrays.letters, self.arrays.at, place, text)
        known = self.arrays = self.arrays._replace(letters=letters)
        known.number[place] = number
        found = hash_of(letters, known.at[place], known.at[place + 1])
        slot = found & (self._n_slots - 1)
        while known.place[slot] >= 0:
            slot = (slot + 1) & (self._n_slots - 1)
        known.place[slot], known.hashes[slot] = place, found
        self.places[text] = place
        return place


class KnownCallers:
    """The heads of requests, the devices whose tokens stand in them, and the doors whose codes were proved."""

    def __init__(self) -> None:
        self.heads = KnownTexts(MOST_HEADS, 1 << 20)
        self.venues = KnownTexts(MOST_VENUES, 1 << 20)
        self.forget()

    def forget(self) -> None:
        """Learn all of it anew."""
        self.heads.clear()
        self.venues.clear()
        self.device_places: dict[str, int] = {}
        self._rows: list[DeviceRow | None] = []
        self._doors: list[AtDoor] = []
        self.arrays = Callers(
            np.full(MOST_HEADS, -1, np.int32),
            np.zeros(MOST_HEADS + 1, np.int64),
            np.zeros(1 << 16, np.uint8),
            np.zeros((MOST_HEADS + 1, 4), np.int64),
            np.zeros((MOST_VENUES, 4), np.int64),
        )

    def learn_device(self, token: str, row: DeviceRow | None) -> None:
        """Who asks with that token, "" and None for an anonymous caller."""
        place = self.device_places.get(token, len(self._rows))
        if place > MOST_HEADS or (place < len(self._rows) and self.arrays.devices[place, 0] != GONE):
            return
        self.device_places[token] = place
        self._rows[place : place + 1] = [row]
        self.arrays.devices[place] = (row.device, row.kind == "keeper", row.venue, row.door) if row else 0

    def learn_head(self, head: Head, more: bytes) -> int:
        """The place of a request's head, to which answers say `more`; −1 while its caller is not known."""
        place = self.heads.places.get(head.raw)
        if place is None:
            device = self.device_places.get(head.token)
            if device is None or self.heads.is_full:
                return -1
            place = self.heads.add(head.raw, head.n_body)
            self.arrays.device_of[place] = device
            self.arrays = self.arrays._replace(more=_appended(self.arrays.more, self.arrays.more_at, place, more))
        return place

    def learn_venue(self, text: str, at: AtDoor, doors: DoorSentences) -> None:
        """The door of a code that does not change."""
        code = text.encode()
        place = self.venues.places.get(code)
        if place is None:
            if self.venues.is_full or len(code) > LONGEST_VENUE:
                return
            place = self.venues.add(code, 0)
        elif self.arrays.venues[place, 0] != GONE:
            return
        self._doors[place : place + 1] = [at]
        class_place = doors.class_of.get(at.venue.venue_class, 0)
        self.arrays.venues[place] = at.venue.number, at.door, class_place, at.venue.status

    def recheck(self, knowledge: Knowledge) -> None:
        """Unlearn what is another device or venue now; the rest, nearly all of it, stays as it is."""
        for place, row in enumerate(self._rows):
            if row and knowledge.devices.get(row.device) != row:
                self.arrays.devices[place, 0] = GONE
        for place, at in enumerate(self._doors):
            if knowledge.venues.get(at.venue.number) != at.venue:
                self.arrays.venues[place, 0] = GONE

    @property
    def is_full(self) -> bool:
        return self.heads.is_full or self.venues.is_full or len(self.device_places) > MOST_HEADS


class KnownAnswers:
    """The middle of answers, by mask, colour's reason and what a keeper is told."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.n = 0
        slots = np.zeros((1 << (2 * MOST_SAID).bit_length(), 4), np.int64)
        slots[:, 3] = -1
        self.arrays = Said(
            slots, np.zeros(MOST_SAID, np.int64), np.zeros(MOST_SAID + 1, np.int64), np.zeros(1 << 20, np.uint8)
        )

    def learn(self, mask: int, reason: int, told: int, outcome: int, said: bytes) -> None:
        """An answer that was given; nothing new is learned once there is no room."""
        known = self.arrays
        slot = said_slot(known.slots, mask, reason, told)
        if known.slots[slot, 3] >= 0 or self.n + 1 >= MOST_SAID:
            return
        self.arrays = known._replace(letters=_appended(known.letters, known.at, self.n, said))
        known.slots[slot] = mask, reason, told, self.n
        known.outcome[self.n] = outcome
        self.n += 1


def _appended(letters: np.ndarray, at: np.ndarray, place: int, text: bytes) -> np.ndarray:
    """The letters with those of the text at that place behind them; another array if there was no room."""
    begins = int(at[place])
    ends = begins + len(text)
    if ends > len(letters):
        letters = np.concatenate([letters, np.zeros(max(ends, len(letters)), np.uint8)])
    letters[begins:ends] = np.frombuffer(text, np.uint8)
    at[place + 1] = ends
    return letters


class DayKeys:
    """The keys of codes that are in force: by place their ids, BLAKE2b after each one's key, and AES's round keys.

    `at` is what the loops see: BLAKE2b of scans before its first byte, then these.
    """

    def __init__(self, keys: dict[int, HandleKey]) -> None:
        self.keys = list(keys.values())
        self.ids = np.array(list(keys), np.int64)
        states = [
            state_of(digest_bytes=6, key=key.secret, person=f"fx {key.purpose} seal".encode()) for key in self.keys
        ]
        self.states = np.stack(states) if states else np.zeros((1, 8), np.uint64)
        rounds = [[round_keys(one) for one in key.round_keys] for key in self.keys]
        self.rounds = np.array(rounds, np.uint32) if rounds else np.zeros((1, 1, 44), np.uint32)
        self.at = Addresses(state_of(digest_bytes=8, person=b"fx scan"), self.ids, self.states, self.rounds)


def words_of(knowledge: Knowledge) -> Words:
    """The columns of the snapshot, where they are mapped."""
    numbers, index, shift, words, aliases = knowledge.columns
    return Words(
        np.frombuffer(numbers, np.uint32),
        np.frombuffer(index, np.uint32),
        np.frombuffer(words, np.uint64),
        np.array(sorted(aliases), np.int64),
        shift,
    )


def doors_of(doors: DoorSentences) -> Doors:
    """Door tables as arrays; inputs that a gate never knows are joined into one mask for each class."""
    tables = doors.tables
    n_values = max(len(row) for row in tables.rows[0][:N_FIXED_INPUTS])
    rows = np.zeros((len(tables.rows), N_FIXED_INPUTS, n_values), np.int64)
    always = np.zeros(len(tables.rows), np.int64)
    for place, inputs in enumerate(tables.rows):
        for input_, row in enumerate(inputs):
            if input_ < N_FIXED_INPUTS:
                rows[place, input_, : len(row)] = row
        always[place] = _always(inputs)
    return Doors(
        rows,
        always,
        np.array(tables.test_bounds_min, np.int64),
        np.array(tables.temperature_bounds_tenths, np.int64),
        *_together(tables),
        np.array(tables.keeps, np.int64),
        np.frombuffer(doors.mark, np.uint8),
        tables.reason_mask,
        tables.together_mask,
        len(tables.reasons),
        doors.exemption_bits,
    )


def _always(inputs: tuple[tuple[int, ...], ...]) -> int:
    mask = inputs[FIXED][Permit.UNKNOWN]
    for row in inputs[N_FIXED_INPUTS:]:
        mask |= row[0]
    return mask


def _together(tables: DoorTables) -> tuple[np.ndarray, np.ndarray]:
    adds, lifts = ([getattr(row, name) for row in tables.together] for name in ("adds", "lifts"))
    return np.array(adds, np.int64), np.array(lifts, np.int64)


def instant_of(now: Moment) -> Instant:
    """The moment as the loops see it, but for the milliseconds."""
    is_stale = now.age_s >= now.doors.tables.stale_after_s
    return Instant(
        now.at_min,
        2 if is_stale else 1,
        now.stale,
        now.number,
        now.knowledge.counts_from_sample,
        np.frombuffer(now.told, np.uint8),
    )
