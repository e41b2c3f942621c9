"""From the files the worker writes to what a gate knows. (gate/keys.json, current.json, base, deltas → knowledge)

Nothing that is missing, torn, altered, older or of another realm takes away what is known already: the gate
keeps that, says what is wrong (`troubles`), lets the age of its knowledge grow, and tries again.
"""

import asyncio
import gc
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from fangxian.core.policy.byte_snapshot_refusals import damaged, expired
from fangxian.core.refusal import Refusal

from .faults import Faults
from .keys import GateKeys, read_keys
from .knowledge import Knowledge
from .opening import NEVER, Breath, is_asked_back, open_file
from .refusals import refuse
from .tailing import Deltas, Stamp, read, stamp
from .told import Told

LOOK_EVERY_S: Final = 0.1
# A changed word is to be used within 10 ms. Where the system tells of what is written, looks are there in case it does
# not; a look each millisecond took 5 % of a core.
TAIL_EVERY_S: Final = 0.02
TAIL_UNTOLD_EVERY_S: Final = 0.004
PROVE_EVERY_S: Final = 0.02
PROVED_AT_ONCE: Final = 16  # chunks, a mebibyte: in a thread, a twentieth of a core until all are proved
TRY_AGAIN_MS: Final = 1_000
MOST_AHEAD_MS: Final = 60_000
RETIRED_MS: Final = 5_000  # by then no scan looks at the knowledge before any more
NO_FILES: Final = frozenset({CLOCK := "clock", PROGRAM := "program", WORDS := "words", EXPIRY := "expiry"})
NOT_MENDED_BY_REREADING: Final = NO_FILES | {"keys.json"}

log = logging.getLogger("fangxian.gate")


class Loaded(NamedTuple):
    """A base with the frames that were behind it, and where in which file the next frame is to begin."""

    knowledge: Knowledge
    deltas: Deltas
    trouble: Refusal | None


