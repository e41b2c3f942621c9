"""Many rows written by one `rows.insert_or_update`, as either database takes them quickest."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import itemgetter

from django.db import connection, transaction

from fangxian.ops.realm.wholesale import FEW, rows_as_table

ROWS_AT_ONCE = 5000
NAME = re.compile(r'"(\w+)"')


def write_rows(*, statement: str, rows: Sequence[tuple], n_key: int = 1) -> None:
    """Run an `insert_or_update` for each row; of those with one key in their order.

    PostgreSQL is given many rows at once, in which no key may stand twice: some tens in one statement, more by COPY.

    Parameters
    ----------
    n_key : how many of a row's columns, the first ones, are its key
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(statement, rows)
            return
        begin, _, end = statement.partition(" VALUES ")
        hole, _, end = end.partition(" ON CONFLICT ")
        for some in _of_different_keys(rows, n_key):
            if len(some) > FEW:
                _write_copied(begin, end, some)
                continue
            holes = ", ".join([hole] * len(some))
            cursor.execute(f"{begin} VALUES {holes} ON CONFLICT {end}", [value for row in some for value in row])


def _write_copied(begin: str, end: str, rows: Sequence[tuple]) -> None:
    table, *columns = NAME.findall(begin)
    with (
        transaction.atomic(savepoint=False),
        rows_as_table(table, columns, rows) as copied,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{begin} SELECT * FROM {copied} ON CONFLICT {end}")


def _of_different_keys(rows: Sequence[tuple], n_key: int) -> Iterator[list[tuple]]:
    """The first row of every key, then the second of those that have two, and so on: however often each key comes, in
    few parts. Each part is in the order of the keys, so that two who write of the same people at once never wait for
    one another.
    """
    key, before, nth = itemgetter(*range(n_key)), None, 0
    parts: dict[int, list[tuple]] = defaultdict(list)
    for row in sorted(rows, key=key):
        nth = nth + 1 if (now := key(row)) == before else 0
        before = now
        parts[nth].append(row)
    for part in parts.values():
        for start in range(0, len(part), ROWS_AT_ONCE):
            yield part[start : start + ROWS_AT_ONCE]
