"""A contact became a case: whoever was a contact of a contact through them is near a case now (次密转密接).

1. who was one through them, and not rejected; released and handed over too            contacts
2. met since the new case can have infected others: by the rulebook's look-back       cases, measures
3. proposed as the new case's own, with what was known; the line of before stands     contacts
   (who is proposed there already gets that beside what is known; of whom the list says too little to be known
   again, the line of before alone stands)

Proposals only, as every other: an investigator decides on them, and until then the measures of before go on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from uuid import UUID

from fangxian.core.exposure.columns import Ring
from fangxian.core.exposure.disease import ring_keys
from fangxian.core.policy.contacts import lookback_begins_at
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.cases.queries import numbers_of
from fangxian.ops.contacts.actions import Proposed, propose_contacts, renew_proposal
from fangxian.ops.contacts.queries import contacts_with, proposed_of, standing_through
from fangxian.ops.contacts.wire import NewContact, Why, read_why, who_key, who_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import county_now

AT_ONCE = 500


def propose_nearer(*, case, vias: Sequence[UUID], by: str) -> Proposed | None:
    """Propose as a case's contacts who was a contact through the contact this case had been; None where nobody is.

    Parameters
    ----------
    case : the row of the new case
    vias : the contacts that became it
    """
    rulebook = rulebooks_by_disease(county_now()).get(case.disease)
    ids = list(standing_through(vias).values_list("pk", flat=True))
    if rulebook is None or not ids:
        return None
    ring, since = ring_keys(rulebook, county_now())[Ring.CLOSE], _infectious_from(case, rulebook)
    rows = [row for start in range(0, len(ids), AT_ONCE) for row in contacts_with(ids[start : start + AT_ONCE])]
    numbers = numbers_of({row.case_id for row in rows})
    near = [
        _of_the_case(row, ring, numbers.get(row.case_id, "—"))
        for row in rows
        if row.last_exposure_at >= since and not (row.person_id and row.person_id == case.person_id)
    ]
    fresh = _beside_what_is_known(case, near, by)
    return propose_contacts(case=case.pk, disease=case.disease, contacts=fresh, by=by) if fresh else None


def _beside_what_is_known(case, near: Sequence[NewContact], by: str) -> list[NewContact]:
    """Those the case has not yet. The search, or the patient, may have named the others already, and later: that stays,
    and how they were known before stands beside it.
    """
    known = {bytes(key): (pk, by) for key, pk, by in proposed_of(case.pk).values_list("who_key", "pk", "found_by")}
    fresh = []
    for new in near:
        key = who_key(new)
        if key in known:
            contact, found_by = known[key]
            renew_proposal(contact=contact, new=replace(new, found_by=found_by), by=by)
        elif key is not None:
            fresh.append(new)
    return fresh


def _infectious_from(case, rulebook: Rulebook) -> datetime:
    """From when a case can have infected others; where neither onset nor sample is known, ever."""
    onset = case.onset_on and datetime.combine(case.onset_on, time(), rulebook.utc_offset)
    begins = onset or case.first_positive_sampled_at
    if begins is None:
        return datetime.min.replace(tzinfo=rulebook.utc_offset)
    ring = ring_keys(rulebook, county_now())[Ring.CLOSE]
    return lookback_begins_at(rulebook, ring, onset_at=begins, at=county_now())


def _of_the_case(row, ring: str, number: str) -> NewContact:
    told = (
        f"原是病例 {number} 的次密接，关联密接即本病例 · was a contact of a contact of case {number}, through this case"
    )
    return NewContact(
        ring=ring,
        area_path=row.area_path,
        first_exposure_at=row.first_exposure_at,
        last_exposure_at=row.last_exposure_at,
        found_by=row.found_by,
        person=row.person_id,
        who=who_of(row, row.file),
        minutes=row.minutes,
        n_meetings=row.n_meetings,
        weight=row.weight,
        why=(*read_why(row.file.why), Why(kind=row.found_by, begins_at=row.last_exposure_at, words=told)),
        relation=row.relation,
        belongs=row.belongs,
        destination=row.destination,
        origin=row.origin,
        pushed_by=row.pushed_by,
    )
