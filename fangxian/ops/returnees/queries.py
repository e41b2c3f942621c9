"""What others may ask of the returnees room. Rows are not limited here: accounts.scope does that (`area_path`)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .models import MERGED, Away, Heard, State, What, Why

STATES, WHYS, WHATS = State, Why, What


def away_since(at: datetime) -> QuerySet[Away]:
    """Who is elsewhere now, and who came back or stays there since `at`."""
    return Away.objects.filter(Q(state=State.AWAY) | Q(closed_at__gte=at))


def away_of(person: UUID) -> Away | None:
    """Where somebody was last, as it was heard."""
    return Away.objects.filter(person=person).order_by("-opened_at", "-heard_at").first()


def heard_of(person: UUID) -> QuerySet[Heard]:
    """All that was heard of somebody, the newest first."""
    return Heard.objects.filter(away__person=person).select_related("away").order_by("-heard_at", "-number")


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [Away.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
