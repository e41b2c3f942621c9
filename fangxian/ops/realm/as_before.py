"""Rows as they were: what a change of many tables did to each row, and how that is put back.

For what may be undone long after. It knows tables, columns and values, and nothing of what they mean: which rows may
be touched says each room, and each room's action has its own put back. A column that was changed again meanwhile is
left as it is and told of, never guessed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, models, transaction
from django.db.models import F, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from .sealed import SealedText

AT_ONCE = 500
Key = tuple[str, str]  # table, id
Plain = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RowChange:
    """What became of one row: the columns that differ, before and after. None: there was, or is, no such row."""

    table: str
    key: str
    before: Plain | None
    after: Plain | None


@dataclass(frozen=True, slots=True)
class Stays:
    """One row that is not put back, or not all of it. `why` is "changed" meanwhile, "gone" meanwhile or "in_use"."""

    table: str
    key: str
    why: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Return:
    """How changes would be put back now: columns to write, rows to make again and to take away; and what stays."""

    columns: list[tuple[RowChange, tuple[str, ...]]] = field(default_factory=list)
    again: list[RowChange] = field(default_factory=list)
    away: list[RowChange] = field(default_factory=list)
    stays: list[Stays] = field(default_factory=list)

    @property
    def returning(self) -> list[RowChange]:
        return [*(change for change, _ in self.columns), *self.again, *self.away]


class RowsNow:
    """Rows of many tables with all their columns, as the database gave them: opened and turned when they are asked for.

    Most rows that may change do not. They are told from those that do by what the database has, so that thousands are
    read before and after a change in little time.
    """

    def __init__(self, rows: Iterable[QuerySet] = ()) -> None:
        self._raw: dict[Key, tuple] = {}
        self._columns: dict[str, _Columns] = {}
        for some in rows:
            self._read(some)

    def _read(self, some: QuerySet) -> None:
        table, names = some.model._meta.label_lower, [it.attname for it in some.model._meta.concrete_fields]
        query = some.order_by().values_list(*names).query
        compiler = query.get_compiler(some.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:  # none are asked for
            return
        columns = _Columns(tuple(names), compiler, compiler.get_converters([it[0] for it in compiler.select]))
        at = names.index(some.model._meta.pk.attname)
        with compiler.connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        if compiler.connection.vendor != "sqlite":
            rows = [tuple(map(_of_driver, row)) for row in rows]
        self._raw |= {(table, str(columns.value(row[at], at))): row for row in rows}
        self._columns[table] = columns

    def __iter__(self) -> Iterator[Key]:
        return iter(self._raw)

    def __ior__(self, others: "RowsNow") -> "RowsNow":
        self._raw |= others._raw
        self._columns |= others._columns
        return self

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def is_same_in(self, others: "RowsNow", key: Key) -> bool:
        """Whether a row stands here as it does there."""
        return self._raw.get(key) == others._raw.get(key)

    def said(self, key: Key, *, unlike: "RowsNow | None" = None) -> dict[str, object]:
        """A row's columns as JSON has them, sealed ones opened; or those alone that the database has otherwise there.

        To open and turn what nobody changed took a fifth of a merge.
        """
        columns, row = self._columns[key[0]], self._raw[key]
        other = None if unlike is None else unlike._raw[key]
        return {
            name: _plain(columns.value(value, at))
            for at, (name, value) in enumerate(zip(columns.names, row, strict=True))
            if other is None or value != other[at]
        }


@dataclass(frozen=True, slots=True)
class _Columns:
    """How what the database gave of a table's rows is turned into what the fields have."""

    names: tuple[str, ...]
    compiler: SQLCompiler
    converters: Mapping[int, tuple]

    def value(self, value: object, at: int) -> object:
        """What the database gave of the column in this place, as its field has it."""
        if at in self.converters:
            converters, expression = self.converters[at]
            for convert in converters:
                value = convert(value, expression, self.compiler.connection)
        return value


def _of_driver(value: object) -> object:
    """A view of bytes is another at each reading; the bytes are the same."""
    return bytes(value) if isinstance(value, memoryview) else value


def changes_between(before: RowsNow, after: RowsNow, *, in_full: Collection[str] = ()) -> list[RowChange]:
    """What differs, row by row, in the order of the rows before.

    Parameters
    ----------
    in_full : tables of whose changed rows every column is told, not those alone that differ
    """
    found = []
    for table, key in before:
        if before.is_same_in(after, (table, key)):
            continue
        if (table, key) not in after:
            found.append(RowChange(table, key, before.said((table, key)), None))
            continue
        is_told_whole = table in in_full
        was = before.said((table, key), unlike=None if is_told_whole else after)
        now = after.said((table, key), unlike=None if is_told_whole else before)
        names = [name for name in was if is_told_whole or was[name] != now[name]]
        if was != now:
            found.append(
                RowChange(table, key, {name: was[name] for name in names}, {name: now[name] for name in names})
            )
    return found + [RowChange(*key, None, after.said(key)) for key in after if key not in before]


def how_rows_return(
    changes: Iterable[RowChange],
    tables: Sequence[type[models.Model]],
    *,
    derived: Mapping[str, frozenset[str]] | None = None,
    together: Mapping[str, Sequence[frozenset[str]]] | None = None,
) -> Return:
    """How the changes of these tables would be put back as the rows stand now. Writes nothing.

    Parameters
    ----------
    derived : of a table the columns that its room computes itself; they are left alone
    together : of a table the columns that return together or not at all
    """
    wanted = {model._meta.label_lower: model for model in tables}
    mine = [change for change in changes if change.table in wanted]
    back = Return()
    for table, model in wanted.items():
        here = [change for change in mine if change.table == table]
        now = _rows_now(model, here)
        for change in here:
            _settle(back, change, now, (derived or {}).get(table, frozenset()), (together or {}).get(table, ()))
    return back


