"""What gates are told (下发门岗): a signed base, the changes behind it, and each second that nothing else happened.

1. every committed change gets its number                             changes
2. the keys of today, when the day or the clock is another            realm
3. the changes since the last frame, as frames                        changes, realm
4. a new base, when one is asked for or cannot be done without; the changes go on being told meanwhile:
   codes from movement, records merged from people, venues and devices from places,
   door tables of the rulebook in force from measures, compiled by core.policy
"""

import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import cast

from django.db import connection, transaction

from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_snapshot import pack_base
from fangxian.core.policy.byte_snapshot_frames import MOST_ROWS, Sign, pack_frame
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, NewBase, PersonRow, Row, VenueRow
from fangxian.core.policy.doors import compile_doors, door_moments
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.changes.actions import number_pending, publish
from fangxian.ops.changes.queries import last_number, since
from fangxian.ops.movement.queries import words_of_everybody
from fangxian.ops.movement.wire import unsigned
from fangxian.ops.people.queries import gate_aliases, merged_documents
from fangxian.ops.places.queries import gate_devices, gate_venues
from fangxian.ops.places.wire import NEW_BASE, TOPIC
from fangxian.ops.realm.base_proof import BaseProof
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.gate_files import GateFolder, Tail, base_name
from fangxian.ops.realm.keys import Purpose

from .recolour import rules_of_codes

AT_ONCE = 5000
HEARTBEAT_MS = 1000
OLD_FILES_LAST_MS = 60_000  # a gate that is reading the base before has long done so
BASE_LASTS_MS = 24 * 3600 * 1000  # then a gate that starts has a day of frames to read, and gets a new base
BASE_ENDS_S = 7 * 24 * 3600  # no word lasts longer: a gate that has nothing younger says so
LONGEST_DELTAS = 32 << 20
AFTER_TROUBLE_S = 2.0  # a disk that is full is asked again, but not ten times a second


@dataclass(frozen=True, slots=True)
class Making:
    """A base that is being made, as of change `number`."""

    number: int
    known_at_ms: int
    data: Future[bytes]


def at_once(make: Callable[[], bytes]) -> Future[bytes]:
    """What `make` makes, made before anything else is done."""
    made: Future[bytes] = Future()
    made.set_result(make())
    return made


def beside(make: Callable[[], bytes]) -> Future[bytes]:
    """What `make` makes in a thread, with a connection of its own."""
    made: Future[bytes] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except Exception as problem:
            made.set_exception(problem)  # for the worker's own thread, which logs it
        finally:
            connection.close()

    threading.Thread(target=run, name="base", daemon=True).start()
    return made


