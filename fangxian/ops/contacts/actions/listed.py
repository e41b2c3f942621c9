"""Contacts as a list or another county has them: each person once a case, what is known left as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.policy.occupations import occupation_named
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.realm.bulk import defaults_of, insert_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from ..models import OBSERVED, Contact, ContactFile, State, StateChange
from ..quality import checked, faults_of
from ..wire import ListedContact, NewContact, Noted, who_key, why_text
from .deciding import date_by_rulebook
from .noting import IN_FILE
from .proposing import EVIDENCE, belonging
from .rows import chunks, note_line

NEW, MERGED, KNOWN = "new", "merged", "known"
IN_ROW = tuple(field.name for field in fields(Noted) if field.name not in IN_FILE)
FILLED = (
    "name", "phone", "phone_index", "document_kind", "document_number", "document_index", "address", "workplace",
    "nationality",
)  # fmt: skip
Dates = dict[tuple, tuple]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one listed contact: its id here, and whether it is new, known, or known and now fuller."""

    id: UUID
    outcome: str


def take_list(
    *, disease: str, listed: Sequence[ListedContact], reason: str, by: str, rulebook: Rulebook | None, unit: str = ""
) -> list[Taken]:
    """Take contacts as they stand in a list, in its order, in short transactions each with its line.

    A person is the same by document, by phone with name, and by what else `who_key` knows; so one under two documents
    is one. A contact that is known keeps its state and ring, and gets what it had not: nobody rejected comes back.

    Parameters
    ----------
    reason : put on record with the state a list gives
    rulebook : of the disease, for the days of those under observation

    Refuses
    -------
    contacts.nobody
        A row names nobody by whom it could be known again; then none of its 500 is taken.
    """
    people, dates, taken = _People(), {}, []
    for chunk in chunks(listed):
        with transaction.atomic():
            taken += _take(disease, chunk, people, dates, reason, by, rulebook, unit)
    return taken


class _People:
    """Who is who: the key of a person by each of their marks, and their contact of each case."""

    def __init__(self) -> None:
        self.key_of: dict[tuple, bytes] = {}
        self.row_of: dict[tuple[UUID, bytes], UUID] = {}

    def load(self, cases: set[UUID], marks: Sequence[list[tuple]]) -> None:
        """Read what is on record of people with any of these marks, and their contacts of these cases."""
        unknown = {mark for its in marks for mark in its if mark not in self.key_of}
        documents = [mark[1] for mark in unknown if mark[0] == "document"]
        phones = [mark[1] for mark in unknown if mark[0] == "phone"]
        if documents or phones:
            found = ContactFile.objects.filter(Q(document_index__in=documents) | Q(phone_index__in=phones))
            for file in found.select_related("contact_row").order_by("contact_row__proposed_at"):
                key = bytes(file.contact_row.who_key)
                for mark in _marks_of(file.document_index, file.phone_index, file.name):
                    self.key_of.setdefault(mark, key)
        keys = {
            self.key_of.get(mark, mark[1]) for its in marks for mark in its if mark in self.key_of or mark[0] == "key"
        }
        rows = Contact.objects.filter(case_id__in=cases, who_key__in=keys).values_list("case_id", "who_key", "pk")
        for case, key, pk in rows:
            self.row_of.setdefault((case, bytes(key)), pk)
            self.key_of.setdefault(("key", bytes(key)), bytes(key))


def _marks_of(document_index: object, phone_index: object, name: str) -> list[tuple]:
    document = [("document", bytes(document_index))] if document_index else []
    return document + ([("phone", bytes(phone_index), name)] if phone_index and name else [])


def _marks(it: ListedContact) -> list[tuple]:
    new, who = it.new, it.new.who
    key = who_key(new) or (index_of("contact", f"listed:{it.outer}") if it.outer else None)
    if key is None:
        raise Refusal(
            "contacts.nobody",
            zh="第 {n} 名接触者没有写明是谁，都没有提出。每名须是登记居民，或有证件号码，或有姓名加电话（住址）；"
            "请补上再提交。",
            en="Contact {n} does not say who it is, so none was proposed. Each is a registered resident, or has a "
            "document number, or a name with a phone or address: add that and send it again.",
            n=1,
        )
    marks = _marks_of(index_of("document_number", who.document_number), index_of("phone", who.phone), who.name)
    return [("key", key), *marks]


