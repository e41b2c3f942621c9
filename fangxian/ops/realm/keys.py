"""The realm's own secrets: made with the folder, never shared with another realm, never in the database.

How they follow one another, and what happens to one that leaked: `rotation`.
"""

import base64
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fangxian.core.refusal import Refusal

FILE = "keyring.json"
SEALED_FORMAT = 1
NONCE_BYTES = 12
LAST_ID = 255
# A day's key has the day's number as its id. What stands in for one that leaked has an id that no day has before 2134.
FIRST_STAND_IN, LAST_STAND_IN = 0xC000, 0xFFFF


class Purpose(StrEnum):
    """One key serves one purpose, so that a leak of one is a leak of one."""

    COLUMNS = "columns"  # AES-256-GCM of stored columns and files
    INDEX = "index"  # blind indexes: find by number without keeping the number
    GATE_NUMBERS = "gate_numbers"  # permutes serials into gate numbers; never rotated
    PSEUDONYMS = "pseudonyms"  # who is who in the audit chain
    SIGNING = "signing"  # Ed25519: codes, documents, audit heads
    SESSIONS = "sessions"  # web sessions and tokens
    DAY_HANDLES = "day_handles"  # each day's key of people's QR codes is derived from it
    DAYS = "days"  # of people's QR codes: days' keys that leaked, and those that stand in for them
    CARDS = "cards"  # handles of paper cards
    PRESENCE = "presence"  # rotating venue codes
    DEVICES = "devices"  # tokens of keepers' devices
    DOCUMENTS = "documents"  # how a gate knows a document number without having it


# What a gate or a phone proves codes with. The next key of each is made, and given to whoever proves, long before use.
MADE_AHEAD = (Purpose.SIGNING, Purpose.CARDS, Purpose.PRESENCE, Purpose.DEVICES)
# What has a successor made when it leaks: those, and the key of identity numbers, which goes on until then.
FOLLOWED = (*MADE_AHEAD, Purpose.DOCUMENTS)


