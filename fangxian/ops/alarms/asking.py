"""How a gate says it is: asked over its own addresses, so that what is shown is what a door would see.

FANGXIAN_GATES  the gates that are watched, each `http://host:port`, with commas (default: the realm's own on this
                machine). With `fangxian gate --processes N` one for each process, at its own port: port + 100 and on
"""

import http.client
import json
import os
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from fangxian.ops.realm.folder import Realm

WITHIN_S = 0.4
AGAIN_AFTER_SILENCE_S = 3.0
LOOPBACK = "127.0.0.1"


class Count(Enum):
    """What a gate counts and an alarm looks at: the beginning of a line of its `/metrics`."""

    NOT_RECORDED = "fangxian_gate_not_recorded_total"
    FULL = 'fangxian_gate_refusals_total{refusal="gate.full"}'
    TOO_FAST = 'fangxian_gate_refusals_total{refusal="scan.too_fast'
    FAULTS = 'fangxian_gate_refusals_total{refusal="gate.fault"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class GateHealth:
    """What the gate last said.

    Attributes
    ----------
    gate : its number; None for a gate too old to say
    status : "ok", "stale", "no_snapshot", "no_rules" or "journal_failing", in the gate's words
    knowledge_age_s : wall seconds by which its knowledge was behind when it said so; None without knowledge
    troubles : the files it does not use, and `clock` or `program`
    counts : since its start; empty if it tells them to its own machine only, and that is another
    heard_at_ms : wall milliseconds since 1970
    """

    gate: int | None
    status: str
    snapshot: int | None
    knowledge_age_s: float | None
    n_people: int
    backlog: int
    troubles: tuple[str, ...]
    counts: Mapping[Count, int]
    heard_at_ms: int


@dataclass(slots=True)
class GateWatch:
    """Asks one gate, quickly or not at all: who asks has other things to do each second.

    After a silence it is left alone for a while, since waiting for it in vain is what costs time.
    """

    port: int
    certificate: Path
    host: str = LOOPBACK
    last: GateHealth | None = None
    _next_at: float = field(default=0.0)
    _is_secure: bool = False

    def look(self) -> GateHealth | None:
        """What it said last; None when it has never answered."""
        if time.monotonic() < self._next_at:
            return self.last
        if found := self._ask():
            self.last = found
        else:
            self._next_at = time.monotonic() + AGAIN_AFTER_SILENCE_S
            self._is_secure = not self._is_secure and self.certificate.exists()
        return self.last

    def _ask(self) -> GateHealth | None:
        connection = self._connection()
        try:
            connection.request("GET", "/healthz")
            said = json.loads(connection.getresponse().read())
            return GateHealth(
                gate=said.get("gate"),
                status=said["status"],
                snapshot=said["snapshot"],
                knowledge_age_s=said["snapshot_age_seconds"],
                n_people=said["people"],
                backlog=said["journal_backlog"],
                troubles=tuple(trouble["file"] for trouble in said.get("troubles", ())),
                counts=_counts_of(connection),
                heard_at_ms=time.time_ns() // 1_000_000,
            )
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            return None  # not there, or something else on its port: either way it is silent
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if not self._is_secure:
            return http.client.HTTPConnection(self.host, self.port, timeout=WITHIN_S)
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return http.client.HTTPSConnection(self.host, self.port, timeout=WITHIN_S, context=trusted)


def watched_gates(realm: Realm) -> list[GateWatch]:
    """One for each gate of `FANGXIAN_GATES`, or for the realm's own."""
    certificate = realm.path / "tls" / "certificate.pem"
    told = [address.strip() for address in os.environ.get("FANGXIAN_GATES", "").split(",") if address.strip()]
    places = [urlsplit(address) for address in told or [f"http://{LOOPBACK}:{realm.ports.gate}"]]
    return [GateWatch(it.port or realm.ports.gate, certificate, it.hostname or LOOPBACK) for it in places]


def _counts_of(connection: http.client.HTTPConnection) -> dict[Count, int]:
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != http.client.OK:
        return {}
    return {count: _sum_of(count, text) for count in Count}


def _sum_of(count: Count, text: str) -> int:
    return sum(int(float(n)) for n in re.findall(rf"^{re.escape(count.value)}\S* (\S+)$", text, re.MULTILINE))
