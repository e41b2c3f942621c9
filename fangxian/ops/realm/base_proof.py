"""Whether the base that gates read is still what was signed, looked at again and again while the worker runs.

A gate finds damage in a base too, and refuses to answer by it; only the worker can put another in its place. So it
looks for itself, a mebibyte at a time: it needs no word from a gate, and has often mended the folder before one starts.
"""

import os
import time
from pathlib import Path

from fangxian.core.policy.byte_snapshot import read_head
from fangxian.core.policy.byte_snapshot_chunks import CHUNK, HASH_BYTES, hash_of, n_chunks_of
from fangxian.core.policy.person_qr import Verify
from fangxian.core.refusal import Refusal

AT_ONCE = 16
ROUND_EVERY_S = 600.0
LONGEST_HEADER = 1 << 16


class BaseProof:
    """Goes through one base, some chunks at each call, round after round."""

    def __init__(self, path: Path, verify: Verify) -> None:
        self.path, self._verify = path, verify
        self._hashes, self._begins, self._n_bytes = b"", 0, 0
        self._next, self._n_chunks = 0, 0
        self._round_due = 0.0

    def go_on(self) -> bool:
        """Look at some more; False when the file is not, or no longer, what was signed."""
        try:
            if self._next < self._n_chunks:
                return self._look_at_some()
            if time.monotonic() >= self._round_due:
                self._begin()
        except (OSError, Refusal):
            return False
        return True

    def _begin(self) -> None:
        with self.path.open("rb") as file:
            n_hashes = n_chunks_of(os.fstat(file.fileno()).st_size) * HASH_BYTES
            head = read_head(memoryview(file.read(LONGEST_HEADER + n_hashes)), self._verify)
        self._hashes, self._begins, self._n_bytes = bytes(head.hashes), head.begins, head.ends - head.begins
        self._next, self._n_chunks = 0, n_chunks_of(self._n_bytes)
        self._round_due = time.monotonic() + ROUND_EVERY_S

    def _look_at_some(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(self._begins + self._next * CHUNK)
            for _ in range(min(AT_ONCE, self._n_chunks - self._next)):
                wanted = self._hashes[self._next * HASH_BYTES : (self._next + 1) * HASH_BYTES]
                if hash_of(file.read(min(CHUNK, self._n_bytes - self._next * CHUNK))) != wanted:
                    return False
                self._next += 1
            return self._next < self._n_chunks or not file.read(1)
