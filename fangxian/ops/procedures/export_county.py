"""The county as canonical lines (规范导出): what was built, without what is the install's own.

Record ids, gate and venue numbers, keys and moments of recording differ between two installs of one seed
and are left out; everything else is here, sorted by keys that do not, so the same seed gives the same bytes.
The lines hold names and numbers in clear: treat a file of them as the register itself.
"""

import json
from collections.abc import Iterator
from itertools import groupby

from fangxian.ops.people.queries import attachments_in_order, households_in_order, persons_in_order
from fangxian.ops.places.queries import (
    classes_in_order,
    current_divisions,
    doors_in_order,
    grid_cells_in_order,
    venues_in_order,
)


def canonical_lines() -> Iterator[bytes]:
    """One JSON object a line, UTF-8, keys sorted, each line ended by a newline."""
    for kind, rows in (
        ("division", _divisions()),
        ("grid_cell", _grid_cells()),
        ("venue", _venues()),
        ("school_class", _classes()),
        ("household", _households()),
        ("attachment", _attachments()),
    ):
        for row in rows:
            yield (
                json.dumps({"kind": kind, **row}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
                + b"\n"
            )


def _divisions() -> Iterator[dict]:
    for row in current_divisions():
        yield {"code": row.area_path, "of": row.kind, "zh": row.name_zh, "en": row.name_en, "edition": row.edition}


def _grid_cells() -> Iterator[dict]:
    for row in grid_cells_in_order():
        yield {
            "area_path": row.area_path,
            "of": row.kind,
            "name": row.name,
            "host": row.host_unit and row.host_unit.name_zh,
        }


def _venues() -> Iterator[dict]:
    doors = {venue: list(rows) for venue, rows in groupby(doors_in_order(), key=lambda door: door.venue_id)}
    for row in venues_in_order():
        yield {
            "area_path": row.area_path,
            "name": row.name,
            "address": row.address,
            "trade": row.trade,
            "class": row.venue_class,
            "doors": [door.name for door in doors[row.pk]],
        }


def _classes() -> Iterator[dict]:
    for row in classes_in_order():
        yield {"school": row.venue.name, "stage": row.stage, "grade": row.grade, "number": row.number, "name": row.name}


def _households() -> Iterator[dict]:
    persons = groupby(persons_in_order().iterator(2000), key=lambda person: person.household_id)
    members: tuple = next(persons, (None, ()))
    for row in households_in_order().iterator(2000):
        people = [_person(person) for person in members[1]] if members[0] == row.pk else []
        if people:
            members = next(persons, (None, ()))
        yield {"area_path": row.area_path, "number": row.number, "address": row.address, "members": people}


def _person(row) -> dict:
    return {
        "relation": row.relation,
        "name": row.name,
        "sex": row.sex,
        "born_on": row.born_on.isoformat(),
        "document": [row.document_kind, row.document_number],
        "phone": row.phone,
    }


def _attachments() -> Iterator[dict]:
    """Sorted by what they say, since their ids are the install's own."""
    rows = [
        {
            "document": row.person.document_number,
            "venue": [row.area_path, row.venue.name],
            "class": row.school_class and [row.school_class.stage, row.school_class.grade, row.school_class.number],
            "role": row.role,
            "title": row.title,
            "begins_on": row.begins_on.isoformat(),
        }
        for row in attachments_in_order()
    ]
    yield from sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, ensure_ascii=False))
