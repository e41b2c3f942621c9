"""What crosses this room's boundary: evidence, tests and codes going in, what is known coming out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy import evidence as core
from fangxian.core.policy.byte_time import DAY_MIN, minute_of, moment_of
from fangxian.core.policy.vocabulary import Colour, Presence, Travel
from fangxian.core.policy.words import LastResult

WORD_LASTS = Parameter(
    value=7,
    unit="days",
    low=3,
    high=21,
    meaning="How long a gate may believe a person's words at most when nobody renews them; at least two days less",
    source="a guess: longer than a county is without its own server; the rulebook's stale_after asks again much sooner",
)
RENEWED_AHEAD = Parameter(
    value=1,
    unit="days",
    low=1,
    high=5,
    meaning="How long before its expiry a person's word is written anew",
    source="a guess: a day is time to notice that the worker stands still",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """One piece of evidence to be recorded. Fields as `core.policy.evidence.Evidence`; `about` is a stored one's id.

    `rests_on` is the id of what it is recorded for in another room, such as a contact: with it, it is withdrawn.
    """

    person: UUID
    kind: str
    disease: str
    from_at: datetime
    source: str
    issuer: str
    until_at: datetime | None = None
    attributes: Mapping[str, str | date] = field(default_factory=dict)
    presence: Presence | None = None
    ruling: core.Ruling | None = None
    about: UUID | None = None
    division: str = ""
    rests_on: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTest:
    """One resulted test of one person; `source` is the laboratory, as the person is shown."""

    person: UUID
    sampled_at: datetime
    resulted_at: datetime
    result: LastResult
    source: str


class Known(NamedTuple):
    """What this room knows of one person; version 0 where no code was ever computed.

    said : the number under which `Knowledge.said` has what the person's evidence says
    pieces : references of the pieces that say it, in their order
    test : when sampled and when resulted, in minutes as words count them, and the result; or None
    document : the gate's hash of the document number, 0 for none
    """

    version: int
    said: int
    pieces: Sequence[str]
    test: tuple[int, int, LastResult] | None
    qr_generation: int
    card_generation: int
    document: int


class Knowledge(NamedTuple):
    """What this room knows of some people. What is said alike of thousands stands here once.

    said : what may be said of a person, under its number; 0 is nothing. A piece's id is its place in `pieces`, in
        digits of one length, and so is `about`; the order of places is that of references
    """

    people: Sequence[Known]
    said: Sequence[Sequence[core.Evidence]]


class NewCode(NamedTuple):
    """A person's code as computed from `version`; over any other it is not written. Fields as `models.HealthCode`."""

    person: UUID
    version: int
    gate_number: int
    colour: Colour
    local: Colour
    rule: str
    evidence: str
    begins_at: datetime | None
    until_at: datetime | None
    then: Colour | None
    travel: Travel
    travel_until: datetime | None
    exemptions: int
    safety: int
    recent: int
    document: int
    due_at: datetime


class StoredCode(NamedTuple):
    """A person's code as stored. `is_known` is False from the expiry of its words on: then it is unknown."""

    person: UUID
    gate_number: int
    colour: Colour
    local: Colour
    rule: str
    evidence: str
    begins_at: datetime | None
    until_at: datetime | None
    then: Colour | None
    travel: Travel
    travel_until: datetime | None
    qr_generation: int
    card_generation: int
    safety: int
    recent: int
    computed_at: datetime

    @property
    def expires_at(self) -> datetime:
        """From then on gates take the colour for unknown, unless the word is renewed."""
        return moment_of(self.safety >> 32 & 0x3FFFFFF)


def reference(evidence: UUID) -> str:
    """How a piece of evidence is named to people: eight characters, enough among one person's."""
    return evidence.hex[:8].upper()


def plain_attributes(attributes: Mapping[str, str | date]) -> dict[str, Any]:
    """Attributes as they are stored."""
    return {name: {"on": value.isoformat()} if isinstance(value, date) else value for name, value in attributes.items()}


def read_attributes(plain: Mapping[str, Any]) -> dict[str, str | date]:
    return {
        name: date.fromisoformat(value["on"]) if isinstance(value, dict) else value for name, value in plain.items()
    }


# The columns from which `evidence_of_row` makes a piece of evidence, in its order.
EVIDENCE_COLUMNS = (
    "kind", "disease", "from_at", "until_at", "source", "issuer", "attributes", "presence", "division",
    "ruling_first", "ruling_first_unit", "ruling_second", "ruling_second_unit", "ruling_basis",
)  # fmt: skip


def evidence_of_row(row: Sequence, *, id_: str, about: str | None, moments: Mapping[object, datetime]) -> core.Evidence:
    """A stored piece of evidence as the rules read it, from its row as it lies; `moments` reads what lies there."""
    kind, disease, from_at, until_at, source, issuer, attributes, presence, division, *ruling = row
    return core.Evidence(
        id=id_,
        kind=kind,
        disease=disease,
        from_at=moments[from_at],
        until_at=moments[until_at],
        source=source,
        issuer=issuer,
        attributes=_attributes(attributes),
        presence=None if presence is None else Presence(presence),
        ruling=_ruling(*ruling) if ruling[0] else None,
        about=about,
        division=division,
    )


def _ruling(first: str, first_unit: str, second: str, second_unit: str, basis: str) -> core.Ruling:
    return core.Ruling(first=first, first_unit=first_unit, second=second, second_unit=second_unit, basis=basis)


@lru_cache(maxsize=1024)
def _attributes(text: str) -> Mapping[str, str | date]:
    """Nobody writes into what they are read as, so that it may be the same for all who have it."""
    return MappingProxyType(read_attributes(json.loads(text)))


def word_ends(at: datetime, turn: int) -> datetime:
    """When a word written at `at` expires at the latest; `turn` is the person's (`turn_of`).

    It is the same all day, as words count days: what is computed again and says nothing new is the same word, and
    nobody need be told of it.
    """
    days = minute_of(at) // DAY_MIN + int(WORD_LASTS.value) - 1
    return moment_of(days * DAY_MIN + turn)


def turn_of(person: UUID) -> int:
    """In which minute of a day the person's words end: a county is coloured at once, and not renewed in one minute.

    It goes by the order of ids, so that those who are due together also lie together in the tables.
    """
    return person.int * DAY_MIN >> 128


def signed(number: int) -> int:
    """A number of 64 bits as a database keeps it."""
    return number - (1 << 64) if number >> 63 else number


def unsigned(number: int) -> int:
    return number % (1 << 64)


def gate_payload(safety: int, recent: int, *, document: int = 0, alias_of: int = 0) -> dict[str, int]:
    """What a gate is told of one number: its words, the hash of its document (0: as before), whose alias it is."""
    return {"s": safety, "r": recent, "d": document, "a": alias_of}
