"""What every numbered row of a rulebook has, and the paper it comes from."""

from dataclasses import dataclass, field
from datetime import datetime

from fangxian.core.policy.vocabulary import Level, Strength
from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A numbered paper that rules come from, and who issued it."""

    key: str
    title: Said
    number: str
    issuer: Said
    level: Level
    division: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every numbered row says of itself. `clause` is the legal basis of a stricter rule."""

    section: str
    number: str
    reason: Said
    advice: Said | None
    document: Document
    begins_at: datetime
    until_at: datetime
    source: str
    strength: Strength
    clause: Said | None
    line: int | None = field(default=None, compare=False)

    def in_force(self, at: datetime) -> bool:
        return self.begins_at <= at < self.until_at
