"""How the gate says it is: asked over its own `/healthz`, so that what is shown is what a door would see."""

import http.client
import json
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path

WITHIN_S = 0.4
AGAIN_AFTER_SILENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GateHealth:
    """What the gate last said.

    status : "ok", "stale", "no_snapshot", "no_rules" or "journal_failing", in the gate's words
    knowledge_age_s : wall seconds by which its knowledge was behind when it said so; None without knowledge
    heard_at_ms : wall milliseconds since 1970
    """

    status: str
    snapshot: int | None
    knowledge_age_s: float | None
    n_people: int
    backlog: int
    heard_at_ms: int


@dataclass(slots=True)
class GateWatch:
    """Asks one gate, quickly or not at all: who asks has other things to do each second.

    After a silence it is left alone for a while, since waiting for it in vain is what costs time.
    """

    port: int
    certificate: Path
    host: str = "127.0.0.1"
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
                status=said["status"],
                snapshot=said["snapshot"],
                knowledge_age_s=said["snapshot_age_seconds"],
                n_people=said["people"],
                backlog=said["journal_backlog"],
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
