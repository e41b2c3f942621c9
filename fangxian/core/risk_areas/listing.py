"""One list of risk areas: what the national service gave out at one hour, as JSON, or the same as a table.

The JSON is `{"data": {"end_update_time": "2022-04-15 11时", "hcount": 15, …, "highlist": [{"province", "city",
"county", "communitys": […]}, …], "middlelist": …, "lowlist": …}}`, with or without the `data` around it. A table has a
line for each place, with columns for the level, province, city, county and place.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

from fangxian.core.refusal import Refusal

from .names import without_people

CHINA: Final = timezone(timedelta(hours=8))
MOST_NAME: Final = 40  # signs of a division's name; a longer one comes of a damaged file
MOST_PLACE: Final = 800  # signs of a place's text; what is longer nobody reads to its end
_TIME: Final = re.compile(r"(\d{4})[-年/](\d{1,2})[-月/](\d{1,2})日?\s*(\d{1,2})(?:[时點点]|:00)")


class Level(StrEnum):
    HIGH, MEDIUM, LOW = "high", "medium", "low"


LEVELS: Final = tuple(Level)  # the graver first
_LISTS: Final = {Level.HIGH: "highlist", Level.MEDIUM: "middlelist", Level.LOW: "lowlist"}
_COUNTS: Final = {Level.HIGH: "hcount", Level.MEDIUM: "mcount", Level.LOW: "lcount"}
_LEVEL_WORDS: Final = {
    **dict.fromkeys(("high", "高", "高风险", "高风险区", "高风险地区"), Level.HIGH),
    **dict.fromkeys(("medium", "middle", "中", "中风险", "中风险区", "中风险地区"), Level.MEDIUM),
    **dict.fromkeys(("low", "低", "低风险", "低风险区", "低风险地区"), Level.LOW),
}
_COLUMNS: Final = {
    "level": ("level", "等级", "风险等级", "级别"),
    "province": ("province", "省", "省份", "省级"),
    "city": ("city", "市", "地市", "城市", "市级"),
    "county": ("county", "县", "区县", "县区", "县（市、区）", "县(市、区)", "县级"),
    "place": ("place", "community", "communitys", "区域", "地区", "范围", "小区", "具体区域"),
}


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A place on the list, as it is called there, without anybody's name."""

    province: str
    city: str
    county: str
    place: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of one moment.

    Attributes
    ----------
    as_of : from when it is, aware
    level_of : the level of each area; of one listed under two the graver
    listed : how many places stand in it by level; one that stands there twice counts twice, as it does for those who
        publish
    published : how many it says itself there are
    covers : the province it is the list of; "" for the whole nation
    n_names_removed : places in whose text somebody's name or number stood
    """

    as_of: datetime
    level_of: Mapping[Area, Level]
    listed: Mapping[Level, int]
    published: Mapping[Level, int]
    covers: str = ""
    n_names_removed: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether as many places stand in it as it says there are."""
        return all(self.listed.get(level, 0) == n for level, n in self.published.items())

    def looks_at(self, area: Area) -> bool:
        """Whether it would name this area if it were one."""
        return not self.covers or area.province == self.covers

    def provinces(self) -> set[str]:
        return {area.province for area in self.level_of}


def read_feed(data: bytes, *, covers: str = "") -> Listing:
    """A list in the national service's JSON.

    Parameters
    ----------
    covers : the province whose part alone this is; then what it says of the nation's number counts for nothing

    Refuses
    -------
    risk_areas.not_a_feed, .no_time, .not_whole, .elsewhere
    """
    try:
        told = json.loads(data)
        told = told.get("data", told)
        at, rows = _time_of(str(told["end_update_time"])), list(_rows_of(told))
        if any(len(name) > MOST_NAME for _, area in rows for name in (area.province, area.city, area.county)):
            raise ValueError
        published = {level: int(told[name]) for level, name in _COUNTS.items() if name in told}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _not_a_feed(len(data)) from error
    return _listing(rows, at, published={} if covers else published, covers=covers)


def read_table(text: str, *, as_of: datetime, covers: str = "") -> Listing:
    """A list as CSV with a line for each place; it does not say itself from when it is.

    Refuses
    -------
    risk_areas.no_columns, .unknown_level, .elsewhere, .not_a_table
    """
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        return _table(lines, as_of, covers)
    except csv.Error as error:
        raise _not_a_table(lines.line_num) from error


def _table(lines: Any, as_of: datetime, covers: str) -> Listing:
    head = [name.strip() for name in next(lines, [])]
    at = {field: _column(head, names) for field, names in _COLUMNS.items()}
    if missing := [names[-1] if field == "place" else names[1] for field, names in _COLUMNS.items() if at[field] < 0]:
        raise _no_columns(missing, head)
    rows = []
    for fields in lines:
        if not any(it.strip() for it in fields):
            continue
        value = {field: fields[k].strip() if k < len(fields) else "" for field, k in at.items()}
        level = _LEVEL_WORDS.get(value["level"].casefold())
        if level is None or not value["province"]:
            raise _unknown_level(lines.line_num, value["level"], value["province"])
        rows.append((level, Area(value["province"], value["city"], value["county"], value["place"])))
    return _listing(rows, as_of, published={}, covers=covers)


def _column(head: list[str], names: Iterable[str]) -> int:
    return next((head.index(name) for name in names if name in head), -1)


def _time_of(text: str) -> datetime:
    found = _TIME.search(text)
    if found is None:
        raise _no_time(text)
    year, month, day, hour = map(int, found.groups())
    return datetime(year, month, day, tzinfo=CHINA) + timedelta(hours=hour)  # 24时 is the next day's 0时


