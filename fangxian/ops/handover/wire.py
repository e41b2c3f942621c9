"""What crosses between counties: a signed package of people, and the signed receipt that answers it.

A package is a zip of three files. `package.json` says everything; `package.xlsx` has the same rows for whoever has no
program for it; `signature.json` names the SHA-256 of both, the sender's public key, and the Ed25519 signature over
`fangxian.handover.1`, a line feed, and its own canonical JSON without the signature. A receipt is one JSON file of two
parts: what is said, and a signature of the same kind over `fangxian.receipt.1`.
"""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fangxian.ops.documents.wire import canonical
from fangxian.ops.intake.limits import MEBIBYTE, UNPACKED_SIZE, XLSX_ROWS
from fangxian.ops.realm.sealed import indexes_of

from . import refusals

PACKAGE_FORMAT, RECEIPT_FORMAT = "fangxian.handover.1", "fangxian.receipt.1"
PACKAGE_FILE, SHEET_FILE, SIGNATURE_FILE = "package.json", "package.xlsx", "signature.json"
MOST_ROWS, MOST_KEYS = int(XLSX_ROWS.value), 32_767
LONGEST_TEXT = 4000
A_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """One side of a hand-over: its division code of six digits, and what it is called."""

    division_code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person of a package. `id` is the sender's; `fields` are those of the list's kind (intake), as text."""

    row: int
    kind: str
    id: UUID
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a package says. `realm` is live, demo or drill: what the people in it are."""

    id: UUID
    number: str
    realm: str
    disease: str
    sender: County
    addressee: County
    made_at: datetime
    reason: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """By whom something says it is signed, once that signature is found right; nothing tells yet whose key it is."""

    division_code: str
    realm: str
    key_id: int
    public_key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one row: new, merged, known or refused, and why in both languages."""

    row: int
    outcome: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptContent:
    """What a receipt says: which package it answers, by its id and digest, and what came of each row."""

    package: UUID
    digest: str
    number: str
    realm: str
    sender: County
    signed_at: datetime
    rows: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """With what this county signs."""

    division_code: str
    realm: str
    key_id: int
    key: Ed25519PrivateKey


@dataclass(slots=True, kw_only=True)  # not frozen: a long list makes a hundred thousand
class OuterId:
    """What a record of ours (kind and subject) is called where it came from: its id there, and its visible number."""

    kind: str
    subject: UUID
    outer_id: str
    outer_number: str = ""


def outer_indexes(source: str, outer_ids: Iterable[str]) -> list[bytes | None]:
    """By what ids of a source are found again."""
    return indexes_of("outer", [f"{source}|{outer_id}" for outer_id in outer_ids])


def pack(content: Content, sheet: bytes, signer: Signer) -> tuple[bytes, str]:
    """The zip of a package, and its digest."""
    body = canonical(_plain(asdict(content) | {"format": PACKAGE_FORMAT})).encode()
    files = {PACKAGE_FILE: body, SHEET_FILE: sheet}
    digests = {name: sha256(file).hexdigest() for name, file in files.items()}
    signature = _signature(PACKAGE_FORMAT, digests, signer)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, file in (files | {SIGNATURE_FILE: canonical(signature).encode()}).items():
            package.writestr(zipfile.ZipInfo(name, content.made_at.timetuple()[:6]), file, zipfile.ZIP_DEFLATED)
    return out.getvalue(), digests[PACKAGE_FILE]


def unpack(package: bytes) -> tuple[Content, Signed]:
    """What a package says and who says it signed it.

    Refuses
    -------
    handover.unreadable, handover.too_large, handover.forged
    """
    files = _files(package)
    signed = _checked(PACKAGE_FORMAT, _json(files[SIGNATURE_FILE]), {PACKAGE_FILE, SHEET_FILE}, files)
    try:
        return _content(_json(files[PACKAGE_FILE])), signed
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise refusals.unreadable(type(problem).__name__) from None


def write_receipt(receipt: ReceiptContent, signer: Signer) -> tuple[bytes, str]:
    """A receipt's file, and its digest."""
    said = canonical(_plain(asdict(receipt) | {"format": RECEIPT_FORMAT}))
    digest = sha256(said.encode()).hexdigest()
    signature = _signature(RECEIPT_FORMAT, {"receipt": digest}, signer)
    return canonical({"receipt": said, "signature": signature}).encode(), digest


