"""What the laboratory does with the tubes that come: plates, runs, and what each run says. (tubes → `PlateWork`)

A plate is extracted and amplified as one; a machine takes whatever has waited longest, what is tested again before all
others. One amplifier stops in the middle of a run: nothing of that run counts, and the plate waits for the next one.
"""

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fangxian.core.laboratory.judging import SUSPECT, Outcome
from fangxian.core.screening.laboratory import Laboratory, Machines
from fangxian.core.screening.rounds import PATIENCE, REPORTED_AFTER

CHANNELS: Final = ("ORF1ab", "N", "IC")
Cycles = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Coming:
    """A tube as the bench sees it.

    Attributes
    ----------
    says : what each of its runs says, the first first; the last of them says so again
    is_urgent : tested before others
    """

    label: str
    received_min: float
    says: tuple[Outcome, ...] = (Outcome.NEGATIVE,)
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an amplifier; `has_stopped`: it broke off, and says nothing."""

    machine: str
    begins_min: float
    ends_min: float
    has_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateWork:
    """A plate from its laying to its release, moments in minutes; `says`: of each tube, in the plate's order.

    Or a lot that goes to a `laboratory` outside, of these `boxes`, from its leaving (`extracted_from`) on.
    """

    number: int
    tubes: tuple[str, ...]
    says: tuple[Outcome, ...]
    extractor: str
    extracted_from: float
    extracted_until: float
    runs: tuple[Run, ...]
    released_min: float
    boxes: tuple[str, ...] = ()
    laboratory: str = ""

    @property
    def run(self) -> Run:
        """The run that counts."""
        return self.runs[-1]


@dataclass(slots=True)
class _Machine:
    name: str
    n_tubes: int
    run_min: float
    free_min: float = 0.0


@dataclass(slots=True)
class Bench:
    """A laboratory at work.

    Attributes
    ----------
    stops_from_min, stops_for_min : when the first amplifier that runs then stops, and for how long; for 0: none does
    """

    laboratory: Laboratory
    stops_from_min: float = 0.0
    stops_for_min: float = 0.0
    patience_min: float = PATIENCE.value
    reported_after_min: float = REPORTED_AFTER.value
    n_plates: int = 0
    _heap: list[tuple[float, int, Coming]] = field(default_factory=list)
    _n: int = 0

    def comes(self, tube: Coming) -> None:
        """A tube that is received."""
        self._n += 1
        heapq.heappush(self._heap, (tube.received_min, self._n, tube))

    def work(self, told: Callable[[PlateWork, Sequence[Coming]], None]) -> list[PlateWork]:
        """Everything that comes is tested until nothing is left; `told` hears of each plate, and may have more come."""
        extractors = _machines(self.laboratory.extractors, "提取仪")
        amplifiers = _machines(self.laboratory.amplifiers, "扩增仪")
        waiting, found = list[Coming](), list[PlateWork]()
        while self._heap or waiting:
            extractor = min(extractors, key=lambda it: it.free_min)
            begins = self._fetch(waiting, extractor)
            waiting.sort(key=lambda it: (not it.is_urgent, it.received_min))
            mine, waiting[:] = waiting[: extractor.n_tubes], waiting[extractor.n_tubes :]
            plate = self._plate(mine, extractor, begins, amplifiers)
            found.append(plate)
            for tube in mine:
                if len(tube.says) > 1 and tube.says[0] not in SUSPECT:
                    # What said nothing is run again from what is left in the tube.
                    self.comes(Coming(tube.label, plate.released_min, tube.says[1:], True))
            told(plate, mine)
        return found

    def _fetch(self, waiting: list[Coming], extractor: _Machine) -> float:
        """When the next extraction begins; what is there by then waits for it."""

        def take(until: float) -> None:
            while self._heap and self._heap[0][0] <= until:
                waiting.append(heapq.heappop(self._heap)[2])

        take(extractor.free_min)
        if not waiting:
            take(self._heap[0][0])
        begins = max(extractor.free_min, min(it.received_min for it in waiting))
        latest = max(begins, min(it.received_min for it in waiting) + self.patience_min)
        while len(waiting) < extractor.n_tubes and self._heap and self._heap[0][0] <= latest:
            begins = max(begins, self._heap[0][0])
            take(begins)
        if len(waiting) < extractor.n_tubes and self._heap:
            begins = max(begins, latest)
        return begins

    def _plate(
        self, mine: Sequence[Coming], extractor: _Machine, begins: float, amplifiers: Sequence[_Machine]
    ) -> PlateWork:
        self.n_plates += 1
        extractor.free_min = until = begins + extractor.run_min
        runs: list[Run] = []
        ready = until
        while not runs or runs[-1].has_stopped:
            machine = min((it for it in amplifiers if it.n_tubes >= len(mine)), key=lambda it: max(it.free_min, ready))
            runs.append(self._run(machine, ready))
            ready = runs[-1].ends_min
        return PlateWork(
            number=self.n_plates, tubes=tuple(it.label for it in mine), says=tuple(it.says[0] for it in mine),
            extractor=extractor.name, extracted_from=begins, extracted_until=until, runs=tuple(runs),
            released_min=runs[-1].ends_min + self.reported_after_min,
        )  # fmt: skip

    def _run(self, machine: _Machine, ready: float) -> Run:
        begins = max(machine.free_min, ready)
        ends = begins + machine.run_min
        if self.stops_for_min and ends > self.stops_from_min:
            at = max(self.stops_from_min, begins + machine.run_min / 2)
            machine.free_min, self.stops_for_min = at + self.stops_for_min, 0.0
            return Run(machine.name, begins, at, has_stopped=True)
        machine.free_min = ends
        return Run(machine.name, begins, ends)


# What is done at one moment, in this order: a machine is free before the next plate goes into it.
ORDER: Final = ("end", "break", "mend", "read", "again", "release", "call", "second", "send", "lay", "begin")
READ_AFTER: Final = 2.0  # minutes from the end of a run until its file is uploaded
CALLED_AFTER: Final = 20.0  # from a release until those called back are reached
REVIEWED_AFTER: Final = 20.0
SECOND_AFTER: Final = 180.0  # until another laboratory has tested whoever is positive in a tube of their own


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done in the laboratory; `what` is one of ORDER, `machine` where it is about one."""

    at_min: float
    what: str
    plate: PlateWork
    machine: str = ""


