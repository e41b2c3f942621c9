"""Keys are retired after a leak: what is on record of it, and who notices what."""

import base64
import json
import shutil
import stat
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from fangxian.core.policy.byte_snapshot import read_base
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.handles import HandleKey
from fangxian.core.policy.person_qr import (
    parse_person_qr,
    person_qr_text,
    person_qr_to_sign,
    read_person_qr,
)
from fangxian.core.policy.venue_code import parse_rotating_code, read_venue_poster
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import seal_all
from fangxian.ops.audit.heads import Head, is_ours, last_head, sign_head
from fangxian.ops.audit.queries import facts, told
from fangxian.ops.audit.verification import verify as verify_record
from fangxian.ops.documents.queries import Outcome, verify
from fangxian.ops.documents.wire import Claim, sign
from fangxian.ops.movement.queries import health_of
from fangxian.ops.places.actions import place_devices
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.queries import screen_code
from fangxian.ops.places.wire import device_token, poster_code, read_token, venue_door
from fangxian.ops.procedures.issue_codes import paper_card, person_qr
from fangxian.ops.procedures.key_costs import cards_that_end, cards_under, costs
from fangxian.ops.procedures.print_card import print_card
from fangxian.ops.procedures.print_posters import print_posters, withdraw_posters
from fangxian.ops.procedures.publish_snapshot import Publisher
from fangxian.ops.procedures.retire_keys import GATE, KEYRING, named, retire
from fangxian.ops.procedures.rotate_keys import rotate
from fangxian.ops.realm import rotation
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.gate_files import GateFolder, base_name
from fangxian.ops.realm.gate_keys import is_up_to_date
from fangxian.ops.realm.keys import FIRST_STAND_IN, MADE_AHEAD, Purpose
from fangxian.ops.realm.rotation import next_of
from fangxian.ops.tasks.models import Task

from .key_hand import current_base, gate, give, keyring_file, keys_put_back, lines, no_wait, opened, retired, ring
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


# ---- after a leak ----


def test_a_retirement_is_one_line_with_its_reason_and_what_is_in_use_since(county):
    done = retired("cards-1", "presence-1", because="  备份盘丢失 ")
    (line,) = lines("keys.retired")
    gone = ["cards-1", "cards-2", "presence-1", "presence-2"]  # those that were to follow lay beside them
    assert facts(line) == {"keys": gone, "in_use": ["cards-3", "presence-3"]}
    assert told(line).details == {"because": "备份盘丢失"}
    assert [key.name for key in done.in_use] == ["cards-3", "presence-3"]
    assert is_up_to_date(the_realm())


def test_what_is_made_at_once_after_it_is_made_with_the_key_that_stands_in(county):
    person, today = county.head, minute_of(county_now()) // DAY_MIN
    retired(GATE)
    assert parse_person_qr(person_qr(person.pk)).day_key_id >= FIRST_STAND_IN
    assert opened(person_qr(person.pk))[0] == opened(paper_card(person.pk))[0] == person.gate_number
    assert {ring().current(purpose).id for purpose in MADE_AHEAD} == {1, 3}
    assert ring().current(Purpose.SIGNING).id == 1
    assert {key.retired_at != "" for key in ring().keys_of_day(today)} == {True, False}


