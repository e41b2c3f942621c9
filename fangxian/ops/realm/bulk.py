"""Many new rows at once, for lists of a hundred thousand: as quick as the database takes them.

Django's own `bulk_create` builds an object and an expression for each value; most of the time of a long list went
there. Nothing is left out here: every column is written, sealed columns are sealed, and the database holds what it
holds otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, models

from .current import the_realm
from .sealed import SealedText

AT_ONCE = 2000


def insert_rows(model: type[models.Model], rows: Iterable[Mapping[str, object]]) -> int:
    """Insert rows given by column (a foreign key by its `_id`); how many. A column that is not given has its default.

    Every row gives the same columns as the first.
    """
    turns: list[tuple[str, Callable[[Any], object]]] = []
    values: list[list[object]] = []
    statement, n_rows = "", 0
    for row in rows:
        if not turns:
            turns, statement = _turns(model, row.keys())
        values.append([turn(row.get(name)) for name, turn in turns])
        if len(values) == AT_ONCE:
            n_rows += _write(statement, values)
    return n_rows + _write(statement, values)


def defaults_of(model: type[models.Model]) -> dict[str, object]:
    """The columns of a row of which nothing is said, as `insert_rows` takes them."""
    row = model()
    return {field.attname: row.__dict__[field.attname] for field in model._meta.concrete_fields}


def _write(statement: str, values: list[list[object]]) -> int:
    if not values:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
    n = len(values)
    values.clear()
    return n


def _turns(model: type[models.Model], given: Iterable[str]) -> tuple[list[tuple[str, Callable[[Any], object]]], str]:
    """How each column's value is given to the database, and the statement; numbers the database gives are left out."""
    names = set(given)
    fields = [it for it in model._meta.concrete_fields if it.attname in names or not isinstance(it, models.AutoField)]
    turns = [(it.attname, _turn(it) if it.attname in names else _default(it)) for it in fields]
    quoted = ", ".join(connection.ops.quote_name(it.column) for it in fields)
    holes = ", ".join(["%s"] * len(fields))
    return turns, f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted}) VALUES ({holes})"


def _default(field: models.Field) -> Callable[[Any], object]:
    turn = _turn(field)
    return lambda _: turn(field.get_default())


def _turn(field: models.Field) -> Callable[[Any], object]:
    """How a column's value is given to the database: sealed, or as the driver wants it; few moments are different."""
    if isinstance(field, SealedText):
        return partial(_sealed, the_realm().keys.seal, field.bound_to)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.UUIDField):
        return _id if not connection.features.has_native_uuid_field else _as_is
    if isinstance(field, models.DateTimeField | models.DateField):
        known: dict[date | datetime | None, object] = {None: None}

        def moment(value: date | datetime | None) -> object:
            if value not in known:
                known[value] = field.get_db_prep_save(value, connection)
            return known[value]

        return moment
    if isinstance(field, models.JSONField | models.DecimalField):
        return lambda value: None if value is None else field.get_db_prep_save(value, connection)
    return _as_is


def _sealed(seal: Callable[..., bytes], bound_to: bytes, text: str) -> bytes:
    return seal(text.encode(), bound_to=bound_to) if text else b""


def _id(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _as_is(value: object) -> object:
    return value
