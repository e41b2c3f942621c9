"""A device's token: proves to a gate that a scan comes from a keeper's device, or from a door's screen.

    FXT1 | division 3 | key 1 | device 4 | generation 1 | venue 3 | door 1 | ends day 2 | mac 8

It is given to a device once, when it is enrolled, and sent with each request; nobody scans it. Central gates
and the issuer hold the key. A device that was lost is revoked by the generation in the snapshot. Venue 0 is
any venue of the county (a checkpoint), door 0 any door of the venue.
"""

import struct
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final

from fangxian.core.policy.byte_refusals import require_range
from fangxian.core.policy.byte_text import CodeKind, body_of, text_of
from fangxian.core.policy.byte_time import LAST_DAY
from fangxian.core.policy.handles import DeviceKey
from fangxian.core.policy.person_qr import FIRST_DIVISION, LAST_DIVISION
from fangxian.core.policy.venue_code import LAST_VENUE
from fangxian.core.refusal import Refusal

DEVICE: Final = CodeKind("T", 23, "code.foreign")  # no reader of codes is ever shown one
LAST_DEVICE: Final = (1 << 32) - 1

_PREFIX: Final = DEVICE.prefix.encode("ascii")
_PROVED: Final = struct.Struct(">3sBIB3sBH")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceToken:
    """A token, proved by its key; whether `generation` is still the device's is asked afterwards.

    `ends_day`, in UTC days since the epoch, is the first day on which it no longer counts.
    """

    device: int
    generation: int
    venue: int
    door: int
    ends_day: int


def device_token_text(
    *, division: int, key_id: int, key: DeviceKey, device: int, generation: int, venue: int, door: int, ends_day: int
) -> str:
    """The text of a token; refuses `word.out_of_range`, naming the field."""
    message = _PREFIX + _PROVED.pack(
        require_range("division", division, FIRST_DIVISION, LAST_DIVISION).to_bytes(3, "big"),
        require_range("key_id", key_id, 0, 0xFF),
        require_range("device", device, 1, LAST_DEVICE),
        require_range("generation", generation, 1, 0xFF),
        require_range("venue", venue, 0, LAST_VENUE).to_bytes(3, "big"),
        require_range("door", door, 0, 0xFF),
        require_range("ends_day", ends_day, 1, LAST_DAY),
    )
    return text_of(message + key.mac(message), DEVICE)


def read_device_token(
    text: str, *, division: int, at_day: int, keys: Mapping[int, DeviceKey], retired: Container[int] = ()
) -> DeviceToken:
    """A token of this county, made with one of `keys`, that counts on `at_day`.

    Under a key in `retired`, which leaked, anybody can make a token: none counts, and that is said.

    Raises
    ------
    Refusal
        `device.unreadable` (of whatever cannot be such a token, of this county, of a known key),
        `device.key_retired`, `device.ended`.
    """
    if len(text) != DEVICE.n_characters or text[:4] != DEVICE.prefix:
        raise _unreadable(len(text))
    try:
        body = body_of(text, DEVICE)
    except Refusal as garbled:
        raise _unreadable(len(text)) from garbled
    found, key_id, device, generation, venue, door, ends_day = _PROVED.unpack_from(body)
    if key_id in retired and int.from_bytes(found, "big") == division:
        raise _key_retired(key_id)
    key = keys.get(key_id)
    message = _PREFIX + body[: _PROVED.size]
    if int.from_bytes(found, "big") != division or key is None or not key.made(message, body[_PROVED.size :]):
        raise _unreadable(len(text))
    if at_day >= ends_day:
        raise _ended(at_day - ends_day)
    return DeviceToken(
        device=device, generation=generation, venue=int.from_bytes(venue, "big"), door=door, ends_day=ends_day
    )


def _unreadable(length: int) -> Refusal:
    return Refusal(
        "device.unreadable",
        zh="本设备出示的凭证（{length} 个字符）不是本县签发的设备凭证，应为登记设备时领到的、以 FXT 开头的 41 个字符。"
        "请在「值守设备」里重新登记本设备；来人可先核对证件、人工登记。",
        en="The token this device showed ({length} characters) is none that this county issued; it should be the 41 "
        "characters beginning with FXT that were given at enrolment. Enrol the device again; check documents and "
        "register people by hand meanwhile.",
        length=length,
    )


def _key_retired(key_id: int) -> Refusal:
    return Refusal(
        "device.key_retired",
        zh="本设备的凭证用第 {key_id} 号钥匙签发，这把钥匙泄露后已作废，用它签发的都不再有效。应为之后领到的新凭证。"
        "请在「值守设备」里重新登记本设备；来人可先核对证件、人工登记。",
        en="This device's token was made with key {key_id}, which leaked and was retired, so no token made with it "
        "counts; one given out since is wanted. Enrol the device again; check documents and register people by hand "
        "meanwhile.",
        key_id=key_id,
    )


def _ended(days: int) -> Refusal:
    return Refusal(
        "device.ended",
        zh="本设备的凭证已到期 {days} 天。凭证须在有效期内。请在「值守设备」里重新登记本设备。",
        en="This device's token ended {days} days ago; it must be in force. Enrol the device again.",
        days=days,
    )
