"""What a document says of itself on paper: the signed text in its QR code, and how anyone verifies it.

The text is ASCII, so that every scanner reads it alike:

    FXD1.<realm><division>.<number>.<digest>.<key>.<signature>

<realm> is L, D or R (live, demo, drill rehearsal); <division> the county's code; <number> the document's
number, <digest> the first 16 bytes of its SHA-256, <signature> 64 bytes of Ed25519, each in base64url
without padding; <key> the signing key's id. Signed is `fangxian.document.1`, a line feed, and everything
before the last dot. Only the standard library and an Ed25519 are needed to check it, and no network.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import RealmKind

from .models import Document

MARK = "FXD1"
SIGNED_AS = b"fangxian.document.1\n"
DIGEST_BYTES = 16
SIGNATURE_BYTES = 64
LETTERS = {RealmKind.LIVE: "L", RealmKind.DEMO: "D", RealmKind.DRILL: "R"}
LONGEST_PROOF = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a signed text says: that this realm issued a document of this number with this content."""

    realm_kind: RealmKind
    division_code: str
    number: str
    digest: bytes
    key_id: int


def canonical(content: Mapping) -> str:
    """JSON with sorted keys and no spaces; what a document's digest is taken of."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_of(document: Document) -> dict:
    """A document's content, in the shape its template wants; empty where it was forgotten at its term."""
    return json.loads(document.content or "{}")


def printed(document: Document) -> dict[str, object]:
    """Everything that stands on the paper."""
    return {
        "number": document.number,
        "issuer_zh": document.series.issuer_zh,
        "issuer_en": document.series.issuer_en,
        "kind": document.kind,
        "title_zh": document.title_zh,
        "title_en": document.title_en,
        "basis": document.basis,
        "issued_on": localtime(document.issued_at).date().isoformat(),
        "division_code": the_realm().division_code,
        "realm": str(the_realm().kind),
        "content": content_of(document),
    }


def digest_of(document: Document) -> str:
    """SHA-256, in hex, of everything printed."""
    return sha256(canonical(printed(document)).encode()).hexdigest()


def sign(claim: Claim, key: Ed25519PrivateKey) -> str:
    """The signed text for a paper; `verify_offline` reads it."""
    head = f"{LETTERS[claim.realm_kind]}{claim.division_code}"
    parts = [MARK, head, _encode(claim.number.encode()), _encode(claim.digest[:DIGEST_BYTES]), str(claim.key_id)]
    unsigned = ".".join(parts)
    return f"{unsigned}.{_encode(key.sign(SIGNED_AS + unsigned.encode()))}"


def verify_offline(text: str, public_keys: Mapping[int, bytes]) -> Claim:
    """What a scanned text claims, once its signature is found right. Needs no database.

    Parameters
    ----------
    public_keys : raw 32-byte Ed25519 keys of one county, by key id

    Refuses
    -------
    documents.proof_unreadable
        Not such a text, or cut.
    documents.proof_of_another_key
        Signed with a key that is not among those given: another county's, or newer.
    documents.proof_forged
        The signature does not fit what is written.
    """
    claim, unsigned, signature = _read(text)
    if claim.key_id not in public_keys:
        raise Refusal(
            "documents.proof_of_another_key",
            zh="这份文书自称由区划 {division} 的第 {key_id} 号密钥签发，这里没有这把公钥，不能辨别真伪。请向该县核验。",
            en="This paper says that division {division} signed it with key {key_id}, whose public key is not here, so "
            "nothing can be said about it. Have it verified by that county.",
            division=claim.division_code,
            key_id=claim.key_id,
        )
    try:
        Ed25519PublicKey.from_public_bytes(public_keys[claim.key_id]).verify(signature, SIGNED_AS + unsigned)
    except InvalidSignature:
        raise Refusal(
            "documents.proof_forged",
            zh="签名不符：这份文书的二维码不是本县签发的，或文号、内容被改过。请不要据此办理，并报告县指挥部。",
            en="The signature is wrong: this county did not issue this QR code, or its number or content was changed. "
            "Do not act on it, and report it to the county's headquarters.",
        ) from None
    return claim


def _read(text: str) -> tuple[Claim, bytes, bytes]:
    """What is claimed, the signed bytes and the signature; refuses whatever `sign` cannot have written."""
    text = text.strip()
    try:
        if len(text) > LONGEST_PROOF or not text.isascii():
            raise ValueError("too long, or not ASCII")
        mark, head, number, digest, key_id, signed = text.split(".")
        signature = _decode(signed)
        claim = Claim(
            realm_kind={letter: kind for kind, letter in LETTERS.items()}[head[:1]],
            division_code=head[1:],
            number=_decode(number).decode(),
            digest=_decode(digest),
            key_id=int(key_id),
        )
        if mark != MARK or not head[1:].isdecimal() or len(claim.digest) != DIGEST_BYTES:
            raise ValueError("not a document's text")
        if len(signature) != SIGNATURE_BYTES:
            raise ValueError("cut")
        return claim, text.rpartition(".")[0].encode(), signature
    except (ValueError, KeyError):
        raise Refusal(
            "documents.proof_unreadable",
            zh="这不是文书核验码，或没有扫全（读到 {n} 个字符）。应为以 FXD1 开头的一段文字；"
            "请对准文书左下角的二维码重新扫描。",
            en="This is not a document's code, or not all of it was read ({n} characters). It should begin with FXD1: "
            "scan the QR code at the foot of the paper again.",
            n=len(text),
        ) from None


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Inverse of `_encode`, refusing every other spelling of the same bytes."""
    value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(value) != text:
        raise ValueError("another spelling")
    return value
