"""Who somebody is in a row of a list, read into the rooms' words and written back in the list's.

A row is named fields of text, as the intake room reads them (intake.line_lists) and as a hand-over package holds them.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from hashlib import blake2b

from django.utils.timezone import get_current_timezone, localtime

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.policy.occupations import OCCUPATIONS, occupation_named
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.people.queries import kind_on_cards
from fangxian.ops.places.queries import current_divisions
from fangxian.ops.realm.areas import COUNTY_DIGITS, TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_data, county_now, the_realm

Fields = Mapping[str, str]
WITH_SEX_AND_BIRTH = (IdentityKind.RESIDENT, IdentityKind.RESIDENCE_PERMIT, IdentityKind.PERMANENT_RESIDENCE)
PREFECTURE_DIGITS = 4
SHORTEST_NAME = 3  # of a township that is looked for in an address
SEXES = {1: "male", 2: "female"}
RESIDENT = str(IdentityKind.RESIDENT)
KINDS = {str(it): it for it in IdentityKind}
# Go.Data's words for what people do, in those of the report card.
OCCUPATIONS_ELSEWHERE = {
    "farmer": "farmer",
    "health_care_worker": "medical",
    "health_laboratory_worker": "medical",
    "student": "pupil",
    "child": "child",
    "teacher": "teacher",
    "working_with_animals": "herder",
    "butcher": "trade",
    "miner": "worker",
    "taxi_driver": "trade",
    "civil_servant": "official",
    "other": "other",
    "unknown": "unknown",
}


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What reading a list needs to know: of which disease and source, when and where.

    Attributes
    ----------
    source : whose list it is, such as unit:<uuid> or division:<code>
    at : county time in the county's zone; of a list that a job takes in, when it was asked for
    areas : area paths by the township's name and code
    county_name : what this county is called, so that a row of another is known
    is_resumed : whether part of this very list may be on record already, since the job that read it was cut off
    rings, moments, noted, courses : of what lists call rings, their moments, what they note of contacts, and how cases
        went, those that were read already
    is_synthetic : whether numbers of invented people are accepted
    """

    disease: str
    rulebook: Rulebook
    source: str
    at: datetime
    county: str
    is_synthetic: bool
    areas: Mapping[str, str] = field(default_factory=dict)
    county_name: str = ""
    is_resumed: bool = False
    rings: dict[str, str] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    noted: dict[tuple, object] = field(default_factory=dict)
    courses: dict[tuple, object] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.at.date()

    def moment(self, text: str) -> datetime | None:
        """A day or a moment of a list, in the county's own hours; None for nothing."""
        if not text:
            return None
        if text not in self.moments:
            self.moments[text] = datetime.fromisoformat(text).replace(tzinfo=self.at.tzinfo)
        return self.moments[text]


def lists_of(disease: str, source: str, *, at: datetime | None = None, is_resumed: bool = False) -> Lists:
    """How lists of a disease that has a rulebook in force are read here and now.

    Parameters
    ----------
    at : as of when they are read, so that a job that is begun again reads as it did; None: now

    Refuses
    -------
    lists.no_rulebook
    """
    realm, at = the_realm(), localtime(at or county_now())
    books = rulebooks_by_disease(at)
    if disease not in books:
        raise Refusal(
            "lists.no_rulebook",
            zh="没有“{disease}”的现行规则，名单不能导入：病例分类和接触者类型要按规则来认。现行的有：{known}。"
            "请选择其中一种，或先发布这种病的规则。",
            en="No rulebook of “{disease}” is in force, so the list cannot be taken in: case classes and rings are "
            "read by it. In force: {known}. Choose one of these, or have that rulebook published first.",
            disease=disease,
            known=", ".join(books) or "—",
        )
    areas: dict[str, str] = {}
    for division in current_divisions():
        if len(division.area_path) == TOWNSHIP_DIGITS:
            areas[division.name_zh] = areas[division.area_path] = division.area_path
    return Lists(
        disease=disease,
        rulebook=books[disease],
        source=source,
        at=at,
        county=realm.division_code,
        is_synthetic=realm.is_synthetic,
        areas=areas,
        county_name=area_names().get(realm.division_code, ""),
        is_resumed=is_resumed,
    )


@dataclass(slots=True, kw_only=True)
class Identity:
    """Who somebody is, in the rooms' words."""

    name: str
    document_kind: str
    document_number: str
    phone: str
    sex: str
    born_on: date | None
    occupation: str
    area_path: str


def read_identity(fields: Fields, lists: Lists, *, known_on: date) -> Identity:
    """Who a row is about.

    Parameters
    ----------
    known_on : the day for which an age holds; somebody whose list gives an age only is put down as born on the first
        of January of the year that age begins in

    Refuses
    -------
    What `core.identity` refuses of a document number.
    """
    number, kind = fields.get("document_number", ""), fields.get("document_kind", "")
    born_on = _date(fields.get("born_on", ""))
    sex = fields.get("sex", "")
    if number:
        kind = kind or RESIDENT
        checked = check_identity_number(number, demo=lists.is_synthetic, kind=KINDS[kind], on=lists.today)
        number, born_on, sex = checked.text, checked.born_on or born_on, SEXES.get(checked.sex, sex)
    if born_on is None and fields.get("age"):
        born_on = date(max(known_on.year - int(fields["age"]), 1), 1, 1)
    return Identity(
        name=_name(fields),
        document_kind=str(kind) if number else "",
        document_number=number,
        phone=phone_of(fields.get("phone", "")),
        sex=sex,
        born_on=born_on,
        occupation=occupation_of(fields.get("occupation", "")),
        area_path=area_of(fields, lists),
    )


