"""A person's health code as a page shows it: colour, reasons, evidence, until when, what gates were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.policy.colours import ColourDecision, decide_colours
from fangxian.core.policy.evidence import Evidence
from fangxian.core.policy.explain import Explanation, explain_colour
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.travel import TravelDecision, decide_travel
from fangxian.ops.measures.queries import rulebooks_in_force
from fangxian.ops.movement import queries as movement
from fangxian.ops.movement.wire import StoredCode
from fangxian.ops.people.queries import registered


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFile:
    """A person's code at `at`, decided anew from the evidence, beside what gates have.

    Attributes
    ----------
    decision, explanation, travel : by the rulebook in force, from all that counts
    counting : the pieces of evidence that were not withdrawn
    records : every piece ever recorded, newest first, what was withdrawn included
    test : the newest test known, or None
    stored : what gates were told; None before the first computation
    """

    at: datetime
    rulebook: Rulebook
    decision: ColourDecision
    explanation: Explanation
    travel: TravelDecision
    counting: Sequence[Evidence]
    records: Sequence
    test: object | None
    stored: StoredCode | None

    @property
    def is_told(self) -> bool:
        """Whether gates have the same colour as is decided here; if not, the worker is behind."""
        return self.stored is not None and self.stored.colour == self.decision.colour


def health_file(person: UUID, *, at: datetime) -> HealthFile | None:
    """What there is to show of a person's health code; None where no rulebook with doors is in force."""
    rulebook = _rulebook(at)
    if rulebook is None:
        return None
    counting = movement.counting_evidence_of(person)
    known = {one.person for one in registered([person]) if one.is_known}
    decision = decide_colours(rulebook, {person: counting}, at=at, known_at=at, registered=known)[person]
    return HealthFile(
        at=at,
        rulebook=rulebook,
        decision=decision,
        explanation=explain_colour(rulebook, decision, counting, at=at),
        travel=decide_travel(rulebook, {person: counting}, at=at)[person],
        counting=counting,
        records=list(movement.evidence_of(person)),
        test=movement.test_of(person),
        stored=movement.health_of(person),
    )


def _rulebook(at: datetime) -> Rulebook | None:
    read = (read_rulebook(row.text) for row in rulebooks_in_force(at))
    return next((rulebook for rulebook in read if rulebook.has_gate), None)
