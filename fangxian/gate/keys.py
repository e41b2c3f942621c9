"""The keys of a central gate, as the worker hands them over in keys.json (0600)."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fangxian.core.policy.byte_refusals import refuse as refuse_code
from fangxian.core.policy.handles import DeviceKey, HandleKey, PresenceKey
from fangxian.core.policy.person_qr import Leaked, Verify, require_signature

from .clock import GateClock
from .refusals import refuse

FORMAT = 1
MOST_PROVED: Final = 10_000


class Signatures:
    """What proves a code once the key of its seal has leaked: its signature, computed once for each text.

    A signature costs as much as several scans, and a code comes again: at the next door, and a card every day. So the
    texts found good are remembered, with their signer: at least the last MOST_PROVED, at most twice as many (5 MB).
    """

    def __init__(self, verifiers: Mapping[int, Verify], retired: frozenset[int]) -> None:
        self._verifiers, self._retired = verifiers, retired
        self._proved: set[tuple[str, int]] = set()
        self._proved_before: set[tuple[str, int]] = set()

    def require(self, text: str, signer_id: int, signed: bytes, signature: bytes) -> None:
        """Refuses `code.key_retired`, `code.key_unknown`, `code.signature`; returns if that signer signed."""
        code = (text, signer_id)
        if code in self._proved or code in self._proved_before:
            return
        if signer_id in self._retired:
            raise refuse_code("code.key_retired", key_id=signer_id)
        require_signature(signer_id, signed, signature, self._verifiers)
        if len(self._proved) >= MOST_PROVED:
            self._proved, self._proved_before = set(), self._proved
        self._proved.add(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """Ids of keys that leaked and of which nothing is left but the name: what they made proves nothing."""

    signers: frozenset[int] = frozenset()
    presence_keys: frozenset[int] = frozenset()
    device_keys: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateKeys:
    """Everything secret a gate holds, and the county's clock; keys by their ids.

    Attributes
    ----------
    verify : whether the county signed a snapshot, with any signer in `verifiers`
    verifiers, day_keys, card_keys, presence_keys, device_keys : those that count, and those soon to be in use
    leaked_days, leaked_cards : those that leaked, whose codes are proved by their signature
    document_key, document_keys_beside : under which identity numbers are hashed; while it changes, the others as well
    """

    realm: str
    division: int
    clock: GateClock
    verify: Verify
    verifiers: dict[int, Verify]
    day_keys: dict[int, HandleKey]
    card_keys: dict[int, HandleKey]
    presence_keys: dict[int, PresenceKey]
    device_keys: dict[int, DeviceKey]
    document_key: bytes = field(repr=False)  # nothing that prints an error prints a key
    leaked_days: Leaked
    leaked_cards: Leaked
    retired: Retired
    document_keys_beside: tuple[bytes, ...] = field(default=(), repr=False)


def read_keys(data: bytes) -> GateKeys:
    """The keys of a gate. (keys.json → what opens codes and proves the snapshot)

    Raises
    ------
    Refusal
        `gate.keys_unreadable`
    """
    try:
        card = json.loads(data)
        if card["format"] != FORMAT:
            raise ValueError(f"format {card['format']}")
        verifiers: dict[int, Verify] = _by_id(card["verifiers"], _verifier)
        leaked = card.get("retired", {})  # a worker of the version before has never retired a key
        retired = Retired(**{field: frozenset(map(int, leaked.get(field, ()))) for field in Retired.__slots__})
        signatures = Signatures(verifiers, retired.signers)
        return GateKeys(
            realm=str(card["realm"]),
            division=int(card["division"]),
            clock=GateClock.from_card(card["clock"]),
            verify=_any_of(verifiers, first=int(card["signer_id"])),
            verifiers=verifiers,
            day_keys=_by_id(card["day_keys"], _day_key),
            card_keys=_by_id(card["card_keys"], _card_key),
            presence_keys=_by_id(card["presence_keys"], PresenceKey),
            device_keys=_by_id(card["device_keys"], DeviceKey),
            document_key=base64.b64decode(card["document_key"], validate=True),
            leaked_days=Leaked(_by_id(leaked.get("day_keys", {}), _day_key), signatures.require),
            leaked_cards=Leaked(_by_id(leaked.get("card_keys", {}), _card_key), signatures.require),
            retired=retired,
            document_keys_beside=tuple(
                base64.b64decode(text, validate=True) for text in card.get("document_keys_beside", ())
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as wrong:
        # Only what kind of fault it is: the message of some would hold a piece of a key.
        raise refuse("gate.keys_unreadable", reason=type(wrong).__name__) from None


def _by_id(cards: dict[str, str], made: Callable[[bytes], Any]) -> dict[int, Any]:
    return {int(key_id): made(base64.b64decode(text, validate=True)) for key_id, text in cards.items()}


def _day_key(secret: bytes) -> HandleKey:
    return HandleKey(secret, purpose="day")


def _card_key(secret: bytes) -> HandleKey:
    return HandleKey(secret, purpose="card")


def _any_of(verifiers: Mapping[int, Verify], *, first: int) -> Verify:
    """Whether one of them signed; the one in use is asked first, those before and after it around a rotation."""
    in_use = verifiers[first]
    others = [verify for signer_id, verify in verifiers.items() if signer_id != first]

    def verify(message: bytes, signature: bytes) -> bool:
        return in_use(message, signature) or any(other(message, signature) for other in others)

    return verify


def _verifier(public: bytes) -> Verify:
    key = Ed25519PublicKey.from_public_bytes(public)

    def verify(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify
