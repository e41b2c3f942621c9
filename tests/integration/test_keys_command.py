"""`fangxian keys`, as a person types it: what there is, what it would cost, and that nothing is done by half."""

import json
import sqlite3
import stat
import subprocess
import sys

import pytest

from .test_commands import built, environment, fangxian, folder  # noqa: F401  a small county to copy

pytestmark = pytest.mark.sqlite


def keys(folder, *words):  # noqa: F811
    return fangxian(folder, "keys", *words)


def ring(folder):  # noqa: F811
    return json.loads((folder / "keys" / "keyring.json").read_text())


def names_of(folder, **wanted):  # noqa: F811
    return [
        f"{card['purpose']}-{card['id']}"
        for card in ring(folder)
        if all(bool(card.get(field)) is value for field, value in wanted.items())
    ]


def audit_lines(folder, action):  # noqa: F811
    with sqlite3.connect(folder / "database.sqlite3") as database:
        rows = database.execute("SELECT facts FROM audit_auditline WHERE action = ?", [action]).fetchall()
    return [json.loads(facts) for (facts,) in rows]


def test_the_list_names_every_key_and_shows_no_secret(folder):  # noqa: F811
    done = keys(folder, "list")
    assert done.returncode == 0, done.stderr
    for card in ring(folder):
        assert f"{card['purpose']}-{card['id']}" in done.stdout
        assert card["secret"] not in done.stdout
    assert "does not agree" in done.stdout, "no worker has given gates anything yet"


def test_the_list_is_in_chinese_for_whoever_reads_chinese(folder):  # noqa: F811
    surroundings = environment(folder) | {"FANGXIAN_LANGUAGE": "zh"}
    done = subprocess.run(
        [sys.executable, "-m", "fangxian.cli", "keys", "list"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "名称" in done.stdout
    assert "签名" in done.stdout


def test_what_it_costs_is_told_in_both_languages_and_nothing_is_done(folder):  # noqa: F811
    before = (folder / "keys" / "keyring.json").read_bytes()
    asked = [keys(folder, "retire", "signing-1"), keys(folder, "retire", "signing-1", "--yes")]
    for done in asked:
        assert done.returncode == 2
        assert "posters of" in done.stdout
        assert "个门的海报" in done.stdout
        assert "Nothing was retired" in done.stdout
    assert "--because --yes" in asked[0].stdout
    assert (folder / "keys" / "keyring.json").read_bytes() == before
    assert audit_lines(folder, "keys.retired") == []


def test_a_gates_file_that_was_stolen_is_worth_nothing_afterwards(folder):  # noqa: F811
    assert fangxian(folder, "worker", "--once").returncode == 0
    stolen = json.loads((folder / "gate" / "keys.json").read_text())
    done = keys(folder, "retire", "gate", "--because", "门岗主机被盗", "--yes")
    assert done.returncode == 0, done.stderr
    assert "cards-3" in done.stdout
    now = json.loads((folder / "gate" / "keys.json").read_text())
    for field in ("day_keys", "card_keys", "presence_keys", "device_keys"):
        assert not set(now[field].values()) & set(stolen[field].values()), field
    assert now["retired"]["day_keys"] == stolen["day_keys"]
    (facts,) = audit_lines(folder, "keys.retired")
    assert {"cards-1", "cards-2", "presence-1", "devices-1"} <= set(facts["keys"])
    assert "agrees with the keyring" in keys(folder, "list").stdout
    for path in (folder / "keys" / "keyring.json", folder / "gate" / "keys.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_keyring_restored_from_a_backup_of_before_is_noticed(folder):  # noqa: F811
    backup = (folder / "keys" / "keyring.json").read_bytes()
    assert keys(folder, "retire", "presence-1", "--because", "屏幕主机被盗", "--yes").returncode == 0
    assert keys(folder, "list").returncode == 0
    (folder / "keys" / "keyring.json").write_bytes(backup)
    done = keys(folder, "list")
    assert done.returncode == 1
    assert "MIND: presence-1, presence-2 were retired on record" in done.stdout


def test_a_rotation_begins_what_gates_have_and_no_more(folder):  # noqa: F811
    refused = keys(folder, "rotate", "presence")
    assert refused.returncode == 1
    assert "[keys.not_given_yet]" in refused.stderr
    assert fangxian(folder, "worker", "--once").returncode == 0
    done = keys(folder, "rotate", "presence")
    assert done.returncode == 0, done.stderr
    assert "presence-2 is in use" in done.stdout
    assert audit_lines(folder, "keys.rotated") == [{"from": 1, "purpose": "presence", "to": 2}]
    assert "presence-3" in names_of(folder, begun_at=False)


@pytest.mark.parametrize(
    "words", [("rotate", "gate_numbers"), ("rotate", "x"), ("retire", "x-1"), ("retire", "index-1")]
)
def test_what_cannot_be_done_is_said_with_what_can(folder, words):  # noqa: F811
    before = (folder / "keys" / "keyring.json").read_bytes()
    refused = keys(folder, *words)
    assert refused.returncode == 1
    assert "[keys." in refused.stderr
    assert (folder / "keys" / "keyring.json").read_bytes() == before


def test_a_demo_of_before_goes_on_with_the_keys_it_has(folder):  # noqa: F811
    """A folder written when keys had no life: each is in use, and the next ones are made."""
    path = folder / "keys" / "keyring.json"
    old = [
        {name: card[name] for name in ("id", "purpose", "made_at", "secret")}
        for card in ring(folder)
        if card["id"] == 1
    ]
    path.write_text(json.dumps(old))
    assert fangxian(folder, "worker", "--once").returncode == 0
    assert {line["purpose"] for line in audit_lines(folder, "keys.made")} == {"signing", "cards", "presence", "devices"}
    assert len(names_of(folder, begun_at=False)) == 4
