"""What others may ask of the record. Who may ask is decided above (accounts)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from fangxian.ops.realm.current import the_realm

from .heads import Head, last_head
from .models import EPOCH, AuditDetail, AuditLine, AuditSeal, AuditSubject, AuditWaiting, ViewLog, microseconds
from .wire import LINE_FIELDS, exact_bytes, unseal_told


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a line was told in clear. Erased, `erased_by` names the order and the rest is empty."""

    by: str = ""
    about: tuple[str, ...] = ()
    details: dict
    erased_by: str = ""
    is_readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a record: by which account, why, when (county time)."""

    viewer: UUID
    why: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """How far the chain reaches. `waiting_since` is wall time; None when nothing waits."""

    n_sealed: int
    last_sealed_at: datetime | None
    n_waiting: int
    waiting_since: datetime | None
    head: Head | None


def lines(
    *,
    about: str | None = None,
    by: str | None = None,
    action: str = "",
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditLine]:
    """Lines, newest first, with their details at hand; slice what is wanted.

    Parameters
    ----------
    about : "kind:<id>"; only sealed lines about this subject
    by : "account:<uuid>" or "program:<name>"
    action : its beginning, such as "people." or "people.merged"
    before : a line's id, to page on from
    since, until : county time, `[since, until)`
    """
    pseudonym = the_realm().keys.pseudonym
    rows = AuditLine.objects.select_related("detail", "seal").order_by("-id")
    if about is not None:
        mine = AuditSubject.objects.filter(subject=pseudonym(about), line=OuterRef("pk"))
        rows = rows.filter(Exists(mine))
    if by is not None:
        rows = rows.filter(actor=pseudonym(by))
    if action:
        rows = rows.filter(action__startswith=action)
    if since is not None:
        rows = rows.filter(at_us__gte=microseconds(since))
    if until is not None:
        rows = rows.filter(at_us__lt=microseconds(until))
    return rows if before is None else rows.filter(id__lt=before)


def last_recorded_at(*, since_wall: datetime) -> datetime | None:
    """The latest county time of what was recorded since a moment of wall time, by its last thousand lines: several that
    write at once differ by as much as they take. None: nothing was.
    """
    rows = AuditLine.objects.order_by("-id").values_list("at_us", "recorded_us")[:1000]
    since = microseconds(since_wall)
    latest = max((at for at, recorded in rows if recorded >= since), default=None)
    return None if latest is None else EPOCH + timedelta(microseconds=latest)


def line_with(uuid: UUID) -> AuditLine | None:
    """One line with its detail and its seal at hand."""
    return AuditLine.objects.select_related("detail__erased_in", "seal").filter(uuid=uuid.hex).first()


def lines_beside(seq: int) -> dict[int, UUID]:
    """The lines sealed just before and just after a seal, by their seal's number."""
    beside = AuditSeal.objects.filter(seq__in=(seq - 1, seq + 1)).values_list("seq", "line__uuid")
    return {number: UUID(uuid) for number, uuid in beside if uuid}


def sealed_lines(*, until: int, page: int = 1000) -> Iterator[tuple[AuditSeal, dict | None]]:
    """Every seal up to number `until` with its line's columns (None: the line is gone), in the order of the chain."""
    after = 0
    while seals := list(AuditSeal.objects.filter(seq__gt=after, seq__lte=until).order_by("seq")[:page]):
        rows = AuditLine.objects.filter(pk__in=[seal.line_id for seal in seals]).values(*LINE_FIELDS)
        found = {row["id"]: row for row in rows}
        for seal in seals:
            yield seal, found.get(seal.line_id)
        after = seals[-1].seq


def told(line: AuditLine) -> Told:
    """What a line was told: who, about whom, with which particulars."""
    detail: AuditDetail | None = getattr(line, "detail", None)
    if detail is None:
        return Told(details={}, is_readable=False)
    if detail.erased_by:
        return Told(details={}, erased_by=detail.erased_by, is_readable=False)
    text = unseal_told(exact_bytes(detail.sealed))
    if text is None:
        return Told(details={}, is_readable=False)
    content = json.loads(text)
    return Told(by=content["by"], about=tuple(content["about"]), details=content["details"])


def facts(line: AuditLine) -> dict:
    """What stays readable of a line for good."""
    return json.loads(line.facts) if line.facts else {}


def who_looked(subject: str, limit: int = 50) -> list[Look]:
    """Who looked at this record, newest first; `subject` is "kind:<id>"."""
    rows = ViewLog.objects.filter(subject=the_realm().keys.pseudonym(subject))[:limit]
    return [Look(viewer=row.viewer, why=row.why, seen_at=row.seen_at) for row in rows]


def n_looks(subject: str) -> int:
    return ViewLog.objects.filter(subject=the_realm().keys.pseudonym(subject)).count()


def chain_state() -> ChainState:
    """How far the chain reaches now; four cheap queries."""
    last = AuditSeal.objects.order_by("-seq").first()
    first_waiting = AuditLine.objects.filter(pk__in=AuditWaiting.objects.order_by("line_id").values("line_id")[:1])
    since = first_waiting.first()
    return ChainState(
        n_sealed=last.seq if last else 0,
        last_sealed_at=last.sealed_at if last else None,
        n_waiting=AuditWaiting.objects.count(),
        waiting_since=since.recorded_at if since else None,
        head=last_head(),
    )
