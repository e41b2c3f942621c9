"""A county to be measured: the folder a gate reads, and scans that its doors send.

100,000 people; 16,000 keepers' devices, each at a door of a venue of its own, so that no limit on one device or one
venue is what is measured; 60,000 codes of as many people, more than any cache of codes should hold.
"""

import os
import random
from array import array
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from bench.gate.pinned import BOTH
from bench.gate.scans import Prepared, request_of
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, VenueRow
from fangxian.core.policy.vocabulary import Colour, VenueStatus
from tests.unit.gate.gate_files import NOON, NOON_AT, GateFiles, recent_of, safety_of

N_PEOPLE: Final = 100_000
N_CODES: Final = 60_000
N_DOORS: Final = 16_000
FIRST_DEVICE: Final = 1_000_000
GENERATION: Final = 3  # of every door's poster
LASTS_MIN: Final = 240
AREA: Final = "141027100"
SEED: Final = 20_221_126
_SAFETY: Final = {colour: safety_of(colour) for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED)}
_RECENT: Final = tuple(recent_of(hours=hours) for hours in range(6, 46))


class County:
    """The gate folder of the realm at `folder`, and what people show at the doors; it is noon when it is made."""

    def __init__(self, folder: Path, *, n_people: int = N_PEOPLE) -> None:
        self._dice = random.Random(SEED)
        self.files = GateFiles(folder, noon_wall=datetime.now(UTC))
        self.numbers = sorted(self._dice.sample(range(1, 1 << 32), n_people))
        self.shown = self._dice.sample(self.numbers, min(N_CODES, n_people))
        self.doors = list(range(1, N_DOORS + 1))
        self.contents = self._contents()
        self.files.write_keys()
        self.files.write_base(**self.contents)

    def _contents(self) -> dict[str, Any]:
        """Everything a base holds, as it is on an ordinary day of an outbreak: of a hundred three are not let in."""
        dice, n = self._dice, len(self.numbers)
        colours = dice.choices((Colour.GREEN, Colour.YELLOW, Colour.RED), (97, 2, 1), k=n)
        words = zip(map(_SAFETY.__getitem__, colours), dice.choices(_RECENT, k=n), strict=True)
        hashes = sorted({dice.getrandbits(64) for _ in self.numbers})
        return {
            "people": dict(zip(self.numbers, words, strict=True)),
            "documents": (array("Q", hashes), array("I", self.numbers[: len(hashes)])),
            "aliases": [],
            "venues": [VenueRow(venue, "market", VenueStatus.OPEN, (GENERATION,), AREA) for venue in self.doors],
            "devices": [DeviceRow(FIRST_DEVICE + venue, 1, venue, 0, "keeper") for venue in self.doors],
        }

    def prepared(self) -> Prepared:
        """One request for each code, in no order; the doors take turns."""
        halves = [(self.shown[begins::2], self.doors[begins::2]) for begins in range(2)]
        # Forked, so that the keys need not be written down to be handed over.
        fork = get_context("fork")
        with ProcessPoolExecutor(2, mp_context=fork, initializer=_use, initargs=(self.files,)) as pool:
            one, other = pool.map(_requests, *zip(*halves, strict=True))
        return Prepared.of([request for pair in zip(one, other, strict=True) for request in pair])


_mine: list[GateFiles] = []  # of a process that makes requests


def _use(files: GateFiles) -> None:
    _mine.append(files)
    os.sched_setaffinity(0, BOTH)  # nothing is measured yet


def _requests(shown: list[int], doors: list[int]) -> list[bytes]:
    files, at = _mine[-1], NOON_AT.isoformat(timespec="milliseconds")
    tokens = [files.token(FIRST_DEVICE + venue, venue=venue) for venue in doors]
    posters = [files.poster(venue, generation=GENERATION) for venue in doors]
    made = []
    for place, number in enumerate(shown):
        door, code = place % len(doors), files.qr(number, until_min=NOON + LASTS_MIN)
        made.append(request_of(token=tokens[door], code=code, venue=posters[door], at=at, place=place))
    return made


def first_of_each_door(prepared: Prepared) -> Iterator[bytes]:
    """A scan at each door, so that a gate has seen every token and poster once, as after its first minutes."""
    return map(prepared.request, range(N_DOORS))
