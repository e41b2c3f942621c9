"""The archive's files: one sorted Parquet file for each hour of each day. (hot rows → archive row)

    <realm>/archive/visits/day=2022-04-19/hour-08.parquet    by venue, then time
                                          late-1.parquet     what came after its hour was written

Any reader of Parquet takes the folder as one table partitioned by `day`. A file is written beside its place
and moved there, so a reader finds the old one or the new one, never half of one.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np

from fangxian.ops.realm.current import the_realm

if TYPE_CHECKING:
    import duckdb

SETTINGS = {"threads": "1", "memory_limit": "512MB", "preserve_insertion_order": "false"}
SORTED = "ORDER BY venue_number, scanned_at, device, scan_id"
# Of one scan the row that knows what the door had decided, where the files have it with and without.
ONCE = "QUALIFY row_number() OVER (PARTITION BY device, scan_id ORDER BY decided NULLS LAST) = 1"
DONE = "coalesce(decided, outcome) AS done"  # as `day_columns.DONE`
ABSENT = -1  # in columns that may be empty, before they become NULL

# name in the archive → (type while it is handed over, how it is then written)
COLUMNS: dict[str, tuple[type, str]] = {
    "device": (np.uint32, "device"),
    "scan_id": (object, "CAST(scan_id AS UUID) AS scan_id"),
    "digest": (object, "digest"),
    "gate_number": (np.uint32, "gate_number"),
    "venue_number": (np.uint32, "venue_number"),
    "door": (np.uint8, "door"),
    "marks": (np.uint8, "marks"),
    "presence": (np.uint8, "presence"),
    "outcome": (np.uint8, "outcome"),
    "decided": (np.int16, "CAST(nullif(decided, -1) AS UTINYINT) AS decided"),
    "temperature_tenths": (np.int16, "nullif(temperature_tenths, -1) AS temperature_tenths"),
    "scanned_at": (np.int64, "make_timestamptz(scanned_at) AS scanned_at"),
    "received_at": (np.int64, "make_timestamptz(received_at) AS received_at"),
    "sent_at": (np.int64, "make_timestamptz(nullif(sent_at, -1)) AS sent_at"),
    "mask": (np.uint64, "mask"),
    "tables": (object, "tables"),
    "safety": (np.uint64, "safety"),
    "recent": (np.uint64, "recent"),
    "snapshot": (np.uint64, "snapshot"),
}


class Written(NamedTuple):
    """A file as it now is."""

    n_rows: int
    digest: str


def part_path(day: date, hour: int | None, number: int = 0) -> Path:
    return _folder() / f"day={day.isoformat()}" / part_name(hour, number)


def part_name(hour: int | None, number: int = 0) -> str:
    return f"late-{number}.parquet" if hour is None else f"hour-{hour:02d}.parquet"


def day_folders() -> list[tuple[date, Path]]:
    """The days that have files, with their folders."""
    return [(date.fromisoformat(path.name[4:]), path) for path in sorted(_folder().glob("day=????-??-??"))]


def _folder() -> Path:
    return the_realm().path / "archive" / "visits"


def write(path: Path, rows: Sequence[tuple]) -> Written:
    """Write rows, each with the values of COLUMNS in their order (times in microseconds, absent −1)."""
    columns = {
        name: np.array(values, dtype=kind)
        for (name, (kind, _)), values in zip(COLUMNS.items(), zip(*rows, strict=True), strict=True)
    }
    with _connection() as duck:
        duck.register("hot_rows", columns)
        select = ", ".join(sql for _, sql in COLUMNS.values())
        return _copy(duck, f"SELECT {select} FROM hot_rows {SORTED}", path)


def merge(paths: Iterable[Path], path: Path, *, begins_us: int, ends_us: int) -> Written:
    """Write those rows of several files that were scanned in `[begins, ends)` to one, each row once."""
    with _connection() as duck:
        rows = f"SELECT * FROM {_table(paths)} WHERE epoch_us(scanned_at) >= {begins_us} "
        rows += f"AND epoch_us(scanned_at) < {ends_us} {ONCE} {SORTED}"
        return _copy(duck, rows, path)


def write_without(path: Path, gate_numbers: Iterable[int]) -> Written | None:
    """Write a file again without the scans of these numbers; None when it holds none of them."""
    numbers = ", ".join(str(int(number)) for number in gate_numbers)
    with _connection() as duck:
        table = _table([path])
        (n_found,) = duck.execute(f"SELECT count(*) FROM {table} WHERE gate_number IN ({numbers})").fetchone()
        if not n_found:
            return None
        return _copy(duck, f"SELECT * FROM {table} WHERE gate_number NOT IN ({numbers}) {SORTED}", path)


def as_it_stands(path: Path) -> Written:
    """A file as it is on disk, whatever was entered of it."""
    return Written(n_archived_in([path])[0], sha256(path.read_bytes()).hexdigest())


def scanned_us(path: Path) -> list[int]:
    """When the scans of a file were made, in microseconds since 1970."""
    with _connection() as duck:
        return [row[0] for row in duck.execute(f"SELECT epoch_us(scanned_at) FROM {_table([path])}").fetchall()]


def n_archived_in(paths: Sequence[Path]) -> tuple[int, int]:
    """Rows in these files, and how many different scans they are; counted in the files themselves."""
    if not paths:
        return 0, 0
    with _connection() as duck:
        counted = f"SELECT count(*), count(DISTINCT (device, scan_id)) FROM {_table(paths)}"
        return duck.execute(counted).fetchone()


def visits_in(paths: Sequence[Path]) -> np.ndarray:
    """Of every scan in these files: gate number, venue, second since 1970, presence, marks, what the door did.
    (6, n) int64"""
    if not paths:
        return np.empty((6, 0), dtype=np.int64)
    with _connection() as duck:
        second = "epoch_us(scanned_at) // 1000000 AS second"
        select = f"SELECT gate_number, venue_number, {second}, presence, marks, {DONE} FROM {_table(paths)}"
        found = duck.execute(select).fetchnumpy()
    return np.stack([np.asarray(column, dtype=np.int64) for column in found.values()])


def ids_archived_on(day: date) -> list[UUID]:
    """The ids of all scans in the files of a day, read from the files themselves."""
    paths = sorted(part_path(day, 0).parent.glob("*.parquet"))
    if not paths:
        return []
    with _connection() as duck:
        return [row[0] for row in duck.execute(f"SELECT scan_id FROM {_table(paths)}").fetchall()]


@contextmanager
def _connection():
    import duckdb  # a tenth of a second, which each program would take at its start and few of them use

    connection = duckdb.connect(config=SETTINGS)
    try:
        yield connection
    finally:
        connection.close()


def _table(paths: Iterable[Path]) -> str:
    quoted = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{quoted}], hive_partitioning = false)"


def _copy(duck: "duckdb.DuckDBPyConnection", select: str, path: Path) -> Written:
    realm = the_realm()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    about = f"{{division: '{realm.division_code}', realm: '{realm.id}', kind: '{realm.kind}'}}"
    target = str(draft).replace("'", "''")
    statement = f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {about})"
    (n_rows,) = duck.execute(statement).fetchone()
    digest = _synced(draft)
    os.replace(draft, path)
    _sync_folder(path.parent)
    return Written(n_rows, digest)


def _synced(path: Path) -> str:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        return sha256(file.read()).hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
