"""Reads of the round_plans room that others may use."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from .models import KeptPlan, KitMovement, PlaceSlot, RoundSingles, SiteZone

USED = "用掉 · used"  # what is put aside no more because it was used up; what is only given back says nothing

__all__ = ["KeptPlan", "KitMovement", "PlaceSlot", "SiteZone", "plan_kept_of"]


def plan_kept_of(round: UUID) -> KeptPlan | None:
    """The plan of a round as it was when it began; None where none was kept."""
    return KeptPlan.objects.filter(round=round).first()


def n_alone_in(round: UUID) -> int:
    """How many of a round's people are said to have a tube of their own; 0 where nobody said so."""
    return RoundSingles.objects.filter(round=round).values_list("n", flat=True).first() or 0


def slots_of(round: UUID) -> QuerySet[PlaceSlot]:
    """The time slots of a round that still count: of whoever was sent to another site since, there is none."""
    return PlaceSlot.objects.filter(round=round, site=F("place__site"))


def slots_of_places(places: Collection[UUID]) -> dict[UUID, PlaceSlot]:
    """The time slots of these places, by place; of those that have none, or were sent to another site, nothing."""
    rows = PlaceSlot.objects.filter(place__in=places, site=F("place__site")).order_by()
    return {it.place_id: it for it in rows}


def slots_of_persons(persons: Collection[UUID]) -> QuerySet[PlaceSlot]:
    """The time slots of these people in rounds that are not over and in which they are still to come."""
    rows = PlaceSlot.objects.filter(place__person__in=persons, place__stage="due", site=F("place__site"))
    rows = rows.exclude(round__state="closed").select_related("round", "site", "place__person")
    return rows.order_by("begins_at", "place__number")


def counted_by_slot(round: UUID) -> list[tuple[UUID, object, object, int]]:
    """(site, begins_at, ends_at, people) of every slot of a round, site by site."""
    rows = slots_of(round).order_by("site__number", "begins_at").values_list("site", "begins_at", "ends_at")
    return list(rows.annotate(n=Count("pk")))


def zones_of(sites: Collection[UUID]) -> dict[UUID, dict[str, SiteZone]]:
    """Of these sites the areas that are laid out, by site and kind of area."""
    found: dict[UUID, dict[str, SiteZone]] = {}
    for it in SiteZone.objects.filter(site__in=sites).order_by("zone"):
        found.setdefault(it.site_id, {})[it.zone] = it
    return found


def in_store() -> dict[str, int]:
    """What the county's stores have of each kit, what is reserved in it."""
    rows = KitMovement.objects.filter(kind=KitMovement.Kind.STORE).order_by().values_list("kit")
    return dict(rows.annotate(n=Sum("n")))


def reserved_by_round() -> dict[UUID, dict[str, int]]:
    """What rounds have reserved, by round and kit."""
    found: dict[UUID, dict[str, int]] = {}
    rows = KitMovement.objects.filter(kind=KitMovement.Kind.RESERVE).order_by().values_list("round", "kit")
    for round, kit, n in rows.annotate(n=Sum("n")):
        found.setdefault(round, {})[kit] = n
    return found


def n_put_aside(round: UUID) -> int:
    """How often something was put aside for a round, or given free again: the same number, nothing changed since."""
    return KitMovement.objects.filter(kind=KitMovement.Kind.RESERVE, round=round).count()


def used_by_round(round: UUID) -> dict[str, int]:
    """What of each kit left the stores because a round used it."""
    rows = KitMovement.objects.filter(kind=KitMovement.Kind.RESERVE, round=round, said=USED).order_by()
    return {kit: -n for kit, n in rows.values_list("kit").annotate(n=Sum("n"))}


def kit_movements() -> QuerySet[KitMovement]:
    """Every movement, the newest first."""
    return KitMovement.objects.select_related("round").order_by("-at", "id")
