"""Taking records of the journal in: rows, tallies and the place in the segment, in one transaction.

It writes no audit line of its own: a segment's line, once it is read to its end, stands for all its scans
and carries the digest of its bytes.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection, models, transaction

from fangxian.core.policy.byte_journal import HEADER_BYTES, NOT_DECIDED, ScanRecord
from fangxian.core.policy.byte_seal import NO_CHAIN, faults_of, seal_at_end
from fangxian.ops.audit.actions import record

from ..models import DayTally, ErasedNumber, JournalSegment, MinuteTally, ReasonTally, Scan, VenueSeen
from ..wire import COLUMNS, Counts, Piece, RuleOf, as_values, counts_of, moment_of_ms

log = logging.getLogger("fangxian.visits")
MOST_AT_ONCE = 500


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
    point.

    Raises
    ------
    ValueError
        For more than MOST_AT_ONCE records: other writers wait meanwhile.
    """
    if len(piece.records) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} records at once, not {len(piece.records)}")
    with transaction.atomic():
        segment = _segment_of(piece)
        _note_gap(segment, piece.first)
        fresh = piece.records[max(0, segment.next_number - piece.first) :]
        new, taken = _sorted_out(fresh)
        _note_decided(fresh, new)
        _write_many(INSERT_SCAN, (as_values(found, _as_moment(), _as_id()) for found in new))
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


def _sorted_out(records: Sequence[ScanRecord]) -> tuple[list[ScanRecord], TakenIn]:
    """The records that are new, and how many were repeats, disputes, or of somebody erased."""
    on_record = Scan.objects.filter(scan_id__in=[UUID(bytes=found.id) for found in records])
    known = {
        (device, scan_id.bytes): digest
        for device, scan_id, digest in on_record.values_list("device", "scan_id", "digest")
    }
    numbers = {found.gate_number for found in records}
    erased = set(ErasedNumber.objects.filter(gate_number__in=numbers).values_list("gate_number", flat=True))
    new: list[ScanRecord] = []
    n_repeated = n_disputed = n_erased = 0
    for found in records:
        key, digest = (found.device, found.id), found.digest.hex()
        before = known.get(key)
        if found.gate_number in erased:
            n_erased += 1
        elif before is None:
            known[key] = digest
            new.append(found)
        elif before == digest:
            n_repeated += 1
        else:
            n_disputed += 1
    return new, TakenIn(len(new), n_repeated, n_disputed, n_erased)


def _note_decided(records: Sequence[ScanRecord], new: Sequence[ScanRecord]) -> None:
    """Of scans that were on record, what their door had decided since: they come once more for that. A row that is in
    the archive without it goes there again, as a supplement, and the night leaves the one that knows."""
    are_new = {id(found) for found in new}
    for found in records:
        if found.decided != NOT_DECIDED and id(found) not in are_new:
            once = Scan.objects.filter(device=found.device, scan_id=UUID(bytes=found.id), digest=found.digest.hex())
            once.filter(decided__isnull=True).update(decided=found.decided, part=None)


def _move_on(segment: JournalSegment, piece: Piece, fresh: Sequence[ScanRecord], taken: TakenIn) -> None:
    segment.offset = max(segment.offset, piece.offset)
    segment.next_number = max(segment.next_number, piece.first + len(piece.records))
    segment.n_new += taken.n_new
    segment.n_repeated += taken.n_repeated
    segment.n_disputed += taken.n_disputed
    segment.n_erased += taken.n_erased
    if fresh:
        newest = moment_of_ms(max(found.received_ms for found in fresh))
        segment.newest_received_at = max(newest, segment.newest_received_at or newest)
    segment.save()


def _count(counts: Counts) -> None:
    moment, as_day = _as_moment(), connection.ops.adapt_datefield_value
    _write_many(ADD_MINUTE, ((moment(minute), *tally[:3]) for minute, tally in counts.minutes.items()))
    _write_many(ADD_DAY, ((as_day(day), township, *tally) for (day, township), tally in counts.days.items()))
    _write_many(ADD_REASON, ((as_day(day), *key, n) for (day, *key), n in counts.reasons.items()))
    seen = counts.venues.items()
    _write_many(
        SEE_VENUE,
        ((venue, moment(moment_of_ms(scanned)), moment(moment_of_ms(got)), n) for venue, (scanned, got, n) in seen),
    )


