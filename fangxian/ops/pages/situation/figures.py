"""What the situation pages show of the live file: its figures, the map of townships, the minutes, the reasons."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fangxian.core.refusal import Said
from fangxian.ops.pages import maps
from fangxian.ops.pages.county.trails import area_href
from fangxian.ops.pages.county.words import short_name
from fangxian.ops.pages.maps import MapArea, SchematicMap, Shade
from fangxian.ops.pages.parts import OUTCOMES
from fangxian.ops.pages.pictures import Bar, BarChart
from fangxian.ops.pages.situation.serving import LiveFile
from fangxian.ops.pages.words import number, said
from fangxian.ops.places.queries import place_at
from fangxian.ops.realm.current import the_realm
from fangxian.ops.situation.areas import TownshipsDrawn
from fangxian.ops.situation.live import STALE_AFTER_S

# Fixed, so that a colour means the same now and in an hour: scans in five minutes.
SHADES = (Shade(1, 1, 9), Shade(2, 10, 29), Shade(3, 30, 99), Shade(4, 100, float("inf")))
TIMES, SECONDS = Said("次", "scans"), Said("秒", "s")
PEOPLE_TIMES = Said("人次", "answers")
LABELS = {
    "per_minute": (Said("上一分钟扫码", "Scans, last full minute"), TIMES),
    "n": (Said("今日扫码", "Scans today"), TIMES),
    "admit": (Said("今日通行", "Passed today"), PEOPLE_TIMES),
    "verify": (Said("今日核验", "Verified today"), PEOPLE_TIMES),
    "refuse": (Said("今日止步", "Stopped today"), PEOPLE_TIMES),
    "silent": (Said("静默场所", "Silent venues"), Said("个", "venues")),
    "gate_age": (Said("门岗掌握的情况距今", "Age of what the gate knows"), SECONDS),
    "lag": (Said("扫码入库用时", "From scan to record"), SECONDS),
}


PRESENCES = {
    "staffed": (
        Said("值守员扫码", "scanned by a keeper"),
        Said("这扇门的设备读到了这个码", "a device of this door read this code"),
    ),
    "rotating": (
        Said("扫动态码", "rotating code"),
        Said("有人在一分钟内看见门口的屏幕", "somebody saw the screen at the door within a minute"),
    ),
    "located": (
        Said("手机比对位置", "by position"),
        Said("手机自称在附近，不能单凭它放行", "a phone says that it is near; no door opens for that alone"),
    ),
    "none": (
        Said("未证明到场", "none"),
        Said("有人有海报的文字；不能作转码的证据", "somebody had the poster's text; no evidence for a colour"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFigure:
    """One figure as the page writes it; `outcome` names the shape beside it, `before` is the whole of yesterday."""

    name: str
    label: Said
    unit: Said
    value: str
    state: str
    at: datetime | None
    age_s: int | None
    before: str = ""
    outcome: str = ""

    @property
    def css(self) -> str:
        return f"is-{self.state.replace('_', '-')}" if self.state else ""


def document_of(found: LiveFile | None) -> dict[str, Any] | None:
    return json.loads(found.content) if found else None


def figures_of(document: Mapping | None, age_s: int) -> list[LiveFigure]:
    """The figures in their order: stale in a file that nobody renews any more, not yet before there is one."""
    given = document["figures"] if document else {}
    return [_figure(name, given.get(name, {"state": "not_yet"}), age_s) for name in LABELS]


def _figure(name: str, given: Mapping, file_age_s: int) -> LiveFigure:
    state, age_s = given["state"], given.get("age_s")
    if not state and file_age_s > STALE_AFTER_S:
        state = "stale"
    label, unit = LABELS[name]
    at, before = given.get("at"), given.get("before")
    return LiveFigure(
        name=name,
        label=label,
        unit=unit,
        value=written(given.get("value")),
        state=state,
        at=datetime.fromisoformat(at) if at else None,
        age_s=None if age_s is None else int(age_s + file_age_s),
        before="" if before is None else written(before),
        outcome=OUTCOMES[name][0] if name in OUTCOMES else "",
    )


def written(value: float | str | None) -> str:
    """A count as it is told: with its separators, or as the few it was withheld as."""
    return value if isinstance(value, str) else number(value)


def map_of(townships: Sequence[Mapping], drawn: TownshipsDrawn) -> SchematicMap:
    """The townships, shaded by scans in the last five minutes."""
    county = place_at(the_realm().division_code)
    areas = [
        MapArea(
            name=short_name(Said(row["zh"], row["en"])),
            shape=rings[0] if rings else (),
            more=rings[1:],
            href=area_href(row["path"]),
            value=row["recent"],
            told=scans_told(row["recent"]),
        )
        for row in townships
        if (rings := drawn.rings.get(row["path"])) is not None
    ]
    drawn_by = Said("地图", "A map") if drawn.is_own else Said("示意图", "A schematic")
    title = Said(
        f"各乡镇{drawn_by.zh}：最近 5 分钟扫码次数。数字见旁边的表",
        f"{drawn_by.en} of the townships: scans in the last 5 minutes. The numbers are in the table beside it",
    )
    return maps.draw(areas, title=title, outline=county.shape if county else (), shades=SHADES)


def scans_told(n: int | None) -> str:
    return said(f"{number(n)} 次", f"{number(n)} scans")


def minutes_chart(minutes: Mapping) -> BarChart:
    """A bar for each of the last county minutes; the one that runs is not over."""
    last, counts = datetime.fromisoformat(minutes["until"]), minutes["counts"]
    begins = last - timedelta(minutes=len(counts) - 1)
    return BarChart(
        title=Said("最近两小时每分钟扫码", "Scans a minute, the last two hours"),
        unit=TIMES,
        label_title=Said("时刻", "Minute"),
        bars=[
            Bar(label=f"{begins + timedelta(minutes=nth):%H:%M}", value=n, partial=nth == len(counts) - 1)
            for nth, n in enumerate(counts)
        ],
    )


def presence_rows(presences: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"key": key, "name": PRESENCES[key][0], "shows": PRESENCES[key][1], "n": written(n)}
        for key, n in presences.items()
    ]


def township_rows(townships: Sequence[Mapping]) -> list[dict[str, Any]]:
    return [
        {
            "path": row["path"],
            "name": Said(row["zh"], row["en"]),
            "href": area_href(row["path"]) if row["path"] else "",
            "cells": [written(n) for n in (row["recent"], *(row["day"] or (None, None, None)))],
        }
        for row in townships
    ]


def reason_rows(reasons: Sequence[Mapping]) -> list[dict[str, Any]]:
    return [
        {
            "outcome": row["outcome"],
            "rule": row["rule"],
            "reason": Said(row["zh"], row["en"]),
            "n": written(row["n"]),
        }
        for row in reasons
    ]


def silent_rows(silent: Mapping) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "where": Said(row["zh"], row["en"]),
            "last": datetime.fromisoformat(row["last"]) if row["last"] else None,
        }
        for row in silent["venues"]
    ]
