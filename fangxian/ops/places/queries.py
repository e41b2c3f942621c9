"""What others may ask of the places room."""

from collections.abc import Iterable

from django.db.models import QuerySet

from fangxian.ops.realm.areas import COUNTY_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below

from .models import Division, Door, GridCell, SchoolClass, Venue

PARENT_DIGITS = {15: VILLAGE_DIGITS, 12: TOWNSHIP_DIGITS, 9: COUNTY_DIGITS}


def current_divisions() -> QuerySet[Division]:
    """Divisions of the edition in use; those that a later edition gave another code are left out."""
    return Division.objects.filter(successor="")


def edition_in_use() -> str:
    """The edition of the divisions, such as "2021"; empty before there are any."""
    return Division.objects.filter(kind=Division.Kind.COUNTY).values_list("edition", flat=True).first() or ""


def town_paths() -> list[str]:
    """Units that count as town, which a census calls urban."""
    return [
        division.area_path for division in current_divisions() if division.is_urban and len(division.area_path) == 12
    ]


def grid_paths() -> list[str]:
    return list(GridCell.objects.values_list("area_path", flat=True))


def place_at(area_path: str) -> Division | GridCell | None:
    """The division or grid cell with exactly this path."""
    return Division.objects.filter(area_path=area_path).first() or GridCell.objects.filter(area_path=area_path).first()


def places_at(area_paths: Iterable[str]) -> dict[str, Division | GridCell]:
    """Divisions and grid cells by their paths; two queries however many. A path that is no place is left out."""
    wanted = set(area_paths)
    found: dict[str, Division | GridCell] = {it.area_path: it for it in Division.objects.filter(area_path__in=wanted)}
    return found | {it.area_path: it for it in GridCell.objects.filter(area_path__in=wanted)}


def children_of(area_path: str) -> list[Division] | list[GridCell]:
    """Townships of a county, units of a township, grid cells of a unit; in the order of their codes."""
    if len(area_path) >= VILLAGE_DIGITS:
        return list(GridCell.objects.filter(below(area_path)).exclude(area_path=area_path))
    digits = next(child for child, parent in PARENT_DIGITS.items() if parent == len(area_path))
    inside = current_divisions().filter(below(area_path)).exclude(area_path=area_path)
    return [division for division in inside if len(division.area_path) == digits]


def path_down_to(area_path: str) -> list[Division | GridCell]:
    """The county, township, unit and grid cell that lead to an area, the area itself last."""
    paths = [area_path[:digits] for digits in (6, 9, 12, 15) if digits <= len(area_path)]
    found = {place.area_path: place for place in Division.objects.filter(area_path__in=paths)}
    found |= {cell.area_path: cell for cell in GridCell.objects.filter(area_path__in=paths)}
    return [found[path] for path in paths if path in found]


def venues_in(area_path: str) -> QuerySet[Venue]:
    return Venue.objects.filter(below(area_path))


def grid_cells_in_order() -> QuerySet[GridCell]:
    return GridCell.objects.select_related("host_unit").order_by("area_path")


def venues_in_order() -> QuerySet[Venue]:
    """By what is the same in every install of one seed (numbers are not)."""
    return Venue.objects.order_by("area_path", "trade", "name", "address")


def doors_in_order() -> QuerySet[Door]:
    return Door.objects.order_by("venue", "number")


def classes_in_order() -> QuerySet[SchoolClass]:
    in_order = ("venue__area_path", "venue__trade", "venue__name", "stage", "grade", "number")
    return SchoolClass.objects.select_related("venue").order_by(*in_order)
