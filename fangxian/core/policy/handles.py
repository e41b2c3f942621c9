"""Numbers that tell nothing: the permuted gate number, and the handle that hides it.

A gate number is a serial number sent through a keyed permutation, so that neighbours in a register
are strangers at the gate and no number is used twice. A handle is a gate number with its generation
and 26 zero bits, sent through another permutation of 64 bits under the key of one day (a person's QR)
or of the cards: the same all day, unlike itself the next, and a number drawn at random opens to
nothing, except once in 2**26. docs/explanation/what-a-code-says.md has the argument and its limits.

Both are Feistel networks, bijections by construction: of numbers with keyed BLAKE2b as round function, and of
handles with AES-128, as in NIST's FF1, which computers have an instruction for: a gate opens one with each scan.
"""

import hashlib
import hmac
import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fangxian.core.policy.byte_refusals import require_range

SECRET_BYTES: Final = 32
SEAL_BYTES: Final = 6
MAC_BYTES: Final = 8
CHECK_BITS: Final = 26
LAST_GATE_NUMBER: Final = (1 << 32) - 1
NUMBER_ROUNDS: Final = 10  # as NIST SP 800-38G asks of FF1; for halves of 16 bits the bounds are weak
HANDLE_ROUNDS: Final = 6  # the fewest for which Patarin's bound for chosen ciphertexts reaches 2**32 handles


class _Hash(Protocol):
    def copy(self) -> "_Hash": ...
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


def _keyed(secret: bytes, purpose: str, salt: int, n_bytes: int) -> _Hash:
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a secret has {SECRET_BYTES} bytes; this one has {len(secret)}")
    return hashlib.blake2b(
        key=secret, digest_size=n_bytes, person=purpose.encode("ascii"), salt=salt.to_bytes(16, "big")
    )


_HALF: Final = 0xFFFF_FFFF
_block = struct.Struct("<I12x").pack
_number = int.from_bytes


def _round_key(secret: bytes, purpose: str, place: int) -> bytes:
    return _keyed(secret, f"fx {purpose} handle", place, 16).digest()


def _cipher(key: bytes) -> Callable[[bytes], bytes]:
    """AES-128 of one block under a key of its own for each round, which is what ECB is good for."""
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update


class NumberKey:
    """The key that turns serials into gate numbers (32 bits) or venue numbers (24); never changed.

    It is kept with the register. Whoever has it can put numbers back into the order of registration.
    """

    __slots__ = ("_half", "_mask", "_rounds", "bits")

    def __init__(self, secret: bytes, *, bits: int = 32) -> None:
        if bits % 2 or not 2 <= bits <= 64:
            raise ValueError(f"a permutation has an even number of bits from 2 to 64, not {bits}")
        self.bits, self._half, self._mask = bits, bits // 2, (1 << bits // 2) - 1
        # The width is part of the salt, so that two widths under one secret have nothing in common.
        self._rounds = tuple(_keyed(secret, "fx number", bits << 8 | i, 4) for i in range(NUMBER_ROUNDS))

    def forward(self, x: int) -> int:
        """Where x goes; x must lie within the width."""
        left, right = x >> self._half, x & self._mask
        for state in self._rounds:
            left, right = right, left ^ self._mixed(state, right)
        return left << self._half | right

    def backward(self, y: int) -> int:
        """What goes to y."""
        left, right = y >> self._half, y & self._mask
        for state in reversed(self._rounds):
            left, right = right ^ self._mixed(state, left), left
        return left << self._half | right

    def _mixed(self, state: _Hash, half: int) -> int:
        step = state.copy()
        step.update(half.to_bytes(4, "big"))
        return int.from_bytes(step.digest(), "big") & self._mask


def permute(serial: int, key: NumberKey) -> int:
    """The number for a serial; both 1 .. 2**bits - 1, one to one.

    0 means "no number" everywhere, so it is left out: whatever would go to 0 goes where 0 goes.
    """
    require_range("serial", serial, 1, (1 << key.bits) - 1)
    return key.forward(serial) or key.forward(0)


def serial_of(number: int, key: NumberKey) -> int:
    """The serial behind a number; undoes `permute`."""
    require_range("number", number, 1, (1 << key.bits) - 1)
    return key.backward(number) or key.backward(0)


