"""Many who scan at once, without a pause, and send again what nobody acknowledged: a phone's box, as pages keep it."""

import json
import random
import re
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID, uuid5

from tests.unit.gate.gate_files import CHECKPOINT, GREEN, KEEPER, MARKET, OTHER_MARKET, RED, STRANGER, YELLOW, GateFiles

ENDS_AFTER_S = 120
MOST_IN_BATCH = 12
MARK = "0" * 36  # where a scan's id is to stand


class Kind(NamedTuple):
    """A scan but for its id: who sends it, and with how many who came along."""

    device: int
    token: str
    before: bytes
    behind: bytes
    n_companions: int
    outcome: str

    def body(self, id_: UUID) -> bytes:
        return self.before + str(id_).encode() + self.behind

    def keys(self, id_: UUID) -> list[tuple[int, UUID]]:
        """The device and id of each record that is made of it."""
        ids = [id_, *(uuid5(id_, str(place + 1)) for place in range(self.n_companions))]
        return [(self.device, one) for one in ids]


class Scan(NamedTuple):
    kind: Kind
    id: UUID


class Asked(NamedTuple):
    scans: list[Scan]
    is_batch: bool


def kinds_of(files: GateFiles) -> list[Kind]:
    """What is scanned: green, red and unknown, by keepers and by nobody's phones, alone and with somebody."""
    along, elsewhere, made = [{"code": files.card(YELLOW)}], files.poster(OTHER_MARKET), []
    for device, outcome, changed in (
        (KEEPER, "admit", {"code": files.qr(GREEN)}),
        (KEEPER, "refuse", {"code": files.qr(RED)}),
        (CHECKPOINT, "admit", {"venue": elsewhere, "companions": along}),
        (0, "admit", {"code": files.card(GREEN)}),
        (0, "verify", {"code": files.qr(STRANGER), "venue": elsewhere}),
    ):
        scan = files.scan(id=MARK, temperature_c=36.5, **changed)
        token = files.token(device, venue=MARKET if device == KEEPER else 0) if device else ""
        before, _, behind = json.dumps(scan).encode().partition(MARK.encode())
        made.append(Kind(device, token, before, behind, len(scan.get("companions", ())), outcome))
    return made


class Phone:
    """One connection at a time; `box` is to be sent, `sent` waits for its answer, oldest first."""

    def __init__(self, kind: Kind, rng: random.Random) -> None:
        self.kind, self.rng = kind, rng
        self.box: deque[Scan] = deque()
        self.sent: deque[Asked] = deque()
        self.line: socket.socket | None = None
        self.heard = b""

    def send(self, *, with_new: bool) -> None:
        """Its box first; with nothing in it a new scan, or several."""
        is_batch = self.rng.random() < 0.1
        n = self.rng.randrange(1, MOST_IN_BATCH) if is_batch else 1
        while with_new and len(self.box) < n:
            self.box.append(Scan(self.kind, UUID(int=self.rng.getrandbits(128))))
        scans = [self.box.popleft() for _ in range(min(n, len(self.box)))]
        if scans:
            self.sent.append(Asked(scans, is_batch))
            self.line.sendall(self._request(scans, is_batch))

    def _request(self, scans: list[Scan], is_batch: bool) -> bytes:
        bodies = [scan.kind.body(scan.id) for scan in scans]
        body = b'{"scans":[%s]}' % b",".join(bodies) if is_batch else bodies[0]
        token = b"Authorization: Bearer %s\r\n" % self.kind.token.encode() if self.kind.token else b""
        path = b"/scans" if is_batch else b"/scan"
        return b"POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s" % (path, token, len(body), body)

    def answers(self) -> list[tuple[int, bytes]]:
        """The whole answers that were heard and not taken yet."""
        found = []
        while (ends := self.heard.find(b"\r\n\r\n")) >= 0:
            length = int(re.search(rb"Content-Length: (\d+)", self.heard[:ends])[1])
            if len(self.heard) < ends + 4 + length:
                break
            found.append((int(self.heard[9:12]), self.heard[ends + 4 : ends + 4 + length]))
            self.heard = self.heard[ends + 4 + length :]
        return found

    def lose_line(self) -> None:
        """What was not acknowledged goes back into the box, in front, as it was."""
        self.line.close()
        self.line, self.heard = None, b""
        self.box.extendleft(scan for asked in reversed(self.sent) for scan in reversed(asked.scans))
        self.sent.clear()


