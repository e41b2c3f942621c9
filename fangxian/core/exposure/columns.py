"""What the exposure search reads and what it gives: tables of columns of equal length.

Moments are int64 seconds since 1970 (UTC), so neither midnight nor a change of clocks is anything to them; lengths are
whole seconds; intervals are half-open `[begins, ends)`. Numbers of people, venues, groups, vehicles and parcels are
the caller's own and mean nothing here.
"""

from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]


class Ring(IntEnum):
    """What is proposed of an exposed person; a larger number is nearer. An investigator decides."""

    NONE = 0
    CO_PRESENT = 1
    CONTACT_OF_CONTACT = 2
    CLOSE = 3

    @property
    def word(self) -> str:
        return self.name.lower().replace("_", "-")


class Context(IntFlag):
    """How somebody was exposed; several may hold at once. `MEANS_CLOSE` are those that mean closeness by themselves."""

    SCAN = 1  # scans at one venue whose stays overlap
    CELL = 2  # scans at venues of one cell of the map whose stays overlap
    HOUSEHOLD = 4
    CLASS = 8  # a class of a school
    WORKROOM = 16  # a room people work in together, not the whole firm
    WARD = 32
    SEAT_NEAR = 64  # a seat near the case's in one vehicle
    VEHICLE = 128  # one vehicle, but seats that are apart or not known
    PARCEL = 256  # handled a parcel after the case had


MEANS_CLOSE = Context.HOUSEHOLD | Context.CLASS | Context.WORKROOM | Context.WARD | Context.SEAT_NEAR
GROUPS = (Context.HOUSEHOLD, Context.CLASS, Context.WORKROOM, Context.WARD)
EVER = np.iinfo(np.int64).max // 4  # a moment after all others
BEFORE_ALL = -EVER
UNKNOWN = -1


