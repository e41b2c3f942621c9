"""Signed heads (链头): what the chain was, kept outside the database, so that cutting or rewriting it shows.

`log/audit-heads.ndjson` in the data folder holds one head a line, in rising order, each numbered and signing the
digest of the head before it: one taken out from the front or the middle is missed. A head printed or sent away is
worth more: whoever holds it can tell a rewritten or shortened chain even from somebody who has the keys.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose

from .wire import canonical

HEAD_FORMAT = b"fangxian.audit.head.1\n"
LONGEST_LINE = 4096
NO_HEAD = (0, "0" * 64)  # number and digest before the first head
UNTIL_ALL_KNOW = timedelta(minutes=1)  # another process notices a key's retirement within a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The chain's end at one moment: the hash of seal `seq`. `at` is wall time, ISO 8601; `key` a key's id.

    `number` counts a realm's heads from 1; `previous` is the digest of the head before, 64 hex digits.
    """

    realm: str
    number: int
    previous: str
    seq: int
    hash: str
    at: str
    key: int
    signature: str = ""

    @property
    def signed_bytes(self) -> bytes:
        fields = asdict(self)
        del fields["signature"]
        return HEAD_FORMAT + canonical(fields)

    @property
    def signed_at(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def link(self) -> tuple[int, str]:
        """What the next head has to follow: this one's number and the SHA-256 of its text."""
        return self.number, sha256(self.as_text().encode()).hexdigest()

    def as_text(self) -> str:
        """One line of JSON, as in the file and as given to an outsider."""
        return canonical(asdict(self)).decode()


def path_of_heads() -> Path:
    return the_realm().path / "log" / "audit-heads.ndjson"


def sign_head(seq: int, hash_: bytes, *, after: Head | None = None) -> Head:
    """A head of this realm that follows `after`, signed with its newest key."""
    realm = the_realm()
    number, previous = after.link if after else NO_HEAD
    key = realm.keys.current(Purpose.SIGNING).id
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    head = Head(realm=realm.id, number=number + 1, previous=previous, seq=seq, hash=hash_.hex(), at=at, key=key)
    signature = base64.b64encode(realm.keys.signing_key.sign(head.signed_bytes)).decode()
    return Head(**asdict(head) | {"signature": signature})


def is_ours(head: Head) -> bool:
    """Whether this realm signed it. A key that is not in the keyring cannot have, nor one after it was retired.

    Whoever has a retired key can write an earlier moment into a head of his own. It is not the next of the one before
    it, or stands where the first head signed with the next key does: at a retirement that one is written at once.
    """
    try:
        key = the_realm().keys.find(Purpose.SIGNING, head.key)
        public_key_of(head.key).verify(base64.b64decode(head.signature), head.signed_bytes)
        if key.retired_at and head.signed_at >= datetime.fromisoformat(key.retired_at) + UNTIL_ALL_KNOW:
            return False
    except (InvalidSignature, ValueError, TypeError, Refusal):
        return False
    return head.realm == the_realm().id


def public_key_of(key_id: int | None = None) -> Ed25519PublicKey:
    """What an outsider needs to check heads: the public half of a signing key (the newest by default)."""
    keys = the_realm().keys
    key = keys.current(Purpose.SIGNING) if key_id is None else keys.find(Purpose.SIGNING, key_id)
    return Ed25519PrivateKey.from_private_bytes(key.secret).public_key()


def public_key_text() -> str:
    return public_key_of().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def read_head(text: str) -> Head | None:
    """The head in one line of text, or None when it is none."""
    try:
        fields = json.loads(text)
        head = Head(**fields)
    except (ValueError, TypeError):
        return None
    numbers = (head.number, head.seq, head.key)
    texts = (head.realm, head.previous, head.hash, head.at, head.signature)
    is_whole = all(isinstance(it, int) for it in numbers) and all(isinstance(it, str) for it in texts)
    return head if is_whole else None


def read_heads(path: Path | None = None) -> Iterator[Head | None]:
    """The heads in a file, in its order, one in memory at a time; None for a line that is no head.

    A last line without its end is what a power cut leaves of an unfinished write: it is passed over.
    """
    try:
        file = (path or path_of_heads()).open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    with file:
        for text in file:
            if text.endswith("\n") and text.strip():
                yield read_head(text)


def last_head() -> Head | None:
    """The newest head in the file, read from its end."""
    try:
        with path_of_heads().open("rb") as file:
            return _last_whole(file)
    except FileNotFoundError:
        return None


def append_head(seq: int, hash_: bytes) -> Head | None:
    """Sign and keep the head of a *committed* seal, durable when this returns; None when a newer one is kept."""
    path = path_of_heads()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file, _alone(file):
        last = _last_whole(file)
        if last and last.seq >= seq:
            return None
        _cut_unfinished(file)
        head = sign_head(seq, hash_, after=last)
        file.write(head.as_text().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        return head


@contextmanager
def _alone(file) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _tail(file) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_LINE))
    return file.read()


def _last_whole(file) -> Head | None:
    whole, _, _ = _tail(file).rpartition(b"\n")
    return read_head(whole.rpartition(b"\n")[2].decode("utf-8", "replace"))


def _cut_unfinished(file) -> None:
    unfinished = _tail(file).rpartition(b"\n")[2]
    if unfinished:
        file.truncate(file.seek(0, os.SEEK_END) - len(unfinished))


def heads_in(texts: Iterable[str]) -> Iterator[Head | None]:
    """The heads an outsider has kept, one a line."""
    for text in texts:
        if text.strip():
            yield read_head(text)
