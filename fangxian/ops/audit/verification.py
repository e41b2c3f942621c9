"""Is the record true? Reads it from first to last and says what was changed, where.

One pass in pages over the seals with their lines and details, then the tail that is not sealed yet; memory
does not grow with the record. Nothing is written, so it may run beside a working county.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import connection

from fangxian.ops.realm.current import county_now

from .findings import Fault, Report
from .heads import Head, is_ours, read_heads
from .models import VIEWS_KEPT_DAYS, AuditLine, AuditSeal, AuditSubject, ViewLog, microseconds, moment
from .queries import facts
from .wire import (
    DETAILS_ERASED,
    FIRST_PREVIOUS,
    LINE_FIELDS,
    VIEWS,
    commitment_of,
    digest_of_erased,
    digest_of_views,
    exact_bytes,
    hash_of_line,
    hash_of_seal,
    unseal_told,
)

PAGE = 2000
HEADLESS_FOR_S = 300  # a chain older than this without any signed head has lost it

_LINE = ", ".join(f"l.{name}" for name in LINE_FIELDS)
_DETAIL = "d.line_id, d.salt, d.sealed, d.erased_by, d.erased_in_id, d.erased_at || ''"
_SEALED = f"""
SELECT s.seq, s.line_id, s.sealed_us, s.line_hash, s.previous_hash, s.hash, {_LINE}, {_DETAIL}
FROM audit_auditseal s
LEFT JOIN audit_auditline l ON l.id = s.line_id
LEFT JOIN audit_auditdetail d ON d.line_id = s.line_id
WHERE s.seq > %s ORDER BY s.seq LIMIT %s
"""
_UNSEALED = """
SELECT count(*), min(l.recorded_us), count(*) FILTER (WHERE w.line_id IS NULL),
       min(l.id) FILTER (WHERE w.line_id IS NULL), min(l.id)
