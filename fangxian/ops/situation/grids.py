"""The county's grid cells by figure, for a map and the table beside it; added up to villages and townships.

Each figure is of what the reader may see: people and households where they may see an area's figures, tasks where
they see tasks, whom to ask and who came where they review movement.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.arrivals import queries as arrivals
from fangxian.ops.contacts import queries as contacts
from fangxian.ops.contacts.days import day_by_area
from fangxian.ops.enquiries import queries as enquiries
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import Division, GridCell, GridDrawing
from fangxian.ops.places.outlines import drawn_now, last_applied
from fangxian.ops.places.queries import current_divisions, path_down_to
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.tasks import queries as tasks

from .areas import no_such_area

VIEW, REVIEW = "area.view", "movement.review"
CAME_WITHIN = timedelta(days=14)
# Figure → what the reader needs to see it.
FIGURES: Mapping[str, str] = {
    "n_persons": VIEW,
    "n_households": VIEW,
    "n_due": tasks.VIEW,
    "n_to_ask": REVIEW,
    "n_came": REVIEW,
    "n_expected": REVIEW,
    "n_to_follow": contacts.FOLLOW,
}
FINER = {COUNTY_DIGITS: (GRID_DIGITS, VILLAGE_DIGITS, TOWNSHIP_DIGITS), TOWNSHIP_DIGITS: (GRID_DIGITS, VILLAGE_DIGITS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFigures:
    """One area of the level asked for.

    Attributes
    ----------
    values : by figure, only those the reader may see
    rings : how it is drawn, in the plane of 0..1000; empty where nobody has drawn it
    """

    place: Division | GridCell
    values: Mapping[str, int]
    rings: Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridMap:
    """An area's parts of one level with their figures.

    Attributes
    ----------
    trail : the county, township, unit that lead here, the area itself last
    lines : in the order of their paths
    elsewhere : of each figure what stands in the area and in none of `lines`, such as a task of the whole village
    around : the townships of the county, or the units of a township: drawn and named over its grid cells
    drawing : the county's own file the rings are from; None where they are the schematic map's
    has_own : whether the county has outlines of its own here
    at : county time of the figures
    """

    trail: Sequence[Division | GridCell]
    digits: int
    lines: Sequence[GridFigures]
    elsewhere: Mapping[str, int]
    around: Sequence[Division]
    drawing: GridDrawing | None
    has_own: bool
    at: datetime

    @property
    def totals(self) -> dict[str, int]:
        """Of each figure the whole area."""
        return {name: n + sum(it.values[name] for it in self.lines) for name, n in self.elsewhere.items()}


def grid_map(account: Account, area_path: str, *, digits: int, at: datetime, schematic: bool = False) -> GridMap:
    """The parts of an area that touch the reader's own, by figure; a fixed number of queries.

    Parameters
    ----------
    digits : of the parts' paths; a level the area does not have means its grid cells
    schematic : the schematic map's shapes, also where the county has outlines of its own

    Refuses
    -------
    places.area.not_found, accounts.not_yours
    """
    trail = path_down_to(area_path)
    if not trail or trail[-1].area_path != area_path or len(area_path) >= GRID_DIGITS:
        raise no_such_area(area_path)
    digits = digits if digits in levels_of(area_path) else GRID_DIGITS
    own = areas_of(account, VIEW)
    cells = [it for it in GridCell.objects.filter(below(area_path)) if _touches(it.area_path, own)]
    divisions = [it for it in current_divisions().filter(below(area_path)) if _touches(it.area_path, own)]
    places = cells if digits == GRID_DIGITS else [it for it in divisions if len(it.area_path) == digits]
    if not places:
        require(account, VIEW, area_path)
    drawn = drawn_now(area_path)
    is_own = bool(drawn) and not schematic
    counted = {name: _cut(of, digits) for name, of in figures_at(account, area_path, at).items()}
    paths = {it.area_path for it in places}
    return GridMap(
        trail=trail,
        digits=digits,
        lines=[_line(it, counted, _own(it, drawn) if is_own else [it.shape] if it.shape else []) for it in places],
        elsewhere={name: sum(n for path, n in of.items() if path not in paths) for name, of in counted.items()},
        around=[it for it in divisions if len(it.area_path) == _around(area_path)],
        drawing=last_applied() if is_own else None,
        has_own=bool(drawn),
        at=at,
    )


def levels_of(area_path: str) -> tuple[int, ...]:
    """The levels an area can be shown by, the usual one first."""
    return FINER.get(len(area_path), (GRID_DIGITS,))


def _around(area_path: str) -> int:
    return TOWNSHIP_DIGITS if len(area_path) == COUNTY_DIGITS else VILLAGE_DIGITS


def _touches(path: str, own: Iterable[str]) -> bool:
    return any(path.startswith(area) or area.startswith(path) for area in own)


def _own(place: Division | GridCell, drawn: Mapping[str, list]) -> list:
    """The rings of the county's own outlines of a place: of a division those of its grid cells together."""
    return [ring for path, rings in drawn.items() if path.startswith(place.area_path) for ring in rings]


def _line(place: Division | GridCell, counted: Mapping[str, Counter], rings: Sequence) -> GridFigures:
    values = {name: of[place.area_path] for name, of in counted.items()}
    return GridFigures(place=place, values=values, rings=rings)


def _cut(of: Counter, digits: int) -> Counter:
    found: Counter = Counter()
    for path, n in of.items():
        found[path[:digits]] += n
    return found


def figures_at(account: Account, area_path: str, at: datetime) -> dict[str, Counter]:
    """Of each figure the reader may see how many stand at which path in an area."""
    today, came = localtime(at).date(), arrivals.arrivals_for(account)
    mine = Person.objects.filter(merged_into__isnull=True)
    rows: dict[str, Callable[[], QuerySet]] = {
        "n_persons": lambda: within_scope(mine, account, VIEW),
        "n_households": lambda: within_scope(Household.objects.all(), account, VIEW),
        "n_due": lambda: due_today(account, at),
        "n_to_ask": lambda: within_scope(enquiries.to_ask(), account, REVIEW),
        "n_came": lambda: came_lately(came, at),
        "n_expected": lambda: came.filter(state=arrivals.STATES.ANNOUNCED),
    }
    shown = {name for name, permission in FIGURES.items() if areas_of(account, permission)}
    found = {name: _by_path(of().filter(below(area_path))) for name, of in rows.items() if name in shown}
    if "n_to_follow" in shown:
        of_today = day_by_area(account, today, at=at, digits=GRID_DIGITS)
        here = (it for it in of_today if it.area_path.startswith(area_path))
        found["n_to_follow"] = Counter({it.area_path: it.n_due for it in here})
    return found


def due_today(account: Account, at: datetime) -> QuerySet:
    """The tasks an account may see that are late or fall due before today ends."""
    ends_at = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tasks.within(account).filter(state__in=tasks.UNFINISHED, due_at__lt=ends_at)


def came_lately(rows: QuerySet, at: datetime) -> QuerySet:
    """Those of some arrivals that came in the last 14 days."""
    return rows.filter(state=arrivals.STATES.LANDED, arrives_at__gt=at - CAME_WITHIN)


def _by_path(rows: QuerySet) -> Counter:
    return Counter(dict(rows.order_by().values_list("area_path").annotate(n=Count("pk"))))
