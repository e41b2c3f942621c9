"""The two words a gate knows of a person.

Each word is complete in itself, so that reading a new one beside an old one does no harm. A word of
zero means that the person is not present: unknown, never green. The bytes are frozen; the tables of
docs/reference/formats.md show them, and spec/vectors/words.jsonl holds every reader to them.

Layout 1 of the *safety* word, from the highest bit (bit 63 is zero so that a signed column fits):

    0 | layout 3 | colour 2 | expires 26 || reason 10 | exemptions 8 | qr gen. 6 | card gen. 6 | spare 2

Layout 1 of the *recent* word (tests and travel). Three full times do not fit beside each other, so the
word names the day on which it was written and the times are distances from it:

    0 | layout 3 | day 15 | sampled 15 | resulted 15 | result 2 | travel 2 | travel quarters 11

The functions from `colour_at` on are the gate's: they shift and mask, never refuse, and answer
"unknown" for anything they do not know. Check a word once with `unpack_*` when it comes in.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from fangxian.core.policy.byte_refusals import refuse, require_range
from fangxian.core.policy.byte_time import DAY_MIN, LAST_DAY, LAST_MINUTE
from fangxian.core.policy.vocabulary import Colour, Travel

LAYOUT: Final = 1
LAST_REASON: Final = (1 << 10) - 1
LAST_GENERATION: Final = (1 << 6) - 1
LAST_BACK_MIN: Final = (1 << 15) - 1
LAST_QUARTER: Final = (1 << 11) - 1
QUARTER_MIN: Final = 15


class LastResult(IntEnum):
    """What the last laboratory result said; unclear is a grey zone or a single target."""

    NONE = 0
    NEGATIVE = 1
    POSITIVE = 2
    UNCLEAR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyWord:
    """A person's safety word, unpacked.

    Parameters
    ----------
    colour : Colour
    reason : 0..1023; index of the rule in the rulebook of the same snapshot, 0 = none
    expires_min : minutes since the epoch; from that minute on colour and exemptions are unknown
    exemptions : eight flags whose meaning the rulebook gives; what is waived, never why
    qr_generation, card_generation : 0..63; a QR or card of another generation is revoked, expired or not
    """

    colour: Colour
    reason: int
    expires_min: int
    exemptions: int = 0
    qr_generation: int = 0
    card_generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentWord:
    """A person's tests-and-travel word, unpacked; 0 in a time means there is none.

    Parameters
    ----------
    day : days since the epoch; the UTC day on which the word was written
    sampled_min, resulted_min : minutes since the epoch, from 22 d 18 h before the end of `day` up to it
        The last sample, and the last result; they need not belong to one test.
    result : what that last result said
    travel : Travel
    travel_expires_min : minutes since the epoch, a quarter of an hour, at most
        21 d 7 h 45 min after `day` began
    """

    day: int
    sampled_min: int = 0
    resulted_min: int = 0
    result: LastResult = LastResult.NONE
    travel: Travel = Travel.UNKNOWN
    travel_expires_min: int = 0


def pack_safety(safety: SafetyWord) -> int:
    """The 64-bit word; refuses a field out of its range and a yellow or red without a reason."""
    _check_safety(safety)
    return (
        LAYOUT << 60
        | safety.colour << 58
        | safety.expires_min << 32
        | safety.reason << 22
        | safety.exemptions << 14
        | safety.qr_generation << 8
        | safety.card_generation << 2
    )


def unpack_safety(word: int) -> SafetyWord | None:
    """The fields of a word, None for zero (not present).

    Raises
    ------
    Refusal
        `word.out_of_range`, `word.layout`, `word.spare_bits`, `word.contradiction`.
    """
    if not _is_present(word):
        return None
    if word & 3:
        raise refuse("word.spare_bits", value=word & 3)
    safety = SafetyWord(
        colour=Colour(word >> 58 & 3),
        reason=word >> 22 & LAST_REASON,
        expires_min=word >> 32 & LAST_MINUTE,
        exemptions=word >> 14 & 0xFF,
        qr_generation=word >> 8 & LAST_GENERATION,
        card_generation=word >> 2 & LAST_GENERATION,
    )
    _check_safety(safety)
    return safety


def _check_safety(safety: SafetyWord) -> None:
    require_range("colour", safety.colour, 0, 3)
    require_range("reason", safety.reason, 0, LAST_REASON)
    require_range("expires_min", safety.expires_min, 1, LAST_MINUTE)
    require_range("exemptions", safety.exemptions, 0, 0xFF)
    require_range("qr_generation", safety.qr_generation, 0, LAST_GENERATION)
    require_range("card_generation", safety.card_generation, 0, LAST_GENERATION)
    if safety.colour >= Colour.YELLOW and not safety.reason:
        raise _contradiction("colour", int(safety.colour), "reason", 0)


def recent_as_of(
    at_min: int,
    *,
    sampled_min: int = 0,
    resulted_min: int = 0,
    result: LastResult = LastResult.NONE,
    travel: Travel = Travel.UNKNOWN,
    travel_expires_min: int = 0,
) -> RecentWord:
    """The recent word to write at `at_min` for facts of any age.

    What does not fit errs to the careful side: a test older than 21 days, or dated after today, is left
    out; a travel state already over is left out; its expiry is floored to the quarter hour and ends at
    the latest 21 days from now, when the word has long been written again.
    """
    day = require_range("day", at_min // DAY_MIN, 1, LAST_DAY)
    oldest, newest = (day - 21) * DAY_MIN, (day + 1) * DAY_MIN - 1
    if not oldest <= resulted_min <= newest:
        resulted_min, result = 0, LastResult.NONE
    expires = min(travel_expires_min, day * DAY_MIN + LAST_QUARTER * QUARTER_MIN)
    expires -= expires % QUARTER_MIN
    if expires <= at_min or travel == Travel.UNKNOWN:
        travel, expires = Travel.UNKNOWN, 0
    return RecentWord(
        day=day,
        sampled_min=sampled_min if oldest <= sampled_min <= newest else 0,
        resulted_min=resulted_min,
        result=result,
        travel=travel,
        travel_expires_min=expires,
    )


def pack_recent(recent: RecentWord) -> int:
    """The 64-bit word; refuses what does not fit exactly (`recent_as_of` makes facts of any age fit)."""
    day_begins = require_range("day", recent.day, 1, LAST_DAY) * DAY_MIN
    quarters = 0
    if recent.travel_expires_min:
        last = day_begins + LAST_QUARTER * QUARTER_MIN
        require_range("travel_expires_min", recent.travel_expires_min, day_begins + QUARTER_MIN, last)
        quarters, rest = divmod(recent.travel_expires_min - day_begins, QUARTER_MIN)
        require_range("travel_expires_min % 15", rest, 0, 0)
    _check_pairs(recent.result, recent.resulted_min, recent.travel, quarters)
    return (
        LAYOUT << 60
        | recent.day << 45
        | _minutes_back("sampled_min", recent.sampled_min, day_begins + DAY_MIN) << 30
        | _minutes_back("resulted_min", recent.resulted_min, day_begins + DAY_MIN) << 15
        | recent.result << 13
        | recent.travel << 11
        | quarters
    )


def _minutes_back(field: str, minute: int, day_ends: int) -> int:
    if minute == 0:
        return 0
    return day_ends - require_range(field, minute, max(1, day_ends - LAST_BACK_MIN), day_ends - 1)


def unpack_recent(word: int) -> RecentWord | None:
    """The fields of a word, None for zero (not present); refuses like `unpack_safety`."""
    if not _is_present(word):
        return None
    day, quarters = word >> 45 & LAST_DAY, word & LAST_QUARTER
    back = (word >> 30 & LAST_BACK_MIN, word >> 15 & LAST_BACK_MIN)
    sampled_min, resulted_min = ((day + 1) * DAY_MIN - b if b else 0 for b in back)
    require_range("day", day, 1, LAST_DAY)
    require_range("sampled_min", sampled_min, 0, LAST_MINUTE)
    require_range("resulted_min", resulted_min, 0, LAST_MINUTE)
    result, travel = word >> 13 & 3, require_range("travel", word >> 11 & 3, 0, Travel.RISK)
    _check_pairs(result, resulted_min, travel, quarters)
    return RecentWord(
        day=day,
        sampled_min=sampled_min,
        resulted_min=resulted_min,
        result=LastResult(result),
        travel=Travel(travel),
        travel_expires_min=day * DAY_MIN + quarters * QUARTER_MIN if quarters else 0,
    )


def _check_pairs(result: int, resulted: int, travel: int, travel_expires: int) -> None:
    """A result has a time and a time has a result; so has a travel state its expiry."""
    require_range("result", result, 0, 3)
    require_range("travel", travel, 0, Travel.RISK)
    if (result == 0) != (resulted == 0):
        raise _contradiction("result", result, "resulted", resulted)
    if (travel == 0) != (travel_expires == 0):
        raise _contradiction("travel", travel, "travel_expires", travel_expires)


def _is_present(word: int) -> bool:
    require_range("word", word, 0, (1 << 63) - 1)
    if word and word >> 60 != LAYOUT:
        raise refuse("word.layout", found=word >> 60, known=LAYOUT)
    return word != 0


def _contradiction(field: str, value: int, other: str, other_value: int) -> Exception:
    return refuse("word.contradiction", field=field, value=value, other=other, other_value=other_value)


# ---- the gate's accessors -------------------------------------------------------------------------


def colour_at(safety: int, at_min: int) -> int:
    """Colour (0 unknown, 1 green, 2 yellow, 3 red) at that minute; unknown from the expiry on."""
    if safety >> 60 == 1 and at_min < (safety >> 32 & 0x3FFFFFF):
        return safety >> 58 & 3
    return 0


def reason_of(safety: int) -> int:
    """Rule index 0..1023; stays readable after the expiry, to say what it was."""
    return safety >> 22 & 0x3FF if safety >> 60 == 1 else 0


def exemptions_at(safety: int, at_min: int) -> int:
    """Eight exemption flags at that minute; none from the expiry on."""
    if safety >> 60 == 1 and at_min < (safety >> 32 & 0x3FFFFFF):
        return safety >> 14 & 0xFF
    return 0


def qr_generation_of(safety: int) -> int:
    """The only generation of QR that counts, 0..63; -1 (none counts) if the person is not present."""
    return safety >> 8 & 0x3F if safety >> 60 == 1 else -1


def card_generation_of(safety: int) -> int:
    """The only generation of paper card that counts, 0..63; -1 if the person is not present."""
    return safety >> 2 & 0x3F if safety >> 60 == 1 else -1


def sample_age_min(recent: int, at_min: int) -> int | None:
    """Minutes since the last sample, at least 0; None if there is none within the word's 22 days."""
    back = recent >> 30 & 0x7FFF
    if back and recent >> 60 == 1:
        return max(0, at_min - ((recent >> 45 & 0x7FFF) + 1) * 1440 + back)
    return None


