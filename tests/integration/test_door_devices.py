"""Devices at a door: enrolled once, known to the gate, ended for good; and what a screen shows; on both databases."""

from copy import deepcopy
from datetime import datetime, timedelta

import pytest
import zxingcpp
from django.urls import reverse

from fangxian.core.policy.byte_time import DAY_MIN, minute_of, second_of
from fangxian.core.policy.handles import PresenceKey
from fangxian.core.policy.venue_code import read_rotating_code
from fangxian.core.refusal import Refusal
from fangxian.ops.changes.models import Change
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.places.actions import (
    close_venue,
    end_device,
    enrol_device,
    offer_device,
    place_devices,
    suspend_venue,
)
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.queries import gate_devices
from fangxian.ops.places.wire import device_token, read_enrolment_code, read_token
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose
from tests.integration.paper_pictures import picture_of
from tests.integration.two_townships import build

BY = "program:test"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def school_of_this_file(rows_of_this_file):
    return build().school


@pytest.fixture
def school(school_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(school_of_this_file)


def offered(school, kind="screen", door=1):
    return offer_device(venue=school, door=door, kind=kind, name="大屏", by=BY)


def enrolled(school, kind="screen", door=1):
    return enrol_device(enrolment_code=offered(school, kind, door)[1])


def code_of(call, **named):
    with pytest.raises(Refusal) as refused:
        call(**named)
    return refused.value.code


def told(device):
    return Change.objects.filter(topic="gate", key=f"device:{device.pk}").order_by("-id").first().payload


def asked(client, device, token=None, number=None):
    address = reverse("screen-code", args=[number or device.pk])
    return client.get(address, headers={"Authorization": f"Bearer {token or device_token(device)}"})


# Enrolling


def test_a_device_is_told_to_the_gate_when_it_enrols_and_not_before(school):
    device, enrolment_code = offered(school)
    assert not Change.objects.filter(key=f"device:{device.pk}").exists()
    enrol_device(enrolment_code=enrolment_code)
    assert told(device) == [device.pk, 1, school.venue_number, 1, "screen"]
    assert list(gate_devices()) == [told(device)]


def test_the_code_is_understood_as_people_type_it(school):
    _, enrolment_code = offered(school)
    typed = enrolment_code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert read_enrolment_code(typed) == enrolment_code.replace("-", "")
    assert enrol_device(enrolment_code=typed).enrolled_at is not None


def test_a_code_works_once(school):
    _, enrolment_code = offered(school)
    enrol_device(enrolment_code=enrolment_code)
    assert code_of(enrol_device, enrolment_code=enrolment_code) == "places.enrolment_wrong"


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "x" * 500, "登记码"])
def test_a_wrong_code_is_refused(school, typed):
    offered(school)
    assert code_of(enrol_device, enrolment_code=typed) == "places.enrolment_wrong"


def test_a_code_runs_out(school):
    device, enrolment_code = offered(school)
    DoorDevice.objects.filter(pk=device.pk).update(enrol_until=county_now())
    assert code_of(enrol_device, enrolment_code=enrolment_code) == "places.enrolment_over"


def test_a_code_is_kept_nowhere_in_clear(school):
    device, enrolment_code = offered(school)
    kept = DoorDevice.objects.values().get(pk=device.pk)
    assert read_enrolment_code(enrolment_code) not in str(kept)


def test_a_token_names_its_device_door_and_last_day(school):
    device = enrolled(school, "keeper", 0)
    token = read_token(device_token(device))
    assert (token.device, token.generation, token.venue, token.door) == (device.pk, 1, school.venue_number, 0)
    assert token.ends_day == minute_of(device.enrolled_at) // DAY_MIN + 180


def test_a_screen_stands_at_one_door(school):
    assert code_of(offered, school=school, door=0) == "places.screen_needs_a_door"
    assert code_of(offered, school=school, door=7) == "places.door_unknown"


def test_an_ended_device_is_taken_from_the_gate(school):
    device = enrolled(school)
    end_device(venue=school, device_id=device.pk, by=BY)
    end_device(venue=school, device_id=device.pk, by=BY)
    assert told(device) == [device.pk, 0, 0, 0, ""]
    assert list(gate_devices()) == []
    assert code_of(end_device, venue=school, device_id=device.pk + 1, by=BY) == "places.device.not_found"


def test_an_offer_that_is_ended_enrols_nobody(school):
    device, enrolment_code = offered(school)
    end_device(venue=school, device_id=device.pk, by=BY)
    assert code_of(enrol_device, enrolment_code=enrolment_code) == "places.enrolment_wrong"