def _rows_of(told: Mapping[str, Any]) -> Iterator[tuple[Level, Area]]:
    if not any(name in told for name in _LISTS.values()):
        raise KeyError
    for level, name in _LISTS.items():
        for row in told.get(name, ()):
            places = row["communitys"]
            if not isinstance(places, list):
                raise TypeError
            for place in places:
                yield level, Area(str(row["province"]), str(row["city"]), str(row["county"]), str(place))


def _listing(rows: list[tuple[Level, Area]], at: datetime, *, published: dict[Level, int], covers: str) -> Listing:
    level_of: dict[Area, Level] = {}
    n_names = 0
    for level, area in rows:
        written = " ".join(area.place.split())
        place = without_people(written)
        n_names += place != written
        kept = Area(area.province.strip(), area.city.strip(), area.county.strip(), place[:MOST_PLACE])
        level_of[kept] = min(level, level_of.get(kept, level), key=LEVELS.index)
    listing = Listing(at, level_of, Counter(level for level, _ in rows), published, covers, n_names)
    if not listing.is_whole:
        raise _not_whole(listing)
    if covers and (others := listing.provinces() - {covers}):
        raise _elsewhere(covers, others)
    return listing


def _not_a_feed(n_bytes: int) -> Refusal:
    return Refusal(
        "risk_areas.not_a_feed",
        zh="这个文件（{n_bytes} 字节）不是国家风险地区名单：应是 JSON，有更新时间 end_update_time 和 highlist、"
        "middlelist 等名单；它读不下去，可能没有传完。名单没有改动；请重新下载完整的文件再传。",
        en="This file of {n_bytes} bytes is no national list of risk areas: it should be JSON with end_update_time and "
        "lists such as highlist and middlelist, and it cannot be read to its end, so it may be cut off. Nothing was "
        "changed: fetch the whole file and upload it again.",
        n_bytes=n_bytes,
    )


def _no_time(text: str) -> Refusal:
    return Refusal(
        "risk_areas.no_time",
        zh="名单的更新时间写的是“{found}”，看不出是哪一天几时。应写作“2022-04-15 11时”。名单没有改动；请改正后再传。",
        en="The list says it is from “{found}”, which names no day and hour. It should read “2022-04-15 11时”. Nothing "
        "was changed: correct it and upload it again.",
        found=text[:40],
    )


def _not_whole(listing: Listing) -> Refusal:
    told = listing.published.items()
    wrong = [(level, n, listing.listed.get(level, 0)) for level, n in told if listing.listed.get(level, 0) != n]
    words = {Level.HIGH: ("高风险", "high"), Level.MEDIUM: ("中风险", "medium"), Level.LOW: ("低风险", "low")}
    return Refusal(
        "risk_areas.not_whole",
        zh="名单自称有{published}，文件里却只列出{listed}。全国名单的数目应当相符；文件可能被截断，或只是一个省的部分。"
        "名单没有改动；请重新下载完整的文件，或选明这是哪个省的部分后再传。",
        en="The list says it has {published_en}, and {listed_en} stand in the file. In the nation's list these agree: "
        "the file may be cut off, or be one province's part. Nothing was changed: fetch the whole file, or say which "
        "province's part it is, and upload it again.",
        published="、".join(f"{words[level][0]} {n} 处" for level, n, _ in wrong),
        listed="、".join(f"{words[level][0]} {n} 处" for level, _, n in wrong),
        published_en=", ".join(f"{n} {words[level][1]}" for level, n, _ in wrong),
        listed_en=", ".join(f"{n} {words[level][1]}" for level, _, n in wrong),
    )


def _elsewhere(covers: str, others: set[str]) -> Refusal:
    return Refusal(
        "risk_areas.elsewhere",
        zh="选的是“只有{covers}的部分”，文件里却有{others}的地区。应当只列{covers}的地区，或作为全国名单上传。名单没有改动；"
        "请改选后再传。",
        en="It was said to be the part of {covers} alone, but it lists areas of {others}. It should list areas of "
        "{covers} only, or be uploaded as the nation's. Nothing was changed: choose again and upload it again.",
        covers=covers,
        others="、".join(sorted(others)[:5]),
    )


def _not_a_table(line: int) -> Refusal:
    return Refusal(
        "risk_areas.not_a_table",
        zh="表格读到第 {line} 行就读不下去了，可能有一个引号没有成对。应是 CSV，每行一处。名单没有改动；请改正后再传。",
        en="The table cannot be read beyond line {line}: a quotation mark may have no partner. It should be CSV, a "
        "line for each place. Nothing was changed: correct it and upload it again.",
        line=line,
    )


def _no_columns(missing: list[str], head: list[str]) -> Refusal:
    return Refusal(
        "risk_areas.no_columns",
        zh="表格第一行没有“{missing}”这几列，现在是“{found}”。应有：风险等级、省、市、县、区域。名单没有改动；请补上列名后再传。",
        en="The table's first line lacks {missing}; it has “{found}”. It should name 风险等级 (level), 省 (province), "
        "市 (city), 县 (county), 区域 (place). Nothing was changed: add them and upload it again.",
        missing="、".join(missing),
        found="、".join(head)[:80],
    )


def _unknown_level(line: int, found: str, province: str) -> Refusal:
    return Refusal(
        "risk_areas.unknown_level",
        zh="表格第 {line} 行的风险等级是“{found}”，省是“{province}”。等级应为高风险、中风险或低风险，省不能空着。"
        "名单没有改动；请改正这一行后再传。",
        en="Line {line} of the table has the level “{found}” and the province “{province}”. The level should be high, "
        "medium or low, and a province be named. Nothing was changed: correct that line and upload it again.",
        line=line,
        found=found[:20],
        province=province[:20],
    )
