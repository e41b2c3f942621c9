"""Contacts counted each day by the scheme districts report in (每日统计口径). Every decided contact is in one figure.

我区主动甄别 found here = pushed to another province + city + district + ours
涉及我区应管 ours to manage = traced + being traced;  traced = managed + released + became a case
在管 managed = central + awaiting transfer + at home + hospital + monitored + not stated
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.fields import CharField

from fangxian.core.refusal import Said

from .models import DECIDED, Belongs, Contact, Mode, Origin, State, StateChange

ELSEWHERE = (Belongs.PROVINCE, Belongs.CITY, Belongs.DISTRICT)
MANAGED = (State.TRACED, State.TRANSFERRED, State.IN_QUARANTINE)
NOT_STATED = "not_stated"
DAILY = (State.CONFIRMED, State.TRACED, State.IN_QUARANTINE, State.RELEASED, State.BECAME_CASE, State.HANDED_OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """Contacts who belong to one sort of elsewhere: how many have been handed over, how many still wait for it."""

    n_done: int = 0
    n_waiting: int = 0

    @property
    def n(self) -> int:
        return self.n_done + self.n_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The figures of a day.

    Attributes
    ----------
    pushed : of those found here, by models.Belongs of elsewhere
    n_own_here : found here and ours
    n_in_here, n_in_out : told by another place: ours, and passed on since
    n_tracing : ours, confirmed, nobody has found them yet
    managed : ours and found, by models.Mode and NOT_STATED
    n_left : ours, handed over without saying where to
    """

    pushed: Mapping[str, Pushed]
    n_own_here: int
    n_in_here: int
    n_in_out: int
    n_tracing: int
    managed: Mapping[str, int]
    n_released: int
    n_became_case: int
    n_left: int

    @property
    def n_own(self) -> int:
        return self.n_own_here + sum(it.n for it in self.pushed.values())

    @property
    def n_in(self) -> int:
        return self.n_in_here + self.n_in_out

    @property
    def n_ours(self) -> int:
        return self.n_own_here + self.n_in_here

    @property
    def n_managed(self) -> int:
        return sum(self.managed.values())

    @property
    def n_traced(self) -> int:
        return self.n_managed + self.n_released + self.n_became_case + self.n_left


def scheme(rows: QuerySet[Contact]) -> Scheme:
    """Some contacts by the scheme; one query. Proposals and rejected ones are in no figure."""
    columns = ("origin", "belongs", "state", "mode")
    counted = rows.filter(state__in=DECIDED).order_by().values_list(*columns).annotate(n=Count("*"))
    return scheme_of(counted)


def scheme_of(counted) -> Scheme:
    """The scheme of (origin, belongs, state, mode, how many): the definition, without a database."""
    pushed = {it: [0, 0] for it in ELSEWHERE}
    managed = dict.fromkeys((*Mode, NOT_STATED), 0)
    n = dict.fromkeys(("own_here", "in_here", "in_out", "tracing", "released", "became_case", "left"), 0)
    for origin, belongs, state, mode, count in counted:
        if belongs != Belongs.HERE and origin == Origin.OWN:
            pushed[belongs][state != State.HANDED_OVER] += count
            continue
        if belongs != Belongs.HERE:
            n["in_out"] += count
            continue
        n["own_here" if origin == Origin.OWN else "in_here"] += count
        if state in MANAGED:
            managed[mode or NOT_STATED] += count
        else:
            n[_WHERE[state]] += count
    return Scheme(
        pushed={it: Pushed(n_done=done, n_waiting=waiting) for it, (done, waiting) in pushed.items()},
        n_own_here=n["own_here"],
        n_in_here=n["in_here"],
        n_in_out=n["in_out"],
        n_tracing=n["tracing"],
        managed=managed,
        n_released=n["released"],
        n_became_case=n["became_case"],
        n_left=n["left"],
    )


_WHERE = {
    State.CONFIRMED: "tracing",
    State.RELEASED: "released",
    State.BECAME_CASE: "became_case",
    State.HANDED_OVER: "left",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """What was decided and done on one day of the county's: changes of state by the state they led to."""

    on: date
    n: Mapping[str, int]


def by_day(changes: QuerySet[StateChange], *, midnight: datetime, n_days: int) -> list[DayCount]:
    """The days before a midnight (aware, county time), the newest first; one query over those days alone."""
    bounds = [midnight - timedelta(days=back) for back in range(n_days + 1)]
    days = {f"{end - timedelta(days=1):%Y-%m-%d}": (begin, end) for end, begin in pairwise(bounds)}
    whens = [When(at__gte=begin, at__lt=end, then=Value(day)) for day, (begin, end) in days.items()]
    moved = ~Q(before=F("after")) & Q(after__in=DAILY, at__gte=bounds[-1], at__lt=midnight)
    rows = changes.filter(moved).order_by().annotate(day=Case(*whens, output_field=CharField()))
    counted: dict[str, dict[str, int]] = {day: dict.fromkeys(DAILY, 0) for day in days}
    for day, after, n in rows.values_list("day", "after").annotate(n=Count("*")):
        counted[day][after] += n
    return [DayCount(on=date.fromisoformat(day), n=counts) for day, counts in counted.items()]


def sums(it: Scheme) -> Iterator[tuple[Said, int, int]]:
    """Each whole with the sum of its parts, for whoever checks the page by hand."""
    parts = sum(pushed.n for pushed in it.pushed.values())
    yield Said("我区主动甄别", "found here"), it.n_own, parts + it.n_own_here
    yield Said("涉及我区应管", "ours to manage"), it.n_ours, it.n_traced + it.n_tracing
    yield Said("已落地", "traced"), it.n_traced, it.n_managed + it.n_released + it.n_became_case + it.n_left
