"""The lines of spec/vectors/person_qr.jsonl and venue_code.jsonl."""

from collections.abc import Iterator

from fangxian.core.policy import byte_card, byte_text, person_qr, venue_code
from tests.unit.formats.county import (
    CARD_KEY_ID,
    DAY_KEY_ID,
    DIVISION,
    NOON,
    PRESENCE_KEY_ID,
    SECRETS,
    SIGNER_ID,
    Keys,
    door,
)
from tests.unit.formats.word_lines import Line, answer, hexed, plain

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
