"""The only writers of lines, details and views. Seals are the sealer's."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from django.db import connection

from fangxian.ops.realm.current import county_now, the_realm

from .models import AuditDetail, AuditLine, AuditWaiting, microseconds
from .wire import canonical, commitment_of

SALT_BYTES = 16
BOUND_TO = b"audit.auditdetail.sealed"


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
    if not connection.in_atomic_block:
        raise RuntimeError(f"{action} is recorded outside a transaction: the line could stand without the deed")
    keys = the_realm().keys
    told = canonical({"by": by, "about": list(about), "details": details or {}})
    return write_line(
        action,
        actor=keys.pseudonym(by),
        subjects={keys.pseudonym(subject) for subject in about},
        told=told,
        facts=canonical(facts).decode() if facts else "",
        unit=str(unit or ""),
    )


def write_line(action: str, *, actor: str, subjects: set[str], told: bytes, facts: str, unit: str) -> AuditLine:
    salt = os.urandom(SALT_BYTES)
    line = AuditLine.objects.create(
        uuid=uuid4().hex,
        at_us=microseconds(county_now()),
        recorded_us=microseconds(datetime.now(UTC)),
        action=action,
        actor=actor,
        subjects=" ".join(sorted(subjects)),
        unit=unit,
        commitment=commitment_of(salt, told),
        facts=facts,
    )
    AuditDetail.objects.create(line=line, salt=salt, sealed=the_realm().keys.seal(told, bound_to=BOUND_TO))
    AuditWaiting.objects.create(line=line)
    return line
