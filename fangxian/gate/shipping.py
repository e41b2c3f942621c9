"""Sends sealed segments to another host, from where the last try ended; the other side verifies each.

Nothing is changed here but by the retention a county has asked for. What was sent before is asked for first, so it may
be run at any time, as often as one likes, and be killed anywhere.
"""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from fangxian.core.policy.byte_seal import faults_of
from fangxian.core.refusal import Refusal

from .held import OF_THE_BYTES, HeldSegment, held_segments
from .receiving import MOST_PIECE_BYTES, digest_header
from .transit import refuse_transit

SILENT_S: Final = 30.0
TRIES: Final = 3
LEAST_TOKEN_CHARACTERS: Final = 32


@dataclass(slots=True)
class Shipped:
    """What became of the segments of a folder.

    Attributes
    ----------
    n_sent, n_bytes : segments that are over there now and were not before, and the bytes sent for it
    n_there : segments that were there already
    n_deleted : sent long enough ago, and removed here
    troubles : why a segment was not sent, in the order met
    """

    n_sent: int = 0
    n_bytes: int = 0
    n_there: int = 0
    n_deleted: int = 0
    troubles: list[Refusal] = field(default_factory=list)


class Destination:
    """The receiving host, one connection at a time; what goes wrong on the way is a refusal."""

    def __init__(self, url: str, token: str, context: ssl.SSLContext) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise refuse_transit("transit.not_https", url=url)
        self._host, self._port = parts.hostname, parts.port or 443
        self._base = parts.path.rstrip("/")
        self._token, self._context = token, context
        self._connection: http.client.HTTPSConnection | None = None

    def ask(self, method: str, path: str, data: bytes = b"", **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one request. Refuses `transit.not_reached`."""
        mine = {"Authorization": f"Bearer {self._token}"}
        mine |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection = self._connection = self._connection or self._connect()
            connection.request(method, self._base + path, data, mine)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise refuse_transit("transit.not_reached", host=self._host, reason=reason) from error

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, self._port, timeout=SILENT_S, context=self._context)


def ship(folder: Path, destination: Destination, *, delete_before: datetime | None = None) -> Shipped:
    """Send every sealed segment that is not there yet, gate by gate and in order.

    Parameters
    ----------
    delete_before : segments sealed before that moment of wall time are removed here once they are there; a gate's
        newest stays. None: nothing is ever removed.

    Refuses
    -------
    transit.not_reached, transit.refused_there (its token), transit.read_here
    """
    if delete_before and (folder / "ingest.lock").exists():
        raise refuse_transit("transit.read_here", folder=folder)
    shipped = Shipped()
    by_gate: dict[int, list[HeldSegment]] = {}
    for held in held_segments(folder):
        by_gate.setdefault(held.gate, []).append(held)
    for gate, segments in by_gate.items():
        there = _told(destination.ask("GET", f"/journal/{gate:08x}"), f"{gate:08x}")["segments"]
        for held in segments:
            _ship_one(held, there.get(f"{held.sequence:08d}", {}), destination, shipped)
        if delete_before:
            _delete_old(segments, destination, delete_before, shipped)
    return shipped


def _ship_one(held: HeldSegment, there: dict[str, Any], destination: Destination, shipped: Shipped) -> None:
    if held.seal is None:
        return
    is_same = there.get("chain") == held.seal.chain.hex()
    if is_same and there["n_rewritten"] >= held.seal.n_rewritten:  # it may have erased somebody since
        shipped.n_there += 1
        return
    if there and not is_same:
        shipped.troubles.append(refuse_transit("transit.another_segment", what=held.path.name))
        return
    data = held.path.read_bytes()
    faults = faults_of(data, gate=held.gate, sequence=held.sequence, previous=None)
    if OF_THE_BYTES.intersection(faults):
        words = ", ".join(faults)
        shipped.troubles.append(refuse_transit("transit.altered_here", what=held.path.name, faults=words))
        return
    try:
        shipped.n_bytes += _send(data, held, destination)
        shipped.n_sent += 1
    except Refusal as refusal:
        if refusal.code != "transit.refused_there":
            raise
        shipped.troubles.append(refusal)


def _send(data: bytes, held: HeldSegment, destination: Destination) -> int:
    """Send what the other side has not got of a segment; how many bytes that was."""
    assert held.seal is not None
    path = f"/journal/{held.path.stem}/{held.seal.now.hex()}"
    n_sent = n_damaged = 0
    progress = _told(destination.ask("GET", path), held.path.name)
    while not progress["is_whole"]:
        begins = progress["n_bytes"]
        piece = data[begins : begins + MOST_PIECE_BYTES]
        answer = destination.ask(
            "PUT", path, piece,
            Content_Range=f"bytes {begins}-{begins + len(piece) - 1}/{len(data)}", Content_Digest=digest_header(piece),
        )  # fmt: skip
        n_sent += len(piece)
        if answer[1].get("refusal") in ("transit.damaged", "transit.elsewhere") and n_damaged < TRIES:
            n_damaged += 1
            answer = destination.ask("GET", path)
        progress = _told(answer, held.path.name)
    return n_sent


def _told(answer: tuple[int, dict[str, Any]], what: str) -> dict[str, Any]:
    status, told = answer
    if status == 200:
        return told
    zh, en = told.get("zh", f"HTTP {status}。"), told.get("en", f"HTTP {status}.")
    raise refuse_transit("transit.refused_there", what=what, said_zh=zh, said_en=en)


def _delete_old(segments: list[HeldSegment], destination: Destination, before: datetime, shipped: Shipped) -> None:
    """Remove what the other side says that it has, as it stands here."""
    there = _told(destination.ask("GET", f"/journal/{segments[0].gate:08x}"), segments[0].path.name)["segments"]
    newest = max((held.sequence for held in segments if held.seal), default=-1)
    for held in segments:
        is_there = held.seal is not None and there.get(f"{held.sequence:08d}", {}).get("now") == held.seal.now.hex()
        is_old = held.path.stat().st_mtime < before.timestamp()
        if is_there and is_old and held.sequence < newest:
            held.path.unlink()
            shipped.n_deleted += 1


def read_token(path: Path) -> list[str]:
    """The tokens of a file, one a line. Refuses `transit.token_unreadable`."""
    try:
        if path.stat().st_mode & 0o077:
            raise refuse_transit("transit.token_unreadable", path=path, reason="mode")
        tokens = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise refuse_transit("transit.token_unreadable", path=path, reason=reason) from error
    if not tokens or min(map(len, tokens)) < LEAST_TOKEN_CHARACTERS:
        raise refuse_transit("transit.token_unreadable", path=path, reason="length")
    return tokens


def context_for(certificate: Path | None) -> ssl.SSLContext:
    """TLS to a host that this certificate vouches for, and no other; to any that the system knows without one."""
    try:
        context = ssl.create_default_context(cafile=certificate)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise refuse_transit("transit.certificate_unreadable", path=certificate, reason=reason) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
