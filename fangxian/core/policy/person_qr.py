"""A person's QR: a handle for central gates, a short word for doors without network, a short life.

    FXP1 | division 3 | signer 1 | day key 2 | handle 8 | validity 5 | short word 4 | seal 6 | signature 64

No name, no number. `seal` is keyed with the day's key and covers all before it; the Ed25519 signature
covers all before itself, seal included. A central gate opens the handle and checks the seal, in
microseconds; an edge device holds public keys only and checks the signature. Reasons are given in the
order in which they help: not ours, another kind, version, length, alphabet, values, another county,
not yet or no longer valid, unknown key, and only then that the code was not issued by us.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from fangxian.core.policy.byte_refusals import refuse, require_range
from fangxian.core.policy.byte_short_word import pack_short, unpack_short
from fangxian.core.policy.byte_text import PERSON, body_of, start_of, text_of
from fangxian.core.policy.byte_time import LAST_MINUTE
from fangxian.core.policy.handles import SEAL_BYTES, HandleKey, handle_of, open_handle

LONGEST_VALIDITY_MIN: Final = 1440
LAST_DIVISION: Final = 999_999
FIRST_DIVISION: Final = 100_000
N_SEALED: Final = 23
N_SIGNED: Final = 29

Verify = Callable[[bytes, bytes], bool]
"""`verify(message, signature)`: whether the Ed25519 signature is that key's for the message."""


class Leaked(NamedTuple):
    """Keys of handles that somebody else has too: their seal proves nothing, so the signature has to.

    `require(text, signer_id, signed, signature)` returns if that signer signed, and refuses if not; it may
    remember a text that was found good.
    """

    keys: Mapping[int, HandleKey]
    require: Callable[[str, int, bytes, bytes], None]


_PREFIX: Final = PERSON.prefix.encode("ascii")
_SEALED: Final = struct.Struct(">3sBHQBII")  # the validity's 40 bits are read as 8 and 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQr:
    """A person's QR as any reader can see it; nothing is proved yet.

    `[from_min, until_min)` in minutes since the epoch; `short` as in `byte_short_word`; `signed` is the
    message that `signature` signs.
    """

    division: int
    signer_id: int
    day_key_id: int
    handle: int
    from_min: int
    until_min: int
    short: int
    seal: bytes
    signed: bytes
    signature: bytes


def person_qr_to_sign(
    *,
    division: int,
    signer_id: int,
    day_key_id: int,
    day_key: HandleKey,
    gate_number: int,
    qr_generation: int,
    from_min: int,
    until_min: int,
    short: int,
) -> bytes:
    """The message to be signed for one QR; `person_qr_text` joins it with its signature.

    Raises
    ------
    Refusal
        `word.out_of_range` or `word.contradiction`, naming the field.
    """
    require_range("until_min - from_min", until_min - from_min, 1, LONGEST_VALIDITY_MIN)
    validity = require_range("from_min", from_min, 1, LAST_MINUTE) << 14 | until_min - from_min
    sealed = _PREFIX + _SEALED.pack(
        require_range("division", division, FIRST_DIVISION, LAST_DIVISION).to_bytes(3, "big"),
        require_range("signer_id", signer_id, 0, 0xFF),
        require_range("day_key_id", day_key_id, 0, 0xFFFF),
        handle_of(gate_number, qr_generation, day_key),
        validity >> 32,
        validity & 0xFFFF_FFFF,
        pack_short(unpack_short(short)),
    )
    return sealed + day_key.seal(sealed)


def person_qr_text(signed: bytes, signature: bytes) -> str:
    """The text of the QR from `person_qr_to_sign` and the 64 bytes of its signature."""
    return text_of(signed + signature, PERSON)


def parse_person_qr(text: str) -> PersonQr:
    """What anybody can read in the text of a person's QR, without any key.

    Raises
    ------
    Refusal
        `code.foreign`, `code.wants_person`, `code.version`, `code.truncated`, `code.too_long`,
        `code.garbled`, `code.malformed`, `code.contradiction`.
    """
    body = body_of(text, PERSON)
    division, signer_id, day_key_id, handle, high, low, short = _SEALED.unpack_from(body)
    validity = high << 32 | low
    from_min, lasts_min = validity >> 14, validity & 0x3FFF
    division = int.from_bytes(division, "big")
    require_range("division", division, FIRST_DIVISION, LAST_DIVISION, "code.malformed")
    require_range("from_min", from_min, 1, LAST_MINUTE, "code.malformed")
    require_range("until_min - from_min", lasts_min, 1, LONGEST_VALIDITY_MIN, "code.malformed")
    unpack_short(short)
    return PersonQr(
        division=division,
        signer_id=signer_id,
        day_key_id=day_key_id,
        handle=handle,
        from_min=from_min,
        until_min=from_min + lasts_min,
        short=short,
        seal=body[N_SEALED:N_SIGNED],
        signed=_PREFIX + body[:N_SIGNED],
        signature=body[N_SIGNED:],
    )


