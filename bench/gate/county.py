"""A county to be measured: the folder a gate reads, and scans that its doors send.

100,000 people; 16,000 keepers' devices, each at a door of a venue of its own, so that no limit on one device or one
venue is what is measured; 60,000 codes of as many people, more than any cache of codes should hold. A scan's body is
the whole contract. What differs between two scans of one person is the id, whose place in the request is fixed.
"""

import json
import os
import random
from array import array
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from bench.gate.pinned import BOTH
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, VenueRow
from fangxian.core.policy.vocabulary import Colour, VenueStatus
from tests.unit.gate.gate_files import NOON, NOON_AT, GateFiles, recent_of, safety_of

N_PEOPLE: Final = 100_000
N_CODES: Final = 60_000
N_DOORS: Final = 16_000
FIRST_DEVICE: Final = 1_000_000
GENERATION: Final = 3  # of every door's poster
ID_BYTES: Final = 36
LASTS_MIN: Final = 240
AREA: Final = "141027100"
SEED: Final = 20_221_126


class Prepared(NamedTuple):
    """Requests of one length, all but their ids: `head` bytes, an id of 36, then the rest."""

    requests: list[bytes]
    head_bytes: int

    def request(self, number: int) -> bytes:
        """The `number`th scan ever sent, under an id of its own."""
        request = self.requests[number % len(self.requests)]
        return request[: self.head_bytes] + id_of(number) + request[self.head_bytes + ID_BYTES :]


def id_of(number: int) -> bytes:
    """A UUID's 36 characters; the same as `scan.lua` makes, in a range of its own."""
    return b"%08x-0000-4000-8000-%012x" % (number & 0xFFFFFFFF, number >> 32 | 1 << 40)


class County:
    """The gate folder below `folder`, and what people show at the doors; county time is noon when it is made."""

    def __init__(self, folder: Path, *, n_people: int = N_PEOPLE) -> None:
        dice = random.Random(SEED)
        self.files = GateFiles(folder, noon_wall=datetime.now(UTC))
        self.numbers = sorted(dice.sample(range(1, 1 << 32), n_people))
        self.shown = dice.sample(self.numbers, min(N_CODES, n_people))
        self.doors = list(range(1, N_DOORS + 1))
        self.files.write_keys()
        self.files.write_base(
            people={number: _words(dice) for number in self.numbers},
            documents=(
                array("Q", sorted({dice.getrandbits(64) for _ in self.numbers})),
                array("I", self.numbers),
            ),
            aliases=[],
            venues=[VenueRow(venue, "market", VenueStatus.OPEN, (GENERATION,), AREA) for venue in self.doors],
            devices=[DeviceRow(FIRST_DEVICE + venue, 1, venue, 0, "keeper") for venue in self.doors],
        )

    def prepared(self) -> Prepared:
        """One request for each code, in no order; the doors take turns."""
        halves = [(self.shown[begins::2], self.doors[begins::2]) for begins in range(2)]
        # Forked, so that the keys need not be written down to be handed over.
        fork = get_context("fork")
        with ProcessPoolExecutor(2, mp_context=fork, initializer=_use, initargs=(self.files,)) as pool:
            one, other = pool.map(_requests, *zip(*halves, strict=True))
        requests = [request for pair in zip(one, other, strict=True) for request in pair]
        if len({len(request) for request in requests}) != 1:
            raise ValueError("requests differ in length")
        return Prepared(requests, requests[0].index(b'"id":"') + len(b'"id":"'))


def _words(dice: random.Random) -> tuple[int, int]:
    """The two words of somebody on an ordinary day of an outbreak: of a hundred, three are not let in."""
    colour = dice.choices((Colour.GREEN, Colour.YELLOW, Colour.RED), (97, 2, 1))[0]
    return _SAFETY[colour], _RECENT[dice.randrange(len(_RECENT))]


_SAFETY: Final = {colour: safety_of(colour) for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED)}
_RECENT: Final = tuple(recent_of(hours=hours) for hours in range(6, 46))


_mine: list[GateFiles] = []  # of a process that makes requests


def _use(files: GateFiles) -> None:
    _mine.append(files)
    os.sched_setaffinity(0, BOTH)  # nothing is measured yet


def _requests(shown: list[int], doors: list[int]) -> list[bytes]:
    files = _mine[-1]
    tokens = [files.token(FIRST_DEVICE + venue, venue=venue).encode() for venue in doors]
    posters = [files.poster(venue, generation=GENERATION) for venue in doors]
    at = NOON_AT.isoformat(timespec="milliseconds")
    made = []
    for place, number in enumerate(shown):
        door = place % len(doors)
        body = json.dumps(
            {
                "id": "0" * ID_BYTES,
                "code": files.qr(number, until_min=NOON + LASTS_MIN),
                "venue": posters[door],
                "scanned_at": at,
                "sent_at": at,
                "presence": "staffed",
                "direction": "in",
                "temperature_c": 36.0 + place % 10 / 10,
            },
            separators=(",", ":"),
        ).encode()
        made.append(
            b"POST /scan HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (tokens[door], len(body), body)
        )
    return made


def first_of_each_door(prepared: Prepared) -> Iterator[bytes]:
    """A scan at each door, so that a gate has seen every token and poster once, as after its first minutes."""
    for number in range(N_DOORS):
        yield prepared.request(number)
