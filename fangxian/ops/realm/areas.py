"""Rows below an area, by the digits of their `area_path`.

An area path is the official division code, longer for smaller areas: county 6 digits, township 9,
village or community 12, grid cell 15. Being digits only, ranges of it sort alike under every collation,
so "everything below" is one index range on both databases.
"""

from collections.abc import Mapping

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

COUNTY_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS = 6, 9, 12, 15


def end_of(area_path: str) -> str:
    """The first path after all paths that begin with `area_path` (digits, not all nines)."""
    if not area_path.isdecimal() or not area_path.strip("9"):
        raise ValueError(f"an area path is digits and not all nines, not {area_path!r}")
    return str(int(area_path) + 1).zfill(len(area_path))


def below(area_path: str, field: str = "area_path") -> Q:
    """The area itself and everything in it."""
    return Q(**{f"{field}__gte": area_path, f"{field}__lt": end_of(area_path)})


def outside(area_path: str, field: str = "area_path") -> tuple[Q, Q]:
    """What comes before an area and what comes after all that is in it: two ranges of an index, each soon seen to be
    empty where everything is in the area."""
    return Q(**{f"{field}__lt": area_path}), Q(**{f"{field}__gte": end_of(area_path)})


def carry_over(rows: QuerySet, successors: Mapping[str, str]) -> int:
    """Give the rows of each old area their path under its successor; how many rows changed.

    Longer paths go first, so a grid cell may be moved otherwise than the unit it stands in. A successor may
    not itself be an old area: a chain of renamings is as many editions.
    """
    if chained := successors.keys() & set(successors.values()):
        raise ValueError(f"{sorted(chained)[0]} is both an old and a new area: migrate one edition at a time")
    return sum(
        rows.filter(below(old)).update(area_path=Concat(Value(new), Substr("area_path", len(old) + 1)))
        for old, new in sorted(successors.items(), key=lambda move: (-len(move[0]), move[0]))
        if old != new
    )
