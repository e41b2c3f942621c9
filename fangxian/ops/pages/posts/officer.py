"""The officer's form: what is scanned, typed and tapped at a post, as somebody with cold hands does it.

One field takes whatever says who somebody is: a code that was scanned, the number of a document, or a name with a
phone. Whoever is known is found by the last six signs of their document or phone instead. A temperature is three
digits, or the tenth alone: 365 and 5 are 36.5.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.posts.known import Choice
from fangxian.ops.posts.refusals import temperature_impossible
from fangxian.ops.posts.wire import HIGHEST_TENTHS, LOWEST_TENTHS, Told
from fangxian.ops.risk_areas.wire import the_nation
from fangxian.ops.situation.known_at_post import Known

MOST_PEOPLE: Final = 8
_CODE = re.compile(r"(?:^|/)(FX[A-Z0-9][A-Z0-9.$%*+:/-]{10,})$")
_PHONE = re.compile(r"(1\d{10}|0\d{9,11})\s*$")
_NUMBER = re.compile(r"[A-Z0-9]{5,30}")
COUNTY_DIGITS = 6
PAPER: Final = "FXD1."


@dataclass(slots=True)
class Row:
    """One person as typed; `fault` is what is wrong with it.

    Attributes
    ----------
    tail, pick : the last six signs, and whom of those who end so was chosen
    known : that person, once looked up; their own document counts
    choice : those to choose from, as the page shows them
    """

    who: str = ""
    temperature: str = ""
    fault: Said | None = None
    tail: str = ""
    pick: str = ""
    known: Known | None = None
    choice: Choice | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.who or self.temperature or self.tail)

    @property
    def is_by_tail(self) -> bool:
        """Whether the six signs say who it is; whatever stands in the first field counts before them."""
        return bool(self.tail) and not self.who

    @property
    def told(self) -> dict[str, str]:
        """Who it is, as the fields of `Told`; empty where nobody is said."""
        if self.who:
            return who_of(self.who)
        return {} if self.known is None else {name: getattr(self.known, name) for name in ("document", "name", "phone")}


@dataclass(slots=True)
class OfficerForm:
    """What stands in the form. `device` names this form, so that sending it twice registers nobody twice."""

    device: UUID = field(default_factory=uuid4)
    rows: list[Row] = field(default_factory=lambda: [Row()])
    is_out: bool = False
    vehicle: str = "foot"
    plate: str = ""
    origin: str = ""
    destination: str = ""
    permit: str = ""
    to_hospital: bool = False
    origin_fault: Said | None = None

    @classmethod
    def of(cls, post: Mapping[str, str]) -> "OfficerForm":
        rows = [
            Row(
                post.get(f"who-{n}", "").strip()[:300],
                post.get(f"temperature-{n}", "").strip()[:8],
                tail=signs_of(post.get(f"tail-{n}", "")),
                pick=post.get(f"pick-{n}", "")[:60],
            )
            for n in range(MOST_PEOPLE)
        ]
        while len(rows) > 1 and rows[-1].is_empty:
            rows.pop()
        vehicle = post.get("vehicle", "foot")
        return cls(
            device=_uuid(post.get("device", "")) or uuid4(),
            rows=rows,
            is_out=post.get("direction") == "out",
            vehicle=vehicle,
            plate=post.get("plate", "").strip()[:12],
            origin=(post.get("origin-other", "").strip() or post.get("origin", "").strip())[:40],
            destination=post.get("destination", "").strip()[:60],
            permit=post.get("permit", "").strip()[:300],
            to_hospital="to_hospital" in post,
        )

    def told(self, post: UUID) -> list[Told]:
        """What is told of each person; empty if something is wrong, which then stands beside it."""
        origin = self._origin()
        filled = [row for row in self.rows if not row.is_empty] or self.rows[:1]
        group = self.device if len(filled) > 1 or self.plate else None
        found = [told for row in filled if (told := self._told(row, post, origin, group))]
        has_fault = self.origin_fault or any(row.fault for row in self.rows)
        return [] if has_fault else found

    def _told(self, row: Row, post: UUID, origin: str, group: UUID | None) -> Told | None:
        try:
            tenths = tenths_of(row.temperature)
        except Refusal as refusal:
            row.fault = refusal.said
            return None
        if row.who.startswith(PAPER):
            row.fault = A_PAPER
            return None
        if not row.told:
            row.fault = row.fault or NOBODY_TYPED
            return None
        return Told(
            post=post, group=group, is_out=self.is_out, vehicle=self.vehicle, plate=self.plate, origin=origin,
            destination=self.destination, permit=self.permit, to_hospital=self.to_hospital, temperature_tenths=tenths,
            **row.told,
        )  # fmt: skip

    def _origin(self) -> str:
        if not self.origin:
            return ""
        if len(self.origin) == COUNTY_DIGITS and self.origin.isdecimal() and self.origin in the_nation().name_of:
            return self.origin
        found = counties_called(self.origin)
        if len(found) != 1:
            names = "、".join(the_nation().path(code) for code in found[:4])
            self.origin_fault = SEVERAL.with_facts(names=names) if found else NO_COUNTY.with_facts(typed=self.origin)
            return ""
        self.origin = found[0]
        return found[0]

    def next_one(self) -> "OfficerForm":
        """An empty form for whoever comes next: way and origin are often the same, nobody's data is."""
        return OfficerForm(is_out=self.is_out, vehicle=self.vehicle, origin=self.origin)


