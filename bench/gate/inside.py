"""A gate inside this process: its connections are spoken to directly, without sockets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fangxian.gate.answering import Gate
from fangxian.gate.following import Follower
from fangxian.gate.repeats import Repeats
from fangxian.gate.running import realm_card, wall_ms
from fangxian.gate.server import Connection
from fangxian.gate.site import Site

N_CONNECTIONS: Final = 64


class Mouth:
    """A transport that counts good answers, keeps the last, and calls `heard` after each that was written."""

    def __init__(self, heard: Callable[[], None] = lambda: None) -> None:
        self.n_answered, self.last, self.heard = 0, b"", heard

    def write(self, data: bytes) -> None:
        self.n_answered += data.count(b"HTTP/1.1 200 ")
        self.last = data
        self.heard()

    def writelines(self, parts: list[bytes]) -> None:
        self.write(b"".join(parts))

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...

    def can_write_eof(self) -> bool:
        return False


def followed(realm: Path) -> Follower:
    """What a gate of that realm knows at this moment."""
    follower = Follower(realm / "gate", realm=realm_card(realm)["id"], wall_ms=wall_ms)
    follower.look()
    return follower


def gate_inside(follower: Follower, journal: Any, *, later: Callable[[Callable[[], None]], object]) -> Gate:
    return Gate(follower, journal, Repeats(), wall_ms=wall_ms, later=later)


def connected(gate: Gate, mouths: list[Mouth]) -> list[Callable[[bytes], None]]:
    """A connection for each mouth; what is called with the bytes that come in on it."""
    site = Site(gate, origins=(), most=len(mouths), later=lambda call: call())
    connections = [Connection(site) for _ in mouths]
    for connection, mouth in zip(connections, mouths, strict=True):
        connection.connection_made(mouth)  # type: ignore[arg-type]
    return [connection.data_received for connection in connections]
