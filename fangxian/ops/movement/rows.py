"""Rows as the databases take them, for statements that handle many at once under a condition of their own."""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from fangxian.core.policy.byte_time import minute_of

from .wire import reference


def insert_or_update(
    model: type[models.Model], columns: Sequence[str], *, where: str, as_it_was: Container[str] = ()
) -> str:
    """A statement that inserts a row, or updates the one with its key where `where` holds.

    Parameters
    ----------
    columns : the key first
    where : `excluded.` is the row that was to be inserted, `old.` the one that is there. Both databases read it alike
    as_it_was : columns that an update leaves alone. SQLite writes an index anew for every column that is set, be it
        to the same value; and of an index in another order than the rows that is a page of the disk for each row.
    """
    table, key = model._meta.db_table, columns[0]
    values = ", ".join(["%s"] * len(columns))
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in columns[1:] if name not in as_it_was)
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
    return (lambda id_: id_) if connection.features.has_native_uuid_field else attrgetter("hex")


def as_they_lie(columns: Iterable[str]) -> str:
    """Columns for a SELECT whose moments are to be compared or turned only once: SQLite's driver would turn each."""
    sign = "" if connection.features.has_native_uuid_field else "+"
    return ", ".join(sign + name for name in columns)


def read_reference() -> Callable[[object], str]:
    """The reference (`wire.reference`) of an id as it lies in a row."""
    return reference if connection.features.has_native_uuid_field else (lambda id_: id_[:8].upper())


class Turned(dict):
    """What something is turned into, once for all who have the same: of a county's moments few are different."""

    def __init__(self, turn: Callable[[Any], Any]):
        super().__init__({None: None})
        self._turn = turn

    def __missing__(self, key: object) -> object:
        value = self[key] = self._turn(key)
        return value


def read_moment(raw: str | datetime) -> datetime:
    """A moment as it lies in a row, read."""
    return datetime.fromisoformat(raw).replace(tzinfo=UTC) if isinstance(raw, str) else raw


def read_minute() -> Callable[[Any], int]:
    """A moment as it lies in a row, in minutes as words count them."""
    if connection.features.has_native_uuid_field:
        return minute_of
    return lambda raw: _minute_of_text(raw[:16])  # up to its minutes


@lru_cache(maxsize=8192)
def _minute_of_text(text: str) -> int:
    return minute_of(read_moment(text))


def as_moment() -> Callable[[datetime | None], object]:
    """How this database's driver takes a moment, and gives one back as it lies."""
    if connection.features.has_native_uuid_field:
        return lambda moment: moment
    return Turned(lambda moment: str(moment.astimezone(UTC))[: -len("+00:00")]).__getitem__


def locking() -> str:
    """What a SELECT ends with that is to hold its rows until the transaction ends; SQLite holds the whole file."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""
