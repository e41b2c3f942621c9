"""What crosses between counties: whole and signed, or refused by name, whatever was done to it on the way."""

import io
import json
import zipfile
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.refusal import Refusal
from fangxian.ops.handover.refusals import fingerprint
from fangxian.ops.handover.wire import (
    PACKAGE_FILE,
    SHEET_FILE,
    SIGNATURE_FILE,
    Answer,
    Content,
    County,
    ReceiptContent,
    Row,
    Signer,
    pack,
    read_receipt,
    unpack,
    write_receipt,
)

KEY = Ed25519PrivateKey.generate()
HERE = County(division_code="141027", zh="浮山县", en="Fushan")
THERE = County(division_code="141024", zh="洪洞县", en="Hongtong")
SIGNER = Signer(division_code="141024", realm="demo", key_id=1, key=KEY)
AT = datetime(2022, 4, 8, 1, 0, tzinfo=UTC)
# No half of a pair of code units and no NUL: what cannot be kept is refused (tests/integration/test_handover_hostile).
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def content(rows=(), **more) -> Content:
    told = {
        "id": uuid4(), "number": "1号", "realm": "demo", "disease": "measles", "sender": THERE, "addressee": HERE,
        "made_at": AT, "reason": "", "rows": tuple(rows),
    }  # fmt: skip
    return Content(**(told | more))


def row(n=1, **fields) -> Row:
    return Row(row=n, kind="contact", id=uuid4(), fields=fields)


def packed(*rows) -> bytes:
    return pack(content(rows), b"a sheet", SIGNER)[0]


def rewritten(package: bytes, /, **files: bytes) -> bytes:
    """The zip with other files in the place of its own."""
    out, names = io.BytesIO(), {"package": PACKAGE_FILE, "sheet": SHEET_FILE, "signature": SIGNATURE_FILE}
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for key, name in names.items():
            new.writestr(name, files.get(key, old.read(name)))
    return out.getvalue()


def part(package: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return opened.read(name)


def code_of(call, *args) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args)
    return refused.value.code


@given(st.lists(st.dictionaries(texts, texts, max_size=5), max_size=5), texts, texts)
def test_what_was_packed_is_what_is_unpacked(fields, number, reason):
    rows = [Row(row=n, kind="case", id=uuid4(), fields=it) for n, it in enumerate(fields, start=1)]
    said = content(rows, number=number, reason=reason)
    found, signed = unpack(pack(said, b"", SIGNER)[0])
    assert found == said
    assert bytes.fromhex(signed.public_key) == KEY.public_key().public_bytes_raw()


def test_the_same_package_made_twice_is_the_same_file():
    said = content([row(name="甲")])
    assert pack(said, b"x", SIGNER) == pack(said, b"x", SIGNER)


@pytest.mark.parametrize("part_of", ["package", "sheet"])
def test_what_was_changed_after_signing_is_forged(part_of):
    package = packed(row(name="甲"))
    changed = part(package, PACKAGE_FILE).replace("甲".encode(), "乙".encode()) if part_of == "package" else b"another"
    assert code_of(unpack, rewritten(package, **{part_of: changed})) == "handover.forged"


@pytest.mark.parametrize("name", ["division_code", "realm", "key_id", "sha256"])
def test_what_the_signature_says_of_itself_is_signed_too(name):
    package = packed(row(name="甲"))
    said = json.loads(part(package, SIGNATURE_FILE))
    others = {"division_code": "141025", "realm": "live", "key_id": 9}
    said[name] = others.get(name) or dict.fromkeys(said["sha256"], "0" * 64)
    assert code_of(unpack, rewritten(package, signature=json.dumps(said).encode())) == "handover.forged"


def test_another_key_in_its_place_does_not_sign():
    package = packed(row(name="甲"))
    said = json.loads(part(package, SIGNATURE_FILE))
    said["public_key"] = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    assert code_of(unpack, rewritten(package, signature=json.dumps(said).encode())) == "handover.forged"


@given(st.integers(0, 2000), st.integers(1, 255))
def test_one_byte_that_is_another_is_never_taken_for_whole(place, other):
    package = bytearray(packed(row(name="甲")))
    package[place % len(package)] ^= other
    try:
        found, _ = unpack(bytes(package))
    except Refusal:
        return
    assert [it.fields for it in found.rows] == [{"name": "甲"}]  # a byte of the zip that says nothing, such as a date


@pytest.mark.parametrize("broken", [b"", b"PK", b"PK\x03\x04 and no more", b"{}", b"[]", b"\xff" * 50])
def test_what_is_no_package_is_unreadable(broken):
    assert code_of(unpack, broken) == "handover.unreadable"


@pytest.mark.parametrize("broken", [b"", b"{}", b"[]", b"null", b'{"receipt": 1, "signature": 2}', b"\xff"])
def test_what_is_no_receipt_is_unreadable(broken):
    assert code_of(read_receipt, broken) == "handover.unreadable"


def test_two_people_under_one_number_are_unreadable():
    assert code_of(unpack, packed(row(1), row(1))) == "handover.unreadable"


def test_a_receipt_says_what_was_written_and_who_signed_it():
    said = ReceiptContent(
        package=uuid4(), digest="0" * 64, number="1号", realm="demo", sender=THERE, signed_at=AT,
        rows=(Answer(row=1, outcome="new", zh="新收", en="new"),),
    )  # fmt: skip
    found, signed = read_receipt(write_receipt(said, SIGNER)[0])
    assert (found, signed.division_code) == (said, "141024")


def test_an_outcome_that_was_changed_is_forged():
    answers = (Answer(row=1, outcome="refused"),)
    said = ReceiptContent(
        package=uuid4(), digest="0" * 64, number="1", realm="demo", sender=THERE, signed_at=AT, rows=answers
    )
    file = write_receipt(said, SIGNER)[0].replace(b"refused", b"new")
    assert code_of(read_receipt, file) == "handover.forged"


def test_a_fingerprint_is_ten_groups_that_two_people_can_read_to_one_another():
    groups = fingerprint(KEY.public_key().public_bytes_raw().hex()).split(" ")
    assert [len(group) for group in groups] == [4] * 10
