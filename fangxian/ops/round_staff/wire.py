"""What crosses the boundary of the round_staff room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Somebody who can work in rounds, as a unit names them.

    `trainings`: by kind, when it was passed and until when it holds.
    """

    name: str
    phone: str
    unit: str
    team: str
    job: str
    trainings: Mapping[str, tuple[date, date]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMember:
    """Somebody of a list: whose row it is on record, `is_new` if there is none yet, and what the list says."""

    id: UUID
    is_new: bool
    told: NewMember
