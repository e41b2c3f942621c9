"""The short word: what a person's QR shows of the two words, 32 bits, for doors without network.

    colour 2 | travel 2 | result 2 | sampled hours back 9 | resulted hours back 9 | exemptions 8

It leaves out the reason, which is nobody's business at a door, and the generations, which are inside
the handle. Times are whole clock hours, because a minute would tell one person from the others on
every day until the next test. Zero says nothing at all: unknown, never green.
"""

from dataclasses import dataclass
from typing import Final

from fangxian.core.policy.byte_refusals import refuse, require_range
from fangxian.core.policy.byte_time import DAY_MIN, LAST_DAY, LAST_MINUTE
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.policy.words import (
    LAST_QUARTER,
    QUARTER_MIN,
    LastResult,
    colour_at,
    exemptions_at,
    result_age_min,
    result_of,
    sample_age_min,
    travel_at,
)

NOTHING_KNOWN: Final = 0
LAST_HOURS_BACK: Final = (1 << 9) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortWord:
    """What a person's QR shows, unpacked.

    Parameters
    ----------
    colour, travel, result : hold over the whole validity of the QR
    sampled_hours_back, resulted_hours_back : 0..511; clock hours before the hour of the QR's `from`
        1 is that same hour, 0 is no such test within 21 days.
    exemptions : eight flags whose meaning the rulebook gives
    """

    colour: Colour = Colour.UNKNOWN
    travel: Travel = Travel.UNKNOWN
    result: LastResult = LastResult.NONE
    sampled_hours_back: int = 0
    resulted_hours_back: int = 0
    exemptions: int = 0


def pack_short(short: ShortWord) -> int:
    """The 32-bit word; refuses a field out of range and a result without its hour."""
    require_range("colour", short.colour, 0, 3)
    require_range("sampled_hours_back", short.sampled_hours_back, 0, LAST_HOURS_BACK)
    require_range("resulted_hours_back", short.resulted_hours_back, 0, LAST_HOURS_BACK)
    require_range("exemptions", short.exemptions, 0, 0xFF)
    word = (
        require_range("travel", short.travel, 0, Travel.RISK) << 28
        | require_range("result", short.result, 0, 3) << 26
        | short.resulted_hours_back << 8
    )
    _check(word, "word.out_of_range", "word.contradiction")
    return word | short.colour << 30 | short.sampled_hours_back << 17 | short.exemptions


def unpack_short(word: int) -> ShortWord:
    """The fields; refuses `word.out_of_range`, `code.malformed` and `code.contradiction`."""
    require_range("short", word, 0, 0xFFFF_FFFF)
    _check(word, "code.malformed", "code.contradiction")
    return ShortWord(
        colour=Colour(word >> 30),
        travel=Travel(word >> 28 & 3),
        result=LastResult(word >> 26 & 3),
        sampled_hours_back=word >> 17 & LAST_HOURS_BACK,
        resulted_hours_back=word >> 8 & LAST_HOURS_BACK,
        exemptions=word & 0xFF,
    )


def _check(word: int, range_code: str, contradiction_code: str) -> None:
    result, hours = word >> 26 & 3, word >> 8 & LAST_HOURS_BACK
    require_range("travel", word >> 28 & 3, 0, Travel.RISK, range_code)
    if (result == 0) != (hours == 0):
        raise refuse(contradiction_code, field="result", value=result, other="resulted_hours_back", other_value=hours)


def shorten(safety: int, recent: int, *, from_min: int, until_min: int) -> int:
    """The short word of two words for a QR valid in [from, until): only what holds all that time.

    A colour or travel state that lapses sooner is shown as unknown; let the QR end with it instead.
    """
    last = until_min - 1
    resulted = _hours_back(result_age_min(recent, from_min), from_min)
    return pack_short(
        ShortWord(
            colour=Colour(colour_at(safety, last)),
            travel=Travel(travel_at(recent, last)),
            result=LastResult(result_of(recent) if resulted else 0),
            sampled_hours_back=_hours_back(sample_age_min(recent, from_min), from_min),
            resulted_hours_back=resulted,
            exemptions=exemptions_at(safety, last),
        )
    )


def until_at_most(safety: int, recent: int, *, from_min: int, until_min: int) -> int:
    """The latest end, up to `until_min`, of a QR from `from_min` with which no stated thing has lapsed."""
    until = until_min
    if colour_at(safety, from_min):
        until = min(until, safety >> 32 & LAST_MINUTE)
    if travel_at(recent, from_min):
        day, quarters = recent >> 45 & LAST_DAY, recent & LAST_QUARTER
        until = min(until, day * DAY_MIN + quarters * QUARTER_MIN)
    return until


def _hours_back(age_min: int | None, from_min: int) -> int:
    """Clock hours between a test of that age and `from`, counted from 1; 0 for none or too old."""
    if age_min is None:
        return 0
    hours = from_min // 60 - (from_min - age_min) // 60 + 1
    return hours if hours <= LAST_HOURS_BACK else 0


def age_at_most_min(hours_back: int, *, from_min: int, at_min: int) -> int | None:
    """The greatest age at `at` of a test shown with that many hours back; None for no test.

    The test may be up to 59 min younger; a door counts it as old as it may be.
    """
    if hours_back == 0:
        return None
    return at_min - (from_min // 60 - hours_back + 1) * 60
