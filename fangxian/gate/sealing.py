"""A segment that is over gets its seal: hashed in small pieces, then cut to its length, synced and made read-only.

One whose disk had refused something is copied first, as far as it was acknowledged: what a file holds after a failed
sync nobody knows, and a later sync of it may succeed without having written anything.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_journal import (
    HEADER_BYTES,
    SegmentHeader,
    batches_past_damage,
    pack_header,
    read_header,
    segment_name,
)
from fangxian.core.policy.byte_seal import (
    SALT_BYTES,
    SEAL_BYTES,
    Seal,
    SealMark,
    chain_after,
    hash_of_segment,
    pack_seal,
)

from .disk import Disk

HASHED_AT_ONCE: Final = 128 << 10
UNREADABLE_AT_ONCE: Final = 4 << 10
TRIES_TO_READ: Final = 20  # some seconds lie between two
DRAFT: Final = ".new"


@dataclass(slots=True)
class Ended:
    """A segment nobody writes on any more.

    Attributes
    ----------
    file : still open, or -1
    size : bytes before the seal; what stands behind them was acknowledged to nobody
    n_records, next_number, n_cut_bytes, marks : as in its seal
    needs_header : there is none on disk, or it is damaged
    is_suspect : a read, write or sync failed, of which the disk's being full is not the cause
    n_unread : how often the disk did not give back a part of it
    is_partial : it could not be read whole, and is counted once it is copied
    previous : the chain's value it follows on, where it is not the newest; the chain does not go on from it
    """

    header: SegmentHeader
    file: int
    size: int
    n_records: int
    next_number: int
    n_cut_bytes: int = 0
    marks: int = 0
    needs_header: bool = False
    is_suspect: bool = False
    n_unread: int = 0
    is_partial: bool = False
    previous: bytes | None = None


class SealingUnderWay:
    """One segment being sealed."""

    def __init__(self, disk: Disk, folder: Path, ended: Ended, *, previous: bytes, sealed_ms: int) -> None:
        self._disk, self._folder, self._ended = disk, folder, ended
        self._previous, self._sealed_ms = previous, sealed_ms
        self._path = folder / segment_name(ended.header.gate, ended.header.sequence)
        self._draft = self._path.with_suffix(DRAFT)
        self._salt = os.urandom(SALT_BYTES)
        self._hash, self._n_hashed = hash_of_segment(self._salt), 0
        self._copy = -1

    def step(self) -> Seal | None:
        """Hash one more piece; the seal once it is on disk. Raises OSError; then begin anew, later."""
        if not self._n_hashed:
            self._make_ready()
        file = self._copy if self._ended.is_suspect else self._ended.file
        n_bytes = min(HASHED_AT_ONCE, self._ended.size - self._n_hashed)
        data = self._disk.read(file, n_bytes, self._n_hashed)
        if not data:
            raise OSError(5, f"{self._path.name} is shorter than what was written to it")
        self._hash.update(data)
        self._n_hashed += len(data)
        return self._put_on(file) if self._n_hashed == self._ended.size else None

    def give_up(self) -> None:
        """Leave no draft behind; the segment as the gate left it stays."""
        if self._copy >= 0:
            with suppress(OSError):
                self._disk.close(self._copy)
                self._disk.remove(self._draft)
            self._copy = -1

    def _make_ready(self) -> None:
        ended = self._ended
        if ended.is_suspect:
            self._copy_what_can_be_read()
            if ended.is_partial:
                self._count_again()
        elif ended.file < 0:
            ended.file = self._disk.open(self._path)
        file = self._copy if ended.is_suspect else ended.file
        if ended.needs_header:
            ended.header = ended.header._replace(created_ms=ended.header.created_ms or self._sealed_ms)
            self._disk.write(file, pack_header(ended.header), 0)
        if ended.needs_header or ended.marks & SealMark.AFTER_CRASH:
            self._disk.sync(file)  # a seal that is on disk must not stand behind what is not

    def _copy_what_can_be_read(self) -> None:
        """The acknowledged bytes in a new file. Zeros stand for what the disk has not given back time and again; that
        costs the batches it was in."""
        ended = self._ended
        if ended.file < 0:
            ended.file = self._disk.open(self._path)
        with suppress(FileNotFoundError):
            self._disk.remove(self._draft)
        self._copy = self._disk.create(self._draft)
        for at in range(0, ended.size, UNREADABLE_AT_ONCE):
            n_bytes = min(UNREADABLE_AT_ONCE, ended.size - at)
            try:
                data = self._disk.read(ended.file, n_bytes, at)
            except OSError:
                ended.n_unread += 1
                if ended.n_unread < TRIES_TO_READ:
                    raise
                data = b""
            self._disk.write(self._copy, data.ljust(n_bytes, b"\0"), at)

    def _count_again(self) -> None:
        data = self._disk.read(self._copy, self._ended.size, 0)
        counted = counted_from(data, self._ended.header)
        self._ended.header, self._ended.needs_header = counted.header, counted.needs_header
        self._ended.n_records, self._ended.next_number = counted.n_records, counted.next_number

    def _put_on(self, file: int) -> Seal:
        ended, disk = self._ended, self._disk
        seal = self._seal(self._hash.digest())
        disk.write(file, pack_seal(seal), ended.size)
        disk.cut(file, ended.size + SEAL_BYTES)
        disk.make_read_only(file)
        disk.sync(file)
        if ended.is_suspect:
            disk.rename(self._draft, self._path)
            disk.sync_folder(self._folder)
            self._copy = -1
            disk.close(file)
        with suppress(OSError):  # of a file that is sealed and synced, or that another has taken the place of
            disk.close(ended.file)
        return seal

    def _seal(self, now: bytes) -> Seal:
        ended = self._ended
        return Seal(
            n_records=ended.n_records,
            next_number=ended.next_number,
            sealed_ms=self._sealed_ms,
            marks=ended.marks,
            n_cut_bytes=ended.n_cut_bytes,
            n_rewritten=0,
            rewritten_ms=0,
            ordered_by=0,
            salt=self._salt,
            previous=self._previous,
            at_first=now,
            now=now,
            chain=chain_after(self._previous, ended.header, ended.n_records, ended.next_number, now),
        )


def counted_from(data: bytes, without_header: SegmentHeader) -> Ended:
    """What the bytes of a segment without a seal hold; `without_header` is its header where it has none that is whole,
    as far as it is known."""
    header, batches = read_header(data), list(batches_past_damage(data))
    last = batches[-1] if batches else None
    known = header or without_header._replace(first=batches[0].first if batches else without_header.first)
    return Ended(
        header=known,
        file=-1,
        size=last.ends if last else HEADER_BYTES,
        n_records=sum(batch.n_records for batch in batches),
        next_number=last.first + last.n_records if last else known.first,
        needs_header=header is None,
    )


def ended_live(header: SegmentHeader, file: int, size: int, next_number: int) -> Ended:
    """What a writer leaves behind that has acknowledged `size` bytes of it, or none."""
    n_records = next_number - header.first
    return Ended(header, file, max(size, HEADER_BYTES), n_records, next_number, needs_header=not size)
