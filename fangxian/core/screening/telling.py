"""What a plan says: when the round ends, what holds it up hour by hour, and what would bring the end nearer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from .laboratory import Laboratory, Machines, least_days
from .playing import STEPS, Begun, Played, play
from .rounds import DAY_MIN, Round

HOUR_MIN = 60


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a round.

    Attributes
    ----------
    from_min : when it begins
    waiting : tubes by the step that has still to begin with them, at its end
    held_up_by : the step that would need longest for what waits for it; "" where nothing waits
    """

    from_min: float
    waiting: Mapping[str, int]
    held_up_by: str


@dataclass(frozen=True, slots=True)
class Told:
    """A plan.

    Attributes
    ----------
    takes_min : from the opening of the first site, or from now, to the last release
    ends_min : that release, minutes after the midnight before the round
    least_min : what no laboratory of these can beat, were all tubes there at once
    hours : one after the other
    held_up_by : the step that holds it up in most hours
    """

    n_tubes: int
    takes_min: float
    ends_min: float
    least_min: float
    hours: list[Hour]
    held_up_by: str


def told(planned: Round, begun: Begun | None = None) -> Told:
    """What comes of a round as planned, or of what is left of one that has begun."""
    played = play(planned, begun)
    opens = min((site.hours[0][0] for site in planned.sites if site.n_people), default=0)
    since = begun.at_min if begun else opens
    n_hours = ceil((played.ends_min - since) / HOUR_MIN)
    hours = [_hour(played, planned, since + k * HOUR_MIN) for k in range(n_hours)]
    by_step = [hour.held_up_by for hour in hours if hour.held_up_by]
    return Told(
        len(played.sealed),
        max(played.ends_min - since, 0.0),
        max(played.ends_min, since),
        least_days(len(played.sealed), planned.laboratories) * DAY_MIN,
        hours,
        max(STEPS, key=by_step.count) if by_step else "",
    )


def _hour(played: Played, planned: Round, at: float) -> Hour:
    waiting = played.waiting(at + HOUR_MIN)
    rates = _tubes_an_hour(planned)
    hours_of_work = {step: n / rates[step] for step, n in waiting.items() if step in rates}
    longest = max(hours_of_work, key=hours_of_work.__getitem__)
    if hours_of_work[longest]:
        return Hour(at, waiting, longest)
    return Hour(at, waiting, "transport" if waiting["transport"] else "")


def _tubes_an_hour(planned: Round) -> dict[str, float]:
    tubes_at_once = sum(site.n_tables / planned.size_at(site) for site in planned.sites if site.n_people)
    steps = [laboratory.steps() for laboratory in planned.laboratories]
    return {
        "sampling": tubes_at_once * planned.at_a_table,
        "extraction": sum(each["extraction"] for each in steps) / 24,
        "amplification": sum(each["amplification"] for each in steps) / 24,
    }


def changes(planned: Round, *, outside: Laboratory | None = None) -> dict[str, float]:
    """How long the round would take with one thing changed, minutes, whichever helps most first.

    Parameters
    ----------
    outside : another laboratory that could be asked
    """
    first, *others = planned.laboratories
    tried = {
        "extractor": replace(planned, laboratories=[replace(first, extractors=_more(first.extractors)), *others]),
        "amplifier": replace(planned, laboratories=[replace(first, amplifiers=_more(first.amplifiers)), *others]),
        "tables": replace(planned, sites=[replace(site, n_tables=site.n_tables + 1) for site in planned.sites]),
        "pick_ups": replace(planned, between_pick_ups_min=planned.between_pick_ups_min / 2),
    }
    if planned.size < 20:
        tried["twice_as_many_to_a_tube"] = replace(planned, size=planned.size * 2)
    if outside:
        tried["outside"] = replace(planned, laboratories=[*planned.laboratories, outside])
    takes = {what: told(other).takes_min for what, other in tried.items()}
    return dict(sorted(takes.items(), key=lambda item: item[1]))


def _more(machines: Sequence[Machines]) -> list[Machines]:
    """One more of the largest."""
    return [*machines, replace(max(machines, key=lambda each: each.wells), n=1)]
