"""The tables of the venue owner's pages."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import VENUE_STATUS, trade, word
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import in_words
from fangxian.ops.places.models import Venue, VenueNaming
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.silent_for_grid import silence_of

from .forms import WEEKDAYS
from .silence import TOLD_OWNER
from .words import REFUSED, WAITED_FOR


def state_said(venue: Venue) -> Said:
    """What the venue's state means for its owner."""
    is_refused = venue.status == Venue.Status.CLOSED and venue.opened_at is None and venue.status_because
    return REFUSED if is_refused else WAITED_FOR[venue.status]


def rests_on(venue: Venue) -> Said:
    """On which weekdays it is closed."""
    if not venue.rest_weekdays:
        return Said("天天开门", "open every day")
    days = [WEEKDAYS[int(it) - 1] for it in venue.rest_weekdays]
    return Said("、".join(zh for zh, _ in days), ", ".join(en for _, en in days))


def silence_told(venue: Venue) -> Said | None:
    """What its owner is told when nobody scans there; None while somebody does, or it was only closed for a day."""
    task = silence_of(venue, county_now()) if venue.status == Venue.Status.VERIFIED else None
    return TOLD_OWNER.get(task.outcome) if task else None


def own_venues(venues: Sequence[Venue], late: Mapping[UUID, int], *, may_apply: bool) -> Table:
    """One's own venues; `late`: of each how many things are late as a priority place."""
    columns = (
        Column("name", Said("名称", "Name")),
        Column(
            "late", Said("逾期的消毒、检查、采样", "Late: disinfection, inspection, samples"),
            kind="number", read=lambda it: late.get(it.pk) or None,
        ),
        Column("status", Said("状态", "Status"), kind="tag", read=lambda it: in_words(word(VENUE_STATUS, it.status))),
        Column("trade", Said("行业", "Trade"), read=lambda it: trade(it.trade)),
        Column("status_since", Said("何时起", "Since"), kind="time", read=lambda it: it.status_since or it.opened_at),
        Column("address", Said("地址", "Address"), wide=True),
    )  # fmt: skip
    return Table(
        caption=Said("我的场所", "My venues"),
        columns=columns,
        rows=venues,
        href=lambda it: reverse("venue-keep", args=[it.pk]),
        empty=Said("您名下还没有场所。", "You have no venue yet."),
        empty_next=Said("申请登记场所", "Apply for a venue") if may_apply else None,
        empty_href=reverse("venue-apply") if may_apply else "",
    )


def applications(venues: Sequence[Venue], places: Mapping) -> Table:
    """What waits to be verified by the reader, the oldest first."""
    columns = (
        Column("name", Said("名称", "Name")),
        Column("trade", Said("行业", "Trade"), read=lambda it: trade(it.trade)),
        Column("unit", Said("村、社区", "Where"), read=lambda it: _unit(it, places)),
        Column("address", Said("地址", "Address"), wide=True),
        Column("status_since", Said("申请于", "Applied"), kind="time"),
    )
    return Table(
        caption=Said("等我核验的申请", "Applications that wait for me"),
        columns=columns,
        rows=venues,
        href=lambda it: reverse("venue", args=[it.pk]) + "#decide",
        empty=Said("没有等着核验的申请。", "No application waits to be verified."),
    )


def _unit(venue: Venue, places: Mapping) -> Said | str:
    place = places.get(venue.area_path[:12])
    return Said(place.name_zh, place.name_en) if place else venue.area_path[:12]


def namings_table(rows: Sequence[VenueNaming]) -> Table:
    """What a venue was called before, the latest first."""
    columns = (
        Column("name", Said("名称", "Name"), wide=True),
        Column("address", Said("地址", "Address"), read=lambda it: it.address or "—", wide=True),
        Column("ended_at", Said("用到", "Until"), kind="time"),
        Column("because", Said("为什么更正", "Why it was corrected"), read=lambda it: it.because or "—"),
    )
    empty = Said("没有改过。", "Never.")
    return Table(caption=Said("以前的名称、地址", "What it was called"), columns=columns, rows=rows, empty=empty)
