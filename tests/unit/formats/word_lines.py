"""The lines of spec/vectors/words.jsonl and handles.jsonl."""

from collections.abc import Callable, Iterator
from typing import Any

from fangxian.core.policy import byte_short_word, handles, words
from fangxian.core.refusal import Refusal
from tests.unit.formats.county import NOON, RECENT, SAFETY, SECRETS, SHORT, Keys

Line = dict[str, Any]


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
    yield from short_lines()


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


def short_lines() -> Iterator[Line]:
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
