"""The timeline of a case as days, its map and the table of its places; the story as paragraphs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.cases.vocabulary import CROWDS, MASKS, VENTILATIONS
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.maps import MapArea, SchematicMap, draw
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import joined
from fangxian.ops.realm.areas import COUNTY_DIGITS, TOWNSHIP_DIGITS
from fangxian.ops.situation.case_timeline import CaseTimeline, TimelineDay, TimelineItem

SOURCES = {
    "scan": Said("扫码", "scan"),
    "told": Said("本人所述", "told"),
    "declared": Said("申报和判定", "on record"),
    "ride": Said("乘车登记", "ride on record"),
}
ONSET, SAMPLE = Said("发病", "onset"), Said("首次阳性采样", "the first positive sample")
TITLE = Said("到过的地方（按乡镇）", "Where they were, by township")
SILENT_FROM = 3  # days in a row of which nothing is known, that are told as one


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a day: when, what, where, and what does not fit with it."""

    item: TimelineItem
    when: str
    source: Said
    details: Said | None
    against: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Day:
    day: TimelineDay
    onset: Said | None
    is_infectious: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """Days in a row of which nothing at all is known, told as one: a case of long ago has some hundred."""

    begins_on: date
    ends_on: date
    n_days: int
    is_infectious: bool


def _is_silent(it: Day) -> bool:
    return not it.lines and it.day.from_onset != 0


def folded(days: Sequence[Day]) -> list[Day | Silence]:
    """The same, in the same order, with silent days in a row told as one; day 0 always stands for itself."""
    found: list[Day | Silence] = []
    for (is_silent, is_infectious), run in groupby(days, key=lambda it: (_is_silent(it), it.is_infectious)):
        some = list(run)
        if is_silent and len(some) >= SILENT_FROM:
            begins_on, ends_on = sorted((some[0].day.on, some[-1].day.on))
            found.append(Silence(begins_on, ends_on, len(some), is_infectious))
        else:
            found += some
    return found


def days_of(timeline: CaseTimeline, *, has_onset: bool) -> list[Day]:
    """The days with what is known of them, and those that nobody tells of, counted from onset or, without one, from
    the first positive sample.
    """
    zero = ONSET if has_onset else SAMPLE
    return [
        Day(
            day=it,
            onset=_from_day_0(it.from_onset, zero),
            is_infectious=bool(timeline.infectious_from and it.on >= timeline.infectious_from),
            lines=tuple(_line(item, timeline) for item in it.items),
        )
        for it in timeline.days
    ]


def places_table(timeline: CaseTimeline) -> Table:
    """Each place with how often and when: what the map shows, for reading aloud and for export."""
    rows: dict[str, dict[str, Any]] = {}
    for item in timeline.items.values():
        if item.source in ("declared", "ride") or not item.place:
            continue
        row = rows.setdefault(item.place, {"place": item.place, "n": 0, "first": item.begins_at, "venue": item.venue})
        row |= {"n": row["n"] + 1, "last": item.begins_at}
    columns = (
        Column("place", Said("地点", "Place"), wide=True),
        Column("n", Said("次数", "Times"), kind="number"),
        Column("first", Said("最早", "First"), kind="time"),
        Column("last", Said("最近", "Last"), kind="time"),
    )
    return Table(
        caption=Said("到过的地方", "Places"),
        columns=columns,
        rows=sorted(rows.values(), key=lambda row: (-row["n"], row["place"])),
        empty=Said("还不知道到过哪里。", "It is not known yet where this person was."),
    )


