"""What there is to compare with: the same file read by a bare reader, and its cells put into a bare table."""

import csv
import io
import os
import sqlite3
import time
from pathlib import Path

from python_calamine import CalamineWorkbook


def read_plainly(content: bytes, file_format: str) -> list[list]:
    """Every row of a file, unlooked at."""
    if file_format == "xlsx":
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return list(csv.reader(io.StringIO(content.decode("gb18030"), newline="")))


def insert_plainly(rows: list[list], folder: Path) -> None:
    """The same rows as text into a table without an index."""
    path = folder / "plain.sqlite"
    path.unlink(missing_ok=True)
    base, n = sqlite3.connect(path), len(rows[0])
    base.execute(f"CREATE TABLE plain ({', '.join(f'c{it}' for it in range(n))})")
    base.executemany(f"INSERT INTO plain VALUES ({', '.join('?' * n)})", ([str(it) for it in row] for row in rows))
    base.commit()
    base.close()


class Stopwatch:
    """Seconds by the clock and of the processor, children's included, since it was made."""

    def __init__(self) -> None:
        self._clock, self._processor = time.perf_counter(), _processor_s()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._clock, _processor_s() - self._processor


def _processor_s() -> float:
    of_children = os.times()
    return time.process_time() + of_children.children_user + of_children.children_system
