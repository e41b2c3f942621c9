"""Rows as the databases take them, for statements that handle many at once under a condition of their own."""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from fangxian.core.policy.byte_time import minute_of


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


def as_id() -> Callable[[UUID], str]:
    """How an id is given to the database, and comes back as it lies."""
    return attrgetter("hex")


def as_they_lie(columns: Iterable[str]) -> str:
    """Columns for a SELECT whose ids and moments are to be compared or turned only once: the driver would turn each.

    To sort by one of them is to name its table: PostgreSQL would sort by the text.
    """
    if connection.vendor == "sqlite":
        return ", ".join(f"+{name}" for name in columns)
    return ", ".join(map(_as_text, columns))


def _as_text(name: str) -> str:
    if name == "id" or name.endswith("_id"):
        return f"encode(uuid_send({name}), 'hex')"
    return f"{name}::text" if name.endswith("_at") else name


def read_reference(id_: str) -> str:
    """The reference (`wire.reference`) of an id as it lies in a row."""
    return id_[:8].upper()


class Turned(dict):
    """What something is turned into, once for all who have the same: of a county's moments few are different."""

    def __init__(self, turn: Callable[[Any], Any]):
        super().__init__({None: None})
        self._turn = turn

    def __missing__(self, key: object) -> object:
        value = self[key] = self._turn(key)
        return value


def read_moment(raw: str) -> datetime:
    """A moment as it lies in a row, read; both databases' sessions are in UTC."""
    return datetime.fromisoformat(raw).replace(tzinfo=UTC)


def read_minute(raw: str) -> int:
    """A moment as it lies in a row, in minutes as words count them."""
    return _minute_of_text(raw[:16])  # up to its minutes


@lru_cache(maxsize=8192)
def _minute_of_text(text: str) -> int:
    return minute_of(read_moment(text))


def as_moment() -> Callable[[datetime | None], object]:
    """How this database's driver takes a moment, and gives one back as it lies."""
    if connection.features.has_native_uuid_field:
        return Turned(_as_postgres_has_it).__getitem__
    return Turned(lambda moment: str(moment.astimezone(UTC))[: -len("+00:00")]).__getitem__


def _as_postgres_has_it(moment: datetime) -> str:
    text = str(moment.astimezone(UTC))[: -len("+00:00")]
    return f"{text.rstrip('0') if '.' in text else text}+00"


def locking() -> str:
    """What a SELECT ends with that is to hold its rows until the transaction ends; SQLite holds the whole file."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""
