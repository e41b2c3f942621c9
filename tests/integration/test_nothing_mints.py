"""Nothing that is sent to a phone, a screen or a browser can make a code: all of it is searched for every key.

A phone without network holds public keys. Whoever takes it apart can check codes, and make none.
"""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.test import Client
from django.urls import reverse

from fangxian.core.policy.byte_bundle import read_bundle
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.person_qr import read_person_qr
from fangxian.gate.keys import GateKeys
from fangxian.ops.places.actions import offer_device, place_devices
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.wire import device_token, poster_code, venue_door
from fangxian.ops.procedures.issue_codes import person_qr
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.gate_files import GateFolder
from tests.unit.formats.county import SECRETS
from tests.unit.gate.doors import Doors
from tests.unit.gate.gate_files import GateFiles

from .key_search import every_secret, secrets_in, sent
from .people_with_codes import build_with_codes

# ---- what is looked for is found ----


@pytest.mark.parametrize(
    "written",
    [
        lambda key: b"..." + key + b"...",
        lambda key: key.hex().upper().encode(),
        lambda key: base64.b64encode(key),
        lambda key: base64.b64encode(b"x" + key + b"yz"),
        lambda key: base64.urlsafe_b64encode(b"xy" + key).rstrip(b"="),
        lambda key: base64.b32encode(b"head" + key + b"tail"),
        lambda key: str(list(key)).encode(),
        lambda key: str(list(key)).replace(" ", "").encode(),
        lambda key: Ed25519PrivateKey.from_private_bytes(key).private_bytes_raw().hex().encode(),
        lambda key: b"\n".join(base64.b64encode(key)[n : n + 20] for n in range(0, 60, 20)),
    ],
)
def test_a_key_is_found_however_it_is_written(written):
    key = bytes(range(200, 232))
    assert secrets_in(b'{"page": "' + written(key) + b'"}', [("it", key)]) == ["it"]
    assert secrets_in(b'{"page": "' + written(bytes(32)) + b'"}', [("it", key)]) == []


# ---- files ----


@pytest.mark.once
def test_no_file_that_browsers_are_given_holds_a_key():
    secrets = every_secret()
    files = [path for path in Path(settings.WEB_DIST).rglob("*") if path.is_file()]
    assert files
    assert not [path.name for path in files if secrets_in(path.read_bytes(), secrets)]


# ---- phones and screens at doors ----


@pytest.fixture
def county(db):
    return build_with_codes()


def devices_of(venue: Venue):
    keeper = DoorDevice(venue=venue, door=0, kind="keeper", name="手机")
    screen = DoorDevice(venue=venue, door=1, kind="screen", name="屏幕")
    place_devices(devices=[keeper, screen], by="program:test")
    return keeper, screen


def everything_sent_to(venue: Venue) -> dict[str, bytes]:
    """What a door's phone and screen are ever sent, by its address."""
    keeper, screen = devices_of(venue)
    _, enrolment = offer_device(venue=venue, door=0, kind="keeper", name="新手机", by="program:test")
    client, bearer = Client(), {"Authorization": f"Bearer {device_token(keeper)}"}
    answers = {
        "enrol": client.post(reverse("enrol"), {"enrolment_code": enrolment}),
        "post": client.get(reverse("door-post"), headers=bearer),
        "bundle": client.get(reverse("door-bundle"), headers=bearer),
        "page": client.get(reverse("door")),
        "worker": client.get(reverse("door-worker")),
        "screen": client.get(reverse("screen", args=[screen.pk])),
        "screen's code": client.get(
            reverse("screen-code", args=[screen.pk]), headers={"Authorization": f"Bearer {device_token(screen)}"}
        ),
        "poster's place": client.get(reverse("poster-place", args=[poster_code(venue_door(venue.venue_number, 1), 1)])),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    return {name: sent(answer) for name, answer in answers.items()}


def test_nothing_sent_to_a_doors_phone_or_screen_holds_a_key(county):
    secrets = every_secret()
    found = {name: secrets_in(data, secrets) for name, data in everything_sent_to(county.school).items()}
    assert not any(found.values()), found


def test_what_a_doors_phone_holds_proves_a_code_and_its_keys_are_public(county):
    keeper, _ = devices_of(county.school)
    bearer = {"Authorization": f"Bearer {device_token(keeper)}"}
    told = Client().get(reverse("door-post"), headers=bearer).json()
    data = Client().get(reverse("door-bundle"), headers=bearer).content
    ring = the_realm().keys
    given = {int(id_): base64.b64decode(public) for id_, public in told["verifiers"].items()}
    verify = GateFolder(the_realm()).verify
    assert given == read_bundle(data, dict.fromkeys(given, verify)).verifiers == ring.public_keys()
    qr = read_person_qr(
        person_qr(county.head.pk), division=141027, at_min=minute_of(county_now()), verifiers={1: verify}
    )
    assert qr.signer_id in given


# ---- gates ----


def test_no_answer_of_a_gate_holds_a_key(tmp_path):
    doors = Doors(GateFiles(tmp_path / "realm").write_all())
    token = doors.files.token()
    asked = [
        doors.ask(doors.files.scan(), token),
        doors.ask(doors.files.scan()),
        doors.ask({"scans": [doors.files.scan(), {}]}, token, address="scans"),
        doors.ask(doors.files.scan(code=doors.files.forged_qr(11)), token),
        doors.ask(b"{", token),
    ]
    assert not [answer for answer in asked if secrets_in(str(answer).encode(), SECRETS.items())]


def test_no_key_is_shown_by_printing_what_holds_it(tmp_path):
    """A key that is printed with an error would lie in a log."""
    keys = Doors(GateFiles(tmp_path / "realm").write_all()).follower.keys
    assert isinstance(keys, GateKeys)
    assert not secrets_in(repr(keys).encode(), SECRETS.items())
    ring = the_realm().keys
    assert not secrets_in(repr(ring.every_key).encode(), every_secret())