FROM audit_auditline l
LEFT JOIN audit_auditseal s ON s.line_id = l.id
LEFT JOIN audit_auditwaiting w ON w.line_id = l.id
WHERE s.seq IS NULL
"""
_UNSEALED_DETAILS = f"""
SELECT l.id, l.commitment, {_DETAIL}
FROM audit_auditline l
JOIN audit_auditwaiting w ON w.line_id = l.id
LEFT JOIN audit_auditseal s ON s.line_id = l.id
LEFT JOIN audit_auditdetail d ON d.line_id = l.id
WHERE s.seq IS NULL AND l.id > %s ORDER BY l.id LIMIT %s
"""


def verify(
    *, kept_heads: Iterable[Head | None] = (), step: Callable[[int, int], None] = lambda done, total: None
) -> Report:
    """Whether every line, detail, seal and signed head is what it was.

    Parameters
    ----------
    kept_heads : heads that an outsider has kept, in rising order of `seq`
    step : told how many seals are read, of how many

    Returns
    -------
    Report
        Its findings name the first broken places. An unsealed tail is reported, not a fault; details
        erased by order are counted by order, not a fault.
    """
    report = Report()
    walk = _Walk(report, [_Heads(read_heads(), report), _Heads(iter(kept_heads), report, are_kept=True)])
    total = AuditSeal.objects.count()
    while page := _page(_SEALED, walk.seq):
        walk.read(page)
        step(report.n_sealed, max(total, report.n_sealed))
    walk.end()
    _read_tail(report)
    return report


def _page(query: str, after: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, [after, PAGE])
        return cursor.fetchall()


class _Heads:
    """Signed heads read beside the chain, in step with it."""

    def __init__(self, heads, report: Report, *, are_kept: bool = False) -> None:
        self._heads, self._report, self._are_kept = heads, report, are_kept
        self._passed = 0
        self._next = self._take()

    def _take(self) -> Head | None:
        for head in self._heads:
            if head is None:
                self._report.add(Fault.HEAD_UNREADABLE, self._passed)
            elif not is_ours(head):
                self._report.add(Fault.HEAD_NOT_OURS, head.seq)
            elif head.seq < self._passed:
                self._report.add(Fault.HEAD_UNREADABLE, head.seq)
            else:
                self._passed = head.seq
                return head
        return None

    def check(self, seq: int, hash_: bytes) -> None:
        while self._next and self._next.seq <= seq:
            if self._next.seq == seq and self._next.hash == hash_.hex():
                self._report.n_heads += 1
                self._report.headed_seq = max(self._report.headed_seq, seq)
            else:
                self._report.add(Fault.HEAD_DIFFERS, self._next.seq, at=self._next.at)
            self._next = self._take()

    def end(self, last: int, first_sealed_us: int | None) -> None:
        """What is left of the heads once the chain is read; what was sealed meanwhile is no truncation."""
        while self._next and _has_grown_to(self._next):
            self._next = self._take()
        if self._next:
            self._report.add(Fault.TRUNCATED, self._next.seq, at=self._next.at, last=last)
        elif last and not self._passed and not self._are_kept and first_sealed_us is not None:
            age = datetime.now(UTC) - moment(first_sealed_us)
            if age > timedelta(seconds=HEADLESS_FOR_S):
                self._report.add(Fault.HEADS_MISSING, last)


class _Walk:
    """The pass over the seals: what has to be remembered from one to the next."""

    def __init__(self, report: Report, heads: list[_Heads]) -> None:
        self._report, self._heads = report, heads
        self.seq = 0
        self._previous = FIRST_PREVIOUS
        self._first_sealed_us: int | None = None
        self._erasures: dict[int, tuple] = {}
        self._views_kept_since = microseconds(county_now() - timedelta(days=VIEWS_KEPT_DAYS))

    def read(self, page: list[tuple]) -> None:
        n_line = 6 + len(LINE_FIELDS)
        subjects = _subjects_in(page)
        for row in page:
            seal, line, detail = row[:6], row[6:n_line], row[n_line:]
            self._read_seal(*seal)
            if line[0] is None:
                self._report.add(Fault.LINE_MISSING, self.seq, line=seal[1])
                continue
            self._read_line(line, seal[3], subjects)
            self._read_detail(line, detail)

    def _read_seal(self, seq, line_id, sealed_us, line_hash, previous_hash, hash_) -> None:
        if seq != self.seq + 1:
            self._report.add(Fault.SEAL_MISSING, self.seq + 1, last=seq - 1)
        try:
            line_hash, previous_hash, hash_ = map(exact_bytes, (line_hash, previous_hash, hash_))
            is_sound = hash_of_seal(seq, line_id, sealed_us, line_hash, previous_hash) == hash_
        except (TypeError, ValueError):
            is_sound, hash_ = False, b""
        if not is_sound:
            self._report.add(Fault.SEAL_CHANGED, seq)
        elif seq == self.seq + 1 and previous_hash != self._previous:
            self._report.add(Fault.ORDER_BROKEN, seq)
        self.seq, self._previous = seq, hash_
        self._report.n_sealed += 1
        if self._first_sealed_us is None and isinstance(sealed_us, int):
            self._first_sealed_us = sealed_us
        for heads in self._heads:
            heads.check(seq, hash_)

    def _read_line(self, line: tuple, line_hash, subjects: dict[int, list[str]]) -> None:
        try:
            is_sound = hash_of_line(line) == line_hash
        except (TypeError, ValueError):
            is_sound = False
        if not is_sound:
            self._report.add(Fault.LINE_CHANGED, self.seq, line=line[0])
            return
        named = dict(zip(LINE_FIELDS, line, strict=True))
        if subjects.get(line[0], []) != named["subjects"].split():
            self._report.add(Fault.SUBJECTS_DIFFER, self.seq, line=line[0])
        if named["action"] == VIEWS:
            self._read_views(line[0], facts(AuditLine(**named)))

    def _read_views(self, line_id: int, said: dict) -> None:
        if said["first_us"] < self._views_kept_since:
            return
        if digest_of_views(ViewLog.objects.filter(line=line_id).order_by("id")) != said["rows"]:
            self._report.add(Fault.VIEWS_DIFFER, self.seq, line=line_id)

    def _read_detail(self, line: tuple, detail: tuple) -> None:
        fault = fault_of_detail(line[LINE_FIELDS.index("commitment")], detail)
        if fault:
            self._report.add(fault, self.seq, line=line[0])
        elif detail[4] is not None:
            self._note_erased(line, detail)

    def _note_erased(self, line: tuple, detail: tuple) -> None:
        order, erased_in, erased_at = detail[3:6]
        if erased_in not in self._erasures:
            self._erasures[erased_in] = (_erasure(erased_in), sha256(), [0])
        erasure, digest, count = self._erasures[erased_in]
        if erasure is None or facts(erasure)["order"] != order or not _is_moment(erased_at, erasure.at_us):
            self._report.add(Fault.ERASED_WITHOUT_ORDER, self.seq, line=line[0])
            return
        digest.update(line[1].encode() + b"\n")
        count[0] += 1
        self._report.erased[order] = self._report.erased.get(order, 0) + 1

    def end(self) -> None:
        for erasure, digest, count in self._erasures.values():
            said = facts(erasure) if erasure else {}
            # What was erased behind this pass while it ran was not counted by it: ask the table before saying so.
            if said and said["lines"] not in (digest.hexdigest(), _digest_erased_in(erasure)):
                facts_of_finding = {"order": said["order"], "n_said": said["n_details"], "n_found": count[0]}
                self._report.add(Fault.ERASURE_DIFFERS, self.seq, line=erasure.pk, **facts_of_finding)
        for heads in self._heads:
            heads.end(self.seq, self._first_sealed_us)


def fault_of_detail(commitment, detail: tuple) -> Fault | None:
    """What is wrong with a line's detail in itself; None for a sound one and for a tombstone."""
    line_id, salt, sealed, order, erased_in, _ = detail
    if line_id is None:
        return Fault.DETAIL_MISSING
    try:
        salt, sealed, commitment = map(exact_bytes, (salt, sealed, commitment))
    except TypeError:
        return Fault.DETAIL_CHANGED
    if erased_in is not None:
        return Fault.DETAIL_CHANGED if salt or sealed else None
    if not sealed:
        return Fault.ERASED_WITHOUT_ORDER
    text = unseal_told(sealed)
    is_sound = text is not None and commitment_of(salt, text) == commitment and order == "" and detail[5] is None
    return None if is_sound else Fault.DETAIL_CHANGED


