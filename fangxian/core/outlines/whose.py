"""Which grid cell each outline of a file is of: by its number, or by its name where that names one cell only.

A name is never a key: a county has two villages of Nanzhuang, and each has a first grid cell. What else the file says
of the outline (its village, its township) may tell them apart; what does not is left to a person.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import refusals
from .reading import Feature

CELL_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Cell:
    """A grid cell as it can be recognised: its number, its names, the names of what it lies in."""

    area_path: str
    names: tuple[str, ...]
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whose an outline is; "" where it is not certain, and then which cells it may be.

    by : "number", "name" or ""
    """

    nth: int
    area_path: str
    by: str
    likely: tuple[str, ...] = ()


def recognise(features: Sequence[Feature], cells: Iterable[Cell]) -> list[Recognised]:
    """A line for each feature, in their order.

    Refuses
    -------
    outlines.two_for_one
        Two features are certainly of one cell.
    """
    by_number: dict[str, Cell] = {}
    by_name: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        by_number[cell.area_path] = cell
        for name in cell.names:
            by_name.setdefault(plain(name), {})[cell.area_path] = cell
    found = [_recognised(feature, by_number, by_name) for feature in features]
    first: dict[str, Feature] = {}
    for feature, one in zip(features, found, strict=True):
        if one.area_path and one.area_path in first:
            raise refusals.two_for_one(first[one.area_path].said, feature.said, one.area_path)
        first[one.area_path] = feature
    return found


def _recognised(
    feature: Feature, by_number: Mapping[str, Cell], by_name: Mapping[str, Mapping[str, Cell]]
) -> Recognised:
    said = {plain(text) for text in feature.told.values()}
    numbered = {text for text in said if text in by_number}
    named = {path: cell for text in said for path, cell in by_name.get(text, {}).items()}
    if len(named) > 1:
        named = _told_apart(named, said) or named
    if len(numbered) == 1:
        number = next(iter(numbered))
        if not named or number in named:
            return Recognised(feature.nth, number, "number")
    elif not numbered and len(named) == 1 and not any(_is_a_number(text) for text in said):
        return Recognised(feature.nth, next(iter(named)), "name")
    return Recognised(feature.nth, "", "", tuple(sorted(numbered | named.keys())))


def _told_apart(named: Mapping[str, Cell], said: set[str]) -> dict[str, Cell]:
    """Those of several of one name in whose village or township the file says the outline lies; {} if none."""
    agreeing = {path: sum(plain(name) in said for name in cell.around) for path, cell in named.items()}
    best = max(agreeing.values())
    return {path: named[path] for path, n in agreeing.items() if n == best} if best else {}


def _is_a_number(text: str) -> bool:
    """Whether it looks like a cell's number: one that no cell has makes its name doubtful too."""
    return len(text) == CELL_DIGITS and text.isdecimal()


def plain(text: str) -> str:
    """A name without spaces, in one form of letters and signs: １ is 1, （ is (."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
