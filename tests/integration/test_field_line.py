"""What a phone says on the line beside its records: packed where it is poor, and while locked only which it is."""

import gzip
import json

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.ops.field.models import IntentTaken
from fangxian.ops.realm.current import county_now

from .test_field import enrolled, outcomes, record, send, signed_in
from .two_townships import CELL, account_of, build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def phone(county_of_this_file, db):
    return enrolled(account_of(county_of_this_file, "grid_worker", CELL))


# ---- packed, on a poor line ----


def send_packed(phone, body: bytes, packing="gzip"):
    headers = {"Authorization": f"Bearer {phone.secret}", "Content-Encoding": packing}
    return Client().post(reverse("field-intents"), body, content_type="application/json", headers=headers)


def packed(*intents) -> bytes:
    body = {"protocol": 1, "app": "test", "sent_at": county_now().isoformat(), "intents": intents}
    return gzip.compress(json.dumps(body).encode())


def test_what_a_phone_packed_is_taken_and_is_a_repeat_when_it_comes_plain(phone):
    said = record(1)
    assert outcomes(send_packed(phone, packed(said))) == [(1, "taken", "")]
    assert outcomes(send(phone, said)) == [(1, "repeat", "")]


@pytest.mark.parametrize("what", ["cut", "no gzip", "two in one", "too long", "another packing"])
def test_what_cannot_be_unpacked_is_refused_and_nothing_is_taken(phone, what):
    whole = packed(record(1))
    body, packing = {
        "cut": (whole[:-9], "gzip"),
        "no gzip": (b"{}", "gzip"),
        "two in one": (whole + whole, "gzip"),
        "too long": (gzip.compress(b" " * 9_000_000), "gzip"),
        "another packing": (whole, "br"),
    }[what]
    answer = send_packed(phone, body, packing)
    assert (answer.status_code, answer.json()["refusal"]) == (409, "field.not_readable")
    assert not IntentTaken.objects.exists()


# ---- locked, with no secret to show ----


def while_locked(device):
    headers = {"Authorization": f"Device {device}"}
    answer = Client().post(reverse("field-hello"), "{}", content_type="application/json", headers=headers)
    return answer.status_code, answer.json()["refusal"]


def test_a_phone_that_is_locked_hears_that_it_was_cut_off_and_nothing_else(phone):
    assert while_locked(phone.device) == (401, "field.device_unknown")
    signed_in(phone.account).post(reverse("field-devices"), {"device": phone.device})
    assert while_locked(phone.device) == (401, "field.cut_off")


@pytest.mark.parametrize("device", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_which_phones_there_are_is_told_to_nobody(phone, device):
    assert while_locked(device) == (401, "field.device_unknown")
    headers = {"Authorization": f"Device {phone.device}"}
    assert Client().get(reverse("field-bundle"), headers=headers).status_code == 401
