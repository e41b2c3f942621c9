"""The only writers of the record: lines, seals, erasure of details, looks at records."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import county_now, the_realm

from . import heads
from .models import AuditDetail, AuditLine, AuditSeal, AuditSubject, AuditWaiting, ViewLog, microseconds
from .wire import (
    DETAILS_ERASED,
    FIRST_PREVIOUS,
    LINE_FIELDS,
    VIEWS,
    canonical,
    commitment_of,
    digest_of_erased,
    digest_of_views,
    hash_of_line,
    hash_of_seal,
    seal_told,
)

SALT_BYTES = 16
BATCH = 1000
ERASED_AT_ONCE = 2000
VIEWS_IN_A_LINE = 1000
HEAD_EVERY_N_SEALS, HEAD_EVERY_S = 1000, 60
ONE_SEALER = 0x66616E67  # advisory lock of this database; any number nobody else uses

# One round trip for three rows: on PostgreSQL an action pays for its line about what one INSERT costs.
WRITE_IN_ONE = """
WITH line AS (
  INSERT INTO audit_auditline
    (uuid, at_us, recorded_us, action, actor, subjects, unit, commitment, facts)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
), detail AS (
  INSERT INTO audit_auditdetail (line_id, salt, sealed, erased_by) SELECT id, %s, %s, '' FROM line
)
INSERT INTO audit_auditwaiting (line_id) SELECT id FROM line RETURNING line_id
"""


def record(
    action: str,
    *,
    by: str,
    about: Sequence[str] = (),
    details: Mapping | None = None,
    facts: Mapping | None = None,
    unit: object = "",
) -> AuditLine:
    """Write one line about what the surrounding transaction does; one line for a whole batch.

    Parameters
    ----------
    action : dotted name, `room.what_was_done`
    by : "account:<uuid>" or "program:<name>"
    about : the subjects, each "kind:<id>"; kept as pseudonyms, and in clear only in the sealed detail
    details : JSON-able particulars; sealed, erasable by order
    facts : JSON-able, stays readable for good and is hashed: nothing personal
    unit : id of the acting account's unit

    Raises
    ------
    RuntimeError
        Outside a transaction: the line must stand or fall with what it records.
    """
    _refuse_outside_a_transaction(action)
    keys = the_realm().keys
    return _write_line(
        action,
        actor=keys.pseudonym(by),
        subjects={keys.pseudonym(subject) for subject in about},
        told={"by": by, "about": list(about), "details": details or {}},
        facts=canonical(facts).decode() if facts else "",
        unit=str(unit or ""),
    )


def _refuse_outside_a_transaction(action: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError(f"{action} is recorded outside a transaction: the line could stand without the deed")


def _write_line(action: str, *, actor: str, subjects: set[str], told: dict, facts: str, unit: str) -> AuditLine:
    text, salt = canonical(told), os.urandom(SALT_BYTES)
    line = AuditLine(
        uuid=uuid4().hex,
        at_us=microseconds(county_now()),
        recorded_us=microseconds(datetime.now(UTC)),
        action=action,
        actor=actor,
        subjects=" ".join(sorted(subjects)),
        unit=unit,
        commitment=commitment_of(salt, text),
        facts=facts,
    )
    sealed = seal_told(text)
    if connection.vendor == "postgresql":
        columns = [getattr(line, name) for name in LINE_FIELDS[1:]]
        with connection.cursor() as cursor:
            cursor.execute(WRITE_IN_ONE, [*columns, salt, sealed])
            line.pk = cursor.fetchone()[0]
        line._state.adding = False
        return line
    line.save(force_insert=True)
    AuditDetail.objects.bulk_create([AuditDetail(line_id=line.pk, salt=salt, sealed=sealed)])
    AuditWaiting.objects.bulk_create([AuditWaiting(line_id=line.pk)])
    return line


def seal_waiting(*, wait: bool = False) -> int:
    """Order and chain one batch of committed lines; how many. Keep a signed head when one is due.

    Lines are found in the queue their own transactions wrote, not by "number above the last": a line that
    commits late under a lower number is sealed when it appears, and none is passed over. Two sealers never
    interleave: one has the lock, the other gets 0 (or waits, with `wait`).
    """
    if not AuditWaiting.objects.exists():
        return 0
    with transaction.atomic():
        if not _alone(wait=wait):
            return 0
        last = AuditSeal.objects.order_by("-seq").first()
        lines = _lines_to_seal()
        seals = _chain(last, lines, microseconds(datetime.now(UTC)))
        AuditSeal.objects.bulk_create(seals)
        AuditSubject.objects.bulk_create(_subjects_of(lines))
        AuditWaiting.objects.filter(line_id__in=[seal.line_id for seal in seals]).delete()
        if seals:
            transaction.on_commit(lambda: _keep_head_when_due(seals[-1]))
    return len(seals)


def _alone(*, wait: bool) -> bool:
    """Whether this transaction is the only one that chains. On SQLite, being in one is enough: it is IMMEDIATE."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        return cursor.fetchone()[0]


