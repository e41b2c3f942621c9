"""What all connections of a gate share: its addresses, the origins it lets in, who is connected and how many may be."""

import asyncio
import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from itertools import islice
from typing import Final, NamedTuple, Protocol, cast

from .answering import Gate
from .contract import write_refusal
from .health import Health
from .passage import Respond
from .reading import Heads, Room
from .refusals import refuse, status_of

LOOK_EVERY_S: Final = 5.0
MOST_LOOKED_AT: Final = 100
_JSON: Final = b"application/json"
_TEXT: Final = b"text/plain; version=0.0.4; charset=utf-8"


class Route(NamedTuple):
    """What is answered at an address; `is_for_here` is for this machine's own programs only."""

    method: bytes
    answer: Callable[[bytes, str, Respond], None]
    kind: bytes = _JSON
    is_for_here: bool = False


class Connected(Protocol):
    """A connection as its site sees it."""

    @property
    def is_busy(self) -> bool: ...

    def close_if_silent(self, now: float) -> None: ...

    def hang_up(self) -> None: ...

    def drop(self) -> None: ...


class Site:
    """The addresses of a gate and who is connected, whoever was heard of longest ago first.

    `later(call)` lets other connections have their turn before `call`.
    `most` connections at once leave numbers of files for the journal and the snapshot. One more takes the place of the
    one that has asked nothing for longest; if all wait for an answer it is turned away.
    """

    def __init__(
        self, gate: Gate, *, origins: Collection[str], most: int, later: Callable[[Callable[[], None]], object]
    ) -> None:
        self.gate, self.metrics, health = gate, gate.metrics, Health(gate)
        self._later, self._is_one_coming = later, False
        self._coming_back: deque[Callable[[], None]] = deque()
        self.most = self.metrics.most_connections = most
        self.origins = frozenset(origin.encode() for origin in origins)
        self.connections: OrderedDict[Connected, None] = OrderedDict()
        self.heads, self.room = Heads(), Room()
        self.is_stopping = False
        self._looked_at_s = 0.0
        self.routes: dict[bytes, Route] = {
            b"/scan": Route(b"POST", gate.scan),
            b"/scans": Route(b"POST", gate.scans),
            b"/healthz": Route(b"GET", health.healthz),
            b"/metrics": Route(b"GET", health.measured, _TEXT, is_for_here=True),
        }

    def stop(self) -> None:
        """From now on a scan is refused in words; one that was taken in is answered, and each connection then ends."""
        self.is_stopping = True
        if self.gate.lane:
            self.gate.lane.close()
        for path in (b"/scan", b"/scans", b"/healthz"):
            self.routes[path] = self.routes[path]._replace(answer=self._refuse_stopping)

    def _refuse_stopping(self, _data: bytes, _token: str, respond: Respond) -> None:
        refusal = refuse("gate.stopping")
        self.metrics.refusals[refusal.code] += 1
        respond(status_of(refusal.code), write_refusal(refusal))

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits for an answer."""
        return any(connection.is_busy for connection in self.connections)

    def take(self, newcomer: Connected) -> bool:
        """Whether there is room for one more, or could be made."""
        if len(self.connections) >= self.most and not self._make_room():
            return False
        self.connections[newcomer] = None
        self.metrics.n_connections = len(self.connections)
        return True

    def heard_of(self, connection: Connected) -> None:
        """It asked something; bytes that are no request do not count, or anybody could hold a place with them."""
        if connection in self.connections:
            self.connections.move_to_end(connection)

    def come_back(self, read_on: Callable[[], None]) -> None:
        """Call it in a turn of the loop in which nobody else is who sent so much: one turn lets one newcomer in."""
        self._coming_back.append(read_on)
        self._let_one_come_back()

    def _let_one_come_back(self) -> None:
        if self._coming_back and not self._is_one_coming:
            self._is_one_coming = True
            self._later(self._read_on)

    def _read_on(self) -> None:
        self._is_one_coming = False
        self._coming_back.popleft()()
        self._let_one_come_back()

    def let_go(self, connection: Connected) -> None:
        self.connections.pop(connection, None)
        self.metrics.n_connections = len(self.connections)

    def look_at_the_lane(self) -> None:
        """Who asked by the lane was not noted one by one; it is now, with whoever was heard last at the end."""
        since, self._looked_at_s = self._looked_at_s, time.monotonic()
        for connection in self.gate.lane.heard_since(since) if self.gate.lane else ():
            self.heard_of(cast(Connected, connection))

    def _make_room(self) -> bool:
        self.look_at_the_lane()
        for connection in islice(self.connections, MOST_LOOKED_AT):
            if not connection.is_busy:
                self.let_go(connection)
                connection.drop()
                self.metrics.n_dropped += 1
                return True
        return False

    async def let_go_of_the_silent(self) -> None:
        """Until cancelled, close connections that say nothing, or not the rest of what they began."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look_at_the_lane()  # now and then, so that those of either way stay in one order
            await self.look_at_all()

    async def look_at_all(self) -> None:
        """Some to a turn of the loop: of 20,000 at once nobody would be answered for 50 ms."""
        for place, connection in enumerate(tuple(self.connections)):
            if place % MOST_LOOKED_AT == 0:
                await asyncio.sleep(0)
            if connection in self.connections:  # it may have ended meanwhile
                connection.close_if_silent(time.monotonic())


def is_of_this_machine(transport: asyncio.BaseTransport) -> bool:
    """Whether the other end of a connection is on this machine."""
    peer = transport.get_extra_info("peername")
    try:
        address = ipaddress.ip_address(peer[0])
    except (ValueError, TypeError, LookupError):
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
