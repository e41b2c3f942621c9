"""Cases as a list or another county has them: opened where they stand there, and each person once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import Case
from ..refusals import refusal
from ..rules import OVER, check_dates, check_lists
from ..wire import ListedCase
from .opening import BATCH, _number, _row, subjects_of


@transaction.atomic
def take_list(*, cases: Sequence[ListedCase], by: str, reason: str) -> list[tuple[UUID, bool]]:
    """Take cases as they stand in a list, in its order: each with its id here, and whether it is new.

    Known by the list's own id; an unfinished case of the disease by document, by the register, and by phone with
    name, so that a person under two documents is one. What is known stays as it is.

    Refuses
    -------
    cases.no_name, cases.not_a_choice, and the impossible dates: then none is taken
    """
    at = county_now()
    rows = [_listed(it, at, by, reason) for it in cases]
    for row in rows:
        check_lists(row)
        check_dates(row, at)
    known, answer, fresh = _known(rows), [], []
    for row in rows:
        keys = _keys(row)
        found = next((known[key] for key in keys if key in known), None)
        if found is None:
            fresh.append(row)
        known |= dict.fromkeys(keys, found or row.pk)
        answer.append((found or row.pk, found is None))
    if fresh:
        _number(fresh, at)
        Case.objects.bulk_create(fresh, batch_size=BATCH)
        about = [subject for row in fresh[:BATCH] for subject in subjects_of(row)]
        numbers = {"first": fresh[0].number, "last": fresh[-1].number, "reason": reason}
        record("cases.listed", by=by, about=about, facts={"n_cases": len(fresh)}, details=numbers)
    return answer


def _listed(it: ListedCase, at: datetime, by: str, reason: str) -> Case:
    row = _row(it.new, at, by)
    row.id, row.state, row.state_why = it.id, it.state, reason
    row.confirmed_at, row.treated_at_hospital = it.confirmed_at, it.hospital
    row.outcome = it.outcome
    row.closed_at = at if it.state == Case.State.CLOSED else None
    if (it.state == Case.State.CLOSED) != bool(it.outcome):
        raise refusal("cases.not_a_choice", value=it.outcome, what_zh="转归", what_en="outcome")
    return row


def _keys(row: Case) -> list[tuple]:
    """By what a case is known: the list's id, the document, the register, phone and name."""
    keys: list[tuple] = [("id", row.pk)]
    if row.document_index:
        keys.append(("document", row.disease, bytes(row.document_index)))
    if row.person_id:
        keys.append(("person", row.disease, row.person_id))
    if row.phone_index:
        keys.append(("phone", row.disease, bytes(row.phone_index), row.name))
    return keys


def _known(rows: Sequence[Case]) -> dict[tuple, UUID]:
    known: dict[tuple, UUID] = {}
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]
        ids = Case.objects.filter(pk__in=[row.pk for row in chunk]).values_list("pk", "same_as")
        known |= {("id", pk): same_as or pk for pk, same_as in ids}
        documents = [row.document_index for row in chunk if row.document_index]
        phones = [row.phone_index for row in chunk if row.phone_index]
        persons = [row.person_id for row in chunk if row.person_id]
        if not (documents or phones or persons):
            continue
        by = Q(document_index__in=documents) | Q(phone_index__in=phones) | Q(person__in=persons)
        unfinished = Case.objects.exclude(state__in=OVER).filter(by, same_as__isnull=True)
        for row in unfinished.order_by("reported_at"):
            for key in _keys(row):
                known.setdefault(key, row.pk)
    return known
