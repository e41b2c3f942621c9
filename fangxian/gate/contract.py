"""What a gate is asked and what it answers, over HTTP. (bytes → `ScanIn`; answer → bytes)

    POST /scan   {"id": uuid, "code": "<person QR or card>", "venue": "<venue code>", "scanned_at": RFC 3339, …}
    POST /scans  {"scans": [ at most 500 of them ]}

docs/reference/gate.md is the contract; unknown fields are let pass, so that a newer phone is understood.
"""

import json
import re
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from fangxian.core.refusal import Refusal

from .fields import EXPECTED, PERSONAL
from .refusals import refuse

MOST_SCANS: Final = 500
MOST_COMPANIONS: Final = 5

Moment = Annotated[datetime, Meta(tz=True)]
CodeText = Annotated[str, Meta(min_length=1, max_length=512)]
DocumentText = Annotated[str, Meta(min_length=1, max_length=64)]


class CompanionIn(Struct, gc=False):
    """Somebody who comes in with the person, without a phone of their own: a code or a document."""

    code: CodeText | None = None
    document: DocumentText | None = None


class DecidedIn(Struct, gc=False):
    """What a door without network has answered already."""

    outcome: Literal["admit", "verify", "refuse"]
    at: Moment


class ScanIn(Struct, gc=False):
    """One scan as it was sent. Who sent it is in the credential, never in here."""

    id: Annotated[str, Meta(min_length=32, max_length=36)]
    venue: CodeText
    scanned_at: Moment
    code: CodeText | None = None
    document: DocumentText | None = None
    presence: Literal["staffed", "rotating", "located", "none"] | None = None
    direction: Literal["in", "out"] = "in"
    sent_at: Moment | None = None
    temperature_c: Annotated[float, Meta(ge=20.0, le=50.0)] | None = None
    companions: Annotated[list[CompanionIn], Meta(max_length=MOST_COMPANIONS)] = []
    decided: DecidedIn | None = None


class ScansIn(Struct, gc=False):
    """Many scans; each is read by itself, so that one wrong does not take the others along."""

    scans: list[Raw]


class RefusalOut(Struct, gc=False):
    refusal: str
    zh: str
    en: str


_MISSING: Final = re.compile(r"missing required field `(\w+)`(?: - at `(.+)`)?$")
_PLACE: Final = re.compile(r" - at `(.+)`$")

_KINDS: Final = {
    type(None): "null", bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object",
}  # fmt: skip
MOST_SHOWN: Final = 60  # characters of a value that was wrong

_read_scan = msgspec.json.Decoder(ScanIn).decode
_read_scans = msgspec.json.Decoder(ScansIn).decode
_write = msgspec.json.Encoder().encode


def read_scan(data: bytes | Raw) -> ScanIn:
    """One scan from its JSON.

    Raises
    ------
    Refusal
        `scan.not_json`, `scan.field_missing`, `scan.field_wrong`
    """
    try:
        scan = _read_scan(data)
    except msgspec.ValidationError as wrong:
        raise _said_of(wrong, data) from None
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or deeper than anything is read
        raise _not_json(data) from None
    _require_one(scan, "")
    for place, companion in enumerate(scan.companions):
        _require_one(companion, f"companions[{place}].")
    return scan


def read_scans(data: bytes) -> list[Raw]:
    """The scans of a batch, unread.

    Raises
    ------
    Refusal
        `scan.not_json`, `scan.field_missing`, `scan.field_wrong`, `scan.too_many`
    """
    try:
        scans = _read_scans(data).scans
    except msgspec.ValidationError as wrong:
        raise _said_of(wrong, data) from None
    except (ValueError, RecursionError):
        scans = _read_again(data)
    if len(scans) > MOST_SCANS:
        raise refuse("scan.too_many", n=len(scans), most=MOST_SCANS)
    return scans


