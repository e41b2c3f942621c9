"""What stands in each area: people, households, grid cells, venues; and who lives in it by age and sex."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import Division, GridCell, Venue
from fangxian.ops.places.queries import children_of
from fangxian.ops.realm.areas import GRID_DIGITS, VILLAGE_DIGITS, below

COUNTED = {"n_persons": Person, "n_households": Household, "n_grid_cells": GridCell, "n_venues": Venue}


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCounts:
    """One area with what the reader may see in it; counts are of records now."""

    area_path: str
    kind: str
    name_zh: str
    name_en: str
    shape: list
    n_persons: int
    n_households: int
    n_grid_cells: int
    n_venues: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSituation:
    """An area, the areas in it, their counts and sums, and the moment (county time) the counts are from."""

    area: AreaCounts
    parts: list[AreaCounts]
    at: datetime


def area_situation(area_path: str, account: Account, *, at: datetime) -> AreaSituation:
    """The area and its parts (townships of a county, units of a township, grid cells of a unit).

    Five queries, whatever the area's size. Refuses `accounts.not_yours` outside the reader's scope.
    """
    require(account, "area.view", area_path)
    parts = children_of(area_path)
    digits = len(parts[0].area_path) if parts else GRID_DIGITS
    counts = {name: _counts(model, area_path, digits, account) for name, model in COUNTED.items()}

    def counted(place: Division | GridCell) -> AreaCounts:
        return _row(place, {name: of.get(place.area_path, 0) for name, of in counts.items()})

    whole = Division.objects.filter(area_path=area_path).first() or GridCell.objects.get(area_path=area_path)
    sums = {name: sum(of.values()) for name, of in counts.items()}
    return AreaSituation(area=_row(whole, sums), parts=[counted(part) for part in parts], at=at)


def _counts(model, area_path: str, digits: int, account: Account) -> dict[str, int]:
    rows: QuerySet = within_scope(model.objects.filter(below(area_path)), account, "area.view")
    if model is Person:
        rows = rows.filter(merged_into__isnull=True)
    return dict(
        rows.order_by().annotate(part=Substr("area_path", 1, digits)).values("part").annotate(n=Count("pk")).values_list("part", "n")
    )


def _row(place: Division | GridCell, counts: dict[str, int]) -> AreaCounts:
    name_zh, name_en = (place.name, place.name) if isinstance(place, GridCell) else (place.name_zh, place.name_en)
    return AreaCounts(
        area_path=place.area_path, kind=place.kind, name_zh=name_zh, name_en=name_en, shape=place.shape, **counts
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a census would say of the people on record, to hold beside the census itself."""

    n_persons: int
    n_households: int
    mean_household_persons: float
    aged_0_14_fraction: float
    aged_65_over_fraction: float
    town_fraction: float
    men_per_100_women: float


def census_of_record(area_path: str, *, on: date, town_paths: list[str]) -> Census:
    """Counts over the people on record in an area at a date.

    Parameters
    ----------
    town_paths : area paths of 12 digits that count as town
    """
    persons = Person.objects.filter(below(area_path), merged_into__isnull=True).order_by()
    n_persons = persons.count()
    n_households = Household.objects.filter(below(area_path)).count()
    if not n_persons or not n_households:
        return Census(
            n_persons=n_persons, n_households=n_households, mean_household_persons=0, aged_0_14_fraction=0,
            aged_65_over_fraction=0, town_fraction=0, men_per_100_women=0,
        )  # fmt: skip
    n_men = persons.filter(sex=Person.Sex.MALE).count()
    units = persons.annotate(unit=Substr("area_path", 1, VILLAGE_DIGITS))
    return Census(
        n_persons=n_persons,
        n_households=n_households,
        mean_household_persons=n_persons / n_households,
        aged_0_14_fraction=persons.filter(born_on__gt=_years_before(on, 15)).count() / n_persons,
        aged_65_over_fraction=persons.filter(born_on__lte=_years_before(on, 65)).count() / n_persons,
        town_fraction=units.filter(unit__in=town_paths).count() / n_persons,
        men_per_100_women=100 * n_men / max(n_persons - n_men, 1),
    )


def _years_before(on: date, years: int) -> date:
    """The latest birthday of somebody aged `years` on `on`; of the 29th of February, the 28th."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - years, on.month, day)
