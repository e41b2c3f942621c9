"""What others may ask of the returnees room. Rows are not limited here: accounts.scope does that (`area_path`)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .models import MERGED, Away, Heard, State, What, Why

STATES, WHYS, WHATS = State, Why, What


def away_since(at: datetime) -> QuerySet[Away]:
    """Who is elsewhere now, and who came back or stays there since `at`."""
    return Away.objects.filter(Q(state=State.AWAY) | Q(closed_at__gte=at))


class Elsewhere(NamedTuple):
    """Somebody by the register of people away: the entry, who, where, by code; `back_on` once they are back."""

    entry: UUID
    person: UUID
    division: str
    back_on: date | None


def elsewhere_since(at: datetime) -> list[Elsewhere]:
    """Who is elsewhere by the newest entry of each, and who came back since `at`."""
    columns = ("pk", "person_id", "division_code", "state", "closed_at")
    newest = {row[1]: row for row in away_since(at).order_by("opened_at", "pk").values_list(*columns)}
    return [
        Elsewhere(entry, person, division, localtime(closed_at).date() if state == State.BACK else None)
        for entry, person, division, state, closed_at in newest.values()
        if state != State.NOT_COMING
    ]


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
