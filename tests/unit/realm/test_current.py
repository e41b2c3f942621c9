"""The realm this process has open follows the clock in its folder."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fangxian.ops.realm import current
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import RealmKind, create_realm, open_realm

NOON = datetime.fromisoformat("2022-04-19T12:00+08:00")


@pytest.fixture
def realm(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(current, "LOOKED_AT_EVERY_S", 0.0)
    made = create_realm(
        tmp_path / "realm", kind="demo", county="fushan", division_code="141027",
        clock=CountyClock.starting(NOON, zone="Asia/Shanghai"),
    )  # fmt: skip
    settings.REALM = open_realm(made.path)
    return made


def test_a_clock_set_by_another_process_is_noticed(realm):
    assert the_realm().clock == realm.clock
    evening = CountyClock.starting(NOON + timedelta(hours=7), rate=600, zone="Asia/Shanghai")
    realm.with_clock(evening)
    assert the_realm().clock == evening


def test_a_clock_set_between_opening_and_the_first_look_is_noticed_too(realm):
    evening = CountyClock.starting(NOON + timedelta(hours=7), zone="Asia/Shanghai")
    realm.with_clock(evening)
    assert the_realm().clock == evening


def test_only_the_clock_follows_the_folder(realm, settings):
    settings.REALM = replace(settings.REALM, kind=RealmKind.LIVE)
    realm.with_clock(CountyClock.starting(NOON, rate=2, zone="Asia/Shanghai"))
    assert (the_realm().kind, the_realm().clock.rate) == (RealmKind.LIVE, 2)


@pytest.mark.parametrize("card", ["", "{}", "not json"])
def test_a_card_that_cannot_be_read_leaves_the_clock_as_it_was(realm, card):
    assert the_realm().clock == realm.clock
    (realm.path / "realm.json").write_text(card)
    assert the_realm().clock == realm.clock


def test_a_clock_that_was_altered_by_hand_is_not_taken(realm):
    assert the_realm().clock == realm.clock
    card = (realm.path / "realm.json").read_text()
    (realm.path / "realm.json").write_text(card.replace('"rate": 1.0', '"rate": 9.0'))
    assert the_realm().clock.rate == 1.0


def test_the_folder_for_gates_is_closed_to_others(realm):
    assert realm.gate_folder.stat().st_mode & 0o777 == 0o700
