"""The lines of spec/vectors/device.jsonl and snapshot.jsonl."""

import hashlib
from collections.abc import Iterator

from fangxian.core.policy import byte_device, byte_snapshot_frames
from fangxian.core.policy.byte_snapshot_rows import FrameKind, NewBase
from fangxian.core.policy.handles import DeviceKey
from tests.unit.formats import snapshots
from tests.unit.formats.county import DIVISION, NOON, SECRETS, SIGNER_ID, Keys
from tests.unit.formats.word_lines import Line, answer, hexed, plain

TODAY = NOON // 1440
KEY_ID = 2
KEY = DeviceKey(SECRETS["device"])
TOKEN_FIELDS = ("device", "generation", "venue", "door", "ends_day")


def token(**changed: int) -> str:
    fields = {"division": DIVISION, "device": 5, "generation": 1, "venue": 9_042_117, "door": 2, "ends_day": TODAY + 30}
    return byte_device.device_token_text(key_id=KEY_ID, key=KEY, **fields | changed)


def device_lines() -> Iterator[Line]:
    yield {"what": "keys", "note": "test keys only", "key_id": KEY_ID, "device_secret": SECRETS["device"].decode()}
    good = token()
    last = "1" if good[-1] != "1" else "0"
    texts = {
        "good": good,
        "any venue": token(venue=0, door=0),
        "another county": token(division=141028),
        "ends today": token(ends_day=TODAY),
        "a person's prefix": "FXP1" + good[4:],
        "a document's prefix": "FXD1" + good[4:],
        "cut short": good[:30],
        "nothing at all": "",
        "another device": good[:12] + ("0" if good[12] != "0" else "1") + good[13:],
        "a changed mac": good[:-2] + last + good[-1],
    }
    for name, text in texts.items():
        line = {"what": "token", "name": name, "text": text, "division": DIVISION, "at_day": TODAY}
        yield line | answer(lambda t=text: _token(t))


def _token(text: str) -> Line | None:
    read = byte_device.read_device_token(text, division=DIVISION, at_day=TODAY, keys={KEY_ID: KEY})
    return plain(read, *TOKEN_FIELDS)


def snapshot_lines(keys: Keys) -> Iterator[Line]:
    """A base by its header, sizes and digest (its door tables are a rulebook's own), frames by their bytes."""
    public = keys.public.public_bytes_raw().hex()
    yield {"what": "keys", "note": "test keys only", "signer_id": SIGNER_ID, "public": public}
    tables = b'{"format":"fangxian-door-tables-1","note":"not read here"}'
    base = snapshots.base_bytes(keys, tables=[tables])
    n_header = int.from_bytes(base[8:12], "little")
    yield {
        "what": "base",
        "header": base[12 : 12 + n_header].decode(),
        "signature": base[12 + n_header : 76 + n_header].hex(),
        "n_bytes": len(base),
        "sha256": hashlib.sha256(base).hexdigest(),
    }
    yield {"what": "document", "number": "990101199003074518", "document_key": SECRETS["document"].decode(),
           "expect": hexed(snapshots.DOCUMENT)}  # fmt: skip
    good = snapshots.people_frame(keys)
    frames = {
        "two people": good,
        "a closed venue": snapshots.venue_frame(keys),
        "an ended device": snapshots.device_frame(keys),
        "a heartbeat": snapshots.heartbeat(keys),
        "that a base follows": snapshots.people_frame(keys, kind=FrameKind.NEW_BASE, rows=[NewBase()]),
        "a heartbeat that is outdated": snapshots.heartbeat(keys, snapshots.BASE) + good,
        "a forged heartbeat that is outdated": _forged(snapshots.heartbeat(keys, snapshots.BASE)) + good,
        "cut inside the signature": good[:-1],
        "of another base": snapshots.people_frame(keys, base=40),
        "forged": snapshots.people_frame(keys, sign=keys.forge),
        "one bit turned": good[:40] + bytes([good[40] ^ 1]) + good[41:],
        "a length that cannot be": b"\xff\xff\xff\xff" + good[4:],
    }
    for name, data in frames.items():
        line = {"what": "frames", "name": name, "base": snapshots.BASE, "bytes": data.hex()}
        yield line | answer(lambda d=data: _frames(d, keys))


def _forged(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 1])


def _frames(data: bytes, keys: Keys) -> Line:
    frames, used = byte_snapshot_frames.read_frames(data, base=snapshots.BASE, verify=keys.verifiers[SIGNER_ID])
    return {"used": used, "frames": [[f.kind, f.first, f.n, f.last, [_row(row) for row in f.rows]] for f in frames]}


def _row(row: tuple[object, ...]) -> list[object]:
    return [hexed(field) if isinstance(field, int) and field >> 32 else field for field in row]
