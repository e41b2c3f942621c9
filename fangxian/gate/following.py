"""From the files the worker writes to what a gate knows. (gate/keys.json, current.json, base, deltas → knowledge)

Nothing that is missing, torn, altered, older or of another realm takes away what is known already: the gate
keeps that, says what is wrong (`troubles`), lets the age of its knowledge grow, and tries again.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from fangxian.core.policy.byte_snapshot import read_base, read_frames
from fangxian.core.refusal import Refusal

from .faults import Faults
from .keys import GateKeys, read_keys
from .knowledge import Knowledge
from .refusals import refuse

LOOK_EVERY_S: Final = 0.1
TRY_AGAIN_MS: Final = 1_000
READ_AT_ONCE: Final = 4 << 20
MOST_AHEAD_MS: Final = 60_000
CLOCK, PROGRAM = "clock", "program"  # troubles of no file
NOT_MENDED_BY_A_BASE: Final = frozenset({"keys.json", CLOCK, PROGRAM})

log = logging.getLogger("fangxian.gate")
Stamp = tuple[int, int, int]


class Loaded(NamedTuple):
    """A base with the frames that were behind it, and where in which file the next frame is to begin."""

    knowledge: Knowledge
    file: Stamp | None
    offset: int
    trouble: Refusal | None


def steady_ms() -> int:
    """Milliseconds by a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000


