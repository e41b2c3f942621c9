"""Looks for secrets in what is sent, however they are written: in bytes, hex or any base, inside something longer."""

import base64
import re
from collections.abc import Iterable, Iterator
from functools import cache

from fangxian.core.policy.byte_text import ALPHABET
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.gate_keys import days_known

RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@cache
def spellings(secret: bytes) -> tuple[bytes, ...]:
    """What to look for: the secret as it may lie in the middle of something else."""
    return tuple(_spellings(secret))


def _spellings(secret: bytes) -> Iterator[bytes]:
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield str(int.from_bytes(secret, "big")).encode()
    yield str(list(secret))[1:-1].encode()
    for before in range(3):  # in base 64 three bytes are four letters: where it begins makes another text of it
        text = _middle(base64.b64encode(bytes(before) + secret + bytes(3)), before, len(secret), 6)
        yield from {text, text.replace(b"+", b"-").replace(b"/", b"_")}
    for before in range(5):
        text = _middle(base64.b32encode(bytes(before) + secret + bytes(5)), before, len(secret), 5)
        yield text
        yield text.translate(bytes.maketrans(RFC4648.encode(), ALPHABET.encode()))


def _middle(text: bytes, before: int, n_bytes: int, bits: int) -> bytes:
    """The letters that hold bits of the secret alone."""
    return text[-(-before * 8 // bits) : (before + n_bytes) * 8 // bits]


def secrets_in(data: bytes, secrets: Iterable[tuple[str, bytes]]) -> list[str]:
    """Names of the secrets of which there is a spelling in `data`; blanks and breaks within it are passed over."""
    close = re.sub(rb"[\s,:]+", b"", data)
    listed = data.replace(b",", b", ").replace(b",  ", b", ")
    return [
        name for name, secret in secrets if any(it in data or it in close or it in listed for it in spellings(secret))
    ]


def every_secret() -> list[tuple[str, bytes]]:
    """Every secret of the realm, and of each day what codes of these days are made with."""
    ring, days = the_realm().keys, days_known(the_realm())
    of_days = [key for day in (*days, days[-1] + 1) for key in ring.keys_of_day(day)]
    return [(key.name, key.secret) for key in (*ring.every_key, *of_days)]


def sent(answer) -> bytes:
    """All of an answer: its headers, its cookies, its body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return b"\n".join((head.encode(), answer.cookies.output().encode(), body))
