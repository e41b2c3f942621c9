"""Whether a correction would ask less of somebody than stands (更正是否降低措施). Part of declare_arrival.

1. where they would have to be on each day from today on       arrivals (stages)
2. where that is alike: the tests and papers still to come     arrivals (tests)

Of one that asks more on some days and less on others it counts whether somebody has to be at a stricter place than
before: then it holds at once. Else the days on which less is asked count: whoever says that they came earlier would be
free earlier, though it begins sooner.
"""

from datetime import date, timedelta

from fangxian.core.policy.vocabulary import Place
from fangxian.ops.arrivals.wire import Decided, Told

ONE_DAY = timedelta(days=1)
PLACES = tuple(Place)  # the most restricting first


def step_of(before: Decided, after: Decided, today: date) -> int:
    """1 where more is asked from today on than before, -1 less, 0 the same."""
    until = max((ends for decided in (before, after) for _, _, ends in decided.stages), default=today)
    days = [today + n * ONE_DAY for n in range(max(0, (until - today).days))]
    was, now = ([_strictness(decided, day) for day in days] for decided in (before, after))
    if was == now:
        was, now = ([*_papers(decided, today)] for decided in (before, after))
    elif max(now) != max(was):
        return 1 if max(now) > max(was) else -1
    return 0 if was == now else 1 if all(a <= b for a, b in zip(was, now, strict=True)) else -1


def tells_another_journey(before: Told, after: Told) -> bool:
    """Whether somebody says otherwise where they were, or when they came."""
    said = [
        sorted((it.division, it.begins_on, it.ends_on, sorted(it.risk_areas), it.areas_known) for it in told.stays)
        for told in (before, after)
    ]
    return said[0] != said[1]


def _strictness(decided: Decided, day: date) -> int:
    """How much the place to be at on a day restricts; 0 for none."""
    places = [place for place, begins, ends in decided.stages if begins <= day < ends]
    return max((len(PLACES) - PLACES.index(Place(it)) for it in places), default=0)


def _papers(decided: Decided, today: date) -> tuple[int, bool, bool, bool]:
    """What is asked beside the place to be at: tests still due, one on landing, an undertaking, anything at all."""
    n_due = sum(due >= today for _, due in decided.tests)
    return n_due, decided.has_landing_test, decided.needs_undertaking, decided.asks_something
