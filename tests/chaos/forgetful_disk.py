"""A disk that forgets what was not synced, as a machine does whose power fails; and one that refuses.

What a process sees of a file (the page cache) and what is on the disk are kept apart. At a power cut each sector that
was written and not synced is there, or not, or half; in no order; a name whose folder was not synced may be missing,
and a removed one may be back. A sync that fails forgets what it should have written, and the next one succeeds.
"""

import errno
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

from fangxian.gate.disk import Disk

SECTOR_BYTES = 512


class PowerCut(BaseException):
    """The machine stands still; nothing of the program is executed any more."""


@dataclass
class Inode:
    """A file: as programs see it, as the disk has it, and what was done since, oldest first: (offset, data), or a
    length that it was cut to."""

    seen: bytearray = field(default_factory=bytearray)
    on_disk: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)


def put(content: bytearray, at: int, data: bytes) -> None:
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def do(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
    else:
        put(content, *change)


class ForgetfulDisk(Disk):
    """All files in memory. Each call counts in `n_calls`.

    Attributes
    ----------
    cut_at : the power fails in that call
    errors : the error of a call, by its number
    capacity : bytes it has room for, or None
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.n_calls, self.cut_at, self.errors = 0, -1, {}
        self.capacity: int | None = None
        self._seen: dict[Path, Inode] = {}
        self._on_disk: dict[Path, Inode] = {}
        self._folder_changes: list[tuple[Path, Inode | None]] = []
        self._open: dict[int, Inode] = {}

    # ---- what goes wrong ----

    def power_returns(self) -> None:
        """Bring the disk into one of the states that it may be found in after the power failed."""
        for path, inode in self._folder_changes:
            if self.rng.random() < 0.5:
                self._name(self._on_disk, path, inode)
        for inode in {id(inode): inode for inode in self._on_disk.values()}.values():
            self._forget(inode)
            inode.seen = bytearray(inode.on_disk)
        self._seen, self._folder_changes, self._open, self.cut_at = dict(self._on_disk), [], {}, -1

    def process_ends(self) -> None:
        """The machine runs on: what was written is seen by the next process, though not on disk yet."""
        self._open, self.cut_at = {}, -1

    def _forget(self, inode: Inode) -> None:
        """Of all that is pending some becomes true, sector by sector, and the rest never will."""
        for change in inode.pending:
            if isinstance(change, int):
                if self.rng.random() < 0.5:
                    do(inode.on_disk, change)
                continue
            at, data = change
            while data:
                n_bytes = SECTOR_BYTES - at % SECTOR_BYTES
                fate = self.rng.random()
                if fate < 0.6:
                    put(inode.on_disk, at, data[:n_bytes])
                elif fate < 0.8:
                    put(inode.on_disk, at, data[: self.rng.randrange(n_bytes)])
                at, data = at + n_bytes, data[n_bytes:]
        inode.pending = []

    def _call(self, inode: Inode | None = None) -> None:
        self.n_calls += 1
        if self.n_calls == self.cut_at:
            raise PowerCut
        code = self.errors.get(self.n_calls)
        if code:
            if inode is not None:
                self._forget(inode)
            raise OSError(code, os.strerror(code))

    def _make_room(self, inode: Inode, at: int, data: bytes) -> bytes:
        """As much of the data as there is room for."""
        if self.capacity is None:
            return data
        taken = sum(len(other.seen) for other in {id(i): i for i in self._seen.values()}.values())
        room = max(0, self.capacity - taken) + max(0, len(inode.seen) - at)
        return data[:room]

    def look(self, path: Path) -> bytes:
        """What a program beside the gate sees of a file; no call of the gate's."""
        return bytes(self._seen[path].seen)

    # ---- what a disk does ----

    def create(self, path: Path) -> int:
        self._call()
        if path in self._seen:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        inode = Inode()
        self._change(path, inode)
        return self._opened(inode)

    def open(self, path: Path) -> int:
        self._call()
        return self._opened(self._inode(path))

    def close(self, file: int) -> None:
        del self._open[file]

    def write_synced(self, file: int, parts, at: int) -> None:
        inode, data = self._open[file], b"".join(parts)
        fits = self._make_room(inode, at, data)
        self._write(inode, fits, at)
        self._call(inode)
        do(inode.on_disk, inode.pending.pop())  # only what was written by this call is synced by it
        if len(fits) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(self, file: int, data: bytes, at: int) -> None:
        inode = self._open[file]
        fits = self._make_room(inode, at, data)
        self._write(inode, fits, at)
        self._call(inode)
        if len(fits) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sync(self, file: int) -> None:
        self._call(self._open[file])
        self._sync(self._open[file])

    def sync_path(self, path: Path) -> None:
        inode = self._inode(path)
        self._call(inode)
        self._sync(inode)

    def read(self, file: int, n_bytes: int, at: int) -> bytes:
        self._call()
        return bytes(self._open[file].seen[at : at + n_bytes])

    def read_end(self, path: Path, n_bytes: int) -> bytes:
        self._call()
        return bytes(self._inode(path).seen[-n_bytes:])

    def size(self, file: int) -> int:
        return len(self._open[file].seen)

    def read_all(self, path: Path) -> bytes:
        self._call()
        return bytes(self._inode(path).seen)

    def cut(self, file: int, n_bytes: int) -> None:
        inode = self._open[file]
        do(inode.seen, n_bytes)
        inode.pending.append(n_bytes)
        self._call()

    def make_read_only(self, file: int) -> None:
        self._call()

    def rename(self, old: Path, new: Path) -> None:
        """Both names change together, as a journalling file system does it."""
        inode = self._inode(old)
        self._call()
        self._name(self._seen, old, None)
        self._name(self._seen, new, inode)
        self._folder_changes.append((new, inode))

    def remove(self, path: Path) -> None:
        self._inode(path)
        self._call()
        self._change(path, None)

    def names(self, folder: Path) -> list[str]:
        return [path.name for path in self._seen if path.parent == folder]

    def sync_folder(self, folder: Path) -> None:
        self._call()
        for change in self._folder_changes:
            self._name(self._on_disk, *change)
        self._folder_changes = []

    def free_bytes(self, folder: Path) -> int:
        return 1 << 30

    def _opened(self, inode: Inode) -> int:
        file = max(self._open, default=2) + 1
        self._open[file] = inode
        return file

    def _inode(self, path: Path) -> Inode:
        if path not in self._seen:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self._seen[path]

    def _change(self, path: Path, inode: Inode | None) -> None:
        self._name(self._seen, path, inode)
        self._folder_changes.append((path, inode))

    @staticmethod
    def _name(names: dict[Path, Inode], path: Path, inode: Inode | None) -> None:
        if inode is None:
            names.pop(path, None)
        else:
            names[path] = inode

    @staticmethod
    def _write(inode: Inode, data: bytes, at: int) -> None:
        put(inode.seen, at, data)
        inode.pending.append((at, data))

    @staticmethod
    def _sync(inode: Inode) -> None:
        for change in inode.pending:
            do(inode.on_disk, change)
        inode.pending = []
