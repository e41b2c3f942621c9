"""The test keys and the lines of spec/vectors for the frozen bytes.

The committed lines are the promise: `test_vectors.py` makes them again and compares, and web/tests/core
reads them in TypeScript. They change only when a new version of a format is meant:

    FANGXIAN_WRITE_VECTORS=1 pytest tests/unit/formats/test_vectors.py

Every key here is made of words that say TEST, and opens nothing anywhere.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fangxian.core.policy import byte_card, byte_short_word, byte_text, handles, person_qr, venue_code, words
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.refusal import Refusal

DIVISION = 141027
NOON = 11_727_600  # 2022-04-19T04:00Z, noon in the county
SECRETS = {
    "number": b"TEST KEY for numbers............",
    "day": b"TEST KEY for one day............",
    "other day": b"TEST KEY for another day........",
    "card": b"TEST KEY for cards..............",
    "presence": b"TEST KEY for rotating codes.....",
    "signer": b"TEST KEY for signing............",
    "forger": b"TEST KEY of a forger............",
}
SIGNER_ID, DAY_KEY_ID, CARD_KEY_ID, PRESENCE_KEY_ID = 7, 8145, 3, 5
Line = dict[str, Any]


class Keys:
    """All keys of one test county; `verifiers`, `day_keys` and so on are what the readers take."""

    def __init__(self) -> None:
        self.number = handles.NumberKey(SECRETS["number"])
        self.day = handles.HandleKey(SECRETS["day"], purpose="day")
        self.other_day = handles.HandleKey(SECRETS["other day"], purpose="day")
        self.card = handles.HandleKey(SECRETS["card"], purpose="card")
        self.presence = handles.PresenceKey(SECRETS["presence"])
        self._signer = Ed25519PrivateKey.from_private_bytes(SECRETS["signer"])
        self._forger = Ed25519PrivateKey.from_private_bytes(SECRETS["forger"])
        self.public = self._signer.public_key()
        self.verifiers = {SIGNER_ID: verify_with(self.public)}
        self.day_keys = {DAY_KEY_ID: self.day}
        self.card_keys = {CARD_KEY_ID: self.card}
        self.presence_keys = {PRESENCE_KEY_ID: self.presence}

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message)

    def forge(self, message: bytes) -> bytes:
        return self._forger.sign(message)

    def person_to_sign(self, **changed: Any) -> bytes:
        fields: dict[str, Any] = {
            "division": DIVISION,
            "signer_id": SIGNER_ID,
            "day_key_id": DAY_KEY_ID,
            "day_key": self.day,
            "gate_number": 1_309_740_485,
            "qr_generation": 2,
            "from_min": NOON,
            "until_min": NOON + 10,
            "short": SHORT,
        }
        return person_qr.person_qr_to_sign(**fields | changed)

    def card_to_sign(self, **changed: Any) -> bytes:
        fields: dict[str, Any] = {
            "division": DIVISION,
            "signer_id": SIGNER_ID,
            "card_key_id": CARD_KEY_ID,
            "card_key": self.card,
            "gate_number": 1_309_740_485,
            "card_generation": 1,
            "issued_day": NOON // 1440 - 30,
            "ends_day": NOON // 1440 + 335,
        }
        return byte_card.card_to_sign(**fields | changed)

    def person_text(self, **changed: Any) -> str:
        to_sign = self.person_to_sign(**changed)
        return person_qr.person_qr_text(to_sign, self.sign(to_sign))

    def card_text(self, **changed: Any) -> str:
        to_sign = self.card_to_sign(**changed)
        return byte_card.card_text(to_sign, self.sign(to_sign))

    def poster_text(self, division: int = DIVISION, signer_id: int = SIGNER_ID) -> str:
        to_sign = venue_code.venue_poster_to_sign(door(division), signer_id=signer_id, generation=3)
        return venue_code.venue_poster_text(to_sign, self.sign(to_sign))

    def rotating_text(self, at_s: int = NOON * 60, division: int = DIVISION) -> str:
        return venue_code.rotating_code_text(
            door(division), key_id=PRESENCE_KEY_ID, key=self.presence, generation=3, at_s=at_s
        )


def verify_with(public: Ed25519PublicKey) -> Callable[[bytes, bytes], bool]:
    def verify(message: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify


def door(division: int = DIVISION) -> venue_code.VenueDoor:
    return venue_code.VenueDoor(division=division, venue=9_042_117, door=2)


SAFETY = words.pack_safety(
    words.SafetyWord(
        colour=Colour.GREEN,
        reason=12,
        expires_min=NOON + 1440,
        exemptions=0b101,
        qr_generation=2,
        card_generation=1,
    )
)
RECENT = words.pack_recent(
    words.recent_as_of(
        NOON,
        sampled_min=NOON - 1700,
        resulted_min=NOON - 1000,
        result=words.LastResult.NEGATIVE,
        travel=Travel.CLEAR,
        travel_expires_min=NOON + 607,
    )
)
SHORT = byte_short_word.shorten(SAFETY, RECENT, from_min=NOON, until_min=NOON + 10)


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


@pytest.fixture(scope="session")
def vectors(keys: Keys) -> dict[str, list[Line]]:
    """The lines of each file of spec/vectors that this folder answers for."""
    return {
        "words": list(word_lines()),
        "handles": list(handle_lines(keys)),
        "person_qr": list(person_lines(keys)),
        "venue_code": list(venue_lines(keys)),
    }


def answer(call: Callable[[], object]) -> Line:
    """What a vector expects: the refusal's code, or what was returned."""
    try:
        return {"expect": call()}
    except Refusal as refusal:
        return {"refusal": refusal.code}


def hexed(word: int, n_digits: int = 16) -> str:
    return f"0x{word:0{n_digits}x}"


def plain(record: object, *names: str) -> Line | None:
    """The named fields as JSON has them: numbers, large ones and bytes in hexadecimal."""
    if record is None:
        return None
    values = {name: getattr(record, name) for name in names}
    return {n: v.hex() if isinstance(v, bytes) else int(v) for n, v in values.items()}


# ---- words ----------------------------------------------------------------------------------------


SAFETY_FIELDS = ("colour", "reason", "expires_min", "exemptions", "qr_generation", "card_generation")
RECENT_FIELDS = ("day", "sampled_min", "resulted_min", "result", "travel", "travel_expires_min")
SHORT_FIELDS = ("colour", "travel", "result", "sampled_hours_back", "resulted_hours_back", "exemptions")


def word_lines() -> Iterator[Line]:
    layout = 1 << 60
    unexpired = layout | NOON << 32
    safety = {
        "green with everything": SAFETY,
        "not present": 0,
        "every field at its greatest": layout | (1 << 60) - 1 - 3,
        "present, nothing known": unexpired,
        "spare bits set": SAFETY | 2,
        "layout 2": SAFETY ^ 3 << 60,
        "layout 0 with content": SAFETY ^ 1 << 60,
        "the sign bit": SAFETY | 1 << 63,
        "no expiry": layout | 1 << 58,
        "red without a reason": unexpired | 3 << 58,
    }
    for name, word in safety.items():
        found = answer(lambda w=word: plain(words.unpack_safety(w), *SAFETY_FIELDS))
        yield {"what": "safety", "name": name, "word": hexed(word), **found}
        for at in (NOON, NOON + 1439, NOON + 1440):
            yield {
                "what": "safety at",
                "name": name,
                "word": hexed(word),
                "at_min": at,
                "expect": {
                    "colour": words.colour_at(word, at),
                    "exemptions": words.exemptions_at(word, at),
                    "reason": words.reason_of(word),
                    "qr_generation": words.qr_generation_of(word),
                    "card_generation": words.card_generation_of(word),
                },
            }
    yield from recent_lines()


