"""How keys follow one another: each with gates before it is used, none used that leaked."""

import json
import stat
from datetime import UTC, datetime

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.realm import rotation
from fangxian.ops.realm.keys import FILE, FIRST_STAND_IN, MADE_AHEAD, Key, Keyring, Purpose, State

AT = datetime(2026, 4, 19, 4, tzinfo=UTC)
DAY = 9605
BEFORE = ("id", "purpose", "made_at", "secret")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def ring(folder):
    return Keyring.create(folder)


def states(ring, purpose):
    return {key.id: ring.state_of(key) for key in ring.all_of(purpose)}


def retired(ring, *keys):
    """The ring after all that is done when those keys leaked."""
    return rotation.retired(rotation.with_successors(ring, keys, AT), keys, "stolen", AT)


@pytest.mark.parametrize("purpose", MADE_AHEAD)
def test_a_new_realm_has_the_next_key_of_each_that_rotates(ring, purpose):
    assert states(ring, purpose) == {1: State.CURRENT, 2: State.FUTURE}
    assert rotation.next_of(ring, purpose).id == 2


@pytest.mark.parametrize("purpose", MADE_AHEAD)
def test_the_next_key_begins_and_another_is_to_follow_it(ring, purpose):
    after = rotation.begun(ring, rotation.next_of(ring, purpose), AT)
    assert states(after, purpose) == {1: State.FORMER, 2: State.CURRENT, 3: State.FUTURE}
    assert after.current(purpose).id == 2
    assert {key.id for key in after.counting(purpose)} == {1, 2, 3}


def test_a_key_that_is_there_already_is_not_made_again(ring):
    assert rotation.with_next(ring, Purpose.CARDS, AT) is ring


def test_a_key_that_nobody_makes_ahead_is_not_made(ring):
    assert rotation.with_next(ring, Purpose.COLUMNS, AT) is ring


def test_a_former_key_that_is_ended_is_given_to_no_gate(ring):
    after = rotation.begun(ring, rotation.next_of(ring, Purpose.DEVICES), AT)
    after = rotation.ended(after, [after.find(Purpose.DEVICES, 1)], AT)
    assert states(after, Purpose.DEVICES) == {1: State.ENDED, 2: State.CURRENT, 3: State.FUTURE}
    assert {key.id for key in after.counting(Purpose.DEVICES)} == {2, 3}


@pytest.mark.parametrize("purpose", MADE_AHEAD)
def test_after_a_leak_a_key_is_in_use_that_was_in_no_file_with_the_leaked_one(ring, purpose):
    after = retired(ring, ring.current(purpose))
    assert states(after, purpose) == {1: State.RETIRED, 2: State.RETIRED, 3: State.CURRENT, 4: State.FUTURE}
    assert {key.because for key in after.retired(purpose)} == {"stolen"}


def test_before_the_leaked_key_is_retired_its_successor_is_one_of_those_gates_are_given(ring):
    ready = rotation.with_successors(ring, [ring.current(Purpose.PRESENCE)], AT)
    assert ready.current(Purpose.PRESENCE).id == 1
    assert 3 in {key.id for key in ready.counting(Purpose.PRESENCE)}


def test_a_former_key_that_leaked_changes_nothing_about_the_one_in_use(ring):
    after = rotation.begun(ring, rotation.next_of(ring, Purpose.CARDS), AT)
    after = retired(after, after.find(Purpose.CARDS, 1))
    assert states(after, Purpose.CARDS) == {1: State.RETIRED, 2: State.CURRENT, 3: State.FUTURE}


def test_a_retired_signer_checks_nothing_and_can_still_be_named(ring):
    after = retired(ring, ring.current(Purpose.SIGNING))
    assert set(after.public_keys()) == {3, 4}
    assert after.signer(1).public_key() == ring.signer(1).public_key()


def test_a_day_whose_key_leaked_gets_another_and_the_leaked_one_still_opens_its_codes(ring):
    leaked = ring.day_key(DAY)
    after = retired(ring, leaked)
    assert after.day_key(DAY).id == FIRST_STAND_IN
    assert after.day_key(DAY).secret != leaked.secret
    assert [(key.id, key.secret == leaked.secret) for key in after.keys_of_day(DAY) if key.retired_at] == [(DAY, True)]
    assert after.day_key(DAY + 1) == ring.day_key(DAY + 1)


def test_a_days_second_key_may_leak_too(ring):
    once = retired(ring, ring.day_key(DAY))
    twice = retired(once, once.day_key(DAY))
    assert twice.day_key(DAY).id == FIRST_STAND_IN + 1
    assert {key.id for key in twice.keys_of_day(DAY) if key.retired_at} == {DAY, FIRST_STAND_IN}


def test_until_it_is_retired_a_days_own_key_is_in_use_and_not_what_will_stand_in(ring):
    ready = rotation.with_successors(ring, [ring.day_key(DAY)], AT)
    assert ready.day_key(DAY).id == DAY
    assert {key.id for key in ready.keys_of_day(DAY)} == {DAY, FIRST_STAND_IN}


def test_days_are_derived_from_a_new_secret_from_its_first_day_on_and_not_before(ring):
    after = rotation.with_new_days(ring, DAY, AT)
    assert after.day_key(DAY - 1) == ring.day_key(DAY - 1)
    assert after.day_key(DAY).secret != ring.day_key(DAY).secret


def test_everything_is_still_so_after_it_was_written_and_read(ring, folder):
    leaked = [ring.day_key(DAY), *map(ring.current, MADE_AHEAD)]
    with rotation.changing(folder) as (found, write):
        after = rotation.with_new_days(retired(found, *leaked), DAY + 9, AT)
        write(after)
    again = Keyring.open(folder)
    assert again.every_key == after.every_key
    assert again.to_bytes() == after.to_bytes()
    assert again.day_key(DAY) == after.day_key(DAY)


def test_the_file_is_for_its_owner_alone_also_after_a_change(ring, folder):
    with rotation.changing(folder) as (found, write):
        write(rotation.begun(found, rotation.next_of(found, Purpose.CARDS), AT))
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_a_change_that_fails_half_way_changes_nothing(ring, folder):
    with pytest.raises(ZeroDivisionError), rotation.changing(folder):
        raise ZeroDivisionError
    assert Keyring.open(folder).every_key == ring.every_key


def test_an_id_is_never_used_twice_and_that_is_said_when_they_are_used_up(ring):
    last = Key(id=255, purpose=Purpose.PRESENCE, made_at="", secret=bytes(32), begun_at="2026-01-01T00:00:00+00:00")
    full = Keyring([last, *ring.every_key])
    with pytest.raises(Refusal, match=r"realm\.key_ids_used_up"):
        rotation.with_successors(full, [last], AT)


def test_a_ring_written_before_keys_had_a_life_is_read_with_each_of_its_keys_in_use(folder, ring):
    cards = json.loads((folder / FILE).read_text())
    (folder / FILE).write_text(json.dumps([{name: card[name] for name in BEFORE} for card in cards if card["id"] == 1]))
    again = Keyring.open(folder)
    assert [key.secret for key in again.every_key] == [key.secret for key in ring.every_key if key.id == 1]
    assert {again.state_of(key) for key in again.every_key} == {State.CURRENT}


def test_a_name_says_purpose_and_id(ring):
    assert [ring.current(Purpose.CARDS).name, ring.day_key(DAY).name] == ["cards-1", f"days-{DAY}"]
