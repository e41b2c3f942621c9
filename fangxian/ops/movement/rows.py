"""Rows as the databases take them, for statements that handle many at once under a condition of their own."""

from collections.abc import Callable, Sequence
from datetime import datetime
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


def insert(model: type[models.Model], columns: Sequence[str]) -> str:
    """A statement that inserts a row."""
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({values})'


def as_id() -> Callable[[UUID], object]:
    """How this database's driver takes an id, and gives one back."""
    return (lambda id_: id_) if connection.features.has_native_uuid_field else (lambda id_: id_.hex)


def as_moment() -> Callable[[datetime | None], object]:
    """How this database's driver takes a moment. Of many moments few are different, so each is turned once."""
    adapt = connection.ops.adapt_datetimefield_value
    turned: dict[datetime | None, object] = {None: None}

    def of(moment: datetime | None) -> object:
        if (found := turned.get(moment, turned)) is not turned:
            return found
        return turned.setdefault(moment, adapt(moment))

    return of


def locking() -> str:
    """What a SELECT ends with that is to hold its rows until the transaction ends; SQLite holds the whole file."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""
