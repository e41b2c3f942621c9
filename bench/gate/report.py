"""The figures of one run as tables: printed, and written to docs/reference/performance.md."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

VOID: Final = "void: "


class Table(NamedTuple):
    """One part of a run. A row whose last cell begins with VOID says why it counts for nothing."""

    part: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: list[str]


def printed(table: Table) -> str:
    """A table for a terminal."""
    lines = [table.columns, *table.rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(table.columns))]
    said = [f"\n{table.title}"]
    said += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in lines]
    return "\n".join(line.rstrip() for line in said + [f"  · {note}" for note in table.notes])


def written(tables: Iterable[Table]) -> str:
    """The same as Markdown."""
    parts = []
    for table in tables:
        rule = "|".join(["---", *["---:"] * (len(table.columns) - 2), "---"])
        rows = "\n".join("| " + " | ".join(row) + " |" for row in [table.columns, *table.rows])
        head, _, rest = rows.partition("\n")
        notes = "".join(f"\n* {note}" for note in table.notes)
        parts.append(f"## {table.title}\n\n{head}\n|{rule}|\n{rest}\n{notes}\n")
    return "\n".join(parts)


def ratio(figure: float, against: float) -> str:
    """How many times `against`; as many digits as can be meant."""
    found = figure / against
    return f"{found:.2f}" if found < 10 else f"{found:.0f}"


def ratio_by_rounds(ones: Sequence[float], others: Sequence[float]) -> str:
    """The median of what each round says: two that follow one another had the same machine, the others had not."""
    return ratio(statistics.median(one / other for one, other in zip(ones, others, strict=True)), 1)


def aimed(at_least: str, aim: str) -> str:
    return f"≥ {at_least}, aim {aim}"