def _lines_to_seal() -> list[tuple]:
    """The next batch in the queue. What only a meddler can have put there (sealed already, no line) stays, unsealed.

    Numbers first, rows second: with one join the planner may choose to walk the whole table of lines.
    """
    after = 0
    while True:
        queue = AuditWaiting.objects.filter(line_id__gt=after).order_by("line_id")
        ids = list(queue.values_list("line_id", flat=True)[:BATCH])
        lines = list(AuditLine.objects.filter(pk__in=ids, seal=None).order_by("pk").values_list(*LINE_FIELDS))
        if lines or not ids:
            return lines
        after = ids[-1]


def _chain(last: AuditSeal | None, lines: Sequence[tuple], sealed_us: int) -> list[AuditSeal]:
    seq, previous = (last.seq, bytes(last.hash)) if last else (0, FIRST_PREVIOUS)
    seals = []
    for line in lines:
        seq, line_id = seq + 1, line[0]
        line_hash = hash_of_line(line)
        hash_ = hash_of_seal(seq, line_id, sealed_us, line_hash, previous)
        seals.append(
            AuditSeal(
                seq=seq, line_id=line_id, sealed_us=sealed_us, line_hash=line_hash, previous_hash=previous, hash=hash_
            )
        )
        previous = hash_
    return seals


def _subjects_of(lines: Sequence[tuple]) -> list[AuditSubject]:
    place = LINE_FIELDS.index("subjects")
    return [AuditSubject(subject=subject, line_id=line[0]) for line in lines for subject in line[place].split()]


def _keep_head_when_due(seal: AuditSeal) -> None:
    last = heads.last_head()
    if last and seal.seq < last.seq + HEAD_EVERY_N_SEALS:
        age_s = (datetime.now(UTC) - last.signed_at).total_seconds()
        if age_s < HEAD_EVERY_S:
            return
    heads.append_head(seal.seq, bytes(seal.hash))


def keep_head_of_end() -> heads.Head | None:
    """Sign the chain's end and keep its head, unless that is kept already. A pulse, so that a quiet end is covered."""
    last = AuditSeal.objects.order_by("-seq").first()
    return heads.append_head(last.seq, bytes(last.hash)) if last else None


def seal_all() -> int:
    """Seal every committed line now, waiting for another sealer where there is one, and keep the head of the end.

    How many were sealed here.
    """
    n_sealed = 0
    while n := seal_waiting(wait=True):
        n_sealed += n
    transaction.on_commit(keep_head_of_end)
    return n_sealed


