"""Whether a correction would ask less of somebody than stands (更正是否降低措施). Part of declare_arrival.

1. where they would have to be on each day that is left, from today on     arrivals (stages)
2. how many of those days they may not move freely                         arrivals (stages)
3. where all that is alike: the tests and papers still to come             arrivals (tests)

Judged by what is left, and not by the strictest place alone: of somebody who came from a place of high risk 13 days
ago one day of central quarantine is left, which is a stricter place than home and less than a week there. So what asks
for a stricter place holds at once only where it keeps them no fewer days. Else the days on which less is asked count:
whoever says that they came earlier would be free earlier, though it begins sooner.
"""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Place
from fangxian.ops.arrivals.queries import announced_of, decided_of
from fangxian.ops.arrivals.wire import Decided, Told
from fangxian.ops.realm.current import county_now

ONE_DAY = timedelta(days=1)
PLACES = tuple(Place)  # the most restricting first


def asks_less(before: Decided, after: Decided, today: date) -> bool:
    """Whether, from today on, less would be asked than before in anything that counts."""
    was, now = _days_left(before, after, today)
    if was == now:
        return not all(a <= b for a, b in zip(*_papers_of_each(before, after, today), strict=True))
    if max(now) > max(was):
        return _kept_in(now) < _kept_in(was)
    return max(now) < max(was) or any(a > b for a, b in zip(was, now, strict=True))


def asks_more(before: Decided, after: Decided, today: date) -> bool:
    """Whether, from today on, more would be asked: a stricter place, were it for a day, or more and nothing less."""
    was, now = _days_left(before, after, today)
    if was == now:
        had, have = _papers_of_each(before, after, today)
        return had != have and all(a <= b for a, b in zip(had, have, strict=True))
    return max(now) > max(was) or all(a <= b for a, b in zip(was, now, strict=True))


def tells_another_journey(before: Told, after: Told) -> bool:
    """Whether somebody says otherwise where they were, or when they came."""
    said = [
        sorted((it.division, it.begins_on, it.ends_on, sorted(it.risk_areas), it.areas_known) for it in told.stays)
        for told in (before, after)
    ]
    return said[0] != said[1]


def stricter_announced(persons: Collection[UUID]) -> UUID | None:
    """Of what people who turn out to be one announced, which arrival goes on: the newer, unless it asks less."""
    rows, today = list(announced_of(persons).values()), localtime(county_now()).date()
    goes_on = None
    for row in sorted(rows, key=lambda it: (it.declared_at, it.pk)):
        if goes_on is None or not asks_less(decided_of(goes_on), decided_of(row), today):
            goes_on = row
    return goes_on and goes_on.pk


def _days_left(before: Decided, after: Decided, today: date) -> tuple[list[int], list[int]]:
    """How strict the place to be at is on each day from today on until both are over; at least one day."""
    until = max((ends for decided in (before, after) for _, _, ends in decided.stages), default=today)
    days = [today + n * ONE_DAY for n in range(max(1, (until - today).days))]
    return [_strictness(before, day) for day in days], [_strictness(after, day) for day in days]


def _strictness(decided: Decided, day: date) -> int:
    """How much the place to be at on a day restricts; 0 for none."""
    places = [place for place, begins, ends in decided.stages if begins <= day < ends]
    return max((len(PLACES) - PLACES.index(Place(it)) for it in places), default=0)


def _kept_in(days: list[int]) -> int:
    """On how many of these days somebody may not move freely: in hospital, in quarantine, at home."""
    return sum(it >= len(PLACES) - PLACES.index(Place.HOME) for it in days)


def _papers_of_each(before: Decided, after: Decided, today: date) -> list[tuple[int, bool, bool, bool]]:
    return [_papers(decided, today) for decided in (before, after)]


def _papers(decided: Decided, today: date) -> tuple[int, bool, bool, bool]:
    """What is asked beside the place to be at: tests still due, one on landing, an undertaking, anything at all."""
    n_due = sum(due >= today for _, due in decided.tests)
    return n_due, decided.has_landing_test, decided.needs_undertaking, decided.asks_something
