"""What a gate knows: everybody's two words, the venues, the devices, the rules; as of one number.

It is made from a base and brought forward by frames, each of which must follow the last. It lives in one
event loop, so nobody sees half a change.
"""

from array import array
from collections.abc import Callable
from typing import cast

from fangxian.core.policy.byte_snapshot import Base, Frame
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow

from .refusals import refuse
from .sentences import DoorSentences

NOBODY = (0, 0)


class Knowledge:
    """Everything known as of change `number`, complete up to `known_at_ms` (wall, Unix ms).

    `heard_ms` is when the last of it was heard of, by a clock that nobody sets.
    """

    def __init__(self, base: Base, *, heard_ms: int) -> None:
        self.heard_ms = heard_ms
        self.realm, self.division = base.realm, base.division
        self.base_number = self.number = base.number
        self.known_at_ms = base.known_at_s * 1000
        self.counts_from_sample = base.tests_count_from == "sampled"
        self.venues = {row.number: row for row in base.venues}
        self.devices = {row.device: row for row in base.devices}
        self.documents = dict(zip(base.documents, base.document_numbers, strict=True))
        self.doors = tuple(DoorSentences(tables) for tables in base.tables)
        self._doors_now = self.doors[0]
        self._aliases = dict(base.aliases)
        self._place = {number: place for place, number in enumerate(base.numbers)}
        self._safety, self._recent = array("Q", base.safety), array("Q", base.recent)

    @property
    def n_people(self) -> int:
        """Gate numbers known, without the aliases of merged records."""
        return len(self._place) - len(self._aliases)

    def age_ms(self, wall_ms: int, steady_ms: int) -> int:
        """How old the knowledge is: never less than the time since it was heard, whatever the two walls say."""
        return max(0, wall_ms - self.known_at_ms, steady_ms - self.heard_ms)

    def kept(self, number: int) -> int:
        """The number under which a person is kept: another one only if the record was merged."""
        return self._aliases.get(number, number)

    def find(self, number: int) -> tuple[int, int, int]:
        """The number kept and its two words; zeros for words of somebody nobody knows."""
        kept = self._aliases.get(number, number)
        place = self._place.get(kept)
        return (kept, 0, 0) if place is None else (kept, self._safety[place], self._recent[place])

    def document_owner(self, hash_: int) -> int:
        """The gate number of whoever has the document of that hash; 0 for nobody known."""
        return self.documents.get(hash_, 0)

    def words(self, number: int) -> tuple[int, int]:
        """The safety and the recent word of a kept number; zeros for somebody nobody knows."""
        place = self._place.get(number)
        return NOBODY if place is None else (self._safety[place], self._recent[place])

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
            place = self._place.get(row.number)
            if place is None:
                self._place[row.number] = len(self._safety)
                self._safety.append(row.safety)
                self._recent.append(row.recent)
            else:
                self._safety[place], self._recent[place] = row.safety, row.recent
            if row.document:
                self.documents[row.document] = row.alias_of or row.number
            if row.alias_of:
                self._aliases[row.number] = row.alias_of
            else:
                self._aliases.pop(row.number, None)

    def _take_venues(self, frame: Frame) -> None:
        self.venues.update({row.number: row for row in cast(tuple[VenueRow, ...], frame.rows)})

    def _take_devices(self, frame: Frame) -> None:
        for row in cast(tuple[DeviceRow, ...], frame.rows):
            if row.generation:
                self.devices[row.device] = row
            else:
                self.devices.pop(row.device, None)

    def _take_nothing(self, frame: Frame) -> None:
        """A heartbeat only moves the time up to which everything is known."""


_TAKE: dict[FrameKind, Callable[[Knowledge, Frame], None]] = {
    FrameKind.PEOPLE: Knowledge._take_people,
    FrameKind.VENUES: Knowledge._take_venues,
    FrameKind.DEVICES: Knowledge._take_devices,
    FrameKind.HEARTBEAT: Knowledge._take_nothing,
}