def places_map(timeline: CaseTimeline, divisions: Mapping[str, Any]) -> SchematicMap:
    """The townships shaded by how often the case was there; nothing when no place is on the register."""
    counted = Counter(
        venue.area_path[:TOWNSHIP_DIGITS]
        for item in timeline.items.values()
        if item.venue and (venue := timeline.places.get(item.venue))
    )
    if not counted:
        return draw([], title=TITLE)
    areas = [
        MapArea(
            name=place_name(it),
            shape=it.shape or (),
            href=reverse("area", args=[path]),
            value=counted.get(path) or None,
            told=str(counted.get(path, 0)),
            figure=str(counted[path]) if path in counted else "",
        )
        for path, it in divisions.items()
        if len(path) == TOWNSHIP_DIGITS
    ]
    county = divisions.get(next(iter(divisions))[:COUNTY_DIGITS])
    return draw(areas, title=TITLE, outline=(county.shape or ()) if county else ())


def conflicts_said(timeline: CaseTimeline) -> list[Said]:
    """Each pair that cannot both be true, in a sentence."""
    found = []
    for it in timeline.conflicts:
        one, other = timeline.items[it.one], timeline.items[it.other]
        on = localtime(it.at).date()
        first, second, day = _told(one, on), _told(other, on), f"{on:%m-%d}"
        zh = f"{day}：{first.zh}，又{second.zh}，两者不能同时成立。"
        found.append(Said(zh, f"{day}: {first.en}, and {second.en}: both cannot be."))
    return list(dict.fromkeys(found))


def _told(item: TimelineItem, on: date) -> Said:
    """What one of two says that cannot both be, on the day of the other: with its own day where that is another."""
    source, begins_on = SOURCES[item.source], localtime(item.begins_at).date()
    when = _when(item) if begins_on == on else f"{begins_on:%m-%d} {_when(item)}"
    return Said(f"{when} 在 {item.place}（{source.zh}）", f"{when} at {item.place} ({source.en})")


def _line(item: TimelineItem, timeline: CaseTimeline) -> Line:
    on = localtime(item.begins_at).date()
    against = tuple(dict.fromkeys(_told(timeline.items[other], on) for other in item.conflicts))
    return Line(item=item, when=_when(item), source=SOURCES[item.source], details=_details(item), against=against)


def _details(item: TimelineItem) -> Said | None:
    """What the interview adds: crowd, air, mask, with whom."""
    row = item.entry
    if row is None:
        return None
    words = [CROWDS.get(row.crowd), VENTILATIONS.get(row.ventilation), MASKS.get(row.masked)]
    parts = [it for it in words if it is not None]
    if row.remark:
        parts.append(Said(row.remark, row.remark))
    return joined(parts, zh="；", en="; ") if parts else None


def _when(item: TimelineItem) -> str:
    begins = localtime(item.begins_at)
    if item.ends_at is None:
        return f"{begins:%H:%M}"
    ends = localtime(item.ends_at)
    next_day = "" if ends.date() == begins.date() else f"{ends:%m-%d} "
    return f"{begins:%H:%M}–{next_day}{ends:%H:%M}"


def _from_day_0(days: int | None, zero: Said) -> Said | None:
    if days is None:
        return None
    if days == 0:
        return Said(f"{zero.zh}当天", f"the day of {zero.en}")
    if days > 0:
        return Said(f"{zero.zh}后第 {days} 天", f"{_days(days)} after {zero.en}")
    return Said(f"{zero.zh}前 {-days} 天", f"{_days(-days)} before {zero.en}")


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"


def merged_days(days: Sequence[Day]) -> list[tuple[Day, Day]]:
    """The days for print: runs of days without anything, or with the same at the same hours, as one (相同活动合并填写),
    so that a story fits on its page. What contradicts something else stands by itself.
    """
    runs: list[tuple[Day, Day]] = []
    for day in days:
        if runs and _is_like(day, runs[-1][1]):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _is_like(day: Day, other: Day) -> bool:
    if day.is_infectious != other.is_infectious or any(line.against for line in (*day.lines, *other.lines)):
        return False
    return _what(day) == _what(other)


def _what(day: Day) -> list[tuple[str, str, str]]:
    return [(line.when, line.item.place, line.details.zh if line.details else "") for line in day.lines]
