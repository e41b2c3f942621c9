"""Many rows at once, written and asked for, for lists of a hundred thousand: as quick as the database takes them.

Django's own `bulk_create` and `__in` build an object and an expression for each value; most of the time of a long list
went there. Nothing is left out here: every column is written, sealed columns are sealed, and the database holds what
it holds otherwise.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from itertools import chain, compress, islice, repeat
from operator import is_, itemgetter
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection, models
from django.utils.dateparse import parse_datetime

from .current import the_realm
from .ids import id_of, in_hex, new_ids_in_hex
from .sealed import SealedText
from .values import days, moments, moments_with_zone, words
from .wholesale import FEW, array_of, copy_columns

AT_ONCE = 2000
Turn = Callable[[Sequence[Any]], "Sequence[object] | _Same"]
ASKED_AT_ONCE = 500
ASKED_AS_ARRAYS = 10_000  # so many at once are found by one reading of a table where that is sooner
ROWS_A_STATEMENT = 20  # more are no quicker: SQLite has to read the statement
MOST_KNOWN = 4096  # days and moments whose text was read
ALIKE = (dict, list, models.NOT_PROVIDED)  # defaults that are made anew for each row, and written alike


def rows_with(
    model: type[models.Model],
    key: tuple[str, ...],
    wanted: Iterable[tuple],
    columns: tuple[str, ...],
    *,
    opened: bool = True,
    locked: bool = False,
) -> Iterator[tuple]:
    """These columns of the rows whose `key` columns stand together as one of `wanted`; in no order.

    Columns are given and named as in `insert_rows`. What is wanted twice comes once.

    Parameters
    ----------
    opened : whether sealed columns are opened; else they come as bytes, which are empty where the text is
    locked : whether nobody else may change these rows until the transaction ends; they are locked in the order of ids
    """
    by_name = {it.attname: it for it in model._meta.concrete_fields}
    name = connection.ops.quote_name
    table = name(model._meta.db_table)
    shown = ", ".join(_shown(f"{table}.{name(by_name[it].column)}", by_name[it]) for it in columns)
    # Joined in this order: given pairs by IN, SQLite reads the whole table.
    same = " AND ".join(f"{table}.{name(by_name[it].column)} = asked.column{n}" for n, it in enumerate(key, start=1))
    if locked and connection.features.has_select_for_update:
        same += f" ORDER BY {table}.{name(model._meta.pk.column)} FOR UPDATE OF {table}"
    keys = [by_name[it] for it in key]
    back = [_back(by_name[it], opened=opened) for it in columns]
    every = iter(dict.fromkeys(wanted))
    while chunk := list(islice(every, ASKED_AT_ONCE if connection.vendor == "sqlite" else ASKED_AS_ARRAYS)):
        asked, values = _asked(keys, chunk)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {shown} FROM {asked} CROSS JOIN {table} WHERE {same}", values)
            found = cursor.fetchall()
        yield from _turned_back(found, back)


def _asked(keys: Sequence[models.Field], chunk: Sequence[tuple]) -> tuple[str, list]:
    """What is asked for as a table of it, with its values."""
    by_column = [(_turn(it) or _as_they_are)(values) for it, values in zip(keys, zip(*chunk, strict=True), strict=True)]
    if connection.vendor == "sqlite":
        hole = f"({', '.join(['%s'] * len(keys))})"
        values = [value for row in zip(*by_column, strict=True) for value in row]
        return f"(VALUES {', '.join([hole] * len(chunk))}) AS asked", values
    types = [(it.db_type(connection) or "").partition("(")[0] for it in keys]  # a length would cut what is longer
    holes = ", ".join(f"%s::{it}[]" for it in types)
    names = ", ".join(f"column{n}" for n in range(1, len(keys) + 1))
    values = [array_of(it) if type_ == "uuid" else list(it) for it, type_ in zip(by_column, types, strict=True)]
    return f"unnest({holes}) AS asked({names})", values


def every_row(model: type[models.Model], columns: tuple[str, ...], *, where_null: str = "") -> Iterator[tuple]:
    """These columns of every row, or of those where a column is empty; in the order of their ids, opened."""
    by_name = {it.attname: it for it in model._meta.concrete_fields}
    name = connection.ops.quote_name
    shown = ", ".join(_shown(name(by_name[it].column), by_name[it]) for it in columns)
    only = f" WHERE {name(by_name[where_null].column)} IS NULL" if where_null else ""
    back = [_back(by_name[it], opened=True) for it in columns]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {shown} FROM {name(model._meta.db_table)}{only} ORDER BY {name(model._meta.pk.column)}")
        while chunk := cursor.fetchmany(AT_ONCE):
            yield from _turned_back(chunk, back)


def _turned_back(rows: Sequence[tuple], back: Sequence[Callable[[Any], object] | None]) -> Iterator[tuple]:
    """Rows as their fields have them, turned column by column: most columns come as they are."""
    if not rows:
        return iter(())
    columns = zip(back, zip(*rows, strict=True), strict=True)
    return zip(*(values if turn is None else map(turn, values) for turn, values in columns), strict=True)


def _back(field: models.Field, *, opened: bool) -> Callable[[Any], object] | None:
    """A column's value as its field has it, where the driver gives it otherwise; None: as it comes."""
    if isinstance(field, SealedText) and opened:
        return partial(_opened, the_realm().keys.unseal, field.bound_to)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.UUIDField):
        return None if connection.features.has_native_uuid_field else _id
    if isinstance(field, models.DateTimeField):
        return partial(_moment_in, connection.timezone)
    if isinstance(field, models.DateField):
        return _day_in if connection.vendor == "sqlite" else field.to_python
    if isinstance(field, models.DecimalField):
        return field.to_python
    if isinstance(field, models.JSONField):
        return lambda value: field.from_db_value(value, None, connection)
    return _bytes if isinstance(field, models.BinaryField) else None


