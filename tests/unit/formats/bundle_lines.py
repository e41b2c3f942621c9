"""The lines of spec/vectors/bundle.jsonl: a door bundle, each way in which one cannot be read, and its filter."""

import base64
from collections.abc import Iterator
from random import Random

from fangxian.core.policy import byte_bundle, byte_filter
from tests.unit.formats import bundles
from tests.unit.formats.county import SIGNER_ID, Keys
from tests.unit.formats.word_lines import Line, answer, hexed


def bundle_lines(keys: Keys) -> Iterator[Line]:
    """The bytes stand once; each further line says how its own differ: `cut` to that length, or these ones `put` at."""
    good = bundles.bundle(keys)
    yield {
        "what": "keys",
        "note": "test keys only",
        "signer_id": SIGNER_ID,
        "public": keys.public.public_bytes_raw().hex(),
        "bytes": base64.b64encode(good).decode(),
    }
    n_text = int.from_bytes(good[8:12], "little")
    signature_at = 12 + n_text
    forged = keys.forge(good[:signature_at])
    signer_at = good.index(b'"signer":7') + 9
    edits: dict[str, Line] = {
        "good": {},
        "a person's code": {"put": [0, b"FXP1".hex()]},
        "nothing at all": {"cut": 0},
        "the head alone": {"cut": 10},
        "one byte short": {"cut": len(good) - 1},
        "one byte too many": {"put": [len(good), "00"]},
        "forged": {"put": [signature_at, forged.hex()]},
        "a signer nobody knows": {"put": [signer_at, b"9".hex()]},
        "another venue's status": {"put": [good.index(b'"school",1') + 9, b"2".hex()]},
        "no text": {"put": [12, b"!".hex()]},
    }
    for name, edit in edits.items():
        line = {"what": "bundle", "name": name, **edit}
        yield line | answer(lambda e=edit: _read(edited(good, e), keys))
    other = bundles.to_sign(keys, tables=[])
    unfit = {
        "what": "bundle",
        "name": "signed and without tables",
        "bytes": base64.b64encode(other + keys.sign(other)).decode(),
    }
    yield unfit | answer(lambda: _read(base64.b64decode(unfit["bytes"]), keys))
    yield from _filter_lines(good, keys)


def edited(good: bytes, edit: Line) -> bytes:
    if "cut" in edit:
        return good[: edit["cut"]]
    at, put = edit.get("put", (0, ""))
    data = bytes.fromhex(put)
    return good[:at] + data + good[at + len(data) :]


def _read(data: bytes, keys: Keys) -> Line:
    read = byte_bundle.read_bundle(data, keys.verifiers)
    return {
        "realm": read.realm,
        "division": read.division,
        "number": read.number,
        "known_at": read.known_at.isoformat(timespec="milliseconds"),
        "lasts_s": read.lasts_s,
        "device": read.device,
        "venues": [[*list(row)[:3], list(row.generations)] for row in read.venues],
        "verifiers": {str(id_): key.hex() for id_, key in read.verifiers.items()},
        "tables": [[one.rulebook, len(one.reasons)] for one in read.tables],
        "n_bits": read.revoked.n_bits,
    }


def _filter_lines(good: bytes, keys: Keys) -> Iterator[Line]:
    """Handles that are in it, and others, among them some that are found though they were not put in."""
    revoked = byte_bundle.read_bundle(good, keys.verifiers).revoked
    rng = Random(9)
    inside = bundles.revoked_handles(keys)[:40]
    others = [rng.getrandbits(64) for _ in range(20_000)]
    wrongly = [handle for handle in others if byte_filter.may_hold(revoked, handle)][:5]
    yield {
        "what": "filter",
        "handles": [hexed(handle) for handle in inside + wrongly + others[:200]],
        "expect": [byte_filter.may_hold(revoked, handle) for handle in inside + wrongly + others[:200]],
    }