def acts(
    plates: Sequence[PlateWork], *, mended_after: float, offline: Collection[str] = (), again_min: float = 0.0
) -> list[Act]:
    """Everything that is done with plates, in its order.

    Parameters
    ----------
    mended_after : minutes after which a machine that stopped works again
    offline, again_min : tubes whose sampling is on record only then; what was read of them before is read again
    """
    found: list[Act] = []
    for plate in plates:
        if plate.laboratory:
            found += _sent(plate)
            continue
        found.append(Act(plate.extracted_from, "lay", plate))
        found.append(Act(plate.extracted_from, "begin", plate, plate.extractor))
        found.append(Act(plate.extracted_until, "end", plate))
        for run in plate.runs:
            found.append(Act(run.begins_min, "begin", plate, run.machine))
            found.append(Act(run.ends_min, "break" if run.has_stopped else "end", plate, run.machine))
            if run.has_stopped:
                found.append(Act(run.ends_min + mended_after, "mend", plate, run.machine))
        found.append(Act(plate.run.ends_min + READ_AFTER, "read", plate))
        found.append(Act(plate.released_min, "release", plate))
        found += _followed(plate)
        if plate.run.ends_min + READ_AFTER <= again_min and not set(offline).isdisjoint(plate.tubes):
            found.append(Act(again_min, "again", plate))
            found.append(Act(again_min + REVIEWED_AFTER, "release", plate))
    return sorted(found, key=lambda it: (it.at_min, ORDER.index(it.what), it.plate.number))


def _sent(lot: PlateWork) -> list[Act]:
    """A lot goes out with its list, and its results come back as a file."""
    back = Act(lot.run.ends_min, "read", lot)
    return [Act(lot.extracted_from, "send", lot), back, Act(lot.released_min, "release", lot), *_followed(lot)]


def _followed(plate: PlateWork) -> list[Act]:
    """What is done about people where a result was not negative."""
    if not any(it in SUSPECT for it in plate.says):
        return []
    at = plate.released_min
    return [Act(at + CALLED_AFTER, "call", plate), Act(at + SECOND_AFTER, "second", plate)]


def _machines(kinds: Sequence[Machines], name: str) -> list[_Machine]:
    found: list[_Machine] = []
    for kind in kinds:
        for _ in range(kind.n):
            found.append(_Machine(f"{name} {len(found) + 1}", kind.wells - kind.controls, kind.run_min))
    return found


def cycles(says: Outcome, rng: np.random.Generator) -> Cycles:
    """Curves that a kit of two targets reads so; a negative one has its internal control, an invalid one nothing."""
    internal = round(float(rng.uniform(24, 30)), 2)
    found = round(float(rng.uniform(26, 33)), 2)
    match says:
        case Outcome.POSITIVE:
            return {"ORF1ab": found, "N": round(found + float(rng.uniform(-1, 1)), 2), "IC": internal}
        case Outcome.SINGLE_TARGET:
            return {"ORF1ab": None, "N": found, "IC": internal}
        case Outcome.GREY:
            return {"ORF1ab": None, "N": round(float(rng.uniform(38.2, 39.8)), 2), "IC": internal}
        case Outcome.INVALID:
            return {"ORF1ab": None, "N": None, "IC": None}
    return {"ORF1ab": None, "N": None, "IC": internal}
