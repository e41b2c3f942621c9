"""Handles, persons' QRs, paper cards and venue codes, by example."""

from itertools import pairwise

import pytest
import segno

from fangxian.core.policy import byte_card, byte_device, byte_text, handles, person_qr, venue_code
from fangxian.core.refusal import Refusal
from tests.unit.formats.county import PRESENCE_KEY_ID, SIGNER_ID

DIVISION, NOON = 141027, 11_727_600
KINDS = {"person": byte_text.PERSON, "card": byte_text.CARD, "poster": byte_text.VENUE, "rotating": byte_text.ROTATING}


@pytest.fixture
def readers(keys):
    """For each kind: a good text and the reader that proves it."""
    at = {"division": DIVISION, "at_min": NOON}
    return {
        "person": (
            keys.person_text(),
            lambda text: person_qr.read_person_qr(text, **at, verifiers=keys.verifiers),
        ),
        "card": (keys.card_text(), lambda text: byte_card.read_card(text, **at, verifiers=keys.verifiers)),
        "poster": (
            keys.poster_text(),
            lambda text: venue_code.read_venue_poster(text, division=DIVISION, verifiers=keys.verifiers),
        ),
        "rotating": (
            keys.rotating_text(),
            lambda text: venue_code.read_rotating_code(
                text, division=DIVISION, at_s=NOON * 60, keys=keys.presence_keys
            ),
        ),
    }


