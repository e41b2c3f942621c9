"""From the file of deltas to its frames, one after another. (gate/deltas-N.fxd → Frame)"""

import os
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_snapshot_frames import Frame, next_frame
from fangxian.core.policy.person_qr import Verify

from .refusals import refuse

READ_AT_ONCE: Final = 4 << 20
Stamp = tuple[int, int, int]


class Deltas:
    """The frames behind one base, read on from where the last one that was taken ends.

    With nothing new a look costs one `stat`, a few microseconds.
    """

    def __init__(self, folder: Path, base: int) -> None:
        self._path, self._base = folder / f"deltas-{base}.fxd", base
        self._inode: int | None = None
        self._offset = 0  # in the file, of the next frame
        self._ahead, self._at = b"", 0  # what was read of the file already, and where in it the next frame is

    def next(self, verify: Verify) -> Frame | None:
        """The frame to be taken next, None while there is no whole one.

        Raises
        ------
        Refusal
            `gate.file_missing` also of a file that was replaced; `snapshot.…` as `next_frame`
        """
        if self._at < len(self._ahead) and (frame := next_frame(
            self._ahead, self._at, base=self._base, verify=verify
        )):  # fmt: skip
            return frame
        found = stamp(self._path)
        if found is None:
            raise refuse("gate.file_missing", file=self._path.name, reason="—")
        if found[0] != (self._inode or found[0]) or found[2] < self._offset:
            raise refuse("gate.file_missing", file=self._path.name, reason="replaced")
        self._inode = found[0]
        if found[2] == self._offset:
            return None
        self._ahead, self._at = read(self._path, self._offset, READ_AT_ONCE), 0
        return next_frame(self._ahead, 0, base=self._base, verify=verify)

    def took(self, frame: Frame) -> None:
        """Go on behind that frame."""
        self._offset += frame.n_bytes
        self._at += frame.n_bytes
        if self._at >= len(self._ahead):
            self._ahead, self._at = b"", 0


def stamp(path: Path) -> Stamp | None:
    """Which file it is, when it was last written, how long it is; None if it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def read(path: Path, offset: int = 0, most: int = -1) -> bytes:
    """A file from `offset` on, `most` bytes at the most; refuses `gate.file_missing`."""
    try:
        with path.open("rb") as file:
            file.seek(offset, os.SEEK_SET)
            return file.read(most)
    except OSError as error:
        raise refuse("gate.file_missing", file=path.name, reason=error.strerror or "—") from error
