"""Stays in the order in which they are looked up: by place, then time. (stays → index)

All columns are plain arrays: whoever keeps an index on disk writes each to a file of its own (`np.save`) and maps them
again (`np.load(…, mmap_mode="r")`); one case then touches a few pages of each.
"""

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Self

import numpy as np

from fangxian.core.exposure.columns import EVER, UNKNOWN, Column, Venues, Visits
from fangxian.core.exposure.stays import Coded, Engine, Stays, coded, stays_of


class Blocks(NamedTuple):
    """Stays as the numba engine passes them, sixteen to a block: who, begin and three ends, in 32 bits, side by side.

    firsts : (n_places + 1,) int64, the first block of each place
    begins : (n_blocks,) int32, the begin of the first stay of each; moments are counted from `since`
    rows : (n_blocks * 80,) int32, as `loops_blocks` says
    at_once : how many stays one person has at most that begin at one place at one moment: venues of one cell
    spare : sums of everybody, all zeros, that the last search took and the next one will: memory that nobody has
        written to yet costs as much as a third of a look-back for a thousand cases
    """

    firsts: Column
    begins: Column
    rows: Column
    since: int
    at_once: int
    spare: "list[tuple[Column, Column]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class StayIndex:
    """Stays by place and begin.

    Attributes
    ----------
    people : (n_people,) int64, ascending: the number of each row of people
    places : (n_places,) int64: the number of each row of places
    air : (n_places,) float64
    begins_of_place : (n_places + 1,) int64; the stays at place i are rows begins_of_place[i] to before [i + 1]
    longest_at : (n_places,) int64, the longest possible stay there, seconds
    person, begins_s, sure_s, likely_s, possible_s, presence : (n,), as in `Stays`
    begins_of_person : (n_people + 1,) int64; into
    rows_of_person : (n,) int32, the rows of each person's stays, in the order in which they begin
    place_of_256th : (n / 256 + 2,) int32, the place of every 256th stay, and of the last: a look-up begins there
    """

    people: Column
    places: Column
    air: Column
    begins_of_place: Column
    longest_at: Column
    person: Column
    begins_s: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    presence: Column
    begins_of_person: Column
    rows_of_person: Column
    place_of_256th: Column
    _kept: "list[Blocks | None]" = field(default_factory=list, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.person)

    def for_loops(self) -> tuple[Column, ...]:
        """The columns that loops take."""
        return self.person, self.begins_s, self.sure_s, self.likely_s, self.possible_s

    def blocks(self) -> "Blocks | None":
        """The same stays in blocks: laid out when they are first asked for, and then kept. numba only. None where
        moments are too far apart for them: 60 years."""
        if not self._kept:
            self._kept.append(_in_blocks(self))
        return self._kept[0]

    def columns(self) -> dict[str, Column]:
        """Name → array, all that there is to be kept."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    @classmethod
    def of(cls, columns: dict[str, Any]) -> Self:
        """The index that `columns` was taken from."""
        return cls(**columns)

    def rows_of(self, numbers: Column) -> Column:
        """The row of each person's number, UNKNOWN for who has no stay here. ((n,) → (n,) int64)"""
        if not len(self.people):
            return np.full(len(numbers), UNKNOWN, np.int64)
        at = np.minimum(np.searchsorted(self.people, numbers), len(self.people) - 1)
        return np.where(self.people[at] == numbers, at, UNKNOWN)

    def place_of(self, rows: Column) -> Column:
        """The row of the place of each of these stays."""
        found: Column = np.searchsorted(self.begins_of_place, rows, side="right") - 1
        return found


def index_visits(visits: Visits, venues: Venues, *, by_cell: bool = False, engine: Engine = "numpy") -> StayIndex:
    """Scans → stays → index.

    Parameters
    ----------
    visits : in any order; a range of whole days with a day before it, so that no stay lacks its beginning
    venues : those that are visited; others count as of a class nobody knows
    by_cell : places are cells of the map instead of venues; stays at venues without a cell are left out
    engine : "numpy" needs no compiling; "numba" is quicker from about a million scans on

    Returns
    -------
    StayIndex. Of 10 million scans some seconds with numba, and several times as long with NumPy.
    """
    scans = coded(visits, venues, engine)
    stays = stays_of(scans, engine)
    return index_cells(stays, scans, venues, engine) if by_cell else index_stays(stays, scans, engine)