def _read_again(data: bytes) -> list[Raw]:
    """The scans of a batch that is JSON to others: half of an emoji in one of them is wrong there and nowhere else.

    Such a half is what a browser sends of a field that was cut; the quick reader takes the whole text for broken.
    """
    try:
        scans = json.loads(data.decode(), parse_int=float)["scans"]
        return [Raw(json.dumps(scan).encode()) for scan in scans]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _not_json(data) from None


def id_bytes(text: str) -> bytes:
    """The 16 bytes of a scan's id; refuses `scan.field_wrong` for what is no UUID."""
    digits = text.replace("-", "") if text[8:24:5] == "----" else text
    try:
        found = bytes.fromhex(digits)  # which passes over blanks: 32 characters with one in them are not 16 bytes
    except ValueError:
        found = b""
    if len(digits) != 32 or len(found) != 16:
        raise _field_wrong("id", _as_json(text))
    return found


def id_text(id_: bytes) -> str:
    """A scan's id as it is answered: lower case, with dashes."""
    digits = id_.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def with_companions(answer: bytes, companions: list[bytes]) -> bytes:
    """The JSON of a person's answer, with those of the companions if any came along."""
    return answer[:-1] + b',"companions":[' + b",".join(companions) + b"]}" if companions else answer


def write_refusal(refusal: Refusal) -> bytes:
    """The JSON of a refusal: its code for machines, both sentences for people."""
    return _write(RefusalOut(refusal.code, refusal.said.zh, refusal.said.en))


def write_results(results: list[bytes]) -> bytes:
    """The JSON of a batch's answers and refusals, in the order of its scans."""
    return b'{"results":[' + b",".join(results) + b"]}"


def _not_json(data: bytes | Raw) -> Refusal:
    return refuse("scan.not_json", length=memoryview(data).nbytes)


def _field_wrong(field: str, found: str) -> Refusal:
    expected = EXPECTED[_last_name(field)]
    return refuse("scan.field_wrong", field=field, found=found, expected_zh=expected.zh, expected_en=expected.en)


def _field_missing(field: str) -> Refusal:
    expected = EXPECTED[_last_name(field)]
    return refuse("scan.field_missing", field=field, expected_zh=expected.zh, expected_en=expected.en)


def _require_one(who: ScanIn | CompanionIn, place: str) -> None:
    if who.code is None and who.document is None:
        raise _field_missing(f"{place}code")
    if who.code is not None and who.document is not None:
        raise _field_wrong(f"{place}document", "string")


def _said_of(wrong: msgspec.ValidationError, data: bytes | Raw) -> Refusal:
    """The refusal for what msgspec found, which says it in English and gives the place as a path."""
    text = str(wrong)
    if missing := _MISSING.search(text):
        return _field_missing(_joined(missing[2] or "$", missing[1]))
    found = _PLACE.search(text)
    field = found[1].removeprefix("$").removeprefix(".") if found else ""
    return _field_wrong(field, _shown_at(data, field)) if field else _not_json(data)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}".removeprefix("$").removeprefix(".")


def _last_name(field: str) -> str:
    name = re.sub(r"\[.*?\]", "", field).rpartition(".")[2]
    return name if name in EXPECTED else ""


def _shown_at(data: bytes | Raw, field: str) -> str:
    """What a sentence may show of a field such as `companions[2].code`: of what is personal, its kind only.

    This is a second reading, without types. Where a name stands twice or a number is past all bounds it does
    not find what the first one found, and then nothing is shown.
    """
    try:
        value = msgspec.json.decode(data)
        for name, place in re.findall(r"(\w+)|\[(\d+)\]", field):
            value = value[name] if name else value[int(place)]
        return _KINDS[type(value)] if _last_name(field) in PERSONAL else _as_json(value)
    except (ValueError, LookupError, TypeError, RecursionError):
        return "—"


def _as_json(value: object) -> str:
    return _write(value).decode()[:MOST_SHOWN]
