"""Orders that close the area where somebody lives (封控、管控命令), which nobody leaves. Part of departure_checks.

The rulebook says which measures may be ordered for a disease, the order says where and until when; an order that is
lifted or whose day has come holds nobody. Emergency care waits for none of it (leave_county.leave_in_emergency).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.departures import DepartureCheck, Requirement, Standing
from fangxian.core.refusal import Said
from fangxian.ops.measures.queries import orders_of
from fangxian.ops.people.queries import areas_of
from fangxian.ops.places.queries import places_at

CLOSURE = "area-closure"  # a word of the diseases' packs: zones that are closed or controlled (划定封控区、管控区)
ORDER = "order"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closing:
    """One order that closes an area: its number, who issued it, the area's name, `[begins_at, ends_at)`."""

    number: str
    issuer: str
    place: Said
    begins_at: datetime
    ends_at: datetime


def orders_that_close(persons: Sequence[UUID], *, at: datetime) -> dict[UUID, list[Closing]]:
    """Of each of these people the orders that close where they live, now or later, what ends last first.

    One query where no such order is in force anywhere; three where there is.
    """
    orders = orders_of([CLOSURE], at=at)
    if not orders:
        return {}
    places = places_at({it.area_path for it in orders})
    closing = [
        (
            it.area_path,
            Closing(it.number, it.issuer, _named(places.get(it.area_path), it.area_path), it.begins_at, it.ends_at),
        )
        for it in orders
    ]
    found = {
        person: [one for area, one in closing if lives_in.startswith(area)]
        for person, lives_in in areas_of(persons).items()
    }
    return {person: some for person, some in found.items() if some}


def closed_there(closing: Sequence[Closing], *, leaves_on: date, at: datetime) -> DepartureCheck:
    """What the orders of one area make of leaving it on a day; nothing where none holds then.

    One that holds all that day, or all that is left of today, is not met; one that ends before or during that day, or
    begins in it, is open: it is looked at again when they leave. One that begins later today holds nobody yet.
    """
    today = localtime(at).date()
    leaves_on = max(leaves_on, today)
    begins = max(at, _midnight(leaves_on, at))
    ends = _midnight(leaves_on + ONE_DAY, at)
    found = []
    for one in closing:
        if one.begins_at >= ends or (leaves_on == today and one.begins_at > at):
            continue
        holds_all_day = one.begins_at <= begins and one.ends_at >= ends
        found.append(_requirement(one, Standing.UNMET if holds_all_day else Standing.OPEN))
    return DepartureCheck(tuple(found), ())


def shuts_all(closing: Sequence[Closing], begins: datetime, ends: datetime) -> Closing | None:
    """Of orders that leave no moment of `[begins, ends)` to leave in the one that lasts longest; None: some is left."""
    until, last = begins, None
    for one in sorted(closing, key=lambda it: it.begins_at):
        if one.begins_at <= until < one.ends_at:
            until, last = one.ends_at, one
    return last if until >= ends else None


def closed_said(one: Closing) -> Said:
    """Why a permit does not hold any more: which order closed where its people live, and until when."""
    return _requirement(one, Standing.UNMET).reason


def _requirement(one: Closing, standing: Standing) -> Requirement:
    until = f"{localtime(one.ends_at):%Y-%m-%d %H:%M}"
    return Requirement(
        rule=one.number, requirement=ORDER, standing=standing,
        reason=Said(
            f"您住的{one.place.zh}按{one.issuer}的命令（{one.number}）封闭管控，到 {until} 为止。",
            f"Where you live, {one.place.en}, is closed by an order of {one.issuer} ({one.number}) until {until}.",
        ),
        advice=Said(
            "到期解除后再离开；就医急救不受限制，请打 120。期限有变以公告为准，问村（社区）。",
            "Leave when it has ended; emergency care is never held back: call 120. The announcement says if the time "
            "changes; ask the village.",
        ),
        earliest=_earliest(one),
    )  # fmt: skip


def _earliest(one: Closing) -> date:
    """The first day of which some is left when the order ends."""
    return localtime(one.ends_at).date()


def _named(place, area_path: str) -> Said:
    return Said(place.name_zh, place.name_en or place.name_zh) if place else Said(area_path, area_path)


def _midnight(day: date, at: datetime) -> datetime:
    return datetime.combine(day, time.min, localtime(at).tzinfo)
