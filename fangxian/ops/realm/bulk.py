"""Many new rows at once, for lists of a hundred thousand: as quick as the database takes them.

Django's own `bulk_create` builds an object and an expression for each value; most of the time of a long list went
there. Nothing is left out here: every column is written, sealed columns are sealed, and the database holds what it
holds otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from operator import itemgetter
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
    values: list[list[object]] = []
    read, turns, statement, n_rows = None, (), "", 0
    for row in rows:
        if read is None:
            read, turns, statement = _turns(model, row.keys())
        value = list(read(row))
        for place, turn in turns:
            value[place] = turn(value[place])
        values.append(value)
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


def _turns(model: type[models.Model], given: Iterable[str]) -> tuple[Callable, list[tuple[int, Callable]], str]:
    """How a row's columns are read, which of them are given to the database otherwise, and the statement.

    Numbers the database gives are left out; columns that are not given stand last.
    """
    names = set(given)
    by_name = {it.attname: it for it in model._meta.concrete_fields}
    own = [name for name in by_name if name in names]
    missing = [name for name, it in by_name.items() if name not in names and not isinstance(it, models.AutoField)]
    turns = [(place, turn) for place, name in enumerate(own) if (turn := _turn(by_name[name]))]
    for place, name in enumerate(missing, start=len(own)):
        turns.append((place, _default(by_name[name])))
    pick, nothing = itemgetter(*own), (None,) * len(missing)
    columns = [connection.ops.quote_name(by_name[name].column) for name in (*own, *missing)]
    table, holes = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    return lambda row: pick(row) + nothing, turns, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({holes})"


def _default(field: models.Field) -> Callable[[Any], object]:
    turn = _turn(field) or _as_is
    return lambda _: turn(field.get_default())


def _turn(field: models.Field) -> Callable[[Any], object] | None:
    """How a column's value is given to the database: sealed, or as the driver wants it; None: as it is.

    Of the moments in a list few are different, so each is turned once.
    """
    if isinstance(field, SealedText):
        return partial(_sealed, the_realm().keys.seal, field.bound_to)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.UUIDField):
        return None if connection.features.has_native_uuid_field else _id
    if isinstance(field, models.DateTimeField | models.DateField):
        known: dict[date | datetime | None, object] = {None: None}

        def moment(value: date | datetime | None) -> object:
            if value not in known:
                known[value] = field.get_db_prep_save(value, connection)
            return known[value]

        return moment
    if isinstance(field, models.JSONField | models.DecimalField):
        return lambda value: None if value is None else field.get_db_prep_save(value, connection)
    return None


def _sealed(seal: Callable[..., bytes], bound_to: bytes, text: str) -> bytes:
    return seal(text.encode(), bound_to=bound_to) if text else b""


def _id(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _as_is(value: object) -> object:
    return value