class HandleKey:
    """A key that makes and opens handles and seals codes; `purpose` is "day" or "card".

    Central gates and whoever issues codes hold it; nobody else may. Whoever has it can link the
    handles of that day to gate numbers and forge what central gates accept, until it is retired.
    """

    __slots__ = ("_forward", "_seal", "purpose", "rounds_back", "secret")

    def __init__(self, secret: bytes, *, purpose: str) -> None:
        if purpose not in ("day", "card"):
            raise ValueError(f"a handle key is for a day or for cards, not for {purpose!r}")
        self.secret, self.purpose = secret, purpose  # for a gate that seals and opens many at once in its own way
        self._forward = tuple(_cipher(key) for key in self.round_keys)
        self.rounds_back = self._forward[::-1]
        self._seal = _keyed(secret, f"fx {purpose} seal", 0, SEAL_BYTES)

    @property
    def round_keys(self) -> list[bytes]:
        """The keys of the rounds, 16 bytes each."""
        return [_round_key(self.secret, self.purpose, place) for place in range(HANDLE_ROUNDS)]

    def forward(self, x: int) -> int:
        """Where 64 bits go."""
        left, right = x >> 32, x & _HALF
        for encrypt in self._forward:
            left, right = right, left ^ (_number(encrypt(_block(right)), "little") & _HALF)
        return left << 32 | right

    def backward(self, y: int) -> int:
        """What goes to y; each person's code at each gate costs this, so nothing stands between it and the cipher."""
        left, right = y >> 32, y & _HALF
        for encrypt in self.rounds_back:
            left, right = right ^ (_number(encrypt(_block(left)), "little") & _HALF), left
        return left << 32 | right

    def seal(self, message: bytes) -> bytes:
        """Six bytes that only a holder of the key can make for this message."""
        seal = self._seal.copy()
        seal.update(message)
        return seal.digest()

    def seals(self, message: bytes, seal: bytes) -> bool:
        """Whether `seal` is this key's for `message`, compared in constant time."""
        return hmac.compare_digest(self.seal(message), seal)


class _MacKey:
    """A key that makes eight bytes for a message; each purpose has its own, so that none stands for another."""

    __slots__ = ("_mac",)

    def __init__(self, secret: bytes, *, purpose: str) -> None:
        self._mac = _keyed(secret, purpose, 0, MAC_BYTES)

    def mac(self, message: bytes) -> bytes:
        """Eight bytes that only a holder of the key can make for this message."""
        mac = self._mac.copy()
        mac.update(message)
        return mac.digest()

    def made(self, message: bytes, mac: bytes) -> bool:
        """Whether `mac` is this key's for `message`, compared in constant time."""
        return hmac.compare_digest(self.mac(message), mac)


class PresenceKey(_MacKey):
    """The key of rotating venue codes; held by whoever sends them to screens, and by central gates."""

    __slots__ = ()

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, purpose="fx presence")


class DeviceKey(_MacKey):
    """The key of the tokens of keepers' devices and screens; held by whoever enrols them, and by central gates."""

    __slots__ = ()

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, purpose="fx device")


def handle_of(gate_number: int, generation: int, key: HandleKey) -> int:
    """The 64-bit handle of a person's QR (generation of the QR) or card (generation of the card)."""
    require_range("gate_number", gate_number, 1, LAST_GATE_NUMBER)
    require_range("generation", generation, 0, 63)
    return key.forward(gate_number << 32 | generation << CHECK_BITS)


def open_handle(handle: int, key: HandleKey) -> tuple[int, int] | None:
    """`(gate_number, generation)`, or None for a handle this key did not make.

    A handle drawn at random is taken for one with probability 2**-26, and then names a number that
    somebody has with (people / 2**32): once in 2.9e12 for a county of 98,833.
    """
    return _parts(key.backward(handle))


def open_handles(handles: Sequence[int], key: HandleKey) -> list[tuple[int, int] | None]:
    """`open_handle` of many, which for sixty costs a fifth.

    The halves of all of them stand in the lanes of one long number, 128 bits each, so that a round is one call of the
    cipher for all.
    """
    n = len(handles)
    lanes = _lanes(n)
    packed = _number(struct.pack("<" + "Q8x" * n, *handles), "little")
    left, right = packed >> 32 & lanes, packed & lanes
    for encrypt in key.rounds_back:
        left, right = right ^ (_number(encrypt(left.to_bytes(16 * n, "little")), "little") & lanes), left
    opened = struct.unpack("<" + "Q8x" * n, (left << 32 | right).to_bytes(16 * n, "little"))
    return [_parts(block) for block in opened]


@lru_cache(maxsize=512)
def _lanes(n: int) -> int:
    """32 ones at the lower end of each of `n` lanes of 128 bits."""
    return _HALF * (((1 << 128 * n) - 1) // ((1 << 128) - 1))


def _parts(opened: int) -> tuple[int, int] | None:
    """Number and generation of a block that was opened, None unless its 26 bits are zero."""
    if opened & (1 << CHECK_BITS) - 1 or opened >> 32 == 0:
        return None
    return opened >> 32, opened >> CHECK_BITS & 63