def _opened(unseal: Callable[..., bytes], bound_to: bytes, value: Any) -> str | None:
    if not value:
        return None if value is None else ""
    return unseal(bytes(value), bound_to=bound_to).decode()


def _id(value: str | None) -> UUID | None:
    return None if value is None else id_of(int(value, 16))


def _shown(column: str, field: models.Field) -> str:
    """A column as it is asked for: of a moment a database is asked for its text, SQLite of a day too, which is read
    once however many rows have it. Asked for by its name alone, the driver would read it of each row.
    """
    if connection.vendor == "sqlite":
        return f"+{column}" if isinstance(field, models.DateField) else column
    return f"{column}::text" if isinstance(field, models.DateTimeField) else column


@lru_cache(maxsize=MOST_KNOWN)
def _moment_in(zone: tzinfo, text: str | None) -> datetime | None:
    return None if text is None else _moment(zone, parse_datetime(text))


@lru_cache(maxsize=MOST_KNOWN)
def _day_in(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _moment(zone: tzinfo, value: datetime | None) -> datetime | None:
    """Some drivers know no zones and give what was written in the connection's own."""
    return value if value is None or value.tzinfo else value.replace(tzinfo=zone)


class Ready:
    """Rows of one table as the database is given them, sealed already: made before a transaction, so that it is short.

    Rows are given by column (a foreign key by its `_id`), each the same columns as the first; a column that is not
    given has its default.

    Parameters
    ----------
    same : columns that are alike in all rows; a sealed one is sealed once, so that they are seen to be alike
    """

    def __init__(
        self,
        model: type[models.Model],
        rows: Iterable[Mapping[str, object]],
        *,
        same: Mapping[str, object] | None = None,
    ) -> None:
        every = list(rows)
        self._model, self.n_rows, self._names = model, len(every), []
        self._columns: list[Sequence[object] | _Same] = []
        if not every:
            return
        names = [it.attname for it in model._meta.concrete_fields if it.attname in every[0]]
        by_column = zip(*map(itemgetter(*names), every), strict=True)
        self._lay(dict(zip(names, by_column, strict=True)), same or {})

    @classmethod
    def of_columns(
        cls,
        model: type[models.Model],
        columns: Mapping[str, Sequence[object]],
        *,
        same: Mapping[str, object] | None = None,
    ) -> "Ready":
        """The same of rows that are given column by column, each of them as long: no row is made to be taken apart."""
        ready = cls(model, ())
        ready.n_rows = len(next(iter(columns.values())))
        if ready.n_rows:
            ready._lay(columns, same or {})
        return ready

    def _lay(self, given: Mapping[str, Sequence[object]], same: Mapping[str, object]) -> None:
        """Column by column: most columns are given to the database as they are."""
        self._names, turns, n_own = _turns(self._model, given.keys(), same)
        rows = range(self.n_rows)
        values = chain((given[name] for name in self._names[:n_own]), repeat(rows, len(turns) - n_own))
        self._columns = [it if turn is None else turn(it) for turn, it in zip(turns, values, strict=True)]

    def put(self, column: str, values: Sequence[object]) -> None:
        """Give a column that was given before other values, one a row: what is known only when the rows are written."""
        if not self.n_rows:
            return
        turn = _turn(next(it for it in self._model._meta.concrete_fields if it.attname == column))
        self._columns[self._names.index(column)] = values if turn is None else turn(values)

    def write(self, *, which: Iterable[object] | None = None, leave_known: bool = False) -> int:
        """Insert the rows; how many.

        Parameters
        ----------
        which : of each row whether it is written; None: all are
        leave_known : whether a row that is on record, by any of the table's unique keys, stays as it is
        """
        if not (told := self._chosen(None if which is None else list(which)))[1]:
            return 0
        (columns, n_rows), end = told, " ON CONFLICT DO NOTHING" if leave_known else ""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                said = self._at_once(columns, n_rows)
                return sum(cursor.executemany(statement + end, values).rowcount for statement, values in said)
            alike = [[it.value] * n_rows if isinstance(it, _Same) else it for it in columns]
            if n_rows > FEW and not leave_known:
                return copy_columns(self._model._meta.db_table, self._in_table(self._names), alike)
            one = f"{self._begin(self._names)} ({', '.join(['%s'] * len(columns))})"
            cursor.executemany(one + end, list(zip(*alike, strict=True)))
            return cursor.rowcount

    def _chosen(self, which: Sequence[object] | None) -> "tuple[list[Sequence[object] | _Same], int]":
        """The columns of the chosen rows, those that are alike in all of them once; and how many rows there are."""
        columns, n_rows = self._columns, self.n_rows if which is None else sum(map(bool, which))
        if n_rows < self.n_rows:
            columns = [it if isinstance(it, _Same) else list(compress(it, which or ())) for it in columns]
        return [_once(it) for it in columns] if n_rows else [], n_rows

    def _at_once(
        self, columns: "Sequence[Sequence[object] | _Same]", n_rows: int
    ) -> Iterator[tuple[str, list[list[object]]]]:
        """For SQLite, which takes a quarter longer for single rows: some a statement, and what is alike once."""
        named = sorted(zip(self._names, columns, strict=True), key=lambda it: not isinstance(it[1], _Same))
        same = [it.value for _, it in named if isinstance(it, _Same)]
        own = [it for _, it in named if not isinstance(it, _Same)]
        begin = self._begin([name for name, _ in named])
        if connection.in_atomic_block:  # which alone undoes what a statement did: SQLite need not copy pages for it
            begin = begin.replace("INSERT", "INSERT OR FAIL", 1)
        # By number what is alike, first. Were all numbered, a statement would be read in its length squared.
        hole = f"({', '.join([f'?{n}' for n in range(1, len(same) + 1)] + ['?'] * len(own))})"
        rows, n_left = zip(*own, strict=True) if own else repeat((), n_rows), n_rows % ROWS_A_STATEMENT
        for n, times in ((ROWS_A_STATEMENT, n_rows // ROWS_A_STATEMENT), (n_left, int(n_left > 0))):
            if times:
                values = [[*same, *chain.from_iterable(islice(rows, n))] for _ in range(times)]
                yield f"{begin} {', '.join([hole] * n)}", values

    def _begin(self, names: Iterable[str]) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(map(quote, self._in_table(names)))
        return f"INSERT INTO {quote(self._model._meta.db_table)} ({columns}) VALUES"

    def _in_table(self, names: Iterable[str]) -> list[str]:
        by_name = {it.attname: it for it in self._model._meta.concrete_fields}
        return [by_name[name].column for name in names]


class _Same(NamedTuple):
    """A column whose rows have one value."""

    value: object


def _once(column: Sequence[object] | _Same) -> Sequence[object] | _Same:
    """A column of which all rows have the very same is given once."""
    if isinstance(column, _Same) or not all(map(is_, column, repeat(column[0]))):
        return column
    return _Same(column[0])


def insert_rows(model: type[models.Model], rows: Iterable[Mapping[str, object]], *, leave_known: bool = False) -> int:
    """Insert rows, given and left as in `Ready`, some thousand at a time; how many."""
    every, n_rows = iter(rows), 0
    while chunk := list(islice(every, AT_ONCE)):
        n_rows += Ready(model, chunk).write(leave_known=leave_known)
    return n_rows


def update_rows(model: type[models.Model], rows: Iterable[Mapping[str, object]]) -> None:
    """Write these columns of rows, each by its id (its primary key). Every row gives the same columns.

    They are written in the order of their ids, so that two who do this never wait for one another.
    """
    every, key = list(rows), model._meta.pk.attname
    if not every:
        return
    by_name = {it.attname: it for it in model._meta.concrete_fields}
    names = [name for name in every[0] if name != key] + [key]
    quote, read = connection.ops.quote_name, itemgetter(*names)
    turns = [_turn(by_name[name]) or _as_they_are for name in names]
    columns = [turn(values) for turn, values in zip(turns, zip(*map(read, every), strict=True), strict=True)]
    changes = ", ".join(f"{quote(by_name[name].column)} = %s" for name in names[:-1])
    statement = f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {quote(by_name[key].column)} = %s"
    with connection.cursor() as cursor:
        cursor.executemany(statement, sorted(zip(*columns, strict=True), key=itemgetter(-1)))


@contextmanager
def cycles_sought_between() -> Iterator[Callable[[], object]]:
    """While rows come by the hundred thousand, look for cycles of objects where the caller says, and not in between.

    Python looks through the young whenever seven hundred objects more were made, and through all that live now and
    then; the rows of a list, which go by themselves, make it do so thousands of times: a sixth of an import went
    there. What is given is to be called between two parts of the list, when little is held.
    """
    if not gc.isenabled():  # of two lists at once the first one's caller seeks cycles for both
        yield bool  # does nothing
        return
    gc.disable()
    try:
        yield partial(gc.collect, 1)
    finally:
        gc.enable()


def defaults_of(model: type[models.Model]) -> dict[str, object]:
    """The columns of a row of which nothing is said, as `insert_rows` takes them."""
    row = model()
    return {field.attname: row.__dict__[field.attname] for field in model._meta.concrete_fields}


def _turns(
    model: type[models.Model], given: Iterable[str], same: Mapping[str, object]
) -> tuple[list[str], list[Turn | None], int]:
    """The columns that are written, how the values of each are given to the database, and how many are read of a row.

    Those that are read of a row stand first, the others, which are alike or have their defaults, last; numbers the
    database gives are left out.
    """
    names = set(given)
    by_name = {it.attname: it for it in model._meta.concrete_fields}
    own = [name for name in by_name if name in names]
    missing = [name for name, it in by_name.items() if name not in names and not isinstance(it, models.AutoField)]
    turns = [_turn(by_name[name]) for name in own]
    turns += [_alike(by_name[name], same[name]) if name in same else _default(by_name[name]) for name in missing]
    return [*own, *missing], turns, len(own)


def _default(field: models.Field) -> Turn:
    if field.default is uuid4:
        return lambda values: new_ids_in_hex(len(values))
    if not callable(field.default) or field.default in ALIKE:
        return _alike(field, field.get_default())
    turn = _turn(field) or _as_they_are
    return lambda values: turn([field.get_default() for _ in values])


def _alike(field: models.Field, value: object) -> Turn:
    """One value for all rows, turned once."""
    [turned] = (_turn(field) or _as_they_are)([value])
    return lambda _: _Same(turned)


def _turn(field: models.Field) -> Turn | None:
    """How a column's values are given to the database: sealed, or as the driver wants them; None: as they are."""
    if isinstance(field, SealedText):
        return partial(the_realm().keys.seal_each, bound_to=field.bound_to)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.UUIDField):
        return in_hex
    if isinstance(field, models.DateTimeField):
        return partial(moments, connection.timezone) if connection.vendor == "sqlite" else moments_with_zone
    if isinstance(field, models.DateField):
        return days
    if isinstance(field, models.CharField) and field.choices:
        return words
    if isinstance(field, models.JSONField):
        return lambda values: [None if value is None else json.dumps(value, cls=field.encoder) for value in values]
    if isinstance(field, models.DecimalField):
        return lambda values: [None if value is None else field.get_db_prep_save(value, connection) for value in values]
    return None


def _as_they_are(values: Sequence[object]) -> Sequence[object]:
    return values


def _bytes(value: object) -> object:
    return None if value is None else bytes(value)
