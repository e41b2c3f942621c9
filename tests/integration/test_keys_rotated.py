"""Keys rotate on a clock: what is on record of it, and that nobody notices."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from fangxian.core.policy.byte_card import read_card
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.person_qr import (
    parse_person_qr,
    read_person_qr,
)
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.audit.queries import facts
from fangxian.ops.places.actions import place_devices
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.wire import device_token, read_token
from fangxian.ops.procedures import rotate_keys
from fangxian.ops.procedures.issue_codes import paper_card, person_qr
from fangxian.ops.procedures.publish_snapshot import Publisher
from fangxian.ops.procedures.rotate_keys import make_next, rotate, rotate_due
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.gate_keys import has_been_given
from fangxian.ops.realm.keys import MADE_AHEAD, Purpose, State
from fangxian.ops.realm.rotation import next_of

from .key_hand import age, current_base, gate, give, keyring_file, keys_put_back, lines, opened, ring
from .people_with_codes import BY, build_with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys():
    """The realm's keyring, and gates that have been given it."""
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    with keys_put_back():
        give()
        yield
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    the_realm().gate_folder.mkdir(mode=0o700)


@pytest.fixture
def county(keys):
    return build_with_codes()


# ---- on a clock ----


def test_in_a_new_realm_nothing_is_due(keys):
    rotate_due(at=county_now(), by=BY)
    assert not AuditLine.objects.filter(action__startswith="keys.").exists()


def test_what_has_served_its_time_is_followed_by_what_gates_have_with_a_line_for_each(keys):
    age(400)
    rotate_due(at=county_now(), by=BY)
    found = [facts(line) for line in lines("keys.rotated")]
    assert {(it["purpose"], it["from"], it["to"]) for it in found} == {
        (purpose, 1, 2) for purpose in (*MADE_AHEAD, Purpose.DAY_HANDLES)
    }
    assert ring().state_of(ring().find(Purpose.SIGNING, 1)) is State.FORMER


def test_what_gates_have_not_been_given_waits(keys):
    age(400)
    shutil.rmtree(the_realm().gate_folder)
    rotate_due(at=county_now(), by=BY)
    assert {facts(line)["purpose"] for line in lines("keys.rotated")} == {Purpose.DAY_HANDLES}
    assert ring().current(Purpose.SIGNING).id == 1


def test_what_is_to_follow_is_about_for_a_week_before_it_is_used(keys):
    age(400)
    rotate_due(at=county_now(), by=BY)
    give()
    age(400)
    for key in (next_of(ring(), purpose) for purpose in MADE_AHEAD):
        assert has_been_given(the_realm(), key)
    cards = json.loads(keyring_file().read_text())
    fresh = [card | {"made_at": datetime.now(UTC).isoformat()} if not card["begun_at"] else card for card in cards]
    keyring_file().write_text(json.dumps(fresh))
    keys_changed()
    rotate_due(at=county_now(), by=BY)
    assert {ring().current(purpose).id for purpose in MADE_AHEAD} == {2}


def test_a_ring_without_the_next_keys_gets_them(keys):
    cards = [card for card in json.loads(keyring_file().read_text()) if card["id"] == 1]
    keyring_file().write_text(json.dumps(cards))
    keys_changed()
    rotate_due(at=county_now(), by=BY)
    assert {facts(line)["purpose"] for line in lines("keys.made")} == set(MADE_AHEAD)
    assert make_next(purpose=Purpose.CARDS, by=BY).id == 2
    assert len(lines("keys.made")) == len(MADE_AHEAD)


def test_in_a_live_realm_a_former_key_is_ended_once_nothing_of_it_can_count(keys, monkeypatch):
    rotate(purpose=Purpose.PRESENCE, by=BY)
    age(20)
    rotate_due(at=county_now(), by=BY)
    assert not lines("keys.ended"), "a drill's clock may be set back"
    monkeypatch.setattr(type(the_realm()), "is_synthetic", False)
    rotate_due(at=county_now(), by=BY)
    (line,) = lines("keys.ended")
    assert facts(line) == {"keys": ["presence-1"]}
    give()
    assert 1 not in gate().presence_keys


def test_a_rotation_is_noticed_by_no_code_of_before(county):
    person, poster = county.head, county.school
    codes = [person_qr(person.pk), paper_card(person.pk)]
    device = DoorDevice(venue=poster, door=0, kind="keeper", name="手机")
    place_devices(devices=[device], by=BY)
    token = device_token(device)
    for purpose in rotate_keys.LASTS:
        rotate(purpose=purpose, by=BY)
    give()
    assert [opened(code)[0] for code in codes] == [person.gate_number] * 2
    verifiers = gate().verifiers
    at_min = minute_of(county_now())
    assert read_person_qr(codes[0], division=141027, at_min=at_min, verifiers=verifiers).signer_id == 1
    assert read_card(codes[1], division=141027, at_min=at_min, verifiers=verifiers).signer_id == 1
    assert read_token(token).device == device.pk
    assert parse_person_qr(person_qr(person.pk)).signer_id == 2


def test_a_purpose_that_is_not_rotated_is_refused(keys):
    with pytest.raises(Refusal, match=r"keys\.not_rotated"):
        rotate(purpose=Purpose.COLUMNS, by=BY)


def test_a_key_that_gates_have_not_been_given_is_not_begun(keys):
    rotate(purpose=Purpose.CARDS, by=BY)
    with pytest.raises(Refusal, match=r"keys\.not_given_yet"):
        rotate(purpose=Purpose.CARDS, by=BY)
    give()
    assert rotate(purpose=Purpose.CARDS, by=BY).id == 3


def test_around_a_rotation_the_snapshot_goes_on_and_is_read_from_the_start(county):
    publisher = Publisher()
    publisher.publish()
    base = current_base()
    rotate(purpose=Purpose.SIGNING, by=BY)
    publisher.publish()
    assert current_base() == base