def _insert(model: type[models.Model], columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" AS old ({names}) VALUES ({values})'


def _insert_or_add(
    model: type[models.Model], keys: Sequence[str], added: Sequence[str], latest: Sequence[str] = ()
) -> str:
    """A statement that inserts a tally, or adds to the one that is there; of `latest` the later one stays."""
    updates = [f'"{name}" = old."{name}" + excluded."{name}"' for name in added]
    updates += [
        f'"{name}" = CASE WHEN excluded."{name}" > old."{name}" THEN excluded."{name}" ELSE old."{name}" END'
        for name in latest
    ]
    conflict = ", ".join(f'"{name}"' for name in keys)
    insert = _insert(model, [*keys, *latest, *added])
    return f"{insert} ON CONFLICT ({conflict}) DO UPDATE SET {', '.join(updates)}"


INSERT_SCAN = _insert(Scan, COLUMNS)
ADD_MINUTE = _insert_or_add(MinuteTally, ["minute_at"], ["n_admit", "n_verify", "n_refuse"])
ADD_DAY = _insert_or_add(DayTally, ["day_on", "township"], ["n_admit", "n_verify", "n_refuse", "n_late"])
ADD_REASON = _insert_or_add(ReasonTally, ["day_on", "rule", "outcome"], ["n_scans"])
SEE_VENUE = _insert_or_add(VenueSeen, ["venue_number"], ["n_scans"], latest=["last_scanned_at", "last_received_at"])


def _write_many(statement: str, rows: Iterable[tuple]) -> None:
    """Django's own way to the same rows costs ten times as much, most of it before a statement is sent."""
    values = list(rows)
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _as_moment() -> Callable[[datetime], object]:
    return connection.ops.adapt_datetimefield_value


def _as_id() -> Callable[[UUID], object]:
    return (lambda id_: id_) if connection.features.has_native_uuid_field else (lambda id_: id_.hex)


@transaction.atomic
def finish_segment(*, gate: int, sequence: int, whole: bytes, at: datetime, by: str) -> None:
    """A segment is sealed and read to its end: its seal is held against its bytes and against the chain, and one line
    in the record stands for all its scans. What is wrong with it is said there; its whole records are in all the same.
    """
    segment = JournalSegment.objects.select_for_update().get(gate=gate, sequence=sequence)
    faults = faults_of(whole, gate=gate, sequence=sequence, previous=_chain_before(gate, sequence))
    seal = seal_at_end(whole)
    segment.read_at, segment.chain = at, seal.chain.hex() if seal else ""
    segment.faults = ", ".join(fault.name.lower() for fault in faults)
    segment.save(update_fields=["read_at", "chain", "faults"])
    name = f"{gate:08x}-{sequence:08d}"
    if faults:
        log.error("segment %s: %s", name, segment.faults)
    facts = {
        "segment": name,
        "sha256": sha256(whole).hexdigest(),
        "chain": segment.chain,
        "faults": segment.faults,
        "n_bytes": len(whole),
        "numbers": [segment.first_number, segment.next_number],
        "n_new": segment.n_new,
        "n_repeated": segment.n_repeated,
        "n_disputed": segment.n_disputed,
        "n_missing": segment.n_missing,
    }
    record("visits.segment_read", by=by, facts=facts)


def _chain_before(gate: int, sequence: int) -> bytes | None:
    """The chain's value that a segment must follow on; None when what is before it was never read here.

    A gate's segments have no gap: one that follows on none of ours, while earlier ones are known, lacks its
    predecessor.
    """
    before = JournalSegment.objects.filter(gate=gate, sequence__lt=sequence).order_by("-sequence").first()
    if before is None:
        return NO_CHAIN if sequence == 0 else None
    return bytes.fromhex(before.chain) if before.chain else None
