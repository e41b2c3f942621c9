"""Which division of the nation a listed place lies in: from the names it is listed under to a code.

Codes are the statistical ones: 2 digits a province, 4 a prefecture, 6 a county. The service lists what administers a
place, which is not always a division: a development zone (长春市经开区) has no code, a street may stand where a county
should. Where the names do not lead to exactly one division nothing is guessed: somebody decides it once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from fangxian.core.divisions import short_name
from fangxian.core.divisions_file import read_rows

PROVINCE, CITY, COUNTY, TOWNSHIP, UNIT = 2, 4, 6, 9, 12
_OF_THE_PROVINCE: Final = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")  # no prefecture between
_ENDINGS: Final = (
    "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治县", "自治旗", "自治州", "林区", "特区", "地区",
    "省", "市", "区", "县", "旗", "盟", "州",
)  # fmt: skip
_MOST_LIKE: Final = 6
Names = tuple[str, str, str]  # province, city, county, as a list has them


@dataclass(frozen=True, slots=True)
class Nation:
    """Provinces, prefectures and counties of one edition, by code and by name."""

    name_of: Mapping[str, str]
    within: Mapping[str, Mapping[str, Sequence[str]]] = field(repr=False)  # code → name of a part → codes of parts

    def path(self, code: str) -> str:
        """A code's names from the province down: 山西省临汾市浮山县."""
        parts = (self.name_of.get(code[:n], "") for n in (PROVINCE, CITY, COUNTY) if n <= len(code))
        return "".join(part for part in parts if part not in _OF_THE_PROVINCE)

    def find(self, names: Names) -> str:
        """The code of the county, or of the prefecture that has none, which these names surely mean; "" for none."""
        province, city, county = (name.strip() for name in names)
        of_province = self._one("", province)
        if not of_province:
            return ""
        if city == province:  # 上海市 上海市 黄浦区
            return self._one_of(self._without_prefecture(of_province), county)
        of_city = self._one(of_province, city)
        if of_city:
            found = self._one(of_city, county)
            return found or (of_city if county in ("", city) else "")
        # 北京市 朝阳区 酒仙桥街道, 河南省 济源市 …: the county stands where the prefecture should.
        return self._one_of(self._without_prefecture(of_province), city)

    def like(self, names: Names) -> list[str]:
        """Counties that could be meant, the likeliest first: of the same prefecture, else of the same province."""
        province, city, county = names
        of_province = self._one("", province)
        of_city = self._one(of_province, city) if of_province else ""
        above = of_city or of_province
        if not above:
            return []
        codes = [code for code in self.name_of if len(code) == COUNTY and code.startswith(above)]
        codes.sort(key=lambda code: (-SequenceMatcher(None, self.name_of[code], county).ratio(), code))
        return codes[:_MOST_LIKE]

    def _one(self, above: str, name: str) -> str:
        return self._one_of([above], name)

    def _one_of(self, above: Iterable[str], name: str) -> str:
        """The only part of these that is called so, or would be but for the word for its kind."""
        above = list(above)
        exact = [code for one in above for code in self.within[one].get(name, ())] if name else []
        if len(exact) == 1:
            return exact[0]
        stem = _stem(name)
        alike = [
            code for one in above for other, codes in self.within[one].items() if _stem(other) == stem for code in codes
        ]
        return alike[0] if not exact and len(alike) == 1 and len(stem) > 1 else ""

    def _without_prefecture(self, province: str) -> list[str]:
        return [code for name in _OF_THE_PROVINCE for code in self.within[province].get(name, ())]


def read_nation(data: bytes) -> Nation:
    """The nation's divisions in a CSV file with the columns code and name. Refuses what `divisions_file` refuses."""
    _, rows = read_rows(data, ("code", "name"))
    within: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        within[row["code"][:-2]][row["name"]].append(row["code"])
    return Nation({row["code"]: row["name"] for row in rows}, within)


def place_within(names: Mapping[str, str], place: str, county: str) -> str:
    """The township, or the village or community, of a county that the text of a place names.

    Parameters
    ----------
    names : what the county's divisions are called, by code (9 digits a township, 12 what is below)
    county : the county's own code, given back where the text names none, or two: villages of one name are usual
    """
    township = _only({code: name for code, name in names.items() if len(code) == TOWNSHIP}, place)
    if not township:
        return county
    after = place.split(names[township], 1)[1]
    units = {code: short_name(name) for code, name in names.items() if len(code) == UNIT and code.startswith(township)}
    return _only(units, after) or township


def _only(names: Mapping[str, str], text: str) -> str:
    found = [code for code, name in names.items() if len(name) > 1 and name in text]
    return found[0] if len(found) == 1 else ""


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name
