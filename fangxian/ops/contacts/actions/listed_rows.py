"""The rows of contacts as a list has them, made and sealed before anything is asked, so that the writing is short."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from itertools import compress
from operator import attrgetter
from types import SimpleNamespace
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.occupations import occupation_named
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.realm.bulk import Ready, defaults_of
from fangxian.ops.realm.ids import new_ids
from fangxian.ops.realm.sealed import index_of

from ..models import OBSERVED, Contact, ContactFile, State, StateChange
from ..quality import checked, faults_of, read_of
from ..wire import ListedContact, Noted, Why, why_text
from .deciding import date_by_rulebook
from .noting import IN_FILE
from .proposing import belonging

PROPOSED = str(State.PROPOSED)
IN_ROW = tuple(field.name for field in fields(Noted) if field.name not in IN_FILE)
OF_NEW = attrgetter("ring", "via", "found_by", "minutes", "n_meetings", "weight")


class ReadyList:
    """Listed contacts ready to be written: by what each is known, the id it gets if it is new, and its rows.

    Of those that a list names as contacts on record rows are made only when it proves otherwise.
    """

    def __init__(self, batch: "Batch", listed: Sequence[ListedContact], marks: Sequence[Sequence[tuple]]) -> None:
        self.by, self.listed, self.marks = batch.by, listed, marks
        self.ids = new_ids(len(listed))
        self._batch = batch
        self._expected = [n for n, it in enumerate(listed) if it.known is None]
        self._rows = self._made(self._expected)

    def write(self, fresh: Mapping[int, bytes]) -> list[SimpleNamespace]:
        """Insert these of them, each under the key of who it is; the rows."""
        found = self._rows.write([n in fresh for n in self._expected], [fresh.get(n, b"") for n in self._expected])
        late = [n for n in fresh if self.listed[n].known is not None]
        return found + self._made(late).write([True] * len(late), [fresh[n] for n in late])

    def _made(self, which: Sequence[int]) -> "_Rows":
        return _Rows(self._batch, [(self.ids[n], self.listed[n], self.marks[n]) for n in which])


class _Rows:
    """The rows of new contacts in each table."""

    def __init__(self, batch: "Batch", asked: Sequence[tuple[UUID, ListedContact, Sequence[tuple]]]) -> None:
        rows, files, changes = [], [], []
        for pk, it, marks in asked:
            row = _listed_row(batch, pk, marks[0][1], it)
            file = _file_of(batch, row, it, marks)
            if batch.rulebook is not None and row.state in OBSERVED:
                batch.set_days(row, batch.rulebook)
            row.faults = batch.faults(row, has_workplace=bool(file["workplace"]))
            rows.append(row)
            files.append(file)
            if row.state != PROPOSED:
                changes.append({"whose_id": pk, "after": row.state, "ring": row.ring})
        self._rows, self._is_decided = rows, [row.state != PROPOSED for row in rows]
        self._contacts = Ready(Contact, map(vars, rows), same=batch.same)
        self._files, self._changes = Ready(ContactFile, files), Ready(StateChange, changes, same=batch.same_change)

    def write(self, which: Sequence[bool], keys: Sequence[bytes]) -> list[SimpleNamespace]:
        if not any(which):
            return []
        self._contacts.put("who_key", keys)
        self._contacts.write(which=which)
        self._files.write(which=which)
        self._changes.write(which=compress(which, self._is_decided))
        return list(compress(self._rows, which))


class Batch:
    """What the rows of one list have in common; what was figured out once for rows that are alike."""

    def __init__(
        self, *, disease: str, unit: str, at: datetime, by: str, reason: str, rulebook: Rulebook | None
    ) -> None:
        self.at, self.by, self.reason, self.rulebook = at, by, reason, rulebook
        self.same = {"disease": disease, "entered_by": unit, "proposed_at": at, "state_since": at}
        self.same_change = {"at": at, "by": by, "reason": reason, "before": PROPOSED}
        self.blank = {name: value for name, value in defaults_of(Contact).items() if name not in self.same}
        self._days: dict[datetime, date] = {}
        self._dates: dict[tuple, tuple] = {}
        self._faults: dict[tuple, int] = {}
        # Of things that many rows have in common, by which of them it is: what is alike is nearly always one thing.
        self._why: dict[int, tuple[Sequence[Why], str]] = {}
        self._noted: dict[int, tuple[Noted, dict[str, object]]] = {}

    def day_of(self, moment: datetime) -> date:
        if moment not in self._days:
            self._days[moment] = localtime(moment).date()
        return self._days[moment]

    def set_days(self, row: SimpleNamespace, rulebook: Rulebook) -> None:
        """The days of observation. A date the list states stands."""
        stated = row.release_on
        key = (row.ring, row.last_exposure_on, row.checked_in_on)
        if key not in self._dates:
            row.release_on = None
            date_by_rulebook(row, rulebook=rulebook)
            self._dates[key] = (row.release_computed_on, row.watched_until_on)
        row.release_computed_on, row.watched_until_on = self._dates[key]
        row.release_on = stated or row.release_computed_on

    def why_text(self, why: Sequence[Why]) -> str:
        if not why:
            return ""
        if id(why) not in self._why:
            self._why[id(why)] = why, why_text(why)  # held, so that nothing else can be this one meanwhile
        return self._why[id(why)][1]

    def noted(self, noted: Noted) -> dict[str, object]:
        """The columns of a contact's row of which the list notes something."""
        if id(noted) not in self._noted:
            given = {name: value for name in IN_ROW if (value := getattr(noted, name)) is not None}
            self._noted[id(noted)] = noted, given
        return self._noted[id(noted)][1]

    def faults(self, row: SimpleNamespace, *, has_workplace: bool) -> int:
        key = (has_workplace, *read_of(row))
        if key not in self._faults:
            self._faults[key] = int(faults_of(checked(row, has_workplace=has_workplace)))
        return self._faults[key]


