"""Contacts as a list or another county has them: each person once a case, what is known left as it stands."""

from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.realm.bulk import rows_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of, indexes_of

from ..models import Contact, ContactFile, State
from ..quality import checked, faults_of
from ..wire import WHO, ListedContact, NewContact, who_text
from .listed_rows import PROPOSED, Batch, ReadyList
from .proposing import EVIDENCE
from .rows import chunks, note_line

NEW, MERGED, KNOWN = "new", "merged", "known"
OF_WHO, IN_GAPS = ("sex", "born_on"), ("name", "phone", "address", "workplace", "nationality", "document_number")
GIVEN = attrgetter(*OF_WHO, *IN_GAPS)
MARKS = {"document": "document_index", "phone": "phone_index"}
IN_MARKS = ("contact_row_id", "document_index", "phone_index", "name")


class Taken(NamedTuple):
    """What came of one listed contact: its id here, and whether it is new, known, or known and now fuller."""

    id: UUID
    outcome: str


def ready_list(
    *, disease: str, listed: Sequence[ListedContact], reason: str, by: str, rulebook: Rulebook | None, unit: str = ""
) -> ReadyList:
    """Contacts as they stand in a list, ready to be written: some thousand at once, outside a transaction.

    Parameters
    ----------
    reason : put on record with the state a list gives
    rulebook : of the disease, for the days of those under observation

    Refuses
    -------
    contacts.nobody
        A row names nobody by whom it could be known again; then none is made ready.
    """
    batch = Batch(disease=disease, unit=unit, at=county_now(), by=by, reason=reason, rulebook=rulebook)
    return ReadyList(batch, listed, _marks(listed))


@transaction.atomic(savepoint=False)  # SQLite copies every page that it changes after a savepoint
def write_list(*, ready: ReadyList) -> list[Taken]:
    """Put contacts on record that a list has, in its order, each five hundred with their line.

    A person is the same by document, by phone with name, and by what else `who_key` knows; so one under two documents
    is one. A contact that is known keeps its state and ring, and gets what it had not: nobody rejected comes back.
    """
    answer, fresh, again, people = [], {}, [], _People()
    before = {pk: (case, bytes(key)) for pk, case, key in _known(ready.listed)}
    keys = people.keys_of(ready.listed, ready.marks, {pk: key for pk, (_, key) in before.items()})
    for n, (it, key) in enumerate(zip(ready.listed, keys, strict=True)):
        is_same = it.known in before and before[it.known][0] == it.case
        if known := it.known if is_same else people.row_of.get((it.case, key)):
            answer.append(Taken(known, KNOWN))
            again.append((known, it, n))
            continue
        people.row_of[it.case, key] = ready.ids[n]
        fresh[n] = key
        answer.append(Taken(ready.ids[n], NEW))
    rows = ready.write(fresh)
    merged = _fill(again)
    for row, place in merged:
        answer[place] = Taken(row.pk, MERGED)
    for action, some in (("contacts.listed", rows), ("contacts.filled", [row for row, _ in merged])):
        for chunk in chunks(some):
            note_line(action, rows=chunk, by=ready.by)
    return answer


class _People:
    """Who is who: the key of a person by each of their marks, and their contact of each case."""

    def __init__(self) -> None:
        self.key_of: dict[tuple, bytes] = {}
        self.row_of: dict[tuple[UUID, bytes], UUID] = {}

    def keys_of(
        self, chunk: Sequence[ListedContact], marks: Sequence[list[tuple]], before: dict[UUID, bytes]
    ) -> list[bytes]:
        """The key of the person each row is about; afterwards `row_of` has their contacts of the rows' cases.

        Parameters
        ----------
        before : the keys of those contacts that rows say they are
        """
        self._meet({mark for its in marks for mark in its if mark not in self.key_of})
        asked = {(it.case, its[0][1]) for it, its in zip(chunk, marks, strict=True)}
        self._ask(asked)
        keys = []
        for it, its in zip(chunk, marks, strict=True):
            key = before.get(it.known) or self._first_known(its)
            for mark in its:
                self.key_of.setdefault(mark, key)
            keys.append(key)
        self._ask({(it.case, key) for it, key in zip(chunk, keys, strict=True)} - asked)
        return keys

    def _first_known(self, marks: list[tuple]) -> bytes:
        """The key of the person whom any of these marks is known of; else that of the first."""
        return next((self.key_of[mark] for mark in marks if mark in self.key_of), marks[0][1])

    def _meet(self, marks: set[tuple]) -> None:
        """Read who on record has any of these documents and phones; of several the first that was put on record."""
        files: dict[UUID, tuple] = {}
        for kind, column in MARKS.items():
            wanted = ((mark[1],) for mark in marks if mark[0] == kind)
            files |= {row[0]: row[1:] for row in rows_with(ContactFile, (column,), wanted, IN_MARKS)}
        rows = rows_with(Contact, ("id",), ((pk,) for pk in files), ("proposed_at", "id", "who_key"))
        for _, pk, key in sorted(rows, key=itemgetter(0)):
            for mark in _marks_of(*files[pk]):
                self.key_of.setdefault(mark, key)

    def _ask(self, pairs: Iterable[tuple[UUID, bytes]]) -> None:
        """Read which of these persons are contacts of these cases already."""
        wanted = (pair for pair in pairs if pair not in self.row_of)
        for case, key, pk in rows_with(Contact, ("case_id", "who_key"), wanted, ("case_id", "who_key", "id")):
            self.row_of[case, key] = pk
            self.key_of.setdefault(("key", key), key)


