"""What others may ask of the alarms room."""

from datetime import datetime
from typing import NamedTuple

from .finding import Trouble
from .models import Alarm


def standing() -> dict[Trouble, Alarm]:
    """What is wrong as of the last look, the oldest first."""
    found = Alarm.objects.filter(ends_at__isnull=True).order_by("begins_at", "id")
    return {Trouble(row.kind, row.source): row for row in found}


class AlarmOver(NamedTuple):
    """What was wrong, from when until when; `n_by_hand` are scans meanwhile that were not recorded."""

    kind: str
    source: str
    begins_at: datetime
    ends_at: datetime
    n_by_hand: int


def over_since(since: datetime, most: int) -> list[AlarmOver]:
    """What was wrong and is over since a moment, the newest first."""
    found = Alarm.objects.filter(ends_at__gte=since).order_by("-ends_at", "-id")
    return [AlarmOver(*row) for row in found.values_list(*AlarmOver._fields)[:most]]
