"""Where somebody lives, from how a list writes it: the division of the county that the words name, if they name one."""

import re
from collections.abc import Iterable, Sequence

from fangxian.ops.places.queries import DivisionName, division_names
from fangxian.ops.realm.areas import COUNTY_DIGITS, TOWNSHIP_DIGITS

ENDINGS = re.compile("(村民委员会|居民委员会|村委会|居委会|社区|街道|村|镇|乡)$")
SHORTEST = 2


class AreasByName:
    """The county's divisions by the part of their names that people write: 乔家村委会 is 乔家."""

    def __init__(self, divisions: Iterable[DivisionName] | None = None):
        every = division_names() if divisions is None else divisions
        named = [(it.area_path, ENDINGS.sub("", it.name_zh), it.name_en.casefold()) for it in every]
        inside = [it for it in named if len(it[0]) > COUNTY_DIGITS and len(it[1]) >= SHORTEST]
        self.towns = [it for it in inside if len(it[0]) == TOWNSHIP_DIGITS]
        self.units = [it for it in inside if len(it[0]) > TOWNSHIP_DIGITS]

    def area_of(self, text: str) -> str:
        """The area path of the village or community that the words name, else of the township; "": of neither, or of
        several that share a name.
        """
        plain = "".join(text.split())
        if not plain:
            return ""
        towns = _named(plain, text.casefold(), self.towns)
        units = _named(plain, text.casefold(), self.units)
        in_town = [it for it in units if it.startswith(tuple(towns))] if towns else units
        found = in_town or ([] if towns else units) or towns
        return found[0] if len(found) == 1 else towns[0] if len(towns) == 1 else ""


def _named(plain: str, folded: str, every: Sequence[tuple[str, str, str]]) -> list[str]:
    """Those whose name stands in the text, the longest name only: 东街 and 大东街 are two."""
    found = [(len(zh), path) for path, zh, en in every if zh in plain or (en and en in folded)]
    longest = max((n for n, _ in found), default=0)
    return [path for n, path in found if n == longest]
