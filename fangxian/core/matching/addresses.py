"""An address as couriers write it, taken apart: which unit (village, community), which street, which numbers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from fangxian.core.matching.names import is_nearly

NUMERALS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十]+(?=组|号|栋|幢|单元|楼|室|排|户|门|层|座)")
NUMBER = re.compile(r"\d+")
NOISE = re.compile(r"[\s,，。.;；:：、/\\|()（）\[\]【】\"'“”*＊#-]+")
WORDS_OF_NUMBERS = re.compile(r"第|号楼|栋|幢|单元|号|室|组|户|楼|层|座|门|排|小组|村民")
ABOVE_UNIT = re.compile(r"[\u4e00-\u9fff]{1,10}?(?:省|自治区)|[\u4e00-\u9fff]{1,6}?市")
ENDINGS = ("社区居民委员会", "村民委员会", "社区居委会", "居民委员会", "村委会", "居委会", "社区", "村")
ALIKE_FROM = 80.0  # of 100, by which two streets, are taken for one written otherwise
FURTHEST_NAME = 6  # signs before it; further on it is part of a street


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart.

    Attributes
    ----------
    units : area paths of the units it may name; several where two villages share a name, none where none is named
    townships : area paths of townships named
    is_elsewhere : it names another county or province, and nothing of this one
    street : what is left beside numbers, such as 尧山路
    numbers : those of building, entrance, flat, group and house, in order
    alike : area paths of all units that are called as the one named is, where there are several in the county
    """

    units: frozenset[str] = frozenset()
    townships: frozenset[str] = frozenset()
    is_elsewhere: bool = False
    street: str = ""
    numbers: tuple[int, ...] = ()
    alike: frozenset[str] = frozenset()

    @property
    def says_nothing(self) -> bool:
        return not (self.units or self.townships or self.numbers or self.is_elsewhere)


class Gazetteer:
    """The names of a county's divisions, longest first, by which addresses are taken apart."""

    def __init__(self, divisions: Mapping[str, str]) -> None:
        """`divisions` : area path → official Chinese name; the county, its townships and its units."""
        self._county = next((_stem(name, "县市区") for path, name in divisions.items() if len(path) == 6), "")
        self._townships = _Names((path, _ways(name, "镇乡")) for path, name in divisions.items() if len(path) == 9)
        units = {path: name for path, name in divisions.items() if len(path) == 12}
        self._units = _Names((path, _ways(name, "")) for path, name in units.items())
        named = Counter(map(_without_endings, units.values()))
        self._stems = {path: stem for path, name in units.items() if named[stem := _without_endings(name)] > 1}

    def read(self, text: str) -> Address:
        """An address taken apart, however it is written."""
        plain = _digits(NOISE.sub("-", unicodedata.normalize("NFKC", text))).strip("-")
        if not plain:
            return Address()
        names_county = bool(self._county) and self._county in plain
        rest = self._after_county(plain)
        townships, rest = self._townships.first_in(rest)
        units, rest = self._unit(rest, townships)
        if not (names_county or townships or units) and ABOVE_UNIT.match(plain):
            return Address(is_elsewhere=True)
        numbers = tuple(int(number) for number in NUMBER.findall(rest) if len(number) <= 6)
        street = WORDS_OF_NUMBERS.sub("", NUMBER.sub("", rest)).replace("-", "")
        return Address(units, townships, False, street, numbers, self._alike(units))

    def _alike(self, units: frozenset[str]) -> frozenset[str]:
        stems = {self._stems[path] for path in units if path in self._stems}
        return frozenset(path for path, stem in self._stems.items() if stem in stems) if stems else frozenset()

    def _after_county(self, plain: str) -> str:
        if not self._county or self._county not in plain:
            return plain
        after = plain.split(self._county, 1)[1]
        return after.removeprefix("县")

    def _unit(self, rest: str, townships: frozenset[str]) -> tuple[frozenset[str], str]:
        found, after = self._units.first_in(rest)
        if not townships:
            return found, after
        inside = frozenset(path for path in found if path[:9] in townships)
        return (inside, after) if inside else self._unit_misspelt(rest, townships)

    def _unit_misspelt(self, rest: str, townships: frozenset[str]) -> tuple[frozenset[str], str]:
        """A unit of a township that is sure, with one sign of its name wrong: the words before the first number."""
        head = NUMBER.split(rest, maxsplit=1)[0].split("第")[0]
        if len(head) >= 3:
            for name, paths in self._units.paths.items():
                inside = frozenset(path for path in paths if path[:9] in townships)
                if inside and is_nearly(name, head):
                    return inside, rest[len(head) :]
        return frozenset(), rest


class _Names:
    """Every way of naming some divisions. Where several fit, the first in a text counts, and there the longest."""

    def __init__(self, rows: Iterable[tuple[str, Iterable[str]]]) -> None:
        found: dict[str, set[str]] = {}
        for path, ways in rows:
            for said in ways:
                found.setdefault(said, set()).add(path)
        self.paths = {said: frozenset(found[said]) for said in sorted(found, key=lambda said: (-len(said), said))}
        self._any = re.compile("|".join(map(re.escape, self.paths)) or r"(?!)")

    def first_in(self, text: str) -> tuple[frozenset[str], str]:
        """What is named near the beginning of a text, and what follows the name; the whole text where nothing is."""
        found = self._any.search(text)
        if found is None or found.start() > FURTHEST_NAME:
            return frozenset(), text
        return self.paths[found.group()], text[found.end() :]


def streets_alike(one: str, other: str) -> bool:
    """Whether two streets may be one: equal, one left out, or alike but for a sign."""
    return not one or not other or one == other or fuzz.ratio(one, other) >= ALIKE_FROM or one in other or other in one


def _stem(name: str, endings: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in endings else name


def _ways(name: str, endings: str) -> Iterable[str]:
    """东关村村民委员会 is also 东关村, 东关社区 and 东关; 天坛镇, of whose `endings` 镇 is one, is also 天坛."""
    yield name
    stem = _without_endings(name)
    if stem != name:
        yield from (stem + "社区", stem + "村")
        if len(stem) >= 2:
            yield stem
    if endings and len(name) > 2 and name[-1] in endings:
        yield name[:-1]


def _without_endings(name: str) -> str:
    for ending in ENDINGS:  # the committee's first, then the word for what it is of
        if len(name) > len(ending):
            name = name.removesuffix(ending)
    return name


def _digits(text: str) -> str:
    """Chinese numerals before a word of numbers as digits: 三组 is 3组, 十二号 is 12号."""
    return CHINESE_NUMBER.sub(lambda found: str(_value(found.group())), text)


def _value(numeral: str) -> int:
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        return (NUMERALS.get(tens, 1) if tens else 1) * 10 + (NUMERALS.get(ones, 0) if ones else 0)
    value = 0
    for sign in numeral:
        value = value * 10 + NUMERALS[sign]
    return value
