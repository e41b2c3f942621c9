"""What a day is planned from, and what comes out: tables of columns of equal length, named as in `county.columns`."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]

DAY_S: Final = 86_400
NOBODY: Final = -1
NOT_TAKEN: Final = -1
TIES: Final = ("none", "pupil", "staff")
PUPIL, STAFF = TIES.index("pupil"), TIES.index("staff")
ASKED_BY: Final = ("keeper", "screen", "poster")
KEEPER, SCREEN, POSTER = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPeople:
    """One row is one resident.

    Attributes
    ----------
    age : (n,) whole years
    home : (n,) int64, area path of 15 digits
    household : (n,) any number that the people of one household share
    venue : (n,) row of the venue somebody learns or works at; -1 for none
    tie : (n,) position in TIES
    """

    age: Column
    home: Column
    household: Column
    venue: Column
    tie: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVenues:
    """One row is one venue; `is_open` False for one at which nobody is scanned on that day."""

    trade: tuple[str, ...]
    area_path: Column
    n_doors: Column
    is_open: Column


class Table:
    """Rows of equal columns that can be picked and joined."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))  # type: ignore[arg-type]

    def pick(self, rows: Column) -> Self:
        """The rows at these positions, or where a mask of them is true."""
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})  # type: ignore[arg-type]

    def joined(self, *others: Self) -> Self:
        """These rows, then those of the others."""
        tables = (self, *others)
        return type(self)(
            **{f.name: np.concatenate([getattr(table, f.name) for table in tables]) for f in fields(self)}  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips(Table):
    """One row is one person who goes to a venue; those with the same `group` go together.

    Attributes
    ----------
    second : of the county's day, when they are scanned at the door
    stay_s : how long they stay
    is_leader : whether this is the one of the group who holds the phone
    ends_with_scan : whether the leader is scanned on the way out too
    """

    group: Column
    second: Column
    person: Column
    venue: Column
    stay_s: Column
    is_leader: Column
    ends_with_scan: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan(Table):
    """One row is one person scanned once, in the order of the day.

    Attributes
    ----------
    second : 0 to 86,399 of the county's day
    person, venue : rows of DayPeople and DayVenues
    door : number of the venue's door, from 1
    leader : the row of the one whose request this person is in; the row itself unless somebody came along
    stay_s : how long they stay; 0 on the way out
    is_out : scanned on the way out
    asked_by : position in ASKED_BY
    by_document : shows an identity number instead of a code; only where a keeper asks
    temperature_tenths : NOT_TAKEN where nobody has a thermometer
    """

    second: Column
    person: Column
    venue: Column
    door: Column
    leader: Column
    stay_s: Column
    is_out: Column
    asked_by: Column
    by_document: Column
    temperature_tenths: Column
