"""A record of the journal as a row, rows as counts, and counts as the JSON that every viewer gets."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.byte_journal import NOT_DECIDED, NOT_TAKEN, ScanMark, ScanRecord
from fangxian.core.policy.vocabulary import Outcome

from .models import Scan

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ON_RECORD_NOWHERE = ""  # the township of a venue that is not on record

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


@dataclass(slots=True)
class Counts:
    """What a set of scans adds to the tallies."""

    minutes: Counter[tuple[datetime, int]] = field(default_factory=Counter)
    days: Counter[tuple[date, str, int]] = field(default_factory=Counter)
    late: Counter[tuple[date, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[date, str, int]] = field(default_factory=Counter)
    venues: dict[int, tuple[datetime, datetime, int]] = field(default_factory=dict)


def moment_of_ms(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def as_row(record: ScanRecord) -> Scan:
    """A row that is not stored yet. (journal record → hot row)"""
    return Scan(
        device=record.device,
        scan_id=UUID(bytes=record.id),
        digest=record.digest.hex(),
        gate_number=record.gate_number,
        venue_number=record.venue,
        door=record.door,
        marks=record.marks,
        presence=record.presence,
        outcome=record.outcome,
        decided=None if record.decided == NOT_DECIDED else record.decided,
        temperature_tenths=None if record.temperature_tenths == NOT_TAKEN else record.temperature_tenths,
        scanned_at=moment_of_ms(record.scanned_ms),
        received_at=moment_of_ms(record.received_ms),
        sent_at=moment_of_ms(record.sent_ms) if record.sent_ms else None,
        mask=record.mask,
        tables=record.tables.hex(),
        safety=record.safety,
        recent=record.recent,
        snapshot=record.snapshot,
    )


def counts_of(rows: Sequence[Scan], townships: Mapping[int, str], rule_of: RuleOf) -> Counts:
    """What these scans add to the tallies, each under the county day and minute in which it was scanned."""
    counts = Counts()
    for row in rows:
        local = localtime(row.scanned_at)
        day, township = local.date(), townships.get(row.venue_number, ON_RECORD_NOWHERE)
        counts.minutes[local.replace(second=0, microsecond=0), row.outcome] += 1
        counts.days[day, township, row.outcome] += 1
        if row.marks & ScanMark.LATE:
            counts.late[day, township] += 1
        if row.outcome != Outcome.ADMIT:
            counts.reasons[day, closest_rule(row, rule_of), row.outcome] += 1
        seen = counts.venues.get(row.venue_number, (row.scanned_at, row.received_at, 0))
        counts.venues[row.venue_number] = (
            max(seen[0], row.scanned_at),
            max(seen[1], row.received_at),
            seen[2] + 1,
        )
    return counts


def closest_rule(row: Scan, rule_of: RuleOf) -> str:
    """The rule that a scan was answered by: the lowest bit of its mask."""
    return rule_of(bytes.fromhex(row.tables), (row.mask & -row.mask).bit_length() - 1) if row.mask else ""
