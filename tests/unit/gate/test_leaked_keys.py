"""A thief has a key. What he makes with it before and after it is retired, and that nobody else notices."""

import base64

import pytest

from fangxian.core.policy import byte_card, byte_device, person_qr, venue_code
from fangxian.core.policy.handles import DeviceKey, HandleKey, PresenceKey
from fangxian.core.policy.vocabulary import Presence
from fangxian.gate import keys as gate_keys
from fangxian.gate.keys import Signatures
from tests.unit.formats.county import CARD_KEY_ID, DIVISION, NOON, PRESENCE_KEY_ID, SECRETS, SIGNER_ID
from tests.unit.gate.gate_files import DEVICE_KEY_ID, GREEN, KEEPER, MARKET, NUMBER_OF_RED, RED, TODAY

STAND_IN, NEW = 0xC000, b"TEST KEY that stands in........."
B64 = {name: base64.b64encode(secret).decode() for name, secret in SECRETS.items()} | {
    "new": base64.b64encode(NEW).decode()
}
DAYS = {str(day & 0xFFFF): B64["day"] for day in range(TODAY - 15, TODAY + 2)}


class Thief:
    """Whoever has the gates' keys and no signer's."""

    def __init__(self, files) -> None:
        self.files, self.keys = files, files.keys

    def qr(self, number=GREEN, **changed):
        fields = {"gate_number": number, "from_min": NOON - 1, "until_min": NOON + 60, "day_key_id": TODAY} | changed
        to_sign = self.keys.person_to_sign(**fields)
        return person_qr.person_qr_text(to_sign, self.keys.forge(to_sign))

    def card(self, number=GREEN):
        to_sign = self.keys.card_to_sign(gate_number=number)
        return byte_card.card_text(to_sign, self.keys.forge(to_sign))


@pytest.fixture
def thief(files):
    return Thief(files)


@pytest.fixture
def asked(doors):
    """What the keeper of the market is told of a code: the outcome, or why it was refused."""

    def ask(code=None, **changed):
        scan = doors.files.scan(**{"temperature_c": 36.5} | ({"code": code} if code else {}) | changed)
        _, answer = doors.ask(scan, doors.files.token())
        return answer.get("refusal") or answer["outcome"]

    return ask


def retire(doors, *, days=(), cards=False, **ids):
    """The worker writes that keys leaked; the gate looks."""
    good = {name: secret for name, secret in DAYS.items() if int(name) not in days}
    gone = {name: secret for name, secret in DAYS.items() if int(name) in days}
    card = {"retired": {"day_keys": gone, "card_keys": {}, **ids}, "day_keys": good | {str(STAND_IN): B64["new"]}}
    if cards:
        card["card_keys"] = {str(CARD_KEY_ID + 1): B64["new"]}
        card["retired"]["card_keys"] = {str(CARD_KEY_ID): B64["card"]}
    if "signers" in ids:
        card["verifiers"] = {str(SIGNER_ID + 1): base64.b64encode(doors.files.keys.public.public_bytes_raw()).decode()}
        card["signer_id"] = SIGNER_ID + 1
    if "presence_keys" in ids:
        card["presence_keys"] = {str(PRESENCE_KEY_ID + 1): B64["new"]}
    if "device_keys" in ids:
        card["device_keys"] = {str(DEVICE_KEY_ID + 1): B64["new"]}
    doors.files.write_keys(**card)
    doors.follower.look()
    assert not doors.follower.troubles


# ---- days ----


def test_with_the_days_key_a_thief_passes_as_anybody_until_it_is_retired(doors, thief, asked):
    assert asked(thief.qr()) == "admit"
    retire(doors, days={TODAY})
    assert asked(thief.qr()) == "code.signature"


def test_nobody_who_shows_a_code_of_before_is_refused(doors, asked):
    before = doors.files.qr(GREEN)
    retire(doors, days={TODAY})
    assert [asked(before), asked(doors.files.qr(RED))] == ["admit", "refuse"]


def test_a_code_made_since_is_proved_by_its_seal(doors, asked):
    retire(doors, days={TODAY})
    new = HandleKey(NEW, purpose="day")
    assert asked(doors.files.qr(GREEN, day_key=new, day_key_id=STAND_IN)) == "admit"


