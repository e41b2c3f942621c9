"""Moments as whole minutes and days since the epoch of our bytes, 2000-01-01T00:00Z.

All our bytes count in UTC and floor: a validity so ends up to 59 s early and a test looks up to 59 s
older, never the other way. Leap seconds do not exist here, as they do not in POSIX time. 26 bits of
minutes last to 2127-08-05, 15 bits of days to 2089-09-18. Minute 0 and day 0 mean "none".
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from fangxian.core.policy.byte_refusals import require_range

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
EPOCH_UNIX_S: Final = 946_684_800
DAY_MIN: Final = 1440
MINUTE_BITS: Final = 26
LAST_MINUTE: Final = (1 << MINUTE_BITS) - 1
DAY_BITS: Final = 15
LAST_DAY: Final = (1 << DAY_BITS) - 1


def minute_of(at: datetime) -> int:
    """Minutes from the epoch to `at`, floored.

    Raises
    ------
    ValueError
        If `at` has no time zone: a county's noon is not a moment.
    Refusal
        `word.out_of_range` before 2000-01-01T00:01Z or after 2127-08-05.
    """
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no time zone; minutes are counted from an aware datetime")
    return require_range("minute", (at - EPOCH) // timedelta(minutes=1), 1, LAST_MINUTE)


def moment_of(minute: int) -> datetime:
    """The moment, in UTC, at which that minute begins."""
    return EPOCH + timedelta(minutes=require_range("minute", minute, 1, LAST_MINUTE))


def second_of(at: datetime) -> int:
    """Seconds from the epoch to `at`, floored; for codes that rotate."""
    minute_of(at)
    return (at - EPOCH) // timedelta(seconds=1)
