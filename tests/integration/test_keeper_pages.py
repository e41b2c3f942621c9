"""The door keeper's page: letting a phone in, and what it is told of its post; on both databases."""

from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.policy.venue_code import read_typed_venue
from fangxian.ops.pages.views import certificate as views_certificate
from fangxian.ops.places.actions import end_device, place_devices
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.wire import device_token, read_token
from tests.integration.two_townships import account_of, build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def posted(token) -> object:
    return Client().get(reverse("door-post"), headers={"Authorization": f"Bearer {token}"})


def test_a_keeper_takes_the_post_with_one_press(county):
    client = signed_in(account_of(county, "door_keeper"))
    assert county.school.name in client.get(reverse("door")).content.decode()
    told = client.post(reverse("door"), {"venue": str(county.school.pk)}).json()
    device = DoorDevice.objects.get(pk=told["device"])
    assert (device.venue, device.kind, device.door, told["kind"]) == (county.school, "keeper", 0, "keeper")
    assert read_token(told["token"]).device == device.pk


def test_nobody_takes_a_post_they_were_not_appointed_to(county):
    keeper = signed_in(account_of(county, "door_keeper"))
    resident = signed_in(account_of(county, "resident", area_path=""))
    for client, venue in ((keeper, county.shop), (resident, county.school), (Client(), county.school)):
        answer = client.post(reverse("door"), {"venue": str(venue.pk)})
        assert (answer.status_code, answer.json()["refusal"]) == (403, "places.post.not_yours")
    assert not DoorDevice.objects.exists()


def test_the_head_has_the_language_and_a_stranger_is_shown_where_to_register(county):
    html = Client().get(reverse("door")).content.decode()
    assert html.index(reverse("choose-language")) < html.index('data-part="line"'), "in the head, not in a drawer"
    assert html.count(reverse("choose-language")) == 1
    assert f'href="{reverse("visitor")}"' in html
    assert f'href="{reverse("visitor")}"' in Client().get(reverse("sign-in")).content.decode()
    assert f'href="{reverse("visitor")}"' in Client().get("/").content.decode()


def test_only_the_certificate_that_this_machine_made_is_handed_out(county, tmp_path, monkeypatch):
    assert Client().get(reverse("certificate")).status_code == 404
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "certificate.pem").write_text("CERTIFICATE")
    monkeypatch.setattr(views_certificate, "the_realm", lambda: SimpleNamespace(path=tmp_path))
    answer = Client().get(reverse("certificate"))
    assert b"".join(answer.streaming_content) == b"CERTIFICATE"
    assert reverse("certificate") in Client().get(reverse("door"), secure=True).content.decode()


def test_the_page_holds_nothing_for_whoever_is_not_signed_in(county):
    assert county.school.name not in Client().get(reverse("door")).content.decode()


def test_a_device_is_told_its_doors_and_the_key_that_proves_a_code(county):
    device = DoorDevice(venue=county.school, door=0, kind="keeper", name="手机")
    place_devices(devices=[device], by="program:test")
    told = posted(device_token(device)).json()
    assert (told["venue"], told["division"], told["rate"]) == (county.school.name, 141027, 1.0)
    (door,) = told["doors"]
    assert read_typed_venue(door["typed"], division=141027).venue == county.school.venue_number
    assert len(told["verifiers"]) == 2, "the key in use and the one that is to follow"


def test_a_checkpoints_device_has_no_doors_of_its_own(county):
    device = DoorDevice(venue=None, door=0, kind="keeper", name="卡口")
    place_devices(devices=[device], by="program:test")
    assert posted(device_token(device)).json()["doors"] == []


def test_a_device_that_was_ended_is_told_so_in_both_languages(county):
    device = DoorDevice(venue=county.school, door=1, kind="keeper", name="手机")
    place_devices(devices=[device], by="program:test")
    token = device_token(device)
    end_device(venue=county.school, device_id=device.pk, by="program:test")
    answer = posted(token)
    assert (answer.status_code, answer.json()["refusal"]) == (401, "places.device_over")
    assert answer.json()["zh"] != answer.json()["en"]


@pytest.mark.parametrize("token", ["", "FXT1", "nothing of ours"])
def test_what_is_no_token_is_no_post(county, token):
    assert posted(token).status_code == 401


def test_a_screens_token_keeps_no_door(county):
    device = DoorDevice(venue=county.school, door=1, kind="screen", name="屏幕")
    place_devices(devices=[device], by="program:test")
    assert posted(device_token(device)).status_code == 401
