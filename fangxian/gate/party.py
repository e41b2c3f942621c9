"""What is asked together and answered together: the scans of a batch, and a person with whoever came along."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Raw

from .contract import ScanIn, with_companions
from .passage import Passage, Respond


class Asked(NamedTuple):
    """One scan as it came in."""

    data: bytes | Raw
    token: str
    respond: Respond


class Together:
    """Collects several answers, each in its place, and hands them on once all are there."""

    def __init__(self, n: int, finish: Callable[[list[bytes]], None]) -> None:
        self._bodies, self._n_left, self._finish = [b""] * n, n, finish

    def at(self, place: int) -> Respond:
        def respond(_status: int, body: bytes) -> None:
            self._bodies[place] = body
            self._n_left -= 1
            if not self._n_left:
                self._finish(self._bodies)

        return respond


class Party:
    """A scan with companions: they are asked once the person was not refused, and all are answered together."""

    def __init__(self, scan: ScanIn, asked: Asked) -> None:
        self._asked, self._is_refused = asked, False
        self._together = Together(1 + len(scan.companions), self._answer)
        self.first = Passage(scan, asked.token, [self._hear_first])

    def _hear_first(self, status: int, body: bytes) -> None:
        if status == 200:
            self._together.at(0)(status, body)
        else:
            self._is_refused = True
            self._asked.respond(status, body)

    def companions(self) -> list[Passage]:
        """Those who came along; none if the person was refused."""
        party = [self.first]
        for place in range(1, 0 if self._is_refused else 1 + len(self.first.scan.companions)):
            waiting = [self._together.at(place)]
            party.append(Passage(self.first.scan, self.first.token, waiting, place, tuple(party)))
        return party[1:]

    def _answer(self, bodies: list[bytes]) -> None:
        self._asked.respond(200, with_companions(bodies[0], bodies[1:]))
