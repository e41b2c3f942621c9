"""Person, document, code: whether the three that meet at a checkpoint are one, each mismatch named (人、证、码核对).

Three tell of one traveller: the document in their hand, the code on their telephone, and they themselves. Each may
leave something unsaid, and a code may mask its name and number; only what two of them say is compared. What a
resident's number tells of birth and sex is compared as if the document said it.

That a number was first issued in another place than somebody gives as home is no mismatch: people move. It is a
question to ask, and says so.
"""

import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Any

from fangxian.core.identity import SYNTHETIC_PREFIX_BEGINS, IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal, Said

MASKS = str.maketrans(dict.fromkeys("＊×•●", "*"))
COUNTY_DIGITS = 6


class Teller(StrEnum):
    """Who or what says who somebody is."""

    DOCUMENT = "document"
    CODE = "code"
    PERSON = "person"


TELLERS = {
    Teller.DOCUMENT: Said("证件", "the document"),
    Teller.CODE: Said("健康码", "the code"),
    Teller.PERSON: Said("本人", "the person"),
}
SEXES = {1: Said("男", "male"), 2: Said("女", "female")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one of the three says of who somebody is; empty, None or 0 where it says nothing.

    Attributes
    ----------
    name, document_number : may be masked with stars, as on a code: 张*, 1410**********1234
    kind : of the document; only of a document that has one is the number checked for being possible
    sex : 1 male, 2 female (GB/T 2261.1)
    division_code : of where they live, to whatever digits
    """

    name: str = ""
    document_number: str = ""
    kind: IdentityKind = IdentityKind.RESIDENT
    born_on: date | None = None
    sex: int = 0
    division_code: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that does not fit.

    Attributes
    ----------
    of : document_number, name, born_on, sex, division_code (where they live) or division (of first issue)
    between : who says otherwise than whom; one alone where a number cannot be right by itself
    is_question : nothing is wrong by itself, but it is to be asked
    said : what, with both values as they were told
    """

    of: str
    between: tuple[Teller, ...]
    said: Said
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What came of a check.

    `compared` is every field that at least two told, so that "nothing compared" is not taken for "all fits".
    """

    mismatches: tuple[Mismatch, ...]
    compared: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return bool(self.compared) and all(mismatch.is_question for mismatch in self.mismatches)


def check_identity(*, document: Told, code_holder: Told, person: Told, on: date, demo: bool) -> IdentityCheck:
    """Compare what document, code and person say of one traveller.

    Parameters
    ----------
    on : the day of the check; nobody is born after it
    demo : whether numbers of invented people are accepted
    """
    told = {Teller.DOCUMENT: document, Teller.CODE: code_holder, Teller.PERSON: person}
    mismatches: list[Mismatch] = []
    for teller, one in told.items():
        told[teller], wrong = _with_what_the_number_tells(teller, one, on, demo)
        mismatches += wrong
    compared: list[str] = []
    for of, compare in _COMPARED.items():
        for first, second in combinations(Teller, 2):
            says, answers = getattr(told[first], of), getattr(told[second], of)
            if says and answers:
                compared.append(of)
                if not compare(says, answers):
                    mismatches.append(_differs(of, first, second, says, answers))
    mismatches += _questions(told)
    return IdentityCheck(tuple(mismatches), tuple(dict.fromkeys(compared)))


def _with_what_the_number_tells(teller: Teller, told: Told, on: date, demo: bool) -> tuple[Told, list[Mismatch]]:
    """The same with birth and sex as a whole number has them, where nothing else was told; and what is wrong in it."""
    number = told.document_number.translate(MASKS).strip().upper()
    if not number or "*" in number:
        return replace(told, document_number=number), []
    try:
        found = check_identity_number(number, demo=demo, kind=told.kind, on=on)
    except Refusal as refusal:
        return replace(told, document_number=number), [Mismatch("document_number", (teller,), refusal.said)]
    wrong = []
    if told.born_on and found.born_on and told.born_on != found.born_on:
        wrong.append(_within(teller, "born_on", told.born_on, found.born_on))
    if told.sex and found.sex and told.sex != found.sex:
        wrong.append(_within(teller, "sex", told.sex, found.sex))
    born_on, sex = told.born_on or found.born_on, told.sex or found.sex
    return replace(told, document_number=found.text, born_on=born_on, sex=sex), wrong


def _questions(told: dict[Teller, Told]) -> Iterator[Mismatch]:
    """Where a number was first issued elsewhere than the person says they live."""
    number, kind = told[Teller.DOCUMENT].document_number, told[Teller.DOCUMENT].kind
    lives = told[Teller.PERSON].division_code[:COUNTY_DIGITS]
    issued = number[:COUNTY_DIGITS]
    is_residents = kind is IdentityKind.RESIDENT and len(number) == 18 and "*" not in issued
    is_residents = is_residents and not issued.startswith(SYNTHETIC_PREFIX_BEGINS)
    if is_residents and len(lives) == COUNTY_DIGITS and issued != lives:
        said = Said(
            "证件号码开头是 {issued}，首次办证不在本人所说的居住地 {lives}。迁居、外来务工都会如此，不算不符；"
            "请问一句何时迁来，记下来源地。",
            "The number begins with {issued}: it was first issued elsewhere than in {lives}, where the person says "
            "they live. People move, so nothing is wrong by itself; ask since when they live there, and note where "
            "from.",
        )
        yield Mismatch(
            "division", (Teller.DOCUMENT, Teller.PERSON), said.with_facts(issued=issued, lives=lives), is_question=True
        )


def _within(teller: Teller, of: str, told: date | int, number_says: date | int) -> Mismatch:
    said = Said(
        "{who}上的{of}是{told}，而号码推算是{number}。两者应当一致。请对照证件原件核对。",
        "{who} gives {told} as {of}, while its number says {number}. The two should agree. Compare with the document "
        "itself.",
    )
    facts = {
        language: said.in_language(language).format(
            who=_begins(TELLERS[teller].in_language(language)), of=FIELDS[of].in_language(language),
            told=_in_words(told, language), number=_in_words(number_says, language),
        )
        for language in ("zh", "en")
    }  # fmt: skip
    return Mismatch(of, (teller,), Said(facts["zh"], facts["en"]))


def _differs(of: str, one: Teller, other: Teller, first: object, second: object) -> Mismatch:
    said = Said(
        "{of}不符：{one}是“{first}”，{other}是“{second}”。应为同一人。请再看一遍证件和健康码；确不一致的，"
        "按异常情形处置。",
        "The {of} does not fit: {one} says “{first}”, {other} says “{second}”. They should be of one person. Look at "
        "document and code once more; if they do differ, follow the steps for an irregular case.",
    )
    texts = {
        language: said.in_language(language).format(
            of=FIELDS[of].in_language(language),
            one=TELLERS[one].in_language(language), first=_in_words(first, language),
            other=TELLERS[other].in_language(language), second=_in_words(second, language),
        )
        for language in ("zh", "en")
    }  # fmt: skip
    return Mismatch(of, (one, other), Said(texts["zh"], texts["en"]))


def _in_words(value: object, language: str) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return SEXES[value].in_language(language) if isinstance(value, int) else str(value)


def _begins(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fits_behind(one: str, other: str) -> bool:
    """Whether two numbers or names can be one, sign by sign, where a star stands for any; 张* is also 张小伟."""
    if one[1:] == "*" or other[1:] == "*":
        return one[:1] == other[:1] or "*" in (one[:1], other[:1])
    return len(one) == len(other) and all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))


def _same_name(one: str, other: str) -> bool:
    return _fits_behind(_plain(one), _plain(other))


def _plain(name: str) -> str:
    """A name without what writings of one name differ in: spaces, the dot of names from minority languages, case."""
    kept = unicodedata.normalize("NFKC", name.translate(MASKS)).casefold()
    return "".join(sign for sign in kept if sign == "*" or sign.isalnum())


def _same_place(one: str, other: str) -> bool:
    """Whether two divisions can be one, as far as both are told."""
    return one.startswith(other) or other.startswith(one)


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "document_number": _fits_behind,
    "name": _same_name,
    "born_on": operator.eq,
    "sex": operator.eq,
    "division_code": _same_place,
}
FIELDS = {
    "document_number": Said("证件号码", "document number"),
    "name": Said("姓名", "name"),
    "born_on": Said("出生日期", "date of birth"),
    "sex": Said("性别", "sex"),
    "division_code": Said("居住地", "place of residence"),
}