def read_receipt(file: bytes) -> tuple[ReceiptContent, Signed]:
    """What a receipt says and who says it signed it.

    Refuses
    -------
    handover.unreadable, handover.forged
    """
    try:
        outer = _json(file)
        said = outer["receipt"].encode()
        signed = _checked(RECEIPT_FORMAT, outer["signature"], {"receipt"}, {"receipt": said})
        inner = _json(said)
        if inner.pop("format") != RECEIPT_FORMAT:
            raise ValueError("another format")
        rows = tuple(_answer(row) for row in inner.pop("rows"))
        if any(row.outcome not in ("new", "merged", "known", "refused") for row in rows):
            raise ValueError("an outcome nobody knows")
        package, at = UUID(inner.pop("package")), datetime.fromisoformat(inner.pop("signed_at"))
        receipt = ReceiptContent(
            package=package, signed_at=_aware(at), sender=_county(inner.pop("sender")), rows=rows, **_texts(inner)
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise refusals.unreadable(type(problem).__name__) from None
    return receipt, signed


def _content(said: dict) -> Content:
    if said.pop("format") != PACKAGE_FORMAT:
        raise ValueError("another format")
    rows = tuple(
        Row(
            row=_number(row["row"]),
            kind=row["kind"],
            id=UUID(row["id"]),
            fields=_texts(row["fields"]),
        )
        for row in said.pop("rows")
    )
    numbers = [row.row for row in rows]
    if len(set(numbers)) != len(numbers) or {row.kind for row in rows} - {"case", "contact"}:
        raise ValueError("a row twice, or of no kind")
    return Content(
        id=UUID(said.pop("id")),
        sender=_county(said.pop("sender")),
        addressee=_county(said.pop("addressee")),
        made_at=_aware(datetime.fromisoformat(said.pop("made_at"))),
        rows=rows,
        **_texts(said),
    )


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    if not 1 < at.year < 9999:  # at the ends of the calendar there is no such moment in every zone
        raise ValueError("no moment of this world")
    return at


def _text(value: object) -> str:
    """A text that every database takes: no half of a pair of code units, no NUL, and shorter than a page."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    value.encode()
    if "\0" in value or len(value) > LONGEST_TEXT:
        raise ValueError("no text of a form")
    return value


def _texts(said: Mapping[object, object]) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in said.items()}


def _county(said: Mapping[object, object]) -> County:
    return County(**_texts(said))


def _number(value: object, *, most: int = MOST_ROWS) -> int:
    """The number of a row or a key, which no database finds too large."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError("no number of a row or a key")
    return value


def _answer(said: dict) -> Answer:
    return Answer(row=_number(said.pop("row")), **_texts(said))


def _plain(value: object) -> object:
    """Ids and moments as text, through and through."""
    if isinstance(value, Mapping):
        return {name: _plain(it) for name, it in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(it) for it in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _signature(form: str, digests: Mapping[str, str], signer: Signer) -> dict[str, object]:
    said = {
        "format": form,
        "division_code": signer.division_code,
        "realm": signer.realm,
        "key_id": signer.key_id,
        "public_key": signer.key.public_key().public_bytes_raw().hex(),
        "sha256": dict(digests),
    }
    return said | {"signature": base64.b64encode(signer.key.sign(_signed_text(form, said))).decode()}


def _signed_text(form: str, said: Mapping[str, object]) -> bytes:
    return form.encode() + b"\n" + canonical(said).encode()


def _checked(form: str, signature: dict, names: set[str], files: Mapping[str, bytes]) -> Signed:
    """Whose signature it says it is, once it is found to fit; refuses what was changed since."""
    try:
        said = {name: value for name, value in signature.items() if name != "signature"}
        if said["format"] != form or set(said["sha256"]) != names:
            raise ValueError("another format")
        text, key = _signed_text(form, said), Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["public_key"]))
        sealed = base64.b64decode(signature["signature"], validate=True)
        signed = Signed(
            division_code=_text(said["division_code"]),
            realm=_text(said["realm"]),
            key_id=_number(said["key_id"], most=MOST_KEYS),
            public_key=bytes.fromhex(said["public_key"]).hex(),
            digest=min(said["sha256"].items())[1],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise refusals.unreadable(type(problem).__name__) from None
    try:
        key.verify(sealed, text)
    except InvalidSignature:
        raise refusals.forged() from None
    if any(sha256(files[name]).hexdigest() != said["sha256"][name] for name in names):
        raise refusals.forged()
    return signed


def _files(package: bytes) -> dict[str, bytes]:
    limit = int(UNPACKED_SIZE.value) * MEBIBYTE
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as opened:
            n_bytes = sum(entry.file_size for entry in opened.infolist())
            if n_bytes > limit:
                raise refusals.too_large(n_bytes // MEBIBYTE, limit // MEBIBYTE)
            names = (PACKAGE_FILE, SHEET_FILE, SIGNATURE_FILE)
            return {name: opened.read(name) for name in names}
    except (*A_BROKEN_ZIP, EOFError, KeyError, ValueError) as problem:
        raise refusals.unreadable(type(problem).__name__) from None


def _json(text: bytes) -> dict:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise refusals.unreadable(type(problem).__name__) from None
    if not isinstance(found, dict):
        raise refusals.unreadable("list")
    return found
