"""Cases as a list or another county has them: opened where they stand there, and each person once."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from types import SimpleNamespace
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import defaults_of, insert_rows, rows_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import indexes_of

from ..models import Case
from ..refusals import refusal
from ..rules import OVER, check_dates, check_lists
from ..wire import ListedCase
from .opening import BATCH, _number, subjects_of

SAME = (
    "disease", "area_path", "document_kind", "document_number", "phone", "address", "workplace", "sex", "born_on",
    "occupation", "found_by", "case_class", "onset_on", "died_on", "first_positive_sampled_at",
)  # fmt: skip
OF_NEW = attrgetter("person", *SAME)
IN_KEYS = (
    "id", "same_as_id", "state", "reported_at", "disease", "document_index", "person_id", "phone_index", "name",
)  # fmt: skip


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
    rows = _listed(cases, at, by, reason)
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
        insert_rows(Case, (vars(row) for row in fresh))
        about = [subject for row in fresh[:BATCH] for subject in subjects_of(row)]
        numbers = {"first": fresh[0].number, "last": fresh[-1].number, "reason": reason}
        record("cases.listed", by=by, about=about, facts={"n_cases": len(fresh)}, details=numbers)
    return answer


def _listed(cases: Sequence[ListedCase], at: datetime, by: str, reason: str) -> list[SimpleNamespace]:
    """The columns of each, as `opening._row` makes them, where the list has it."""
    blank = defaults_of(Case) | {"reported_by": by, "state_at": at, "state_why": reason}
    documents = indexes_of("document_number", [it.new.document_number for it in cases])
    phones = indexes_of("phone", [it.new.phone for it in cases])
    rows = []
    for it, document, phone in zip(cases, documents, phones, strict=True):
        row = SimpleNamespace(**blank)
        row.person_id, *values = OF_NEW(it.new)
        vars(row).update(zip(SAME, values, strict=True))
        row.name, row.reported_at = it.new.name.strip(), it.new.reported_at or at
        row.document_index, row.phone_index = document, phone
        row.id = row.pk = it.id
        row.state, row.confirmed_at, row.treated_at_hospital = str(it.state), it.confirmed_at, it.hospital
        row.outcome = it.outcome
        row.closed_at = at if it.state == Case.State.CLOSED else None
        if (it.state == Case.State.CLOSED) != bool(it.outcome):
            raise refusal("cases.not_a_choice", value=it.outcome, what_zh="转归", what_en="outcome")
        rows.append(row)
    return rows


def _keys(row: SimpleNamespace) -> list[tuple]:
    """By what a case is known: the list's id, the document, the register, phone and name."""
    keys: list[tuple] = [("id", row.pk)]
    if row.document_index:
        keys.append(("document", row.disease, bytes(row.document_index)))
    if row.person_id:
        keys.append(("person", row.disease, row.person_id))
    if row.phone_index:
        keys.append(("phone", row.disease, bytes(row.phone_index), row.name))
    return keys


def _known(rows: Sequence[SimpleNamespace]) -> dict[tuple, UUID]:
    """The cases on record that any of these may be, by each of their keys; of several the first that was reported."""
    ids = rows_with(Case, ("id",), ((row.pk,) for row in rows), ("id", "same_as_id"))
    known: dict[tuple, UUID] = {("id", pk): same_as or pk for pk, same_as in ids}
    found: dict[UUID, SimpleNamespace] = {}
    for column in ("document_index", "phone_index", "person_id"):
        wanted = ((value,) for row in rows if (value := getattr(row, column)))
        found |= {
            it[0]: SimpleNamespace(**dict(zip(IN_KEYS, it, strict=True)))
            for it in rows_with(Case, (column,), wanted, IN_KEYS)
        }
    unfinished = [it for it in found.values() if it.same_as_id is None and it.state not in OVER]
    for it in sorted(unfinished, key=lambda it: it.reported_at):
        it.pk = it.id
        for key in _keys(it):
            known.setdefault(key, it.pk)
    return known
