"""The keys of a central gate, as the worker hands them over in keys.json (0600)."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fangxian.core.policy.handles import DeviceKey, HandleKey, PresenceKey
from fangxian.core.policy.person_qr import Verify

from .clock import GateClock
from .refusals import refuse

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GateKeys:
    """Everything secret a gate holds, and the county's clock; keys by their ids."""

    realm: str
    division: int
    clock: GateClock
    verify: Verify
    verifiers: dict[int, Verify]
    day_keys: dict[int, HandleKey]
    card_keys: dict[int, HandleKey]
    presence_keys: dict[int, PresenceKey]
    device_keys: dict[int, DeviceKey]
    document_key: bytes


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
        return GateKeys(
            realm=str(card["realm"]),
            division=int(card["division"]),
            clock=GateClock.from_card(card["clock"]),
            verify=verifiers[int(card["signer_id"])],
            verifiers=verifiers,
            day_keys=_by_id(card["day_keys"], lambda secret: HandleKey(secret, purpose="day")),
            card_keys=_by_id(card["card_keys"], lambda secret: HandleKey(secret, purpose="card")),
            presence_keys=_by_id(card["presence_keys"], PresenceKey),
            device_keys=_by_id(card["device_keys"], DeviceKey),
            document_key=base64.b64decode(card["document_key"], validate=True),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as wrong:
        # Only what kind of fault it is: the message of some would hold a piece of a key.
        raise refuse("gate.keys_unreadable", reason=type(wrong).__name__) from None


def _by_id(cards: dict[str, str], made: Callable[[bytes], Any]) -> dict[int, Any]:
    return {int(key_id): made(base64.b64decode(text, validate=True)) for key_id, text in cards.items()}


def _verifier(public: bytes) -> Verify:
    key = Ed25519PublicKey.from_public_bytes(public)

    def verify(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify
