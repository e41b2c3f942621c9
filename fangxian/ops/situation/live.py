"""The county this second (实时态势): one small file, written once a second, from which every viewer is served.

1. the day's counts                       visits, from the ingest's `live/counters.json`
2. scans of the last minutes by township  visits
3. how people were answered, and why      live_answers, every five minutes
4. venues that have fallen silent         visits, places
5. how old the gate's knowledge is        the gate itself
6. what is wrong with gates               alarms, from `live/alarms.json` and its rows
7. how presence was shown today           visits

A worker's pulse calls `write_live`; nothing else writes the file. docs/reference/situation.md says what
stands in it.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Said
from fangxian.ops.alarms.asking import GateHealth, GateWatch, watched_gates
from fangxian.ops.places.models import Division
from fangxian.ops.places.queries import children_of
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.folder import Realm
from fangxian.ops.visits.queries import scans_by_venue, townships_of

from .gate_alarms import AlarmsTold
from .live_answers import Answers, AnswersTold
from .live_figures import figures_of
from .presences import PresencesTold
from .silent_venues import SilentVenues, silent_venues

FORMAT = "fangxian-situation-1"
RECENT = timedelta(minutes=5)
SILENCE_EVERY_S = 5.0
SILENT_SHOWN = 12
# From which age on a figure is no longer the present: each is renewed every second.
STALE_AFTER_S = 10
NOT_ON_RECORD = Said("不在册的场所", "venues not on record")


def live_path(realm: Realm) -> Path:
    return realm.path / "live" / "situation.json"


def write_live() -> None:
    """Write the file anew: a pulse of the worker."""
    realm = the_realm()
    _writer(realm.path).write(county_now())


@lru_cache(maxsize=1)
def _writer(path: Path) -> "LiveSituation":
    return LiveSituation(path, watched_gates(the_realm())[0])


@dataclass(slots=True)
class LiveSituation:
    """Puts the file together. Silence is looked for every few seconds only: nobody falls silent in one."""

    folder: Path
    gate: GateWatch
    _answers: AnswersTold = field(default_factory=AnswersTold)
    _alarms: AlarmsTold = field(default_factory=AlarmsTold)
    _presences: PresencesTold = field(default_factory=PresencesTold)
    _silent: SilentVenues | None = field(default=None)
    _silent_at: float = field(default=-SILENCE_EVERY_S)

    def write(self, at: datetime) -> None:
        path = self.folder / "live" / "situation.json"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(self.as_json(at), ensure_ascii=False, separators=(",", ":")), "utf-8")
        os.replace(draft, path)

    def as_json(self, at: datetime) -> dict[str, Any]:
        counters = _counters(self.folder / "live" / "counters.json")
        places = children_of(the_realm().division_code)
        now_ms = time.time_ns() // 1_000_000
        sources = _sources(counters, self.gate.look(), now_ms)
        if counters is None:
            counted: dict[str, Any] = _nothing_counted(places)
        else:
            answers = self._answers.as_of(at, counters, [it.area_path for it in places])
            counted = _counted(counters, places, _recent(at), answers)
            counted |= {"silent": self._silence(at), "presences": self._presences.as_of(at)}
            sources["answers"] = {"at": answers.at, "age_s": _age_s(answers.wall_ms, now_ms)}
        written = {"format": FORMAT, "at": _moment(at), "wall_ms": now_ms, "sources": sources}
        silent_age_s = round(time.monotonic() - self._silent_at, 1)
        alarms = self._alarms.as_of(at, self.folder / "live", now_ms)
        figures = figures_of(counted, sources, _moment(at), silent_age_s)
        return written | {"figures": figures, "alarms": alarms} | counted

    def _silence(self, at: datetime) -> dict[str, Any] | None:
        now = time.monotonic()
        if now - self._silent_at >= SILENCE_EVERY_S:
            self._silent, self._silent_at = silent_venues(at), now
        return _silent_json(self._silent) if self._silent else None


def _counters(path: Path) -> dict[str, Any] | None:
    """What the ingest counted last; None before it has ever run."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _recent(at: datetime) -> Counter[str]:
    """Township → scans in the last five county minutes."""
    by_venue = scans_by_venue(since=at - RECENT, until=at)
    townships, found = townships_of(by_venue), Counter[str]()
    for venue, n in by_venue.items():
        found[townships.get(venue, "")] += n
    return found


