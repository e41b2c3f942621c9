"""Cases who stood on a list of contacts before they fell ill: whose contact, in which ring, and through whom.

It is where an investigator looks first for who infected them. What is on record as a link is left out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.cases import queries as cases
from fangxian.ops.contacts.queries import became_cases, persons_of_contacts
from fangxian.ops.measures.queries import rulebooks_by_disease

from .transmission import SeenChains

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactBefore:
    """One line of contacts that became a case.

    Attributes
    ----------
    number, of_number : of the case, and of the case whose contact they were
    likely_number : of the case that may have infected them: the contact in between where that one is a case, else
        the case itself; "" where a contact in between is none
    is_through : whether somebody stood in between
    """

    case: UUID
    number: str
    of_case: UUID
    of_number: str
    likely_number: str
    ring: Said
    is_through: bool
    contact: UUID


def contacts_before(account: Account, seen: SeenChains, *, at: datetime) -> list[ContactBefore]:
    """Those of whom no link says yet who infected them, by number. Five queries, more for each 500 people."""
    rows = list(became_cases(account, seen.disease))
    through = persons_of_contacts({row.via for row in rows if row.via})
    of_person = _cases_of({*(row.person_id for row in rows if row.person_id), *through.values()}, account, seen.disease)
    numbers = {key: case.number for key, case in seen.cases.items() if case.number}
    book = rulebooks_by_disease(at).get(seen.disease)
    rings = {rule.ring: rule.name for rule in book.contacts} if book else {}
    infected = {infected for _, infected in seen.links}
    found = []
    for row in rows:
        mine, via = of_person.get(row.person_id), of_person.get(through.get(row.via))
        likely = via if row.via else row.case_id
        if mine is None or row.case_id not in numbers or mine not in numbers or mine == row.case_id:
            continue
        if mine in infected:
            continue
        found.append(
            ContactBefore(
                case=mine,
                number=numbers[mine],
                of_case=row.case_id,
                of_number=numbers[row.case_id],
                likely_number=numbers.get(likely, ""),
                ring=rings.get(row.ring, Said(row.ring, row.ring)),
                is_through=row.via is not None,
                contact=row.pk,
            )
        )
    return sorted(found, key=lambda it: (it.number, it.of_number))


def _cases_of(persons: Collection[UUID], account: Account, disease: str) -> Mapping[UUID, UUID]:
    """The case of a disease of each of these people, as far as the account may see; the newest where there are two."""
    found: dict[UUID, UUID] = {}
    for some in _chunks(sorted(persons)):
        rows = cases.within(account).filter(disease=disease, person__in=some).exclude(state="excluded")
        found |= dict(rows.order_by("number").values_list("person_id", "pk"))
    return found


def _chunks(things: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE))
