"""What a journal asks of a disk: one object, so that a test can put one in its place that fails, or forgets.

Whatever is not named *synced* may be lost, torn or reordered when the power fails; a file's name is on disk only once
its folder is synced.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# One call writes and syncs: between two a thread would have to win Python's lock back from a busy loop.
_SYNCED: Final = getattr(os, "RWF_DSYNC", 0)
READ_ONLY: Final = 0o400


class Disk:
    """The operating system's files. Every call may raise OSError."""

    def create(self, path: Path) -> int:
        """A new file to write and read; there must be none of that name."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def open(self, path: Path) -> int:
        """A file that is there, to write and read, if it is ours even one that was made read-only."""
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except PermissionError:
            os.chmod(path, 0o600)
            return os.open(path, os.O_RDWR | os.O_CLOEXEC)

    def close(self, file: int) -> None:
        os.close(file)

    def write_synced(self, file: int, parts: Sequence[bytes], at: int) -> None:
        """Write at an offset and return once it is on disk; a file's new size is, too."""
        n_bytes = sum(map(len, parts))
        n_written = os.pwritev(file, parts, at, _SYNCED)
        if n_written < n_bytes:
            self.write(file, b"".join(parts)[n_written:], at + n_written)
            os.fdatasync(file)
        elif not _SYNCED:
            os.fdatasync(file)

    def write(self, file: int, data: bytes, at: int) -> None:
        view = memoryview(data)
        while view:
            n_written = os.pwrite(file, view, at)
            view, at = view[n_written:], at + n_written

    def sync(self, file: int) -> None:
        os.fsync(file)

    def sync_path(self, path: Path) -> None:
        """Sync a file that is not open, and may be read-only."""
        self._sync_by_name(path)

    def read(self, file: int, n_bytes: int, at: int) -> bytes:
        """At most so many bytes; fewer only at the end of the file."""
        return os.pread(file, n_bytes, at)

    def read_all(self, path: Path) -> bytes:
        return path.read_bytes()

    def read_end(self, path: Path, n_bytes: int) -> bytes:
        """The last bytes of a file that may be read-only; all of a shorter one."""
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - n_bytes))
            return file.read()

    def size(self, file: int) -> int:
        return os.fstat(file).st_size

    def cut(self, file: int, n_bytes: int) -> None:
        os.ftruncate(file, n_bytes)

    def make_read_only(self, file: int) -> None:
        os.fchmod(file, READ_ONLY)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another's name, which is then that file's no more."""
        os.replace(old, new)

    def remove(self, path: Path) -> None:
        os.unlink(path)

    def names(self, folder: Path) -> list[str]:
        return os.listdir(folder)

    def sync_folder(self, folder: Path) -> None:
        self._sync_by_name(folder)

    def _sync_by_name(self, path: Path) -> None:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def free_bytes(self, folder: Path) -> int:
        """Room left for a program that is not the system's own."""
        stats = os.statvfs(folder)
        return stats.f_bavail * stats.f_frsize