def area_of(fields: Fields, lists: Lists) -> str:
    """Where somebody is followed: a division of ours by its code, or its township's name, be it in the address alone;
    else the county, for somebody to find out. Other counties have townships of the same names.
    """
    if is_elsewhere(fields, lists):
        return lists.county
    code = fields.get("division_code", "")
    if code.startswith(lists.county) and len(code) in (6, 9, 12, 15):
        return code
    if code.startswith(lists.county) and (path := code[:TOWNSHIP_DIGITS]) in lists.areas:
        return path
    if path := lists.areas.get(fields.get("township", "")):
        return path
    address = fields.get("address", "")
    named = (path for name, path in lists.areas.items() if len(name) >= SHORTEST_NAME and name in address)
    return next(named, lists.county) if address and not fields.get("township") else lists.county


def is_elsewhere(fields: Fields, lists: Lists) -> bool:
    """Whether a row says that somebody lives in another county, which 浮山 is not where the list leaves 县 away."""
    said = fields.get("county", "")
    return bool(said and lists.county_name) and said != lists.county_name and f"{said}县" != lists.county_name


def address_of(fields: Fields, lists: Lists) -> str:
    """The address; of somebody in another county with that county's name, which has no column of its own here."""
    address, county = fields.get("address", ""), fields.get("county", "")
    if not is_elsewhere(fields, lists) or county in address:
        return address
    return f"{fields.get('prefecture', '')}{county}{address}"


def phone_of(text: str) -> str:
    """A phone as it is compared: its digits, with a plus where it has one."""
    if text.isascii() and text.isdecimal():
        return text
    return re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))


def occupation_of(text: str) -> str:
    """The card's key of an occupation, as people write it; what is not on the card stays as it is."""
    return occupation_named(text) or OCCUPATIONS_ELSEWHERE.get(text.strip().casefold(), text)


def written(identity: Mapping[str, object], *, known_on: date, towns: Mapping[str, str]) -> dict[str, str]:
    """The same back in a list's fields: what `read_identity` reads again as the same person.

    Parameters
    ----------
    identity : name, document_kind, document_number, phone, sex, born_on, occupation, area_path
    towns : `area_names`; or nothing, where they would say nothing
    """
    born_on, area_path = identity["born_on"], str(identity["area_path"])
    occupation = OCCUPATIONS.get(str(identity["occupation"]))
    return {
        "name": str(identity["name"]),
        "sex": str(identity["sex"]),
        "age": "" if born_on is None else str(age_on(born_on, known_on)),
        "born_on": day_text(born_on),
        "document_kind": kind_on_cards(str(identity["document_kind"])),
        "document_number": str(identity["document_number"]),
        "phone": str(identity["phone"]),
        "division_code": area_path if len(area_path) > COUNTY_DIGITS else "",
        # Of somebody whose township nobody has found it is not known that they live in this county.
        "prefecture": towns.get(area_path[:PREFECTURE_DIGITS], "") if len(area_path) > COUNTY_DIGITS else "",
        "county": towns.get(area_path[:COUNTY_DIGITS], "") if len(area_path) > COUNTY_DIGITS else "",
        "township": towns.get(area_path[:TOWNSHIP_DIGITS], ""),
        "occupation": occupation.name.zh if occupation else str(identity["occupation"]),
    }


def age_on(born_on: date, day: date) -> int:
    """Whole years of age on a day, never below 0."""
    return max(day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day)), 0)


def moment_text(at: datetime | None, zone: tzinfo | None = None) -> str:
    """A moment as lists have it: the day alone where it is its first minute.

    Parameters
    ----------
    zone : the county's, for whoever asks often: to find it out takes as long as all the rest
    """
    return "" if at is None else _text_in(zone or get_current_timezone(), at)


@lru_cache(maxsize=4096)  # most rows of a list were written at a few moments
def _text_in(zone: tzinfo, at: datetime) -> str:
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def day_text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def area_names() -> dict[str, str]:
    """The names of the prefecture, the county and its townships by their paths."""
    names = {it.area_path: it.name_zh for it in current_divisions() if len(it.area_path) <= TOWNSHIP_DIGITS}
    path = county_data() / "county.toml"
    if path.exists() and (name := tomllib.loads(path.read_text("utf-8"))["county"].get("prefecture_zh")):
        names[the_realm().division_code[:PREFECTURE_DIGITS]] = name
    return names


def name_of_row(fields: Fields) -> str:
    """What a row is called that its list calls nothing: by what stands in it, so that it is known again."""
    text = "\x1f".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    return f"row:{blake2b(text.encode(), digest_size=12).hexdigest()}"


def _name(fields: Fields) -> str:
    """Name and family name in one, in the order of the language they are written in."""
    given, family = fields.get("name", ""), fields.get("family_name", "")
    if not family:
        return given
    is_chinese = not family.isascii() and re.search(r"[\u4e00-\u9fff]", family)
    return f"{family}{given}" if is_chinese else f"{given} {family}".strip()


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
