"""Whether a doubt that a table was told of stands still, and what a device said of its time: reads."""

import json
from collections.abc import Sequence
from datetime import datetime

from .elsewhere import TWICE_ELSEWHERE
from .models import Discrepancy, TableEvent

TWICE = frozenset({"twice", "twice_in_an_hour", TWICE_ELSEWHERE})


def explained_since(events: Sequence[str]) -> frozenset[str]:
    """Of these events (ids) those of people of whom nobody has to ask any more why they were sampled twice."""
    rows = TableEvent.objects.filter(pk__in=events).exclude(place=None).order_by()
    place_of = {str(pk): place for pk, place in rows.values_list("pk", "place")}
    asked = Discrepancy.objects.filter(place__in=set(place_of.values()), kind__in=TWICE, gone_at=None, settled_at=None)
    open_still = set(asked.order_by().values_list("place", flat=True))
    return frozenset(pk for pk, place in place_of.items() if place not in open_still)


def told_at(event: TableEvent) -> datetime | None:
    """When a device said that it was done, where that is not when it counts."""
    return datetime.fromisoformat(json.loads(event.came)["at"]) if event.came else None
