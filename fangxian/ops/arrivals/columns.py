"""Every arrival of some weeks as columns, for whoever weighs all of them at once.

A county declares a hundred thousand a month: to make an object of each costs ten times what the rules make of them.
What is alike is read once: a day, a measure, a county. Who they are, `queries.who_came` says of those of whom it
matters.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timezone, tzinfo
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.utils.timezone import localtime
from numpy.typing import NDArray

from fangxian.ops.realm.current import county_now

from .models import Arrival, State, Stay


class Standing(NamedTuple):
    """What was made of an arrival: numbers of the rows that applied, the strictest place, the first day without it."""

    rules: tuple[str, ...]
    measure: str
    measure_ends_on: date | None


class PlaceTold(NamedTuple):
    """A county somebody was in, with what they said of the places listed there; fields as `models.Stay`."""

    division: str
    risk_areas: frozenset[str]
    areas_known: bool


@dataclass(frozen=True, slots=True)
class ArrivalColumns:
    """Arrivals, announced or landed, in no order, and their stays in the order of the arrivals.

    Attributes
    ----------
    ids : (n,) as the database has them
    arrives_at : (n,) the same; `moment_of` reads one
    arrived_on : (n,) local days as `date.toordinal` counts them
    has_landed : (n,)
    version : (n,) the version that was read: whoever decides by it looks whether it still is the newest
    standing : (n,) what stands, as a number of `standings`
    place : (n_stays,) as a number of `places`
    of_arrival : (n_stays,) whose stay it is, in rising order, and of one arrival by the days
    """

    ids: Sequence[object]
    arrives_at: Sequence[object]
    arrived_on: NDArray[np.int32]
    has_landed: NDArray[np.bool_]
    version: NDArray[np.int32]
    standing: NDArray[np.int32]
    standings: Sequence[Standing]
    place: NDArray[np.int32]
    places: Sequence[PlaceTold]
    of_arrival: NDArray[np.int32]
    begins_on: NDArray[np.int32]
    ends_on: NDArray[np.int32]

    def moment_of(self, n: int) -> datetime:
        """When the n-th arrival came or is expected."""
        return _moment(self.arrives_at[n], connection.timezone)


def arrivals_in_columns(day: date, offset: timezone) -> ArrivalColumns:
    """Every arrival that is expected or came on that day or later, not cancelled. Two reads.

    Parameters
    ----------
    offset : by whose days they came
    """
    since = datetime.combine(day, time.min, localtime(county_now()).tzinfo)
    ids, arrives_at, states, versions, *stands = _columns(_ARRIVALS, since, n=7)
    standings: dict[tuple, int] = {}
    standing = _numbered(zip(*stands, strict=True), standings, len(ids))
    of, places = {key: n for n, key in enumerate(ids)}, {}
    arrivals, stay_ids, *told, begins_on, ends_on = _columns(_STAYS, since, n=7)
    # An arrival declared between the two reads is judged by the next list; what it asks now was just decided.
    known = np.fromiter((of.get(key, -1) for key in arrivals), np.int32, len(arrivals))
    place = _numbered(zip(*told, strict=True), places, len(arrivals))
    begins, ends = _turned(begins_on, _ordinal, np.int32), _turned(ends_on, _ordinal, np.int32)
    order = np.lexsort((np.array(stay_ids, dtype=np.int64), begins, known))
    order = order[known[order] >= 0]
    zone = connection.timezone  # looked up once: it is asked of the thread
    return ArrivalColumns(
        ids, arrives_at,
        _turned(arrives_at, lambda it: _moment(it, zone).astimezone(offset).date().toordinal(), np.int32),
        _turned(states, lambda it: it == State.LANDED, np.bool_), np.array(versions, dtype=np.int32),
        standing, [_standing(*it) for it in standings],
        place[order], [_place(*it) for it in places], known[order], begins[order], ends[order],
    )  # fmt: skip


_ARRIVALS = (
    f"SELECT id, {{as_is}}arrives_at, state, version, rules, measure, {{as_is}}measure_ends_on"
    f" FROM {Arrival._meta.db_table} WHERE arrives_at >= %s AND state <> %s"
)
_STAYS = (
    f"SELECT stay.arrival_id, stay.id, stay.division_code, stay.risk_areas, {{as_is}}stay.areas_known,"
    f" {{as_is}}stay.begins_on, {{as_is}}stay.ends_on FROM {Stay._meta.db_table} AS stay"
    f" JOIN {Arrival._meta.db_table} AS arrival ON arrival.id = stay.arrival_id"
    " WHERE arrival.arrives_at >= %s AND arrival.state <> %s"
)


def _columns(statement: str, since: datetime, *, n: int) -> list[Sequence[Any]]:
    """The columns of what is found; SQLite's driver would turn each day and moment, so they come as they lie."""
    at = Arrival._meta.get_field("arrives_at").get_db_prep_value(since, connection)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(as_is="+" if connection.vendor == "sqlite" else ""), [at, State.CANCELLED])
        rows = cursor.fetchall()
    return list(zip(*rows, strict=True)) if rows else [()] * n


def _numbered(values: Iterable[tuple], known: dict[tuple, int], n: int) -> NDArray[np.int32]:
    """Each value's number, in the order in which they were met; `known` has them then."""
    return np.fromiter((known.setdefault(it, len(known)) for it in values), np.int32, n)


def _turned(values: Sequence[Any], turn: Callable[[Any], object], kind: type[np.generic]) -> NDArray:
    """Each value turned; what is the same is turned once."""
    known = {value: turn(value) for value in set(values)}
    return np.fromiter(map(known.__getitem__, values), kind, len(values))


def _ordinal(raw: str | date) -> int:
    return _day(raw).toordinal()


def _day(raw: str | date) -> date:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


def _moment(raw: Any, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(raw).replace(tzinfo=zone) if isinstance(raw, str) else raw


def _standing(rules: str, measure: str, ends_on: str | date | None) -> Standing:
    return Standing(tuple(_list(rules)), measure, None if ends_on is None else _day(ends_on))


def _place(division: str, areas: str, is_known: object) -> PlaceTold:
    return PlaceTold(division, frozenset(_list(areas)), bool(is_known))


def _list(raw: str) -> list[str]:
    return Stay._meta.get_field("risk_areas").from_db_value(raw, None, connection)
