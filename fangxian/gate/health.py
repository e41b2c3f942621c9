"""How a gate is: for its page and the worker (`/healthz`), and for Prometheus (`/metrics`)."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from fangxian.core.refusal import Refusal

from .answering import Gate
from .journal_text import journal_text
from .own_process import system_text
from .passage import Respond
from .refusals import refuse

LANE: Final = "lane"  # among the troubles: no file
OLD_S: Final = 10  # heartbeats come each second: older knowledge means that something stands still


class Health:
    """Asks a gate how it is; it takes no scan's time but its own."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def healthz(self, _data: bytes, _token: str, respond: Respond) -> None:
        """GET /healthz: 200 while the gate can answer, however old its knowledge is; 503 if it cannot."""
        health = self._health()
        respond(200 if health["status"] in ("ok", "stale") else 503, msgspec.json.encode(health))

    def measured(self, _data: bytes, _token: str, respond: Respond) -> None:
        """GET /metrics"""
        knowledge, follower = self._gate.follower.knowledge, self._gate.follower
        age_s = follower.age_ms / 1000 if knowledge else -1
        text = self._gate.metrics.text(
            id=self._gate.gate_id,
            people=knowledge.n_people if knowledge else 0,
            snapshot=knowledge.number if knowledge else 0,
            snapshot_age_seconds=age_s,
            snapshot_troubles=len(follower.troubles),
            no_rules=int(self._status() == "no_rules"),
            journal_backlog=self._gate.journal.n_waiting,
            journal_failing=int(self._gate.is_failing),
            connections=self._gate.metrics.n_connections,
            connections_most=self._gate.metrics.most_connections,
            lane_wanted=int(self._gate.is_lane_wanted),
            lane_open=int(self._has_lane),
        )
        parts = [text, _troubles_text(self._troubles()), journal_text(self._gate.journal), system_text()]
        respond(200, "".join(parts).encode())

    def _health(self) -> dict[str, Any]:
        knowledge, keys = self._gate.follower.knowledge, self._gate.follower.keys
        age_s = self._gate.follower.age_ms // 1000 if knowledge else None
        return {
            "gate": self._gate.gate_id,
            "status": self._status(),
            "snapshot": knowledge.number if knowledge else None,
            "snapshot_age_seconds": age_s,
            "people": knowledge.n_people if knowledge else 0,
            "county_time": _stamp("%Y-%m-%dT%H:%M:%SZ", keys.clock.county_ms(self._gate.wall_ms())) if keys else None,
            "journal_backlog": self._gate.journal.n_waiting,
            "troubles": [
                {"file": part, "refusal": refusal.code, "zh": refusal.said.zh, "en": refusal.said.en}
                for part, refusal in sorted(self._troubles().items())
            ],
        }

    @property
    def _has_lane(self) -> bool:
        return self._gate.lane is not None and self._gate.lane.is_open

    def _troubles(self) -> Mapping[str, Refusal]:
        """What the follower says, and whether the quick way that was asked for is not there."""
        if not self._gate.is_lane_wanted or self._has_lane:
            return self._gate.follower.troubles
        return self._gate.follower.troubles | {LANE: refuse("gate.lane_closed" if self._gate.lane else "gate.no_lane")}

    def _status(self) -> str:
        knowledge, keys = self._gate.follower.knowledge, self._gate.follower.keys
        if self._gate.is_failing:
            return "journal_failing"
        if knowledge is None or keys is None:
            return "no_snapshot"
        if knowledge.doors_at(keys.clock.county_ms(self._gate.wall_ms()) // 1000) is None:
            return "no_rules"
        return "ok" if self._gate.follower.age_ms < OLD_S * 1000 else "stale"


def _troubles_text(troubles: Iterable[str]) -> str:
    """One line for each file that is not used, as in /healthz; none while there is none."""
    head = "# HELP fangxian_gate_trouble What is not used, or is wrong.\n# TYPE fangxian_gate_trouble gauge\n"
    return head + "".join(f'fangxian_gate_trouble{{file="{part}"}} 1\n' for part in sorted(troubles))


def _stamp(form: str, unix_ms: int) -> str:
    return time.strftime(form, time.gmtime(unix_ms // 1000))
