"""The two words and the short word, by example."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from fangxian.core.policy import byte_short_word as short_word
from fangxian.core.policy import words
from fangxian.core.policy.byte_time import EPOCH, EPOCH_UNIX_S, minute_of, moment_of, second_of
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.refusal import Refusal

NOON = 11_727_600  # 2022-04-19T04:00Z
GREEN = words.SafetyWord(colour=Colour.GREEN, reason=12, expires_min=NOON + 60)


def refused(call):
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


def test_a_minute_is_floored_and_knows_no_time_zone():
    county = timezone(timedelta(hours=8))
    assert minute_of(datetime(2022, 4, 19, 12, 0, 59, tzinfo=county)) == NOON
    assert moment_of(NOON) == datetime(2022, 4, 19, 4, 0, tzinfo=UTC)
    assert second_of(datetime(2022, 4, 19, 12, 0, 59, tzinfo=county)) == NOON * 60 + 59
    assert EPOCH.timestamp() == EPOCH_UNIX_S


def test_a_moment_without_time_zone_is_a_bug():
    with pytest.raises(ValueError, match="no time zone"):
        minute_of(datetime(2022, 4, 19, 12, 0))  # noqa: DTZ001


def test_minutes_last_for_decades():
    assert minute_of(datetime(2127, 8, 5, tzinfo=UTC)) < 2**26
    assert refused(lambda: minute_of(datetime(2128, 1, 1, tzinfo=UTC))).code == "word.out_of_range"
    assert refused(lambda: minute_of(EPOCH)).code == "word.out_of_range"


def test_zero_is_nobody_and_never_green():
    assert words.unpack_safety(0) is None
    assert words.unpack_recent(0) is None
    assert words.colour_at(0, NOON) == Colour.UNKNOWN
    assert words.travel_at(0, NOON) == Travel.UNKNOWN
    assert words.exemptions_at(0, NOON) == 0
    assert words.sample_age_min(0, NOON) is None
    assert words.result_age_min(0, NOON) is None
    assert words.qr_generation_of(0) == words.card_generation_of(0) == -1


def test_green_is_unknown_from_the_minute_it_expires():
    word = words.pack_safety(GREEN)
    assert words.colour_at(word, NOON + 59) == Colour.GREEN
    assert words.colour_at(word, NOON + 60) == Colour.UNKNOWN


def test_a_revoked_generation_stays_revoked_after_the_expiry():
    word = words.pack_safety(words.SafetyWord(colour=Colour.RED, reason=3, expires_min=NOON, qr_generation=5))
    assert words.colour_at(word, NOON) == Colour.UNKNOWN
    assert words.qr_generation_of(word) == 5


def test_a_word_fits_a_signed_column():
    greatest = words.SafetyWord(
        colour=Colour.RED,
        reason=words.LAST_REASON,
        expires_min=2**26 - 1,
        exemptions=255,
        qr_generation=63,
        card_generation=63,
    )
    assert words.pack_safety(greatest) < 2**63
    assert words.pack_recent(words.RecentWord(day=words.LAST_DAY)) < 2**63


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", 1024),
        ("expires_min", 0),
        ("expires_min", 2**26),
        ("exemptions", -1),
        ("exemptions", 256),
        ("qr_generation", 64),
        ("card_generation", 64),
    ],
)
def test_a_field_out_of_range_is_named_with_value_and_range(field, value):
    fields = {"colour": Colour.GREEN, "reason": 1, "expires_min": NOON} | {field: value}
    refusal = refused(lambda: words.pack_safety(words.SafetyWord(**fields)))
    assert refusal.code == "word.out_of_range"
    assert (refusal.facts["field"], refusal.facts["value"]) == (field, value)
    assert str(value) in refusal.said.zh
    assert str(refusal.facts["high"]) in refusal.said.en


def test_red_needs_a_reason():
    word = words.SafetyWord(colour=Colour.RED, reason=0, expires_min=NOON)
    assert refused(lambda: words.pack_safety(word)).code == "word.contradiction"


def test_a_test_ages_by_the_minute():
    word = words.pack_recent(
        words.recent_as_of(NOON, sampled_min=NOON - 3, resulted_min=NOON - 2, result=words.LastResult.NEGATIVE)
    )
    assert words.sample_age_min(word, NOON + 2877) == 48 * 60
    assert words.result_age_min(word, NOON + 2878) == 48 * 60


def test_a_test_dated_a_little_ahead_has_age_zero():
    word = words.pack_recent(words.recent_as_of(NOON, sampled_min=NOON + 5))
    assert words.sample_age_min(word, NOON) == 0


def test_what_does_not_fit_the_recent_word_errs_to_the_careful_side():
    of_long_ago = words.recent_as_of(
        NOON,
        sampled_min=NOON - 40 * 1440,
        resulted_min=NOON - 40 * 1440,
        result=words.LastResult.NEGATIVE,
        travel=Travel.CLEAR,
        travel_expires_min=NOON + 100 * 1440,
    )
    assert (of_long_ago.sampled_min, of_long_ago.resulted_min, of_long_ago.result) == (0, 0, 0)
    assert of_long_ago.travel_expires_min < NOON + 22 * 1440
    tomorrow = words.recent_as_of(NOON, sampled_min=NOON + 1440)
    assert tomorrow.sampled_min == 0
    lapsed = words.recent_as_of(NOON, travel=Travel.CLEAR, travel_expires_min=NOON)
    assert lapsed.travel == Travel.UNKNOWN


def test_travel_lapses_by_itself():
    word = words.pack_recent(
        words.recent_as_of(NOON, travel=Travel.RISK, travel_expires_min=NOON + 44, sampled_min=NOON - 1)
    )
    assert words.travel_at(word, NOON + 29) == Travel.RISK
    assert words.travel_at(word, NOON + 30) == Travel.UNKNOWN
    assert words.sample_age_min(word, NOON + 30) == 31


def test_strict_packing_refuses_what_does_not_fit_exactly():
    too_old = words.RecentWord(day=NOON // 1440, sampled_min=NOON - 30 * 1440)
    assert refused(lambda: words.pack_recent(too_old)).facts["field"] == "sampled_min"
    between = words.RecentWord(day=NOON // 1440, travel=Travel.CLEAR, travel_expires_min=NOON + 7)
    assert refused(lambda: words.pack_recent(between)).code == "word.out_of_range"


def test_a_short_word_states_only_what_holds_until_the_end():
    safety = words.pack_safety(GREEN)
    recent = words.pack_recent(words.recent_as_of(NOON, travel=Travel.CLEAR, travel_expires_min=NOON + 15))

    def shown(until_min):
        return short_word.unpack_short(short_word.shorten(safety, recent, from_min=NOON, until_min=until_min))

    assert (shown(NOON + 15).colour, shown(NOON + 15).travel) == (Colour.GREEN, Travel.CLEAR)
    assert (shown(NOON + 16).colour, shown(NOON + 16).travel) == (Colour.GREEN, Travel.UNKNOWN)
    assert shown(NOON + 61).colour == Colour.UNKNOWN
    assert short_word.until_at_most(safety, recent, from_min=NOON, until_min=NOON + 99) == NOON + 15
    assert short_word.until_at_most(safety, recent, from_min=NOON + 15, until_min=NOON + 99) == NOON + 60


def test_a_short_word_tells_the_hour_of_a_test_and_not_its_minute():
    def shown(sampled_min):
        recent = words.pack_recent(words.recent_as_of(NOON, sampled_min=sampled_min))
        return short_word.shorten(0, recent, from_min=NOON + 7, until_min=NOON + 12)

    assert len({shown(NOON - 60 + minute) for minute in range(60)}) == 1
    assert shown(NOON - 61) != shown(NOON - 60)


def test_no_short_word_means_nothing_known():
    nothing = short_word.unpack_short(short_word.NOTHING_KNOWN)
    assert nothing == short_word.ShortWord()
    assert short_word.age_at_most_min(0, from_min=NOON, at_min=NOON) is None