class Follower:
    """Follows the files of one realm's gate folder.

    Attributes
    ----------
    keys, knowledge : what is in use; None until a first good one was read
    troubles : by file, why what is there now is not used; and what else is wrong, `clock` or `program`
    """

    def __init__(
        self, folder: Path, *, realm: str, wall_ms: Callable[[], int], steady_ms: Callable[[], int] = steady_ms
    ) -> None:
        self._folder, self._realm, self._wall_ms, self._steady_ms = folder, realm, wall_ms, steady_ms
        self.keys: GateKeys | None = None
        self.knowledge: Knowledge | None = None
        self.troubles: dict[str, Refusal] = {}
        self._faults = Faults()
        self._logged: set[str] = set()
        self._is_waiting = False
        self._keys_stamp: Stamp | None = None
        self._current_stamp: Stamp | None = None
        self._next_try_ms = 0
        self._deltas: Stamp | None = None
        self._offset = 0

    async def follow(self) -> None:
        """Follow until cancelled; a base is read in a thread, so that scans are answered meanwhile."""
        while True:
            try:
                self.look_at_keys()
                if (keys := self.keys) and (number := self.wanted_base()) is not None:
                    self.take(number, await asyncio.to_thread(self.load, number, keys))
                self.tail()
                self._say(PROGRAM, None)
            except Exception as error:  # a bug takes nothing away of what is known either
                self._say(PROGRAM, self._faults.note(error))
            await asyncio.sleep(LOOK_EVERY_S)

    @property
    def age_ms(self) -> int:
        """How old the knowledge is; −1 without any."""
        return self.knowledge.age_ms(self._wall_ms(), self._steady_ms()) if self.knowledge else -1

    def look(self) -> None:
        """All of it once."""
        self.look_at_keys()
        if self.keys and (number := self.wanted_base()) is not None:
            self.take(number, self.load(number, self.keys))
        self.tail()

    # ---- keys ----

    def look_at_keys(self) -> None:
        """Read keys.json if it is another file than last time."""
        path = self._folder / "keys.json"
        stamp = _stamp(path)
        if stamp == self._keys_stamp and stamp:
            return
        try:
            keys = read_keys(_read(path))
            if keys.realm != self._realm:
                raise _other_realm("keys.json", keys.realm, keys.division, self._realm, keys.division)
        except Refusal as refusal:
            self._say("keys.json", refusal)
        else:
            self.keys = keys
            self._current_stamp = None  # what these keys prove is to be looked at once more
            self._say("keys.json", None)
        self._keys_stamp = stamp

    # ---- base ----

    def wanted_base(self) -> int | None:
        """The number of a base to read now: another than the one in use, or the same after a broken tail."""
        path = self._folder / "current.json"
        stamp = _stamp(path)
        is_same = stamp == self._current_stamp and stamp is not None
        if is_same and not (self.troubles.keys() - NOT_MENDED_BY_A_BASE and self._wall_ms() >= self._next_try_ms):
            return None
        self._next_try_ms = self._wall_ms() + TRY_AGAIN_MS
        try:
            number = int(json.loads(_read(path))["number"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as wrong:
            self._say("current.json", refuse("gate.file_missing", file="current.json", reason=type(wrong).__name__))
            return None
        except Refusal as refusal:
            self._say("current.json", refusal)
            return None
        self._current_stamp = stamp
        self._say("current.json", None)
        has_it = self.knowledge is not None and self.knowledge.base_number == number
        return None if has_it and "base" not in self.troubles and "deltas" not in self.troubles else number

    def load(self, number: int, keys: GateKeys) -> Loaded | Refusal:
        """That base with all frames behind it, or why it cannot be used; changes nothing of the follower."""
        name = f"base-{number}.fxs"
        try:
            base = read_base(memoryview(_read(self._folder / name)), keys.verify)
            if (base.realm, base.division) != (keys.realm, keys.division):
                raise _other_realm(name, base.realm, base.division, keys.realm, keys.division)
        except Refusal as refusal:
            return refusal
        knowledge = Knowledge(base, heard_ms=self._steady_ms())
        loaded = Loaded(knowledge, None, 0, None)
        while True:
            offset = loaded.offset
            loaded = self._read_on(knowledge, keys, loaded.file, offset)
            if loaded.trouble or loaded.offset == offset:
                return loaded

    def take(self, number: int, loaded: Loaded | Refusal) -> None:
        """Use a base that was loaded, unless it would take the gate back in time."""
        if isinstance(loaded, Refusal):
            self._say("base", loaded)
            return
        new, old = loaded.knowledge, self.knowledge
        is_reread = old is not None and old.base_number == number
        # A smaller number known of later is a county restored from a backup; anything else is going back in time.
        if old and new.number < old.number and (is_reread or new.known_at_ms <= old.known_at_ms):
            if not is_reread:
                self._say("base", refuse("gate.older_base", found=number, wanted=old.number))
            return
        if old and new.known_at_ms <= old.known_at_ms:
            new.heard_ms = old.heard_ms  # read again, and nothing new was heard
        self.knowledge, self._deltas, self._offset = new, loaded.file, loaded.offset
        self._say("base", None)
        self._say("deltas", loaded.trouble)
        if not is_reread:
            log.info("base %d with changes up to %d, %d people", number, new.number, new.n_people)

    # ---- deltas ----

    def tail(self) -> None:
        """Take the frames that have come behind the base in use."""
        if self.knowledge and self.keys:
            read = self._read_on(self.knowledge, self.keys, self._deltas, self._offset)
            self._deltas, self._offset = read.file, read.offset
            self._say("deltas", read.trouble)
            ahead_ms = self.knowledge.known_at_ms - self._wall_ms()
            self._say(CLOCK, refuse("gate.clock_apart", seconds=ahead_ms // 1000) if ahead_ms > MOST_AHEAD_MS else None)

    def _read_on(self, knowledge: Knowledge, keys: GateKeys, file: Stamp | None, offset: int) -> Loaded:
        """Bring that knowledge forward by the frames from `offset` on; a file that was replaced is a trouble."""
        name = f"deltas-{knowledge.base_number}.fxd"
        path = self._folder / name
        try:
            found = _stamp(path)
            if found is None:
                raise refuse("gate.file_missing", file=name, reason="—")
            if file and (found[0] != file[0] or found[2] < offset):
                raise refuse("gate.file_missing", file=name, reason="replaced")
            if found[2] == offset:
                return Loaded(knowledge, found, offset, None)
            frames, _ = read_frames(_read(path, offset, READ_AT_ONCE), base=knowledge.base_number, verify=keys.verify)
            for frame in frames:
                knowledge.take(frame, heard_ms=self._steady_ms())
                offset += frame.n_bytes
        except Refusal as refusal:
            return Loaded(knowledge, file, offset, refusal)
        return Loaded(knowledge, found, offset, None)

    def _say(self, part: str, refusal: Refusal | None) -> None:
        """Note what is wrong with a part, and log each change of it once, by code.

        At a first start nothing is wrong: the worker has written nothing yet, and that is said once.
        """
        before = self.troubles.get(part)
        if refusal is None:
            self.troubles.pop(part, None)
            if part in self._logged:
                self._logged.remove(part)
                log.warning("%s is in use again", part)
            return
        self.troubles[part] = refusal
        if self.knowledge is None and refusal.code == "gate.file_missing":
            if not self._is_waiting:
                self._is_waiting = True
                log.info("waiting for the worker's first files")
        elif before is None or before.code != refusal.code:
            self._logged.add(part)
            log.warning("%s is not used: %s", part, refusal.code)


def _stamp(path: Path) -> Stamp | None:
    """Which file it is, when it was last written, how long it is; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path, offset: int = 0, most: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset, os.SEEK_SET)
            return file.read(most)
    except OSError as error:
        raise refuse("gate.file_missing", file=path.name, reason=error.strerror or "—") from error


def _other_realm(file: str, found: str, found_division: int, wanted: str, wanted_division: int) -> Refusal:
    return refuse(
        "gate.other_realm",
        file=file,
        found=found,
        found_division=found_division,
        wanted=wanted,
        wanted_division=wanted_division,
    )
