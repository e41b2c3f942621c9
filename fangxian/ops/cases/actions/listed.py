"""Cases as a list or another county has them: opened where they stand there, and each person once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter
from types import SimpleNamespace
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import Ready, rows_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import in_text
from fangxian.ops.realm.sealed import indexes_of

from ..models import Case
from ..refusals import refusal
from ..rules import OVER, check_dates, check_lists
from ..wire import ListedCase
from .opening import BATCH, _number

SAME = (
    "disease", "area_path", "document_kind", "document_number", "phone", "address", "workplace", "sex", "born_on",
    "occupation", "found_by", "case_class", "onset_on", "died_on", "first_positive_sampled_at",
)  # fmt: skip
OF_NEW = attrgetter("person", *SAME)
IN_KEYS = (
    "id", "same_as_id", "state", "reported_at", "disease", "document_index", "person_id", "phone_index", "name",
)  # fmt: skip


class ReadyList:
    """Listed cases ready to be written, by their places in the list: those that cannot be are refused."""

    def __init__(self, cases: Sequence[ListedCase], *, by: str, reason: str) -> None:
        self.at, self.by, self.reason = county_now(), by, reason
        self.refused: dict[int, Refusal] = {}
        self.rows: dict[int, SimpleNamespace] = {}
        for place, row in enumerate(_listed(cases, self.at)):
            try:
                check_lists(row)
                check_dates(row, self.at)
                _check_outcome(row)
            except Refusal as no:
                self.refused[place] = no
            else:
                self.rows[place] = row
        same = {"reported_by": by, "state_at": self.at, "state_why": reason}
        self._columns = Ready(Case, map(vars, self.rows.values()), same=same)

    def write(self, places: Collection[int]) -> None:
        """Insert those in these places, which have their numbers by now."""
        self._columns.put("number", [row.number for row in self.rows.values()])
        self._columns.write(which=[place in places for place in self.rows])


def take_list(*, cases: Sequence[ListedCase], by: str, reason: str) -> list[tuple[UUID, bool]]:
    """Take cases as they stand in a list: `write_list` of what `ready_list` made of them.

    Refuses
    -------
    cases.no_name, cases.not_a_choice, and the impossible dates: then none is taken
    """
    ready = ready_list(cases=cases, by=by, reason=reason)
    if ready.refused:
        raise next(iter(ready.refused.values()))
    return list(write_list(ready=ready).values())


def ready_list(*, cases: Sequence[ListedCase], by: str, reason: str) -> ReadyList:
    """Cases as they stand in a list, ready to be written: some thousand at once, outside a transaction.

    Those that have no name, an impossible date or a word that no list has are `refused` there, each by itself.
    """
    return ReadyList(cases, by=by, reason=reason)


@transaction.atomic(savepoint=False)  # SQLite copies every page that it changes after a savepoint
def write_list(*, ready: ReadyList) -> dict[int, tuple[UUID, bool]]:
    """Put cases on record that a list has: by its place in the list the id of each here, and whether it is new.

    Known by the list's own id; an unfinished case of the disease by document, by the register, and by phone with
    name, so that a person under two documents is one. What is known stays as it is.
    """
    known, answer, fresh = _known(list(ready.rows.values())), {}, {}
    for place, row in ready.rows.items():
        keys = _keys(row)
        found = next((known[key] for key in keys if key in known), None)
        if found is None:
            fresh[place] = row
        known |= dict.fromkeys(keys, found or row.id)
        answer[place] = (found or row.id, found is None)
    rows = list(fresh.values())
    if rows:
        _number(rows, ready.at)
        ready.write(fresh)
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        about = [f"case:{it}" for it in in_text(row.pk for row in some)]
        about += [f"person:{row.person_id}" for row in some if row.person_id]
        numbers = {"first": some[0].number, "last": some[-1].number, "reason": ready.reason}
        record("cases.listed", by=ready.by, about=about, facts={"n_cases": len(some)}, details=numbers)
    return answer


def _listed(cases: Sequence[ListedCase], at: datetime) -> list[SimpleNamespace]:
    """The columns of each, as `opening._row` makes them, where the list has it; those alike in all are left out."""
    documents = indexes_of("document_number", [it.new.document_number for it in cases])
    phones = indexes_of("phone", [it.new.phone for it in cases])
    rows = []
    for it, document, phone in zip(cases, documents, phones, strict=True):
        person, *values = OF_NEW(it.new)
        row = SimpleNamespace()
        columns = vars(row)
        columns.update(zip(SAME, values, strict=True))
        columns.update(
            id=it.id,
            pk=it.id,
            number="",
            person_id=person,
            name=it.new.name.strip(),
            reported_at=it.new.reported_at or at,
            document_index=document,
            phone_index=phone,
            state=str(it.state),
            confirmed_at=it.confirmed_at,
            treated_at_hospital=it.hospital,
            outcome=it.outcome,
            closed_at=at if it.state == Case.State.CLOSED else None,
        )
        rows.append(row)
    return rows


def _check_outcome(row: SimpleNamespace) -> None:
    if (row.state == Case.State.CLOSED) != bool(row.outcome):
        raise refusal("cases.not_a_choice", value=row.outcome, what_zh="转归", what_en="outcome")


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
