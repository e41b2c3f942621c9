"""Who belongs to a school, a class, or venues of a class: the people of a round's groups, by the register."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from fangxian.ops.people.models import Attachment
from fangxian.ops.places.models import SchoolClass, Venue

SCHOOLS = ("school", "kindergarten")


class Member(NamedTuple):
    """One person of a group: where they live, what they are called by there (a class, a unit), and since when."""

    person: UUID
    area_path: str
    group: str
    since: date


def members_of_school(venue: UUID, day: date) -> list[Member]:
    """Pupils class by class, then whoever works there."""
    return _members(_on(day).filter(venue=venue))


def members_of_class(school_class: UUID, day: date) -> list[Member]:
    return _members(_on(day).filter(school_class=school_class))


def members_of_venues(venue_classes: Collection[str], roles: Collection[str], day: date) -> list[Member]:
    """Whoever belongs to venues of these classes, in these roles (none: in any), by the tie that began first."""
    rows = _on(day).filter(venue__venue_class__in=venue_classes)
    return _members(rows.filter(role__in=roles) if roles else rows)


def schools_with_classes() -> list[tuple[Venue, list[SchoolClass]]]:
    """The schools that have classes, each with them."""
    classes = SchoolClass.objects.select_related("venue").order_by(
        "venue__area_path", "venue__name", "venue", "stage", "grade", "number"
    )
    found: dict[UUID, tuple[Venue, list[SchoolClass]]] = {}
    for it in classes:
        found.setdefault(it.venue_id, (it.venue, []))[1].append(it)
    return list(found.values())


def _on(day: date) -> QuerySet[Attachment]:
    rows = Attachment.objects.filter(person__merged_into=None, begins_on__lte=day)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=day))


def _members(rows: QuerySet[Attachment]) -> list[Member]:
    in_order = rows.order_by(
        "venue__area_path", "venue__name", "school_class__stage", "school_class__grade", "school_class__number",
        "person__area_path", "begins_on", "id",
    )  # fmt: skip
    columns = ("person", "person__area_path", "school_class__name", "venue__name", "begins_on")
    found: dict[UUID, Member] = {}
    for person, area, school_class, venue, since in in_order.values_list(*columns):
        group = f"{venue} {school_class}" if school_class else venue
        found.setdefault(person, Member(person, area, group[:60], since))
    return list(found.values())
