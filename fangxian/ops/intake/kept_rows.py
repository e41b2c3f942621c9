"""A workbook's rows as they were read once, kept beside it: to read a workbook takes ten times as long as this.

Pieces of some hundred records, each a line of JSON, packed together. Text, numbers and truth are JSON's own; a day, a
moment, a time of day and a span of time are objects of one name.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

RECORDS_A_PIECE = 500
UNPACKED_AT_ONCE = 1 << 16  # packed bytes, some hundred kilobytes of rows
QUICKLY = 1  # zlib's level: a fifth of the size for a hundredth of the time that the import takes

Record = tuple[int, list]


class Keeper:
    """Packs records while somebody goes through them: `through` them all, then take the `packed` bytes."""

    def __init__(self) -> None:
        self._packer, self._parts = zlib.compressobj(QUICKLY), []
        self._some: list[Record] = []

    def through(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            self._some.append(record)
            if len(self._some) >= RECORDS_A_PIECE:
                self._pack()
            yield record

    def packed(self) -> bytes:
        if self._some:
            self._pack()
        return b"".join([*self._parts, self._packer.flush()])

    def _pack(self) -> None:
        line = json.dumps(self._some, ensure_ascii=False, separators=(",", ":"), default=_plain)
        self._parts.append(self._packer.compress(f"{line}\n".encode()))
        self._some = []


def records_in(packed: bytes) -> Iterator[Record]:
    """The records as they were, a piece of them in memory at a time."""
    for line in _lines(packed):
        yield from map(tuple, json.loads(line, object_hook=_cell))


def _lines(packed: bytes) -> Iterator[bytes]:
    unpacker, left = zlib.decompressobj(), b""
    for at in range(0, len(packed), UNPACKED_AT_ONCE):
        *lines, left = (left + unpacker.decompress(packed[at : at + UNPACKED_AT_ONCE])).split(b"\n")
        yield from lines
    if not unpacker.eof:
        raise ValueError("kept rows are cut off")


def _plain(cell: object) -> dict[str, object]:
    if isinstance(cell, datetime):  # it is a date too
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return {"span": [cell.days, cell.seconds, cell.microseconds]}
    raise TypeError(f"a workbook has no cells of {type(cell).__name__}")


def _cell(told: dict[str, object]) -> object:
    [(kind, said)] = told.items()
    return timedelta(*said) if kind == "span" else _READ[kind](said)


_READ = {"moment": datetime.fromisoformat, "day": date.fromisoformat, "time": time.fromisoformat}
