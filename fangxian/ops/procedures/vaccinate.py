"""Doses and answers are put on record (登记接种情况), by hand or from a phone.

1. whoever keeps the register where the person lives                       accounts
2. since the list was read somebody else wrote another answer: theirs stands   vaccination
3. the dose, or why there is none                                          vaccination
"""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import person_with
from fangxian.ops.vaccination import refusals
from fangxian.ops.vaccination.actions import record_answers, record_doses, take_dose_back
from fangxian.ops.vaccination.queries import answers_of, dose_with
from fangxian.ops.vaccination.wire import NewAnswer, NewDose
from fangxian.ops.vaccination.words import KINDS

SEE, RECORD = "people.view", "people.register"


def note_dose(*, dose: NewDose, by: Account) -> bool:
    """Put a dose on record; whether it is new.

    Refuses
    -------
    accounts.not_yours, and what the room refuses
    """
    person = _require_of(dose.person, by)
    return record_doses(doses=[replace(dose, person=person.pk)], by=f"account:{by.pk}") > 0


@transaction.atomic
def note_answer(*, answer: NewAnswer, by: Account, seen: int | None = None) -> bool:
    """Put on record why somebody is not vaccinated; whether that is new.

    Parameters
    ----------
    seen : how many things were on record of them when whoever writes took the list along; None: it is before them

    Refuses
    -------
    accounts.not_yours, vaccination.answered_by_another, and what the room refuses
    """
    person, actor = _require_of(answer.person, by), f"account:{by.pk}"
    newest = answers_of(person.pk).filter(superseded_at=None).first()
    is_other = newest is not None and newest.recorded_by != actor and newest.kind != answer.kind
    if is_other and seen is not None and newest is not None and person.vaccination_course.version > seen:
        raise refusals.answered_by_another(KINDS[newest.kind])
    return record_answers(answers=[replace(answer, person=person.pk)], by=actor) > 0


def withdraw_dose(*, dose: UUID, why: str, by: Account) -> None:
    """A dose on record is wrong.

    Refuses
    -------
    accounts.not_yours, vaccination.unknown.not_found, vaccination.no_reason
    """
    row = dose_with(dose)
    if row is None:
        raise refusals.dose_unknown()
    _require_of(row.person_id, by)
    take_dose_back(dose=dose, why=why, by=f"account:{by.pk}")


def _require_of(person: UUID, by: Account) -> Person:
    found = person_with(person)
    if found is None:
        raise refusals.nobody()
    require(by, RECORD, found.area_path)
    return found
