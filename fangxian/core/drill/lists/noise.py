"""How lists get dirty: one cell at a time, each way by a name of its own.

How often is a guess throughout (per mille of rows); what the ways are, is not: they are those that people who keep such
lists tell of. Each function takes a clean cell and gives a dirty one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from fangxian.core.identity import SYNTHETIC_PHONE_PREFIX
from fangxian.core.matching.sounds import syllable_of

# Way → per mille of rows, by the kind of list; the rest is as it should be. Of one field one way is taken.
Ways = Mapping[str, int]
DECLARED: Mapping[str, Ways] = {
    "name": {"name_homophone": 8, "name_sign": 8},
    "number": {"number_missing": 40, "number_digit": 8, "number_exchanged": 6, "number_old_form": 4},
    "phone": {"phone_family": 120, "phone_new": 30, "phone_digit": 6, "phone_missing": 20},
    "address": {"address_unit": 100, "address_short": 150, "address_old": 30, "address_missing": 20},
    "born": {"born_missing": 300},
}
GRID: Mapping[str, Ways] = {
    "name": {"name_homophone": 30, "name_sign": 15},
    "number": {"number_missing": 180, "number_digit": 12, "number_exchanged": 10, "number_old_form": 4},
    "phone": {"phone_family": 200, "phone_new": 40, "phone_digit": 10, "phone_missing": 80},
    "address": {"address_unit": 60, "address_short": 250, "address_old": 20, "address_missing": 10},
    "born": {"born_missing": 250, "born_year": 60, "born_digit": 10},
}
PUSHED: Mapping[str, Ways] = {
    "name": {"name_homophone": 6, "name_sign": 6, "name_masked": 30},
    "number": {"number_missing": 100, "number_digit": 5, "number_exchanged": 3},
    "phone": {"phone_family": 80, "phone_new": 60, "phone_digit": 4, "phone_missing": 100},
    "address": {"address_unit": 80, "address_short": 60, "address_old": 150, "address_missing": 200},
    "born": {"born_missing": 500},
}
NEAR_SHAPES = (
    "末未", "己已", "王玉", "人入", "土士", "日曰", "明朋", "晴睛", "艳绝", "洋样", "梅海", "辉晖", "杨扬",
    "海悔", "红江", "伟玮", "军车", "丽俪", "燕莺", "萍苹", "霞露", "娟涓", "建健", "志忘", "峰锋", "波泼",
    "涛焘", "鹏朋", "宇字", "浩皓",
)  # fmt: skip
SIGNS_OF_NAMES = "伟佳明红军丽强芳英华文玉兰平国建志海春秀"


@cache
def homophones() -> Mapping[str, str]:
    """The signs of each syllable that GB 2312 orders by sound."""
    found: defaultdict[str, str] = defaultdict(str)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                sign = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            found[syllable_of(sign)] += sign
    return dict(found)


class Dice:
    """Draws of one generator, a block at a time, since single ones are slow."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._drawn: Iterator[float] = iter(())

    def below(self, n: int) -> int:
        drawn = next(self._drawn, None)
        if drawn is None:
            self._drawn = iter(self._rng.random(65_536).tolist())
            drawn = next(self._drawn)
        return int(drawn * n)

    def pick(self, of: Sequence[str]) -> str:
        return of[self.below(len(of))]

    def way(self, ways: Ways) -> str:
        drawn = self.below(1000)
        for way, per_mille in ways.items():
            if drawn < per_mille:
                return way
            drawn -= per_mille
        return ""


def dirty_name(name: str, way: str, dice: Dice) -> str:
    if not way or len(name) < 2:
        return name
    if way == "name_masked":
        return name[0] + "*" * (len(name) - 1)
    at = 1 + dice.below(len(name) - 1)
    sign = name[at]
    if way == "name_homophone":
        others = homophones().get(syllable_of(sign), "").replace(sign, "")
    else:
        others = "".join(pair for pair in NEAR_SHAPES if sign in pair).replace(sign, "") or SIGNS_OF_NAMES
    return f"{name[:at]}{dice.pick(others.replace(sign, ''))}{name[at + 1 :]}" if others else name


def dirty_number(number: str, way: str, dice: Dice) -> str:
    if way == "number_missing":
        return ""
    if len(number) != 18:
        return number
    if way == "number_digit":
        at = dice.below(17)
        return f"{number[:at]}{(int(number[at]) + 1 + dice.below(9)) % 10}{number[at + 1 :]}"
    if way == "number_exchanged":
        differing = [at for at in range(6, 16) if number[at] != number[at + 1]] or [0]
        at = differing[dice.below(len(differing))]
        return f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}"
    if way == "number_old_form" and number[6:8] == "19":
        return number[:6] + number[8:17]
    return number


def dirty_phone(phone: str, way: str, family: Sequence[str], dice: Dice) -> str:
    if way == "phone_missing":
        return ""
    if (way == "phone_family" or not phone) and family:
        return family[0]  # that of whoever in the family keeps the telephone
    if way == "phone_new":
        return f"{SYNTHETIC_PHONE_PREFIX}{dice.below(100_000_000):08d}"
    if way == "phone_digit" and phone:
        at = 3 + dice.below(8)
        return f"{phone[:at]}{(int(phone[at]) + 1 + dice.below(9)) % 10}{phone[at + 1 :]}"
    return phone


def dirty_address(address: str, way: str, old: str, dice: Dice) -> str:
    """`old` : where they lived before."""
    if way == "address_missing":
        return ""
    if way == "address_old":
        return old
    county = address.find("县") + 1
    township = address.find("镇", county) + 1 or address.find("乡", county) + 1
    if way == "address_short":  # of two villages of one name this no longer says which
        return address[township:]
    if way == "address_unit":
        ends = [address.find(word, township) + len(word) for word in ("社区", "村") if address.find(word, township) > 0]
        return address[: min(ends, default=len(address))]
    return address[county:] if dice.below(2) else address


def dirty_birth(born: tuple[int, int, int], way: str, dice: Dice) -> tuple[int, int, int]:
    """Year, month and day; zeros where the list has none."""
    year, month, day = born
    if way == "born_missing":
        return 0, 0, 0
    if way == "born_year":
        return year, 0, 0
    if way == "born_digit":
        return year, month, 1 + (day + dice.below(9)) % 28
    return born
