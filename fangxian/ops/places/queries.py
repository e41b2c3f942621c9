"""What others may ask of the places room."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.areas import COUNTY_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below

from . import refusals
from .models import Division, Door, DoorDevice, GridCell, SchoolClass, Venue
from .wire import device_payload, venue_payload

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


def venues_kept_by(account: Account) -> QuerySet[Venue]:
    """The venues whose doors and codes an account keeps: those of its appointments, and those it applied for."""
    kept = within_scope(Venue.objects.all(), account, "venues.keep", venue_field="pk")
    return Venue.objects.filter(Q(pk__in=kept.values("pk")) | Q(owner=account))


def venue_for(account: Account, permission: str, venue_id: UUID) -> Venue:
    """A venue for which the account has a permission. Refuses `places.venue.not_found`, `places.venue.not_yours`."""
    venue = Venue.objects.filter(pk=venue_id).select_related("grid_cell", "owner").first()
    if venue is None:
        raise refusals.venue_not_found()
    if not within_scope(Venue.objects.filter(pk=venue_id), account, permission, venue_field="pk").exists():
        raise refusals.venue_not_yours(venue.name)
    return venue


def live_device(device_id: int, generation: int) -> DoorDevice | None:
    """An enrolled device that has not been ended, if the generation is its newest."""
    alive = DoorDevice.objects.filter(enrolled_at__isnull=False, ended_at__isnull=True)
    return alive.filter(pk=device_id, generation=generation).select_related("venue").first()


def devices_of(venue: Venue) -> QuerySet[DoorDevice]:
    """Its devices that are offered or live, oldest first."""
    return DoorDevice.objects.filter(venue=venue, ended_at__isnull=True)


def gate_venues() -> Iterator[list]:
    """Every venue as a gate's base holds it: [venue number, class, status, generations, area path], by number."""
    doors = Prefetch("doors", queryset=Door.objects.order_by("number"))
    for venue in Venue.objects.order_by("venue_number").prefetch_related(doors).iterator(chunk_size=2000):
        yield [venue.venue_number, *venue_payload(venue, venue.doors.all())]


def gate_devices() -> Iterator[list]:
    """Every live device as a gate's base holds it, by its number."""
    live = DoorDevice.objects.filter(enrolled_at__isnull=False, ended_at__isnull=True)
    yield from map(device_payload, live.select_related("venue").order_by("pk"))
