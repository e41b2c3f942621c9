"""The county on record as canonical lines (规范导出). What a line holds: core.drill.county.export.

The lines hold names and numbers in clear: treat a file of them as the register itself.
"""

from collections.abc import Iterator
from itertools import groupby

from fangxian.core.drill.county.export import (
    AttachmentLine,
    DivisionLine,
    GridCellLine,
    HouseholdLine,
    MemberLine,
    SchoolClassLine,
    VenueLine,
    lines_in_order,
)
from fangxian.ops.people.queries import attachments_in_order, households_in_order, persons_in_order
from fangxian.ops.places.queries import (
    classes_in_order,
    current_divisions,
    doors_in_order,
    grid_cells_in_order,
    venues_in_order,
)
from fangxian.ops.realm.current import the_realm

ROWS_AT_ONCE = 2000


def canonical_lines() -> Iterator[bytes]:
    """The export of this realm's county, a line at a time."""
    return lines_in_order(
        the_realm().division_code,
        {
            "division": _divisions(),
            "grid_cell": _grid_cells(),
            "venue": _venues(),
            "school_class": _classes(),
            "household": _households(),
            "attachment": _attachments(),
        },
    )


def _divisions() -> Iterator[DivisionLine]:
    for row in current_divisions():
        yield DivisionLine(
            area_path=row.area_path, kind=row.kind, name_zh=row.name_zh, name_en=row.name_en, edition=row.edition
        )


def _grid_cells() -> Iterator[GridCellLine]:
    for row in grid_cells_in_order():
        host = row.host_unit.name_zh if row.host_unit else ""
        yield GridCellLine(area_path=row.area_path, kind=row.kind, name_zh=row.name_zh, name_en=row.name_en, host=host)


def _venues() -> Iterator[VenueLine]:
    doors = {venue: [door.name for door in rows] for venue, rows in groupby(doors_in_order(), lambda it: it.venue_id)}
    for row in venues_in_order():
        yield VenueLine(
            area_path=row.area_path,
            name=row.name,
            address=row.address,
            trade=row.trade,
            venue_class=row.venue_class,
            doors=doors.get(row.pk, []),
        )


def _classes() -> Iterator[SchoolClassLine]:
    for row in classes_in_order():
        yield SchoolClassLine(
            venue=(row.venue.area_path, row.venue.name),
            stage=row.stage,
            grade=row.grade,
            number=row.number,
            name=row.name,
        )


def _households() -> Iterator[HouseholdLine]:
    persons = groupby(persons_in_order().iterator(ROWS_AT_ONCE), key=lambda person: person.household_id)
    members: tuple = next(persons, (None, ()))
    for row in households_in_order().iterator(ROWS_AT_ONCE):
        people = [_member(person) for person in members[1]] if members[0] == row.pk else []
        if people:
            members = next(persons, (None, ()))
        yield HouseholdLine(area_path=row.area_path, number=row.number, address=row.address, members=people)


def _member(row) -> MemberLine:
    return MemberLine(
        relation=row.relation,
        name=row.name,
        sex=row.sex,
        born_on=row.born_on,
        document=(row.document_kind, row.document_number),
        phone=row.phone,
    )


def _attachments() -> Iterator[AttachmentLine]:
    for row in attachments_in_order():
        of_class = row.school_class
        yield AttachmentLine(
            document_number=row.person.document_number,
            venue=(row.venue.area_path, row.venue.name),
            school_class=of_class and (of_class.stage, of_class.grade, of_class.number),
            role=row.role,
            title=row.title,
        )
