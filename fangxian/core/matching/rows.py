"""One row of a list as it is compared: read from what stands there, with nothing added."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.matching.addresses import Address
from fangxian.core.matching.names import Writing, read_name
from fangxian.core.matching.phones import Line, read_phone
from fangxian.core.matching.sounds import sound_of
from fangxian.core.refusal import Refusal

RESIDENT_LENGTH = 18
NOWHERE = Address()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody as one row of one list has them; "", None or 0 where it does not say.

    Attributes
    ----------
    name : whole, or with stars for masked signs
    number : of the document in its normal form, or as it stands there if it cannot be right
    is_residents : whether it is, or was meant for, a resident's number, of which the last sign checks the others
    is_sound : whether the number can be right
    phone : of a mobile, its eleven digits
    born : year·10000 + month·100 + day; only year·10000 where the list has the year or an age
    sex : 1 male, 2 female
    """

    name: str = ""
    sound: str = ""
    number: str = ""
    is_residents: bool = False
    is_sound: bool = False
    phone: str = ""
    born: int = 0
    sex: int = 0
    address: Address = NOWHERE

    @property
    def tells_apart(self) -> bool:
        """Whether the same once more is the same person: a name alone, or with a village, many may have."""
        return bool(self.number or self.phone or self.born % 10_000 or self.address.numbers)


def read_row(
    *,
    name: str = "",
    number: str = "",
    phone: str = "",
    address: str = "",
    born_on: date | None = None,
    born_year: int = 0,
    sex: int = 0,
    on: date,
    demo: bool,
    read_address: Callable[[str], Address],
    kind: IdentityKind = IdentityKind.RESIDENT,
) -> Row:
    """A row as it is compared. What the number tells of birth and sex holds where the row has no column for it.

    Parameters
    ----------
    on : the day of the comparison; nobody is born after it
    demo : whether numbers of invented people are accepted
    read_address : of the county's gazetteer
    """
    who = _name(name)
    text, is_residents, is_sound, born, told_sex = _number(number, kind, on, demo)
    if born_on is not None:
        born = born_on.year * 10_000 + born_on.month * 100 + born_on.day
    elif born_year and not born:
        born = born_year * 10_000
    called = read_phone(phone)
    return Row(
        name=who,
        sound=sound_of(who),
        number=text,
        is_residents=is_residents,
        is_sound=is_sound,
        phone=called.head if called.line is Line.WHOLE else "",
        born=born,
        sex=sex or told_sex,
        address=read_address(address),
    )


@lru_cache(maxsize=262_144)
def _name(text: str) -> str:
    read = read_name(text)
    if read.writing in (Writing.WHOLE, Writing.MASKED):
        return read.text
    if read.writing is Writing.TITLED:
        return f"{read.text}*"
    # Names of other peoples are longer than a courier's list has them, and are whole names here.
    letters = (sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalpha())
    return "".join(letters)


def _number(text: str, kind: IdentityKind, on: date, demo: bool) -> tuple[str, bool, bool, int, int]:
    """Its normal form, whether it is a resident's, whether it can be right, and what it tells of birth and sex."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "").upper()
    if not plain or "*" in plain:
        return "", False, False, 0, 0
    try:
        found = check_identity_number(plain, demo=demo, kind=kind, on=on)
    except Refusal:
        return _unsound(plain, kind)
    born = found.born_on
    is_residents = len(found.text) == RESIDENT_LENGTH
    return found.text, is_residents, True, born.year * 10_000 + born.month * 100 + born.day if born else 0, found.sex


def _unsound(plain: str, kind: IdentityKind) -> tuple[str, bool, bool, int, int]:
    """A number that cannot be right: a resident's with something mistyped, or a foreigner's without its kind."""
    if plain[:1].isalpha() and plain.isalnum():
        return plain, False, True, 0, 0
    return plain, kind is IdentityKind.RESIDENT, False, 0, 0
