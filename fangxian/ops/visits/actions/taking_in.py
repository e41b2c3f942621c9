"""Taking records of the journal in: rows, tallies and the place in the segment, in one transaction.

It writes no audit line of its own: a segment's line, once it is read to its end, stands for all its scans
and carries the digest of its bytes.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from fangxian.core.policy.byte_journal import HEADER_BYTES
from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.audit.actions import record

from ..models import DayTally, ErasedNumber, JournalSegment, MinuteTally, ReasonTally, Scan, VenueSeen
from ..wire import Counts, Piece, RuleOf, as_row, counts_of, moment_of_ms

log = logging.getLogger("fangxian.visits")
MOST_AT_ONCE = 500
COLUMN_OF = {Outcome.ADMIT: "n_admit", Outcome.VERIFY: "n_verify", Outcome.REFUSE: "n_refuse"}


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of some records."""

    n_new: int = 0
    n_repeated: int = 0
    n_disputed: int = 0
    n_erased: int = 0

    def __add__(self, other: "TakenIn") -> "TakenIn":
        return TakenIn(
            self.n_new + other.n_new,
            self.n_repeated + other.n_repeated,
            self.n_disputed + other.n_disputed,
            self.n_erased + other.n_erased,
        )

    @property
    def n_records(self) -> int:
        return self.n_new + self.n_repeated + self.n_disputed + self.n_erased


def take_in(*, piece: Piece, townships: Mapping[int, str], rule_of: RuleOf) -> TakenIn:
    """Make rows of records, count them, and remember how far the segment is read: all in one transaction.

    What was taken in before is passed over, by its number and then by its id, so it may be repeated from any
    point. One process at a time takes in (`tail.locked`): the tallies are read and written back.

    Raises
    ------
    ValueError
        For more than MOST_AT_ONCE records: other writers wait meanwhile.
    """
    if len(piece.records) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} records at once, not {len(piece.records)}")
    rows = [as_row(found) for found in piece.records]
    with transaction.atomic():
        segment = _segment_of(piece)
        _note_gap(segment, piece.first)
        fresh = rows[max(0, segment.next_number - piece.first) :]
        new, taken = _sorted_out(fresh)
        Scan.objects.bulk_create(new)
        _count(counts_of(new, townships, rule_of))
        _move_on(segment, piece, fresh, taken)
    return taken


def _segment_of(piece: Piece) -> JournalSegment:
    segment = JournalSegment.objects.select_for_update().filter(gate=piece.gate, sequence=piece.sequence).first()
    if segment:
        return segment
    before = JournalSegment.objects.filter(gate=piece.gate, sequence__lt=piece.sequence).order_by("-sequence").first()
    # A gate whose disk failed counts again what it had not acknowledged; so the count may step back, never ahead.
    n_missing = max(0, piece.first_of_segment - before.next_number) if before else 0
    if n_missing:
        log.error("segment %s-%s: %s numbers are missing before it", f"{piece.gate:08x}", piece.sequence, n_missing)
    return JournalSegment.objects.create(
        gate=piece.gate,
        sequence=piece.sequence,
        created_at=moment_of_ms(piece.created_ms),
        offset=HEADER_BYTES,
        first_number=piece.first_of_segment,
        next_number=piece.first_of_segment,
        n_missing=n_missing,
    )


def _note_gap(segment: JournalSegment, first: int) -> None:
    if first > segment.next_number:
        n_missing = first - segment.next_number
        log.error("segment %s-%s: %s records are damaged", f"{segment.gate:08x}", segment.sequence, n_missing)
        segment.n_missing += n_missing


def _sorted_out(rows: Sequence[Scan]) -> tuple[list[Scan], TakenIn]:
    """The rows that are new, and how many were repeats, disputes, or of somebody erased."""
    known = {
        (device, scan_id): digest
        for device, scan_id, digest in Scan.objects.filter(scan_id__in=[row.scan_id for row in rows]).values_list(
            "device", "scan_id", "digest"
        )
    }
    erased = set(
        ErasedNumber.objects.filter(gate_number__in={row.gate_number for row in rows}).values_list(
            "gate_number", flat=True
        )
    )
    new: list[Scan] = []
    n_repeated = n_disputed = n_erased = 0
    for row in rows:
        before = known.get((row.device, row.scan_id))
        if row.gate_number in erased:
            n_erased += 1
        elif before is None:
            known[row.device, row.scan_id] = row.digest
            new.append(row)
        elif before == row.digest:
            n_repeated += 1
        else:
            n_disputed += 1
    return new, TakenIn(len(new), n_repeated, n_disputed, n_erased)


