"""Barcodes of tubes and boxes as scanners and hands give them, and the tokens of slips. Pure."""

import os
import re
import unicodedata

from fangxian.core.identity import check_character
from fangxian.core.refusal import Refusal

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nobody can take them for 1, 0, V
SHORTEST, LONGEST = 4, 24
VALUES = {sign: value for value, sign in enumerate(SIGNS)}
MISREAD = str.maketrans("OIL", "011")
BESIDE_A_DIGIT = re.compile("(?<=[0-9])[OIL]+|[OIL]+(?=[0-9])")
CARD_SIGNS = 18
TOKEN_SIGNS = 10  # 45 random bits, and one sign to check
PRIME = 31


def barcode_of(text: str) -> str:
    """A barcode as it is kept: without space around it, half-width, capital letters.

    Refuses
    -------
    lab.barcode_missing, lab.barcode_misread, lab.barcode_wrong
        A letter that stands for a digit is not guessed: two labels could become one.
    """
    found = unicodedata.normalize("NFKC", text).strip().upper()
    if not found:
        raise _missing()
    right = BESIDE_A_DIGIT.sub(lambda it: it[0].translate(MISREAD), "".join(found.split()))
    if right != found and _is_plain(right):
        raise _misread(text, right)
    if not (_is_plain(found) and SHORTEST <= len(found) <= LONGEST):
        raise _wrong(text)
    return found


def token_of(text: str) -> str:
    """A slip's token as it is kept: whoever types it may take an O for a zero, for a token has none. "": it is none."""
    found = unicodedata.normalize("NFKC", text).strip().upper().replace("-", "").translate(MISREAD)
    if len(found) != TOKEN_SIGNS or not set(found) <= set(SIGNS):
        return ""
    return found if _check_sign(found[:-1]) == found[-1] else ""


def plain_number(text: str) -> str:
    """A document number as it is on record; typed wide, as a Chinese keyboard does, it is the same."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_misread_number(number: str) -> bool:
    """Whether it would be an identity card's, did letters O, I, L in it stand for the digits they look like."""
    right = number.translate(MISREAD)
    is_card = len(right) == CARD_SIGNS and right[:-1].isascii() and right[:-1].isdecimal()
    return right != number and is_card and check_character(right[:-1]) == right[-1]


def plain_name(name: str) -> str:
    """A name as two people have it in common: without space, width and case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def new_tokens(n: int) -> list[str]:
    """So many new tokens; of a county's hundred thousand two are alike once in some thousand rounds, which its table
    refuses.
    """
    dice, found = os.urandom(6 * n), []
    for at in range(0, len(dice), 6):
        number = int.from_bytes(dice[at : at + 6])
        body = "".join([SIGNS[number >> shift & 31] for shift in range(40, -1, -5)])
        found.append(body + _check_sign(body))
    return found


def _check_sign(body: str) -> str:
    """A wrong sign, or two that changed places, give another one (ISO 7064's way, by a prime below the signs)."""
    rest = 0
    for sign in body:
        rest = rest * 2 + VALUES[sign]
    return SIGNS[rest % PRIME]


def _is_plain(text: str) -> bool:
    return text.isascii() and all(sign.isalnum() or sign == "-" for sign in text)


def _missing() -> Refusal:
    return Refusal(
        "lab.barcode_missing",
        zh="没有条码，没有记下。应有管或箱上的条码；请扫描，或照着标签输入。",
        en="There is no barcode, so nothing was recorded. The tube's or box's own is needed: scan it, or type it "
        "from the label.",
    )


def _misread(found: str, right: str) -> Refusal:
    return Refusal(
        "lab.barcode_misread",
        zh="条码“{found}”里有空格，或把字母 O、I、L 当成了数字，没有记下。应像 {right}；请再扫一次，或照着标签改好。",
        en="The barcode “{found}” has a space in it or a letter O, I or L for a digit, so nothing was recorded. It is "
        "probably {right}: scan it again, or correct it from the label.",
        found=found.strip()[:40],
        right=right[:40],
    )


def _wrong(found: str) -> Refusal:
    return Refusal(
        "lab.barcode_wrong",
        zh="“{found}”不是管或箱的条码，没有记下。应是 4 到 24 位数字、字母或短横；请再扫一次标签。",
        en="“{found}” is no barcode of a tube or box, so nothing was recorded. It should be 4 to 24 digits, letters or "
        "hyphens: scan the label again.",
        found=found.strip()[:40],
    )