def result_age_min(recent: int, at_min: int) -> int | None:
    """Minutes since the last result, at least 0; None if there is none within the word's 22 days."""
    back = recent >> 15 & 0x7FFF
    if back and recent >> 60 == 1:
        return max(0, at_min - ((recent >> 45 & 0x7FFF) + 1) * 1440 + back)
    return None


def result_of(recent: int) -> int:
    """What the last result said: 0 none, 1 negative, 2 positive, 3 unclear."""
    return recent >> 13 & 3 if recent >> 60 == 1 else 0


def travel_at(recent: int, at_min: int) -> int:
    """Travel (0 unknown, 1 clear, 2 risk) at that minute; unknown from its own expiry on."""
    if recent >> 60 == 1 and at_min < (recent >> 45 & 0x7FFF) * 1440 + (recent & 0x7FF) * 15:
        return (0, 1, 2, 0)[recent >> 11 & 3]
    return 0


def negative_age_min(recent: int, at_min: int, *, counts_from_sample: bool) -> int | None:
    """How old the last negative test is by the rulebook's way of counting; None for none.

    The last sample need not be the one the last result is of. Where it is newer than that result, the result
    is of an earlier one, and is at least as old as itself.
    """
    if result_of(recent) != LastResult.NEGATIVE:
        return None
    resulted = result_age_min(recent, at_min)
    if not counts_from_sample or resulted is None:
        return resulted
    sampled = sample_age_min(recent, at_min)
    return resulted if sampled is None else max(sampled, resulted)


def words_at_door(safety: int, recent: int, at_min: int, counts_from_sample: bool) -> tuple[int, int, int, int]:
    """Colour, exemptions, travel and the age of the last negative test (minutes, −1 for none) at that minute.

    It says what `colour_at`, `exemptions_at`, `travel_at` and `negative_age_min` say one by one, to which a test holds
    it; in one call it costs a gate a third.
    """
    colour = exemptions = travel = 0
    age_min = -1
    if safety >> 60 == 1 and at_min < (safety >> 32 & 0x3FFFFFF):
        colour, exemptions = safety >> 58 & 3, safety >> 14 & 0xFF
    if recent >> 60 == 1:
        day_begins = (recent >> 45 & 0x7FFF) * 1440
        if at_min < day_begins + (recent & 0x7FF) * 15:
            travel = (0, 1, 2, 0)[recent >> 11 & 3]
        back = recent >> 15 & 0x7FFF
        if back and recent >> 13 & 3 == 1:
            sampled_back = recent >> 30 & 0x7FFF
            if counts_from_sample and sampled_back > back:
                back = sampled_back
            age_min = max(0, at_min - day_begins - 1440 + back)
    return colour, exemptions, travel, age_min