def _in_blocks(index: StayIndex) -> Blocks | None:
    from fangxian.core.exposure import loops_blocks
    from fangxian.core.exposure.sums import rows_to_fill

    since = int(index.begins_s.min(initial=EVER))
    if int(index.begins_s.max(initial=0)) + int(index.longest_at.max(initial=0)) - since >= 2**31:
        return None
    firsts = loops_blocks.first_blocks(index.begins_of_place)
    begins = np.empty(firsts[-1], np.int32)
    rows = rows_to_fill(int(firsts[-1]), np.dtype((np.void, 4 * loops_blocks.BLOCK))).view(np.int32)
    at_once = loops_blocks.into_blocks(index.begins_of_place, firsts, index.for_loops(), since, begins, rows)
    return Blocks(firsts, begins, rows, since, at_once, [])


def index_stays(stays: Stays, scans: Coded, engine: Engine = "numpy") -> StayIndex:
    return _indexed(stays, scans.people, scans.places, scans.air, engine)


def index_cells(stays: Stays, scans: Coded, venues: Venues, engine: Engine = "numpy") -> StayIndex:
    cells = np.full(len(scans.places), UNKNOWN, np.int64)
    cells[: len(venues)] = venues.cell
    numbers, cell = np.unique(cells[cells != UNKNOWN], return_inverse=True)
    row_of = np.full(len(cells), UNKNOWN, np.int32)
    row_of[cells != UNKNOWN] = cell
    there = stays.pick(np.flatnonzero(row_of[stays.place] != UNKNOWN))
    moved = Stays(**{**there.columns(), "place": row_of[there.place]})
    return _indexed(moved, scans.people, numbers, np.zeros(len(numbers)), engine)


def _indexed(stays: Stays, people: Column, places: Column, air: Column, engine: Engine) -> StayIndex:
    order = _order(stays, len(places), engine)
    place = stays.place[order]
    by_place = stays.pick(order)
    longest = np.zeros(len(places), np.int64)
    begins_of_place = _begins(place, len(places))
    filled = np.flatnonzero(np.diff(begins_of_place))
    if len(filled):
        longest[filled] = np.maximum.reduceat(by_place.possible_s, begins_of_place[filled])
    rows_of_person = np.empty(len(order), np.int32)
    rows_of_person[order] = np.arange(len(order), dtype=np.int32)  # stays come by person and begin
    found = StayIndex(
        people=people, places=places, air=air, begins_of_place=begins_of_place, longest_at=longest,
        person=by_place.person, begins_s=by_place.begins_s, sure_s=by_place.sure_s, likely_s=by_place.likely_s,
        possible_s=by_place.possible_s, presence=by_place.presence,
        begins_of_person=_begins(stays.person, len(people)), rows_of_person=rows_of_person,
        place_of_256th=place[np.minimum(np.arange(0, len(place) + 512, 256), len(place) - 1)] if len(place) else place,
    )  # fmt: skip
    if engine == "numba":
        found.blocks()
    return found


def _order(stays: Stays, n_places: int, engine: Engine) -> Column:
    """By place, begin, then person."""
    if engine == "numba" and len(stays):
        from fangxian.core.exposure import loops_stays

        begins, order = stays.begins_s - stays.begins_s.min(), np.arange(len(stays), dtype=np.int32)
        for digits in (begins & 0xFFFF, begins >> 16):  # less than 2**32 seconds: two digits, then the place
            order = loops_stays.order_by(digits.astype(np.int32), 1 << 16, order)
        by_place: Column = loops_stays.order_by(stays.place, n_places, order)
        return by_place
    return np.lexsort((stays.person, stays.begins_s, stays.place)).astype(np.int32)


def _begins(sorted_: Column, n: int) -> Column:
    """Where each of 0 … n begins in an ascending column: (n + 1,) int64."""
    found: Column = np.searchsorted(sorted_, np.arange(n + 1)).astype(np.int64)
    return found
