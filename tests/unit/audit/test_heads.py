"""Signed heads: in rising order, by this realm's key, whole or passed over."""

import dataclasses

import pytest

from fangxian.ops.audit import heads
from fangxian.ops.audit.heads import Head, append_head, is_ours, last_head, read_head, read_heads, sign_head


@pytest.fixture(autouse=True)
def heads_file(tmp_path, monkeypatch):
    path = tmp_path / "log" / "audit-heads.ndjson"
    monkeypatch.setattr(heads, "path_of_heads", lambda: path)
    return path


def test_a_head_is_read_back_as_it_was_written():
    kept = append_head(5, b"\x05" * 32)
    assert list(read_heads()) == [kept]
    assert is_ours(kept)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 2),
        ("previous", "1" * 64),
        ("seq", 6),
        ("hash", "00" * 32),
        ("at", "2022-04-08T00:00:00+00:00"),
        ("realm", "0" * 16),
        ("signature", "AAAA"),
    ],
)
def test_a_head_with_one_field_changed_is_not_ours(field, value):
    assert not is_ours(dataclasses.replace(sign_head(5, b"\x05" * 32), **{field: value}))


def test_a_head_signed_with_a_key_that_is_not_in_the_keyring_is_not_ours():
    assert not is_ours(dataclasses.replace(sign_head(5, b"\x05" * 32), key=200))


def test_an_older_or_equal_head_is_not_kept_again():
    append_head(5, b"\x05" * 32)
    assert append_head(5, b"\x05" * 32) is None
    assert append_head(4, b"\x04" * 32) is None
    assert [head.seq for head in read_heads()] == [5]


def test_a_head_cut_short_by_a_power_cut_is_passed_over_and_the_next_one_takes_its_place(heads_file):
    append_head(5, b"\x05" * 32)
    with heads_file.open("ab") as file:
        file.write(b'{"at":"2022')
    assert [head.seq for head in read_heads()] == [5]
    assert last_head().seq == 5
    append_head(6, b"\x06" * 32)
    assert [head.seq for head in read_heads()] == [5, 6]


def test_a_whole_line_that_is_no_head_is_told_apart_from_one(heads_file):
    append_head(5, b"\x05" * 32)
    with heads_file.open("ab") as file:
        file.write(b"{}\n")
    assert [head and head.seq for head in read_heads()] == [5, None]


def test_without_a_file_there_are_no_heads():
    assert list(read_heads()) == []
    assert last_head() is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"seq": "5"}', '{"realm":1,"seq":5,"hash":"","at":"","key":1,"signature":""}']
)
def test_what_is_no_head_is_none(text):
    assert read_head(text) is None


def test_the_last_head_is_found_in_a_long_file():
    for seq in range(1, 60):
        append_head(seq, seq.to_bytes(32, "big"))
    assert last_head() == Head(**dataclasses.asdict(list(read_heads())[-1]))
    assert last_head().seq == 59


def test_each_head_signs_the_one_before():
    first, second = append_head(5, b"\x05" * 32), append_head(6, b"\x06" * 32)
    assert (first.number, first.previous) == (1, "0" * 64)
    assert (second.number - 1, second.previous) == first.link
    assert is_ours(second)
