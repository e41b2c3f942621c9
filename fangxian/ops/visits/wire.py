"""A record of the journal as a row, and as what it adds to the day's counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.byte_journal import NOT_DECIDED, NOT_TAKEN, ScanMark, ScanRecord
from fangxian.core.policy.vocabulary import Outcome

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ON_RECORD_NOWHERE = ""  # the township of a venue that is not on record
MINUTE_MS = 60_000

# A row of the table of scans, in the order of `as_values`.
COLUMNS = (
    "device", "scan_id", "digest", "gate_number", "venue_number", "door", "marks", "presence", "outcome", "decided",
    "temperature_tenths", "scanned_at", "received_at", "sent_at", "mask", "tables", "safety", "recent", "snapshot",
)  # fmt: skip

# The number of the rule that a bit of a mask stands for, by the first bytes of the tables' digest; "" unknown.
RuleOf = Callable[[bytes, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Records of one segment, in order, as a reader found them.

    Attributes
    ----------
    gate, sequence, created_ms, first_of_segment : the segment's header
    first : number of the first of `records`
    offset : where the batch begins that holds the record after the last of them
    """

    gate: int
    sequence: int
    created_ms: int
    first_of_segment: int
    first: int
    records: Sequence[ScanRecord]
    offset: int


class Tally(NamedTuple):
    """How many scans, by outcome."""

    n_admit: int = 0
    n_verify: int = 0
    n_refuse: int = 0
    n_late: int = 0

    def with_one(self, outcome: int, is_late: bool) -> "Tally":
        admit, verify, refuse, late = self
        return Tally(
            admit + (outcome == Outcome.ADMIT),
            verify + (outcome == Outcome.VERIFY),
            refuse + (outcome == Outcome.REFUSE),
            late + is_late,
        )


@dataclass(slots=True)
class Counts:
    """What a set of scans adds to the tallies; a venue has its last scan's and receipt's time, and how many."""

    minutes: dict[datetime, Tally] = field(default_factory=dict)
    days: dict[tuple[date, str], Tally] = field(default_factory=dict)
    reasons: dict[tuple[date, str, int], int] = field(default_factory=dict)
    venues: dict[int, tuple[int, int, int]] = field(default_factory=dict)


def moment_of_ms(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def as_ms(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def as_values(record: ScanRecord, moment: Callable[[datetime], object], scan_id: Callable[[UUID], object]) -> tuple:
    """The values of COLUMNS, `moment` and `scan_id` making of them what the database's driver takes.

    (journal record → hot row)
    """
    return (
        record.device,
        scan_id(UUID(bytes=record.id)),
        record.digest.hex(),
        record.gate_number,
        record.venue,
        record.door,
        record.marks,
        record.presence,
        record.outcome,
        None if record.decided == NOT_DECIDED else record.decided,
        None if record.temperature_tenths == NOT_TAKEN else record.temperature_tenths,
        moment(moment_of_ms(record.scanned_ms)),
        moment(moment_of_ms(record.received_ms)),
        moment(moment_of_ms(record.sent_ms)) if record.sent_ms else None,
        record.mask,
        record.tables.hex(),
        record.safety,
        record.recent,
        record.snapshot,
    )


def counts_of(records: Sequence[ScanRecord], townships: Mapping[int, str], rule_of: RuleOf) -> Counts:
    """What these scans add to the tallies, each under the county day and minute in which it was scanned."""
    counts, none = Counts(), Tally()
    minutes: dict[int, datetime] = {}
    for record in records:
        at = record.scanned_ms // MINUTE_MS
        minute = minutes.get(at) or minutes.setdefault(at, localtime(moment_of_ms(at * MINUTE_MS)))
        is_late = bool(record.marks & ScanMark.LATE)
        counts.minutes[minute] = counts.minutes.get(minute, none).with_one(record.outcome, is_late)
        day = minute.date(), townships.get(record.venue, ON_RECORD_NOWHERE)
        counts.days[day] = counts.days.get(day, none).with_one(record.outcome, is_late)
        if record.outcome != Outcome.ADMIT:
            reason = day[0], closest_rule(record, rule_of), record.outcome
            counts.reasons[reason] = counts.reasons.get(reason, 0) + 1
        scanned_ms, received_ms, n = counts.venues.get(record.venue, (0, 0, 0))
        last = max(scanned_ms, record.scanned_ms), max(received_ms, record.received_ms)
        counts.venues[record.venue] = (*last, n + 1)
    return counts


def closest_rule(record: ScanRecord, rule_of: RuleOf) -> str:
    """The rule that a scan was answered by: the lowest bit of its mask."""
    return rule_of(record.tables, (record.mask & -record.mask).bit_length() - 1) if record.mask else ""
