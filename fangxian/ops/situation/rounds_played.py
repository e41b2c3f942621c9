"""What rounds really took that were played through in this data folder, beside which their plans are printed."""

from datetime import timedelta

from django.db.models import Max, Min

from fangxian.core.screening.named import key_of_round
from fangxian.ops.lab.queries import ScreeningRound, events_of, rounds


def hours_of_named() -> dict[str, float]:
    """By the key of a named round: hours from the first sample to the end of the newest one that is over."""
    found: dict[str, float] = {}
    for row in rounds().filter(state="closed"):
        key = key_of_round(row.name, row.pool_size)
        if key and key not in found and (hours := _hours(row)) is not None:
            found[key] = hours
    return found


def _hours(row: ScreeningRound) -> float | None:
    """From the first tube that was opened until the last that happened; None where nothing did."""
    told = events_of(row).aggregate(first=Min("at"), last=Max("at"))
    if told["first"] is None:
        return None
    return (told["last"] - told["first"]) / timedelta(hours=1)
