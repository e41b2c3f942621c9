"""From evidence to travel state: itinerary cards and declared journeys, each good for a time."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from fangxian.core.policy.evidence import Evidence, why_set_aside
from fangxian.core.policy.rulebook import Rulebook, TravelRule
from fangxian.core.policy.vocabulary import TRAVEL_SEVERITY, Travel

Person = TypeVar("Person", bound=Hashable)


class TravelDecision(NamedTuple):
    """A person's travel state, the rule and evidence behind it, and when it stops being known."""

    state: Travel
    rule: str
    evidence: str
    until_at: datetime | None


_UNKNOWN = TravelDecision(Travel.UNKNOWN, "", "", None)


def decide_travel(
    rulebook: Rulebook, evidence_by_person: Mapping[Person, Sequence[Evidence]], *, at: datetime
) -> dict[Person, TravelDecision]:
    """The travel state of each person at `at`. (evidence → travel state)

    Risk outweighs clear; without evidence that still holds the state is unknown, never clear. Evidence
    counts from its `from_at` for as long as its rule says, and never past its own end; `until_at` is when the
    deciding piece ends.
    """
    kinds = {kind.kind: kind for kind in rulebook.evidence if kind.in_force(at)}
    rules: dict[str, list[TravelRule]] = {}
    for rule in rulebook.travel:
        if rule.in_force(at):
            rules.setdefault(rule.evidence, []).append(rule)

    def decide(pieces: Sequence[Evidence]) -> TravelDecision:
        found = []
        for piece in pieces:
            counts = piece.kind in rules and not why_set_aside(piece, kinds.get(piece.kind), rulebook.disease.key)
            for rule in rules[piece.kind] if counts else ():
                until_at = _holds_until(rule, piece, at)
                if until_at is not None:
                    found.append(TravelDecision(rule.state, rule.number, piece.id, until_at))
        return max(found, key=_weight) if len(found) > 1 else found[0] if found else _UNKNOWN

    return {person: decide(pieces) if pieces else _UNKNOWN for person, pieces in evidence_by_person.items()}


def _holds_until(rule: TravelRule, piece: Evidence, at: datetime) -> datetime | None:
    """When what the rule says of this piece ends; None if it does not say it at `at`."""
    for name, values in rule.when.items():
        if piece.attributes.get(name) not in values:
            return None
    until_at = piece.from_at + rule.lasts
    if piece.until_at is not None:
        until_at = min(until_at, piece.until_at)
    return until_at if piece.from_at <= at < until_at else None


def _weight(found: TravelDecision) -> tuple[int, datetime, str, str]:
    assert found.until_at is not None
    return TRAVEL_SEVERITY[found.state], found.until_at, found.rule, found.evidence
