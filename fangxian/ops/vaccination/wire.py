"""What crosses the vaccination room's boundary: a dose or an answer as somebody tells it."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from .models import AnswerKind, Reason

REASONS_OF: Final = {
    AnswerKind.DECLINED: (Reason.OWN_WISH, Reason.FAMILY, Reason.WORRIED, Reason.OTHER),
    AnswerKind.CONTRAINDICATED: (Reason.ALLERGY, Reason.NEUROLOGICAL, Reason.CHRONIC, Reason.OTHER),
    AnswerKind.DEFERRED: (Reason.ACUTE, Reason.PREGNANT, Reason.AWAY, Reason.OTHER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDose:
    """One dose as told; fields as `models.Dose`."""

    person: UUID
    given_on: date
    product: str
    source: str
    number: int = 0
    unit: str = ""
    intake: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """Why somebody is not vaccinated; fields as `models.VaccineAnswer`."""

    person: UUID
    kind: str
    reason: str
    said_on: date
    until_on: date | None = None
    note: str = ""
