"""What came while its round was not open counts from when it is opened, or opened again: read again as it came."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fangxian.ops.lab import event_refusals
from fangxian.ops.lab.models import Discrepancy, ScreeningRound, TableEvent
from fangxian.ops.lab.wire import WAITING, NewEvent, as_kept, read_event
from fangxian.ops.realm.bulk import update_rows

from .refolding import areas_of_sites
from .taking import check_sites, find_their_places, reach_of, refold_for, said_of
from .timing import ask_about_clocks, put_into_the_round
from .whom import ask_about_names

AT_ONCE = 500


def count_what_waits(row: ScreeningRound, *, at: datetime) -> tuple[int, int]:
    """How many of the waiting events count now, and how many do not after all. Call it with the round locked and open.

    What a person settled meanwhile stays as it is. What came before the round was opened, and was done before its time,
    does not count.
    """
    settled = Discrepancy.objects.filter(round=row, kind__in=("late", "early")).exclude(settled_at=None)
    waiting = TableEvent.objects.filter(round=row, fault__in=WAITING).exclude(pk__in=settled.values("event"))
    columns = ("pk", "came", "received_at", "reach", "fault", "device")
    rows = list(waiting.order_by("at", "device", "nth", "id").values_list(*columns))
    n_counting = sum(_count(row, rows[start : start + AT_ONCE], at) for start in range(0, len(rows), AT_ONCE))
    return n_counting, len(rows) - n_counting


def _count(row: ScreeningRound, rows: Sequence[tuple[UUID, str, datetime, str, str, str]], at: datetime) -> int:
    events = [_as_it_came(*it[1:4]) for it in rows]
    early = {it[0] for it in rows if it[4] == "lab.came_before_opening"}
    area_of = areas_of_sites(row)
    check_sites(events, known=area_of)
    for event in events:
        if event.fault is None and event.id in early and event.at < row.begins_at:
            event.fault = event_refusals.done_before_the_round()
    places = find_their_places(row, fresh=events)
    behind = put_into_the_round(row, events=events, at=at)
    update_rows(
        TableEvent,
        [
            {"id": it.id, "site_id": it.site, "place_id": places.get(it.id), "said": said_of(it), "at": it.at,
             "came": as_kept(it) if it.id in behind else "", "reach": reach_of(it),
             "fault": it.fault.code if it.fault else ""}
            for it in events
        ],
    )  # fmt: skip
    refold_for(row, events=events, places=places, at=at, area_of=area_of)
    counting = [it.id for it in events if it.fault is None]
    doubts = Discrepancy.objects.filter(round=row, event__in=[it.id for it in events])
    doubts.filter(event__in=counting).update(gone_at=at)
    doubts.exclude(event__in=counting).update(kind="refused")
    for device in {it[5] for it in rows if it[0] in behind}:
        theirs = {it[0] for it in rows if it[5] == device}
        ask_about_clocks(row, events=events, behind=behind & theirs, device=device, at=at)
    ask_about_names(row, events=events, places=places, at=at)
    return len(counting)


def _as_it_came(came: str, received_at: datetime, reach: str) -> NewEvent:
    event = read_event(json.loads(came), received_at)
    event.reach = tuple(reach.split(",")) if reach else ()
    return event