def test_what_was_shown_before_lets_in_and_what_a_thief_makes_does_not(county):
    person, red = county.persons[:2]
    shown, card = person_qr(person.pk), paper_card(person.pk)
    stolen = ring().day_key(minute_of(county_now()) // DAY_MIN)
    retired(GATE)
    assert [opened(shown)[0], opened(card)[0]] == [person.gate_number] * 2
    at_min = minute_of(county_now())
    to_sign = person_qr_to_sign(
        division=141027, signer_id=1, day_key_id=stolen.id, day_key=HandleKey(stolen.secret, purpose="day"),
        gate_number=red.gate_number, qr_generation=0, from_min=at_min, until_min=at_min + 5,
        short=parse_person_qr(shown).short,
    )  # fmt: skip
    with pytest.raises(Refusal, match=r"code\.signature"):
        opened(person_qr_text(to_sign, bytes(64)))


def test_gates_are_given_no_secret_of_a_retired_key_that_they_can_do_without(county):
    secrets = {key.name: key.secret for key in (ring().current(Purpose.PRESENCE), ring().current(Purpose.DEVICES))}
    retired(GATE)
    text = (the_realm().gate_folder / "keys.json").read_text()
    card = json.loads(text)
    assert {name for name in ("presence_keys", "device_keys") if card["retired"][name] == [1, 2]} == {
        "presence_keys",
        "device_keys",
    }
    assert not [name for name, secret in secrets.items() if base64.b64encode(secret).decode() in text]
    assert stat.S_IMODE((the_realm().gate_folder / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(keyring_file().stat().st_mode) == 0o600


def test_holders_of_cards_under_a_leaked_key_get_another_by_a_task_of_their_grid_worker(county):
    persons = county.persons[:3]
    for person in persons:
        print_card(person=person, by=BY)
    assert cards_under(ring().current(Purpose.CARDS)) == {person.pk for person in persons}
    done = retired("cards-1")
    tasks = Task.objects.filter(kind="keys.reprint_card")
    assert {task.about for task in tasks} == {f"person:{person.pk}" for person in persons}
    assert {(task.role, task.area_path) for task in tasks} == {("grid_worker", it.area_path) for it in persons}
    assert done.n_cards == 3
    print_card(person=persons[0], by=BY)
    assert cards_under(ring().find(Purpose.CARDS, 1)) == {person.pk for person in persons[1:]}


def test_no_name_stands_in_a_task(county):
    print_card(person=county.head, by=BY)
    retired("cards-1")
    assert county.head.name not in Task.objects.get(kind="keys.reprint_card").title_zh


def test_after_the_devices_key_leaked_each_is_enrolled_again(county):
    device = DoorDevice(venue=county.school, door=0, kind="keeper", name="手机")
    place_devices(devices=[device], by=BY)
    before = device_token(device)
    retired("devices-1")
    with pytest.raises(Refusal, match=r"device\.key_retired"):
        read_token(before)
    assert read_token(device_token(device)).device == device.pk


def test_a_screen_shows_codes_under_the_new_key_at_once(county):
    screen = DoorDevice(venue=county.school, door=1, kind="screen", name="屏幕")
    place_devices(devices=[screen], by=BY)
    retired("presence-1")
    shown = screen_code(screen.pk, device_token(screen), at=county_now()).code_text
    assert parse_rotating_code(shown).key_id == 3


def test_after_the_days_secret_leaked_days_to_come_are_derived_from_another(county):
    today = minute_of(county_now()) // DAY_MIN
    before = [ring().day_key(day) for day in range(today, today + 4)]
    retired(KEYRING)
    after = [ring().day_key(day) for day in range(today, today + 4)]
    assert not {key.secret for key in before} & {key.secret for key in after}
    assert [key.id >= FIRST_STAND_IN for key in after] == [True, True, False, False]


# ---- the signer ----


def test_once_the_signer_is_retired_the_snapshot_is_signed_anew_at_once(county):
    publisher = Publisher()
    publisher.publish()
    base = current_base()
    retire(keys=named(["signing-1"]), because="演练", by=BY, wait=no_wait)
    publisher.publish()
    assert current_base() != base
    read_base(memoryview((the_realm().gate_folder / base_name(current_base())).read_bytes()), gate().verify)


def test_a_retired_signers_codes_prove_nothing_where_a_signature_is_all_there_is(county):
    shown = person_qr(county.head.pk)
    retired("signing-1")
    assert set(ring().public_keys()) == {3, 4}
    with pytest.raises(Refusal, match=r"code\.key_unknown"):
        read_person_qr(shown, division=141027, at_min=minute_of(county_now()), verifiers=gate().verifiers)
    assert opened(shown)[0] == county.head.gate_number, "its seal is good: nobody at a gate is refused"


def test_where_signer_and_gates_keys_leaked_old_codes_end_and_it_is_told_before(county):
    print_card(person=county.head, by=BY)
    card = paper_card(county.head.pk)
    leaked = named([KEYRING])
    assert cards_that_end(leaked) == {county.head.pk}
    assert any(said.en.startswith("MIND: of 1 paper cards") for said in costs(leaked))
    assert not cards_that_end(named([GATE]))
    retired(KEYRING)
    with pytest.raises(Refusal, match=r"code\.key_retired"):
        opened(card)
    assert opened(paper_card(county.head.pk))[0] == county.head.gate_number


def test_a_paper_by_a_retired_signer_holds_by_the_register_alone(county):
    paper = print_posters(venue=county.school, by=BY)
    claim = Claim(
        realm_kind=the_realm().kind, division_code=the_realm().division_code, number="伪〔2022〕1号",
        digest=bytes(16), key_id=1,
    )  # fmt: skip
    forged = sign(claim, ring().signer(1))
    assert "erased" in verify(forged).said.en
    retired("signing-1")
    assert verify(paper.proof).outcome is Outcome.GENUINE
    assert verify(forged).outcome is Outcome.UNKNOWN
    assert "retired" in verify(forged).said.en


def test_a_poster_is_printed_anew_after_a_leak_and_not_after_a_rotation(county):
    first = print_posters(venue=county.school, by=BY)
    rotate(purpose=Purpose.SIGNING, by=BY)
    assert print_posters(venue=county.school, by=BY) == first
    assert withdraw_posters(venue=county.school, because="换发", by=BY) == 0
    retired("signing-1")
    assert print_posters(venue=county.school, by=BY) != first


def test_a_head_that_a_retired_key_signed_afterwards_is_not_ours_and_the_record_stays_true(county, heads_file):
    seal_all()
    before = sign_head(1, bytes(32))
    keep = ring().find(Purpose.SIGNING, 1)
    retired("signing-1")
    assert is_ours(before)
    forged = _signed_now_with(keep)
    assert not is_ours(forged)
    assert verify_record().is_true
    assert last_head() is None or last_head().key == 3


def _signed_now_with(key):
    at = (datetime.now(UTC) + timedelta(minutes=2)).isoformat(timespec="microseconds")
    head = Head(realm=the_realm().id, number=9, previous="0" * 64, seq=9, hash="0" * 64, at=at, key=key.id)
    signature = ring().signer(key.id).sign(head.signed_bytes)
    return Head(**asdict(head) | {"signature": base64.b64encode(signature).decode()})


# ---- what it costs, and what is refused ----


def test_the_costs_are_counted(county):
    place_devices(
        devices=[
            DoorDevice(venue=county.school, door=0, kind="keeper", name="手机"),
            DoorDevice(venue=county.school, door=1, kind="screen", name="屏幕"),
        ],
        by=BY,
    )
    print_card(person=county.head, by=BY)
    print_posters(venue=county.school, by=BY)
    said = " ".join(cost.en for cost in costs(named(["signing-1", "cards-1", "presence-1", "devices-1"])))
    for figure in ("1 paper cards are signed", "1 keepers' phones and 1 screens", "1 screens show", "1 papers can"):
        assert figure in said, figure
    assert all(cost.zh and cost.en for cost in costs(named([KEYRING])))


def test_everything_a_gates_file_holds_has_one_name(keys):
    held = {key.name for key in named([GATE])}
    card = json.loads((the_realm().gate_folder / "keys.json").read_text())
    in_file = {f"days-{id_}" for id_ in card["day_keys"]}
    for purpose, field in (("cards", "card_keys"), ("presence", "presence_keys"), ("devices", "device_keys")):
        in_file |= {f"{purpose}-{id_}" for id_ in card[field]}
    assert held == in_file | {"documents-1"}  # it stands there without its id


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cards", "keys.unknown"),
        ("cards-9", "keys.unknown"),
        ("cards-¹", "keys.unknown"),
        ("x-1", "keys.unknown"),
        ("columns-1", "keys.not_retired"),
        ("index-1", "keys.not_retired"),
        ("days-1", "keys.day_not_known"),
    ],
)
def test_a_name_that_is_no_keys_is_refused_in_both_languages(keys, name, code):
    with pytest.raises(Refusal) as refused:
        named([name])
    assert refused.value.code == code
    assert refused.value.said.zh != refused.value.said.en


def test_without_a_reason_nothing_is_retired(keys):
    before = keyring_file().read_bytes()
    with pytest.raises(Refusal, match=r"keys\.no_reason"):
        retire(keys=named(["cards-1"]), because="  ", by=BY, wait=no_wait)
    assert keyring_file().read_bytes() == before


def test_a_retirement_that_was_cut_short_before_anything_was_retired_is_done_by_doing_it_again(county):
    def stop(_seconds):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retire(keys=named(["cards-1"]), because="演练", by=BY, wait=stop)
    assert ring().current(Purpose.CARDS).id == 1
    assert opened(paper_card(county.head.pk))[0] == county.head.gate_number
    retired("cards-1")
    assert ring().current(Purpose.CARDS).id == 4
    assert opened(paper_card(county.head.pk))[0] == county.head.gate_number


def test_a_key_is_retired_once(keys):
    retired("presence-1")
    with pytest.raises(Refusal, match=r"keys\.retired_already"):
        named(["presence-1"])


def test_while_the_worker_writes_gates_files_a_retirement_waits_and_then_says_so(keys, monkeypatch):
    leaked, waited = named(["cards-1"]), []
    with GateFolder(the_realm()).locked(), pytest.raises(Refusal, match=r"keys\.gate_folder_busy"):
        retire(keys=leaked, because="演练", by=BY, wait=waited.append)
    assert ring().current(Purpose.CARDS).id == 1
    assert len(waited) > 100


def test_another_process_changed_the_ring_and_this_one_notices(keys, tmp_path):
    with rotation.changing(the_realm().path / "keys") as (found, write):
        write(rotation.begun(found, next_of(found, Purpose.CARDS), datetime.now(UTC)))
    keys_changed()  # as if its fifth of a second had passed
    assert ring().current(Purpose.CARDS).id == 2
    keyring_file().write_bytes(b"[")
    keys_changed()
    assert ring().current(Purpose.CARDS).id == 2, "what cannot be read changes nothing"


def test_codes_of_people_are_the_same_people_whatever_became_of_the_keys(county):
    retired(GATE)
    for person in county.persons[:20]:
        assert opened(person_qr(person.pk)) == (person.gate_number, health_of(person.pk).qr_generation)


def test_a_posters_door_is_told_whoever_signed_it(county):
    place = venue_door(county.school.venue_number, 1)
    before = poster_code(place, 1)
    retired("signing-1")
    known = gate()
    read = read_venue_poster(before, division=141027, verifiers=known.verifiers, retired=known.retired.signers)
    assert read.place == place
