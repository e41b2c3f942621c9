"""How two rows compare in one field, in one word each; "" where one of them does not say, which proves nothing.

number : same; near (a figure or two mistyped: one of the two cannot be right); unsound (one of them cannot be right,
         and they are not near); other (both can be right, so they are two numbers)
name   : same; sound (another writing of the same sounds); near (one sign wrong); masked (fits behind a mask); other
born   : same; near (one figure wrong, or day and month exchanged); year (one list has the year only); other
phone  : same; near (one figure wrong); other
address: home; unit; township; other
"""

from rapidfuzz.distance import OSA

from fangxian.core.matching.addresses import Address, streets_alike
from fangxian.core.matching.names import WILD, fits_mask
from fangxian.core.matching.rows import Row

FIELDS = ("number", "name", "born", "sex", "phone", "address")
MISTYPED_AT_MOST = 2  # places; the last sign of a resident's number tells of any one
SHORTEST_LATIN = 5
DAY = 10_000


def number_level(one: Row, other: Row) -> str:
    if not one.number or not other.number or one.is_residents != other.is_residents:
        return ""
    if one.number == other.number:
        return "same"
    if not one.is_residents:  # passports are renewed, and then have another number
        return "near" if OSA.distance(one.number, other.number, score_cutoff=1) <= 1 else ""
    if one.is_sound and other.is_sound:
        return "other"
    distance = OSA.distance(one.number, other.number, score_cutoff=MISTYPED_AT_MOST)
    return "near" if distance <= MISTYPED_AT_MOST else "unsound"


def name_level(one: Row, other: Row) -> str:
    if not one.name or not other.name:
        return ""
    if WILD in one.name or WILD in other.name:
        return "masked" if _behind_a_mask(one.name, other.name) else "other"
    if one.name == other.name:
        return "same"
    if one.sound == other.sound:
        return "sound"
    return "near" if shared_mask(one.name, other.name) else "other"


def _behind_a_mask(one: str, other: str) -> bool:
    if WILD in one and WILD in other:
        return len(one) == len(other) and all(a == b or WILD in (a, b) for a, b in zip(one, other, strict=True))
    return fits_mask(one, other) if WILD in one else fits_mask(other, one)


def shared_mask(one: str, other: str) -> str:
    """What two whole names of one length and two signs or more share, where they differ in one sign; else ""."""
    if len(one) != len(other) or len(one) < 2:
        return ""
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return f"{one[: differ[0]]}{WILD}{one[differ[0] + 1 :]}" if len(differ) == 1 else ""


def born_level(one: int, other: int) -> str:
    if not one or not other:
        return ""
    if not one % DAY or not other % DAY:
        years = abs(one // DAY - other // DAY)
        return "year" if years == 0 else "" if years == 1 else "other"  # an age leaves the year open by one
    if one == other:
        return "same"
    return "near" if OSA.distance(f"{one:08d}", f"{other:08d}") <= 1 or _exchanged(one) == other else "other"


def _exchanged(born: int) -> int:
    """Day and month the wrong way round."""
    year, month, day = born // DAY, born // 100 % 100, born % 100
    return year * DAY + day * 100 + month


def sex_level(one: int, other: int) -> str:
    if not one or not other:
        return ""
    return "same" if one == other else "other"


def phone_level(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return "same"
    return "near" if OSA.distance(one, other, score_cutoff=1) <= 1 else "other"


def address_level(one: Address, other: Address) -> str:
    if one.says_nothing or other.says_nothing or (one.is_elsewhere and other.is_elsewhere):
        return ""
    if one.is_elsewhere or other.is_elsewhere:
        return "other"
    if one.units & other.units:
        is_home = one.numbers == other.numbers and one.numbers and streets_alike(one.street, other.street)
        return "home" if is_home else "unit"
    here, there = townships_of(one), townships_of(other)
    if here & there:
        return "" if not (one.units and other.units) and one.units | other.units else "township"
    return "other" if here and there else ""


def townships_of(address: Address) -> frozenset[str]:
    return address.townships | frozenset(unit[:9] for unit in address.units)


def contradicts(levels: "dict[str, str]") -> bool:
    """Whether two rows cannot be one person by themselves, whatever a third row shares with both."""
    other = {field for field, level in levels.items() if level == "other"}
    return "number" in other or {"name", "born"} <= other or {"name", "sex"} <= other
