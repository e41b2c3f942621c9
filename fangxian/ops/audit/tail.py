"""What lies beside the chain: lines not sealed yet, their details, rows that belong to no line, numbers given out."""

from django.db import connection

from .findings import Fault, Report
from .models import moment
from .wire import commitment_of, exact_bytes, unseal_told

PAGE = 2000
BROKEN = (TypeError, ValueError, KeyError, AttributeError, OverflowError)  # what a row of nonsense can raise

DETAIL = "d.line_id, d.salt, d.sealed, d.erased_by, d.erased_in_id, d.erased_at || ''"
_UNSEALED = """
SELECT count(*), min(l.recorded_us), count(*) FILTER (WHERE w.line_id IS NULL),
       min(l.id) FILTER (WHERE w.line_id IS NULL), min(l.id)
FROM audit_auditline l
LEFT JOIN audit_auditseal s ON s.line_id = l.id
LEFT JOIN audit_auditwaiting w ON w.line_id = l.id
WHERE s.seq IS NULL
"""
_UNSEALED_DETAILS = f"""
SELECT l.id, l.commitment, {DETAIL}
FROM audit_auditline l
JOIN audit_auditwaiting w ON w.line_id = l.id
LEFT JOIN audit_auditseal s ON s.line_id = l.id
LEFT JOIN audit_auditdetail d ON d.line_id = l.id
WHERE s.seq IS NULL AND l.id > %s ORDER BY l.id LIMIT %s
"""
_ORPHANS = """
SELECT count(*), min(t.line_id) FROM {table} t LEFT JOIN audit_auditline l ON l.id = t.line_id WHERE l.id IS NULL
"""
_NUMBERED = """
SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'audit_auditline'), count(*) FROM audit_auditline
"""


def page_of(query: str, after: int) -> list[tuple]:
    """The next PAGE rows of a query whose last two parameters are where to go on and how many."""
    with connection.cursor() as cursor:
        cursor.execute(query, [after, PAGE])
        return cursor.fetchall()


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


def read_tail(report: Report) -> None:
    """Lines not sealed yet: how many, since when, and whether they wait where they should."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED)
        n_unsealed, since_us, n_withheld, withheld, _ = cursor.fetchone()
    report.n_unsealed = n_unsealed
    place = report.n_sealed + 1
    try:
        report.unsealed_since = moment(since_us) if n_unsealed else None
    except BROKEN as error:
        report.add(Fault.UNREADABLE, place, table="audit_auditline", row="recorded_us", reason=type(error).__name__)
    if n_withheld:
        report.add(Fault.LINE_WITHHELD, place, n=n_withheld, line=withheld)
    after = 0
    while page := page_of(_UNSEALED_DETAILS, after):
        for line_id, commitment, *detail in page:
            if fault := fault_of_detail(commitment, tuple(detail)):
                report.add(fault, place, line=line_id)
        after = page[-1][0]


def look_for_orphans(report: Report) -> None:
    for table in ("audit_auditdetail", "audit_auditsubject"):
        with connection.cursor() as cursor:
            cursor.execute(_ORPHANS.format(table=table))
            n, first = cursor.fetchone()
        if n:
            report.add(Fault.ORPHANS, report.n_sealed + 1, table=table, n=n, row=first)


def count_numbers(report: Report) -> None:
    """Whether every number given out has its line: tells of unsealed lines deleted with their places in the queue.

    Only SQLite takes a number back with its transaction; on PostgreSQL a gap may be an honest rollback.
    Where more is wrong already, the same loss is not told twice.
    """
    if connection.vendor != "sqlite" or not report.is_true:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED)
        last, n = cursor.fetchone()
    if (last or 0) != n:
        report.add(Fault.LINES_GONE, report.n_sealed + 1, last=last or 0, n=n, gone=(last or 0) - n)
