"""Which counties of the nation somebody means who writes a place as people do: 上海浦东, 偃师市, 141027.

What a county was called, or had for a code, before the edition in use counts as well: people say the name they grew
up with, and an identity card keeps the old code for life.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .nation import COUNTY, Nation

MOST_FOUND: Final = 12
_WORDS_FOR_KINDS: Final = str.maketrans("", "", " \u3000省市区县旗盟州,，、/-")


@dataclass(frozen=True, slots=True)
class Renamed:
    """What a county was called before, and which one its people are in now: some, apart, where it was divided."""

    name: str
    became: str

    @property
    def parts(self) -> list[str]:
        return self.became.split()


@dataclass(frozen=True, slots=True)
class Found:
    """A county that is meant; `as_before` is the old name by which it was found, "" where it is its own."""

    code: str
    as_before: str = ""


def county_today(nation: Nation, renamed: Mapping[str, Renamed], code: str) -> str:
    """The county's code in the edition in use; "" for a code of no county, then or now, and of one that was divided."""
    if len(code) == COUNTY and code in nation.name_of:
        return code
    parts = renamed[code].parts if code in renamed else []
    return parts[0] if len(parts) == 1 else ""


def find_counties(nation: Nation, renamed: Mapping[str, Renamed], text: str) -> list[Found]:
    """The counties that a text may mean, the likeliest first, at most MOST_FOUND; one alone is surely meant.

    All that is written has to occur, in its order, in the names from the province down: 上海浦东 in 上海市浦东新区.
    Words for kinds of divisions (省, 市, 县 …) need not be written. Where the text is the whole name of some, or ends
    in the own name of some, only those are meant, and not others in whose names the same letters merely occur.
    """
    plain = text.translate(_WORDS_FOR_KINDS)
    if plain.isascii() and plain.isdecimal():
        if plain in renamed:
            return [Found(part, renamed[plain].name) for part in renamed[plain].parts]
        today = county_today(nation, renamed, plain)
        return [Found(today)] if today else []
    if not plain:
        return []
    ranked = list(_ranked(nation, renamed, text.strip(), plain))
    best = min((how for how, _, _ in ranked), default=_EXACT)
    by_code: dict[str, tuple[int, Found]] = {}
    for how, rest, found in ranked:
        if how == best and found.code not in by_code:
            by_code[found.code] = rest, found
    meant = sorted(by_code.values(), key=lambda it: (it[0], it[1].code))
    return [found for _, found in meant[:MOST_FOUND]]


# 伊宁县 is not 伊宁市: what is written with its word for a kind means that one.
_EXACT, _ENDS_IN_NAME, _WHOLE, _OWN_NAME, _TOGETHER, _APART = range(6)


def _ranked(nation: Nation, renamed: Mapping[str, Renamed], text: str, plain: str) -> Iterator[tuple[int, int, Found]]:
    """How near to the text, and how much else stands in the names, of every county that may be meant."""
    for code, name in nation.name_of.items():
        if len(code) == COUNTY and (near := _near(nation.path(code), name, text, plain)) is not None:
            yield *near, Found(code)
    for old, was in renamed.items():
        above = nation.path(old[:4]) if old[:4] in nation.name_of else nation.path(old[:2])
        if (near := _near(above + was.name, was.name, text, plain)) is not None:
            yield from ((*near, Found(part, was.name)) for part in was.parts)


def _near(path: str, name: str, text: str, plain: str) -> tuple[int, int] | None:
    if path == text:
        return _EXACT, 0
    own, whole = name.translate(_WORDS_FOR_KINDS), path.translate(_WORDS_FOR_KINDS)
    if not _occurs(plain, whole):
        return None
    rest = len(whole) - len(plain)
    if text.endswith(name):
        return _ENDS_IN_NAME, rest
    if rest == 0:
        return _WHOLE, 0
    if own and plain.endswith(own):
        return _OWN_NAME, rest
    return (_TOGETHER if plain in whole else _APART), rest


def _occurs(plain: str, whole: str) -> bool:
    """Whether all letters of the one stand in the other in their order."""
    letters = iter(whole)
    return all(letter in letters for letter in plain)
