"""A base of a whole province, 100 million people and 3.3 GB, written in a minute or so by blocks of numbers.

It is what the worker would write if it could: random gate numbers, words of an ordinary day, each person's document,
an index, a hash of each chunk, a signature. Numbers are drawn block by block of their upper 12 bits, so that they come
out in order and no more than a block of them is in memory.
"""

import os
from pathlib import Path
from typing import Any, Final

import numpy as np

from fangxian.core.policy.byte_snapshot import index_bits, pack_head
from fangxian.core.policy.byte_snapshot_chunks import CHUNK, HASH_BYTES, hash_of, n_chunks_of
from fangxian.core.policy.byte_snapshot_rows import pack_lines
from fangxian.core.policy.vocabulary import Colour
from tests.unit.formats import snapshots
from tests.unit.gate.gate_files import BASE, DEVICES, DIVISION, REALM, VENUES, GateFiles, recent_of, safety_of

N_PEOPLE: Final = 100_000_000
BLOCK_BITS: Final = 12
SEED: Final = 20_221_126
N_SHOWN: Final = 60_000

_SAFETY: Final = np.array(
    [safety_of(Colour.GREEN)] * 97 + [safety_of(Colour.YELLOW)] * 2 + [safety_of(Colour.RED)], np.uint64
)
_RECENT: Final = np.array([recent_of(hours=hours) for hours in range(6, 46)], np.uint64)


def write_province(
    files: GateFiles, *, n_people: int = N_PEOPLE, number: int = BASE, venues: Any = VENUES, devices: Any = DEVICES
) -> list[int]:
    """Put such a base in use in that folder, with no deltas yet; the numbers of some who are in it.

    It takes as much disk as the base has bytes, 33 a person, and about a minute for 100 million.
    """
    files.base = files.last = number
    path = files.folder / f"base-{number}.fxs"
    shown = _Province(files, n_people, number, pack_lines(venues), pack_lines(devices)).write(path)
    files.replace(f"deltas-{number}.fxd", b"")
    files.point_to(number)
    return shown


class _Province:
    def __init__(self, files: GateFiles, n_people: int, number: int, venues: bytes, devices: bytes) -> None:
        self._files, self._n, self._number = files, n_people, number
        self._dice = np.random.default_rng(SEED)
        n_index = 4 * ((1 << index_bits(n_people)) + 1)
        self._texts = {"venues": venues, "devices": devices, "tables": snapshots.tables()}
        self._sizes = {
            "number_index": n_index,
            "numbers": 4 * n_people,
            "words": 16 * n_people,
            "document_index": n_index,
            "documents": 8 * n_people,
            "document_numbers": 4 * n_people,
            "aliases": 0,
        } | {name: len(text) for name, text in self._texts.items()}

    def write(self, path: Path) -> list[int]:
        """The body first, at its place behind a head whose length is known; the head when all is hashed."""
        n_bytes = sum(size + -size % 8 for size in self._sizes.values())
        begins = len(self._head(bytes(n_chunks_of(n_bytes) * HASH_BYTES)))
        draft = path.with_suffix(".new")
        with draft.open("wb") as file:
            file.truncate(begins + n_bytes)
        body = np.memmap(draft, np.uint8, "r+", offset=begins, shape=n_bytes)
        shown = self._fill(body)
        body.flush()
        hashes = b"".join(hash_of(body[at : at + CHUNK]) for at in range(0, n_bytes, CHUNK))
        del body
        with draft.open("r+b") as file:
            file.write(self._head(hashes))
        draft.chmod(0o400)
        os.replace(draft, path)
        return shown

    def _head(self, hashes: bytes) -> bytes:
        facts = {
            "realm": REALM,
            "division": DIVISION,
            "number": self._number,
            "made_at": "2022-04-19T12:00:00+08:00",
            "known_at_s": self._files.known_at_s,
            "ends_s": self._files.known_at_s + 7 * 86_400,
            "n_people": self._n,
            "tests_count_from": "sampled",
        }
        return pack_head(facts, self._sizes, hashes, self._files.keys.sign)

    def _fill(self, body: "np.ndarray") -> list[int]:
        parts, at = {}, 0
        for name, size in self._sizes.items():
            parts[name] = body[at : at + size]
            at += size + -size % 8
        for name, text in self._texts.items():
            parts[name][:] = np.frombuffer(text, np.uint8)
        numbers, owners = parts["numbers"].view("<u4"), parts["document_numbers"].view("<u4")
        hashes, words = parts["documents"].view("<u8"), parts["words"].view("<u8")
        number_counts = np.zeros(self._sizes["number_index"] // 4, np.int64)
        hash_counts = number_counts.copy()
        bits = index_bits(self._n)
        shares = self._dice.multinomial(self._n, np.full(1 << BLOCK_BITS, 1 / (1 << BLOCK_BITS)))
        shown: list[int] = []
        at = 0
        for block, share in enumerate(shares):
            part = slice(at, at + share)
            numbers[part] = drawn = self._drawn(block, share, 32 - BLOCK_BITS).astype(np.uint32)
            hashes[part] = known = self._drawn(block, share, 64 - BLOCK_BITS)
            owners[part] = self._dice.permutation(drawn)
            words[2 * at : 2 * (at + share) : 2] = self._dice.choice(_SAFETY, share)
            words[2 * at + 1 : 2 * (at + share) : 2] = self._dice.choice(_RECENT, share)
            np.add.at(number_counts, (drawn >> np.uint32(32 - bits)).astype(np.int64) + 1, 1)
            np.add.at(hash_counts, (known >> np.uint64(64 - bits)).astype(np.int64) + 1, 1)
            shown += drawn[: N_SHOWN >> BLOCK_BITS].tolist()
            at += share
        parts["number_index"].view("<u4")[:] = np.cumsum(number_counts)
        parts["document_index"].view("<u4")[:] = np.cumsum(hash_counts)
        return shown

    def _drawn(self, block: int, share: int, bits: int) -> "np.ndarray":
        """So many different numbers of a block, ascending; 0, which is nobody's, is not among them."""
        found = np.zeros(0, np.uint64)
        while len(found) < share:
            more = self._dice.integers(1, 1 << bits, share + share // 16 + 8, np.uint64)
            found = np.unique(np.concatenate((found, more)))
        found = found[np.sort(self._dice.choice(len(found), share, replace=False))]
        return found + np.uint64(block << bits)
