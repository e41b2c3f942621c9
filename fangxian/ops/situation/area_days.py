"""What an area did in a day or a week (日报告、周汇总): it adds itself up from what was recorded where it was done.

1. who came, who is expected                arrivals
2. who left, who came back                  departures
3. who was asked about a stay, who is left  enquiries
4. who was followed up, who is left         contacts
5. what was done, what is late              tasks
6. what was inspected, disinfected, sampled hygiene_due

Nobody files a report. Instead of who has not reported it says where something was to be done and nothing was, down to
the grid cell: 日报告 that are filled in for their own sake are what the law of 2025 calls needless (domain.md, at its
head). Whom to ring about such a cell, and whether their phone still has to send: quiet_grids.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.arrivals import queries as arrivals
from fangxian.ops.contacts import queries as contacts
from fangxian.ops.contacts.days import day_by_area
from fangxian.ops.departures import queries as departures
from fangxian.ops.enquiries import queries as enquiries
from fangxian.ops.hygiene import queries as hygiene
from fangxian.ops.places.queries import children_of, places_at
from fangxian.ops.realm.areas import GRID_DIGITS, below
from fangxian.ops.tasks import queries as tasks

from .hygiene_due import hygiene_by_area

VIEW = "movement.review"
LONGEST_D = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDays:
    """One area's figures. What was done is of the days asked for; what is left is of now.

    Attributes
    ----------
    n_followed, n_to_follow : None where the reader may not follow contacts
    n_rounds, n_rounds_due, n_rounds_late : work at priority places: done, due today, late; None where the reader sees
        no venues
    is_silent : something was to be done, and nothing is on record of these days
    """

    place: object
    n_landed: int = 0
    n_expected: int = 0
    n_left_county: int = 0
    n_returned: int = 0
    n_asked: int = 0
    n_to_ask: int = 0
    n_followed: int | None = None
    n_to_follow: int | None = None
    n_rounds: int | None = None
    n_rounds_due: int | None = None
    n_rounds_late: int | None = None
    n_done: int = 0
    n_late: int = 0
    n_quiet: int | None = None

    @property
    def n_waiting(self) -> int:
        return self.n_to_ask + (self.n_to_follow or 0) + (self.n_rounds_late or 0) + self.n_late

    @property
    def is_silent(self) -> bool:
        was_done = self.n_landed + self.n_asked + (self.n_followed or 0) + (self.n_rounds or 0) + self.n_done
        return not was_done and bool(self.n_waiting)


@dataclass(frozen=True, slots=True)
class AreaReport:
    """The parts of an area, a line each, and of all its grid cells those that are silent, most to do first.

    Where the parts are grid cells, `quiet` is empty: their lines say it.
    """

    lines: list[AreaDays]
    quiet: list[AreaDays]


@dataclass(frozen=True, slots=True)
class Days:
    """`n` whole county days, the last one `last_on`, as moments `[begins_at, ends_at)`."""

    last_on: date
    n: int
    begins_at: datetime
    ends_at: datetime


def days_up_to(last_on: date, n: int, at: datetime) -> Days:
    """The `n` days that end with `last_on`; `at` says in which zone a day is a day."""
    ends_at = datetime.combine(last_on + timedelta(days=1), time(), localtime(at).tzinfo)
    n = max(1, min(n, LONGEST_D))
    return Days(last_on, n, ends_at - timedelta(days=n), ends_at)


def area_days(account: Account, area_path: str, days: Days, at: datetime) -> list[AreaDays]:
    """A line for each part of an area that touches the reader's own, also of those with nothing to say.

    Refuses
    -------
    accounts.not_yours
        Where the account reviews nothing in the area.
    """
    return area_report(account, area_path, days, at).lines


def area_report(account: Account, area_path: str, days: Days, at: datetime) -> AreaReport:
    """The lines of `area_days`, and the grid cells that are silent. Refuses `accounts.not_yours`."""
    own = areas_of(account, VIEW)
    places = [it for it in children_of(area_path) if any(_touch(it.area_path, area) for area in own)]
    if not places:
        require(account, VIEW, area_path)
    digits = len(places[0].area_path) if places else len(area_path)
    counted = _counted(account, area_path, days, at)
    quiet = _quiet(counted, own) if digits < GRID_DIGITS else []
    by_part = {name: _rolled_up(of, digits) for name, of in counted.items()}
    if digits < GRID_DIGITS:
        by_part["n_quiet"] = Counter(it.place.area_path[:digits] for it in quiet)
    lines = [AreaDays(place=place, **{name: of[place.area_path] for name, of in by_part.items()}) for place in places]
    return AreaReport(lines, quiet)


def _quiet(counted: Mapping[str, Counter], own: Sequence[str]) -> list[AreaDays]:
    """Of the grid cells in the reader's own areas, those with something to do and nothing on record."""
    paths = {path for of in counted.values() for path in of if len(path) == GRID_DIGITS}
    cells = places_at(path for path in paths if any(path.startswith(area) for area in own))
    lines = [
        AreaDays(place=cell, **{name: of[path] for name, of in counted.items()}) for path, cell in sorted(cells.items())
    ]
    return sorted((it for it in lines if it.is_silent), key=lambda it: -it.n_waiting)


