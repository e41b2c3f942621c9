"""A device whose clock is behind: what it says was done before its round was opened counts from when it was opened."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.ops.lab.models import Discrepancy, ScreeningRound
from fangxian.ops.lab.wire import NewEvent

BEHIND = "clock_behind"
APART = timedelta(minutes=10)  # two clocks that are right differ by less


def put_into_the_round(row: ScreeningRound, *, events: Iterable[NewEvent], at: datetime) -> set[UUID]:
    """Give what counts, and is told as done before its round, a time in it; of which of them it is to be asked.

    What was done within the round's time is left as it is, and the order in which a device told stays. A round that was
    never opened has no such time.
    """
    if row.opened_at is None:
        return set()
    began, behind = min(row.begins_at, row.opened_at), set[UUID]()
    for event in events:
        if event.fault is None and event.at < began:
            if event.at < began - APART:
                behind.add(event.id)
            event.at = min(row.opened_at + timedelta(microseconds=event.nth), at)
    return behind


def ask_about_clocks(
    row: ScreeningRound, *, events: Sequence[NewEvent], behind: set[UUID], device: str, at: datetime
) -> None:
    """It is asked once a day of a device, not of everything that it tells. Call it with the round locked."""
    first = next((it for it in events if it.id in behind), None)
    if first is not None:
        key = f"clock:{device}:{localtime(at):%Y-%m-%d}"
        Discrepancy.objects.get_or_create(
            round=row, key=key, defaults={"kind": BEHIND, "event_id": first.id, "found_at": at}
        )
