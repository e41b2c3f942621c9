"""One page of a long list, however far down: its ids, found along the index that holds the list's order.

A page beyond the middle is counted off from the other end. Rows without a value in the sorted column stand last in
either direction, on both databases, though no index holds them so: they are counted, and are a list of their own.
"""

from collections.abc import Sequence

from django.db.models import F, Func, QuerySet


class Walked(Func):
    """A column that SQLite is not to look up by: where most rows are wanted, it then walks the index of the order."""

    template = "+%(expressions)s"  # to SQLite's planner this is no column of an index any more
    arity = 1

    def as_postgresql(self, compiler, _connection):
        return compiler.compile(self.source_expressions[0])  # knows by its statistics which way is shorter


def walked(rows: QuerySet, *columns: str) -> tuple[QuerySet, dict[str, str]]:
    """Rows that may be filtered by columns as `Walked`, and by which name each of these is."""
    names = {column: f"walked_{column}" for column in columns}
    return rows.alias(**{name: Walked(F(column)) for column, name in names.items()}), names


def ids_of_page(
    parts: Sequence[QuerySet],
    columns: Sequence[str],
    *,
    descending: bool,
    which: slice,
    total: int,
    may_be_empty: bool = False,
) -> list:
    """The ids of one page in the order of some columns, all of them up or all of them down.

    Parameters
    ----------
    parts : the rows, in parts that have none in common
    total : how many rows there are
    may_be_empty : whether the first column is null in some rows; they then stand last, ordered by the other columns
    """
    stop = min(which.stop, total)
    if not parts:
        return []
    if not may_be_empty:
        return _walk(parts, columns, descending, range(which.start, stop), total)
    first, *others = columns
    with_it = [part.filter(**{f"{first}__isnull": False}) for part in parts]
    without = [part.filter(**{f"{first}__isnull": True}) for part in parts]
    if which.start <= total // 4:  # mostly so many have a value, and nobody need be counted
        found = _walk(with_it, columns, descending, range(which.start, stop), total)
        if len(found) == stop - which.start:
            return found
    n_with = total - sum(part.count() for part in without)
    found = _walk(with_it, columns, descending, range(which.start, min(stop, n_with)), n_with)
    below = range(max(which.start, n_with) - n_with, stop - n_with)
    return found + _walk(without, others, descending, below, total - n_with)


def _walk(parts: Sequence[QuerySet], columns: Sequence[str], descending: bool, part: range, total: int) -> list:
    if not part:
        return []
    if part.start > total // 2:
        return _cut(parts, columns, not descending, slice(total - part.stop, total - part.start))[::-1]
    return _cut(parts, columns, descending, slice(part.start, part.stop))


def _cut(parts: Sequence[QuerySet], columns: Sequence[str], down: bool, which: slice) -> list:
    order = [F(it).desc() if down else F(it).asc() for it in columns]
    if len(parts) == 1:
        return list(parts[0].order_by(*order).values_list("pk", flat=True)[which])
    # Each part is walked along its own index, and the database takes from whichever is next.
    first, *others = [it.order_by().values_list(*columns, "pk") for it in parts]
    return [row[-1] for row in first.union(*others, all=True).order_by(*order)[which]]
