"""A device's token for all devices, venues and days, and for whatever else is sent in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.byte_device import DeviceToken, device_token_text, read_device_token
from fangxian.core.policy.handles import DeviceKey
from fangxian.core.refusal import Refusal

DIVISION, KEY_ID = 141027, 3
KEYS = {KEY_ID: DeviceKey(b"TEST KEY for devices............")}
tokens = st.builds(
    DeviceToken,
    device=st.integers(1, 2**32 - 1),
    generation=st.integers(1, 255),
    venue=st.integers(0, 2**24 - 1),
    door=st.integers(0, 255),
    ends_day=st.integers(1, 2**15 - 1),
)


def text_of(token, *, key=KEYS[KEY_ID]):
    return device_token_text(
        division=DIVISION, key_id=KEY_ID, key=key, device=token.device, generation=token.generation,
        venue=token.venue, door=token.door, ends_day=token.ends_day,
    )  # fmt: skip


def read(text, at_day=0):
    return read_device_token(text, division=DIVISION, at_day=at_day, keys=KEYS)


@given(tokens)
def test_any_token_comes_back_until_its_last_day(token):
    assert read(text_of(token), token.ends_day - 1) == token
    with pytest.raises(Refusal, match=r"device\.ended"):
        read(text_of(token), token.ends_day)


@given(tokens)
def test_a_token_of_another_countys_key_is_none(token):
    with pytest.raises(Refusal, match=r"device\.unreadable"):
        read(text_of(token, key=DeviceKey(b"TEST KEY of a forger............")))


@given(tokens, st.integers(4, 40), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_no_character_of_a_token_can_be_another(token, place, character):
    good = text_of(token)
    altered = good[:place] + character + good[place + 1 :]
    if altered != good:
        with pytest.raises(Refusal, match=r"device\.unreadable"):
            read(altered)


@given(st.text(max_size=60))
def test_any_text_is_refused(text):
    with pytest.raises(Refusal, match=r"device\.unreadable"):
        read(text)