def test_a_thief_cannot_put_anothers_signature_under_his_own_code(doors, thief, asked):
    retire(doors, days={TODAY})
    good, forged = (person_qr.parse_person_qr(text) for text in (doors.files.qr(GREEN), thief.qr(RED)))
    assert asked(person_qr.person_qr_text(forged.signed, good.signature)) == "code.signature"


def test_the_keys_of_other_days_are_as_before(doors, asked):
    retire(doors, days={TODAY})
    late = {"minutes": -1440, "code": doors.files.qr(GREEN, at_min=NOON - 1440)}
    assert asked(**late) == "admit"


# ---- cards ----


def test_with_the_cards_key_a_thief_has_anybodys_card_until_it_is_retired(doors, thief, asked):
    assert asked(thief.card()) == "admit"
    retire(doors, cards=True)
    assert [asked(thief.card()), asked(doors.files.card(GREEN))] == ["code.signature", "admit"]


# ---- the signer as well ----


def test_a_retired_signer_refuses_nobody_whose_seal_is_good(doors, asked):
    retire(doors, signers=[SIGNER_ID])
    assert [asked(doors.files.qr(GREEN)), asked(doors.files.card(GREEN))] == ["admit", "admit"]


def test_where_seal_and_signature_leaked_nothing_proves_a_code_and_that_is_said(doors, thief, asked):
    retire(doors, days={TODAY}, cards=True, signers=[SIGNER_ID])
    assert [asked(doors.files.qr(GREEN)), asked(doors.files.card(GREEN))] == ["code.key_retired"] * 2


def test_a_poster_by_a_retired_signer_says_which_door_and_no_more(doors, asked):
    poster = doors.files.poster()
    retire(doors, signers=[SIGNER_ID])
    assert asked(venue=poster) == "admit"
    assert asked(venue=doors.files.poster(generation=2)) == "code.venue_replaced"
    place = venue_code.VenueDoor(division=DIVISION, venue=5, door=1)
    nowhere = venue_code.venue_poster_to_sign(place, signer_id=SIGNER_ID, generation=1)
    assert asked(venue=venue_code.venue_poster_text(nowhere, bytes(64))) == "scan.venue_unknown"


# ---- presence ----


def test_under_a_retired_key_a_rotating_code_lets_in_and_proves_no_presence(doors):
    def presence():
        doors.ask(doors.files.scan(venue=doors.files.rotating()))
        return doors.journal.records[-1].presence

    assert presence() == Presence.ROTATING
    retire(doors, presence_keys=[PRESENCE_KEY_ID])
    assert presence() == Presence.NONE


def test_a_rotating_code_under_the_key_in_use_since_proves_presence(doors):
    retire(doors, presence_keys=[PRESENCE_KEY_ID])
    place = venue_code.VenueDoor(division=DIVISION, venue=MARKET, door=1)
    shown = venue_code.rotating_code_text(
        place, key_id=PRESENCE_KEY_ID + 1, key=PresenceKey(NEW), generation=3, at_s=NOON * 60
    )
    doors.ask(doors.files.scan(venue=shown))
    assert doors.journal.records[-1].presence == Presence.ROTATING


# ---- devices ----


def test_no_token_under_a_retired_key_makes_a_keeper(doors):
    retire(doors, device_keys=[DEVICE_KEY_ID])
    status, answer = doors.ask(doors.files.scan(), doors.files.token())
    assert (status, answer["refusal"]) == (401, "device.key_retired")


def test_a_device_that_was_enrolled_again_is_a_keepers(doors):
    retire(doors, device_keys=[DEVICE_KEY_ID])
    token = byte_device.device_token_text(
        division=DIVISION, key_id=DEVICE_KEY_ID + 1, key=DeviceKey(NEW), device=KEEPER, generation=1,
        venue=MARKET, door=0, ends_day=TODAY + 30,
    )  # fmt: skip
    status, answer = doors.ask(doors.files.scan(), token)
    assert (status, answer["health"]) == (200, "green")


# ---- the snapshot ----


