"""A phone as couriers write it: whole, masked (138****1234), or a virtual number that is nobody's."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

EXTENSION = re.compile(r"(转|ext\.?|分机|[-—_,，#]|\[)\s*\d{2,6}\]?\s*$", re.IGNORECASE)
COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$|1\d{2}\D{0,3}[*]|1[3-9])")
MOBILE = re.compile(r"1[3-9]\d{9}")
MASKED = re.compile(r"(1[3-9]\d{1,5})\*+(\d{2,6})")
# Numbers by which platforms hide a customer's own, and those of operators who give numbers for that.
VIRTUAL = re.compile(r"(95013|9501\d|400|17[01]|16[257])")
N_DIGITS = 11


class Line(StrEnum):
    """What a phone on a list proves."""

    WHOLE = "whole"
    MASKED = "masked"
    VIRTUAL = "virtual"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone as written. `head` and `tail` are the digits a mask leaves; of a whole one `head` is all of it."""

    line: Line
    head: str = ""
    tail: str = ""


NO_PHONE = Phone(Line.NONE)
HIDDEN = Phone(Line.VIRTUAL)


@lru_cache(maxsize=65_536)
def read_phone(text: str) -> Phone:
    """What a phone on a list says; several in one cell: the first."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("×", "*").replace("x", "*").replace("X", "*")
    first = re.split(r"[/;；、|]", plain)[0]
    if EXTENSION.search(first) and not MASKED.fullmatch(COUNTRY.sub("", first.replace("-", ""))):
        without = EXTENSION.sub("", first)
        # 154-1234-5678 has no extension, it has hyphens; 15412345678-1234 has one and is hidden.
        if len(re.sub(r"\D", "", first)) != N_DIGITS or VIRTUAL.match(without):
            return HIDDEN
    plain = re.sub(r"[-—()]", "", first)
    plain = COUNTRY.sub("", plain)
    if masked := MASKED.fullmatch(plain):
        return Phone(Line.MASKED, masked.group(1), masked.group(2))
    digits = re.sub(r"\D", "", plain)
    if VIRTUAL.match(digits):
        return HIDDEN
    return Phone(Line.WHOLE, digits) if MOBILE.fullmatch(digits) else NO_PHONE