def recent_lines() -> Iterator[Line]:
    day = 1 << 60 | (NOON // 1440) << 45
    recent = {
        "a negative and a clear journey": RECENT,
        "not present": 0,
        "present, nothing known": day,
        "sampled, no result yet": day | 1 << 30,
        "the oldest test that fits": day | 0x7FFF << 30 | 0x7FFF << 15 | 2 << 13,
        "the last travel that fits": day | 2 << 11 | 0x7FF,
        "result without its time": day | 1 << 13,
        "time without its result": day | 9 << 15,
        "travel without its expiry": day | 1 << 11,
        "travel of an unknown kind": day | 3 << 11 | 5,
        "no day": 1 << 60,
        "layout 3": RECENT ^ 2 << 60,
    }
    for name, word in recent.items():
        found = answer(lambda w=word: plain(words.unpack_recent(w), *RECENT_FIELDS))
        yield {"what": "recent", "name": name, "word": hexed(word), **found}
        for at in (NOON, NOON + 599, NOON + 600):
            yield {
                "what": "recent at",
                "name": name,
                "word": hexed(word),
                "at_min": at,
                "expect": {
                    "sample_age_min": words.sample_age_min(word, at),
                    "result_age_min": words.result_age_min(word, at),
                    "result": words.result_of(word),
                    "travel": words.travel_at(word, at),
                },
            }
    shorts = {
        "the worked example": SHORT,
        "nothing known": 0,
        "the greatest": 0xEFFFFFFF,
        "travel of an unknown kind": 0xB0000000,
        "result without its hour": 0x04000000,
    }
    for name, word in shorts.items():
        found = answer(lambda w=word: plain(byte_short_word.unpack_short(w), *SHORT_FIELDS))
        yield {"what": "short", "name": name, "word": hexed(word, 8), **found}
    for hours in (0, 1, 30, 511):
        age = byte_short_word.age_at_most_min(hours, from_min=NOON + 7, at_min=NOON + 12)
        yield {
            "what": "short age",
            "name": f"{hours} hours back",
            "hours_back": hours,
            "from_min": NOON + 7,
            "at_min": NOON + 12,
            "expect": age,
        }


# ---- handles --------------------------------------------------------------------------------------


def handle_lines(keys: Keys) -> Iterator[Line]:
    number_secret = SECRETS["number"].decode()
    for bits in (24, 32):
        key = handles.NumberKey(SECRETS["number"], bits=bits)
        for serial in (1, 2, 3, 98_833, (1 << bits) - 1):
            number = handles.permute(serial, key)
            yield {"what": "number", "key": number_secret, "bits": bits, "serial": serial, "expect": number}
    for name, purpose, key in (
        ("day", "day", keys.day),
        ("other day", "day", keys.other_day),
        ("card", "card", keys.card),
    ):
        for number, generation in ((1, 0), (1_309_740_485, 0), (1_309_740_485, 1), (2**32 - 1, 63)):
            handle = handles.handle_of(number, generation, key)
            yield {
                "what": "handle",
                "key": SECRETS[name].decode(),
                "purpose": purpose,
                "handle": hexed(handle),
                "expect": [number, generation],
            }
    stranger = handles.handle_of(1_309_740_485, 0, keys.other_day)
    yield {
        "what": "handle",
        "key": SECRETS["day"].decode(),
        "purpose": "day",
        "handle": hexed(stranger),
        "expect": handles.open_handle(stranger, keys.day),
    }


# ---- person's QR and paper card -------------------------------------------------------------------


QR_FIELDS = ("division", "signer_id", "day_key_id", "handle", "from_min", "until_min", "short")
CARD_FIELDS = ("division", "signer_id", "card_key_id", "handle", "issued_day", "ends_day")


def hexed_handle(fields: Line) -> Line:
    return fields | {"handle": hexed(fields["handle"])}


def edge(text: str, keys: Keys, at_min: int) -> Line:
    read = person_qr.read_person_qr(text, division=DIVISION, at_min=at_min, verifiers=keys.verifiers)
    return hexed_handle(plain(read, *QR_FIELDS) or {})


def edge_card(text: str, keys: Keys, at_min: int) -> Line:
    read = byte_card.read_card(text, division=DIVISION, at_min=at_min, verifiers=keys.verifiers)
    return hexed_handle(plain(read, *CARD_FIELDS) or {})


def gate(text: str, keys: Keys, at_min: int) -> list[int]:
    opened = person_qr.open_person_qr(text, division=DIVISION, at_min=at_min, day_keys=keys.day_keys)
    return list(opened)


def bad_texts(good: str, kind: byte_text.CodeKind, other: str) -> dict[str, str]:
    """One text for each way a code of that kind can fail to be read."""
    last = kind.n_characters - 1
    return {
        "a web address": "https://example.org/pay/0123456789",
        "nothing at all": "",
        "another kind": other,
        "a later version": good[:3] + "2" + good[4:],
        "a strange version": good[:3] + "*" + good[4:],
        "cut short": good[:100] if len(good) > 100 else good[:20],
        "one character too many": good + "0",
        "small letters": good[:4] + good[4:].lower(),
        "a letter outside the alphabet": good[:40] + "U" + good[41:] if last > 40 else good[:9] + "U" + good[10:],
    } | ({"padding set": good[:last] + padded(good[last])} if kind.n_padding else {})


def padded(digit: str) -> str:
    return byte_text.ALPHABET[byte_text.ALPHABET.index(digit) | 1]


def person_lines(keys: Keys) -> Iterator[Line]:
    yield {
        "what": "keys",
        "note": "test keys only",
        "signer_id": SIGNER_ID,
        "public": keys.public.public_bytes_raw().hex(),
        "day_key_id": DAY_KEY_ID,
        "day_secret": SECRETS["day"].decode(),
        "card_key_id": CARD_KEY_ID,
        "card_secret": SECRETS["card"].decode(),
    }
    good, to_sign = keys.person_text(), keys.person_to_sign()
    texts = {"good": good} | bad_texts(good, byte_text.PERSON, keys.card_text())
    texts |= {
        "another county": keys.person_text(division=141028),
        "a key nobody holds": keys.person_text(day_key_id=9),
        "a signer nobody knows": keys.person_text(signer_id=9),
        "sealed with another day's key": keys.person_text(day_key=keys.other_day),
        "a forged signature": person_qr.person_qr_text(to_sign, keys.forge(to_sign)),
        "a bit of the colour flipped": flipped(good, byte_text.PERSON, 19 * 8),
        "a bit of the end flipped": flipped(good, byte_text.PERSON, 19 * 8 - 3),
        "a division that cannot be": flipped(flipped(good, byte_text.PERSON, 6), byte_text.PERSON, 1),
        "travel of an unknown kind": flipped(good, byte_text.PERSON, 19 * 8 + 2),
    }
    for name, text in texts.items():
        for at in (NOON - 1, NOON, NOON + 9, NOON + 10) if name == "good" else (NOON,):
            line = {"name": name, "text": text, "division": DIVISION, "at_min": at}
            yield {"what": "edge", **line, **answer(lambda t=text, a=at: edge(t, keys, a))}
            yield {"what": "gate", **line, **answer(lambda t=text, a=at: gate(t, keys, a))}
    yield from card_lines(keys)


def card_lines(keys: Keys) -> Iterator[Line]:
    good, to_sign = keys.card_text(), keys.card_to_sign()
    texts = {"good": good} | bad_texts(good, byte_text.CARD, keys.person_text())
    texts |= {
        "another county": keys.card_text(division=141028),
        "a signer nobody knows": keys.card_text(signer_id=9),
        "a forged signature": byte_card.card_text(to_sign, keys.forge(to_sign)),
        "from tomorrow": keys.card_text(issued_day=NOON // 1440 + 1),
        "ended yesterday": keys.card_text(ends_day=NOON // 1440),
    }
    for name, text in texts.items():
        line = {"name": name, "text": text, "division": DIVISION, "at_min": NOON}
        yield {"what": "card", **line, **answer(lambda t=text: edge_card(t, keys, NOON))}


def flipped(text: str, kind: byte_text.CodeKind, bit: int) -> str:
    """The text of the same bytes with one bit turned; bit 0 is the highest of the first byte."""
    body = int.from_bytes(byte_text.body_of(text, kind), "big") ^ 1 << kind.n_bytes * 8 - 1 - bit
    return byte_text.text_of(kind.prefix.encode() + body.to_bytes(kind.n_bytes, "big"), kind)


# ---- venue codes ----------------------------------------------------------------------------------


def poster(text: str, keys: Keys) -> Line:
    read = venue_code.read_venue_poster(text, division=DIVISION, verifiers=keys.verifiers)
    return (plain(read.place, "division", "venue", "door") or {}) | {"generation": read.generation}


def rotating(text: str, keys: Keys, at_s: int) -> Line:
    read = venue_code.read_rotating_code(text, division=DIVISION, at_s=at_s, keys=keys.presence_keys)
    place = plain(read.place, "division", "venue", "door") or {}
    return place | {"generation": read.generation, "step": read.step}


def venue_lines(keys: Keys) -> Iterator[Line]:
    yield {
        "what": "keys",
        "note": "test keys only",
        "signer_id": SIGNER_ID,
        "public": keys.public.public_bytes_raw().hex(),
        "presence_key_id": PRESENCE_KEY_ID,
        "presence_secret": SECRETS["presence"].decode(),
    }
    good, now = keys.poster_text(), keys.rotating_text()
    posters = {"good": good, "as a URL": "HTTPS://FANGXIAN.EXAMPLE/V/" + good}
    posters |= bad_texts(good, byte_text.VENUE, now)
    posters |= {
        "another county": keys.poster_text(division=141028),
        "a signer nobody knows": keys.poster_text(signer_id=9),
        "another door": flipped(good, byte_text.VENUE, 63),
        "door 0": flipped(good, byte_text.VENUE, 62),
    }
    for name, text in posters.items():
        line = {"name": name, "text": text, "division": DIVISION}
        yield {"what": "poster", **line, **answer(lambda t=text: poster(t, keys))}
    at_s = NOON * 60
    rotatings = {"good": now} | bad_texts(now, byte_text.ROTATING, good)
    rotatings |= {
        "another county": keys.rotating_text(division=141028),
        "a bit of the mac flipped": flipped(now, byte_text.ROTATING, 167),
        "a bit of the step flipped": flipped(now, byte_text.ROTATING, 103),
    }
    for name, text in rotatings.items():
        for at in (at_s - 31, at_s - 30, at_s, at_s + 59, at_s + 60) if name == "good" else (at_s,):
            line = {"name": name, "text": text, "division": DIVISION, "at_s": at}
            yield {"what": "rotating", **line, **answer(lambda t=text, a=at: rotating(t, keys, a))}
    yield from typed_lines()


def typed_lines() -> Iterator[Line]:
    good = venue_code.typed_venue_text(door())
    typed = (good, good.lower().replace("-", " "), good[:-1], good[:-1] + "U", "1" + good[1:], "")
    for text in typed:
        found = answer(
            lambda t=text: plain(venue_code.read_typed_venue(t, division=DIVISION), "division", "venue", "door")
        )
        yield {"what": "typed", "text": text, "division": DIVISION, **found}
