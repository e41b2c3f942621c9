"""The figures of the situation page: each with its value, its county time, its age, and how far to trust it."""

from collections.abc import Mapping
from typing import Any

# A gate that does not answer may know much or nothing: its age is then not known, whatever it said before.
NO_WORD = ("silent", "no_snapshot", "not_yet")


def figures_of(
    counted: Mapping[str, Any], sources: Mapping[str, Any], at: str, silent_age_s: float
) -> dict[str, dict[str, Any]]:
    """Name → value, state, at (county, ISO), age_s (wall seconds); for counts of the day `before`: all of yesterday's.

    state : "" as it is; "stale" too old to act on; "unknown" nobody knows; "not_yet" it cannot be known yet
    """
    scans, day, minutes = sources["counters"], counted["day"], counted["minutes"]
    before = counted["day_before"] or {}

    def of_scans(value: object) -> dict[str, Any]:
        return _figure(value, {"ok": ""}.get(scans["state"], scans["state"]), scans["at"], scans["age_s"])

    found = {
        # The minute that runs is not over; the one before it is the newest that can be held against another.
        "per_minute": of_scans(minutes and minutes["counts"][-2]),
        "n": of_scans(day and day["n"]) | {"before": before.get("n")},
    }
    answers = sources.get("answers", {})
    for word in ("admit", "verify", "refuse"):
        found[word] = of_scans(day and day[word]) | answers | {"before": before.get(word)}
    silent = counted["silent"]
    found["silent"] = _silent(silent, scans["state"], silent_age_s)
    gate, lag_s = sources["gate"], scans["lag_s"]
    gate_state = "unknown" if gate["state"] in NO_WORD else "stale" if gate["state"] == "stale" else ""
    found["gate_age"] = _figure(None if gate_state == "unknown" else gate["age_s"], gate_state, at, 0.0)
    found["lag"] = of_scans(lag_s) if lag_s is not None else _figure(None, "not_yet", scans["at"], scans["age_s"])
    return found


def _silent(silent: Mapping[str, Any] | None, state: str, age_s: float) -> dict[str, Any]:
    """At an hour when no venue usually scans, none is missed and none can be: that is not known, and no zero."""
    if silent is None:
        return _figure(None, "not_yet", None, None)
    if silent["n_usual"] == 0:
        return _figure(None, "unknown", silent["at"], age_s)
    return _figure(silent["n"], "stale" if state == "stale" else "", silent["at"], age_s)


def _figure(value: object, state: str, at: str | None, age_s: float | None) -> dict[str, Any]:
    return {"value": value, "state": state, "at": at, "age_s": age_s}