class Publisher:
    """The one who writes a realm's gate folder; it remembers where it ended, and looks again when that has changed.

    While a base is made, for which everybody's words are read, gates are told the changes behind the one before.
    """

    def __init__(self, *, make: Callable[[Callable[[], bytes]], Future[bytes]] = at_once) -> None:
        self._folder: GateFolder | None = None
        self._tail: Tail | None = None
        self._proof: BaseProof | None = None
        self._make_by, self._making, self._own_base = make, cast(Making | None, None), 0
        self._former: Tail | None = None  # of the base before, told the same while gates still read the new one
        self._base_made_ms = 0
        self._is_tidy = False
        self._signers: frozenset[int] = frozenset()
        self._rests_until = 0.0

    def publish(self) -> None:
        """Bring the gate folder up to now; for a while after it could not, do nothing."""
        if time.monotonic() < self._rests_until:
            return
        try:
            self._publish()
        except Exception:
            self._rests_until = time.monotonic() + AFTER_TROUBLE_S
            raise

    def _publish(self) -> None:
        realm = the_realm()
        if self._folder is None or self._folder.path != realm.gate_folder:
            self._folder, self._tail, self._former, self._making = GateFolder(realm), None, None, None
        with self._folder.locked() as is_mine:
            if not is_mine:
                self._tail = self._former = self._making = None
                return
            self._folder.keep_keys(realm)
            self._distrust(frozenset(key.id for key in realm.keys.counting(Purpose.SIGNING)))
            known_at_ms = int(time.time() * 1000)  # whatever was committed before now is told, or not told as known
            number_pending()
            self._tidy(known_at_ms)
            if (tail := self._tail_now(known_at_ms)) and not self._tell(tail, known_at_ms):
                self._tail = None
            if self._former and not self._tell(self._former, known_at_ms):
                self._former = None
            if self._making is None and self._is_base_due(known_at_ms):
                self._making = self._make(known_at_ms)
            if self._making and self._making.data.done():
                self._begin(known_at_ms)

    def finish(self) -> None:
        """See a base through that is being made."""
        if self._making:
            wait([self._making.data])
            self.publish()

    def _distrust(self, signers: frozenset[int]) -> None:
        """Once a signer is retired, what it has signed is read again, is found to be of nobody, and is replaced."""
        if not self._signers <= signers:
            self._tail = self._former = self._making = None
        self._signers = signers

    def _tidy(self, now_ms: int) -> None:
        if self._tail and not self._is_tidy and now_ms - self._base_made_ms >= OLD_FILES_LAST_MS:
            self._the_folder.remove_all_but(self._tail.base)
            self._former, self._is_tidy = None, True

    def _tail_now(self, now_ms: int) -> Tail | None:
        """Where to go on; None when there is nothing to go on from."""
        folder = self._the_folder
        if self._tail and not folder.still_ends_at(self._tail):
            self._tail = None
        if self._tail is None and self._making is None:
            self._tail = folder.tail()
            self._base_made_ms, self._is_tidy = now_ms, False
        return self._tail

    def _is_base_due(self, now_ms: int) -> bool:
        tail = self._tail
        if tail is None or tail.awaits_base or tail.n_bytes > LONGEST_DELTAS:
            return True
        if now_ms - self._base_made_ms >= BASE_LASTS_MS:
            return True
        path = self._the_folder.path / base_name(tail.base)
        if self._proof is None or self._proof.path != path:
            self._proof = BaseProof(path, self._the_folder.verify)
        return not self._proof.go_on()

    def _tell(self, tail: Tail, known_at_ms: int) -> bool:
        """Write what has changed; False when that cannot be told, since some is gone or of another database.

        While a base is awaited nothing is told as known up to now, so that age grows.
        """
        try:
            while len(changes := since(TOPIC, tail.last, limit=AT_ONCE)) == AT_ONCE:
                self._append(tail, changes, tail.known_at_ms)
        except Refusal:
            return False
        tail.awaits_base |= self._ask_for_a_base(changes)
        if tail.awaits_base:
            known_at_ms = tail.known_at_ms
        if changes or known_at_ms - tail.known_at_ms >= HEARTBEAT_MS:
            self._append(tail, changes, known_at_ms)
        return True

    def _ask_for_a_base(self, changes: Sequence) -> bool:
        return any(change.key == "base" and change.number != self._own_base for change in changes)

    def _append(self, tail: Tail, changes: Sequence, known_at_ms: int) -> None:
        """Write changes, or with none that there is none."""
        sign = self._the_folder.sign
        frames = b"".join(_frames(changes, sign, tail.base, known_at_ms)) or pack_frame(
            FrameKind.HEARTBEAT, base=tail.base, first=tail.last, known_at_ms=known_at_ms, sign=sign
        )
        try:
            self._the_folder.append(tail, frames)
        except OSError:  # the file is read anew before anything else is written
            self._tail = None if tail is self._tail else self._tail
            self._former = None if tail is self._former else self._former
            raise
        tail.awaits_base |= self._ask_for_a_base(changes)
        tail.last = changes[-1].number if changes else tail.last
        tail.known_at_ms = known_at_ms

    def _make(self, known_at_ms: int) -> Making | None:
        """Have a base made, under a number that no file has had."""
        folder = self._the_folder
        rules = rules_of_codes(county_now())
        if rules is None:
            return None  # without rules there is no gate; what gates know grows old and lapses
        while folder.has_base(last_number(TOPIC)):
            with transaction.atomic():
                publish(topic=TOPIC, changes=NEW_BASE)
            number_pending()
            self._own_base = last_number(TOPIC)
        number = last_number(TOPIC)
        make = at_once if self._tail is None else self._make_by  # with nobody to be told, nothing is gained
        return Making(number, known_at_ms, make(lambda: _base(rules.rulebook, number, known_at_ms, folder)))

    def _begin(self, known_at_ms: int) -> None:
        """Put the base in use that was made, once all that has changed since stands behind it.

        A gate takes a while to read it. Until it has, it follows the base before, and is told there too who turned red.
        """
        assert self._making
        made, self._making, folder = self._making, None, self._the_folder
        tail = folder.prepare(made.number, made.data.result(), known_at_ms=made.known_at_ms)
        self._tell(tail, known_at_ms)
        folder.point_to(made.number)
        self._tail, self._former = tail, self._tail
        self._base_made_ms, self._is_tidy = known_at_ms, False

    @property
    def _the_folder(self) -> GateFolder:
        assert self._folder is not None
        return self._folder


