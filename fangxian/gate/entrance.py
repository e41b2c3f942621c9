"""Where connections come in: plain ones at once, those of https once TLS is spoken; all have a place from the first.

The event loop's own server says nothing of a connection before its handshake is done, and whoever connects and never
begins one would hold a number of a file that nobody counts.
"""

import asyncio
import socket
import ssl
from typing import Any, Final

from .server import Connection
from .site import Site

BACKLOG: Final = 4096  # the system gives no more than its net.core.somaxconn
HANDSHAKE_S: Final = 10.0
PAUSE_S: Final = 0.1


def claim(host: str, port: int) -> list[socket.socket]:
    """Hold an address for programs that listen there together, and for nobody else, until these sockets are closed.

    SO_REUSEPORT alone lets in whoever asks for it too, another gate included, and each would get a share of the scans.
    So the address is taken as for one program, which is refused where anybody has it, and only then opened to sharing:
    whoever comes to take it alone, as each of us does first, finds it taken. None of these sockets listens.

    Raises OSError if the address is taken, or is none of this machine's.
    """
    held: list[socket.socket] = []
    try:
        for family, address in _places_of(host, port):
            held.append(socket.create_server(address, family=family))
            held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held[-1].shutdown(socket.SHUT_RD)  # of one that listens: it does no more, and keeps the address
    except OSError:
        for one in held:
            one.close()
        raise
    return held


def _places_of(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


class Entrance:
    """The sockets of an address, `is_shared` with other processes; raises OSError if it cannot listen there."""

    def __init__(
        self, site: Site, host: str, port: int, tls: ssl.SSLContext | None, *, is_shared: bool = False
    ) -> None:
        self._site, self._tls = site, tls
        self._listeners: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Task[None]] = []
        try:
            for family, address in _places_of(host, port):
                self._listeners.append(
                    socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=is_shared)
                )
        except OSError:
            self.close()
            raise

    async def open(self) -> None:
        """Begin to let in."""
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            listener.setblocking(False)
            if self._tls:
                self._tasks.append(loop.create_task(self._let_in(listener, self._tls)))
            else:
                made = await loop.create_server(lambda: Connection(self._site), sock=listener, backlog=BACKLOG)
                self._servers.append(made)
        if not self._tls:
            self._listeners = []  # they are the servers' now

    def close(self) -> None:
        """Let nobody in any more; who is in stays."""
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    async def _let_in(self, listener: socket.socket, tls: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                plain, _ = await loop.sock_accept(listener)
            except OSError:  # gone again, or for this moment there is no number left
                await asyncio.sleep(PAUSE_S)
                continue
            handshake = Handshake(self._site, plain)
            if self._site.take(handshake):
                handshake.begin(tls)
            else:
                plain.close()  # nothing can be said to it in a language it speaks


class Handshake:
    """A connection on which TLS is not spoken yet."""

    is_busy = False

    def __init__(self, site: Site, plain: socket.socket) -> None:
        self._site, self._plain = site, plain
        self._shaking: asyncio.Task[None] | None = None
        self._has_begun = False

    def begin(self, tls: ssl.SSLContext) -> None:
        self._shaking = asyncio.get_running_loop().create_task(self._shake_hands(tls))

    async def _shake_hands(self, tls: ssl.SSLContext) -> None:
        def connection() -> Connection:
            return Connection(self._site, instead_of=self)

        self._has_begun = True
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                connection, self._plain, ssl=tls, ssl_handshake_timeout=HANDSHAKE_S
            )
        except OSError:
            pass  # no TLS, or none that we speak, or gone, or too slow: it is closed
        finally:
            self._site.let_go(self)

    def close_if_silent(self, now: float) -> None:
        """A handshake has an end of its own."""

    def hang_up(self) -> None:
        self.drop()

    def drop(self) -> None:
        if self._shaking:
            self._shaking.cancel()
        if not self._has_begun:  # else it is the loop's to close
            self._plain.close()