def _listed_row(batch: Batch, pk: UUID, key: bytes, it: ListedContact) -> SimpleNamespace:
    """The columns of a contact, as `proposing._row` makes them, with the state and what the list notes."""
    new, who = it.new, it.new.who
    row = SimpleNamespace(**batch.blank)
    row.id = row.pk = pk
    row.case_id, row.person_id, row.who_key = it.case, new.person, key
    row.area_path, row.belongs, row.destination = new.area_path, str(new.belongs), new.destination
    row.origin, row.pushed_by = str(new.origin), new.pushed_by
    row.relation, row.is_core = new.relation, new.is_core
    row.sex, row.born_on = who.sex, who.born_on
    row.state = str(it.state)
    row.ring, row.via, row.found_by, row.minutes, row.n_meetings, row.weight = OF_NEW(new)
    row.first_exposure_at, row.last_exposure_at = new.first_exposure_at, new.last_exposure_at
    row.last_exposure_on = batch.day_of(new.last_exposure_at)
    row.occupation = who.occupation
    vars(row).update(batch.noted(it.noted))
    row.occupation = occupation_named(row.occupation) or row.occupation
    if row.destination:
        row.belongs = belonging(row.destination, area_path=row.area_path)
    if it.state != State.PROPOSED:
        row.decided_at, row.decided_by = batch.at, batch.by
    return row


def _file_of(batch: Batch, row: SimpleNamespace, it: ListedContact, marks: Sequence[tuple]) -> dict[str, object]:
    """The columns of a contact's file: what `proposing._file` makes, with what the list notes beside it."""
    new, who, noted = it.new, it.new.who, it.noted
    indexes = {mark[0]: mark[1] for mark in marks}
    return {
        "contact_row_id": row.pk,
        "name": who.name,
        "document_kind": who.document_kind,
        "document_number": who.document_number,
        "document_index": indexes.get("document"),
        "phone": noted.phone or who.phone,
        "phone_index": indexes.get("phone") if not noted.phone else index_of("phone", noted.phone),
        "address": noted.address or who.address,
        "nationality": who.nationality,
        "workplace": noted.workplace or who.workplace,
        "whereabouts": noted.whereabouts or "",
        "key_place": noted.key_place or new.key_place,
        "is_case_imported": new.is_case_imported,
        "why": batch.why_text(new.why),
        "note": noted.note or new.note,
    }