_PUBLISHER = Publisher(make=beside)


def publish_to_gates() -> None:
    """A pulse of the worker. Of several workers one writes; what each leaves behind the next goes on from."""
    _PUBLISHER.publish()


def finish_base() -> None:
    """A pulse that matters at the end: a base that is being made is put in use before the worker goes."""
    _PUBLISHER.finish()


_KINDS = {
    "person": FrameKind.PEOPLE,
    "venue": FrameKind.VENUES,
    "device": FrameKind.DEVICES,
    "base": FrameKind.NEW_BASE,
}


def _frames(changes: Sequence, sign: Sign, base: int, known_at_ms: int) -> Iterator[bytes]:
    """Frames of changes of one kind each, in the order of their numbers, short enough for a gate between two scans."""
    for kind, run in groupby(changes, key=lambda change: change.key.partition(":")[0]):
        while some := list(islice(run, 1 if kind == "base" else MOST_ROWS)):
            rows = [_row(kind, change.key.partition(":")[2], change.payload) for change in some]
            yield pack_frame(
                _KINDS[kind], base=base, first=some[0].number, known_at_ms=known_at_ms, rows=rows, sign=sign
            )


def _row(kind: str, name: str, payload) -> Row:
    if kind == "base":
        return NewBase()
    if kind == "person":
        return PersonRow(int(name), payload["s"], payload["r"], payload["d"], payload["a"])
    if kind == "venue":
        venue_class, status, generations, area_path = payload
        return VenueRow(int(name), venue_class, status, tuple(generations), area_path)
    return DeviceRow(*payload)


def _base(rulebook: Rulebook, number: int, known_at_ms: int, folder: GateFolder) -> bytes:
    """Everything gates are to know. What is committed while it is read comes again as a change: harmless."""
    realm, at = the_realm(), county_now()
    aliases = gate_aliases()
    people, documents = _people(aliases)
    return pack_base(
        realm=realm.id,
        division=int(realm.division_code),
        number=number,
        made_at=at.isoformat(timespec="seconds"),
        known_at_s=known_at_ms // 1000,
        ends_s=known_at_ms // 1000 + BASE_ENDS_S,
        people=people,
        documents=documents,
        aliases=aliases,
        venues=[_row("venue", str(row[0]), row[1:]) for row in gate_venues()],
        devices=[DeviceRow(*row) for row in gate_devices()],
        tables=_tables(rulebook, at),
        tests_count_from=rulebook.tests_count_from,
        sign=folder.sign,
    )


def _people(aliases: Sequence[tuple[int, int]]) -> tuple[tuple[array, array, array], tuple[array, array]]:
    """The columns of a base: numbers with their words, and hashes of document numbers with theirs."""
    words, hashes = {}, {}
    for number, safety, recent, document in words_of_everybody():
        words[number] = (safety, recent)
        if document:
            hashes[unsigned(document)] = number
    for alias, kept in aliases:
        words[alias] = words.get(kept, (0, 0))
    key = the_realm().keys.current(Purpose.DOCUMENTS).secret
    for document_number, kept in merged_documents():
        hashes.setdefault(document_hash(document_number, key), kept)
    numbers = array("I", sorted(words))
    safety, recent = (array("Q", (words[number][n] for number in numbers)) for n in (0, 1))
    ordered = array("Q", sorted(hashes))
    return (numbers, safety, recent), (ordered, array("I", (hashes[document] for document in ordered)))


def _tables(rulebook: Rulebook, at: datetime) -> list[bytes]:
    """The door tables of the period that holds `at` and of those after it, while this rulebook is in force."""
    moments = door_moments(rulebook)
    past = sum(1 for moment in moments if moment <= at) - 1
    return [compile_doors(rulebook, moment).to_bytes() for moment in moments[max(0, past) :]]