def test_of_a_keepers_device_that_ended_the_gate_knows_when_for_as_long_as_its_scans_may_come(school):
    device = enrolled(school, "keeper", 0)
    close_venue(venue=school, by=BY)
    ended_at = DoorDevice.objects.get(pk=device.pk).ended_at
    kind = f"keeper/1/{int(ended_at.timestamp() * 1000)}"
    assert told(device) == [device.pk, 0, school.venue_number, 0, kind]
    assert list(gate_devices()) == [told(device)]
    DoorDevice.objects.filter(pk=device.pk).update(ended_at=ended_at - timedelta(days=14))
    assert list(gate_devices()) == []


def test_a_closed_venues_devices_end_with_it(school):
    device = enrolled(school)
    close_venue(venue=school, by=BY)
    assert told(device) == [device.pk, 0, 0, 0, ""]


def test_a_checkpoints_device_stands_for_every_venue():
    device = DoorDevice(kind="keeper", name="城西卡口")
    place_devices(devices=[device], by=BY)
    assert told(device) == [device.pk, 1, 0, 0, "keeper"]
    token = read_token(device_token(device))
    assert (token.venue, token.door) == (0, 0)


# The page of enrolling


def test_a_phone_enrols_by_the_page_and_is_given_its_token_once(client, school):
    device, enrolment_code = offered(school, "keeper")
    answer = client.post(reverse("enrol"), {"enrolment_code": enrolment_code}, headers={"Accept": "application/json"})
    told = answer.json()
    assert (answer.status_code, told["kind"], told["venue"], told["next"]) == (200, "keeper", school.name, "/door")
    assert read_token(told["token"]).device == device.pk


def test_without_scripts_the_page_shows_the_token(client, school):
    device, enrolment_code = offered(school)
    answer = client.post(reverse("enrol"), {"enrolment_code": enrolment_code})
    device.refresh_from_db()
    assert device_token(device) in answer.content.decode()


def test_a_wrong_code_is_said_beside_the_field_and_in_json(client, school):
    page = client.post(reverse("enrol"), {"enrolment_code": "AAAA-AAAA"})
    assert page.status_code == 400
    assert "登记码不对" in page.content.decode()
    answer = client.post(reverse("enrol"), {"enrolment_code": "AAAA-AAAA"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["refusal"]) == (400, "places.enrolment_wrong")


def test_codes_cannot_be_tried_without_end(client, school):
    for _ in range(50):
        client.post(reverse("enrol"), {"enrolment_code": "AAAA-AAAA"}, headers={"Accept": "application/json"})
    _, enrolment_code = offered(school)
    answer = client.post(reverse("enrol"), {"enrolment_code": enrolment_code}, headers={"Accept": "application/json"})
    assert answer.json()["refusal"] == "accounts.too_many"


# The screen


def test_a_screen_is_given_the_code_that_a_gate_takes_now(client, school):
    device = enrolled(school)
    shown = asked(client, device).json()
    keys = {key.id: PresenceKey(key.secret) for key in the_realm().keys.all_of(Purpose.PRESENCE)}
    at = datetime.fromisoformat(shown["at"])
    read = read_rotating_code(shown["code"], division=141027, at_s=second_of(at), keys=keys)
    assert (read.place.venue, read.place.door, read.generation) == (school.venue_number, 1, 1)
    assert 1000 <= shown["turns_in_ms"] <= 30_001
    assert shown["good_for_ms"] == shown["turns_in_ms"] + 30_000


def test_the_picture_scans_to_the_code(client, school, tmp_path):
    shown = asked(client, enrolled(school)).json()
    assert shown["qr"] == qr_address(shown["code"])
    assert zxingcpp.read_barcode(picture_of(shown["qr"], tmp_path)).text == shown["code"]


@pytest.mark.parametrize("token", ["FXT1", "nonsense", "FXT1" + "0" * 37])
def test_without_its_token_a_screen_is_shown_nothing(client, school, token):
    answer = asked(client, enrolled(school), token=token)
    assert (answer.status_code, answer.json()["refusal"]) == (401, "device.unreadable")


def test_another_devices_token_is_no_key_to_this_screen(client, school):
    screen, other, phone = enrolled(school), enrolled(school), enrolled(school, "keeper")
    for token in (device_token(other), device_token(phone)):
        assert asked(client, screen, token=token).json()["refusal"] == "places.device_over"
    assert asked(client, phone).json()["refusal"] == "places.device_over"


def test_an_ended_screen_and_one_of_a_suspended_venue_say_why(client, school):
    screen, other = enrolled(school), enrolled(school)
    end_device(venue=school, device_id=other.pk, by=BY)
    assert asked(client, other).json()["refusal"] == "places.device_over"
    suspend_venue(venue=school, because="整改", by=BY)
    answer = asked(client, screen)
    assert (answer.status_code, answer.json()["refusal"]) == (409, "places.venue_status")
    assert "暂停" in answer.json()["zh"]


def test_a_token_ends(client, school):
    device = enrolled(school)
    device.enrolled_at -= timedelta(days=200)
    answer = asked(client, device)
    assert (answer.status_code, answer.json()["refusal"]) == (401, "device.ended")
