"""A person's health code as its owner is shown it: colour, why, until when, whom to ask, what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.explain import Explanation, explain_colour
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.refusal import Said
from fangxian.ops.measures.queries import rulebooks_in_force
from fangxian.ops.movement import queries as movement
from fangxian.ops.movement.wire import StoredCode
from fangxian.ops.people.models import Person
from fangxian.ops.situation.issuers import issuers_named


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFile:
    """What is known of a person's code at `at`.

    Attributes
    ----------
    colour : as gates have it now; unknown where no code was computed or its word has run out
    explanation : in the words of the rulebook in force, None where none is
    is_settled : False while newer evidence waits to be computed: the explanation may then be ahead of the colour
    issuers : what those who answer for evidence and test are called
    evidence, test : rows of the movement room: every piece ever recorded, the newest first, what was withdrawn too;
        the newest test or None
    """

    stored: StoredCode | None
    colour: Colour
    travel: Travel
    explanation: Explanation | None
    is_settled: bool
    evidence: Sequence
    kinds: dict[str, Said]
    issuers: dict[str, Said]
    test: Any
    at: datetime

    @property
    def test_age(self) -> timedelta | None:
        return self.at - self.test.sampled_at if self.test else None

    def kind_said(self, kind: str) -> Said:
        """What a kind of evidence is called; the kind itself where the rulebook in force does not know it."""
        return self.kinds.get(kind) or Said(kind, kind)

    def issuer_said(self, issuer: str) -> Said:
        """What an issuer of evidence or of a test is called."""
        return self.issuers.get(issuer) or Said(issuer, issuer)


def code_file(person: Person, *, at: datetime) -> CodeFile:
    """The code of one person. The caller sees to it that the reader may."""
    stored = movement.health_of(person.pk)
    colour = stored.colour if stored and at < stored.expires_at else Colour.UNKNOWN
    is_travel_known = stored and stored.travel_until and at < stored.travel_until
    rulebook = rulebook_of_codes(at)
    evidence, test = list(movement.evidence_of(person.pk)), movement.test_of(person.pk)
    issuers = issuers_named([*(piece.issuer for piece in evidence), test.source if test else ""])
    explanation, decided = _explained(person, rulebook, at, issuers) if rulebook else (None, colour)
    return CodeFile(
        stored=stored,
        colour=colour,
        travel=stored.travel if stored and is_travel_known else Travel.UNKNOWN,
        explanation=explanation,
        is_settled=decided == colour,
        evidence=evidence,
        kinds={kind.kind: kind.name for kind in rulebook.evidence} if rulebook else {},
        issuers=issuers,
        test=test,
        at=at,
    )


def _explained(
    person: Person, rulebook: Rulebook, at: datetime, issuers: Mapping[str, Said]
) -> tuple[Explanation, Colour]:
    evidence = movement.counting_evidence_of(person.pk)
    registered = {person.pk} if person.standing != Person.Standing.VISITOR else set()
    decision = decide_colours(rulebook, {person.pk: evidence}, at=at, known_at=at, registered=registered)[person.pk]
    return explain_colour(rulebook, decision, evidence, at=at, issuers=issuers), decision.colour


def rulebook_of_codes(at: datetime) -> Rulebook | None:
    """The rulebook by which codes are computed: the first one in force that has doors."""
    read = (_read(row.text) for row in rulebooks_in_force(at))
    return next((rulebook for rulebook in read if rulebook.has_gate), None)


@lru_cache(maxsize=8)
def _read(text: str) -> Rulebook:
    """Published text never changes."""
    return read_rulebook(text)
