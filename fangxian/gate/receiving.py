"""Takes in sealed segments of other hosts' gates, over https, so that what happened at a door survives its machine.

    GET /journal/<gate>                        which segments of a gate are here
    GET /journal/<gate>-<sequence>/<hash>      how much of one is here, to go on from
    PUT /journal/<gate>-<sequence>/<hash>      the next piece of it; `Content-Range`, `Content-Digest`

`hash` is the seal's own of the bytes as they stand, so that a segment from which somebody was erased since is another
thing to send, and takes the place of the one that is here. A segment has its name only once it is whole, was held
against its seal, and is on disk: the program that takes the journal in beside this one sees no other.
"""

import base64
import hmac
import json
import logging
import os
import re
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from fangxian.core.policy.byte_journal import segment_name
from fangxian.core.policy.byte_seal import (
    SEAL_BYTES,
    Seal,
    brings_somebody_back,
    faults_of,
    read_seal,
    seal_at_end,
)
from fangxian.core.refusal import Refusal

from .disk import READ_ONLY, Disk
from .held import OF_THE_BYTES, held_segments
from .keeping import DISK_FULL
from .transit import refuse_transit

MOST_PIECE_BYTES: Final = 1 << 20
MOST_SEGMENT_BYTES: Final = 1 << 30
MOST_CONNECTIONS: Final = 32
SILENT_S: Final = 30.0
KEPT_FREE_BYTES: Final = 256 << 20  # of the disk: what runs beside must not be stopped by what is copied here
PARTS_KEPT_S: Final = 7 * 86_400
_GATE: Final = re.compile(r"/journal/([0-9a-f]{8})")
_SEGMENT: Final = re.compile(r"/journal/([0-9a-f]{8})-([0-9]{8})/([0-9a-f]{64})")
_RANGE: Final = re.compile(r"bytes ([0-9]{1,12})-([0-9]{1,12})/([0-9]{1,12})")
log = logging.getLogger("fangxian.journal")


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `[begins, begins + len(data))` of a segment of `total` bytes, whose seal has the hash `now`."""

    gate: int
    sequence: int
    now: bytes
    begins: int
    total: int
    data: bytes


class Receiver:
    """The folder that segments are put into. Safe to call from several threads."""

    def __init__(self, folder: Path, *, kept_free: int = KEPT_FREE_BYTES) -> None:
        self._folder, self._kept_free = folder, kept_free
        self._lock = threading.Lock()
        for part in folder.glob("*.part"):
            if part.stat().st_mtime < time.time() - PARTS_KEPT_S:
                part.unlink()  # nobody sends the rest any more, and it says who was where

    def segments_of(self, gate: int) -> dict[str, dict[str, Any]]:
        """What is here of a gate, by sequence; who sends compares it with what it has."""
        return {
            f"{held.sequence:08d}": {
                "now": held.seal.now.hex(),
                "chain": held.seal.chain.hex(),
                "n_rewritten": held.seal.n_rewritten,
                "n_bytes": held.n_bytes,
            }
            for held in held_segments(self._folder)
            if held.gate == gate and held.seal
        }

    def progress(self, gate: int, sequence: int, now: bytes) -> dict[str, Any]:
        """How many bytes of a segment are here, and whether it is whole and verified."""
        held = self._held(gate, sequence)
        if held and held.now == now:
            return {"n_bytes": self._path(gate, sequence).stat().st_size, "is_whole": True}
        part = self._part(gate, sequence, now)
        return {"n_bytes": part.stat().st_size if part.exists() else 0, "is_whole": False}

    def put(self, piece: Piece) -> dict[str, Any]:
        """Add a piece where the last one ended; with the last one the segment is verified and gets its name.

        Refuses
        -------
        transit.gate_is_here, transit.another_segment, transit.elsewhere, transit.no_room, transit.damaged
        """
        with self._lock:
            before = self.progress(piece.gate, piece.sequence, piece.now)
            if before["is_whole"]:
                return before  # it was sent again: nothing is to be done
            if piece.begins != before["n_bytes"]:
                raise refuse_transit("transit.elsewhere", begins=piece.begins, n_bytes=before["n_bytes"])
            self._refuse_gate_of_this_host(piece.gate)
            self._refuse_without_room(len(piece.data))
            part = self._part(piece.gate, piece.sequence, piece.now)
            self._append(part, piece)
            if piece.begins + len(piece.data) == piece.total:
                self._finish(part, piece)
            return self.progress(piece.gate, piece.sequence, piece.now)

    def _append(self, part: Path, piece: Piece) -> None:
        if piece.begins == 0:
            for other in self._folder.glob(f"{piece.gate:08x}-{piece.sequence:08d}.*.part"):
                other.unlink()  # an older state of the same segment, of which nobody will send the rest
        try:
            with part.open("ab") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(piece.data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with part.open("ab") as file:
                file.truncate(piece.begins)
            if error.errno in DISK_FULL:
                raise refuse_transit("transit.no_room", free=0) from error
            raise

    def _finish(self, part: Path, piece: Piece) -> None:
        data = part.read_bytes()
        seal = seal_at_end(data)
        faults = OF_THE_BYTES.intersection(faults_of(data, gate=piece.gate, sequence=piece.sequence, previous=None))
        if seal is None or seal.now != piece.now or faults:
            part.unlink()
            raise refuse_transit("transit.damaged", what=segment_name(piece.gate, piece.sequence))
        held = self._held(piece.gate, piece.sequence)
        if held and not self._may_replace(held, seal, data, piece):
            part.unlink()
            raise refuse_transit("transit.another_segment", what=segment_name(piece.gate, piece.sequence))
        part.chmod(READ_ONLY)
        os.replace(part, self._path(piece.gate, piece.sequence))
        Disk().sync_folder(self._folder)

    def _may_replace(self, held: Seal, seal: Seal, data: bytes, piece: Piece) -> bool:
        """Whether it is the same segment with more people erased from it, and with all erased that were here."""
        if held.chain != seal.chain or held.n_rewritten >= seal.n_rewritten:
            return False
        return not brings_somebody_back(data, self._path(piece.gate, piece.sequence).read_bytes())

    def _refuse_gate_of_this_host(self, gate: int) -> None:
        if (self._folder / f"{gate:08x}.lock").exists():
            raise refuse_transit("transit.gate_is_here", gate=gate)

    def _refuse_without_room(self, n_bytes: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if free - n_bytes < self._kept_free:
            raise refuse_transit("transit.no_room", free=free >> 20)

    def _held(self, gate: int, sequence: int) -> Seal | None:
        path = self._path(gate, sequence)
        return read_seal(Disk().read_end(path, SEAL_BYTES)) if path.exists() else None

    def _path(self, gate: int, sequence: int) -> Path:
        return self._folder / segment_name(gate, sequence)

    def _part(self, gate: int, sequence: int, now: bytes) -> Path:
        return self._folder / f"{gate:08x}-{sequence:08d}.{now.hex()[:16]}.part"


class _Conversation(BaseHTTPRequestHandler):
    """One connection of a shipper."""

    server: "ReceiverServer"
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Fangxian", ""
    timeout = SILENT_S

    def handle(self) -> None:
        """A connection that ends in the middle is no fault of ours."""
        with suppress(ConnectionError, TimeoutError, ssl.SSLError):
            self.request.do_handshake()  # here, so that a slow one keeps nobody else waiting
            super().handle()

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: what comes in is seen in the folder, what is refused is logged by its code."""

    def _answer(self, act: Callable[[bytes], dict[str, Any]]) -> None:
        body = self._body()
        try:
            if body is None:
                raise refuse_transit("transit.too_large", most=MOST_PIECE_BYTES)
            if not self.server.knows(self.headers.get("Authorization", "")):
                raise refuse_transit("transit.unknown_token")
            self._send(200, act(body))
        except Refusal as refusal:
            log.warning("journal.refused: %(refusal)s", {"refusal": refusal.code})
            status = STATUS.get(refusal.code, 409)
            self._send(status, {"refusal": refusal.code, "zh": refusal.said.zh, "en": refusal.said.en})

    def _body(self) -> bytes | None:
        """What was sent, read before anything is answered; None if it is too much, and then not read."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MOST_PIECE_BYTES or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def _get(self, _body: bytes) -> dict[str, Any]:
        if match := _GATE.fullmatch(self.path):
            return {"segments": self.server.receiver.segments_of(int(match[1], 16))}
        gate, sequence, now = self._segment()
        return self.server.receiver.progress(gate, sequence, now)

    def _put(self, body: bytes) -> dict[str, Any]:
        gate, sequence, now = self._segment()
        span = _RANGE.fullmatch(self.headers.get("Content-Range", ""))
        begins, last, total = map(int, span.groups()) if span else (0, 0, 0)
        if last - begins + 1 != len(body) or not SEAL_BYTES < total <= MOST_SEGMENT_BYTES or last >= total:
            raise refuse_transit("transit.not_a_piece")
        if not hmac.compare_digest(self.headers.get("Content-Digest", ""), digest_header(body)):
            raise refuse_transit("transit.damaged", what=segment_name(gate, sequence))
        return self.server.receiver.put(Piece(gate, sequence, now, begins, total, body))

    def _segment(self) -> tuple[int, int, bytes]:
        match = _SEGMENT.fullmatch(self.path)
        if match is None:
            raise refuse_transit("transit.no_such_address")
        return int(match[1], 16), int(match[2]), bytes.fromhex(match[3])

    def _send(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


STATUS: Final = {
    "transit.unknown_token": 401,
    "transit.no_such_address": 404,
    "transit.too_large": 413,
    "transit.not_a_piece": 400,
    "transit.damaged": 422,
    "transit.no_room": 507,
}


class ReceiverServer(ThreadingHTTPServer):
    """The receiver on a port, spoken to in TLS; each connection has a thread, and there are only so many."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], receiver: Receiver, *, tokens: Sequence[str], context: ssl.SSLContext
    ) -> None:
        self.receiver, self._tokens = receiver, [token.encode() for token in tokens]
        self._talking: set[socket.socket] = set()
        super().__init__(address, _Conversation)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        found = [hmac.compare_digest(token.encode("utf-8", "surrogateescape"), known) for known in self._tokens]
        return scheme == "Bearer" and any(found)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        if len(self._talking) >= MOST_CONNECTIONS:
            return False
        self._talking.add(request)
        return True

    def shutdown_request(self, request: Any) -> None:
        self._talking.discard(request)
        with suppress(OSError):
            super().shutdown_request(request)


def open_server(
    address: tuple[str, int], receiver: Receiver, *, tokens: Sequence[str], context: ssl.SSLContext
) -> ReceiverServer:
    """Begin listening. Refuses `transit.port_taken`."""
    try:
        return ReceiverServer(address, receiver, tokens=tokens, context=context)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise refuse_transit("transit.port_taken", host=address[0], port=address[1], reason=reason) from error


def digest_header(data: bytes) -> str:
    """A `Content-Digest` (RFC 9530): what was damaged on the way is sent again piece by piece."""
    return f"sha-256=:{base64.b64encode(sha256(data).digest()).decode()}:"