def read_person_qr(text: str, *, division: int, at_min: int, verifiers: Mapping[int, Verify]) -> PersonQr:
    """An edge device's reading: the QR, proved by its signature, of this county and in force at `at_min`.

    `verifiers` are the public keys by signer id. Whether the handle is revoked is asked afterwards.

    Raises
    ------
    Refusal
        As `parse_person_qr`, then `code.other_county`, `code.not_yet_valid`, `code.expired`,
        `code.key_unknown`, `code.signature`.
    """
    qr = parse_person_qr(text)
    require_county(qr.division, division)
    require_in_force(qr.from_min, qr.until_min, at_min)
    require_signature(qr.signer_id, qr.signed, qr.signature, verifiers)
    return qr


def open_person_qr(
    text: str,
    *,
    division: int,
    at_min: int,
    day_keys: Mapping[int, HandleKey],
    leaked: Leaked | None = None,
) -> tuple[int, int]:
    """A central gate's reading: `(gate_number, qr_generation)` of a QR in force, proved by its seal.

    Raises
    ------
    Refusal
        As `read_person_qr`, with `code.seal` where the seal is wrong or the handle opens to nothing.
    """
    found = sealed_handle(text, division=division, at_min=at_min, day_keys=day_keys, leaked=leaked)
    opened = open_handle(found.handle, found.key)
    if opened is None:
        raise refuse("code.seal", key_id=found.key_id)
    return opened


class SealedHandle(NamedTuple):
    """The handle of a QR that is ours, with the key that opens it."""

    handle: int
    key: HandleKey
    key_id: int


def sealed_handle(
    text: str,
    *,
    division: int,
    at_min: int,
    day_keys: Mapping[int, HandleKey],
    leaked: Leaked | None = None,
) -> SealedHandle:
    """All of a central gate's reading but the opening of the handle, which costs less for many at once.

    The short word and the signature are not looked at: the gate has the person's own words, and the seal. A key that
    leaked is not in `day_keys` but in `leaked`, and its codes are proved by their signature; the others pay nothing for
    that. Refuses like `open_person_qr`.
    """
    begins = start_of(text, PERSON, N_SIGNED)
    found, signer_id, key_id, handle, high, low, _ = _SEALED.unpack_from(begins)
    from_min = high << 18 | low >> 14
    until_min = from_min + (low & 0x3FFF)
    if int.from_bytes(found, "big") != division or not from_min <= at_min < until_min:
        require_county(int.from_bytes(found, "big"), division)
        require_in_force(from_min, until_min, at_min)
    key = day_keys.get(key_id)
    if key is None:
        signed, signature = _PREFIX + begins, body_of(text, PERSON)[N_SIGNED:]
        key = leaked_key(leaked, key_id, text=text, signer_id=signer_id, signed=signed, signature=signature)
    # The seal first: it costs a seventh of opening, and nothing unsealed reaches the permutation.
    if not key.seals(_PREFIX + begins[:N_SEALED], begins[N_SEALED:]):
        raise refuse("code.seal", key_id=key_id)
    return SealedHandle(handle, key, key_id)


def leaked_key(
    leaked: Leaked | None, key_id: int, *, text: str, signer_id: int, signed: bytes, signature: bytes
) -> HandleKey:
    """The leaked key of that id, once the signature has proved the code; refuses `code.key_unknown` too.

    The seal is looked at first, so that only whoever has the key can make a gate compute a signature.
    """
    key = leaked.keys.get(key_id) if leaked else None
    if leaked is None or key is None:
        raise refuse("code.key_unknown", key_id=key_id)
    if not key.seals(signed[:-SEAL_BYTES], signed[-SEAL_BYTES:]):
        raise refuse("code.seal", key_id=key_id)
    leaked.require(text, signer_id, signed, signature)
    return key


def require_county(found: int, wanted: int) -> None:
    """Refuses `code.other_county` unless the two division codes are one."""
    if found != wanted:
        raise refuse("code.other_county", found=found, wanted=wanted)


def require_in_force(begins: int, ends: int, at: int, unit_min: int = 1) -> None:
    """Refuses `code.not_yet_valid` before `begins` and `code.expired` from `ends` on.

    All three are in units of `unit_min` minutes; the sentence gives minutes.
    """
    if at < begins:
        raise refuse("code.not_yet_valid", minutes=(begins - at) * unit_min)
    if at >= ends:
        raise refuse("code.expired", minutes=(at - ends) * unit_min)


def require_signature(signer_id: int, signed: bytes, signature: bytes, verifiers: Mapping[int, Verify]) -> None:
    """Refuses `code.key_unknown` or `code.signature`; returns if the signature is that signer's."""
    verify = verifiers.get(signer_id)
    if verify is None:
        raise refuse("code.key_unknown", key_id=signer_id)
    if not verify(signed, signature):
        raise refuse("code.signature", key_id=signer_id)


def require_generation(found: int, current: int) -> None:
    """Refuses `code.revoked` unless a QR's or card's generation is the one in the safety word."""
    if found != current:
        raise refuse("code.revoked", found=found, current=current)
