"""What is true of the frozen bytes for all inputs: against plain definitions, round trips, hostile text."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.policy import byte_card, byte_short_word, byte_text, handles, person_qr, venue_code, words
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.refusal import Refusal

DIVISION = 141027
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
DAY_KEY = handles.HandleKey(b"TEST KEY for one day............", purpose="day")
CARD_KEY = handles.HandleKey(b"TEST KEY for cards..............", purpose="card")
NUMBER_KEY = handles.NumberKey(b"TEST KEY for numbers............")
PRESENCE_KEY = handles.PresenceKey(b"TEST KEY for rotating codes.....")

minutes = st.integers(40 * 1440, 2**25)
safeties = st.builds(
    words.SafetyWord,
    colour=st.sampled_from(Colour),
    reason=st.integers(1, 1023),
    expires_min=st.integers(1, 2**26 - 1),
    exemptions=st.integers(0, 255),
    qr_generation=st.integers(0, 63),
    card_generation=st.integers(0, 63),
)


@st.composite
def recents(draw):
    """The recent word of facts of any age, with the minute it was written."""
    at_min = draw(minutes)
    result = draw(st.sampled_from(words.LastResult))
    travel = draw(st.sampled_from(Travel))
    near = st.integers(at_min - 30 * 1440, at_min + 1440)
    recent = words.recent_as_of(
        at_min,
        sampled_min=draw(st.just(0) | near),
        resulted_min=draw(near) if result else 0,
        result=result,
        travel=travel,
        travel_expires_min=draw(st.integers(at_min - 9, at_min + 40 * 1440)) if travel else 0,
    )
    return recent, at_min


# ---- plain definitions: the tables of docs/reference/formats.md as text of zeros and ones ---------


def bits(*fields):
    """The number whose binary digits are the fields' one after another; a field is (value, width)."""
    return int("".join(f"{int(value):0{width}b}" for value, width in fields), 2)


def plain_safety(s):
    low = ((s.reason, 10), (s.exemptions, 8), (s.qr_generation, 6), (s.card_generation, 6), (0, 2))
    return bits((0, 1), (1, 3), (s.colour, 2), (s.expires_min, 26), *low)


def plain_recent(r):
    begins = EPOCH + timedelta(days=r.day)
    ends = begins + timedelta(days=1)

    def back(minute):
        return (ends - (EPOCH + timedelta(minutes=minute))) / timedelta(minutes=1) if minute else 0

    expires = EPOCH + timedelta(minutes=r.travel_expires_min)
    quarters = (expires - begins) / timedelta(minutes=15) if r.travel_expires_min else 0
    times = ((r.day, 15), (back(r.sampled_min), 15), (back(r.resulted_min), 15))
    return bits((0, 1), (1, 3), *times, (r.result, 2), (r.travel, 2), (quarters, 11))


@given(safeties)
def test_a_safety_word_is_its_table_and_comes_back(safety):
    word = words.pack_safety(safety)
    assert word == plain_safety(safety)
    assert words.unpack_safety(word) == safety


@given(recents())
def test_a_recent_word_is_its_table_and_comes_back(recent_at):
    recent, _ = recent_at
    word = words.pack_recent(recent)
    assert word == plain_recent(recent)
    assert words.unpack_recent(word) == recent


@given(safeties, minutes)
def test_the_gates_accessors_agree_with_the_unpacked_safety_word(safety, at_min):
    word, alive = words.pack_safety(safety), at_min < safety.expires_min
    assert words.colour_at(word, at_min) == (safety.colour if alive else Colour.UNKNOWN)
    assert words.exemptions_at(word, at_min) == (safety.exemptions if alive else 0)
    assert words.reason_of(word) == safety.reason
    assert words.qr_generation_of(word) == safety.qr_generation
    assert words.card_generation_of(word) == safety.card_generation


@given(recents(), st.integers(-1440, 40 * 1440))
def test_the_gates_accessors_agree_with_the_unpacked_recent_word(recent_at, later):
    recent, at_min = recent_at[0], recent_at[1] + later
    word = words.pack_recent(recent)

    def age(minute):
        return max(0, at_min - minute) if minute else None

    assert words.sample_age_min(word, at_min) == age(recent.sampled_min)
    assert words.result_age_min(word, at_min) == age(recent.resulted_min)
    assert words.result_of(word) == recent.result
    alive = at_min < recent.travel_expires_min
    assert words.travel_at(word, at_min) == (recent.travel if alive else Travel.UNKNOWN)


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(1, 2**32 - 1).map(lambda n: handles.handle_of(n, 5, DAY_KEY))))
def test_many_handles_open_together_as_they_do_one_by_one(many):
    assert handles.open_handles(many, DAY_KEY) == [handles.open_handle(handle, DAY_KEY) for handle in many]


