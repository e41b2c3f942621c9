"""What crosses this room's boundary: evidence, tests and codes going in, what is known coming out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy import evidence as core
from fangxian.core.policy.byte_time import moment_of
from fangxian.core.policy.vocabulary import Colour, Presence, Travel
from fangxian.core.policy.words import LastResult

WORD_LASTS = Parameter(
    value=7,
    unit="days",
    low=2,
    high=21,
    meaning="How long a gate may believe a person's words when nobody renews them",
    source="a guess: longer than a county is without its own server; the rulebook's stale_after asks again much sooner",
)
RENEWED_AHEAD = Parameter(
    value=1,
    unit="days",
    low=1,
    high=7,
    meaning="How long before its expiry a person's word is written anew",
    source="a guess: a day is time to notice that the worker stands still",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """One piece of evidence to be recorded. Fields as `core.policy.evidence.Evidence`; `about` is a stored one's id."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTest:
    """One resulted test of one person; `source` is the laboratory, as the person is shown."""

    person: UUID
    sampled_at: datetime
    resulted_at: datetime
    result: LastResult
    source: str


class Known(NamedTuple):
    """What this room knows of one person; version 0 and no words where no code was ever computed.

    test : (sampled at, resulted at, result), or None
    document : the gate's hash of the document number, 0 for none
    """

    version: int
    evidence: Sequence[core.Evidence]
    test: tuple[datetime, datetime, LastResult] | None
    qr_generation: int
    card_generation: int
    document: int
    safety: int
    recent: int


NOTHING_KNOWN = Known(0, (), None, 0, 0, 0, 0, 0)


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
    "person_id", "id", "kind", "disease", "from_at", "until_at", "source", "issuer", "attributes", "presence",
    "ruling_first", "ruling_first_unit", "ruling_second", "ruling_second_unit", "ruling_basis", "about_id", "division",
)  # fmt: skip


def evidence_of_row(row: tuple) -> core.Evidence:
    """A stored piece of evidence as the rules read it; its id is its reference."""
    _, id_, kind, disease, from_at, until_at, source, issuer, attributes, presence, *rest = row
    first, first_unit, second, second_unit, basis, about, division = rest
    ruling = None
    if first:
        ruling = core.Ruling(first=first, first_unit=first_unit, second=second, second_unit=second_unit, basis=basis)
    return core.Evidence(
        id=reference(id_),
        kind=kind,
        disease=disease,
        from_at=from_at,
        until_at=until_at,
        source=source,
        issuer=issuer,
        attributes=read_attributes(attributes) if attributes else attributes,
        presence=None if presence is None else Presence(presence),
        ruling=ruling,
        about=about and reference(about),
        division=division,
    )


def word_ends(at: datetime, gate_number: int) -> datetime:
    """When a word written at `at` expires at the latest.

    A county is coloured in one go; its words end spread over a day, so that they are not all renewed in one minute.
    """
    return at + timedelta(days=WORD_LASTS.value) - timedelta(minutes=gate_number % 1440)


def signed(number: int) -> int:
    """A number of 64 bits as a database keeps it."""
    return number - (1 << 64) if number >> 63 else number


def unsigned(number: int) -> int:
    return number % (1 << 64)


def gate_payload(safety: int, recent: int, *, document: int = 0, alias_of: int = 0) -> dict[str, int]:
    """What a gate is told of one number: its words, the hash of its document (0: as before), whose alias it is."""
    return {"s": safety, "r": recent, "d": document, "a": alias_of}
