"""Is the record true? Reads it from first to last and says what was changed, where.

One pass in pages over the seals with their lines and details, then the tail that is not sealed yet; memory
does not grow with the record. Nothing is written, so it may run beside a working county.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import DatabaseError, connection

from fangxian.ops.realm.current import county_now

from .findings import Fault, Report
from .heads import NO_HEAD, Head, is_ours, read_heads
from .models import VIEWS_KEPT_DAYS, AuditLine, AuditSeal, AuditSubject, microseconds, moment
from .queries import facts
from .tail import BROKEN, DETAIL, count_numbers, fault_of_detail, look_for_orphans, page_of, read_tail
from .wire import (
    DETAILS_ERASED,
    FIRST_PREVIOUS,
    LINE_FIELDS,
    VIEWS,
    digest_of_erased,
    digest_of_view_rows,
    exact_bytes,
    hash_of_line,
    hash_of_seal,
)

HEADLESS_FOR_S = 300  # what was sealed longer ago than this and is covered by no head has lost it

_LINE = ", ".join(f"l.{name}" for name in LINE_FIELDS)
_SEALED = f"""
SELECT s.seq, s.line_id, s.sealed_us, s.line_hash, s.previous_hash, s.hash, {_LINE}, {DETAIL}
FROM audit_auditseal s
LEFT JOIN audit_auditline l ON l.id = s.line_id
LEFT JOIN audit_auditdetail d ON d.line_id = s.line_id
WHERE s.seq > %s ORDER BY s.seq LIMIT %s
"""
_VIEWS = "SELECT id, viewer, subject, why, seen_at || '' FROM audit_viewlog WHERE line_id = %s ORDER BY id"


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
        erased by order are counted by order, not a fault. What cannot be read is a finding too, never an error.
    """
    report = Report()
    with _raw_text():
        try:
            _read_all(report, kept_heads, step)
        except DatabaseError as error:
            place = f"seal {report.n_sealed + 1} ff."
            report.add(Fault.UNREADABLE, report.n_sealed + 1, table="database", row=place, reason=str(error)[:120])
    return report


@contextmanager
def _raw_text() -> Iterator[None]:
    """Let SQLite hand over bytes stored as text, which are no text, instead of failing: they are a finding."""
    connection.ensure_connection()
    if not isinstance(connection.connection, sqlite3.Connection):
        yield
        return
    usual = connection.connection.text_factory
    connection.connection.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.connection.text_factory = usual


def _read_all(report: Report, kept_heads: Iterable[Head | None], step: Callable[[int, int], None]) -> None:
    walk = _Walk(report, [_Heads(read_heads(), report), _Heads(iter(kept_heads), report, are_kept=True)])
    total = AuditSeal.objects.count()
    while page := page_of(_SEALED, walk.seq):
        walk.read(page)
        step(report.n_sealed, max(total, report.n_sealed))
    walk.end()
    read_tail(report)
    look_for_orphans(report)
    count_numbers(report)


class _Heads:
    """Signed heads read beside the chain, in step with it."""

    def __init__(self, heads, report: Report, *, are_kept: bool = False) -> None:
        self._heads, self._report, self._are_kept = heads, report, are_kept
        self._passed = 0
        self._link: tuple[int, str] | None = NO_HEAD
        self._started_us = microseconds(datetime.now(UTC))
        self._bare: tuple[int, int] | None = None  # the first seal after the last head, and when it was made
        self._next = self._take()

    def _take(self) -> Head | None:
        for head in self._heads:
            if head is None:
                self._report.add(Fault.HEAD_UNREADABLE, self._passed)
            elif not is_ours(head):
                self._report.add(Fault.HEAD_NOT_OURS, head.seq)
                self._link = None
            elif head.seq < self._passed:
                self._report.add(Fault.HEAD_UNREADABLE, head.seq)
            else:
                self._passed = head.seq
                self._follow(head)
                return head
        return None

    def _follow(self, head: Head) -> None:
        """Those kept elsewhere may be any few; in the realm's own file each follows the one before."""
        if self._link and not self._are_kept and (head.number - 1, head.previous) != self._link:
            self._report.add(Fault.HEADS_CUT, head.seq, number=head.number)
        self._link = head.link

    def check(self, seq: int, hash_: bytes, sealed_us: object) -> None:
        is_headed = False
        while self._next and self._next.seq <= seq:
            if self._next.seq == seq and self._next.hash == hash_.hex():
                self._report.n_heads += 1
                if seq >= self._report.headed_seq:
                    self._report.headed_seq, self._report.headed_at = seq, self._next.at
            else:
                self._report.add(Fault.HEAD_DIFFERS, self._next.seq, at=self._next.at)
            is_headed = self._next.seq == seq
            self._next = self._take()
        if is_headed:
            self._bare = None
        elif self._bare is None and isinstance(sealed_us, int):
            self._bare = (seq, sealed_us)

    def end(self, last: int) -> None:
        """What is left of the heads once the chain is read; what was sealed meanwhile is no truncation."""
        while self._next and _has_grown_to(self._next):
            self._bare, self._next = None, self._take()
        if self._next:
            self._report.add(Fault.TRUNCATED, self._next.seq, at=self._next.at, last=last)
        elif self._bare and not self._are_kept and self._bare[1] < self._started_us - HEADLESS_FOR_S * 1_000_000:
            if self._passed:
                seq, sealed_us = self._bare
                self._report.add(Fault.HEADS_SHORT, seq, at=moment(sealed_us).isoformat(" ", "seconds"))
            else:
                self._report.add(Fault.HEADS_MISSING, last)


