"""Packages and receipts that are signed well and say what cannot be: refused in words, and nothing of them is kept."""

import io
import json
import zipfile
from copy import deepcopy
from hashlib import sha256

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.documents.wire import canonical
from fangxian.ops.handover import wire
from fangxian.ops.handover.models import CountyKey, Package
from fangxian.ops.procedures.take_over import receive_package, take_receipt

from .list_hand import in_force, somebody
from .neighbour import Neighbour, contact_row

pytestmark = pytest.mark.django_db
HALF, NUL, HUGE = "\ud800", "a\0b", 10**30
IN_A_PACKAGE = (
    (("rows", 0, "row"), HUGE),
    (("rows", 0, "row"), -5),
    (("rows", 0, "row"), 1.5),
    (("rows", 0, "row"), True),
    (("rows", 0, "fields", "name"), HALF),
    (("rows", 0, "fields", "name"), NUL),
    (("rows", 0, "fields", "name"), "长" * 5000),
    (("rows", 0, "fields", "name"), 7),
    (("rows", 0, "fields", HALF), "x"),
    (("number",), NUL),
    (("reason",), HALF),
    (("made_at",), "0001-01-01T00:00:00+14:00"),
    (("sender", "zh"), 5),
    (("sender", "zh"), {"a": 1}),
    (("sender", "en"), HALF),
)


@pytest.fixture(scope="module")
def lead_of_this_file(rows_of_this_file) -> Account:
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


@pytest.fixture
def lead(lead_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(lead_of_this_file)


def put(said: object, path: tuple, value: object) -> None:
    for name in path[:-1]:
        said = said[name]
    said[path[-1]] = value


def package(path: tuple, value: object, **of_key: int) -> bytes:
    """A neighbour's package of one contact, signed after one thing in it was changed."""
    there = Neighbour(**of_key)
    said = wire._plain(wire.asdict(there.content([contact_row(1)])) | {"format": wire.PACKAGE_FORMAT})
    if path:
        put(said, path, value)
    files = {wire.PACKAGE_FILE: json.dumps(said).encode(), wire.SHEET_FILE: b"x"}
    digests = {name: sha256(file).hexdigest() for name, file in files.items()}
    files[wire.SIGNATURE_FILE] = canonical(wire._signature(wire.PACKAGE_FORMAT, digests, there.signer())).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, file in files.items():
            zipped.writestr(name, file)
    return out.getvalue()


def receipt(path: tuple, value: object) -> bytes:
    """A neighbour's receipt, signed after one thing in it was changed."""
    there = Neighbour()
    said = json.loads(json.loads(there.receipt(there.package([contact_row(1)])))["receipt"])
    put(said, path, value)
    text = json.dumps(said)
    digests = {"receipt": sha256(text.encode()).hexdigest()}
    signature = wire._signature(wire.RECEIPT_FORMAT, digests, there.signer())
    return json.dumps({"receipt": text, "signature": signature}).encode()


def refused(do, **told) -> str:
    with pytest.raises(Refusal) as refusal:
        do(**told)
    return refusal.value.code


@pytest.mark.parametrize(("path", "value"), IN_A_PACKAGE, ids=range(len(IN_A_PACKAGE)))
def test_a_package_that_says_what_cannot_be_is_refused(lead, path, value):
    assert refused(receive_package, file=package(path, value), by=lead) == "handover.unreadable"
    assert (Package.objects.count(), CountyKey.objects.count()) == (0, 0)


@pytest.mark.parametrize("key_id", [-1, 40_000, HUGE])
def test_so_is_one_whose_key_has_a_number_that_cannot_be(lead, key_id):
    assert refused(receive_package, file=package((), None, key_id=key_id), by=lead) == "handover.unreadable"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rows", 0, "row"), HUGE),
        (("rows", 0, "row"), [1]),
        (("rows", 0, "zh"), 5),
        (("rows", 0, "en"), HALF),
        (("number",), {"a": 1}),
        (("signed_at",), "9999-12-31T23:59:00-14:00"),
        (("sender", "zh"), NUL),
    ],
)
def test_so_is_a_receipt(lead, path, value):
    assert refused(take_receipt, file=receipt(path, value), by=lead) == "handover.unreadable"


def test_the_same_package_unchanged_is_kept(lead):
    """What the others are refused for is what was changed in them."""
    row, is_repeat = receive_package(file=package((), None), by=lead)
    assert (row.state, is_repeat) == ("held", False)
