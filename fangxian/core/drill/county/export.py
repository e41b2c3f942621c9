"""The county written down: one line a row, the same bytes for the same county on every machine."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from fangxian.core.drill.county.columns import SyntheticCounty

FORMAT = 1
LINES_TO_A_CHUNK = 2000


def canonical_export(county: SyntheticCounty) -> Iterator[bytes]:
    """The county as lines of JSON, in chunks of whole lines.

    The first line says what follows: format, county, edition, reference day, rows and columns of each
    table. Then each table in its own order, a row a line: `[table, row number, column, …]`. UTF-8, no
    spaces, no escapes for Chinese. Nothing in it depends on an install's keys or record ids.
    """
    tables = county.tables()
    head = {
        "format": FORMAT,
        "county_code": county.county_code,
        "name": county.name,
        "edition": county.edition,
        "reference_on": county.reference_on,
        "scale_per_million": county.scale_per_million,
        "tables": {name: {"n": len(t), "columns": list(t.columns())} for name, t in tables.items()},
    }
    yield _line(head)
    for name, table in tables.items():
        lines = (_line([name, i, *row]) for i, row in enumerate(table.rows()))
        chunk: list[bytes] = []
        for line in lines:
            chunk.append(line)
            if len(chunk) == LINES_TO_A_CHUNK:
                yield b"".join(chunk)
                chunk.clear()
        yield b"".join(chunk)


def county_digest(county: SyntheticCounty) -> str:
    """SHA-256 of the canonical export, in hexadecimal: two counties are the same if theirs are."""
    digest = hashlib.sha256()
    for chunk in canonical_export(county):
        digest.update(chunk)
    return digest.hexdigest()


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
