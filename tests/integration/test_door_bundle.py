"""What a keeper's phone takes with it for when there is no network: whom it lets pass, whom it holds up, and what it
weighs; on both databases."""

import base64
import gzip
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.policy.byte_bundle import read_bundle
from fangxian.core.policy.byte_card import parse_card
from fangxian.core.policy.byte_filter import may_hold
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.person_qr import read_person_qr
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.measures.models import PublishedRulebook
from fangxian.ops.movement.actions.codes import renew_card, renew_qr
from fangxian.ops.places.actions import end_device, place_devices
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.wire import device_token
from fangxian.ops.procedures import door_bundle as making
from fangxian.ops.procedures.door_bundle import door_bundle
from fangxian.ops.procedures.issue_codes import paper_card, person_qr
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.gate_files import GateFolder
from fangxian.ops.realm.keys import Purpose

from .people_with_codes import BY, RULEBOOK, build_with_codes, know

pytestmark = pytest.mark.django_db
MOST_BYTES = 16_000  # over the air; a bundle each three minutes is then less than 8 MB a day


@pytest.fixture(autouse=True)
def nothing_kept():
    making._county_part.cache_clear()
    yield
    making._county_part.cache_clear()


@pytest.fixture
def county():
    return build_with_codes()


@pytest.fixture
def device(county):
    device = DoorDevice(venue=county.school, door=0, kind="keeper", name="手机")
    place_devices(devices=[device], by=BY)
    return device


def verifiers() -> dict:
    return {the_realm().keys.current(Purpose.SIGNING).id: GateFolder(the_realm()).verify}


def read(device):
    """The device's bundle, made and read now."""
    making._county_part.cache_clear()
    return read_bundle(door_bundle(device), verifiers())


def is_held_up(text: str, device) -> bool:
    """Whether the filter of the device's bundle holds the handle of a code or card."""
    if text.startswith("FXC"):
        return may_hold(read(device).revoked, parse_card(text).handle)
    at_min = minute_of(county_now())
    qr = read_person_qr(text, division=141027, at_min=at_min, verifiers=verifiers())
    return may_hold(read(device).revoked, qr.handle)


def asked(token: str, **headers):
    return Client().get(reverse("door-bundle"), headers={"Authorization": f"Bearer {token}", **headers})


def test_a_device_takes_its_venue_the_rules_and_the_county_s_public_keys(county, device):
    bundle = read(device)
    (venue,) = bundle.venues
    assert (bundle.device, bundle.division, bundle.realm) == (device.pk, 141027, the_realm().id)
    assert (venue.number, venue.status) == (county.school.venue_number, 1)
    assert bundle.tables_at(county_now()).rulebook == "covid19-2022-04"
    assert bundle.verifiers == the_realm().keys.public_keys()
    assert timedelta(0) <= county_now() - bundle.known_at < timedelta(minutes=1)


def test_a_good_code_is_held_up_by_nothing(county, device):
    for person in county.persons:
        assert not is_held_up(person_qr(person.pk), device)
        assert not is_held_up(paper_card(person.pk), device)


def test_a_code_that_was_renewed_is_held_up_and_the_one_after_it_passes(county, device):
    person = county.persons[0].pk
    stolen, lost = person_qr(person), paper_card(person)
    renew_qr(person=person, by=BY)
    renew_card(person=person, by=BY)
    assert [is_held_up(text, device) for text in (stolen, lost)] == [True, True]
    assert [is_held_up(text, device) for text in (person_qr(person), paper_card(person))] == [False, False]


def test_a_code_shown_before_its_person_ceased_to_be_green_is_held_up(county, device):
    person, other = county.persons[0], county.stranger
    shown = person_qr(person.pk)
    assert not is_held_up(shown, device)
    know(person)
    assert is_held_up(shown, device)
    assert not is_held_up(person_qr(other.pk), device)


def test_a_card_lost_before_two_records_became_one_stays_lost(county, device):
    kept, merged = county.persons[0], county.stranger
    lost = paper_card(merged.pk)
    renew_card(person=merged.pk, by=BY)
    merge_persons(kept=kept, merged=merged, reason="同一人", by=BY)
    assert is_held_up(lost, device)


def test_rules_that_come_into_force_while_it_lasts_are_in_it(county, device):
    now, later = county_now(), county_now() + timedelta(hours=6)
    row = PublishedRulebook.objects.get(book="covid19-2022-04")
    text = RULEBOOK.read_text("utf-8").replace("version = 1", "version = 2", 1)
    text = text.replace("from = 2022-04-01T00:00:00+08:00", f"from = {later.isoformat(timespec='seconds')}", 1)
    book = read_rulebook(text)
    row.pk, row.version, row.text, row.digest, row.effective_from = None, 2, text, book.digest, book.begins_at
    row._state.adding = True
    row.save()
    bundle = read(device)
    found = [bundle.tables_at(now + timedelta(hours=hours)).version for hours in (0, 5, 7)]
    assert (len(bundle.tables), found) == (2, [1, 1, 2])


def test_a_checkpoints_device_has_no_venue_of_its_own(county):
    anywhere = DoorDevice(venue=None, door=0, kind="keeper", name="卡口")
    place_devices(devices=[anywhere], by=BY)
    assert read(anywhere).venues == ()


def test_without_rules_there_is_no_bundle(county, device):
    PublishedRulebook.objects.all().delete()
    making._county_part.cache_clear()
    with pytest.raises(Refusal) as refused:
        door_bundle(device)
    assert refused.value.code == "doors.no_rules"
    answer = asked(device_token(device))
    assert (answer.status_code, answer.json()["refusal"]) == (409, "doors.no_rules")


def test_the_pages_hand_it_out_to_the_device_and_to_nobody_else(county, device):
    token = device_token(device)
    assert read_bundle(asked(token).content, verifiers()).device == device.pk
    for wrong in ("", "FXT1", "nothing of ours"):
        assert asked(wrong).status_code == 401
    end_device(venue=county.school, device_id=device.pk, by=BY)
    assert asked(token).json()["refusal"] == "places.device_over"


def test_it_weighs_little_and_nothing_secret_is_in_it(county, device):
    answer = asked(device_token(device), **{"Accept-Encoding": "gzip, br"})
    assert (answer.headers["Content-Encoding"], len(answer.content) < MOST_BYTES) == ("gzip", True)
    data = gzip.decompress(answer.content)
    assert read_bundle(data, verifiers()).device == device.pk
    keys = the_realm().keys
    for purpose in Purpose:
        for key in keys.all_of(purpose):
            assert key.secret not in data
            assert base64.b64encode(key.secret) not in data
    assert not any(person.name.encode() in data for person in county.persons)
