"""The bytes that are hashed: stated again here in plain words, so that a change of them is noticed."""

import hashlib
import json
from contextlib import suppress

import pytest

from fangxian.ops.audit.wire import canonical, commitment_of, exact_bytes, hash_of_line, hash_of_seal

LINE = (
    7,
    "ab" * 16,
    1_649_379_600_000_000,
    1_795_000_000_000_000,
    "people.merged",
    "cd" * 16,
    "",
    "",
    b"\x01" * 32,
    "",
)


def test_canonical_json_is_sorted_tight_and_in_utf_8():
    assert canonical({"b": [1, None], "a": "浮山"}) == '{"a":"浮山","b":[1,null]}'.encode()


def test_canonical_json_refuses_what_json_does_not_know():
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))


def test_a_lines_hash_is_sha_256_of_a_named_format_and_its_columns():
    columns = [*LINE[:8], "01" * 32, ""]
    plain = b"fangxian.audit.line.1\n" + json.dumps(columns, separators=(",", ":")).encode()
    assert hash_of_line(LINE) == hashlib.sha256(plain).digest()


def test_a_seals_hash_binds_its_number_its_line_its_time_and_the_seal_before():
    plain = b"fangxian.audit.seal.1\n[3,7,1795000000000000]\n" + b"\x02" * 32 + b"\x03" * 32
    found = hash_of_seal(3, 7, 1_795_000_000_000_000, b"\x02" * 32, b"\x03" * 32)
    assert found == hashlib.sha256(plain).digest()


def test_a_commitment_depends_on_the_salt():
    assert commitment_of(b"a" * 16, b"told") != commitment_of(b"b" * 16, b"told")


@pytest.mark.parametrize("place", range(len(LINE)))
def test_every_column_of_a_line_is_in_its_hash(place):
    changed = list(LINE)
    column = changed[place]
    changed[place] = column + 1 if isinstance(column, int) else column + type(column)(b"x" if place == 8 else "x")
    assert hash_of_line(tuple(changed)) != hash_of_line(LINE)


@pytest.mark.parametrize("place", range(len(LINE)))
def test_a_column_of_another_type_is_never_taken_for_the_right_one(place):
    changed = list(LINE)
    changed[place] = "x" if place == 8 else (str(LINE[place]) if isinstance(LINE[place], int) else b"x")
    with suppress(TypeError):
        assert hash_of_line(tuple(changed)) != hash_of_line(LINE)


def test_text_in_the_place_of_bytes_is_refused():
    with pytest.raises(TypeError):
        exact_bytes("0102")