def _sources(counters: Mapping | None, gate: GateHealth | None, now_ms: int) -> dict[str, Any]:
    """Of each source when it was heard last, in wall seconds, and what it said of its own lateness.

    state : "ok", "stale" (it has stopped), "not_yet" (it has never been heard), or a trouble in the gate's words
    """
    counted = {"state": "not_yet", "at": None, "age_s": None, "lag_s": None}
    if counters:
        age_s, lag_ms = _age_s(counters["wall_ms"], now_ms), counters["lag_ms"]
        counted = {
            "state": "stale" if age_s > STALE_AFTER_S else "ok",
            "at": counters["at"],
            "age_s": age_s,
            "lag_s": None if lag_ms is None else round(lag_ms / 1000, 1),
        }
    heard: dict[str, Any] = {"state": "not_yet", "age_s": None, "snapshot": None, "backlog": None}
    if gate:
        silence_s = _age_s(gate.heard_at_ms, now_ms)
        known_s = None if gate.knowledge_age_s is None else round(gate.knowledge_age_s + silence_s, 1)
        heard = {
            "state": "silent" if silence_s > STALE_AFTER_S else gate.status,
            "age_s": known_s,
            "snapshot": gate.snapshot,
            "backlog": gate.backlog,
        }
    return {"counters": counted, "gate": heard}


def _age_s(then_ms: int, now_ms: int) -> float:
    return max(0.0, round((now_ms - then_ms) / 1000, 1))


def _nothing_counted(places: Sequence[Division]) -> dict[str, Any]:
    return {
        "day": None,
        "minutes": None,
        "townships": [_township(it) | {"recent": None, "day": None} for it in places],
        "reasons": None,
        "day_before": None,
        "silent": None,
        "presences": None,
    }


def _counted(counters: Mapping, places: Sequence[Division], scans: Counter[str], answers: Answers) -> dict[str, Any]:
    """Scans as they come; how they were answered as it was told last."""
    rows = [it.area_path for it in places] + ([""] if "" in answers.townships or scans[""] else [])
    names = {it.area_path: _township(it) for it in places} | {"": {"path": "", **_both(NOT_ON_RECORD)}}
    return {
        "day": {"on": counters["day"]["on"], "late": counters["late"], "n": _n_scans(counters), **answers.sums},
        "day_before": answers.before,
        "minutes": {
            "until": counters["minutes"][-1][0],
            "counts": [sum(counts) for _, *counts in counters["minutes"]],
        },
        "townships": [
            names[path] | {"recent": scans[path], "day": answers.townships.get(path, [0, 0, 0])} for path in rows
        ],
        "reasons": answers.reasons,
    }


def _n_scans(counters: Mapping) -> int:
    return sum(counters["day"][outcome.word] for outcome in Outcome)


def _silent_json(found: SilentVenues) -> dict[str, Any] | None:
    if found.n_usual is None:
        return None
    shown = found.venues[:SILENT_SHOWN]
    townships = {it.area_path: it for it in children_of(the_realm().division_code)}
    return {
        "at": _moment(found.at),
        "n": len(found.venues),
        "n_usual": found.n_usual,
        "n_days": found.n_days,
        "venues": [
            {
                "id": str(it.id),
                "name": it.name,
                "last": it.last_at and _moment(it.last_at),
                **_both(_name_of(townships.get(it.area_path[:TOWNSHIP_DIGITS]))),
            }
            for it in shown
        ],
    }


def _township(place: Division) -> dict[str, str]:
    return {"path": place.area_path, **_both(_name_of(place))}


def _name_of(place: Division | None) -> Said:
    return Said(place.name_zh, place.name_en) if place else NOT_ON_RECORD


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _moment(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")
