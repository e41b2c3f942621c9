"""Why somebody is proposed as a contact, as an investigator reads it (接触依据). Part of propose_contacts.

A meeting comes from the search as numbers; here it gets the name of its place, and of what two scans in one cell of
the map have in common: who was at which venue, and how far these are apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

import numpy as np

from fangxian.core.exposure.columns import Context, Meetings
from fangxian.core.exposure.whereabouts import venues_at
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.contacts.wire import Why
from fangxian.ops.places.models import SchoolClass, Venue

from .close_by import group_number
from .exposure_of_case import Search

Row = dict[str, Any]
METRES_A_DEGREE = 111_320
WHYS_MOST = 12  # of one contact: the longest; how many meetings there were is said beside them
# How somebody was found, and what they are to the case, by the nearest context.
BY_CONTEXT: Mapping[Context, tuple[str, str]] = {
    Context.HOUSEHOLD: ("household", "family"),
    Context.CLASS: ("class", "classmate"),
    Context.WORKROOM: ("workplace", "colleague"),
    Context.WARD: ("ward", "care"),
    Context.SEAT_NEAR: ("vehicle", "vehicle"),
    Context.VEHICLE: ("vehicle", "vehicle"),
    Context.SCAN: ("scan", "place"),
    Context.CELL: ("cell", "place"),
    Context.PARCEL: ("parcel", "other"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A venue as evidence names it. Degrees; None where its position is not on record."""

    id: UUID
    name: str
    latitude: float | None
    longitude: float | None

    def metres_to(self, other: "Place") -> int:
        if None in (self.latitude, self.longitude, other.latitude, other.longitude):
            return 0
        across = (self.longitude - other.longitude) * cos(radians(self.latitude))
        return int(round(hypot(across, self.latitude - other.latitude) * METRES_A_DEGREE, -1))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Meetings by person, the heaviest first, with the names of their places by number. Of a meeting in a cell of the
    map, `case_at` and `person_at` are the venues at which the two were.
    """

    by_person: Mapping[int, Sequence[Row]]
    venues: Mapping[int, Place]
    groups: Mapping[int, tuple[UUID | None, str]]

    @classmethod
    def of(cls, search: Search, meetings: Meetings) -> "Evidence":
        case_at, person_at = _venues_of_cells(search, meetings)
        rows: dict[int, list[Row]] = {}
        for row, of_case, of_person in zip(rows_of(meetings), case_at, person_at, strict=True):
            if row["context"] != Context.CELL or of_case != of_person:  # one venue is told of as such already
                rows.setdefault(row["person"], []).append(row | {"case_at": of_case, "person_at": of_person})
        by_person = {who: sorted(some, key=_heaviest) for who, some in rows.items()}
        scanned = meetings.place[meetings.context == Context.SCAN].tolist()
        called: dict[int, tuple[UUID | None, str]] = {number: (None, name) for number, name in search.called.items()}
        return cls(by_person, _places({*scanned, *case_at, *person_at}), called | _groups(meetings))

    def whys(self, person: int) -> tuple[Why, ...]:
        """The evidence of one person, the longest meetings."""
        return tuple(self._why(row) for row in self.by_person.get(person, [])[:WHYS_MOST])

    def _why(self, row: Row) -> Why:
        context, words = Context(row["context"]), ""
        kind, _ = BY_CONTEXT[context]
        if context is Context.SCAN and (at := self.venues.get(row["place"])):
            place, name = at.id, at.name
        elif context is Context.CELL:
            place, name, words = self._in_cell(row)
        else:
            place, name = self.groups.get(row["place"], (None, ""))
        return Why(
            kind=kind,
            place=place,
            place_name=name,
            begins_at=moment(row["begins_s"]),
            minutes=row["likely_s"] // 60,
            presence=Presence(row["presence"]) if row["presence"] > 0 else None,
            words=words or SEATS.get(context, ""),
        )

    def _in_cell(self, row: Row) -> tuple[UUID | None, str, str]:
        mine, cases = self.venues.get(row["person_at"]), self.venues.get(row["case_at"])
        if mine is None or cases is None:
            return None, "", ""
        metres = mine.metres_to(cases)
        words = f"病例同时在“{cases.name}”，相距约 {metres} 米 · the case was at “{cases.name}”, about {metres} m away"
        return mine.id, mine.name, words


SEATS: Mapping[Context, str] = {
    Context.SEAT_NEAR: "座位邻近 · seats near one another",
    Context.VEHICLE: "同车，座位不邻近或不详 · one vehicle, seats apart or not known",
    Context.PARCEL: "在病例之后经手同一件（批）快递 · had the same parcel after the case",
}


def _heaviest(row: Row) -> tuple[float, int]:
    return -row["weight"], -row["likely_s"]


def rows_of(table) -> Iterable[Row]:
    """The rows of a table of columns, as plain numbers by the names of the columns."""
    columns = table.columns()
    for values in zip(*(column.tolist() for column in columns.values()), strict=True):
        yield dict(zip(columns, values, strict=True))


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _venues_of_cells(search: Search, meetings: Meetings) -> tuple[list[int], list[int]]:
    """At which venues the case and the person were when they were in one cell; of other meetings of no meaning."""
    if not np.any(meetings.context == Context.CELL):
        return [0] * len(meetings), [0] * len(meetings)
    cases = search.cases.person[meetings.case]
    both = [venues_at(search.index, who, meetings.begins_s) for who in (cases, meetings.person)]
    return both[0].tolist(), both[1].tolist()


def _places(numbers: Iterable[int]) -> dict[int, Place]:
    wanted, found = sorted(numbers), {}
    columns = ("venue_number", "pk", "name", "latitude", "longitude")
    for start in range(0, len(wanted), 500):
        rows = Venue.objects.filter(venue_number__in=wanted[start : start + 500]).values_list(*columns)
        for number, pk, name, north, east in rows:
            known = north is not None and east is not None
            found[number] = Place(pk, name, float(north) if known else None, float(east) if known else None)
    return found


def _groups(meetings: Meetings) -> dict[int, tuple[UUID | None, str]]:
    """What classes, workplaces, vehicles and parcels are called, by their number in the search."""
    groups: dict[int, tuple[UUID | None, str]] = {}
    kinds = set(np.unique(meetings.context).tolist())
    if Context.CLASS in kinds:
        rows = SchoolClass.objects.select_related("venue")
        groups |= {group_number(row.pk): (row.pk, f"{row.venue.name}{row.name}") for row in rows}
    if Context.WORKROOM in kinds:
        groups |= {group_number(pk): (pk, name) for pk, name in Venue.objects.values_list("pk", "name")}
    return groups
