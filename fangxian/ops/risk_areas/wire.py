"""What crosses the risk_areas room's boundary: a list as it is kept, and the nation's divisions."""

import json
import zlib
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

from fangxian.core.divisions_file import read_rows
from fangxian.core.risk_areas.finding import Renamed
from fangxian.core.risk_areas.listing import Area, Level, Listing
from fangxian.core.risk_areas.nation import Nation, read_nation

NATION = Path(__file__).parent / "nation-2021.csv"
RENAMED = Path(__file__).parent / "renamed-2021.csv"


@cache
def the_nation() -> Nation:
    """Provinces, prefectures and counties as the National Bureau of Statistics had them at the end of October 2021."""
    return read_nation(NATION.read_bytes())


@cache
def the_renamed() -> dict[str, Renamed]:
    """Counties of the years before that edition which were renamed or became part of another, by the code they had.

    Only those of 2018 to 2021 that are surely known (the Ministry of Civil Affairs' yearly notices, recalled): a code
    that is not there is asked about, never guessed. Where a county was divided (南郊区, 江干区), whoever wrote it says
    which part they mean.
    """
    _, rows = read_rows(RENAMED.read_bytes(), ("code", "name", "became"))
    return {row["code"]: Renamed(row["name"], row["became"]) for row in rows}


def pack(listing: Listing) -> bytes:
    """What stands in a list, as it is kept: `[[province, city, county, place, level], …]`, compressed JSON."""
    rows = [[*_parts(area), level.value] for area, level in sorted(listing.level_of.items())]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(content: bytes, *, as_of: datetime, covers: str) -> Listing:
    """The list that was packed."""
    level_of = {Area(*row[:4]): Level(row[4]) for row in json.loads(zlib.decompress(bytes(content)))}
    return Listing(as_of, level_of, Counter(level_of.values()), {}, covers)


def _parts(area: Area) -> tuple[str, str, str, str]:
    return area.province, area.city, area.county, area.place