def _move_on(segment: JournalSegment, piece: Piece, fresh: Sequence[Scan], taken: TakenIn) -> None:
    segment.offset = max(segment.offset, piece.offset)
    segment.next_number = max(segment.next_number, piece.first + len(piece.records))
    segment.n_new += taken.n_new
    segment.n_repeated += taken.n_repeated
    segment.n_disputed += taken.n_disputed
    segment.n_erased += taken.n_erased
    newest = [row.received_at for row in fresh]
    if segment.newest_received_at:
        newest.append(segment.newest_received_at)
    segment.newest_received_at = max(newest, default=None)
    segment.save()


def _count(counts: Counts) -> None:
    _count_minutes(counts)
    _count_days(counts)
    _count_reasons(counts)
    _count_venues(counts)


def _count_minutes(counts: Counts) -> None:
    minutes = {minute for minute, _ in counts.minutes}
    tallies = MinuteTally.objects.in_bulk(minutes)
    for (minute, outcome), n in counts.minutes.items():
        _add(tallies.setdefault(minute, MinuteTally(minute_at=minute)), COLUMN_OF[Outcome(outcome)], n)
    _put_back(tallies.values(), ["minute_at"], [*COLUMN_OF.values()])


def _count_days(counts: Counts) -> None:
    found = DayTally.objects.filter(day_on__in={day for day, _, _ in counts.days})
    tallies: dict[tuple[date, str], DayTally] = {(tally.day_on, tally.township): tally for tally in found}
    touched = {}
    for (day, township, outcome), n in counts.days.items():
        tally = tallies.setdefault((day, township), DayTally(day_on=day, township=township))
        _add(tally, COLUMN_OF[Outcome(outcome)], n)
        touched[day, township] = tally
    for key, n in counts.late.items():
        _add(touched[key], "n_late", n)
    _put_back(touched.values(), ["day_on", "township"], [*COLUMN_OF.values(), "n_late"])


def _count_reasons(counts: Counts) -> None:
    found = ReasonTally.objects.filter(day_on__in={day for day, _, _ in counts.reasons})
    tallies = {(tally.day_on, tally.rule, tally.outcome): tally for tally in found}
    touched = []
    for key, n in counts.reasons.items():
        day, rule, outcome = key
        tally = tallies.get(key) or ReasonTally(day_on=day, rule=rule, outcome=outcome)
        _add(tally, "n_scans", n)
        touched.append(tally)
    _put_back(touched, ["day_on", "rule", "outcome"], ["n_scans"])


def _count_venues(counts: Counts) -> None:
    seen = VenueSeen.objects.in_bulk(counts.venues)
    touched = []
    for venue, (scanned_at, received_at, n) in counts.venues.items():
        row = seen.get(venue) or VenueSeen(venue_number=venue, last_scanned_at=scanned_at, last_received_at=received_at)
        row.last_scanned_at = max(row.last_scanned_at, scanned_at)
        row.last_received_at = max(row.last_received_at, received_at)
        _add(row, "n_scans", n)
        touched.append(row)
    _put_back(touched, ["venue_number"], ["last_scanned_at", "last_received_at", "n_scans"])


def _add(tally, column: str, n: int) -> None:
    setattr(tally, column, getattr(tally, column) + n)


def _put_back(tallies, unique_fields: list[str], update_fields: list[str]) -> None:
    rows = list(tallies)
    if rows:
        type(rows[0]).objects.bulk_create(
            rows, update_conflicts=True, unique_fields=unique_fields, update_fields=update_fields
        )


@transaction.atomic
def finish_segment(*, gate: int, sequence: int, digest: str, n_bytes: int, at: datetime, by: str) -> None:
    """A segment is read to its end, and a later one exists: one line in the record stands for all its scans."""
    segment = JournalSegment.objects.select_for_update().get(gate=gate, sequence=sequence)
    segment.read_at = at
    segment.save(update_fields=["read_at"])
    facts = {
        "segment": f"{gate:08x}-{sequence:08d}",
        "sha256": digest,
        "n_bytes": n_bytes,
        "numbers": [segment.first_number, segment.next_number],
        "n_new": segment.n_new,
        "n_repeated": segment.n_repeated,
        "n_disputed": segment.n_disputed,
        "n_missing": segment.n_missing,
    }
    record("visits.segment_read", by=by, facts=facts)
