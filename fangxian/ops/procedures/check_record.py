"""Holding the record to what was sealed, from the pages: verify it within a time, export it for an outsider.

1. require that the account may                      accounts
2. read the chain                                    audit
3. put on record that it was verified or exported    audit
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import record
from fangxian.ops.audit.findings import Report
from fangxian.ops.audit.heads import last_head, public_key_text
from fangxian.ops.audit.queries import chain_state, facts, lines, sealed_lines
from fangxian.ops.audit.verification import verify
from fangxian.ops.audit.wire import canonical

VERIFIED, EXPORTED = "audit.verified", "audit.exported"
WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """The last verification on record: when (county time), how far, what it found."""

    at: datetime
    line: str
    n_sealed: int
    n_findings: int
    headed_seq: int

    @property
    def is_true(self) -> bool:
        return self.n_findings == 0


class _TooLong(Exception):
    pass


def verify_record(*, by: Account, within_s: float = WITHIN_S) -> Report:
    """Verify the whole chain now, and put the result on record.

    Refuses
    -------
    accounts.not_yours, audit.verification_too_long
    """
    require(by, "audit.verify")
    end = monotonic() + within_s

    def step(done: int, total: int) -> None:
        if monotonic() > end and done < total:
            raise _TooLong

    try:
        report = verify(step=step)
    except _TooLong:
        raise Refusal(
            "audit.verification_too_long",
            zh="核验超过 {seconds} 秒还没有做完，已停下，没有结论。记录很长时请由系统管理员在服务器上运行 "
            "fangxian audit verify。",
            en="Verifying took longer than {seconds} s and was stopped without a verdict. For so long a record, "
            "have the system administrator run fangxian audit verify on the server.",
            seconds=within_s,
        ) from None
    with transaction.atomic():
        record(
            VERIFIED,
            by=f"account:{by.pk}",
            facts={"n_sealed": report.n_sealed, "n_findings": report.n_findings, "headed_seq": report.headed_seq},
            details={"first": report.first.said.en if report.first else ""},
            unit=by.unit_id,
        )
    return report


def last_verification() -> Verification | None:
    line = lines(action=VERIFIED).first()
    if line is None:
        return None
    told = facts(line)
    return Verification(line.at, line.uuid, told["n_sealed"], told["n_findings"], told["headed_seq"])


def export_record(*, by: Account) -> Iterator[bytes]:
    """The sealed chain for an outsider, one JSON a line: a head first, then seals with their lines, no details.

    Refuses
    -------
    accounts.not_yours
    """
    require(by, "audit.view")
    last = chain_state().n_sealed
    with transaction.atomic():
        record(EXPORTED, by=f"account:{by.pk}", facts={"n_sealed": last}, unit=by.unit_id)
    return _exported(last)


def _exported(last: int) -> Iterator[bytes]:
    head = last_head()
    about = {"format": "fangxian.audit.export.1", "n_sealed": last, "public_key": public_key_text()}
    yield canonical(about | {"head": head.as_text() if head else ""}) + b"\n"
    for seal, line in sealed_lines(until=last):
        hexed = {name: bytes(getattr(seal, name)).hex() for name in ("line_hash", "previous_hash", "hash")}
        told = line and line | {"commitment": bytes(line["commitment"]).hex()}
        yield canonical({"seq": seal.seq, "sealed_us": seal.sealed_us, **hexed, "line": told}) + b"\n"
