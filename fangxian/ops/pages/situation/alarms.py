"""What the situation pages show of gate alarms, from the same file as everything on them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fangxian.core.refusal import Said
from fangxian.ops.pages.words import number


def alarms_shown(document: Mapping | None) -> dict[str, Any]:
    """As of when, what stands, what was over; `state` "not_yet" before anybody has looked."""
    given = (document or {}).get("alarms") or {"state": "not_yet", "at": None, "standing": [], "over": []}
    return {
        "state": given["state"],
        "as_of": clock_second(given["at"]),
        "standing": [_standing(row, given["at"]) for row in given["standing"]],
        "over": [_over(row) for row in given["over"]],
    }


def clock_second(moment: str | None) -> str:
    """`2022-04-19T14:05:03+08:00` → `14:05:03`: county time."""
    return moment[11:19] if moment else ""


def _standing(row: Mapping, at: str) -> dict[str, Any]:
    minutes = (datetime.fromisoformat(at) - datetime.fromisoformat(row["since"])).total_seconds() // 60
    return {
        "kind": row["kind"],
        "is_urgent": row["is_urgent"],
        "title": _said(row["title"]),
        "meaning": _said(row["meaning"]),
        "to_do": _said(row["to_do"]),
        "page": f"docs/operations/{row['kind']}.md",
        "since": row["since"][11:16],
        "minutes": number(int(max(0, minutes))),
        "n_by_hand": number(row["n_by_hand"]) if row["n_by_hand"] else "",
    }


def _over(row: Mapping) -> dict[str, Any]:
    until = row["until"][11:16] if row["until"] else ""
    return {
        "title": _said(row["title"]),
        "span": f"{row['since'][11:16]}–{until}",
        "day": row["since"][:10],
        "n_by_hand": number(row["n_by_hand"]),
    }


def _said(both: Mapping) -> Said:
    return Said(both["zh"], both["en"])
