"""Rows as the databases take them, for statements that write many at once under a condition of their own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models


def insert_or_update(model: type[models.Model], columns: Sequence[str], *, where: str) -> str:
    """A statement that inserts a row, or updates the one with its key where `where` holds.

    In `where`, `excluded.` is the row that was to be inserted, `old.` the one that is there. Both databases
    read it alike.
    """
    table, key, rest = model._meta.db_table, columns[0], columns[1:]
    values = ", ".join(["%s"] * len(columns))
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f'INSERT INTO "{table}" AS old ({names}) VALUES ({values}) '
        f'ON CONFLICT ("{key}") DO UPDATE SET {updates} WHERE {where}'
    )


def as_parameters(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Values as this database's driver takes them."""
    if connection.vendor == "postgresql":
        return [tuple(row) for row in rows]
    moment = connection.ops.adapt_datetimefield_value
    return [tuple(_plain(value, moment) for value in row) for row in rows]


def _plain(value: Any, moment) -> Any:
    kind = type(value)
    if kind is UUID:
        return value.hex
    if kind is datetime:
        return moment(value)
    return value