def _take(
    disease: str,
    chunk: Sequence[ListedContact],
    people: _People,
    dates: Dates,
    reason: str,
    by: str,
    rulebook: Rulebook | None,
    unit: str,
) -> list[Taken]:
    at, answer, fresh, again, blank = county_now(), [], [], [], defaults_of(Contact)
    marks = [_marks(it) for it in chunk]
    people.load({it.case for it in chunk}, marks)
    before = Contact.objects.in_bulk([it.known for it in chunk if it.known])
    for it, its in zip(chunk, marks, strict=True):
        row = before.get(it.known)
        key = bytes(row.who_key) if row else _first_known(people, its)
        for mark in its:
            people.key_of.setdefault(mark, key)
        if known := row.pk if row and row.case_id == it.case else people.row_of.get((it.case, key)):
            answer.append(Taken(known, KNOWN))
            again.append((known, it, len(answer) - 1))
            continue
        row = _listed_row(disease, key, it, at, by, unit, blank)
        people.row_of[it.case, key] = row.pk
        indexes = dict(mark[:2] for mark in its)
        fresh.append((row, it, indexes))
        answer.append(Taken(row.pk, NEW))
    _write(fresh, dates, reason, at, by, rulebook)
    merged = _fill(again)
    for pk, place in merged:
        answer[place] = Taken(pk, MERGED)
    note_line("contacts.listed", rows=[row for row, _, _ in fresh], by=by, n_known=len(again), n_merged=len(merged))
    return answer


def _first_known(people: _People, marks: list[tuple]) -> bytes:
    """The key of the person whom any of these marks is known of; else that of the first."""
    return next((people.key_of[mark] for mark in marks if mark in people.key_of), marks[0][1])


def _listed_row(
    disease: str, key: bytes, it: ListedContact, at: datetime, by: str, unit: str, blank: dict[str, object]
) -> SimpleNamespace:
    """The columns of a contact, as `proposing._row` makes them, with the state and what the list notes."""
    new, who = it.new, it.new.who
    row = SimpleNamespace(**blank)
    row.id = row.pk = uuid4()
    row.case_id, row.disease, row.person_id, row.who_key = it.case, disease, new.person, key
    row.area_path, row.belongs, row.destination = new.area_path, str(new.belongs), new.destination
    row.origin, row.pushed_by = str(new.origin), new.pushed_by
    row.relation, row.is_core, row.occupation = new.relation, new.is_core, who.occupation
    row.sex, row.born_on, row.entered_by = who.sex, who.born_on, unit
    row.proposed_at = row.state_since = at
    row.state = str(it.state)
    for name in ("ring", "via", "found_by", "minutes", "n_meetings", "weight", "first_exposure_at", "last_exposure_at"):
        setattr(row, name, getattr(new, name))
    row.last_exposure_on = localtime(new.last_exposure_at).date()
    for name in IN_ROW:
        if (value := getattr(it.noted, name)) is not None:
            setattr(row, name, value)
    row.occupation = occupation_named(row.occupation) or row.occupation
    if row.destination:
        row.belongs = belonging(row.destination, area_path=row.area_path)
    if it.state != State.PROPOSED:
        row.decided_at, row.decided_by = at, by
    return row


def _write(
    fresh: Sequence[tuple[SimpleNamespace, ListedContact, dict[str, bytes]]],
    dates: Dates,
    reason: str,
    at: datetime,
    by: str,
    rulebook: Rulebook | None,
) -> None:
    files, changes = [], []
    for row, it, indexes in fresh:
        file = _file_of(row, it, indexes)
        if rulebook is not None and row.state in OBSERVED:
            _date(row, rulebook, dates)
        row.faults = int(faults_of(checked(row, has_workplace=bool(file["workplace"]))))
        files.append(file)
        if row.state != State.PROPOSED:
            states = {"before": str(State.PROPOSED), "after": str(row.state), "ring": row.ring}
            changes.append({"whose_id": row.pk, "at": at, "by": by, "reason": reason, **states})
    insert_rows(Contact, (vars(row) for row, _, _ in fresh))
    insert_rows(ContactFile, files)
    insert_rows(StateChange, changes)


