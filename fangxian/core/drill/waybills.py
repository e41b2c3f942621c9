"""A depot's waybill list as couriers export it, of people who do not exist: as dirty as real ones, its truth known.

How lists are dirty: whole and masked names, surnames with a title, nicknames, shops; phones masked, hidden behind
virtual numbers, a relative's, new ones, with hyphens and country codes; addresses short, in other numerals, without
the house, of the station; and people who are not on the register at all. How often is assumed throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

HEADERS = ("运单号", "收件人", "收件电话", "收件地址", "签收人", "签收时间", "派件员", "网点")
OUTSIDERS_PER_MILLE = 150
# Of a thousand each; what is left over is whole and plain.
NAMES = (("masked", 260), ("titled", 130), ("nickname", 40), ("typo", 30), ("none", 20))
PHONES = (("masked", 300), ("virtual", 120), ("relative", 60), ("new", 40), ("none", 20), ("dressed", 160))
ADDRESSES = (("short", 180), ("dashed", 120), ("numerals", 80), ("unit", 160), ("township", 60), ("station", 50))
SIGNERS = (("本人", 520), ("relative", 130), ("家人", 120), ("驿站代收", 160))
ELSEWHERE = (
    "临汾市尧都区解放路{n}号",
    "山西省临汾市翼城县唐兴镇和平街{n}号",
    "太原市小店区长治路{n}号",
    "临汾市襄汾县新城镇{n}号",
)
TYPOS = "伟佳明红军丽强芳"
NICKNAMES = ("豆豆妈", "开心", "好运来便利店", "小美", "A零食铺", "客户")
NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Consignee:
    """Somebody who gets parcels: as the register has them, or as nobody does. `household` is a number or -1."""

    name: str
    phone: str
    address: str
    household: int
    sex: str = ""


@dataclass(frozen=True, slots=True)
class WaybillList:
    """Rows under `HEADERS`; whom each is truly for, as a position in what was given, or -1 for an outsider."""

    rows: list[tuple[str, ...]]
    truth: list[int]


def write_waybills(
    people: Sequence[Consignee],
    *,
    n: int,
    begins: datetime,
    days: int,
    couriers: Sequence[str],
    station: str,
    rng: np.random.Generator,
) -> WaybillList:
    """`n` waybills of `days` days from `begins`, in the order of their signing."""
    writer = _Writer(people, rng)
    signed = np.sort(rng.integers(0, days * 600, n))  # minutes of ten open hours a day
    rows: list[tuple[str, ...]] = []
    truth: list[int] = []
    for number in range(n):
        day, minute = divmod(int(signed[number]), 600)
        at = begins + timedelta(days=day, minutes=minute)
        person, cells = writer.row()
        courier = couriers[int(rng.integers(0, len(couriers)))] if couriers else ""
        rows.append((f"YT{770_000_000 + number * 7}", *cells, f"{at:%Y-%m-%d %H:%M:%S}", courier, station))
        truth.append(person)
    return WaybillList(rows, truth)


class _Writer:
    def __init__(self, people: Sequence[Consignee], rng: np.random.Generator) -> None:
        self.people, self.rng = people, rng
        self.relatives: dict[int, list[int]] = {}
        for row, person in enumerate(people):
            if person.household >= 0:
                self.relatives.setdefault(person.household, []).append(row)

    def row(self) -> tuple[int, tuple[str, str, str, str]]:
        if self._below(1000) < OUTSIDERS_PER_MILLE:
            person = self._outsider()
            return -1, (person.name, person.phone, person.address, self._pick(("本人", "", "驿站代收")))
        row = self._below(len(self.people))
        person = self.people[row]
        cells = (self._name(person), self._phone(row), self._address(person), self._signer(row))
        return row, cells

    def _below(self, n: int) -> int:
        return int(self.rng.integers(0, n))

    def _pick(self, of: Sequence[str]) -> str:
        return of[self._below(len(of))]

    def _way(self, ways: Sequence[tuple[str, int]]) -> str:
        drawn = self._below(1000)
        for way, per_mille in ways:
            if drawn < per_mille:
                return way
            drawn -= per_mille
        return "plain"

    def _outsider(self) -> Consignee:
        """Somebody of whom the register knows nothing: a lodger here, or of another county altogether."""
        one, other, there = (self.people[self._below(len(self.people))] for _ in range(3))
        is_lodger = self._below(2) == 0
        address = self._address(there) if is_lodger else self._pick(ELSEWHERE).format(n=1 + self._below(200))
        name = one.name[:1] + other.name[1:]
        phone = f"155{self._below(100_000_000):08d}"
        if self._below(1000) < 300:
            phone = f"{phone[:3]}****{phone[-4:]}"
        return Consignee(self._masked(name) if self._below(1000) < 300 else name, phone, address, -1)

    def _name(self, person: Consignee) -> str:
        way, name = self._way(NAMES), person.name
        if way == "masked":
            return self._masked(name)
        if way == "titled":
            return name[:1] + self._pick(("女士", "姐", "老师") if person.sex == "female" else ("先生", "哥", "老师"))
        if way == "nickname":
            return self._pick(NICKNAMES)
        if way == "typo" and len(name) >= 3:
            at = 1 + self._below(len(name) - 1)
            return name[:at] + self._pick(TYPOS) + name[at + 1 :]
        return "" if way == "none" else name

    def _masked(self, name: str) -> str:
        ways = (name[:1] + "*" * (len(name) - 1), name[:1] + "*" + name[2:], name[:1] + "**", "*" + name[1:])
        return self._pick(ways[:2] if len(name) > 2 else (ways[0], ways[3]))

    def _phone(self, row: int) -> str:
        person = self.people[row]
        way = self._way(PHONES)
        family = [self.people[other].phone for other in self.relatives.get(person.household, []) if other != row]
        family = [phone for phone in family if phone]
        phone = person.phone
        if (way == "relative" or not phone) and family:
            phone = self._pick(family)
        if not phone or way == "new":
            phone = f"156{self._below(100_000_000):08d}"
        if way == "masked":
            return f"{phone[:3]}{self._pick(('****', '＊＊＊＊', 'xxxx'))}{phone[-4:]}"
        if way == "virtual":
            extension = f"{self._pick(('转', '-'))}{self._below(9000) + 1000}"
            return f"{self._pick(('95013', '17'))}{self._below(10**9):09d}{extension}"
        if way == "dressed":
            return self._pick((f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"86{phone}", f"{phone} "))
        return "" if way == "none" else phone

    def _address(self, person: Consignee) -> str:
        way, text = self._way(ADDRESSES), person.address
        county, township, unit = _ends(text)
        if way == "short":
            return text[county:] if self._below(2) else text[township:]
        if way == "dashed":
            return _dashed(text)
        if way == "numerals":
            return _in_numerals(text)
        if way == "station":
            return text[:unit] + "快递驿站"
        return text[:unit] if way == "unit" else text[:township] if way == "township" else text

    def _signer(self, row: int) -> str:
        way = self._way(SIGNERS)
        if way != "relative":
            return "" if way == "plain" else way
        others = [one for one in self.relatives.get(self.people[row].household, []) if one != row]
        return self.people[others[self._below(len(others))]].name if others else "本人"


def _ends(text: str) -> tuple[int, int, int]:
    """Where the names of county, township and unit end in an address of this county's."""
    county = text.find("县") + 1
    township = text.find("镇", county) + 1 or text.find("乡", county) + 1
    found = [text.find(word, township) + len(word) for word in ("社区", "村", "街") if text.find(word, township) > 0]
    return county, township, min(found, default=township)


def _dashed(text: str) -> str:
    """3号楼2单元501室 as 3-2-501; 第3组12号 as 3-12号."""
    for word in ("号楼", "单元", "组"):
        text = text.replace(word, "-")
    return text.replace("第", "").replace("室", "")


def _in_numerals(text: str) -> str:
    """第3组12号 as 第三组12号: the first number of one digit, if another word follows it."""
    for at, sign in enumerate(text[:-1]):
        if sign.isdigit() and not text[at + 1].isdigit() and not text[at - 1].isdigit():
            return text[:at] + NUMERALS[int(sign)] + text[at + 1 :]
    return text
