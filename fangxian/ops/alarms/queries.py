"""What others may ask of the alarms room."""

from datetime import datetime

from .finding import Trouble
from .models import Alarm


def standing() -> dict[Trouble, Alarm]:
    """What is wrong as of the last look, the oldest first."""
    found = Alarm.objects.filter(ends_at__isnull=True).order_by("begins_at", "id")
    return {Trouble(row.kind, row.source): row for row in found}


def over_since(since: datetime, most: int) -> list[Alarm]:
    """What was wrong and is over since a moment, the newest first."""
    return list(Alarm.objects.filter(ends_at__gte=since).order_by("-ends_at", "-id")[:most])
