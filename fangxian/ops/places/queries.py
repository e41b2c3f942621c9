"""What others may ask of the places room."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from fangxian.core.policy.byte_time import EPOCH
from fangxian.core.policy.venue_code import STEP_S
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import Division, Door, DoorDevice, GridCell, SchoolClass, Venue
from .wire import device_payload, read_poster, read_token, rotating_code, venue_door, venue_payload

SCANS_COME_FOR = timedelta(days=14)  # as a gate takes what comes late (gate.deciding)
PARENT_DIGITS = {15: VILLAGE_DIGITS, 12: TOWNSHIP_DIGITS, 9: COUNTY_DIGITS}


def current_divisions() -> QuerySet[Division]:
    """Divisions of the edition in use; those that a later edition gave another code are left out."""
    return Division.objects.filter(successor="")


class DivisionName(NamedTuple):
    """What a division is called: all that a page needs of the hundred it gives to choose from."""

    area_path: str
    name_zh: str
    name_en: str


def division_names() -> tuple[DivisionName, ...]:
    """The divisions of the edition in use by name, in the order of their codes."""
    return tuple(map(DivisionName._make, current_divisions().values_list(*DivisionName._fields)))


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
    """Divisions and grid cells by their paths; two queries however many. A path that is no place is left out.

    Their outlines are not read: what is asked for by its path is named, not drawn.
    """
    wanted = set(area_paths)
    divisions = Division.objects.defer("shape", "label").filter(area_path__in=wanted)
    found: dict[str, Division | GridCell] = {it.area_path: it for it in divisions}
    return found | {it.area_path: it for it in GridCell.objects.defer("shape").filter(area_path__in=wanted)}


def area_names(area_paths: Iterable[str] = (), *, inside: str = "") -> dict[str, Said]:
    """What some areas, or all that are in one, are called: a grid cell and a village with what they stand in."""
    paths = set(area_paths)
    around = {path[:digits] for path in paths for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS)}
    which = _in_or_around(inside) if inside else Q(area_path__in=paths | around)
    divisions = current_divisions() if inside else Division.objects.all()
    rows = [*divisions.filter(which).values_list("area_path", "name_zh", "name_en")]
    rows += GridCell.objects.filter(which).values_list("area_path", "name_zh", "name_en")
    own = {path: Said(zh, en or zh) for path, zh, en in rows}
    asked = (path for path in own if path.startswith(inside)) if inside else (path for path in own if path in paths)
    return {path: _within(own, path) for path in asked}


def _in_or_around(area_path: str) -> Q:
    return below(area_path) | Q(area_path__in=[area_path[:digits] for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS)])


def _within(own: Mapping[str, Said], path: str) -> Said:
    """A name after the name of the township or village it is in."""
    above = {VILLAGE_DIGITS: TOWNSHIP_DIGITS, GRID_DIGITS: VILLAGE_DIGITS}.get(len(path))
    around = own.get(path[:above]) if above else None
    return Said(f"{around.zh} {own[path].zh}", f"{own[path].en}, {around.en}") if around else own[path]


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


def venue_of_poster(text: str) -> Venue | None:
    """The open venue at whose door a poster with this text hangs; None for a forged, an old or a foreign one.

    A poster's text cannot be guessed: it ends with the county's signature.
    """
    try:
        poster = read_poster(text)
    except Refusal:  # code.…: whoever asks is a program, which then says nothing of where it is
        return None
    doors = Door.objects.filter(number=poster.place.door, generation=poster.generation).select_related("venue")
    door = doors.filter(venue__venue_number=poster.place.venue, venue__status=Venue.Status.VERIFIED).first()
    return door.venue if door else None


def venues_kept_by(account: Account) -> QuerySet[Venue]:
    """The venues an account keeps by its appointments, and those it owns or has applied for."""
    kept = within_scope(Venue.objects.all(), account, "venues.keep", venue_field="pk")
    return Venue.objects.filter(Q(pk__in=kept.values("pk")) | Q(owner=account.pk))


def venue_for(account: Account, permissions: Collection[str], venue_id: UUID) -> Venue:
    """A venue for which the account has one of some permissions.

    Refuses `places.venue.not_found`, `places.venue.not_yours`.
    """
    venue = Venue.objects.filter(pk=venue_id).select_related("grid_cell", "owner").first()
    if venue is None:
        raise refusals.venue_not_found()
    if not any(is_in_scope(account, permission, venue) for permission in permissions):
        raise refusals.venue_not_yours(venue.name)
    return venue


def is_in_scope(account: Account, permission: str, venue: Venue) -> bool:
    """Whether the account has the permission for this venue, by its area or by an appointment to the venue."""
    return within_scope(Venue.objects.filter(pk=venue.pk), account, permission, venue_field="pk").exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenCode:
    """What a door's screen shows now; `turns_in_s` county seconds later it is another."""

    venue: Venue
    door: Door
    code_text: str
    turns_in_s: float