def _rows_now(model: type[models.Model], changes: Sequence[RowChange]) -> dict[str, dict[str, object]]:
    found = {}
    for start in range(0, len(changes), AT_ONCE):
        keys = [change.key for change in changes[start : start + AT_ONCE]]
        found |= {str(row.pk): plain(row) for row in model._default_manager.filter(pk__in=keys).order_by()}
    return found


def _settle(
    back: Return,
    change: RowChange,
    rows: Mapping[str, Plain],
    derived: frozenset[str],
    together: Sequence[frozenset[str]],
) -> None:
    now = rows.get(change.key)
    if change.after is None:
        back.again.append(change) if now is None else back.stays.append(Stays(change.table, change.key, "in_use"))
    elif now is None:
        if change.before is not None:
            back.stays.append(Stays(change.table, change.key, "gone"))
    elif change.before is None:
        if any(now[name] != value for name, value in change.after.items() if name not in derived):
            back.stays.append(Stays(change.table, change.key, "changed"))
        else:
            back.away.append(change)
    else:
        names = {name for name in change.before if name not in derived}
        changed = {name for name in names if now[name] != change.after[name]}
        for group in together:
            if changed & group:
                changed |= names & group
        if changed:
            back.stays.append(Stays(change.table, change.key, "changed", tuple(sorted(changed))))
        if names - changed:
            back.columns.append((change, tuple(sorted(names - changed))))


def put_back(back: Return, tables: Sequence[type[models.Model]]) -> list[Stays]:
    """Put back what `how_rows_return` found; for actions, of their own tables, those pointed at first.

    Returns
    -------
    What stays, those included whose place has been taken meanwhile by another row.
    """
    stays = list(back.stays)
    for model in tables:
        stays += _put_columns(model, [it for it in back.columns if it[0].table == model._meta.label_lower])
    for model in reversed(tables):
        keys = [change.key for change in back.away if change.table == model._meta.label_lower]
        for start in range(0, len(keys), AT_ONCE):
            model._default_manager.filter(pk__in=keys[start : start + AT_ONCE]).delete()
    for model in tables:  # last, when whoever stands in their place has gone back to its own
        again = [change for change in back.again if change.table == model._meta.label_lower]
        stays += _each_that_can(again, partial(_make, model))
    return stays


def _put_columns(model: type[models.Model], wanted: Sequence[tuple[RowChange, tuple[str, ...]]]) -> list[Stays]:
    """Again and again while some can: a place may be free only when another row has gone back to its own."""
    while True:
        stays = []
        for some in _alike(wanted):
            stays += _each_that_can([change for change, _ in some], partial(_write, model, names=some[0][1]))
        refused = {it.key for it in stays}
        if len(refused) in (0, len(wanted)):
            return stays
        wanted = [it for it in wanted if it[0].key in refused]


def _alike(
    wanted: Iterable[tuple[RowChange, tuple[str, ...]]],
) -> Iterable[Sequence[tuple[RowChange, tuple[str, ...]]]]:
    """Those that get the same values in the same columns, which one statement writes."""
    found: dict[str, list[tuple[RowChange, tuple[str, ...]]]] = {}
    for change, names in wanted:
        found.setdefault(repr([(name, change.before[name]) for name in names]), []).append((change, names))
    return found.values()


def _make(model: type[models.Model], changes: Sequence[RowChange]) -> None:
    model._default_manager.bulk_create(
        [model(**values_of(model, change.before)) for change in changes], batch_size=AT_ONCE
    )


def _write(model: type[models.Model], changes: Sequence[RowChange], names: Sequence[str]) -> None:
    values = values_of(model, {name: changes[0].before[name] for name in names})
    if "version" in {it.attname for it in model._meta.concrete_fields}:
        values["version"] = F("version") + 1  # whoever looked at the row before sees that it is another now
    for start in range(0, len(changes), AT_ONCE):
        keys = [change.key for change in changes[start : start + AT_ONCE]]
        model._default_manager.filter(pk__in=keys).update(**values)


def _each_that_can(changes: Sequence[RowChange], write) -> list[Stays]:
    """Write all at once; where the database refuses, half by half until it is known which row it is."""
    if not changes:
        return []
    try:
        with transaction.atomic():
            write(changes)
    except IntegrityError:
        if len(changes) == 1:
            return [Stays(changes[0].table, changes[0].key, "in_use")]
        half = len(changes) // 2
        return _each_that_can(changes[:half], write) + _each_that_can(changes[half:], write)
    return []


def plain(row: models.Model) -> dict[str, object]:
    """A row's columns as JSON has them."""
    return {it.attname: _plain(getattr(row, it.attname)) for it in row._meta.concrete_fields}


def values_of(model: type[models.Model], said: Plain) -> dict[str, object]:
    """The columns of a table from what `plain` made of them."""
    fields = {it.attname: it for it in model._meta.concrete_fields}
    return {name: _value(fields[name], value) for name, value in said.items()}


def model_of(table: str) -> type[models.Model]:
    return apps.get_model(table)


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):  # most are
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def _value(of: models.Field, value: object) -> object:
    if value is None or isinstance(of, SealedText | models.JSONField):
        return value
    if isinstance(of, models.BinaryField):
        return bytes.fromhex(str(value))
    return getattr(of, "target_field", of).to_python(value)
