"""What rounds really took that were played through in this data folder, beside which their plans are printed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min, Q

from fangxian.core.screening.named import key_of_round
from fangxian.ops.lab.queries import ScreeningRound, events_of, roster_of, rounds
from fangxian.ops.laboratory.queries import Result


@dataclass(frozen=True, slots=True)
class PlayedRound:
    """How long a round took from its first sample to its last result, and of how many people: a scenario may play a
    part of a county.
    """

    hours: float
    n_people: int


def rounds_played() -> dict[str, PlayedRound]:
    """By the key of a named round the newest one that is over."""
    found: dict[str, PlayedRound] = {}
    for row in rounds().filter(state="closed"):
        key = key_of_round(row.name, row.pool_size)
        if key and key not in found and (took := _took(row)) is not None:
            found[key] = PlayedRound(took / timedelta(hours=1), roster_of(row).count())
    return found


def _took(row: ScreeningRound) -> timedelta | None:
    """None where nobody was sampled in it. That somebody is away is on record before anybody is."""
    told = events_of(row).filter(fault="").aggregate(first=Min("at", filter=Q(kind="swab")), last=Max("at"))
    if told["first"] is None:
        return None
    return (last_result_at(row) or told["last"]) - told["first"]


def last_result_at(row: ScreeningRound) -> datetime | None:
    """When the last result of a round was released; None: none was."""
    last: datetime | None = Result.objects.filter(tube__round=row).aggregate(last=Max("released_at"))["last"]
    return last
