"""Thousands of values in one statement, as PostgreSQL takes them quickest: rows by COPY, ids as one array.

A value that stands in a statement of its own is quoted here and read there; of a release of fifteen thousand people
that was most of the time. SQLite is given its values as they are, and has no use for this.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from typing import cast
from uuid import UUID

from django.db import connection

from .ids import in_hex

FEW = 50  # rows; a statement of their own is sooner written than a table of the transaction's own
QUOTED = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
QUOTED_AS = str.maketrans(QUOTED)
_numbers = count(1)


def among(ids: Sequence[UUID]) -> tuple[str, list[object]]:
    """The end of a condition by which a column is one of these ids, with its values."""
    if connection.vendor == "postgresql":
        return "= ANY(%s::uuid[])", [array_of(in_hex(ids))]
    return f"IN ({', '.join(['%s'] * len(ids))})", list(in_hex(ids))


def array_of(ids: Iterable[str | None]) -> str:
    """Ids, by their digits, as PostgreSQL reads an array of them: nothing about them is to be quoted."""
    return "{" + ",".join([it or "NULL" for it in ids]) + "}"


def copy_columns(table: str, names: Sequence[str], columns: Sequence[Sequence[object]]) -> int:
    """Insert rows, given column by column, into a table of PostgreSQL by COPY; how many. Names are quoted here.

    The driver would look at each value for itself; of most columns all are of one kind, and none is to be quoted.
    """
    quote = connection.ops.quote_name
    into = f"{quote(table)} ({', '.join(map(quote, names))})"
    lines = "\n".join(map("\t".join, zip(*map(_as_copied, columns), strict=True)))
    connection.validate_no_broken_transaction()  # as of any statement; Django looks at those it knows
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            copy.write(f"{lines}\n")
        n_rows: int = cursor.rowcount
    return n_rows


def _as_copied(column: Sequence[object]) -> Sequence[str]:
    """Values of a column as COPY reads them."""
    kinds = set(map(type, column))
    if kinds == {str}:
        every = "".join(cast("Sequence[str]", column))
        if not any(it in every for it in QUOTED):
            return cast("Sequence[str]", column)
    elif kinds == {int}:
        return [*map(str, column)]
    return [*map(_one_as_copied, column)]


def _one_as_copied(value: object) -> str:
    match value:
        case None:
            return r"\N"
        case str():
            return str.translate(value, QUOTED_AS)
        case bool():
            return "t" if value else "f"
        case bytes() | memoryview():
            return rf"\\x{value.hex()}"
        case UUID() | int() | float() | Decimal() | date():  # a moment is a date
            return str(value)
    raise TypeError(f"{type(value).__name__} is not copied")


@contextmanager
def rows_as_table(table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """The name of a table that has these columns of another, these rows in their order, and lasts as long as the
    `with`. In a transaction, of PostgreSQL.
    """
    quote, name = connection.ops.quote_name, f"wholesale_{next(_numbers)}"
    shown = ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT {shown} FROM {quote(table)} WITH NO DATA"
        )
        copy_columns(name, columns, [*zip(*rows, strict=True)])
        yield name
        cursor.execute(f"DROP TABLE {name}")
