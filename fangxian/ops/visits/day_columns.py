"""One archived day as columns on disk, for whoever looks for exposures. (archive rows → columns, memory-mapped)

    <realm>/archive/visits/day=2022-04-19/columns-<state>.npy    4 × n uint32, by person, then time
                                          columns-<state>.json   what is missing of the day, and what was read instead

The archive is packed, by venue and time, and one file an hour; these are its few columns that matter here, plain, of
a whole day and by person, so that nothing is unpacked or sorted while somebody waits. `state` names the day's parts
as they are on disk: once one of them changes, nothing under another state is read any more. They stand in the day's
folder, and so go with it at its term.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Final

import numpy as np
from django.db.models.functions import Coalesce

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Outcome

from . import parquet
from .models import ArchivePart, Scan

FORMAT: Final = "2"  # of the file; part of every state
PERSON, VENUE, AT, SHOWN = range(4)  # rows of the file
PRESENCE_BITS: Final = 0b11
LEAVES: Final = 0b100  # scanned on the way out, or refused at the door
NOT_SEEN_COME: Final = 0b1000  # scanned on the way out, and the day has no scan of them on the way in
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Columns = np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What became of gate numbers: of merged records each has another, and erased ones are nobody's any more.

    Attributes
    ----------
    old, kept : (n,) int64, `old` in order, each with the number of the record that goes on
    erased : (n,) int64, in order
    """

    old: np.ndarray
    kept: np.ndarray
    erased: np.ndarray

    @classmethod
    def of(cls, aliases: Iterable[tuple[int, int]], erased: Iterable[int]) -> "Numbers":
        old, kept = np.array(sorted(aliases), dtype=np.int64).reshape(-1, 2).T
        return cls(old, kept, np.array(sorted(erased), dtype=np.int64))

    def resolved(self, person: np.ndarray) -> np.ndarray:
        """Gate numbers, each that of the record that goes on."""
        if not len(self.old):
            return person
        place = np.minimum(np.searchsorted(self.old, person), len(self.old) - 1)
        return np.where(self.old[place] == person, self.kept[place], person)

    def may_be_known(self, person: np.ndarray) -> np.ndarray:
        """Which of these scans are of somebody, and of nobody who was erased."""
        return (person > 0) & ~np.isin(person, self.erased)

    def are_out_of(self, person: np.ndarray) -> bool:
        """Whether a column in order is free of numbers that are merged or erased."""
        gone = np.concatenate([self.old, self.erased])
        place = np.minimum(np.searchsorted(person, gone), max(len(person) - 1, 0))
        return not len(person) or not bool(np.any(person[place] == gone))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveGap:
    """What of a day's archive cannot be read, and how much of it the table of scans still had.

    Attributes
    ----------
    missing, damaged : names of the files that are not there, and of those whose content is not what was written
    n_lost : scans of those files that nothing else has
    n_recovered : scans of them that were read from the table instead
    """

    day_on: str
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    n_lost: int = 0
    n_recovered: int = 0

    @property
    def day(self) -> date:
        return date.fromisoformat(self.day_on)

    def __bool__(self) -> bool:
        return bool(self.missing or self.damaged or self.n_lost)


@dataclass(frozen=True, slots=True)
class DayColumns:
    """A day's scans by person and time, memory-mapped unless the disk would not take them."""

    state: str
    rows: Columns
    gap: ArchiveGap
    is_built_now: bool = False

    def __len__(self) -> int:
        return self.rows.shape[1]


def state_of(day: date, parts: Iterable[ArchivePart]) -> str:
    """A name for a day's files as they are on disk now, without reading them."""
    told, there = blake2b(FORMAT.encode(), digest_size=8), _on_disk(day)
    for part in parts:
        found = there.get(parquet.part_name(part.hour, part.number), "missing")
        told.update(f"|{part.hour} {part.number} {part.digest} {part.n_rows} {found}".encode())
    return told.hexdigest()


def _on_disk(day: date) -> dict[str, str]:
    """Size and time of each file of a day; asked of the folder at once, as this is done for weeks of days."""
    try:
        with os.scandir(parquet.part_path(day, 0).parent) as files:
            stats = [(file.name, file.stat()) for file in files if file.name.endswith(".parquet")]
    except FileNotFoundError:
        return {}
    return {name: f"{status.st_size} {status.st_mtime_ns}" for name, status in stats}


def open_day(day: date, parts: Sequence[ArchivePart], state: str) -> DayColumns | None:
    """The columns of that state as they stand on disk; None where there are none that can be read."""
    path = _columns_path(day, state)
    try:
        told = json.loads(path.with_suffix(".json").read_text())
        rows = np.load(path, mmap_mode="r")
        gap = ArchiveGap(**told["gap"] | {name: tuple(told["gap"][name]) for name in ("missing", "damaged")})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    read_ahead(rows)
    return DayColumns(state, rows, gap) if rows.shape == (4, told["n_rows"]) else None


