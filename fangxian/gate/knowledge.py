"""What a gate knows: everybody's two words, the venues, the devices, the rules; as of one number.

It is made from a base and brought forward by frames, each of which must follow the last. It lives in one
event loop, so nobody sees half a change.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable
from typing import Final, NamedTuple, cast

from fangxian.core.policy.byte_snapshot import Base
from fangxian.core.policy.byte_snapshot_frames import Frame
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow
from fangxian.core.refusal import Refusal

from .refusals import refuse
from .sentences import DoorSentences

ABSENT: Final = -1


class Column(NamedTuple):
    """Ascending keys of the base, where those of each value of the upper bits start, and where both are in its body."""

    keys: memoryview
    starts: memoryview
    shift: int
    keys_at: int
    index_at: int

    @classmethod
    def of(cls, base: Base, kind: str, keys: memoryview, index: memoryview) -> "Column":
        """The column of that kind, `number` or `document`."""
        bits = (len(index) - 1).bit_length() - 1
        keys_at, index_at = base.spans[f"{kind}s"][0], base.spans[f"{kind}_index"][0]
        return cls(keys, index, 8 * keys.itemsize - bits, keys_at, index_at)


class Knowledge:
    """Everything known as of change `number`, complete up to `known_at_ms` (wall, Unix ms).

    Words stand in the base's own columns, found by an index of the upper bits of a gate number, and deltas write
    over them there; who came since the base stands beside it. Where a base is not proved yet (`chunks`), that is
    done first for the few places a question looks at.

    `heard_ms` is when the last of it was heard of, by a clock that nobody sets. `n_rows_taken` and `n_aliases_taken`
    count what has changed of venues and devices, and of merged records, for whoever keeps something made of them.
    """

    def __init__(self, base: Base, *, heard_ms: int) -> None:
        self.heard_ms = heard_ms
        self.realm, self.division = base.realm, base.division
        self.base_number = self.number = base.number
        self.known_at_ms, self.ends_ms = base.known_at_s * 1000, base.ends_s * 1000
        self.counts_from_sample = base.tests_count_from == "sampled"
        self.venues, self.devices = base.venues, base.devices
        self.doors = tuple(DoorSentences(tables) for tables in base.tables)
        self._doors_now = self.doors[0]
        self.chunks = base.chunks
        self._aliases = base.aliases
        self._people = Column.of(base, "number", base.numbers, base.number_index)
        self._documents = Column.of(base, "document", base.documents, base.document_index)
        self._numbers, self._index, self._shift, *_ = self._people
        self._words, self._owners = base.words, base.document_numbers
        self._words_at, self._owners_at = base.spans["words"][0], base.spans["document_numbers"][0]
        self._place_beside: dict[int, int] = {}
        self._words_beside = array("Q")
        self._owners_beside: dict[int, int] = {}
        self.n_rows_taken = self.n_aliases_taken = 0

    @property
    def columns(self) -> tuple[memoryview, memoryview, int, memoryview, dict[int, int]]:
        """Gate numbers, their index by upper bits and its shift, the words, and whose record was merged; not copied."""
        return self._numbers, self._index, self._shift, self._words, self._aliases

    @property
    def n_people(self) -> int:
        """Gate numbers known, without the aliases of merged records."""
        return len(self._numbers) + len(self._place_beside) - len(self._aliases)

    def age_ms(self, wall_ms: int, steady_ms: int) -> int:
        """How old the knowledge is: never less than the time since it was heard, whatever the two walls say."""
        return max(0, wall_ms - self.known_at_ms, steady_ms - self.heard_ms)

    # ---- asked for each scan ----

    def find(self, number: int) -> tuple[int, int, int]:
        """The number a person is kept under, another one only if the record was merged; the safety and the recent word.

        The words of somebody nobody knows are zeros.

        Raises
        ------
        Refusal
            `gate.words_damaged`
        """
        kept = self._aliases.get(number, number)
        if not self.chunks.is_whole:
            return self._find_proved(kept)
        # This is `_place_of` written out: a call would cost as much as the search.
        index, bucket = self._index, kept >> self._shift
        ends = index[bucket + 1]
        place = bisect_left(self._numbers, kept, index[bucket], ends)
        if place < ends and self._numbers[place] == kept:
            return kept, self._words[2 * place], self._words[2 * place + 1]
        return self._find_beside(kept)

    def document_owner(self, hash_: int) -> int:
        """The gate number of whoever has the document of that hash; 0 for nobody known. Refuses as `find`."""
        if owner := self._owners_beside.get(hash_):
            return owner
        try:
            place = self._place_of(hash_, self._documents)
            if place == ABSENT:
                return 0
            self._prove(self._owners_at + 4 * place, 4)
        except Refusal as refusal:
            raise refuse("gate.words_damaged", snapshot=self.base_number) from refusal
        return self._owners[place]

    def doors_at(self, at_s: int) -> DoorSentences | None:
        """The door tables in force at that second of county time (Unix), None if there are none."""
        now = self._doors_now.tables
        if now.begins_s <= at_s < now.until_s:
            return self._doors_now
        for doors in self.doors:
            if doors.tables.begins_s <= at_s < doors.tables.until_s:
                self._doors_now = doors
                return doors
        return None

    def doors_of(self, mark: bytes) -> DoorSentences | None:
        """The tables that the journal names by this mark, if they are still among those known."""
        return next((doors for doors in self.doors if doors.mark == mark), None)

    def _find_proved(self, kept: int) -> tuple[int, int, int]:
        """The same while the base is being proved, or some of it is damaged: nothing is said that was not proved."""
        if kept in self._place_beside:
            return self._find_beside(kept)
        try:
            place = self._place_of(kept, self._people)
            if place == ABSENT:
                return kept, 0, 0
            self._prove(self._words_at + 16 * place, 16)
        except Refusal as refusal:
            raise refuse("gate.words_damaged", snapshot=self.base_number) from refusal
        return kept, self._words[2 * place], self._words[2 * place + 1]

    def _find_beside(self, kept: int) -> tuple[int, int, int]:
        place = self._place_beside.get(kept)
        return (kept, 0, 0) if place is None else (kept, self._words_beside[place], self._words_beside[place + 1])

    def _place_of(self, key: int, column: Column) -> int:
        """The place of a key in its column, all that is looked at proved first; `ABSENT` if it is not there."""
        keys, index, shift, keys_at, index_at = column
        bucket = key >> shift
        self._prove(index_at + 4 * bucket, 8)
        begins, ends = index[bucket], index[bucket + 1]
        if begins == ends:
            return ABSENT
        self._prove(keys_at + begins * keys.itemsize, (ends - begins) * keys.itemsize)
        place = bisect_left(keys, key, begins, ends)
        return place if place < ends and keys[place] == key else ABSENT

    def _prove(self, begins: int, n_bytes: int) -> None:
        if not self.chunks.is_whole:
            self.chunks.prove(begins, begins + n_bytes)

    # ---- brought forward ----

    def take(self, frame: Frame, *, heard_ms: int) -> None:
        """Bring the knowledge forward by one frame; a frame out of its order changes nothing.

        Raises
        ------
        Refusal
            `gate.number_missed`
        """
        due = self.number if frame.kind is FrameKind.HEARTBEAT else self.number + 1
        if frame.first != due:
            raise refuse("gate.number_missed", found=frame.first, wanted=due)
        _TAKE[frame.kind](self, frame)
        self.number = frame.last
        self.known_at_ms = max(self.known_at_ms, frame.known_at_ms)
        self.heard_ms = heard_ms

    def _take_people(self, frame: Frame) -> None:
        for row in cast(list[PersonRow], frame.rows):
            self._write(row.number, row.safety, row.recent)
            if row.document:
                self._own(row.document, row.alias_of or row.number)
            if row.alias_of:
                self._aliases[row.number] = row.alias_of
                self.n_aliases_taken += 1
            elif self._aliases.pop(row.number, None):
                self.n_aliases_taken += 1

    def _write(self, number: int, safety: int, recent: int) -> None:
        """Put somebody's words over those before; beside the base if they are new, or their chunk is damaged."""
        try:
            place = self._place_of(number, self._people)
            if place != ABSENT:
                self._prove(self._words_at + 16 * place, 16)
        except Refusal:
            place = ABSENT
        if place != ABSENT:
            self._words[2 * place], self._words[2 * place + 1] = safety, recent
        elif (beside := self._place_beside.get(number)) is not None:
            self._words_beside[beside], self._words_beside[beside + 1] = safety, recent
        else:
            self._place_beside[number] = len(self._words_beside)
            self._words_beside.extend((safety, recent))

    def _own(self, document: int, owner: int) -> None:
        """Note whose a document is: beside the base only if it is new, for each change of words says it again."""
        try:
            is_known = self.document_owner(document) == owner
        except Refusal:
            is_known = False
        if not is_known:
            self._owners_beside[document] = owner

    def _take_venues(self, frame: Frame) -> None:
        self.n_rows_taken += 1
        self.venues.update({row.number: row for row in cast(tuple[VenueRow, ...], frame.rows)})

    def _take_devices(self, frame: Frame) -> None:
        self.n_rows_taken += 1
        for row in cast(tuple[DeviceRow, ...], frame.rows):
            if row.generation or row.ended:
                self.devices[row.device] = row
            else:
                self.devices.pop(row.device, None)

    def let_go(self, breathe: Callable[[], None]) -> None:
        """Give its rows back a few at a time, once nobody asks it any more: all at once they would stop the loop."""
        for rows in (self.venues, self.devices):
            while rows:
                rows.popitem()
                breathe()

    def _take_nothing(self, frame: Frame) -> None:
        """A heartbeat moves the time up to which everything is known; that a base is to come, not even that."""


_TAKE: dict[FrameKind, Callable[[Knowledge, Frame], None]] = {
    FrameKind.PEOPLE: Knowledge._take_people,
    FrameKind.VENUES: Knowledge._take_venues,
    FrameKind.DEVICES: Knowledge._take_devices,
    FrameKind.HEARTBEAT: Knowledge._take_nothing,
    FrameKind.NEW_BASE: Knowledge._take_nothing,
}
