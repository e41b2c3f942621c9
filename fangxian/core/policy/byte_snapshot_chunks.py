"""The chunks of a base's body: each is proved by its own hash before anything in it is used.

A base of a county is proved whole. One of a province has gigabytes, is mapped, and is opened in a moment: a
chunk is proved when somebody in it is first asked for, and all others beside the work, some at a time, so that
damage is found before a person stands at a door with it.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from .byte_snapshot_refusals import damaged

CHUNK: Final = 1 << 16
HASH_BYTES: Final = 16
_SHIFT: Final = 16

UNPROVED, PROVED, DAMAGED = range(3)


def hash_of(chunk: bytes | memoryview) -> bytes:
    """The hash by which one chunk is proved."""
    return hashlib.blake2b(chunk, digest_size=HASH_BYTES).digest()


def n_chunks_of(n_bytes: int) -> int:
    """How many chunks a body of so many bytes has; the last may be shorter."""
    return -(-n_bytes // CHUNK)


class Chunks:
    """Which chunks of a body hold what was signed.

    Whoever has it asks (`prove`) and goes through the rest by and by: `to_do`, `look_at`, `note`. Only `look_at` takes
    long, and as it changes nothing it may be done in a thread. Only the first look at a chunk counts: once it is proved
    new words may be written in it, also while the thread still reads it.

    Attributes
    ----------
    n_unproved : how many chunks nobody has looked at yet; 0 at last
    n_damaged : how many are not what was signed
    is_whole : everything was looked at, and is what was signed
    """

    def __init__(self, body: memoryview, hashes: memoryview, sections: Sequence[tuple[int, str]]) -> None:
        self._body, self._hashes, self._sections = body, hashes, sections
        self._marks = bytearray(n_chunks_of(len(body)))
        self._next = 0
        self.n_unproved, self.n_damaged = len(self._marks), 0
        self.is_whole = not self._marks

    def prove(self, begins: int, ends: int) -> None:
        """See that bytes `begins` to `ends` of the body are as they were signed.

        Raises
        ------
        Refusal
            `snapshot.damaged`
        """
        for place in range(begins >> _SHIFT, (ends - 1 >> _SHIFT) + 1):
            if self._marks[place] == UNPROVED:
                self.note([place], self.look_at([place]))
            if self._marks[place] == DAMAGED:
                raise damaged(self._name(place))

    def to_do(self, n: int) -> list[int]:
        """So many chunks, or fewer, that nobody has looked at yet."""
        found: list[int] = []
        while len(found) < n and self._next < len(self._marks):
            if self._marks[self._next] == UNPROVED:
                found.append(self._next)
            self._next += 1
        return found

    def look_at(self, places: Sequence[int]) -> list[bool]:
        """Whether each of those chunks is as it was signed; its hash is computed without the interpreter's lock."""
        return [
            hash_of(self._body[place << _SHIFT : (place + 1) << _SHIFT])
            == self._hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            for place in places
        ]

    def note(self, places: Sequence[int], are_good: Sequence[bool]) -> None:
        """Mark what was seen of chunks that are not marked yet."""
        for place, is_good in zip(places, are_good, strict=True):
            if self._marks[place] == UNPROVED:
                self._marks[place] = PROVED if is_good else DAMAGED
                self.n_unproved -= 1
                self.n_damaged += not is_good
        self.is_whole = not self.n_unproved and not self.n_damaged

    def prove_all(self) -> None:
        """Prove the whole body; refuses `snapshot.damaged`. Other threads run nearly all of the time."""
        for place in range(len(self._marks)):
            self.prove(place << _SHIFT, (place << _SHIFT) + 1)

    @property
    def damage(self) -> str:
        """Where the body is damaged first, in the words of the refusal; empty if it is nowhere."""
        return self._name(self._marks.index(DAMAGED)) if self.n_damaged else ""

    def _name(self, place: int) -> str:
        begins, ends = place << _SHIFT, (place + 1) << _SHIFT
        names = [name for offset, name in self._sections if offset < ends]
        inside = [name for offset, name in self._sections if begins <= offset < ends]
        return f"chunk {place + 1} of {len(self._marks)} ({', '.join(inside if inside else names[-1:])})"
