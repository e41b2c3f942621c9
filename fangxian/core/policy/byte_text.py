"""Our codes as text: a prefix of four characters, then the bytes in base 32.

The bits are grouped as in RFC 4648 (padded with zeros on the right, no `=`), the alphabet is Crockford's.

The prefix says what it is to a person and to a scanner: FX, the kind (P person, C card, V venue,
R rotating venue code), the version. It is part of what is sealed and signed, so no code can be passed
off as one of another kind. Base 32 and not 45: both fit the same QR version (docs/reference/formats.md
counts the modules), base 32 also survives a URL and a chat window, and decodes in one call to `int`.

Only the one spelling a code was issued in is read: upper case, no spaces, zero padding bits.
"""

import base64
from dataclasses import dataclass, field
from typing import Final

from fangxian.core.policy.byte_refusals import refuse
from fangxian.core.refusal import Refusal

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VERSION: Final = 1

# To the digits of Python's own base 32, whose `int` is linear in C for a power of two; any other byte
# becomes one that `int` refuses, since it would itself accept spaces, signs, underscores, lower case.
_TO_DIGITS: Final = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[ALPHABET.index(chr(b))] if chr(b) in ALPHABET else 0x21 for b in range(256)
)
_FROM_RFC4648: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode("ascii"))


@dataclass(frozen=True, slots=True)
class CodeKind:
    """One kind of code: its letter, its length in bytes, and what to say when another kind was scanned."""

    letter: str
    n_bytes: int
    wants: str
    prefix: str = field(init=False)
    n_characters: int = field(init=False)
    n_padding: int = field(init=False)

    def __post_init__(self) -> None:
        n_digits = -(-self.n_bytes * 8 // 5)
        object.__setattr__(self, "prefix", f"FX{self.letter}{VERSION}")
        object.__setattr__(self, "n_characters", 4 + n_digits)
        object.__setattr__(self, "n_padding", n_digits * 5 - self.n_bytes * 8)


PERSON: Final = CodeKind("P", 93, "code.wants_person")
CARD: Final = CodeKind("C", 88, "code.wants_card")
VENUE: Final = CodeKind("V", 73, "code.wants_venue")
ROTATING: Final = CodeKind("R", 21, "code.wants_rotating")
LETTERS: Final = "PCVR"


def digits_of(number: int, n_digits: int) -> str:
    """The number in base 32, most significant digit first, with leading zeros."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(n_digits)))


def text_of(message: bytes, kind: CodeKind) -> str:
    """The text of a code: `message` is its prefix and its bytes."""
    prefix, body = message[:4].decode("ascii"), message[4:]
    if prefix != kind.prefix or len(body) != kind.n_bytes:
        raise ValueError(f"{prefix} with {len(body)} bytes is no {kind.prefix} of {kind.n_bytes} bytes")
    return prefix + base64.b32encode(body).rstrip(b"=").translate(_FROM_RFC4648).decode("ascii")


def body_of(text: str, kind: CodeKind) -> bytes:
    """The bytes behind the prefix of a code of that kind, or the refusal that helps most."""
    if len(text) == kind.n_characters and text[:4] == kind.prefix:
        try:
            number = int(text[4:].encode("ascii").translate(_TO_DIGITS), 32)
        except ValueError:
            raise _why_not(text, kind) from None
        if not number & (1 << kind.n_padding) - 1:
            return (number >> kind.n_padding).to_bytes(kind.n_bytes, "big")
    raise _why_not(text, kind)


def start_of(text: str, kind: CodeKind, n_bytes: int) -> bytes:
    """The first bytes behind the prefix of a code of that kind, in a third of the time; refuses like `body_of`.

    Whatever of the text stands behind them is not read, so whoever asks must need no more.
    """
    n_digits = -(-n_bytes * 8 // 5)
    if len(text) == kind.n_characters and text[:4] == kind.prefix:
        try:
            number = int(text[4 : 4 + n_digits].encode("ascii").translate(_TO_DIGITS), 32)
        except ValueError:
            raise _why_not(text, kind) from None
        return (number >> n_digits * 5 - n_bytes * 8).to_bytes(n_bytes, "big")
    raise _why_not(text, kind)


def letter_of(text: str) -> str:
    """P, C, V or R by the prefix alone, to choose a reader; refuses what is not ours."""
    if text[:2] != "FX" or len(text) < 3 or text[2] not in LETTERS:
        raise refuse("code.foreign", length=len(text))
    return text[2]


def _why_not(text: str, kind: CodeKind) -> Refusal:
    """What to say of a text that is not a code of that kind: not ours, then kind, version, length."""
    if text[:2] != "FX" or len(text) < 3 or text[2] not in LETTERS:
        return refuse("code.foreign", length=len(text))
    if text[2] != kind.letter:
        return refuse(kind.wants, found=text[:3])
    if text[3:4] not in ("", str(VERSION)):
        if text[3].isascii() and text[3].isalnum():
            return refuse("code.version", found=text[3], known=VERSION)
        return refuse("code.garbled", position=4)
    if len(text) < kind.n_characters:
        return refuse("code.truncated", length=len(text), wanted=kind.n_characters)
    if len(text) > kind.n_characters:
        return refuse("code.too_long", length=len(text), wanted=kind.n_characters)
    wrong = (place for place, digit in enumerate(text[4:], 5) if digit not in ALPHABET)
    # With every digit in the alphabet, what is left is a last digit whose padding bits are not zero.
    return refuse("code.garbled", position=next(wrong, kind.n_characters))