def erase_details(
    *,
    order: str,
    by: str,
    about: str | None = None,
    until: datetime | None = None,
    step: Callable[[int], None] = lambda n_erased: None,
) -> int:
    """Erase what sealed lines were told, on an order; how many details. The chain stays valid, and says so.

    Parameters
    ----------
    order : number of the order; it stands in every tombstone
    about : "kind:<id>"; only lines about this subject. A line about several loses all of its detail.
    until : county time; only lines from before it

    Each chunk is a transaction with a line of its own, which names the order and binds exactly the lines it
    erased: a detail blanked by anybody else has no such line. The details of those lines are kept.

    Refuses
    -------
    audit.order_missing
    """
    if not order.strip() or len(order) > 80:
        raise Refusal(
            "audit.order_missing",
            zh="命令文号为“{order}”，未清除任何记录。清除审计明细须写明 1 至 80 字的命令文号；请填写后再试。",
            en="The order's number is “{order}”, so nothing was erased. Erasing audit details takes an order's "
            "number of 1 to 80 characters: give it and try again.",
            order=order[:80],
        )
    seal_all()
    erasable = _erasable(about, until)
    last = AuditSeal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    n_erased = 0
    while n := _erase_chunk(erasable.filter(seq__lte=last), order, by, about):
        n_erased += n
        step(n_erased)
    return n_erased


def _erasable(about: str | None, until: datetime | None):
    seals = AuditSeal.objects.filter(line__detail__erased_in=None, line__detail__isnull=False)
    seals = seals.exclude(line__action=DETAILS_ERASED)
    if about is not None:
        subject = the_realm().keys.pseudonym(about)
        seals = seals.filter(line__in=AuditSubject.objects.filter(subject=subject).values("line"))
    if until is not None:
        seals = seals.filter(line__at_us__lt=microseconds(until))
    return seals.order_by("seq")


@transaction.atomic
def _erase_chunk(erasable, order: str, by: str, about: str | None) -> int:
    _alone(wait=True)
    chunk = list(erasable.values_list("line_id", "line__uuid")[:ERASED_AT_ONCE])
    if not chunk:
        return 0
    keys = the_realm().keys
    line = _write_line(
        DETAILS_ERASED,
        actor=keys.pseudonym(by),
        subjects={keys.pseudonym(about)} if about else set(),
        told={"by": by, "about": [], "details": {"order": order, "n_details": len(chunk)}},
        facts=canonical(
            {"order": order, "n_details": len(chunk), "lines": digest_of_erased(uuid for _, uuid in chunk)}
        ).decode(),
        unit="",
    )
    AuditDetail.objects.filter(line_id__in=[line_id for line_id, _ in chunk]).update(
        salt=b"", sealed=b"", erased_by=order, erased_in=line, erased_at=line.at
    )
    return len(chunk)


@transaction.atomic
def log_views(*, viewer: UUID, subjects: Sequence[str], why: str) -> None:
    """Note that an account looked at records: one call a request, before the page is shown.

    Parameters
    ----------
    viewer : the account
    subjects : "person:<id>" …; once each
    why : dotted name of the page or purpose, such as "people.person_page"
    """
    pseudonym, seen_at = the_realm().keys.pseudonym, county_now()
    ViewLog.objects.bulk_create(
        [
            ViewLog(viewer=viewer, subject=pseudonym(subject), why=why, seen_at=seen_at)
            for subject in dict.fromkeys(subjects)
        ]
    )


def record_views() -> int:
    """Write a line for the looks of each viewer since the last call (the worker calls once a minute); how many lines.

    The line binds the rows it covers, so that a look removed from the log before its term is found missing.
    """
    n_lines = 0
    while _record_views_of_one():
        n_lines += 1
    return n_lines


@transaction.atomic
def _record_views_of_one() -> bool:
    _alone(wait=True)
    waiting = ViewLog.objects.filter(line=None)
    viewer = waiting.order_by("viewer").values_list("viewer", flat=True).first()
    if viewer is None:
        return False
    views = list(waiting.filter(viewer=viewer).order_by("id")[:VIEWS_IN_A_LINE])
    by = f"account:{viewer}"
    reasons = sorted({view.why for view in views})
    line = _write_line(
        VIEWS,
        actor=the_realm().keys.pseudonym(by),
        subjects={view.subject for view in views},
        told={"by": by, "about": [], "details": {"why": reasons, "n_views": len(views)}},
        facts=canonical(
            {
                "n_views": len(views),
                "first_us": min(microseconds(view.seen_at) for view in views),
                "rows": digest_of_views(views),
            }
        ).decode(),
        unit="",
    )
    ViewLog.objects.filter(pk__in=[view.pk for view in views]).update(line=line)
    return True
