"""From the gate's journal to the table of scans (读入扫码日志).

1. the segments a gate has written, from where they were last read      visits
2. by which rule each scan was answered                                 measures (the rulebooks' door tables)
3. the day's counts for every viewer, once a second                     visits
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection

from fangxian.core.policy.doors import compile_doors, door_moments
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.tables import DoorTables
from fangxian.ops.measures.queries import rulebooks_in_force
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.visits.actions.taking_in import TakenIn
from fangxian.ops.visits.counters import Counters
from fangxian.ops.visits.queries import newest_received_at
from fangxian.ops.visits.tail import Tail, locked

log = logging.getLogger("fangxian.ingest")
POLL_S = 0.2
PAUSE_AFTER_TROUBLE_S = 2.0
LOOK_AGAIN_S = 5.0


class DoorRules:
    """Which rule a bit of a scan's mask stands for.

    Tables are known by the first bytes of their digest. One that is not known is looked for among the
    rulebooks in force, but not more often than every few seconds: a gate may have tables of another county's.
    """

    def __init__(self) -> None:
        self._tables: dict[bytes, DoorTables] = {}
        self._looked_at = -LOOK_AGAIN_S

    def rule_of(self, tables: bytes, bit: int) -> str:
        """The rule's number; "" when the tables are not known here."""
        if tables not in self._tables and time.monotonic() - self._looked_at >= LOOK_AGAIN_S:
            self._looked_at = time.monotonic()
            self._look()
        found = self._tables.get(tables)
        return found.reasons[bit].rule if found and bit < len(found.reasons) else ""

    def _look(self) -> None:
        for row in rulebooks_in_force(county_now()):
            rulebook = read_rulebook(row.text)
            for at in door_moments(rulebook) if rulebook.has_gate else ():
                tables = compile_doors(rulebook, at)
                self._tables[bytes.fromhex(tables.digest[:8])] = tables


def take_in_once() -> TakenIn:
    """Take in all that is whole now, and write the counts."""
    realm = the_realm()
    with locked(realm.path / "journal"):
        tail = Tail(realm.path / "journal", DoorRules().rule_of)
        taken = _read_all(tail)
        counters = Counters(realm.path / "live")
        counters.note(n_new=taken.n_new, lag_ms=None)
        counters.write_when_due(county_now())
    return taken


def take_in(*, stop: threading.Event) -> TakenIn:
    """Follow the journal until told to stop; what was taken in.

    Refuses
    -------
    journal.read_already
    """
    realm, taken = the_realm(), TakenIn()
    rules, counters = DoorRules(), Counters(realm.path / "live")
    with locked(realm.path / "journal"):
        tail = Tail(realm.path / "journal", rules.rule_of)
        while not stop.is_set():
            pause = POLL_S
            try:
                taken += _step(tail, counters)
            except (OperationalError, InterfaceError) as problem:  # the database is away or busy: it will be back
                log.error("ingest in realm %s: %s", realm.id, type(problem).__name__)
                connection.close()  # whatever is wrong with it: the next is new
                tail = Tail(realm.path / "journal", rules.rule_of)  # places are the database's to say
                pause = PAUSE_AFTER_TROUBLE_S
            stop.wait(pause)
    return taken


def _step(tail: Tail, counters: Counters) -> TakenIn:
    taken = tail.read_on(at=county_now())
    if taken.n_records:
        counters.note(n_new=taken.n_new, lag_ms=_lag_ms())
    counters.write_when_due(county_now())
    return taken


def _read_all(tail: Tail) -> TakenIn:
    taken = TakenIn()
    while (more := tail.read_on(at=county_now())).n_records:
        taken += more
    return taken


def _lag_ms() -> int | None:
    """Wall time between the gate's receiving the newest scan and its being in the table."""
    newest = newest_received_at()
    if newest is None:
        return None
    return max(0, round((county_now() - newest) / timedelta(milliseconds=1) / the_realm().clock.rate))
