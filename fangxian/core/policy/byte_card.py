"""A paper card: it says who, for a long time, and never how; a door without network answers *verify*.

    FXC1 | division 3 | signer 1 | card key 2 | handle 8 | issued day 2 | ends day 2 | seal 6 | signature 64

The handle, under the key of the cards, is also the card's number: printed below the code, and new with
every card since the card's generation is in it. A lost card is revoked at central gates by the
generation in the safety word, at edge devices by its number in the filter of revoked handles.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fangxian.core.policy.byte_refusals import refuse, require_range
from fangxian.core.policy.byte_text import CARD, body_of, digits_of, text_of
from fangxian.core.policy.byte_time import DAY_MIN, LAST_DAY
from fangxian.core.policy.handles import SEAL_BYTES, HandleKey, handle_of, open_handle
from fangxian.core.policy.person_qr import (
    FIRST_DIVISION,
    LAST_DIVISION,
    Leaked,
    Verify,
    leaked_key,
    require_county,
    require_in_force,
    require_signature,
)

N_SIGNED: Final = 24

_PREFIX: Final = CARD.prefix.encode("ascii")
_SEALED: Final = struct.Struct(">3sBHQHH")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCard:
    """A paper card as any reader can see it; nothing is proved yet.

    `[issued_day, ends_day)` in UTC days since the epoch; `signed` is what `signature` signs.
    """

    division: int
    signer_id: int
    card_key_id: int
    handle: int
    issued_day: int
    ends_day: int
    signed: bytes
    signature: bytes


def card_to_sign(
    *,
    division: int,
    signer_id: int,
    card_key_id: int,
    card_key: HandleKey,
    gate_number: int,
    card_generation: int,
    issued_day: int,
    ends_day: int,
) -> bytes:
    """The message to be signed for one card; refuses `word.out_of_range`, naming the field."""
    require_range("issued_day", issued_day, 1, LAST_DAY - 1)
    sealed = _PREFIX + _SEALED.pack(
        require_range("division", division, FIRST_DIVISION, LAST_DIVISION).to_bytes(3, "big"),
        require_range("signer_id", signer_id, 0, 0xFF),
        require_range("card_key_id", card_key_id, 0, 0xFFFF),
        handle_of(gate_number, card_generation, card_key),
        issued_day,
        require_range("ends_day", ends_day, issued_day + 1, LAST_DAY),
    )
    return sealed + card_key.seal(sealed)


def card_text(signed: bytes, signature: bytes) -> str:
    """The text of the card's QR from `card_to_sign` and the 64 bytes of its signature."""
    return text_of(signed + signature, CARD)


def card_number_text(handle: int) -> str:
    """The card's number as printed for people: 13 characters in groups, such as `0A1B-2C3D-4E5FG`."""
    digits = digits_of(handle, 13)
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def parse_card(text: str) -> PaperCard:
    """What anybody can read in the text of a card's QR; refuses like `parse_person_qr`."""
    body = body_of(text, CARD)
    found, signer_id, card_key_id, handle, issued_day, ends_day = _SEALED.unpack_from(body)
    division = int.from_bytes(found, "big")
    require_range("division", division, FIRST_DIVISION, LAST_DIVISION, "code.malformed")
    require_range("issued_day", issued_day, 1, LAST_DAY - 1, "code.malformed")
    require_range("ends_day", ends_day, issued_day + 1, LAST_DAY, "code.malformed")
    return PaperCard(
        division=division,
        signer_id=signer_id,
        card_key_id=card_key_id,
        handle=handle,
        issued_day=issued_day,
        ends_day=ends_day,
        signed=_PREFIX + body[:N_SIGNED],
        signature=body[N_SIGNED:],
    )


def read_card(text: str, *, division: int, at_min: int, verifiers: Mapping[int, Verify]) -> PaperCard:
    """An edge device's reading: a card proved by its signature. It shows no colour: answer *verify*.

    Raises
    ------
    Refusal
        As `read_person_qr`, with `code.wants_card` for another kind of code.
    """
    card = parse_card(text)
    require_county(card.division, division)
    require_in_force(card.issued_day, card.ends_day, at_min // DAY_MIN, DAY_MIN)
    require_signature(card.signer_id, card.signed, card.signature, verifiers)
    return card


def open_card(
    text: str,
    *,
    division: int,
    at_min: int,
    card_keys: Mapping[int, HandleKey],
    leaked: Leaked | None = None,
) -> tuple[int, int]:
    """A central gate's reading: `(gate_number, card_generation)`, proved as in `open_person_qr`."""
    card = parse_card(text)
    require_county(card.division, division)
    require_in_force(card.issued_day, card.ends_day, at_min // DAY_MIN, DAY_MIN)
    card_key = card_keys.get(card.card_key_id)
    if card_key is None:
        card_key = leaked_key(
            leaked,
            card.card_key_id,
            text=text,
            signer_id=card.signer_id,
            signed=card.signed,
            signature=card.signature,
        )
    sealed = card_key.seals(card.signed[:-SEAL_BYTES], card.signed[-SEAL_BYTES:])
    opened = open_handle(card.handle, card_key) if sealed else None
    if opened is None:
        raise refuse("code.seal", key_id=card.card_key_id)
    return opened
