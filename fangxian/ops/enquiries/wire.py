"""What crosses the enquiries room's boundary: whom to ask, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from . import refusals
from .models import Answer, Why


class Asked(NamedTuple):
    """What makes two enquiries the same: because of what it is asked, about which stay where and when."""

    rests_on: UUID
    division: str
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEnquiry:
    """One person to ask about one stay; fields as `models.Enquiry`."""

    about: Asked
    person: UUID
    household: UUID | None
    area_path: str
    areas: tuple[str, ...]
    at_stake: str
    stake_ends_on: date | None
    asked_now: str
    urgency: int
    route: int
    why: str = Why.PLACE
    among: int = 0
    met: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """What came of asking somebody. `was_in` are ids of listed places, of whoever was in one.

    `asked` are those that were read out; None: all that the enquiry asks of. A list may grow while somebody is on the
    phone, and nobody has answered for what they were not asked.
    """

    enquiry: UUID
    answer: str
    was_in: frozenset[str] = frozenset()
    note: str = ""
    asked: frozenset[str] | None = None


def read_answer(body: Mapping[str, object]) -> NewAnswer:
    """An answer as a phone writes it: {"enquiry": id, "answer": word, "was_in": [id, …], "note": text}, and what was
    read out, "asked": [id, …], which may be missing.

    Refuses
    -------
    enquiries.not_readable
    """
    try:
        was_in, asked = body.get("was_in") or (), body.get("asked") or ()
        if not isinstance(was_in, list | tuple) or not isinstance(asked, list | tuple):
            raise TypeError
        return NewAnswer(
            enquiry=UUID(str(body["enquiry"])),
            answer=Answer(str(body["answer"])),
            was_in=frozenset(str(UUID(str(it))) for it in was_in),
            note=str(body.get("note") or "")[:500],
            asked=frozenset(str(UUID(str(it))) for it in asked) or None,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise refusals.not_readable() from error
