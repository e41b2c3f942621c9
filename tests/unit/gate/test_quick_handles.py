"""Many handles opened at once are what each is by itself."""

import random

import numpy as np
import pytest

pytest.importorskip("numba")

from fangxian.core.policy.handles import HandleKey, handle_of
from fangxian.gate.quick.handles import open_each, round_keys

KEYS = [HandleKey(bytes([place]) * 32, purpose="day") for place in range(3)]
ROUNDS = np.array([[round_keys(one) for one in key.round_keys] for key in KEYS], np.uint32)


def opened(handles, by):
    found = np.zeros(len(handles), np.uint64)
    open_each(np.array(handles, np.uint64), np.array(by, np.int64), ROUNDS, len(handles), found)
    return found.tolist()


def test_the_round_keys_of_aes_are_those_of_the_standard():
    words = round_keys(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))  # FIPS 197, appendix A.1
    assert [f"{word:08x}" for word in words[40:]] == ["d014f9a8", "c9ee2589", "e13f0cc8", "b6630ca6"]


def test_whatever_handle_it_is_it_opens_to_what_its_key_says():
    dice = random.Random(1)
    handles, by = [dice.getrandbits(64) for _ in range(300)], [dice.randrange(3) for _ in range(300)]
    assert opened(handles, by) == [KEYS[k].backward(handle) for handle, k in zip(handles, by, strict=True)]


def test_a_number_and_its_generation_come_back():
    (found,) = opened([handle_of(4_000_000_000, 63, KEYS[1])], [1])
    assert (found >> 32, found >> 26 & 63, found & 0x3FFFFFF) == (4_000_000_000, 63, 0)


def test_what_no_key_has_sealed_opens_to_nothing():
    assert opened([handle_of(5, 1, KEYS[0])], [-1]) == [0]