def _subjects_in(page: list[tuple]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = AuditSubject.objects.filter(line_id__in=[row[1] for row in page]).order_by("subject")
    for line_id, subject in rows.values_list("line_id", "subject"):
        found.setdefault(line_id, []).append(subject)
    return found


def _erasure(line_id) -> AuditLine | None:
    return AuditLine.objects.filter(pk=line_id, action=DETAILS_ERASED).first()


def _digest_erased_in(erasure: AuditLine) -> str:
    seals = AuditSeal.objects.filter(line__detail__erased_in=erasure).order_by("seq")
    return digest_of_erased(seals.values_list("line__uuid", flat=True).iterator())


def _has_grown_to(head: Head) -> bool:
    return AuditSeal.objects.filter(seq=head.seq, hash=bytes.fromhex(head.hash)).exists()


def _is_moment(stored: object, us: int) -> bool:
    """Whether a stored datetime, as the database's own text, is exactly this moment."""
    if not isinstance(stored, str):
        return False
    if connection.vendor == "postgresql":
        return datetime.fromisoformat(stored) == moment(us)
    return stored == str(connection.ops.adapt_datetimefield_value(moment(us)))


def _read_tail(report: Report) -> None:
    """Lines not sealed yet: how many, since when, and whether they wait where they should."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED)
        n_unsealed, since_us, n_withheld, withheld, _ = cursor.fetchone()
    report.n_unsealed = n_unsealed
    report.unsealed_since = moment(since_us) if n_unsealed else None
    place = report.n_sealed + 1
    if n_withheld:
        report.add(Fault.LINE_WITHHELD, place, n=n_withheld, line=withheld)
    after = 0
    while page := _page(_UNSEALED_DETAILS, after):
        for line_id, commitment, *detail in page:
            if fault := fault_of_detail(commitment, tuple(detail)):
                report.add(fault, place, line=line_id)
        after = page[-1][0]
