"""How likely two rows are one person: the plain definition, and what each field says for it and against it.

Three may be true of two rows: they are of one person, of two of one family, or of two strangers. Of each it is known
(parameters) or counted (counts) how often the fields then compare as they do; what Bayes makes of that is the
likelihood. Families are weighed apart because they share phones, addresses and a part of their names, so that these
together prove far less than each would if they came by chance.

Fields are taken for independent but for these: birth and sex that fit say nothing new where the numbers are the same
or nearly, since numbers hold both; and twins' names are often nearly the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log

from fangxian.core.matching.counts import Counts
from fangxian.core.matching.levels import (
    address_level,
    born_level,
    contradicts,
    name_level,
    number_level,
    phone_level,
    sex_level,
)
from fangxian.core.matching.parameters import FAMILY_SIZE, NEAR_OF_TWINS, OF_FAMILY, OF_ONE, OF_STRANGERS
from fangxian.core.matching.rows import Row

TOLD_BY_NUMBERS = ("same", "near")
LOG_ONE = {key: log(parameter.value) for key, parameter in OF_ONE.items()}
LOG_FAMILY = {key: log(parameter.value) for key, parameter in OF_FAMILY.items()}
LOG_STRANGERS = {key: log(parameter.value) for key, parameter in OF_STRANGERS.items()}
LOG_FAMILY_SIZE = log(FAMILY_SIZE.value)
TWINS_MORE = log(NEAR_OF_TWINS.value) - LOG_FAMILY["name", "near"]


@dataclass(frozen=True, slots=True)
class Sign:
    """How one field compares, and how likely that is (natural logarithms) of one person, a family, strangers."""

    of: str
    level: str
    one: float = 0.0
    family: float = 0.0
    strangers: float = 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """Two rows weighed: how likely they are one person, why, and whether they contradict one another outright."""

    likelihood: float
    signs: tuple[Sign, ...]
    contradicts: bool


def weigh(one: Row, other: Row, counts: Counts) -> Weighed:
    """How likely two rows are one person."""
    return together([sign for sign in signs_of(one, other, counts) if sign.level], counts.n)


def signs_of(one: Row, other: Row, counts: Counts) -> list[Sign]:
    """How the two compare in every field."""
    return [
        number_sign(one, other),
        name_sign(one, other, counts),
        born_sign(one.born, other.born, counts),
        fixed_sign("sex", sex_level(one.sex, other.sex)),
        phone_sign(one.phone, other.phone, counts),
        address_sign(one, other, counts),
    ]


def together(signs: list[Sign], n: int) -> Weighed:
    """What the signs of two rows, of `n` in all, amount to."""
    levels = {sign.of: sign.level for sign in signs}
    counted = [sign for sign in signs if not _told_already(sign, levels)]
    one = sum(sign.one for sign in counted) - log(n)
    family = sum(sign.family for sign in counted) - log(n) + LOG_FAMILY_SIZE
    if levels.get("name") == "near" and any((sign.of, sign.level) == ("born", "same") for sign in counted):
        family += TWINS_MORE
    strangers = sum(sign.strangers for sign in counted)
    top = max(one, family, strangers)
    of_all = exp(one - top) + exp(family - top) + exp(strangers - top)
    return Weighed(exp(one - top) / of_all, tuple(signs), contradicts(levels))


def _told_already(sign: Sign, levels: Mapping[str, str]) -> bool:
    return sign.of in ("born", "sex") and sign.level == "same" and levels.get("number") in TOLD_BY_NUMBERS


def number_sign(one: Row, other: Row) -> Sign:
    return fixed_sign("number", number_level(one, other))


def name_sign(one: Row, other: Row, counts: Counts) -> Sign:
    level = name_level(one, other)
    if level in ("", "other"):
        return fixed_sign("name", level)
    by_chance = counts.of_sound(one.sound) if level == "sound" else counts.of_name(one.name, other.name, level)
    return _counted("name", level, by_chance)


def born_sign(one: int, other: int, counts: Counts) -> Sign:
    level = born_level(one, other)
    if level in ("same", "year"):
        return _counted("born", level, counts.of_birth(one, other, level))
    return fixed_sign("born", level)


def phone_sign(one: str, other: str, counts: Counts) -> Sign:
    level = phone_level(one, other)
    return _counted("phone", level, counts.of_phone(one)) if level == "same" else fixed_sign("phone", level)


def address_sign(one: Row, other: Row, counts: Counts) -> Sign:
    level = address_level(one.address, other.address)
    if level in ("", "other"):
        return fixed_sign("address", level)
    return _counted("address", level, counts.of_address(one.address, other.address, level))


def fixed_sign(of: str, level: str) -> Sign:
    """A sign whose chance among strangers is not counted."""
    if not level:
        return Sign(of, "")
    key = (of, level)
    return Sign(of, level, LOG_ONE[key], LOG_FAMILY[key], LOG_STRANGERS[key])


def _counted(of: str, level: str, by_chance: float) -> Sign:
    return Sign(of, level, LOG_ONE[of, level], LOG_FAMILY[of, level], log(by_chance))
