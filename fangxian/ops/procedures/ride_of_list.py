"""Which ride a carrier's list is of, said once for the whole file (整份名单是一趟车): part of import_passengers.

Many lists name the train or flight and the day in their title row, or in the file's name only. What stands there is
proposed; a person says it, and it fills the cells that have none of their own.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import takewhile

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.intake.cells import text_of
from fangxian.ops.intake.queries import Intake, opened_again

_DAY = re.compile(r"(?<!\d)(20\d{2})(?:[-/.年_](\d{1,2})[-/.月_](\d{1,2})日?|(\d{2})(\d{2}))(?!\d)")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:：时]([0-5]\d)分?(?!\d)")
# When the list was made tells nothing of its ride: 导出时间：2022-04-08 17:05.
_MADE = re.compile(
    r"(?:导出|打印|制表|生成|查询|下载|填报|EXPORTED|PRINTED)(?:时间|日期|于|\s|[:：]|AT|ON)*"
    r"(?:20\d{2}[-/.年_]?\d{1,2}[-/.月_]?\d{1,2}日?)?\s*(?:\d{1,2}[:：时]\d{1,2}分?(?:[:：]?\d{1,2}秒?)?)?"
)
# A train with its letter or its 次, a flight of two letters, a plate: what cannot be taken for another number.
_VEHICLE = re.compile(
    r"(?<![0-9A-Z])(?:[GDCZTKYLS]\d{1,4}(?=次|[^0-9A-Z]|$)|\d{4}(?=次)|(?=[0-9A-Z]?[A-Z])[0-9A-Z]{2}\d{3,4}(?![0-9A-Z])"
    r"|[\u4e00-\u9fff][A-Z][·.\s]?[0-9A-Z]{5,6}(?![0-9A-Z]))"
)
MUST = {"vehicle": Said("车次、航班或车牌", "the train, flight or plate"), "on": Said("日期", "the day")}


@dataclass(frozen=True, slots=True)
class RideSaid:
    """A ride as cells of a list would say it: a day as 2022-04-07, times as 08:30; "" where it is not said."""

    vehicle: str = ""
    on: str = ""
    begins_at: str = ""
    ends_at: str = ""

    def cells(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if text}


def ride_said(cells: Mapping[str, str]) -> RideSaid:
    """What was kept with a job, read again."""
    return RideSaid(**{it.name: cells.get(it.name, "") for it in fields(RideSaid)})


def ride_in(*texts: str) -> RideSaid:
    """The ride that titles and a file's name tell of; of each thing the first that is found."""
    folded = [_MADE.sub(" ", unicodedata.normalize("NFKC", text).upper()) for text in texts]
    days = [day for text in folded for it in _DAY.finditer(text) if (day := _day(it))]
    bare = [_DAY.sub(" ", text) for text in folded]
    vehicles = [it.group() for text in bare for it in _VEHICLE.finditer(text)]
    clocks = [f"{int(hour):02}:{minute}" for text in bare for hour, minute in _CLOCK.findall(text)]
    return RideSaid(
        vehicle=next(iter(vehicles), ""),
        on=next(iter(days), ""),
        begins_at=next(iter(clocks), ""),
        ends_at=next(iter(clocks[1:]), ""),
    )


def _day(found: re.Match) -> str:
    year, month, on, month_bare, on_bare = found.groups()
    try:
        return date(int(year), int(month or month_bare), int(on or on_bare)).isoformat()
    except ValueError:
        return ""


def ride_proposed(intake: Intake) -> RideSaid:
    """What the rows above a list's head and the file's name say of its ride.

    Refuses
    -------
    intake.erased
    """
    above = takewhile(lambda row: row[0] < intake.header_row, opened_again(intake).records)
    titles = [" ".join(filter(None, map(text_of, cells))) for _, cells in above]
    return ride_in(*titles, intake.file_name)


def refuse_unsaid(mapping: Mapping[str, str], ride: RideSaid) -> None:
    """Refuse a list of which neither a column nor a person says which ride it is.

    Refuses
    -------
    rides.ride_not_said, rides.no_such_day
    """
    said = {*mapping.values(), *ride.cells()}
    if missing := [words for name, words in MUST.items() if name not in said]:
        raise Refusal(
            "rides.ride_not_said",
            zh="没有说明这份名单的{what}：没有一列是它，下面“整份名单是一趟车”里也没有写，没有开始比对。请选一列，或按表头上方的标题"
            "写上。",
            en="It is not said which {what_en} this list is of: no column has it, and nothing is written under “the "
            "whole list is one ride”, so nothing was compared. Choose a column, or write it as the title has it.",
            what="、".join(it.zh for it in missing),
            what_en=" and ".join(it.en.removeprefix("the ") for it in missing),
        )
    if ride.on and not _is_day(ride.on):
        raise Refusal(
            "rides.no_such_day",
            zh="“{found}”不是日期，没有开始比对。应写成 2022-04-07；请改正。",
            en="“{found}” is no day, so nothing was compared. It should be written like 2022-04-07: correct it.",
            found=ride.on,
        )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