@given(
    st.just(0) | safeties.map(words.pack_safety),
    st.just(0) | recents().map(lambda recent_at: words.pack_recent(recent_at[0])),
    minutes,
    st.booleans(),
)
def test_what_a_door_asks_of_two_words_is_what_they_say_one_by_one(safety, recent, at_min, from_sample):
    age_min = words.negative_age_min(recent, at_min, counts_from_sample=from_sample)
    assert words.words_at_door(safety, recent, at_min, from_sample) == (
        words.colour_at(safety, at_min),
        words.exemptions_at(safety, at_min),
        words.travel_at(recent, at_min),
        -1 if age_min is None else age_min,
    )


@given(st.integers(-(2**64), 2**64), minutes)
def test_any_word_is_refused_or_read_and_never_green_by_accident(word, at_min):
    try:
        safety = words.unpack_safety(word)
    except Refusal:
        safety = None
    else:
        assert safety is None or words.pack_safety(safety) == word
    if word >> 60 != 1:
        assert words.colour_at(word, at_min) == Colour.UNKNOWN
        assert words.travel_at(word, at_min) == Travel.UNKNOWN
        assert safety is None


@given(st.integers(2**60, 2**61 - 1))
def test_any_recent_word_is_refused_or_comes_back_the_same(word):
    try:
        recent = words.unpack_recent(word)
    except Refusal:
        return
    assert words.pack_recent(recent) == word


@given(st.integers(0, 2**32 - 1))
def test_any_short_word_is_refused_or_comes_back_the_same(word):
    try:
        short = byte_short_word.unpack_short(word)
    except Refusal:
        return
    assert byte_short_word.pack_short(short) == word


@given(safeties, recents(), st.integers(0, 20 * 1440), st.integers(1, 1440))
def test_a_short_word_never_says_more_than_the_two_words(safety, recent_at, later, lasts):
    recent, at_min = recent_at
    from_min = at_min + later
    packed = words.pack_safety(safety), words.pack_recent(recent)
    shown = byte_short_word.unpack_short(
        byte_short_word.shorten(*packed, from_min=from_min, until_min=from_min + lasts)
    )
    for minute in (from_min, from_min + lasts - 1):
        assert shown.colour in (Colour.UNKNOWN, words.colour_at(packed[0], minute))
        assert shown.travel in (Travel.UNKNOWN, words.travel_at(packed[1], minute))
        age = byte_short_word.age_at_most_min(shown.sampled_hours_back, from_min=from_min, at_min=minute)
        true_age = words.sample_age_min(packed[1], minute)
        if age is not None and recent.sampled_min <= from_min:
            assert true_age <= age < true_age + 60


@given(safeties, recents(), st.integers(1, 1440))
def test_a_qr_that_ends_in_time_loses_nothing(safety, recent_at, lasts):
    recent, at_min = recent_at
    packed = words.pack_safety(safety), words.pack_recent(recent)
    until = byte_short_word.until_at_most(*packed, from_min=at_min, until_min=at_min + lasts)
    shown = byte_short_word.unpack_short(byte_short_word.shorten(*packed, from_min=at_min, until_min=until))
    assert at_min < until <= at_min + lasts
    assert shown.colour == words.colour_at(packed[0], at_min)
    assert shown.travel == words.travel_at(packed[1], at_min)


# ---- numbers and handles --------------------------------------------------------------------------


@given(st.integers(1, 2**32 - 1))
def test_a_number_leads_back_to_its_serial(serial):
    number = handles.permute(serial, NUMBER_KEY)
    assert 1 <= number < 2**32
    assert handles.serial_of(number, NUMBER_KEY) == serial


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=20)
def test_every_key_permutes_a_small_width_without_loss(secret):
    key = handles.NumberKey(secret, bits=8)
    numbers = [handles.permute(serial, key) for serial in range(1, 256)]
    assert sorted(numbers) == list(range(1, 256))
    assert [handles.serial_of(number, key) for number in numbers] == list(range(1, 256))


@given(st.integers(1, 2**32 - 1), st.integers(0, 63))
def test_a_handle_opens_to_what_it_was_made_of(gate_number, generation):
    handle = handles.handle_of(gate_number, generation, DAY_KEY)
    assert 0 <= handle < 2**64
    assert handles.open_handle(handle, DAY_KEY) == (gate_number, generation)
    assert handles.open_handle(handle, CARD_KEY) is None


@given(st.integers(0, 2**64 - 1))
def test_a_handle_at_random_opens_to_nothing_or_is_one(handle):
    opened = handles.open_handle(handle, DAY_KEY)
    assert opened is None or handles.handle_of(*opened, DAY_KEY) == handle


# ---- hostile text ---------------------------------------------------------------------------------


# The worst case: every key id is known, and every signature is found right.
YES = dict.fromkeys(range(256), lambda message, signature: True)
DAY_KEYS = dict.fromkeys(range(65536), DAY_KEY)
CARD_KEYS = dict.fromkeys(range(65536), CARD_KEY)
PRESENCE_KEYS = dict.fromkeys(range(256), PRESENCE_KEY)