class _Walk:
    """The pass over the seals: what has to be remembered from one to the next."""

    def __init__(self, report: Report, heads: list[_Heads]) -> None:
        self._report, self._heads = report, heads
        self.seq = 0
        self._previous = FIRST_PREVIOUS
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
            self._attempt("audit_auditline", line[0], self._read_line, line, seal[3], subjects)
            self._attempt("audit_auditdetail", line[0], self._read_detail, line, detail)

    def _attempt(self, table: str, row: object, read: Callable[..., None], *given: object) -> None:
        """A row that holds what the program never writes is a finding, not the end of the verification."""
        try:
            read(*given)
        except BROKEN as error:
            reason = type(error).__name__
            self._report.add(Fault.UNREADABLE, self.seq, table=table, row=row, reason=reason)

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
        for heads in self._heads:
            heads.check(seq, hash_, sealed_us)

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
            self._attempt("audit_viewlog", f"line_id {line[0]}", self._read_views, line[0], facts(AuditLine(**named)))

    def _read_views(self, line_id: int, said: dict) -> None:
        if said["first_us"] < self._views_kept_since:
            return
        with connection.cursor() as cursor:
            cursor.execute(_VIEWS, [line_id])
            views = cursor.fetchall()
        rows = []
        for view in views:
            self._attempt("audit_viewlog", view[0], lambda *view: rows.append(_view_as_written(*view)), *view)
        if len(rows) == len(views) and digest_of_view_rows(rows) != said["rows"]:
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
        if erasure is None or _said_by(erasure).get("order") != order or not _is_moment(erased_at, erasure.at_us):
            self._report.add(Fault.ERASED_WITHOUT_ORDER, self.seq, line=line[0])
            return
        digest.update(line[1].encode() + b"\n")
        count[0] += 1
        self._report.erased[order] = self._report.erased.get(order, 0) + 1

    def end(self) -> None:
        for line_id, erasure in self._erasures.items():
            self._attempt("audit_auditdetail", f"erased_in {line_id}", self._end_erasure, *erasure)
        for heads in self._heads:
            heads.end(self.seq)

    def _end_erasure(self, erasure: AuditLine | None, digest, count: list[int]) -> None:
        said = _said_by(erasure)
        # What was erased behind this pass while it ran was not counted by it: ask the table before saying so.
        if said and said["lines"] not in (digest.hexdigest(), _digest_erased_in(erasure)):
            facts_of_finding = {"order": said["order"], "n_said": said["n_details"], "n_found": count[0]}
            self._report.add(Fault.ERASURE_DIFFERS, self.seq, line=erasure.pk, **facts_of_finding)


def _subjects_in(page: list[tuple]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    line_ids = [row[1] for row in page if isinstance(row[1], int)]
    rows = AuditSubject.objects.filter(line_id__in=line_ids).order_by("subject")
    for line_id, subject in rows.values_list("line_id", "subject"):
        found.setdefault(line_id, []).append(subject)
    return found


def _view_as_written(number, viewer, subject, why, seen_at) -> list:
    return [number, viewer.hex if isinstance(viewer, UUID) else viewer, subject, why, _us_of(seen_at)]


def _us_of(stored: str) -> int:
    """A stored datetime in microseconds; ValueError or TypeError unless it is exactly as the program writes it."""
    at = datetime.fromisoformat(stored)
    us = microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    if not _is_moment(stored, us):
        raise ValueError("not as written")
    return us


def _said_by(erasure: AuditLine | None) -> dict:
    """The facts of an erasure's line; nothing when they are no facts (its own place in the chain tells of that)."""
    try:
        said = facts(erasure) if erasure else {}
    except BROKEN:
        return {}
    return said if isinstance(said, dict) and {"order", "n_details", "lines"} <= said.keys() else {}


def _erasure(line_id: object) -> AuditLine | None:
    if not isinstance(line_id, int):
        return None
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
