"""The realm's own secrets: made with the folder, never shared with another realm, never in the database."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fangxian.core.refusal import Refusal

SEALED_FORMAT = 1
NONCE_BYTES = 12


class Purpose(StrEnum):
    """One key serves one purpose, so that a leak of one is a leak of one."""

    COLUMNS = "columns"  # AES-256-GCM of stored columns and files
    INDEX = "index"  # blind indexes: find by number without keeping the number
    GATE_NUMBERS = "gate_numbers"  # permutes serials into gate numbers; never rotated
    PSEUDONYMS = "pseudonyms"  # who is who in the audit chain
    SIGNING = "signing"  # Ed25519: codes, documents, audit heads
    SESSIONS = "sessions"  # web sessions and tokens
    DAY_HANDLES = "day_handles"  # each day's key of people's QR codes is derived from it
    CARDS = "cards"  # handles of paper cards
    PRESENCE = "presence"  # rotating venue codes
    DEVICES = "devices"  # tokens of keepers' devices
    DOCUMENTS = "documents"  # how a gate knows a document number without having it


@dataclass(frozen=True, slots=True)
class Key:
    """One secret of 32 bytes with its id (0..255, unique in its purpose)."""

    id: int
    purpose: Purpose
    made_at: str
    secret: bytes


class Keyring:
    """All keys of a realm, newest first in each purpose.

    The file is readable by its owner alone (0600). Losing it loses every sealed column: back it up apart
    from the database, so that a stolen backup of one is worth nothing without the other.
    """

    def __init__(self, keys: list[Key]) -> None:
        self._keys = keys

    @classmethod
    def create(cls, folder: Path) -> "Keyring":
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        ring = cls([Key(1, purpose, made_at, secrets.token_bytes(32)) for purpose in Purpose])
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        target = folder / "keyring.json"
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump([_as_card(key) for key in ring._keys], file, indent=1)
        return ring

    @classmethod
    def open(cls, folder: Path) -> "Keyring":
        target = folder / "keyring.json"
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
        except (ValueError, KeyError) as error:
            raise Refusal(
                "realm.keys_damaged",
                zh="密钥文件 {path} 已损坏（{reason}）。请从单独保存的密钥备份恢复它；不要新建。",
                en="The key file {path} is damaged ({reason}). Restore it from the separate key backup; do not "
                "make a new one.",
                path=target,
                reason=type(error).__name__,
            ) from error

    def current(self, purpose: Purpose) -> Key:
        return self.all_of(purpose)[0]

    def all_of(self, purpose: Purpose) -> list[Key]:
        """Every key of a purpose, newest first: what was made with an older one is still to be read."""
        return [key for key in self._keys if key.purpose is purpose]

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

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Encrypt so that the result opens only where it belongs.

        Layout: format (1 byte), key id (1), nonce (12), AES-256-GCM text and tag. `bound_to` names the
        column, and is authenticated: a value moved to another column does not open.
        """
        head, cipher = self._sealing
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + cipher.encrypt(nonce, plain, bound_to)

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> bytes:
        cipher = self._ciphers.get(sealed[1]) or AESGCM(self.find(Purpose.COLUMNS, sealed[1]).secret)
        return cipher.decrypt(sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :], bound_to)

    def blind_index(self, value: str, *, bound_to: bytes) -> bytes:
        """16 bytes that are equal exactly when the (already normalised) values are; keyed, so not guessable."""
        person = blake2b(bound_to, digest_size=16).digest()
        return blake2b(value.encode(), key=self.current(Purpose.INDEX).secret, digest_size=16, person=person).digest()

    def day_key(self, day_id: int) -> bytes:
        """The 32 bytes under which people's QR codes of one UTC day are made; `day_id` is 0..65535.

        Derived, so that a gate is given the days it needs and can make no other day's.
        """
        secret = self.current(Purpose.DAY_HANDLES).secret
        return blake2b(day_id.to_bytes(2, "big"), key=secret, digest_size=32, person=b"fx day key").digest()

    def pseudonym(self, who: str) -> str:
        """A stable stand-in of 32 hex characters; it can be matched by a holder of the key, not reversed."""
        return blake2b(who.encode(), key=self.current(Purpose.PSEUDONYMS).secret, digest_size=16).hexdigest()

    @property
    def session_secret(self) -> str:
        return self.current(Purpose.SESSIONS).secret.hex()

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        return self.signer(self.current(Purpose.SIGNING).id)

    def signer(self, signer_id: int) -> Ed25519PrivateKey:
        """The signing key of that id, the newest or one before it."""
        return Ed25519PrivateKey.from_private_bytes(self.find(Purpose.SIGNING, signer_id).secret)


def _as_card(key: Key) -> dict:
    return {
        "id": key.id,
        "purpose": key.purpose,
        "made_at": key.made_at,
        "secret": base64.b64encode(key.secret).decode(),
    }


def _from_card(card: dict) -> Key:
    return Key(card["id"], Purpose(card["purpose"]), card["made_at"], base64.b64decode(card["secret"]))