def test_a_base_signed_by_a_retired_signer_is_not_taken_and_the_one_known_goes_on(doors, asked):
    other = {"verifiers": {str(SIGNER_ID + 1): forgers_public(doors)}, "signer_id": SIGNER_ID + 1}
    doors.files.write_keys(**other, retired={"signers": [SIGNER_ID]})
    doors.files.write_base(2000)  # which the test's county signs with the key before
    doors.follower.look()
    assert doors.follower.troubles["base"].code == "snapshot.signature"
    assert asked() == "admit"


def test_around_a_rotation_a_snapshot_may_be_signed_by_either_signer(doors):
    mine = base64.b64encode(doors.files.keys.public.public_bytes_raw()).decode()
    verifiers = {str(SIGNER_ID): mine, str(SIGNER_ID + 1): forgers_public(doors)}
    doors.files.write_keys(verifiers=verifiers, signer_id=SIGNER_ID + 1)
    doors.files.write_base(2000)
    doors.follower.look()
    assert doors.follower.knowledge.base_number == 2000
    assert not doors.follower.troubles


def forgers_public(doors):
    return base64.b64encode(doors.files.keys._forger.public_key().public_bytes_raw()).decode()


# ---- what a proof costs ----


class Counted:
    """Verifiers that count how often a signature is computed."""

    def __init__(self, keys) -> None:
        self.n = 0
        self._verify = keys.verifiers[SIGNER_ID]

    def __call__(self, message, signature):
        self.n += 1
        return self._verify(message, signature)


def signed(keys, n):
    to_sign = keys.person_to_sign(gate_number=n + 1)
    signature = keys.sign(to_sign)
    return person_qr.person_qr_text(to_sign, signature), SIGNER_ID, to_sign, signature


def test_a_code_that_was_proved_costs_no_other_signature(files):
    counted = Counted(files.keys)
    signatures = Signatures({SIGNER_ID: counted}, frozenset())
    for _ in range(5):
        signatures.require(*signed(files.keys, 1))
    assert counted.n == 1


def test_a_code_that_was_found_forged_is_found_so_again(files):
    signatures = Signatures({SIGNER_ID: Counted(files.keys)}, frozenset())
    text, signer, message, _ = signed(files.keys, 1)
    for _ in range(2):
        with pytest.raises(Exception, match="signature"):
            signatures.require(text, signer, message, bytes(64))


def test_what_is_remembered_is_bounded_and_the_last_are(files, monkeypatch):
    monkeypatch.setattr(gate_keys, "MOST_PROVED", 10)
    counted = Counted(files.keys)
    signatures = Signatures({SIGNER_ID: counted}, frozenset())
    codes = [signed(files.keys, n) for n in range(35)]
    for code in codes:
        signatures.require(*code)
    assert len(signatures._proved) + len(signatures._proved_before) <= 20
    for code in codes[-10:]:
        signatures.require(*code)
    assert counted.n == 35


def test_what_one_signer_proved_is_not_taken_for_anothers(files):
    signatures = Signatures({SIGNER_ID: Counted(files.keys)}, frozenset())
    text, signer, *message = signed(files.keys, 1)
    signatures.require(text, signer, *message)
    with pytest.raises(Exception, match="key_unknown"):
        signatures.require(text, signer + 1, *message)


def test_a_retired_key_is_noticed_with_the_next_look_and_no_answer_waits(doors, thief):
    waiting = doors.ask_without_disk(doors.files.scan())
    retire(doors, days={TODAY})
    doors.settle()
    assert [status for status, _ in waiting] == [200]


def test_a_file_that_says_which_keys_leaked_and_cannot_be_read_leaves_the_keys_as_they_are(doors, asked):
    doors.files.write_keys(retired={"day_keys": {"x": "not a key"}})
    doors.follower.look()
    assert doors.follower.troubles["keys.json"].code == "gate.keys_unreadable"
    assert asked() == "admit"


# ---- the key of identity numbers ----


def test_while_the_key_of_identity_numbers_changes_a_number_is_found_by_the_one_its_hash_was_made_with(doors):
    doors.files.write_keys(document_key=B64["new"], document_keys_beside=[B64["document"]])
    doors.follower.look()
    scan = doors.files.scan(code=None, document=NUMBER_OF_RED)
    assert doors.ask(scan, doors.files.token())[1]["outcome"] == "refuse"
    assert doors.journal.records[-1].gate_number == RED