def _rolled_up(counted: Counter, digits: int) -> Counter:
    found: Counter = Counter()
    for path, n in counted.items():
        found[path[:digits]] += n
    return found


def _touch(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _counted(account: Account, area_path: str, days: Days, at: datetime) -> dict[str, Counter]:
    """Of each figure how many there are by grid cell, or by what is above it where no cell is known."""
    digits = GRID_DIGITS
    span = (days.begins_at, days.ends_at)
    came = arrivals.arrivals_for(account)
    went = departures.within(account)
    asked = within_scope(enquiries.answered(), account, VIEW)
    rows: dict[str, QuerySet] = {
        "n_landed": _during(came.filter(state=arrivals.STATES.LANDED), "arrives_at", span),
        "n_expected": came.filter(state=arrivals.STATES.ANNOUNCED),
        "n_left_county": _during(went, "exited_at", span),
        "n_returned": _during(went, "returned_at", span),
        "n_asked": _during(asked, "closed_at", span),
        "n_to_ask": within_scope(enquiries.to_ask(), account, VIEW),
        "n_done": _during(tasks.within(account), "closed_at", span).filter(state=tasks.State.DONE),
        "n_late": tasks.overdue(at, tasks.within(account)),
    }
    found = {name: _by_area(of.filter(below(area_path)), digits) for name, of in rows.items()}
    if areas_of(account, contacts.FOLLOW):
        found |= _followed(account, days, at, digits)
    if areas_of(account, hygiene.SEE):
        work = hygiene_by_area(account, area_path, span, at, digits)
        found |= {"n_rounds": work.n_done, "n_rounds_due": work.n_due, "n_rounds_late": work.n_late}
    return found


def _during(rows: QuerySet, field: str, span: tuple[datetime, datetime]) -> QuerySet:
    return rows.filter(**{f"{field}__gte": span[0], f"{field}__lt": span[1]})


def _by_area(rows: QuerySet, digits: int) -> Counter:
    grouped = rows.order_by().annotate(part=Substr("area_path", 1, digits)).values_list("part")
    return Counter(dict(grouped.annotate(n=Count("pk", distinct=True))))


def _followed(account: Account, days: Days, at: datetime, digits: int) -> dict[str, Counter]:
    done, left = Counter(), Counter()
    for back in range(days.n):
        for it in day_by_area(account, days.last_on - timedelta(days=back), at=at, digits=digits):
            done[it.area_path] += it.n_done
            left[it.area_path] += it.n_due
    return {"n_followed": done, "n_to_follow": left}


def summed(lines: list[AreaDays]) -> Mapping[str, int | None]:
    """Each figure of all parts together; None where none of them is known."""
    names = [name for name in AreaDays.__slots__ if name.startswith("n_")]
    found = {name: [getattr(it, name) for it in lines] for name in names}
    return {name: None if None in of else sum(of) for name, of in found.items()}
