"""Gate alarms as the situation tells them: what stands as of when, and what was over the last day."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.alarms.kinds import KINDS, LOOK, URGENT, AlarmKind
from fangxian.ops.alarms.present import StandingAlarm, read_present
from fangxian.ops.alarms.queries import AlarmOver, over_since

OVER_SHOWN = timedelta(days=1)
MOST_OVER = 12
OVER_EVERY_S = 5.0
STALE_AFTER_S = 15  # gates are asked every two seconds
UNKNOWN = AlarmKind(
    is_urgent=True,
    title=Said("不认识的报警", "An alarm of a kind not known here"),
    meaning=Said("这一页比后台工作旧。", "This page is older than the worker."),
    to_do=Said("更新并重新启动页面程序。", "Update the pages program and start it again."),
)


@dataclass(slots=True)
class AlarmsTold:
    """Reads the file each time, and the record every few seconds: nothing is over twice in one."""

    _over: list[dict[str, Any]] = field(default_factory=list)
    _over_at: float = -OVER_EVERY_S

    def as_of(self, at: datetime, live: Path, now_ms: int) -> dict[str, Any]:
        """docs/reference/situation.md says what stands in it.

        state : "ok", "stale" (nobody has looked for a while), "not_yet" (nobody has ever looked)
        """
        now = time.monotonic()
        if now - self._over_at >= OVER_EVERY_S:
            self._over, self._over_at = [_over(alarm) for alarm in over_since(at - OVER_SHOWN, MOST_OVER)], now
        present = read_present(live)
        if present is None:
            return {"state": "not_yet", "at": None, "age_s": None, "n_gates": 0, "standing": [], "over": self._over}
        age_s = max(0.0, round((now_ms - present.wall_ms) / 1000, 1))
        return {
            "state": "stale" if age_s > STALE_AFTER_S else "ok",
            "at": _moment(present.at),
            "age_s": age_s,
            "n_gates": present.n_gates,
            "standing": sorted(map(_standing, _by_kind(present.standing)), key=lambda row: not row["is_urgent"]),
            "over": self._over,
        }


def _by_kind(standing: list[StandingAlarm]) -> list[list[StandingAlarm]]:
    """One thing to do is one alarm, however many gates have it; the kind that began first comes first."""
    found: dict[str, list[StandingAlarm]] = {}
    for alarm in standing:
        found.setdefault(alarm.trouble.kind, []).append(alarm)
    return list(found.values())


def _standing(alarms: list[StandingAlarm]) -> dict[str, Any]:
    kind = KINDS.get(alarms[0].trouble.kind, UNKNOWN)
    return {
        "kind": alarms[0].trouble.kind,
        "is_urgent": kind.is_urgent,
        "since": _moment(min(alarm.since for alarm in alarms)),
        "n_by_hand": sum(alarm.n_by_hand for alarm in alarms),
        "urgency": _both(URGENT if kind.is_urgent else LOOK),
        "title": _both(_titled(kind, [alarm.trouble.source for alarm in alarms])),
        "meaning": _both(kind.meaning),
        "to_do": _both(kind.to_do),
    }


def _over(alarm: AlarmOver) -> dict[str, Any]:
    kind = KINDS.get(alarm.kind, UNKNOWN)
    return {
        "kind": alarm.kind,
        "since": _moment(alarm.begins_at),
        "until": _moment(alarm.ends_at),
        "n_by_hand": alarm.n_by_hand,
        "title": _both(_titled(kind, [alarm.source])),
    }


def _titled(kind: AlarmKind, sources: list[str]) -> Said:
    """What is wrong, and with which gates: their numbers, or where one is asked that has never said its own."""
    named = sorted(filter(None, sources), key=lambda source: (not source.isdecimal(), len(source), source))
    if not named:
        return kind.title
    zh = "、".join(f"{it} 号" if it.isdecimal() else it for it in named)
    en = f"Gate{'s' if len(named) > 1 else ''} {', '.join(named)}"
    return Said(f"{kind.title.zh}（门岗：{zh}）", f"{kind.title.en} ({en})")


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _moment(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")