def read_ahead(rows: Columns) -> None:
    """Have the disk read a day's file now and whole, rather than in small pieces while somebody waits for each."""
    if not isinstance(rows, np.memmap):
        return
    try:
        with open(rows.filename, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)
    except OSError:  # another state stands there by now; what is mapped is read all the same
        return


def build_day(day: date, parts: Sequence[ArchivePart], state: str, numbers: Numbers) -> DayColumns:
    """A day's columns made anew from its parts, and kept on disk if it takes them."""
    whole, gap, recovered = _sorted_out(day, parts)
    rows = laid_out(np.concatenate([parquet.visits_in(whole), recovered], axis=1), numbers)
    try:
        return DayColumns(state, _kept(day, state, rows, gap), gap, is_built_now=True)
    except OSError:  # a full disk is no reason to leave contacts unfound
        return DayColumns(state, rows, gap, is_built_now=True)


def laid_out(found: np.ndarray, numbers: Numbers) -> Columns:
    """Scans as rows of the file: of known people only, each under the number that goes on, by person and time.

    Parameters
    ----------
    found : (6, n) int64: gate number, venue, second since 1970, presence, marks, what the door did (`DONE`)
    """
    person, venue, at_s, presence, marks, outcome = found[:, numbers.may_be_known(found[0])]
    person, is_out = numbers.resolved(person), (marks & int(ScanMark.OUT)) > 0
    is_refused = outcome == int(Outcome.REFUSE)
    order = np.lexsort((venue, ~is_refused, is_out, at_s, person))
    person, venue, is_out = person[order], venue[order], is_out[order]
    came = np.zeros(len(person), dtype=bool)
    came[1:] = (person[1:] == person[:-1]) & (venue[1:] == venue[:-1]) & ~is_out[:-1]
    leaves = is_out | is_refused[order]
    shown = (presence[order] & PRESENCE_BITS) | leaves * LEAVES | (is_out & ~came) * NOT_SEEN_COME
    return np.stack([person, venue, at_s[order], shown]).astype(np.uint32)


def scans_as_rows(scans: Iterable[tuple]) -> np.ndarray:
    """Rows of the table as `laid_out` takes them, each with the values of TABLE_COLUMNS."""
    plain = [(who, venue, (at - EPOCH).total_seconds() // 1, *rest) for who, venue, at, *rest in scans]
    return np.array(plain, dtype=np.int64).reshape(-1, 6).T


# What a door without network had decided is what was done there, whatever the gate said when it heard of it.
DONE = Coalesce("decided", "outcome")
TABLE_COLUMNS = ("gate_number", "venue_number", "scanned_at", "presence", "marks", DONE)


def _sorted_out(day: date, parts: Sequence[ArchivePart]) -> tuple[list[Path], ArchiveGap, np.ndarray]:
    """The files that are whole, what is wrong with the others, and their scans as far as the table has them."""
    whole, missing, damaged, recovered, n_lost = [], [], [], [], 0
    for part in parts:
        path = _path_of(part)
        try:
            if sha256(path.read_bytes()).hexdigest() == part.digest:
                whole.append(path)
                continue
            damaged.append(path.name)
        except FileNotFoundError:
            missing.append(path.name)
        scans = scans_as_rows(Scan.objects.filter(part=part).values_list(*TABLE_COLUMNS))
        n_lost += max(0, part.n_rows - scans.shape[1])
        recovered.append(scans)
    found = np.concatenate(recovered, axis=1) if recovered else np.empty((6, 0), dtype=np.int64)
    names = {"missing": tuple(missing), "damaged": tuple(damaged)}
    return whole, ArchiveGap(day_on=day.isoformat(), n_lost=n_lost, n_recovered=found.shape[1], **names), found


def _kept(day: date, state: str, rows: Columns, gap: ArchiveGap) -> Columns:
    """Put on disk beside the parts, whole or not at all, in place of what stood there of other states."""
    path = _columns_path(day, state)
    for name, write in (
        (path.with_suffix(".json"), lambda file: file.write(json.dumps(_told(rows, gap)).encode())),
        (path, lambda file: np.save(file, rows)),
    ):
        draft = name.with_name(f"{name.name}.{os.getpid()}.new")
        with draft.open("wb") as file:
            write(file)
        draft.replace(name)
    forget_other_states(day, state)
    return np.load(path, mmap_mode="r")


def forget_other_states(day: date, state: str) -> None:
    """Remove what stands in a day's folder of other states than this one; whoever reads it still has it."""
    for path in _columns_path(day, state).parent.glob("columns-*"):
        if not path.name.startswith(f"columns-{state}."):
            path.unlink(missing_ok=True)


def _told(rows: Columns, gap: ArchiveGap) -> dict:
    return {"n_rows": rows.shape[1], "gap": asdict(gap)}


def _columns_path(day: date, state: str) -> Path:
    return parquet.part_path(day, 0).parent / f"columns-{state}.npy"


def _path_of(part: ArchivePart) -> Path:
    return parquet.part_path(part.day_on, part.hour, part.number)