A_PAPER = Said(
    "这里扫的是一张单子，不是人的码。离境通行单请扫到下面“离境许可”一格；这里扫本人的码，或写证件号码。",
    "What was scanned here is a paper and nobody's code. A permit to leave goes into its own field below; here scan "
    "their own code, or type the document number.",
)
NOBODY_TYPED = Said(
    "这一位没有扫码，也没有写。请扫码，或写证件号码；都没有的写姓名和电话。",
    "Nothing was scanned or typed of this person. Scan a code or type a document number; else a name and a phone.",
)
SEVERAL = Said(
    "叫这个名字的不止一处：{names}。请写全，如“临汾市尧都区”。",
    "More than one is called so: {names}. Write it in full, such as 临汾市尧都区.",
)
NO_COUNTY = Said(
    "没有找到叫“{typed}”的县。请写县（市、区）的名字，如“尧都区”，或六位代码。",
    "No county is called “{typed}”. Write the county's Chinese name, such as 尧都区, or its six digits.",
)


def signs_of(typed: str) -> str:
    """The last six signs as they are compared. A keypad of digits has no X: there it is *."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper().replace("*", "X")[:20]


def who_of(typed: str) -> dict[str, str]:
    """What was scanned or typed of somebody, as the field of `Told` it is. (text → shown | document | name, phone)"""
    plain = unicodedata.normalize("NFKC", typed).strip()
    code = _CODE.search(plain)
    if code:
        return {"shown": code.group(1)}
    number = re.sub(r"[\s-]", "", plain).upper()
    if _NUMBER.fullmatch(number) and any(it.isdigit() for it in number) and not _PHONE.fullmatch(number):
        return {"document": number}
    phone = _PHONE.search(plain)
    name = plain[: phone.start()].strip(" ,，、;；") if phone else plain
    return {"name": name or plain, "phone": phone.group(1) if phone else ""}


def tenths_of(typed: str) -> int | None:
    """A temperature in tenths: 36.5, 36。5, 365 and 5 are one; None where none was taken.

    The tenth alone is of 36 degrees, as on the keys of the form.

    Refuses
    -------
    posts.temperature_impossible
    """
    if not typed.strip():
        return None
    plain = re.sub(r"[^0-9.]", "", unicodedata.normalize("NFKC", typed).replace("。", ".").replace(",", "."))
    if len(plain.removeprefix(".")) == 1:
        plain = f"36.{plain[-1]}"
    whole, _, rest = plain.partition(".") if "." in plain else (plain[:2], "", plain[2:])
    tenths = int(whole) * 10 + int(rest[:1] or 0) if len(whole) == 2 and rest.isdecimal() | (rest == "") else 0
    if not LOWEST_TENTHS <= tenths <= HIGHEST_TENTHS:
        raise temperature_impossible(tenths / 10)
    return tenths


def counties_called(typed: str) -> list[str]:
    """The counties of the nation that a name may mean: the end of their path, with or without the word for its kind."""
    nation = the_nation()
    counties = (code for code in nation.name_of if len(code) == COUNTY_DIGITS)
    exact, like = [], []
    for code in counties:
        path = nation.path(code)
        if path.endswith(typed):
            exact.append(code)
        elif path[:-1].endswith(typed) and len(typed) > 1:
            like.append(code)
    return exact or like


def origins_offered(home: str, recent: Sequence[str]) -> list[tuple[str, str]]:
    """Codes and names to tap: this county, then where those before came from."""
    nation, codes = the_nation(), list(dict.fromkeys([home, *(it for it in recent if it)]))
    return [(code, nation.name_of.get(code, code)) for code in codes[:6]]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
