"""Venues with their doors, classes and the people who belong to them, counted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.people.models import Attachment
from fangxian.ops.places.models import Division, Door, GridCell, SchoolClass, Venue, VenueNaming
from fangxian.ops.places.queries import DivisionName, current_divisions, division_names, path_down_to
from fangxian.ops.places.refusals import venue_not_found, venue_not_yours
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS, below

from .small_counts import SMALL_COUNT

PUPIL = "pupil"


def venues_seen_by(account: Account) -> QuerySet[Venue]:
    """The venues an account may see. Refuses `accounts.not_yours` where it may see none anywhere."""
    require(account, "venues.view")
    return within_scope(Venue.objects.all(), account, "venues.view", venue_field="pk")


def venues_filtered(
    venues: QuerySet[Venue], *, area_path: str = "", trade: str = "", status: str = "", name: str = ""
) -> QuerySet[Venue]:
    """Those of some venues that stand in an area, are of a trade, have a status, have a text in a name of theirs."""
    wanted = Q()
    if area_path:
        wanted &= below(area_path)
    if trade:
        wanted &= Q(trade=trade)
    if status:
        wanted &= Q(status=status)
    if name:
        called = VenueNaming.objects.filter(name__icontains=name).values("venue")
        wanted &= Q(name__icontains=name) | Q(pk__in=called)
    return venues.filter(wanted)


def trades_of(venues: QuerySet[Venue]) -> dict[str, int]:
    """Trade → how many of some venues are of it."""
    return dict(venues.order_by().values_list("trade").annotate(n=Count("pk")))


def divisions_down_to_units() -> dict[str, Division]:
    """Townships and units by path: to say where a venue stands, and to draw them."""
    return {it.area_path: it for it in current_divisions() if len(it.area_path) in (TOWNSHIP_DIGITS, VILLAGE_DIGITS)}


def names_down_to_units() -> dict[str, DivisionName]:
    """The same by name alone: to choose from, and to say where somebody lives."""
    return {it.area_path: it for it in division_names() if len(it.area_path) in (TOWNSHIP_DIGITS, VILLAGE_DIGITS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCount:
    """How many people belong to a venue in a role and title; None where the count is too small to tell this reader."""

    role: str
    title: str
    n_persons: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """A school class with its pupils; None as of `RoleCount`."""

    school_class: SchoolClass
    n_pupils: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFile:
    """A venue as its page shows it. `n_persons` is None where it would tell a count that is withheld."""

    venue: Venue
    doors: list[Door]
    roles: list[RoleCount]
    classes: list[ClassCount]
    n_persons: int | None
    trail: list[Division | GridCell]
    at: datetime


def venue_file(venue_id: UUID, account: Account, *, at: datetime) -> VenueFile:
    """A venue's record.

    Refuses
    -------
    places.venue.not_found, places.venue.not_yours
    """
    venue = Venue.objects.filter(pk=venue_id).select_related("grid_cell").first()
    if venue is None:
        raise venue_not_found()
    if not venues_seen_by(account).filter(pk=venue_id).exists():
        raise venue_not_yours(venue.name)
    may_count = may(account, "people.view", venue.area_path)
    roles, classes = _people_of(venue, at, may_count)
    is_told = may_count or all(count.n_persons is not None for count in roles)
    return VenueFile(
        venue=venue,
        doors=list(venue.doors.order_by("number")),
        roles=roles,
        classes=classes,
        n_persons=_attached(venue, at).count() if is_told else None,
        trail=path_down_to(venue.area_path),
        at=at,
    )


def _attached(venue: Venue, at: datetime) -> QuerySet[Attachment]:
    """The ties in force at a venue."""
    begun = Q(begins_on__lte=at.date())
    return Attachment.objects.filter(begun, Q(ends_on__isnull=True) | Q(ends_on__gt=at.date()), venue=venue)


def _people_of(venue: Venue, at: datetime, may_count: bool) -> tuple[list[RoleCount], list[ClassCount]]:
    def told(n: int) -> int | None:
        return n if may_count or n == 0 or n >= SMALL_COUNT else None

    by_role = _attached(venue, at).order_by().values_list("role", "title").annotate(n=Count("pk"))
    roles = [
        RoleCount(role=role, title=title, n_persons=told(n))
        for role, title, n in by_role.order_by("-n", "role", "title")
    ]
    pupils = dict(
        _attached(venue, at).filter(role=PUPIL).order_by().values_list("school_class").annotate(n=Count("pk"))
    )
    classes = venue.school_classes.order_by("stage", "grade", "number")
    return roles, [ClassCount(school_class=it, n_pupils=told(pupils.get(it.pk, 0))) for it in classes]
