"""What crosses the departures room's boundary: an application coming in, a turn of a level, who decides what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for. A draft may lack destination, purpose and days.

    Attributes
    ----------
    companions : those who go along, without the applicant
    destination : a county's code of six digits
    returns_on : None: not to be expected back
    """

    person: UUID
    area_path: str
    companions: Sequence[UUID] = ()
    destination: str = ""
    place: str = ""
    purpose: str = ""
    why: str = ""
    transport: str = ""
    vehicle: str = ""
    leaves_on: date | None = None
    returns_on: date | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is next, and until when (county time)."""

    level: str
    due_at: datetime


SUBJECT = "departure"


def subject_of(application: UUID) -> str:
    """How tasks, papers and the audit trail name an application."""
    return f"{SUBJECT}:{application}"