class State(StrEnum):
    FUTURE = "future"  # gates have it already; nothing is made with it yet
    CURRENT = "current"
    FORMER = "former"  # nothing new is made with it; what was made still counts
    ENDED = "ended"  # nothing made with it counts any more, and gates are not given it
    RETIRED = "retired"  # it leaked: what was made with it counts only where something else proves it


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One secret of 32 bytes.

    id : 0..255, unique in its purpose; of a day's key 0..65535
    made_at, begun_at, ended_at, retired_at : wall time, ISO 8601; empty for not yet. A drill's clock may be set back,
        and what a key risks grows with real time.
    day : of a day's key its county day; of a secret for days the first county day whose key is derived from it
    """

    id: int
    purpose: Purpose
    made_at: str
    secret: bytes = field(repr=False)
    begun_at: str = ""
    ended_at: str = ""
    retired_at: str = ""
    because: str = ""
    day: int = 0

    @property
    def name(self) -> str:
        """How people call it, such as `signing-2`."""
        return f"{self.purpose}-{self.id}"


class Keyring:
    """All keys of a realm, newest first in each purpose.

    The file is readable by its owner alone (0600). Losing it loses every sealed column: back it up apart
    from the database, so that a stolen backup of one is worth nothing without the other.
    """

    def __init__(self, keys: list[Key]) -> None:
        self._keys = keys

    @classmethod
    def create(cls, folder: Path) -> "Keyring":
        at = datetime.now(UTC).isoformat(timespec="seconds")
        in_use = [new_key(purpose, 1, at, begun_at=at) for purpose in Purpose if purpose is not Purpose.DAYS]
        ring = cls([new_key(purpose, 2, at) for purpose in MADE_AHEAD] + in_use)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(ring.to_bytes())
        return ring

    def to_bytes(self) -> bytes:
        """What stands in the file."""
        return json.dumps([_as_card(key) for key in self._keys], indent=1).encode()

    @classmethod
    def open(cls, folder: Path) -> "Keyring":
        target = folder / FILE
        try:
            cards = json.loads(target.read_text("utf-8"))
            return cls([_from_card(card) for card in cards])
        except FileNotFoundError:
            raise Refusal(
                "realm.keys_missing",
                zh="密钥文件 {path} 不存在，加密的姓名和号码无法读出。请从单独保存的密钥备份恢复它；不要新建。",
                en="The key file {path} is missing, so sealed names and numbers cannot be read. Restore it from the "
                "separate key backup; do not make a new one.",
                path=target,
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal(
                "realm.keys_damaged",
                zh="密钥文件 {path} 已损坏（{reason}）。请从单独保存的密钥备份恢复它；不要新建。",
                en="The key file {path} is damaged ({reason}). Restore it from the separate key backup; do not "
                "make a new one.",
                path=target,
                reason=type(error).__name__,
            ) from error

    @property
    def every_key(self) -> tuple[Key, ...]:
        return tuple(self._keys)

    def current(self, purpose: Purpose) -> Key:
        """The one that is made with now."""
        return next(key for key in self._keys if key.purpose is purpose and _is_used(key))

    def all_of(self, purpose: Purpose) -> list[Key]:
        """Every key of a purpose, newest first, whatever became of it."""
        return [key for key in self._keys if key.purpose is purpose]

    def counting(self, purpose: Purpose) -> list[Key]:
        """Those whose codes count, newest first, with the one that is to follow: what a reader is to know."""
        return [key for key in self.all_of(purpose) if not key.ended_at and not key.retired_at]

    def retired(self, purpose: Purpose) -> list[Key]:
        return [key for key in self.all_of(purpose) if key.retired_at]

    def state_of(self, key: Key) -> State:
        if key.retired_at:
            return State.RETIRED
        if key.ended_at:
            return State.ENDED
        if not key.begun_at:
            return State.FUTURE
        current = self.day_key(key.day) if key.purpose is Purpose.DAYS else self.current(key.purpose)
        return State.CURRENT if key.id == current.id else State.FORMER

    def find(self, purpose: Purpose, key_id: int) -> Key:
        for key in self._keys:
            if key.purpose is purpose and key.id == key_id:
                return key
        raise Refusal(
            "realm.key_unknown",
            zh="这份数据用 {purpose} 的 {key_id} 号密钥加密，密钥环里没有它。请恢复含这把密钥的备份。",
            en="This was sealed with key {key_id} for {purpose}, which is not in the keyring. Restore a backup "
            "that has it.",
            purpose=purpose,
            key_id=key_id,
        )

    @cached_property
    def _ciphers(self) -> dict[int, AESGCM]:
        return {key.id: AESGCM(key.secret) for key in self._keys if key.purpose is Purpose.COLUMNS}

    @cached_property
    def _sealing(self) -> tuple[bytes, AESGCM]:
        key_id = self.current(Purpose.COLUMNS).id
        return bytes((SEALED_FORMAT, key_id)), self._ciphers[key_id]

    @cached_property
    def _index_secret(self) -> bytes:
        return self.current(Purpose.INDEX).secret

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Encrypt so that the result opens only where it belongs.

        Layout: format (1 byte), key id (1), nonce (12), AES-256-GCM text and tag. `bound_to` names the
        column, and is authenticated: a value moved to another column does not open.
        """
        head, cipher = self._sealing
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + cipher.encrypt(nonce, plain, bound_to)

    def seal_each(self, texts: Sequence[str], *, bound_to: bytes) -> list[bytes]:
        """The same of many texts, an empty one as nothing; with one asking for all their nonces."""
        head, cipher = self._sealing
        dice, encrypt, sealed, at = os.urandom(NONCE_BYTES * len(texts)), cipher.encrypt, [], 0
        for text in texts:
            if not text:
                sealed.append(b"")
                continue
            nonce, at = dice[at : at + NONCE_BYTES], at + NONCE_BYTES
            sealed.append(head + nonce + encrypt(nonce, text.encode(), bound_to))
        return sealed

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        cipher = self._ciphers.get(sealed[1]) or AESGCM(self.find(Purpose.COLUMNS, sealed[1]).secret)
        return cipher.decrypt(sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :], bound_to)

    def blind_index(self, value: str, *, bound_to: bytes) -> bytes:
        """16 bytes that are equal exactly when the (already normalised) values are; keyed, so not guessable."""
        person = _digest_of(bound_to)
        return blake2b(value.encode(), key=self._index_secret, digest_size=16, person=person).digest()

    def blind_indexes(self, values: Sequence[str], *, bound_to: bytes) -> list[bytes | None]:
        """The same of many values, None of an empty one."""
        keyed = blake2b(key=self._index_secret, digest_size=16, person=_digest_of(bound_to))
        indexes: list[bytes | None] = []
        for value in values:
            if value:
                one = keyed.copy()  # a keyed beginning made once: quicker by a third
                one.update(value.encode())
                indexes.append(one.digest())
            else:
                indexes.append(None)
        return indexes

    def day_key(self, day: int) -> Key:
        """The key under which people's QR codes of one UTC day are made; `day` counts from 2000-01-01."""
        return next(key for key in self.keys_of_day(day) if _is_used(key))

    def keys_of_day(self, day: int) -> list[Key]:
        """The same, and those before it that leaked; newest first."""
        kept = [key for key in self.all_of(Purpose.DAYS) if key.day == day]
        return kept if any(key.id == day & 0xFFFF for key in kept) else [*kept, self._derived(day)]

    def _derived(self, day: int) -> Key:
        """A day's own key. It is derived, so that a gate is given the days it needs and can make no other day's."""
        of_days = self.all_of(Purpose.DAY_HANDLES)
        source = next((key for key in of_days if key.day <= day), of_days[-1])
        id_ = day & 0xFFFF
        secret = blake2b(id_.to_bytes(2, "big"), key=source.secret, digest_size=32, person=b"fx day key").digest()
        return Key(
            id=id_, purpose=Purpose.DAYS, made_at=source.made_at, secret=secret, begun_at=source.begun_at, day=day
        )

    def pseudonym(self, who: str) -> str:
        """A stable stand-in of 32 hex characters; it can be matched by a holder of the key, not reversed."""
        return blake2b(who.encode(), key=self._pseudonym_secret, digest_size=16).hexdigest()

    @cached_property
    def _pseudonym_secret(self) -> bytes:
        return self.current(Purpose.PSEUDONYMS).secret

    @property
    def session_secret(self) -> str:
        return self.current(Purpose.SESSIONS).secret.hex()

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        return self.signer(self.current(Purpose.SIGNING).id)

    def public_keys(self) -> dict[int, bytes]:
        """By signer id the 32 bytes with which anybody checks what the county signs; of no signer that was retired."""
        return dict(self._public_keys)

    @cached_property
    def _public_keys(self) -> dict[int, bytes]:
        signers = self.counting(Purpose.SIGNING)
        return {key.id: self.signer(key.id).public_key().public_bytes_raw() for key in signers}

    def signer(self, signer_id: int) -> Ed25519PrivateKey:
        """The signing key of that id, whatever became of it."""
        return Ed25519PrivateKey.from_private_bytes(self.find(Purpose.SIGNING, signer_id).secret)


@lru_cache(maxsize=64)
def _digest_of(bound_to: bytes) -> bytes:
    """What a kind of value is bound to, in the 16 bytes there are for it; of the kinds there are few."""
    return blake2b(bound_to, digest_size=16).digest()


def new_key(purpose: Purpose, id_: int, made_at: str, *, begun_at: str = "", day: int = 0) -> Key:
    """A key that nobody else has."""
    return Key(id=id_, purpose=purpose, made_at=made_at, secret=secrets.token_bytes(32), begun_at=begun_at, day=day)


def _is_used(key: Key) -> bool:
    return bool(key.begun_at) and not key.ended_at and not key.retired_at


def _as_card(key: Key) -> dict:
    kept = {name: value for name, value in asdict(key).items() if value or name in ("id", "begun_at")}
    return kept | {"secret": base64.b64encode(key.secret).decode()}


def _from_card(card: dict) -> Key:
    made_at = card["made_at"]
    known = {"begun_at": made_at} | card | {"purpose": Purpose(card["purpose"])}
    return Key(**known | {"secret": base64.b64decode(card["secret"])})
