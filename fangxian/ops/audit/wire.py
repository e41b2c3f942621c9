"""The exact bytes that are hashed and signed. docs/explanation/audit-chain.md states them for outsiders."""

import json
from hashlib import sha256

LINE_FORMAT = b"fangxian.audit.line.1\n"
SEAL_FORMAT = b"fangxian.audit.seal.1\n"
DETAIL_FORMAT = b"fangxian.audit.detail.1\n"
LINE_FIELDS = ("id", "uuid", "at_us", "recorded_us", "action", "actor", "subjects", "unit", "commitment", "facts")
FIRST_PREVIOUS = bytes(32)


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, no escapes beyond what JSON demands, in UTF-8; no NaN."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def commitment_of(salt: bytes, told: bytes) -> bytes:
    """SHA-256 that binds a line to what it was told, and tells nothing of it to whoever lacks the salt."""
    return sha256(DETAIL_FORMAT + salt + told).digest()


def hash_of_line(fields: tuple) -> bytes:
    """SHA-256 of a line's ten columns, in the order of LINE_FIELDS.

    Raises
    ------
    TypeError
        If a column holds another type than it was written with (SQLite lets anyone do that).
    """
    *before, commitment, facts = fields
    if not isinstance(commitment, bytes):
        raise TypeError("a commitment is bytes")
    return sha256(LINE_FORMAT + canonical([*before, commitment.hex(), facts])).digest()


def hash_of_seal(seq: int, line_id: int, sealed_us: int, line_hash: bytes, previous_hash: bytes) -> bytes:
    """SHA-256 of a seal's own columns; `previous_hash` makes it a chain."""
    numbers = canonical([seq, line_id, sealed_us])
    return sha256(SEAL_FORMAT + numbers + b"\n" + line_hash + previous_hash).digest()