def refused(call):
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_every_single_bit_turned_is_refused(kind, readers):
    text, read = readers[kind]
    code = KINDS[kind]
    body = int.from_bytes(byte_text.body_of(text, code), "big")
    read(text)
    for bit in range(code.n_bytes * 8):
        turned = (body ^ 1 << bit).to_bytes(code.n_bytes, "big")
        refused(lambda t=turned: read(byte_text.text_of(code.prefix.encode() + t, code)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_letter_in_any_place_is_refused(kind, readers):
    text, read = readers[kind]
    for place, letter in enumerate(text):
        other = byte_text.ALPHABET[(byte_text.ALPHABET.index(letter) + 1) % 32] if place > 3 else "Z"
        refused(lambda p=place, o=other: read(text[:p] + o + text[p + 1 :]))


def test_every_sealed_bit_turned_is_refused_by_a_central_gate(keys):
    body = int.from_bytes(byte_text.body_of(keys.person_text(), byte_text.PERSON), "big")
    signature_bits = 64 * 8
    for bit in range(signature_bits, byte_text.PERSON.n_bytes * 8):
        turned = (body ^ 1 << bit).to_bytes(byte_text.PERSON.n_bytes, "big")
        text = byte_text.text_of(b"FXP1" + turned, byte_text.PERSON)
        refused(lambda t=text: person_qr.open_person_qr(t, division=DIVISION, at_min=NOON, day_keys=keys.day_keys))


@pytest.mark.parametrize(
    ("kind", "version", "n_modules"), [("person", 6, 41), ("card", 6, 41), ("poster", 5, 37), ("rotating", 2, 25)]
)
def test_a_code_is_as_small_as_the_reference_says(kind, version, n_modules, readers):
    qr = segno.make(readers[kind][0], error="m", boost_error=False, micro=False)
    assert (qr.mode, qr.version, qr.symbol_size(border=0)[0]) == ("alphanumeric", version, n_modules)


def test_a_central_gate_learns_number_and_generation(keys):
    opened = person_qr.open_person_qr(keys.person_text(), division=DIVISION, at_min=NOON, day_keys=keys.day_keys)
    assert opened == (1_309_740_485, 2)


def test_a_card_opens_to_number_and_generation_at_a_central_gate(keys):
    opened = byte_card.open_card(keys.card_text(), division=DIVISION, at_min=NOON, card_keys=keys.card_keys)
    assert opened == (1_309_740_485, 1)


def by_signature(keys, leaked):
    """Keys that leaked, with whoever proves their codes instead; nothing is remembered."""
    return person_qr.Leaked(
        leaked, lambda _, signer, *message: person_qr.require_signature(signer, *message, keys.verifiers)
    )


def test_after_a_leak_a_forger_with_the_days_key_needs_a_signature(keys):
    to_sign = keys.person_to_sign(gate_number=77)
    forged = person_qr.person_qr_text(to_sign, keys.forge(to_sign))
    at = {"division": DIVISION, "at_min": NOON}
    assert person_qr.open_person_qr(forged, **at, day_keys=keys.day_keys) == (77, 2)
    after = {**at, "day_keys": {}, "leaked": by_signature(keys, keys.day_keys)}
    assert refused(lambda: person_qr.open_person_qr(forged, **after)).code == "code.signature"
    assert person_qr.open_person_qr(keys.person_text(), **after) == (1_309_740_485, 2)


def test_after_a_leak_a_forged_card_needs_a_signature(keys):
    to_sign = keys.card_to_sign(gate_number=77)
    forged = byte_card.card_text(to_sign, keys.forge(to_sign))
    after = {"division": DIVISION, "at_min": NOON, "card_keys": {}, "leaked": by_signature(keys, keys.card_keys)}
    assert refused(lambda: byte_card.open_card(forged, **after)).code == "code.signature"
    assert byte_card.open_card(keys.card_text(), **after) == (1_309_740_485, 1)


def test_after_a_leak_no_signature_is_computed_for_whoever_lacks_the_leaked_key(keys):
    to_sign = keys.person_to_sign(day_key=keys.other_day)
    unsealed = person_qr.person_qr_text(to_sign, keys.sign(to_sign))
    never = person_qr.Leaked(keys.day_keys, lambda *_: pytest.fail("a signature was computed"))
    refusal = refused(
        lambda: person_qr.open_person_qr(unsealed, division=DIVISION, at_min=NOON, day_keys={}, leaked=never)
    )
    assert refusal.code == "code.seal"


def test_a_key_that_neither_counts_nor_leaked_is_unknown(keys):
    for leaked in (None, by_signature(keys, {})):
        refusal = refused(
            lambda it=leaked: person_qr.open_person_qr(
                keys.person_text(), division=DIVISION, at_min=NOON, day_keys={}, leaked=it
            )
        )
        assert refusal.code == "code.key_unknown"


def test_a_rotating_code_under_a_leaked_key_is_read_and_a_poster_by_a_leaked_signer_too(keys):
    code = venue_code.read_rotating_code(
        keys.rotating_text(), division=DIVISION, at_s=NOON * 60, keys={}, retired={PRESENCE_KEY_ID}
    )
    poster = venue_code.read_venue_poster(keys.poster_text(), division=DIVISION, verifiers={}, retired={SIGNER_ID})
    assert code.place == poster.place


def test_no_device_token_under_a_leaked_key_counts(keys):
    key = handles.DeviceKey(b"TEST KEY for devices............")
    token = byte_device.device_token_text(
        division=DIVISION, key_id=2, key=key, device=5, generation=1, venue=7, door=0, ends_day=NOON // 1440 + 30
    )
    at = {"division": DIVISION, "at_day": NOON // 1440, "keys": {2: key}}
    assert byte_device.read_device_token(token, **at).device == 5
    assert refused(lambda: byte_device.read_device_token(token, **at, retired={2})).code == "device.key_retired"


def test_yesterdays_code_is_expired_rather_than_of_an_unknown_key(keys):
    old = keys.person_text(from_min=NOON - 1440, until_min=NOON - 1430, day_key_id=8144)
    refusal = refused(lambda: person_qr.open_person_qr(old, division=DIVISION, at_min=NOON, day_keys=keys.day_keys))
    assert refusal.code == "code.expired"
    assert refusal.facts == {"minutes": 1430}


def test_another_countys_code_is_said_to_be_that_rather_than_forged(keys):
    to_sign = keys.person_to_sign(division=141028)
    foreign = person_qr.person_qr_text(to_sign, keys.forge(to_sign))
    refusal = refused(
        lambda: person_qr.read_person_qr(foreign, division=DIVISION, at_min=NOON, verifiers=keys.verifiers)
    )
    assert refusal.code == "code.other_county"
    assert "141028" in refusal.said.zh


def test_a_qr_lives_a_day_at_most(keys):
    assert refused(lambda: keys.person_to_sign(until_min=NOON + 1441)).code == "word.out_of_range"
    assert refused(lambda: keys.person_to_sign(until_min=NOON)).code == "word.out_of_range"


def test_a_person_has_another_handle_each_day_each_purpose_and_each_generation(keys):
    a_card_key = handles.HandleKey(b"TEST KEY for one day............", purpose="card")
    made = {
        handles.handle_of(7, 0, keys.day),
        handles.handle_of(7, 1, keys.day),
        handles.handle_of(7, 0, keys.other_day),
        handles.handle_of(7, 0, a_card_key),
    }
    assert len(made) == 4
    assert handles.handle_of(7, 0, keys.day) in made


def test_no_handle_of_one_day_opens_under_anothers_key(keys):
    made = [handles.handle_of(number, 0, keys.day) for number in range(1, 5000)]
    assert not any(handles.open_handle(handle, keys.other_day) for handle in made)


def test_neighbours_in_the_register_are_strangers_at_the_gate(keys):
    numbers = [handles.permute(serial, keys.number) for serial in range(1, 4001)]
    rising = sum(a < b for a, b in pairwise(numbers))
    assert len(set(numbers)) == 4000
    assert 1800 < rising < 2200
    assert 900 < sum(number >> 30 == 3 for number in numbers) < 1100


def test_a_permutation_of_a_small_width_reaches_every_number_once():
    key = handles.NumberKey(b"TEST KEY for numbers............", bits=12)
    assert sorted(handles.permute(serial, key) for serial in range(1, 4096)) == list(range(1, 4096))


def test_a_key_of_a_wrong_length_or_purpose_is_a_bug():
    with pytest.raises(ValueError, match="32 bytes; this one has 5"):
        handles.PresenceKey(b"short")
    with pytest.raises(ValueError, match="not for 'week'"):
        handles.HandleKey(bytes(32), purpose="week")
    with pytest.raises(ValueError, match="even number of bits"):
        handles.NumberKey(bytes(32), bits=33)


def test_a_generation_that_is_not_current_is_revoked():
    person_qr.require_generation(2, 2)
    assert refused(lambda: person_qr.require_generation(1, 2)).code == "code.revoked"
    assert refused(lambda: person_qr.require_generation(0, -1)).code == "code.revoked"


def test_an_old_poster_is_replaced_and_a_closed_venue_closed():
    venue_code.require_venue_generation(3, 3)
    assert refused(lambda: venue_code.require_venue_generation(2, 3)).code == "code.venue_replaced"
    assert refused(lambda: venue_code.require_venue_generation(3, 0)).code == "code.venue_closed"


def test_a_typed_code_has_no_generation_and_nobody_is_told_of_one():
    venue_code.require_venue_generation(None, 3)
    assert refused(lambda: venue_code.require_venue_generation(None, 0)).code == "code.typed_closed"


def test_a_poster_never_passes_for_a_rotating_code(keys, readers):
    poster = keys.poster_text()
    refusal = refused(lambda: readers["rotating"][1](poster))
    assert refusal.code == "code.wants_rotating"
    body = byte_text.body_of(poster, byte_text.VENUE)
    dressed_up = byte_text.text_of(b"FXR1" + body[:21], byte_text.ROTATING)
    assert refused(lambda: readers["rotating"][1](dressed_up)).code.startswith("code.")


def test_a_venue_code_of_either_kind_is_told_by_its_prefix(keys):
    assert isinstance(venue_code.parse_venue_code(keys.poster_text()), venue_code.VenuePoster)
    assert isinstance(venue_code.parse_venue_code(keys.rotating_text()), venue_code.RotatingCode)
    assert refused(lambda: venue_code.parse_venue_code(keys.person_text())).code == "code.wants_venue"


def test_a_rotating_code_of_an_unknown_key_is_refused(keys):
    refusal = refused(
        lambda: venue_code.read_rotating_code(keys.rotating_text(), division=DIVISION, at_s=NOON * 60, keys={})
    )
    assert refusal.code == "code.key_unknown"


def test_the_letter_of_a_code_chooses_its_reader(readers):
    assert [byte_text.letter_of(text) for text, _ in readers.values()] == ["P", "C", "V", "R"]
    assert refused(lambda: byte_text.letter_of("FX")).code == "code.foreign"


def test_a_wrong_number_of_bytes_is_a_bug():
    with pytest.raises(ValueError, match="FXP1 with 3 bytes"):
        byte_text.text_of(b"FXP1abc", byte_text.PERSON)


def test_a_card_shows_its_number_in_three_groups():
    assert byte_card.card_number_text(0) == "0000-0000-00000"
    assert byte_card.card_number_text(2**64 - 1) == "FZZZ-ZZZZ-ZZZZZ"


def test_the_typed_code_of_another_county_is_noticed():
    place = venue_code.VenueDoor(division=141028, venue=5, door=1)
    typed = venue_code.typed_venue_text(place)
    assert venue_code.read_typed_venue(typed, division=141028) == place
    assert refused(lambda: venue_code.read_typed_venue(typed, division=DIVISION)).code == "code.typed_wrong"