def _marks_of(document_index: bytes | None, phone_index: bytes | None, name: str) -> list[tuple]:
    document = [("document", document_index)] if document_index else []
    return document + ([("phone", phone_index, name)] if phone_index and name else [])


def _marks(chunk: Sequence[ListedContact]) -> list[list[tuple]]:
    """Of each row by what its person is known, the key of who it is first."""
    texts = [who_text(it.new) or (f"listed:{it.outer}" if it.outer else "") for it in chunk]
    if not all(texts):
        raise Refusal(
            "contacts.nobody",
            zh="第 {n} 名接触者没有写明是谁，都没有提出。每名须是登记居民，或有证件号码，或有姓名加电话（住址）；"
            "请补上再提交。",
            en="Contact {n} does not say who it is, so none was proposed. Each is a registered resident, or has a "
            "document number, or a name with a phone or address: add that and send it again.",
            n=texts.index("") + 1,
        )
    documents = indexes_of("document_number", [it.new.who.document_number for it in chunk])
    phones = indexes_of("phone", [it.new.who.phone for it in chunk])
    return [
        [("key", key), *_marks_of(document, phone, it.new.who.name)]
        for it, key, document, phone in zip(chunk, indexes_of(WHO, texts), documents, phones, strict=True)
    ]


def _known(chunk: Sequence[ListedContact]) -> Iterable[tuple]:
    return rows_with(Contact, ("id",), ((it.known,) for it in chunk if it.known), ("id", "case_id", "who_key"))


def _fill(again: Sequence[tuple[UUID, ListedContact, int]]) -> list[tuple[Contact, int]]:
    """Give known contacts what they had not; which of them got something, and their place."""
    again = _telling(again)
    if not again:
        return []
    rows = Contact.objects.select_for_update(of=("self",)).select_related("file").in_bulk([pk for pk, _, _ in again])
    merged, changed = [], {}
    for pk, it, place in again:
        row = rows[pk]
        if _fill_one(row, it):
            merged.append((row, place))
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


def _telling(again: Sequence[tuple[UUID, ListedContact, int]]) -> list[tuple[UUID, ListedContact, int]]:
    """Those that may give their contact something it had not; seen without opening what is sealed."""
    ids = [(pk,) for pk, _, _ in again]
    exposures = ((pk, it.new.first_exposure_at, it.new.last_exposure_at) for pk, it, _ in again)
    same = set(rows_with(Contact, ("id", "first_exposure_at", "last_exposure_at"), exposures, ("id",)))
    rows = {pk: found for pk, *found in rows_with(Contact, ("id",), ids, ("id", "state", *OF_WHO))}
    of_file = ("contact_row_id", *IN_GAPS)
    files = {pk: found for pk, *found in rows_with(ContactFile, ("contact_row_id",), ids, of_file, opened=False)}
    told = []
    for pk, it, place in again:
        state, *of_who = rows[pk]
        has, gives = [*of_who, *files[pk]], GIVEN(it.new.who)
        has_more = any(given and not there for given, there in zip(gives, has, strict=True))
        if has_more or (state == PROPOSED and (pk,) not in same):
            told.append((pk, it, place))
    return told


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
    for name in OF_WHO:
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
