"""A legal report of a case (传染病报告): filled in by a clinic, a hospital or an investigator.

1. the card is checked                                             cases
2. the case is found, or opened, with the resident it is           people, cases
3. a correction puts the case right; another disease is another case   cases
4. the card is filed                                               cases
5. the clocks of the disease's rulebook begin, each with its task  case_clocks
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.cases import actions as cases
from fangxian.ops.cases.card import Card, check_card, normalised
from fangxian.ops.cases.queries import case_with, reports_of
from fangxian.ops.cases.wire import Changes, NewCase
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.people.queries import person_with_document
from fangxian.ops.realm.current import county_now, the_realm

from .case_clocks import begin_case_clocks, no_rulebook

# The card's own classes and those of rulebooks: the first of each that the rulebook defines.
CLASSES = {
    "suspected": ("suspected",),
    "clinical": ("clinical", "suspected"),
    "confirmed": ("confirmed",),
    "carrier": ("carrier", "asymptomatic", "suspected"),
    "positive": ("positive", "asymptomatic", "suspected"),
}
OVER = ("excluded", "closed")


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report: the case it belongs to, the card as filed, and whether the case is new."""

    case: UUID
    report: UUID
    is_new: bool


@transaction.atomic
def report_case(*, card: Card, by: str, venue: UUID | None = None, found_by: str = "clinic", case: UUID | None = None):
    """File a card, with its case; what became of it.

    Parameters
    ----------
    venue : the clinic or hospital that files it
    case : the case that a correction, or another card of the same illness, belongs to

    Refuses
    -------
    cases.card_wrong, cases.card_number_taken, cases.no_rulebook, and whatever opening or correcting a case refuses
    """
    at = county_now()
    card = normalised(card)
    check_card(card, now=at)
    rulebook = rulebooks_by_disease(at).get(card.disease)
    if rulebook is None:
        raise no_rulebook(card.disease)
    new = _new_case(card, rulebook, found_by)
    row, is_new = _case_of(case, new, card, by)
    report = cases.file_report(case=row.pk, card=card, by=by, venue=venue)
    if len(reports_of(row.pk)) == 1:
        begin_case_clocks(case=row.pk, found_at=card.diagnosed_at, by=by, venue=venue)
    return Reported(row.pk, report.pk, is_new)


def _case_of(case: UUID | None, new: NewCase, card: Card, by: str):
    """The case a card belongs to. A correction of the disease's name closes the one and opens the other."""
    row = case_with(case) if case else None
    if row is not None and row.disease == card.disease:
        if card.kind == "corrected":
            reason = card.return_reason or f"订正报告 {card.card_number}".strip()
            cases.correct_case(
                case=row.pk, changes=Changes(columns=_told(new), version=row.version, reason=reason), by=by
            )
        return row, False
    if row is not None and row.state not in OVER:
        cases.exclude(cases=[row.pk], reason=f"订正病名：{row.disease} → {card.disease}", by=by)
    return cases.open_cases(cases=[new], by=by)[0]


def what_it_says(card: Card) -> dict[str, Any]:
    """What a card says of its case, where it says anything, by the case's columns.

    Refuses
    -------
    cases.no_rulebook
    """
    rulebook = rulebooks_by_disease(county_now()).get(card.disease)
    if rulebook is None:
        raise no_rulebook(card.disease)
    return _told(_new_case(normalised(card), rulebook, "other"))


def _told(new: NewCase) -> dict[str, Any]:
    """What a corrected card says of its case, where it says anything."""
    names = ("name", "document_kind", "document_number", "phone", "address", "workplace", "sex", "born_on")
    names += ("occupation", "case_class", "area_path", "onset_on", "died_on", "person")
    return {name: value for name in names if (value := getattr(new, name)) not in ("", None)}


def _new_case(card: Card, rulebook: Rulebook, found_by: str) -> NewCase:
    person = person_with_document(card.document_number) if card.document_number else None
    return NewCase(
        disease=card.disease,
        area_path=_area_path(card, person),
        name=card.name,
        found_by=found_by,
        case_class=_class_of(card, rulebook),
        person=person and person.pk,
        document_kind=card.document_kind if card.document_number else "",
        document_number=card.document_number,
        phone=card.phone.replace(" ", "").replace("-", ""),
        address=card.address,
        workplace=card.workplace,
        sex=card.sex,
        born_on=card.born_on or (person and person.born_on),
        occupation=card.occupation,
        onset_on=None if card.case_kind in ("carrier", "positive") else card.onset_on,
        died_on=card.died_on,
    )


def _area_path(card: Card, person) -> str:
    """Where the person lives, as narrowly as is known; of somebody from elsewhere the county that has them now."""
    county = the_realm().division_code
    division = card.division if card.residence == "county" and card.division.startswith(county) else ""
    if person is not None and person.area_path.startswith(division or county):
        return person.area_path
    return division or county


def _class_of(card: Card, rulebook: Rulebook) -> str:
    defined = [it.case_class for it in rulebook.case_definitions]
    found = [key for key in CLASSES[card.case_kind] if key in defined]
    return found[0] if found else defined[0] if defined else card.case_kind
