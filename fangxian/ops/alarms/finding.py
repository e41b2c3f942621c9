"""From what gates say to what is wrong. No clock and no database: what is asked, and when, is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from .asking import Count, GateHealth

SILENT_AFTER_S: Final = 10.0
# A gate that is restarted, or a disk that takes every third batch, would ring and fall silent and ring again.
OVER_AFTER_S: Final = 10.0

_OF_STATUS: Final = {
    "journal_failing": "journal-failing",
    "no_snapshot": "no-snapshot",
    "no_rules": "no-rules",
    "stale": "stale-snapshot",
}
_OF_FILE: Final = {
    "keys.json": "keys-unreadable",
    "clock": "clock-apart",
    "program": "gate-fault",
    "expiry": "stale-snapshot",
    "lane": "lane-closed",
}
_OF_COUNT: Final = {
    Count.NOT_RECORDED: "journal-failing",
    Count.FULL: "gate-full",
    Count.TOO_FAST: "too-fast",
    Count.FAULTS: "gate-fault",
}
# What is counted has happened and is over at once; so long after the last time it is still worth a look.
_LASTS_S: Final = {Count.NOT_RECORDED: 0.0, Count.FULL: 60.0, Count.TOO_FAST: 60.0, Count.FAULTS: 600.0}


class Trouble(NamedTuple):
    """One thing that is wrong: a key of `kinds.KINDS`, and a gate's number or address, or "" for none in particular."""

    kind: str
    source: str = ""


@dataclass(slots=True)
class GateTroubles:
    """One gate's troubles over time: what it says now, and what its counts have done since they were last seen."""

    address: str
    _number: str = ""
    _counts: dict[Count, int] = field(default_factory=dict)
    _grown_at: dict[Count, float] = field(default_factory=dict)

    def found(self, health: GateHealth | None, *, silent_s: float, now: float) -> dict[Trouble, int]:
        """What is wrong as of a look at `now` (seconds of a steady clock), and how many scans it has left to be done by
        hand since the look before.

        Parameters
        ----------
        health : what it said last; None if it has never said anything
        silent_s : how long it has not answered
        """
        n_by_hand = self._count(health.counts, now) if health else 0
        self._number = str(health.gate or "") if health else self._number
        source = self._number or self.address
        if silent_s > SILENT_AFTER_S:
            return {Trouble("gate-silent", source): 0}
        kinds = set(self._kinds(health, now)) if health else set()
        return {Trouble(kind, source): n_by_hand if kind == "journal-failing" else 0 for kind in kinds}

    def _kinds(self, health: GateHealth, now: float) -> Iterator[str]:
        if health.status in _OF_STATUS:
            yield _OF_STATUS[health.status]
        for file in health.troubles:
            # Before a first snapshot every file is missing, and that is said by the status.
            if file in _OF_FILE or health.status != "no_snapshot":
                yield _OF_FILE.get(file, "snapshot-refused")
        for count, at in self._grown_at.items():
            if now - at <= _LASTS_S[count]:
                yield _OF_COUNT[count]

    def _count(self, counts: Mapping[Count, int], now: float) -> int:
        """Note what has grown; how many scans more were not recorded.

        A gate that was started anew counts from nothing: less than before is all new.
        """
        n_by_hand = 0
        for count, n in counts.items():
            before = self._counts.get(count, n)
            grown = n - before if n >= before else n
            self._counts[count] = n
            if grown:
                self._grown_at[count] = now
            if count is Count.NOT_RECORDED:
                n_by_hand = grown
        return n_by_hand


@dataclass(slots=True)
class Standing:
    """What stands: a trouble stays for `OVER_AFTER_S` after it was seen last."""

    _seen_at: dict[Trouble, float] = field(default_factory=dict)
    _n_by_hand: dict[Trouble, int] = field(default_factory=dict)

    def go_on(self, found: Mapping[Trouble, int], now: float) -> dict[Trouble, int]:
        """What stands at `now`, and how many scans each has left to be done by hand since it began."""
        for trouble, n in found.items():
            self._seen_at[trouble] = now
            self._n_by_hand[trouble] = self._n_by_hand.get(trouble, 0) + n
        for trouble, at in list(self._seen_at.items()):
            if now - at > OVER_AFTER_S:
                del self._seen_at[trouble], self._n_by_hand[trouble]
        return dict(self._n_by_hand)
