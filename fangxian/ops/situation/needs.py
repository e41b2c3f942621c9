"""What in an area waits for somebody: only what the records say, and all of it can reach zero."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import GridCell, Venue
from fangxian.ops.realm.areas import GRID_DIGITS, VILLAGE_DIGITS, below

from .team import cells_without_worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One kind of thing that waits, in one area.

    kind : "cells_without_worker", "venues_applied" or "households_empty"
    area_path : where it is seen and done
    """

    kind: str
    area_path: str
    count: int


def needs_of(area_path: str, account: Account, *, at: datetime) -> list[Waiting]:
    """What waits in an area, of the kinds the reader may see; grid cells without a worker by unit, then venues."""
    found = _cells(area_path, account, at)
    if may(account, "venues.view", area_path):
        applied = within_scope(Venue.objects.filter(below(area_path)), account, "venues.view")
        n = applied.filter(status=Venue.Status.APPLIED).count()
        found.append(Waiting(kind="venues_applied", area_path=area_path, count=n))
    if len(area_path) == GRID_DIGITS and may(account, "households.view", area_path):
        empty = within_scope(Household.objects.filter(below(area_path)), account, "households.view")
        members = Person.objects.filter(household=OuterRef("pk"), merged_into__isnull=True)
        n = empty.exclude(Exists(members)).count()
        found.append(Waiting(kind="households_empty", area_path=area_path, count=n))
    return [waiting for waiting in found if waiting.count]


def _cells(area_path: str, account: Account, at: datetime) -> list[Waiting]:
    cells = within_scope(GridCell.objects.filter(below(area_path)), account, "area.view")
    by_place: dict[str, int] = {}
    for cell in cells_without_worker(cells, at=at):
        # The place where the lack is seen: of the next area down, but of a unit on its own page.
        digits = len(area_path) if len(area_path) >= VILLAGE_DIGITS else len(area_path) + 3
        place = cell.area_path[:digits]
        by_place[place] = by_place.get(place, 0) + 1
    return [Waiting(kind="cells_without_worker", area_path=place, count=n) for place, n in sorted(by_place.items())]