def screen_code(device_id: int, token: str, *, at: datetime) -> ScreenCode:
    """The rotating code for the screen that shows this token.

    Refuses
    -------
    device.unreadable, device.key_retired, device.ended, places.device_over, places.venue_status
    """
    shown = read_token(token)
    device = live_device(shown.device, shown.generation)
    if device is None or device.pk != device_id or device.kind != DoorDevice.Kind.SCREEN:
        raise refusals.device_over(device_id)
    if device.venue.status != Venue.Status.VERIFIED:
        raise refusals.venue_status(device.venue.name, device.venue.status, [Venue.Status.VERIFIED])
    door = Door.objects.get(venue=device.venue, number=device.door)
    place = venue_door(device.venue.venue_number, door.number)
    code_text = rotating_code(place, door.generation, at=at)
    turns_in_s = STEP_S - (at - EPOCH).total_seconds() % STEP_S
    return ScreenCode(venue=device.venue, door=door, code_text=code_text, turns_in_s=turns_in_s)


def live_device(device_id: int, generation: int) -> DoorDevice | None:
    """An enrolled device that has not been ended, if the generation is its newest."""
    alive = DoorDevice.objects.filter(enrolled_at__isnull=False, ended_at__isnull=True)
    return alive.filter(pk=device_id, generation=generation).select_related("venue").first()


def venue_named(name: str) -> Venue | None:
    """The one venue of exactly this name; None when there is none, or several."""
    found = list(Venue.objects.filter(name=name.strip())[:2]) if name.strip() else []
    return found[0] if len(found) == 1 else None


def namesakes_of(venue: Venue) -> QuerySet[Venue]:
    """Other venues of the county that bear exactly its name and are not closed."""
    others = Venue.objects.filter(name=venue.name).exclude(pk=venue.pk).exclude(status=Venue.Status.CLOSED)
    return others.select_related("grid_cell")


def devices_of(venue: Venue) -> QuerySet[DoorDevice]:
    """Its devices that are offered or live, oldest first."""
    return DoorDevice.objects.filter(venue=venue, ended_at__isnull=True)


def devices_named(name: str) -> QuerySet[DoorDevice]:
    """Live devices of a venue that bear exactly this name, as a drill gives its own."""
    alive = DoorDevice.objects.filter(enrolled_at__isnull=False, ended_at__isnull=True, venue__isnull=False)
    return alive.filter(name=name).select_related("venue")


def gate_venues() -> Iterator[list]:
    """Every venue that was ever verified, as a gate's base holds it, by number.

    Each is [venue number, class, status, generations, area path].
    """
    doors = Prefetch("doors", queryset=Door.objects.order_by("number"))
    known = Venue.objects.exclude(status=Venue.Status.APPLIED).order_by("venue_number")
    for venue in known.prefetch_related(doors).iterator(chunk_size=2000):
        yield [venue.venue_number, *venue_payload(venue, venue.doors.all())]


def gate_venue(venue: Venue) -> list:
    """One venue as `gate_venues` gives it."""
    return [venue.venue_number, *venue_payload(venue, venue.doors.order_by("number"))]


def gate_devices() -> Iterator[list]:
    """Every live device as a gate's base holds it, and keepers' that ended lately, by its number."""
    lately = Q(kind=DoorDevice.Kind.KEEPER, ended_at__gt=county_now() - SCANS_COME_FOR)
    told = DoorDevice.objects.filter(Q(ended_at__isnull=True) | lately, enrolled_at__isnull=False)
    yield from map(device_payload, told.select_related("venue").order_by("pk"))
