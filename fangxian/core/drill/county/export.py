"""The county as canonical lines (规范导出): what it consists of, in the same bytes on every machine.

The format is defined here once. `canonical_export` writes the lines of a county just made; the procedure
`export_county` fills the same lines from the database. Two installs of one seed therefore export the same bytes, and
those are the bytes of what was made. Left out is whatever is an install's own: record ids, gate and venue numbers,
keys, and when something was put on record.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fangxian.core.divisions import Divisions
from fangxian.core.drill.county.columns import (
    GRID_KINDS,
    JOB_ROLES,
    RELATIONS,
    SCHOOL_STAGES,
    SEXES,
    SyntheticCounty,
)

FORMAT = 3


@dataclass(frozen=True, kw_only=True)
class DivisionLine:
    """One official division. Without an English name the Chinese one stands for it."""

    area_path: str
    kind: str
    name_zh: str
    name_en: str
    edition: str


@dataclass(frozen=True, kw_only=True)
class GridCellLine:
    """One grid cell; `host` names the unit that works a dedicated one, else it is empty."""

    area_path: str
    kind: str
    name_zh: str
    name_en: str
    host: str


@dataclass(frozen=True, kw_only=True)
class VenueLine:
    """One venue; its doors' names in the order of their numbers."""

    area_path: str
    name: str
    address: str
    trade: str
    venue_class: str
    doors: list[str]


@dataclass(frozen=True, kw_only=True)
class SchoolClassLine:
    """One class of the school `venue`, which is an area path and a name."""

    venue: tuple[str, str]
    stage: str
    grade: int
    number: int
    name: str


@dataclass(frozen=True, kw_only=True)
class MemberLine:
    """One person within a household; `document` is its kind and number."""

    relation: str
    name: str
    sex: str
    born_on: date
    document: tuple[str, str]
    phone: str


@dataclass(frozen=True, kw_only=True)
class HouseholdLine:
    """One household, its members in their order, the head first."""

    area_path: str
    number: int
    address: str
    members: list[MemberLine]


@dataclass(frozen=True, kw_only=True)
class AttachmentLine:
    """One person's tie to one venue. `school_class` is stage, grade and number, or None."""

    document_number: str
    venue: tuple[str, str]
    school_class: tuple[str, int, int] | None
    role: str
    title: str


Line = DivisionLine | GridCellLine | VenueLine | SchoolClassLine | HouseholdLine | AttachmentLine


def lines_in_order(county_code: str, lines: Mapping[str, Iterable[Line]]) -> Iterator[bytes]:
    """The export: a head, then the lines of each kind. One JSON object a line, UTF-8, keys sorted, a newline each.

    Parameters
    ----------
    lines : kind → its lines, in any order, but households by area path and number: they are too many to be held and
        sorted here. All others are put in the order of their bytes, since two databases order names differently.
    """
    yield _bytes_of({"line": "export", "format": FORMAT, "county_code": county_code})
    for kind, of_kind in lines.items():
        written = (_bytes_of({"line": kind, **vars(line)}) for line in of_kind)
        yield from written if kind == "household" else sorted(written)


def canonical_export(county: SyntheticCounty, divisions: Divisions) -> Iterator[bytes]:
    """The lines of a county just made, on the edition of the divisions that it was made for."""
    return lines_in_order(
        county.county_code,
        {
            "division": _divisions(divisions),
            "grid_cell": _grid_cells(county),
            "venue": _venues(county),
            "school_class": _classes(county),
            "household": _households(county),
            "attachment": _attachments(county),
        },
    )


def _bytes_of(line: Mapping[str, Any]) -> bytes:
    text = json.dumps(line, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _plain(value: MemberLine | date) -> Any:
    return value.isoformat() if isinstance(value, date) else vars(value)


def _divisions(divisions: Divisions) -> Iterator[DivisionLine]:
    for row in divisions.rows:
        yield DivisionLine(
            area_path=row.code,
            kind=row.kind,
            name_zh=row.name_zh,
            name_en=row.name_en or row.name_zh,
            edition=divisions.edition,
        )


def _grid_cells(county: SyntheticCounty) -> Iterator[GridCellLine]:
    for area_path, kind, name, name_en, host_unit, _, _ in county.grids.rows():
        yield GridCellLine(
            area_path=str(area_path), kind=GRID_KINDS[kind], name_zh=name, name_en=name_en, host=host_unit
        )


def _venues(county: SyntheticCounty) -> Iterator[VenueLine]:
    doors: list[list[str]] = [[] for _ in range(len(county.venues))]
    for venue, _, name in county.doors.rows():
        doors[venue].append(name)
    for row, (area_path, trade, venue_class, name, address, _, _) in enumerate(county.venues.rows()):
        yield VenueLine(
            area_path=str(area_path),
            name=name,
            address=address,
            trade=trade,
            venue_class=venue_class,
            doors=doors[row],
        )


def _venue_names(county: SyntheticCounty) -> list[tuple[str, str]]:
    return [(str(area_path), name) for area_path, _, _, name, _, _, _ in county.venues.rows()]


def _classes(county: SyntheticCounty) -> Iterator[SchoolClassLine]:
    venues, school_venue = _venue_names(county), county.schools.venue.tolist()
    for school, stage, grade, number, name, _ in county.classes.rows():
        yield SchoolClassLine(
            venue=venues[school_venue[school]], stage=SCHOOL_STAGES[stage], grade=grade, number=number, name=name
        )


def _households(county: SyntheticCounty) -> Iterator[HouseholdLine]:
    for number, (area_path, _, address, first, n_members, _) in zip(
        county.households.numbers_in_cell(), county.households.rows(), strict=True
    ):
        yield HouseholdLine(
            area_path=str(area_path), number=number, address=address, members=_members(county, first, first + n_members)
        )


def _members(county: SyntheticCounty, begin: int, end: int) -> list[MemberLine]:
    return [
        MemberLine(
            relation=RELATIONS[relation],
            name=name,
            sex=SEXES[sex],
            born_on=date.fromordinal(born_on),
            document=("resident_18", identity_number),
            phone=phone,
        )
        for _, _, relation, name, sex, born_on, identity_number, phone in county.persons.rows(begin, end)
    ]


def _attachments(county: SyntheticCounty) -> Iterator[AttachmentLine]:
    numbers, venues = county.persons.identity_number, _venue_names(county)
    school_venue, post_venue = county.schools.venue.tolist(), county.posts.venue.tolist()
    classes = [
        (school_venue[school], (SCHOOL_STAGES[stage], grade, number), teacher)
        for school, stage, grade, number, _, teacher in county.classes.rows()
    ]
    taught_by = {teacher: named for _, named, teacher in classes}

    def tie(person: int, venue: int, role: str, title: str = "", school_class: Any = None) -> AttachmentLine:
        return AttachmentLine(
            document_number=numbers[person], venue=venues[venue], school_class=school_class, role=role, title=title
        )

    for person, row in county.pupils.rows():
        venue, named, _ = classes[row]
        yield tie(person, venue, "pupil", school_class=named)
    for person, venue, role, title in county.jobs.rows():
        yield tie(person, venue, JOB_ROLES[role], title, taught_by.get(person))
    for post, person in county.keepers.rows():
        yield tie(person, post_venue[post], "keeper")
