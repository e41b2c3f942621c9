"""What crosses this room's boundary: what a paper is to say, and the signed text in its QR."""

import base64
import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fangxian.core.refusal import Refusal

PREFIX = "FXD1"
BODY = struct.Struct(">BIH16s16s")  # signer, division, day, document, first half of the digest
SIGNATURE_BYTES = 64
FIRST_DAY = date(2000, 1, 1)
Verify = Callable[[bytes, bytes], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A paper before it has a number.

    Attributes
    ----------
    series : whose numbers it takes, such as 浮防指; the number's form is `number_form`
    number_form : with {series}, {year}, {number}, such as "{series}〔{year}〕{number}号"
    template : a file of templates/ without its ending
    content : JSON-able, as the template takes it
    about : the subject, "kind:<id>", or "" for a paper about nobody
    """

    series: str
    template: str
    title: str
    issuer: str
    basis: str
    area_path: str
    content: Mapping[str, Any]
    about: str = ""
    number_form: str = "{series}〔{year}〕{number}号"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What a paper's QR says. `digest_head` is the first 16 bytes of the digest."""

    signer_id: int
    division: int
    issued_on: date
    document: UUID
    digest_head: bytes
    signed: bytes
    signature: bytes


def canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(draft: Draft, number_text: str) -> str:
    """SHA-256 of everything the paper says; the number is part of it."""
    said = [number_text, draft.template, draft.title, draft.issuer, draft.basis, canonical(draft.content)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def to_sign(*, signer_id: int, division: int, issued_on: date, document: UUID, digest: str) -> bytes:
    """The bytes a paper's signature covers, its prefix included."""
    day = (issued_on - FIRST_DAY).days
    return PREFIX.encode() + BODY.pack(signer_id, division, day, document.bytes, bytes.fromhex(digest)[:16])


def seal_text(signed: bytes, signature: bytes) -> str:
    """The text in the QR: the prefix and base 32 without padding; a QR's alphanumeric mode holds it."""
    return PREFIX + base64.b32encode(signed[len(PREFIX) :] + signature).decode().rstrip("=")


def read_seal(text: str, verify: Verify) -> Seal:
    """A paper's seal, its signature checked; works offline with the county's public key alone.

    Refuses
    -------
    documents.seal_unreadable, documents.seal_forged
    """
    seal = parse_seal(text)
    if not verify(seal.signed, seal.signature):
        raise Refusal(
            "documents.seal_forged",
            zh="这张二维码的签名不对：不是本县签发的，或内容被改动过。请不要据此办理；可向签发单位核实。",
            en="The signature in this QR is wrong: the county did not issue it, or it was altered. Do not act on the "
            "paper: ask the office it names.",
        )
    return seal


def parse_seal(text: str) -> Seal:
    """A paper's seal as any reader can see it; nothing is proved yet. Refuses `documents.seal_unreadable`."""
    text = text.strip()
    wanted = BODY.size + SIGNATURE_BYTES
    try:
        if not text.startswith(PREFIX):
            raise ValueError("another prefix")
        coded = text[len(PREFIX) :]
        body = base64.b32decode(coded + "=" * (-len(coded) % 8))
        if len(body) != wanted or seal_text(PREFIX.encode() + body[: BODY.size], body[BODY.size :]) != text:
            raise ValueError("another length or spelling")
    except ValueError:
        raise Refusal(
            "documents.seal_unreadable",
            zh="这不是本系统文书上的二维码，或没有扫全（读到 {n} 个字符）。应以 {prefix} 开头；请对准文书右下角重新扫描。",
            en="This is no QR of a paper of this system, or it was not read whole ({n} characters). It should begin "
            "with {prefix}: scan the paper's lower right corner again.",
            n=len(text),
            prefix=PREFIX,
        ) from None
    signer_id, division, day, document, digest_head = BODY.unpack(body[: BODY.size])
    return Seal(
        signer_id=signer_id,
        division=division,
        issued_on=FIRST_DAY + timedelta(days=day),
        document=UUID(bytes=document),
        digest_head=digest_head,
        signed=PREFIX.encode() + body[: BODY.size],
        signature=body[BODY.size :],
    )