def _file_of(row: SimpleNamespace, it: ListedContact, indexes: dict[str, bytes]) -> dict[str, object]:
    """The columns of a contact's file: what `proposing._file` makes, with what the list notes beside it."""
    new, who, noted = it.new, it.new.who, it.noted
    return {
        "contact_row_id": row.pk,
        "name": who.name,
        "document_kind": who.document_kind,
        "document_number": who.document_number,
        "document_index": indexes.get("document"),
        "phone": noted.phone or who.phone,
        "phone_index": index_of("phone", noted.phone or who.phone),
        "address": noted.address or who.address,
        "nationality": who.nationality,
        "workplace": noted.workplace or who.workplace,
        "whereabouts": noted.whereabouts or "",
        "key_place": noted.key_place or new.key_place,
        "is_case_imported": new.is_case_imported,
        "why": why_text(new.why),
        "note": noted.note or new.note,
    }


def _date(row: SimpleNamespace, rulebook: Rulebook, dates: Dates) -> None:
    """The days of observation; those of the same day 0 are computed once. A date the list states stands."""
    stated = row.release_on
    key = (row.ring, row.last_exposure_on, row.checked_in_on)
    if key not in dates:
        row.release_on = None
        date_by_rulebook(row, rulebook=rulebook)
        dates[key] = (row.release_computed_on, row.watched_until_on)
    row.release_computed_on, row.watched_until_on = dates[key]
    row.release_on = stated or row.release_computed_on


def _fill(again: Sequence[tuple[UUID, ListedContact, int]]) -> list[tuple[UUID, int]]:
    """Give known contacts what they had not; which of them got something, and their place."""
    if not again:
        return []
    rows = Contact.objects.select_for_update(of=("self",)).select_related("file").in_bulk([pk for pk, _, _ in again])
    merged, changed = [], {}
    for pk, it, place in again:
        row = rows[pk]
        if _fill_one(row, it):
            merged.append((pk, place))
            changed[pk] = row
    names = ("phone", "phone_index", "document_kind", "document_number", "document_index", "address", "workplace")
    for row in changed.values():
        row.faults = int(faults_of(checked(row, has_workplace=bool(row.file.workplace))))
    Contact.objects.bulk_update(changed.values(), [*EVIDENCE, "sex", "born_on", "faults"], batch_size=100)
    ContactFile.objects.bulk_update(
        [row.file for row in changed.values()],
        [*names, "name", "nationality", "whereabouts", "key_place"],
        batch_size=100,
    )
    return merged


def _fill_one(row: Contact, it: ListedContact) -> bool:
    who, file, is_fuller = it.new.who, row.file, False
    for name in ("name", "phone", "address", "workplace", "nationality"):
        if getattr(who, name) and not getattr(file, name):
            setattr(file, name, getattr(who, name))
            is_fuller = True
    if who.document_number and not file.document_number:
        file.document_kind, file.document_number, is_fuller = who.document_kind, who.document_number, True
    file.document_index = index_of("document_number", file.document_number)
    file.phone_index = index_of("phone", file.phone)
    for name in ("sex", "born_on"):
        if getattr(who, name) and not getattr(row, name):
            setattr(row, name, getattr(who, name))
            is_fuller = True
    if row.state == State.PROPOSED:
        is_fuller = _later(row, it.new) or is_fuller
    return is_fuller


def _later(row: Contact, new: NewContact) -> bool:
    """Of a proposal the exposure on record grows to hold the new one."""
    first = min(row.first_exposure_at, new.first_exposure_at)
    last = max(row.last_exposure_at, new.last_exposure_at)
    if (first, last) == (row.first_exposure_at, row.last_exposure_at):
        return False
    row.first_exposure_at, row.last_exposure_at = first, last
    row.last_exposure_on = max(row.last_exposure_on, last.astimezone(new.last_exposure_at.tzinfo).date())
    return True
