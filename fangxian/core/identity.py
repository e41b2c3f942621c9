"""Numbers on identity documents: what they say, and whether they can be right.

Resident identity numbers follow GB 11643-1999: six digits for the division that first issued it,
eight for the date of birth, three in sequence (odd for men, even for women) and a check character by
ISO 7064 mod 11-2. The first form, of 15 digits, had two for the year and no check character.

The prefix says where a number was first issued, under the codes of that day; it need not agree with
where the person lives, nor with a code that was in force at birth. So only its first two digits, the
province, are checked.

Synthetic people bear numbers under prefixes that begin with `SYNTHETIC_PREFIX_BEGINS`: no province
has the code 99, and residence cards of foreigners, which also begin with 9, have a province in the
next two digits, where 99 is none. Their phones begin with `SYNTHETIC_PHONE_PREFIX`: of the mobile
numbers 15x, 154 has never been given to an operator. Numbers from 10 to 12 would not do, since a
telephone may ring the emergency services at 110, 119 or 120.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import mul

from fangxian.core.refusal import Refusal

SYNTHETIC_PREFIX_BEGINS = "999"
SYNTHETIC_PHONE_PREFIX = "154"

# Province codes of GB/T 2260; 83 stands on the residence permits of people from Taiwan.
PROVINCES = frozenset(
    str(code)
    for region in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in region
) | {"71", "81", "82", "83"}
RESIDENTS = re.compile(r"[0-9]{17}[0-9X]")
# A foreigner's card of before December 2023: nation, place of issue, birth without its century; its check is secret.
FOREIGNERS_BEFORE = re.compile(r"[A-Z]{3}[0-9]{12}")
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
OF_ZEROS = sum(CHECK_WEIGHTS) * ord("0")
CHECK_CHARACTERS = "10X98765432"
EARLIEST_YEAR = 1880


class IdentityKind(StrEnum):
    """What document a number stands on."""

    RESIDENT = "resident"  # 居民身份证
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    PERMANENT_RESIDENCE = "permanent_residence"  # 外国人永久居留身份证
    TRAVEL_PERMIT = "travel_permit"  # 港澳居民来往内地通行证、台湾居民来往大陆通行证
    PASSPORT = "passport"  # 护照
    BIRTH_CERTIFICATE = "birth_certificate"  # 出生医学证明
    OTHER = "other"  # 军官证等


# What the numbers of documents without a public check rule look like.
SHAPES = {
    IdentityKind.TRAVEL_PERMIT: r"[HM]\d{8}(\d{2})?|\d{8}(\d{2})?",
    IdentityKind.PASSPORT: r"[A-Z0-9]{5,20}",
    IdentityKind.BIRTH_CERTIFICATE: r"[A-Z]\d{9}",
    IdentityKind.OTHER: r"\S{3,30}",
}
SHAPE_IN_WORDS = {
    IdentityKind.TRAVEL_PERMIT: ("H 或 M 加8位数字，或8位数字", "H or M and 8 digits, or 8 digits"),
    IdentityKind.PASSPORT: ("5至20位字母和数字", "5 to 20 letters and digits"),
    IdentityKind.BIRTH_CERTIFICATE: ("1个字母加9位数字", "1 letter and 9 digits"),
    IdentityKind.OTHER: ("3至30个字符，中间没有空格", "3 to 30 characters without spaces"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityNumber:
    """A number as it is stored and compared.

    text : normalised; a resident's number always in its 18-character form
    born_on : None where the document's number does not tell
    sex : 1 male, 2 female, 0 where the number does not tell (GB/T 2261.1)
    synthetic : under a declared unassigned prefix; belongs to nobody
    """

    text: str
    kind: IdentityKind
    born_on: date | None
    sex: int
    synthetic: bool


def check_character(body: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    if len(body) != len(CHECK_WEIGHTS) or not (body.isascii() and body.isdecimal()):
        raise ValueError("17 digits are asked for")
    return CHECK_CHARACTERS[(sum(map(mul, CHECK_WEIGHTS, body.encode())) - OF_ZEROS) % 11]


def check_identity_number(
    text: str,
    *,
    demo: bool,
    kind: IdentityKind = IdentityKind.RESIDENT,
    on: date | None = None,
) -> IdentityNumber:
    """The number in its normal form, if it can be right.

    Full-width digits, spaces, hyphens and a small or Cyrillic x are put right silently, since that is
    how people type and scan. Nothing says that the number was issued, only that it could have been.

    Parameters
    ----------
    demo : whether numbers of synthetic people are accepted; they are refused anywhere else
    on : the day of asking; with it, a birth date after that day is refused

    Raises
    ------
    Refusal
        `identity.empty`, `.masked`, `.wrong_length`, `.not_digits`, `.prefix_unassigned`,
        `.date_impossible`, `.born_later`, `.wrong_check_character`, `.synthetic`, `.wrong_shape`.
    """
    number = _normalised(text)
    if kind in SHAPES:
        return _shaped(number, kind)
    if kind is IdentityKind.PERMANENT_RESIDENCE and FOREIGNERS_BEFORE.fullmatch(number):
        return IdentityNumber(text=number, kind=kind, born_on=None, sex=0, synthetic=False)
    if len(number) == 15:
        number = _from_first_form(number)
    _check_characters(number)
    synthetic = number.startswith(SYNTHETIC_PREFIX_BEGINS)
    _check_prefix(number, kind, synthetic, demo)
    born_on = _born_on(number, on)
    expected = check_character(number[:17])
    if number[17] != expected:
        raise Refusal(
            "identity.wrong_check_character",
            zh="证件号码最后一位是 {found}，按前17位推算应为 {expected}。"
            "前面可能输错或颠倒了一位。请对照证件逐位核对。",
            en="The number ends in {found}; its first 17 digits ask for {expected}. One of them may be "
            "mistyped or two exchanged. Compare with the document, digit by digit.",
            found=number[17],
            expected=expected,
        )
    sex = 2 - int(number[16]) % 2
    return IdentityNumber(text=number, kind=kind, born_on=born_on, sex=sex, synthetic=synthetic)


def _normalised(text: str) -> str:
    if text.isascii() and text.isalnum():  # as most are: there is nothing to put right but an x
        return text.upper()
    number = unicodedata.normalize("NFKC", text)
    number = re.sub(r"[\s\-‐-―]", "", number).upper().replace("×", "X").replace("Х", "X")
    if not number:
        raise Refusal(
            "identity.empty",
            zh="没有填写证件号码。请填写；没有证件的，请选择其他证件类型。",
            en="No identity number was given. Give it, or choose another kind of document.",
        )
    if "*" in number:
        raise Refusal(
            "identity.masked",
            zh="证件号码中有 * 号，是遮盖过的。应为完整号码。请向本人或原单位核对后填写。",
            en="The number has * in it: part of it is masked. It should be whole. Ask the person or the sender.",
        )
    return number


def _shaped(number: str, kind: IdentityKind) -> IdentityNumber:
    if not re.fullmatch(SHAPES[kind], number):
        expected_zh, expected_en = SHAPE_IN_WORDS[kind]
        raise Refusal(
            "identity.wrong_shape",
            zh="“{number}”不像这种证件的号码，应为{expected_zh}。请核对证件类型和号码。",
            en="“{number}” does not look like a number of this document, which has {expected_en}. "
            "Check the kind of document and the number.",
            number=number,
            expected_zh=expected_zh,
            expected_en=expected_en,
        )
    return IdentityNumber(text=number, kind=kind, born_on=None, sex=0, synthetic=False)


def _from_first_form(number: str) -> str:
    """The 18-character form of a 15-digit number; its holders were born before 2000."""
    if not (number.isascii() and number.isdigit()):
        raise _not_digits(number)
    # Sequences 996 to 999 were kept for people then over a hundred.
    century = "18" if number[12:] >= "996" else "19"
    body = number[:6] + century + number[6:]
    return body + check_character(body)


def _check_characters(number: str) -> None:
    if len(number) != 18:
        raise Refusal(
            "identity.wrong_length",
            zh="证件号码有{n}位。居民身份证应为18位（老证15位）。请对照证件补全或删去多出的数字。",
            en="The number has {n} characters. A resident's number has 18 (an old one 15). "
            "Compare with the document and add or remove digits.",
            n=len(number),
        )
    if not RESIDENTS.fullmatch(number):
        raise _not_digits(number)


def _not_digits(number: str) -> Refusal:
    wrong = next((c for c in number[:17] if c not in "0123456789"), number[-1])
    return Refusal(
        "identity.not_digits",
        zh="证件号码中有“{wrong}”。前17位应全是数字，最后一位是数字或 X。请改正该字符。",
        en="The number has “{wrong}” in it. Its first 17 characters are digits, the last a digit or X. Correct it.",
        wrong=wrong,
    )


def _check_prefix(number: str, kind: IdentityKind, synthetic: bool, demo: bool) -> None:
    if synthetic:
        if not demo:
            raise Refusal(
                "identity.synthetic",
                zh="号码以 {prefix} 开头，属于演练用的虚构人员。这里只接受真实证件号码。"
                "请核对，演练请在演练环境中进行。",
                en="The number begins with {prefix} and belongs to an invented person. Only real documents are "
                "accepted here. Check it; drills have a realm of their own.",
                prefix=number[:6],
            )
        return
    # A foreigner's card has a 9 before the province.
    of_foreigner = kind is IdentityKind.PERMANENT_RESIDENCE
    province = number[1:3] if of_foreigner else number[:2]
    if province not in PROVINCES or (of_foreigner and number[0] != "9"):
        raise Refusal(
            "identity.prefix_unassigned",
            zh="证件号码前6位是 {prefix}，没有省份使用代码 {province}。"
            "开头两位应为省份代码，如北京为11。请核对开头几位。",
            en="The number begins with {prefix}, but no province has the code {province}. It should begin with "
            "a province's code, such as 11 for Beijing. Check its first digits.",
            prefix=number[:6],
            province=province,
        )


def _born_on(number: str, on: date | None) -> date:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    try:
        born_on = date(year, month, day)
    except ValueError:
        born_on = date.min
    if born_on.year < EARLIEST_YEAR:
        raise Refusal(
            "identity.date_impossible",
            zh="证件号码第7至14位是 {year}-{month}-{day}，没有这样的出生日期。应为年4位、月2位、日2位。请核对这8位。",
            en="Digits 7 to 14 say {year}-{month}-{day}, which is no date of birth. They are four digits for the "
            "year, two for the month, two for the day. Check these eight.",
            year=number[6:10],
            month=number[10:12],
            day=number[12:14],
        )
    if on is not None and born_on > on:
        raise Refusal(
            "identity.born_later",
            zh="证件号码中的出生日期是 {born_on}，晚于今天 {on}。出生日期不应晚于今天。请核对第7至14位。",
            en="The number gives {born_on} as the date of birth, after today, {on}. It should not be later. "
            "Check digits 7 to 14.",
            born_on=born_on.isoformat(),
            on=on.isoformat(),
        )
    return born_on