class Crowd:
    """So many phones at one port, all in the thread of the test.

    Attributes
    ----------
    acknowledged : device and id of every record that somebody was told is kept
    said : how often what was answered: outcomes, `unrecorded`, refusals
    wrong : answers that are not what is known of that person, `unrecorded` ones aside
    """

    def __init__(self, files: GateFiles, *, seed: int, n: int = 8, at_once: int = 3) -> None:
        self._rng, self._at_once, kinds = random.Random(seed), at_once, kinds_of(files)
        self.phones = [Phone(kinds[k % len(kinds)], random.Random(self._rng.getrandbits(64))) for k in range(n)]
        self._lines = selectors.DefaultSelector()
        self.acknowledged: set[tuple[int, UUID]] = set()
        self.said: Counter[str] = Counter()
        self.wrong: list[tuple[str, str]] = []
        self.port, self.makes_new = 0, True

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_) -> None:
        self.hang_up()
        self._lines.close()

    def ask(self, port: int, until: Callable[[], bool]) -> None:
        """Ask at that port until it is so; whoever is hung up on comes again."""
        self.port, ends = port, time.monotonic() + ENDS_AFTER_S
        while not until():
            assert time.monotonic() < ends, f"it did not come about: {self.said}"
            self.turn()

    def turn(self) -> None:
        """Each sends what it may, and hears what there is."""
        self.send()
        for key, _ in self._lines.select(0.02):
            self._hear(key.data)

    def send(self) -> None:
        for phone in self.phones:
            if phone.line is None:
                self._connect(phone)
            if phone.line and len(phone.sent) < self._at_once:
                with suppress(OSError):  # hung up on: it is heard next
                    phone.send(with_new=self.makes_new)

    def finish(self, port: int) -> None:
        """Send what is left in all boxes until each scan was acknowledged; then hang up."""
        self.makes_new = False
        self.ask(port, lambda: not any(phone.box or phone.sent for phone in self.phones))
        self.makes_new = True
        self.hang_up()

    def hear_the_last(self) -> None:
        """Nobody is there any more: what was still said counts, and the rest goes back into the boxes."""
        while any(phone.line for phone in self.phones):
            for key, _ in self._lines.select(30):
                self._hear(key.data)

    def hang_up(self) -> None:
        for phone in self.phones:
            if phone.line:
                self._lose(phone)

    def more_acknowledged(self, n: int) -> Callable[[], bool]:
        wanted = len(self.acknowledged) + n
        return lambda: len(self.acknowledged) >= wanted

    def _connect(self, phone: Phone) -> None:
        with suppress(OSError):
            phone.line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            self._lines.register(phone.line, selectors.EVENT_READ, phone)

    def _lose(self, phone: Phone) -> None:
        self._lines.unregister(phone.line)
        phone.lose_line()

    def _hear(self, phone: Phone) -> None:
        try:
            heard = phone.line.recv(1 << 16)
        except OSError:
            heard = b""
        phone.heard += heard
        for status, body in phone.answers():
            self._take(phone, phone.sent.popleft(), status, json.loads(body))
        if not heard:
            self._lose(phone)

    def _take(self, phone: Phone, asked: Asked, status: int, told: dict) -> None:
        results = told["results"] if status == 200 and asked.is_batch else [told] * len(asked.scans)
        for scan, result in zip(asked.scans, results, strict=True):
            if not self._is_acknowledged(scan, result):
                phone.box.append(scan)

    def _is_acknowledged(self, scan: Scan, result: dict) -> bool:
        answers = [result, *result.get("companions", ())]
        for (device, id_), answer in zip(scan.kind.keys(scan.id), answers, strict=False):
            if "refusal" in answer:
                self.said[answer["refusal"]] += 1
            elif answer.get("recorded") is False:
                self.said["unrecorded"] += 1
                if answer["outcome"] != max("verify", scan.kind.outcome, key=("admit", "verify", "refuse").index):
                    self.wrong.append((scan.kind.outcome, answer["outcome"]))
            else:
                assert answer["id"] == str(id_)
                self.said[answer["outcome"]] += 1
                self.acknowledged.add((device, id_))
        if "outcome" in result and result.get("recorded") is None and result["outcome"] != scan.kind.outcome:
            self.wrong.append((scan.kind.outcome, result["outcome"]))
        return all((key in self.acknowledged) for key in scan.kind.keys(scan.id))
