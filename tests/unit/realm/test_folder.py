"""A data folder is opened, or refused in words and left alone."""

import json
import os

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.folder import FORMAT, create_realm, open_realm


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "county"
    create_realm(
        path, kind="demo", county="fushan", division_code="141027", clock=CountyClock.of_the_wall("Asia/Shanghai")
    )
    return path


def refused(path) -> str:
    with pytest.raises(Refusal) as caught:
        open_realm(path)
    return caught.value.code


def test_a_new_realm_opens_as_it_was_made(folder):
    realm = open_realm(folder)
    assert (realm.kind, realm.county, realm.division_code, realm.is_synthetic) == ("demo", "fushan", "141027", True)


def test_two_realms_share_no_key(folder, tmp_path):
    other = create_realm(
        tmp_path / "other",
        kind="live",
        county="fushan",
        division_code="141027",
        clock=CountyClock.of_the_wall("Asia/Shanghai"),
    )
    assert other.keys.pseudonym("person:1") != open_realm(folder).keys.pseudonym("person:1")
    assert other.id != open_realm(folder).id


def test_keys_are_readable_by_their_owner_alone(folder):
    assert (folder / "keys" / "keyring.json").stat().st_mode & 0o077 == 0


def test_a_folder_with_a_realm_is_not_made_again(folder):
    before = (folder / "keys" / "keyring.json").read_bytes()
    with pytest.raises(Refusal, match=r"realm\.already_exists"):
        create_realm(folder, kind="demo", county="x", division_code="1", clock=CountyClock.of_the_wall("UTC"))
    assert (folder / "keys" / "keyring.json").read_bytes() == before


def test_a_folder_with_other_files_is_not_taken(tmp_path):
    (tmp_path / "holiday.txt").write_text("mine")
    with pytest.raises(Refusal, match=r"realm\.folder_not_empty"):
        create_realm(tmp_path, kind="demo", county="x", division_code="1", clock=CountyClock.of_the_wall("UTC"))
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.txt"]


def test_a_missing_realm_is_refused(tmp_path):
    assert refused(tmp_path) == "realm.missing"


def test_a_realm_of_a_newer_format_is_refused_and_left_alone(folder):
    card = json.loads((folder / "realm.json").read_text())
    (folder / "realm.json").write_text(json.dumps({"format": FORMAT + 1, "unheard_of": card}))
    before = (folder / "realm.json").read_bytes()
    assert refused(folder) == "realm.newer_version"
    assert (folder / "realm.json").read_bytes() == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "one"}', '{"format": 1}'])
def test_a_damaged_card_is_refused(folder, content):
    (folder / "realm.json").write_text(content)
    assert refused(folder) == "realm.damaged"


def test_damaged_keys_are_refused_and_not_replaced(folder):
    (folder / "keys" / "keyring.json").write_text("[{}]")
    with pytest.raises(Refusal, match=r"realm\.keys_damaged"):
        _ = open_realm(folder).keys


def test_missing_keys_are_refused(folder):
    (folder / "keys" / "keyring.json").unlink()
    with pytest.raises(Refusal, match=r"realm\.keys_missing"):
        _ = open_realm(folder).keys


def test_a_read_only_folder_is_refused(folder, monkeypatch):
    """Root may write anywhere, so the question to the system is answered here as it would be to others."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert refused(folder) == "realm.read_only"


def test_a_changed_clock_is_there_after_reopening(folder):
    clock = CountyClock.of_the_wall("Asia/Shanghai")
    open_realm(folder).with_clock(clock)
    assert open_realm(folder).clock == clock