def steady_ms() -> int:
    """Milliseconds by a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000


def without_rest() -> None:
    """What is done where nobody waits for anything else."""


class Follower:
    """Follows the files of one realm's gate folder.

    Attributes
    ----------
    keys, knowledge : what is in use; None until a first good one was read
    troubles : by file, why what is there now is not used; and what else is wrong: `clock`, `program`, `words` that are
        damaged, the snapshot's `expiry`
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
        self._deltas: Deltas | None = None
        self._failing: set[str] = set()
        self._retired: list[tuple[int, Knowledge]] = []
        self._told: Told | None = None
        self._rests: asyncio.Future[None] | None = None

    async def follow(self) -> None:
        """Follow until cancelled. None of it waits for another: a base that takes long to read delays no delta."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._go_on("base", self._follow_base))
                tasks.create_task(self._go_on("deltas", self._follow_deltas, rest=self._rest))
                tasks.create_task(self._go_on("proof", self._prove_some))
        finally:
            if self._told:
                self._told.close()
                self._told = None

    async def _go_on(
        self,
        name: str,
        step: Callable[[], Awaitable[float]],
        *,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take that step again and again, with the pause that it wants."""
        pause_s = LOOK_EVERY_S
        while True:
            try:
                pause_s = await step()
                self._failing.discard(name)
                if not self._failing:
                    self._say(PROGRAM, None)
            except Exception as error:  # a bug takes nothing away of what is known either
                self._failing.add(name)
                self._say(PROGRAM, self._faults.note(error))
            await rest(pause_s)

    async def _rest(self, pause_s: float) -> None:
        """So long, or until something is written."""
        loop = asyncio.get_running_loop()
        self._rests = loop.create_future()
        over = loop.call_later(pause_s, self._wake)
        try:
            await self._rests
        finally:
            over.cancel()

    def _wake(self) -> None:
        if self._rests and not self._rests.done():
            self._rests.set_result(None)

    def _listen(self) -> None:
        """Be told of what is written from now on, once the folder is there and where the system tells."""
        if self._told is None:
            with suppress(OSError):
                self._told = Told(asyncio.get_running_loop(), self._folder, self._wake)

    async def _follow_base(self) -> float:
        """The keys and the base, which is read in a thread, and given back in one: scans are answered meanwhile."""
        self._listen()
        self.look_at_keys()
        if (keys := self.keys) and (number := self._base_to_read()) is not None:
            old = self.knowledge
            self.take(number, await asyncio.to_thread(self._load_quietly, number, keys))
            if old and old is not self.knowledge:
                self._retired.append((self._steady_ms(), old))
            del old
        if self._retired and self._steady_ms() - self._retired[0][0] >= RETIRED_MS:
            await asyncio.to_thread(self._retired.pop(0)[1].let_go, Breath())
        return LOOK_EVERY_S

    async def _follow_deltas(self) -> float:
        """One frame to a turn of the loop, so that scans are answered between them."""
        while self._take_next():
            await asyncio.sleep(0)
        return TAIL_EVERY_S if self._told else TAIL_UNTOLD_EVERY_S

    async def _prove_some(self) -> float:
        """Prove some more of a mapped base, and say what of it is damaged."""
        places: list[int] = []
        if knowledge := self.knowledge:
            chunks = knowledge.chunks
            if places := chunks.to_do(PROVED_AT_ONCE):
                chunks.note(places, await asyncio.to_thread(chunks.look_at, places))
        self._say_damage()
        return PROVE_EVERY_S if places else LOOK_EVERY_S

    @property
    def age_ms(self) -> int:
        """How old the knowledge is; −1 without any."""
        return self.knowledge.age_ms(self._wall_ms(), self._steady_ms()) if self.knowledge else -1

    def look(self) -> None:
        """All of it once."""
        self.look_at_keys()
        if self.keys and (number := self._base_to_read()) is not None:
            self.take(number, self.load(number, self.keys))
        self.tail()
        self._say_damage()

    # ---- keys ----

    def look_at_keys(self) -> None:
        """Read keys.json if it is another file than last time."""
        path = self._folder / "keys.json"
        found = stamp(path)
        if found == self._keys_stamp and found:
            return
        try:
            keys = read_keys(read(path))
            if keys.realm != self._realm:
                raise _other_realm("keys.json", keys.realm, keys.division, self._realm, keys.division)
        except Refusal as refusal:
            self._say("keys.json", refusal)
        else:
            self.keys = keys
            self._current_stamp = None  # what these keys prove is to be looked at once more
            self._say("keys.json", None)
        self._keys_stamp = found

    # ---- base ----

    def _base_to_read(self) -> int | None:
        number = self.wanted_base()
        return self.base_asked_back() if number is None else number

    def base_asked_back(self) -> int | None:
        """The number of the base in use, where somebody waits to write into its file: it is to be read apart."""
        known = self.knowledge
        return known.base_number if known and is_asked_back(known.columns[0]) else None

    def wanted_base(self) -> int | None:
        """The number of a base to read now: another than the one in use, or the same after a broken tail."""
        path = self._folder / "current.json"
        found = stamp(path)
        is_same = found == self._current_stamp and found is not None
        if is_same and not (self.troubles.keys() - NOT_MENDED_BY_REREADING and self._wall_ms() >= self._next_try_ms):
            return None
        self._next_try_ms = self._wall_ms() + TRY_AGAIN_MS
        try:
            number = int(json.loads(read(path))["number"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as wrong:
            self._say("current.json", refuse("gate.file_missing", file="current.json", reason=type(wrong).__name__))
            return None
        except Refusal as refusal:
            self._say("current.json", refusal)
            return None
        self._current_stamp = found
        self._say("current.json", None)
        has_it = self.knowledge is not None and self.knowledge.base_number == number
        return None if has_it and "base" not in self.troubles and "deltas" not in self.troubles else number

    def load(self, number: int, keys: GateKeys, *, breathe: Callable[[], None] = without_rest) -> Loaded | Refusal:
        """That base with all frames behind it, or why it cannot be used; changes nothing of the follower."""
        name = f"base-{number}.fxs"
        try:
            how = {"mapped_from": NEVER} if self.base_asked_back() == number else {}
            if how:
                log.warning("gate.file: %(file)s is about to be changed: read apart from it", {"file": name})
            base = open_file(self._folder / name, keys.verify, breathe=breathe, **how)
            if (base.realm, base.division) != (keys.realm, keys.division):
                raise _other_realm(name, base.realm, base.division, keys.realm, keys.division)
        except Refusal as refusal:
            return refusal
        knowledge, deltas = Knowledge(base, heard_ms=self._steady_ms()), Deltas(self._folder, number)
        return Loaded(knowledge, deltas, self._read_on(knowledge, deltas, keys, breathe))

    def _read_on(
        self, knowledge: Knowledge, deltas: Deltas, keys: GateKeys, breathe: Callable[[], None]
    ) -> Refusal | None:
        """Bring knowledge that nobody uses yet forward by all frames there are; why it could not go on."""
        try:
            while frame := deltas.next(keys.verify):
                knowledge.take(frame, heard_ms=self._steady_ms())
                deltas.took(frame)
                breathe()
        except Refusal as refusal:
            return refusal
        return None

    def _load_quietly(self, number: int, keys: GateKeys) -> Loaded | Refusal:
        """Load beside the loop. What is loaded lives long: the collector, which stops all threads, passes it over."""
        gc.disable()
        try:
            return self.load(number, keys, breathe=Breath())
        finally:
            gc.freeze()
            gc.enable()

    def take(self, number: int, loaded: Loaded | Refusal) -> None:
        """Use a base that was loaded, unless it would take the gate back in time."""
        if isinstance(loaded, Refusal):
            self._say("base", loaded)
            return
        new, old, trouble = loaded.knowledge, self.knowledge, loaded.trouble
        if self.keys and not trouble:  # a frame came while the thread handed over; the old knowledge may have it
            trouble = self._read_on(new, loaded.deltas, self.keys, without_rest)
        is_reread = old is not None and old.base_number == number
        # A smaller number known of later is a county restored from a backup; anything else is going back in time.
        if old and new.number < old.number and (is_reread or new.known_at_ms <= old.known_at_ms):
            if not is_reread:
                self._say("base", refuse("gate.older_base", found=number, wanted=old.number))
            return
        if old and new.known_at_ms <= old.known_at_ms:
            new.heard_ms = old.heard_ms  # read again, and nothing new was heard
        self.knowledge, self._deltas = new, loaded.deltas
        self._say("base", None)
        self._say("deltas", trouble)
        if not is_reread:
            facts = {"base": number, "number": new.number, "people": new.n_people}
            log.info("gate.base: %(base)d with changes up to %(number)d, %(people)d people", facts)

    # ---- deltas ----

    def tail(self) -> None:
        """Take the frames that have come behind the base in use."""
        while self._take_next():
            pass

    def _take_next(self) -> bool:
        """Take the next frame; False if there is none, or none that can be taken."""
        knowledge, deltas = self.knowledge, self._deltas
        if knowledge is None or deltas is None or self.keys is None:
            return False
        frame = None
        try:
            if frame := deltas.next(self.keys.verify):
                knowledge.take(frame, heard_ms=self._steady_ms())
                deltas.took(frame)
        except Refusal as refusal:
            self._say("deltas", refusal)
            frame = None
        else:
            self._say("deltas", None)
        if frame is None:
            self._say_times(knowledge)
        return frame is not None

    def _say_times(self, knowledge: Knowledge) -> None:
        now_ms = self._wall_ms()
        ahead_ms = knowledge.known_at_ms - now_ms
        self._say(CLOCK, refuse("gate.clock_apart", seconds=ahead_ms // 1000) if ahead_ms > MOST_AHEAD_MS else None)
        has_ended = now_ms >= knowledge.ends_ms
        ended = time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(knowledge.ends_ms // 1000)) if has_ended else ""
        self._say(EXPIRY, expired(ended) if has_ended else None)

    def _say_damage(self) -> None:
        damage = self.knowledge.chunks.damage if self.knowledge else ""
        self._say(WORDS, damaged(damage) if damage else None)

    def _say(self, part: str, refusal: Refusal | None) -> None:
        """Note what is wrong with a part, and log each change of it once, by code.

        At a first start nothing is wrong: the worker has written nothing yet, and that is said once.
        """
        before = self.troubles.get(part)
        if refusal is None:
            self.troubles.pop(part, None)
            if part in self._logged:
                self._logged.remove(part)
                well = "is well again" if part in NO_FILES else "is in use again"
                log.warning(f"gate.file: %(file)s {well}", {"file": part})
            return
        self.troubles[part] = refusal
        if self.knowledge is None and refusal.code == "gate.file_missing":
            if not self._is_waiting:
                self._is_waiting = True
                log.info("gate.waiting: for the worker's first files")
        elif before is None or before.code != refusal.code:
            self._logged.add(part)
            wrong = "is not well" if part in NO_FILES else "is not used"
            log.warning(f"gate.file: %(file)s {wrong}: %(refusal)s", {"file": part, "refusal": refusal.code})


def _other_realm(file: str, found: str, found_division: int, wanted: str, wanted_division: int) -> Refusal:
    return refuse(
        "gate.other_realm",
        file=file,
        found=found,
        found_division=found_division,
        wanted=wanted,
        wanted_division=wanted_division,
    )