class Table:
    """Equal columns; checked once, when made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        if len({len(getattr(self, name)) for name in self.__dataclass_fields__}) > 1:  # type: ignore[attr-defined]
            lengths = {name: len(column) for name, column in self.columns().items()}
            raise ValueError(f"columns of {type(self).__name__} have different lengths: {lengths}")

    def __len__(self) -> int:
        return len(getattr(self, next(iter(self.__dataclass_fields__))))  # type: ignore[attr-defined]

    def columns(self) -> dict[str, Column]:
        """Column name → column, in the order they are declared."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # type: ignore[attr-defined]

    def pick(self, rows: Column) -> Self:
        """The rows at these positions, or where a mask of them is true, in this order."""
        return type(self)(**{name: column[rows] for name, column in self.columns().items()})

    def joined(self, *others: Self) -> Self:
        """These rows, then those of the others."""
        tables = [table.columns() for table in (self, *others)]
        return type(self)(**{name: np.concatenate([table[name] for table in tables]) for name in tables[0]})

    @classmethod
    def empty(cls) -> Self:
        """No rows."""
        return cls(**{f.name: np.zeros(0, np.int64) for f in fields(cls)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits(Table):
    """One row is one scan, in any order; a row that stands twice counts once.

    Attributes
    ----------
    person, venue : (n,) whole numbers, 0 or more (gate number, venue number)
    at_s : (n,) whole seconds since 1970
    presence : (n,) `core.policy.vocabulary.Presence`; rows of NONE are left out of everything
    leaves : (n,) bool, scanned on the way out
        Ends the stay at that venue, and begins none.
    """

    person: Column
    venue: Column
    at_s: Column
    presence: Column
    leaves: Column

    @classmethod
    def of(
        cls, person: Column, venue: Column, at_s: Column, presence: Column, leaves: Column | None = None
    ) -> "Visits":
        """The columns as they are, without a copy; `leaves` None: nobody is scanned on the way out."""
        none = np.broadcast_to(np.False_, len(person))
        return cls(person=person, venue=venue, at_s=at_s, presence=presence, leaves=none if leaves is None else leaves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Venues(Table):
    """One row is one venue, in any order; `usual.venues_of` makes it from classes. A venue that is visited and not
    listed counts as one of a class nobody knows.

    Attributes
    ----------
    number : (n,) int64
    shortest_s, usual_s, longest_s : (n,) int64, `0 < shortest ≤ usual ≤ longest`
    air : (n,) float64, how much a minute there counts: 1 a closed room, less with air
    cell : (n,) int64, cell of the map it stands in; UNKNOWN: not known, and then near no other venue
    """

    number: Column
    shortest_s: Column
    usual_s: Column
    longest_s: Column
    air: Column
    cell: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases(Table):
    """One row is one case, or a contact whose own contacts are sought. A person may stand in several rows.

    Attributes
    ----------
    person : (n,) int64
    begins_s, ends_s : (n,) int64, the time that is searched for scans at one place: from the look-back of co-presence
        to isolation, or to now. Nothing outside counts. `begins ≥ ends`: nothing is searched.
    near_begins_s : (n,) int64, from when ties (household, class, room, ward, ride, parcel) are looked for: the
        look-back of close contacts, which may be shorter
    onset_s : (n,) int64, onset or first positive sample; days of the curve are counted from it
    """

    person: Column
    begins_s: Column
    near_begins_s: Column
    ends_s: Column
    onset_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Memberships(Table):
    """One row is one person's belonging to one household, class, room at work or ward.

    Attributes
    ----------
    person, group : (n,) int64; a group's number is its own within its kind
    kind : (n,) int64, one of GROUPS
    begins_s, ends_s : (n,) int64; BEFORE_ALL and EVER where it is not limited
    """

    person: Column
    group: Column
    kind: Column
    begins_s: Column
    ends_s: Column

    @classmethod
    def always(cls, person: Column, group: Column, kind: Context) -> "Memberships":
        """Belongings of one kind without a beginning or an end."""
        n = len(person)
        return cls(
            person=person, group=group, kind=np.full(n, int(kind), np.int64),
            begins_s=np.full(n, BEFORE_ALL, np.int64), ends_s=np.full(n, EVER, np.int64),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rides(Table):
    """One row is one person in one vehicle on one journey.

    Attributes
    ----------
    person, vehicle : (n,) int64
    seat_row, seat_column : (n,) int64, UNKNOWN where nobody knows; columns count from one side (A is 1)
    begins_s, ends_s : (n,) int64
    """

    person: Column
    vehicle: Column
    seat_row: Column
    seat_column: Column
    begins_s: Column
    ends_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels(Table):
    """One row is one handling of one parcel by one person: (n,) int64 each."""

    person: Column
    parcel: Column
    at_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed(Table):
    """One row is one exposed person, the one to be looked at first above; summed over all the cases that were asked of.

    Attributes
    ----------
    person : (n,) int64
    ring : (n,) int64, `Ring`
    contexts : (n,) int64, bits of `Context`
    sure_s, likely_s, possible_s : (n,) int64, seconds in one venue with a case
        With the shortest, the usual and the longest stay of the venue's class: `sure ≤ likely ≤ possible`. A second
        with two cases counts twice.
    cell_s : (n,) int64, likely seconds in one cell of the map with a case; 0 where no cells were given
    tie_s : (n,) int64, seconds together that a household, class, room, ward or ride means (see `usual.SHARES`)
    weight : (n,) float64, minutes: likely seconds and those of ties, each by the case's infectious curve and the air
    n_meetings : (n,) int64, pairs of a case's stay and this person's that likely overlap, and of ties
    n_places : (n,) int64, different venues of those stays
    first_s, last_s : (n,) int64, begin of the first meeting and end of the last
        Of the likely meetings and ties; of the possible ones where there are no likely ones.
    """

    person: Column
    ring: Column
    contexts: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    cell_s: Column
    tie_s: Column
    weight: Column
    n_meetings: Column
    n_places: Column
    first_s: Column
    last_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings(Table):
    """One row is one meeting: the evidence under an `Exposed` row. By person, case, then time.

    Attributes
    ----------
    case : (n,) int64, row of `Cases`
    person : (n,) int64
    context : (n,) int64, one `Context`
    place : (n,) int64, the number of the venue, cell, group, vehicle or parcel, after the context
    begins_s, ends_s : (n,) int64, of the likely meeting; of the possible one where `likely_s` is 0
    sure_s, likely_s, possible_s : (n,) int64; the same in all three for ties
    weight : (n,) float64, minutes
    case_presence, presence : (n,) int64, how the case and the person showed themselves; UNKNOWN for ties
    """

    case: Column
    person: Column
    context: Column
    place: Column
    begins_s: Column
    ends_s: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    weight: Column
    case_presence: Column
    presence: Column
