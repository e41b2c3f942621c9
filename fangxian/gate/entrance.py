"""Where connections come in: plain ones at once, those of https once TLS is spoken; all have a place from the first.

The event loop's own server says nothing of a connection before its handshake is done, and whoever connects and never
begins one would hold a number of a file that nobody counts.
"""

import asyncio
import socket
import ssl
from typing import Final

from .server import Connection
from .site import Site

BACKLOG: Final = 1024
HANDSHAKE_S: Final = 10.0
PAUSE_S: Final = 0.1


class Entrance:
    """The sockets of a gate's address; raises OSError if it cannot listen there."""

    def __init__(self, site: Site, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._site, self._tls = site, tls
        self._listeners: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Task[None]] = []
        places = dict.fromkeys(
            (family, address)
            for family, _, _, _, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
        )
        try:
            for family, address in places:
                self._listeners.append(socket.create_server(address, family=family, backlog=BACKLOG))
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
