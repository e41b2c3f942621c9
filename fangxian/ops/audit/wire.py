"""The exact bytes that are hashed, signed and sealed. docs/explanation/audit-chain.md states them for outsiders."""

import json
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidTag

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import SEALED_FORMAT

from .models import ViewLog, microseconds

LINE_FORMAT = b"fangxian.audit.line.1\n"
SEAL_FORMAT = b"fangxian.audit.seal.1\n"
DETAIL_FORMAT = b"fangxian.audit.detail.1\n"
DETAIL_BOUND_TO = b"audit.auditdetail.sealed"
LINE_FIELDS = ("id", "uuid", "at_us", "recorded_us", "action", "actor", "subjects", "unit", "commitment", "facts")
FIRST_PREVIOUS = bytes(32)

DETAILS_ERASED = "audit.details_erased"
VIEWS = "audit.views"


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, no escapes beyond what JSON demands, in UTF-8; no NaN."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def exact_bytes(value: object) -> bytes:
    """A stored BLOB or bytea; TypeError for anything else (SQLite lets anyone store text in its place)."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    raise TypeError("not bytes")


def commitment_of(salt: bytes, told: bytes) -> bytes:
    """SHA-256 that binds a line to what it was told, and says nothing of it to whoever lacks the salt."""
    return sha256(DETAIL_FORMAT + salt + told).digest()


def hash_of_line(columns: tuple) -> bytes:
    """SHA-256 of a line's ten columns, in the order of LINE_FIELDS.

    Raises
    ------
    TypeError, ValueError
        If a column holds what was never written into it: another type, half a character.
    """
    *before, commitment, facts = columns
    return sha256(LINE_FORMAT + canonical([*before, exact_bytes(commitment).hex(), facts])).digest()


def hash_of_seal(seq: int, line_id: int, sealed_us: int, line_hash: bytes, previous_hash: bytes) -> bytes:
    """SHA-256 of a seal's own columns; `previous_hash` makes it a chain."""
    return sha256(SEAL_FORMAT + canonical([seq, line_id, sealed_us]) + b"\n" + line_hash + previous_hash).digest()


def digest_of_erased(uuids: Iterable[str]) -> str:
    """Binds an erasure to exactly the lines whose details it erased, in the order of their seals."""
    digest = sha256()
    for uuid in uuids:
        digest.update(uuid.encode() + b"\n")
    return digest.hexdigest()


def digest_of_views(views: Iterable[ViewLog]) -> str:
    """Binds a line to the looks it covers, in the order of their numbers."""
    return digest_of_view_rows(
        [view.pk, view.viewer.hex, view.subject, view.why, microseconds(view.seen_at)] for view in views
    )


def digest_of_view_rows(rows: Iterable[list]) -> str:
    """The same, of rows of number, viewer (32 hex digits), subject, reason and moment (µs since 1970)."""
    digest = sha256()
    for row in rows:
        digest.update(canonical(row) + b"\n")
    return digest.hexdigest()


def seal_told(told: bytes) -> bytes:
    return the_realm().keys.seal(told, bound_to=DETAIL_BOUND_TO)


def unseal_told(sealed: bytes) -> bytes | None:
    """What a line was told, or None when the bytes are not what was sealed."""
    if len(sealed) < 2 or sealed[0] != SEALED_FORMAT:
        return None
    try:
        return the_realm().keys.unseal(sealed, bound_to=DETAIL_BOUND_TO)
    except (InvalidTag, Refusal, ValueError):
        return None
