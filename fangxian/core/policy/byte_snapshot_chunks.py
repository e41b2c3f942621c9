"""The chunks of a base's body: each is proved by its own hash before anything in it is used.

A base of a county is proved whole. One of a province has gigabytes, is mapped, and is opened in a moment: a
chunk is proved when somebody in it is first asked for, and all others beside the work, some at a time, so that
damage is found before a person stands at a door with it.
"""

import hashlib
from collections.abc import Sequence
from threading import Lock
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

    The gate's loop asks (`prove`), and one thread beside it goes through the rest (`prove_next`). Only the first look
    at a chunk counts: once it is proved the loop may write new words in it, also while the thread still reads it.

    Attributes
    ----------
    n_unproved : how many chunks nobody has looked at yet; 0 at last
    n_damaged : how many are not what was signed
    is_whole : everything was looked at, and is what was signed
    """

    def __init__(self, body: memoryview, hashes: memoryview, sections: Sequence[tuple[int, str]]) -> None:
        self._body, self._hashes, self._sections = body, hashes, sections
        self._marks = bytearray(n_chunks_of(len(body)))
        self._next, self._lock = 0, Lock()
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
            mark = self._marks[place] or self._look_at(place)
            if mark == DAMAGED:
                raise self._refusal(place)

    def prove_next(self, n: int) -> None:
        """Look at so many more chunks; damage is only marked, and counted."""
        while n and self._next < len(self._marks):
            if self._marks[self._next] == UNPROVED:
                self._look_at(self._next)
                n -= 1
            self._next += 1

    def prove_all(self) -> None:
        """Prove the whole body; refuses `snapshot.damaged`. Other threads run nearly all of the time."""
        for place in range(len(self._marks)):
            self.prove(place << _SHIFT, (place << _SHIFT) + 1)

    @property
    def damage(self) -> str:
        """Where the body is damaged first, in the words of the refusal; empty if it is nowhere."""
        return self._name(self._marks.index(DAMAGED)) if self.n_damaged else ""

    def _look_at(self, place: int) -> int:
        begins = place << _SHIFT
        # Of long data the hash is computed without the interpreter's lock: the other thread goes on meanwhile.
        found = hash_of(self._body[begins : begins + CHUNK])
        is_good = found == self._hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        with self._lock:
            if self._marks[place] == UNPROVED:
                self._marks[place] = PROVED if is_good else DAMAGED
                self.n_unproved -= 1
                self.n_damaged += not is_good
                self.is_whole = not self.n_unproved and not self.n_damaged
            return self._marks[place]

    def _name(self, place: int) -> str:
        begins, ends = place << _SHIFT, (place + 1) << _SHIFT
        names = [name for offset, name in self._sections if offset < ends]
        inside = [name for offset, name in self._sections if begins <= offset < ends]
        return f"chunk {place + 1} of {len(self._marks)} ({', '.join(inside if inside else names[-1:])})"

    def _refusal(self, place: int) -> Exception:
        return damaged(self._name(place))