def every_reader(text):
    """Each function that takes text from outside."""
    at = {"division": DIVISION, "at_min": 11_727_600}
    return [
        lambda: person_qr.parse_person_qr(text),
        lambda: person_qr.read_person_qr(text, **at, verifiers=YES),
        lambda: person_qr.open_person_qr(text, **at, day_keys=DAY_KEYS),
        lambda: person_qr.open_person_qr(text, **at, day_keys={}, leaked=person_qr.Leaked(DAY_KEYS, lambda *_: None)),
        lambda: byte_card.parse_card(text),
        lambda: byte_card.read_card(text, **at, verifiers=YES),
        lambda: byte_card.open_card(text, **at, card_keys=CARD_KEYS),
        lambda: venue_code.parse_venue_code(text),
        lambda: venue_code.read_venue_poster(text, division=DIVISION, verifiers=YES),
        lambda: venue_code.read_rotating_code(text, division=DIVISION, at_s=703_656_000, keys=PRESENCE_KEYS),
        lambda: venue_code.read_typed_venue(text, division=DIVISION),
        lambda: byte_text.letter_of(text),
    ]


def only_refusals(text):
    for read in every_reader(text):
        with suppress(Refusal):
            read()


@given(st.text(max_size=400) | st.text(alphabet=byte_text.ALPHABET, max_size=200))
@settings(max_examples=300)
def test_no_text_makes_a_reader_do_anything_but_refuse(text):
    only_refusals(text)


@pytest.mark.parametrize("kind", [byte_text.PERSON, byte_text.CARD, byte_text.VENUE, byte_text.ROTATING])
@given(data=st.data())
def test_no_bytes_in_a_right_envelope_make_a_reader_do_anything_but_refuse(kind, data):
    body = data.draw(st.binary(min_size=kind.n_bytes, max_size=kind.n_bytes))
    body = data.draw(st.sampled_from([body, DIVISION.to_bytes(3, "big") + body[3:]]))
    text = byte_text.text_of(kind.prefix.encode() + body, kind)
    assert byte_text.body_of(text, kind) == body
    only_refusals(text)
    only_refusals(kind.prefix + data.draw(st.text(min_size=kind.n_characters - 4, max_size=kind.n_characters - 4)))


@given(
    st.integers(1, 2**32 - 1),
    st.integers(0, 63),
    st.integers(1, 2**26 - 2000),
    st.integers(1, 1440),
    safeties,
    recents(),
)
def test_a_persons_qr_comes_back_as_it_was_made(number, generation, from_min, lasts, safety, recent_at):
    until_min = from_min + lasts
    packed = words.pack_safety(safety), words.pack_recent(recent_at[0])
    short = byte_short_word.shorten(*packed, from_min=from_min, until_min=until_min)
    to_sign = person_qr.person_qr_to_sign(
        division=DIVISION,
        signer_id=1,
        day_key_id=65535,
        day_key=DAY_KEY,
        gate_number=number,
        qr_generation=generation,
        from_min=from_min,
        until_min=until_min,
        short=short,
    )
    text = person_qr.person_qr_text(to_sign, bytes(64))
    qr = person_qr.parse_person_qr(text)
    assert (qr.from_min, qr.until_min, qr.short, qr.signed) == (from_min, until_min, short, to_sign)
    opened = person_qr.open_person_qr(text, division=DIVISION, at_min=until_min - 1, day_keys={65535: DAY_KEY})
    assert opened == (number, generation)


@given(st.integers(1, 2**24 - 1), st.integers(1, 255), st.integers(1, 255), st.integers(30, 2**31), st.integers(-4, 4))
def test_a_rotating_code_proves_presence_within_the_drift_and_not_beyond(venue, door, generation, at_s, off):
    place = venue_code.VenueDoor(division=DIVISION, venue=venue, door=door)
    text = venue_code.rotating_code_text(place, key_id=1, key=PRESENCE_KEY, generation=generation, at_s=at_s)
    reading = {"division": DIVISION, "at_s": at_s + off * 30, "keys": {1: PRESENCE_KEY}}
    if abs(off) > 1:
        with pytest.raises(Refusal, match=r"code\.rotation_(over|ahead)"):
            venue_code.read_rotating_code(text, **reading)
    else:
        code = venue_code.read_rotating_code(text, **reading)
        assert (code.place, code.generation) == (place, generation)


@given(st.integers(1, 2**24 - 1), st.integers(1, 255))
def test_a_typed_venue_comes_back(venue, door):
    place = venue_code.VenueDoor(division=DIVISION, venue=venue, door=door)
    typed = venue_code.typed_venue_text(place)
    assert venue_code.read_typed_venue(typed, division=DIVISION) == place
    assert venue_code.read_typed_venue(typed.lower().replace("0", "o").replace("1", "l"), division=DIVISION) == place
