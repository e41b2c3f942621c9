"""What others may ask of the contacts room. Whose rows: `within`; lists that filter and sort are in listing.py."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.people.models import Person
from fangxian.ops.realm.bulk import rows_with

from .models import DECIDED, OBSERVED, Contact, ContactFile, FollowUp, Mode, State, StateChange
from .wire import NewContact, who_key

VIEW, FOLLOW = "cases.view", "contacts.follow"


def within(account: Account | None, permission: str = VIEW) -> QuerySet[Contact]:
    """The contacts an account may see, or follow."""
    return within_scope(Contact.objects.all(), account, permission, team_field="team")


def contacts_with(ids: Sequence[UUID]) -> list[Contact]:
    """These contacts with their files and what the register says of them, in no order. Not limited by rights."""
    return list(whole(Contact.objects.filter(pk__in=ids)))


class KnownAs(NamedTuple):
    """Of which case a contact is, and by which name it is known; "" where by none."""

    case_id: UUID
    name: str


def known_as(ids: Collection[UUID]) -> dict[UUID, KnownAs]:
    """The same of many contacts, quicker than reading them whole; of somebody on the register the register's name."""
    wanted = [(pk,) for pk in ids]
    names = dict(rows_with(ContactFile, ("contact_row_id",), wanted, ("contact_row_id", "name")))
    found = {pk: KnownAs(case, names[pk]) for pk, case in rows_with(Contact, ("id",), wanted, ("id", "case_id"))}
    nameless = [pk for pk, it in found.items() if not it.name]
    for start in range(0, len(nameless), 500):
        rows = Contact.objects.filter(pk__in=nameless[start : start + 500], person__isnull=False)
        found |= {row.pk: KnownAs(row.case_id, row.person.name) for row in rows.select_related("person")}
    return found


def proposed_since(ids: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Those of these contacts that were put on record at a moment or later. Not limited by rights."""
    rows = rows_with(Contact, ("id",), ((pk,) for pk in ids), ("id", "proposed_at"))
    return {pk for pk, proposed_at in rows if proposed_at >= at}


IN_LIST = (
    "id", "case_id", "person_id", "who_key", "area_path", "found_by", "is_core", "ring", "via", "relation", "sex",
    "born_on", "occupation", "state", "is_traced", "mode", "site", "home_reason", "checked_in_on", "release_on",
    "destination", "first_exposure_at", "last_exposure_at", "last_exposure_on", "entered_by", "proposed_at",
    "decided_at",
)  # fmt: skip
OF_FILE_IN_LIST = (
    "contact_row_id", "name", "document_kind", "document_number", "phone", "address", "workplace", "nationality",
    "whereabouts", "key_place", "is_case_imported", "why", "note",
)  # fmt: skip


def as_listed(
    ids: Collection[UUID], columns: Sequence[str] = IN_LIST, of_file: Sequence[str] = OF_FILE_IN_LIST
) -> dict[UUID, SimpleNamespace]:
    """Contacts by id with what a list says of each, of `file` and of the register's `person` too; quicker than whole.

    Not limited by rights. A list of a hundred thousand reads no column that it does not need: `columns` of their own
    with the id first, and `of_file`, whose key is first.
    """
    wanted = [(pk,) for pk in ids]
    rows = {row[0]: _namespace(columns, row) for row in rows_with(Contact, ("id",), wanted, tuple(columns))}
    for file in rows_with(ContactFile, ("contact_row_id",), wanted, tuple(of_file)):
        rows[file[0]].file = _namespace(of_file, file)
    residents = {row.person_id for row in rows.values() if getattr(row, "person_id", None)}
    people = Person.objects.select_related("household").in_bulk(residents) if residents else {}
    for pk, row in rows.items():
        row.pk, row.person = pk, people.get(getattr(row, "person_id", None))
    return rows


def _namespace(columns: Sequence[str], row: tuple) -> SimpleNamespace:
    return SimpleNamespace(**dict(zip(columns, row, strict=True)))


def contact_with(contact: UUID) -> Contact | None:
    """One contact with its file. Not limited by rights."""
    return whole(Contact.objects.filter(pk=contact)).first()


def whole(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Rows with all that `wire.who_of` reads, in one query."""
    return rows.select_related("file", "person__household")


def of_case(case: UUID) -> QuerySet[Contact]:
    """Everybody ever proposed as a contact of a case, the heaviest exposure first."""
    return Contact.objects.filter(case_id=case)


def contact_of_case(case: UUID, new: NewContact) -> Contact | None:
    """The contact of a case that a new one would be, if there is one: as that resident, or as it is written down."""
    keys = [key for it in (new, replace(new, person=None)) if (key := who_key(it)) is not None]
    return of_case(case).filter(who_key__in=keys).first()


def gate_numbers_of(case: UUID) -> list[int]:
    """The gate numbers of everybody on the register who was ever proposed as a contact of a case."""
    rows = of_case(case).filter(person__isnull=False).order_by()
    return list(rows.values_list("person__gate_number", flat=True))


def of_person(person: UUID) -> QuerySet[Contact]:
    """A person as a contact, of whichever cases."""
    return Contact.objects.filter(person_id=person).order_by("-last_exposure_at", "id")


def same_people(rows: Sequence[Contact]) -> dict[UUID, list[Contact]]:
    """Of each of these contacts, which have their files, the same person as a contact of other cases.

    The same are those of one person on the register, of one document, or of one phone and name. Three queries for each
    500; nobody's rights limit it. Who is in no other list is not in it.
    """
    found: dict[UUID, dict[UUID, Contact]] = {}
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        for field, of in (("person_id", _person), ("file__document_index", _document), ("file__phone_index", _phone)):
            asked = [it for it in part if of(it) is not None]
            by_it: dict[object, list[Contact]] = {}
            for other in whole(Contact.objects.filter(**{f"{field}__in": {_plain(of(it)) for it in asked}})):
                by_it.setdefault(of(other), []).append(other)
            for it in asked:
                found.setdefault(it.pk, {}).update(
                    (other.pk, other) for other in by_it.get(of(it), ()) if other.case_id != it.case_id
                )
    newest = attrgetter("last_exposure_at", "pk")
    return {pk: sorted(others.values(), key=newest, reverse=True) for pk, others in found.items() if others}


def _person(row: Contact) -> object:
    return row.person_id


def _document(row: Contact) -> object:
    return None if row.file.document_index is None else bytes(row.file.document_index)


def _phone(row: Contact) -> object:
    """With the name: families share a phone."""
    name = row.file.name or (row.person.name if row.person else "")
    return (bytes(row.file.phone_index), name) if row.file.phone_index is not None and name else None


def _plain(key: object) -> object:
    return key[0] if isinstance(key, tuple) else key


def of_document(document_index: bytes) -> QuerySet[Contact]:
    """Contacts whose own file has a document number, by its blind index (`index_of("document_number", …)`)."""
    return Contact.objects.filter(file__document_index=document_index)


def of_phone(phone_index: bytes) -> QuerySet[Contact]:
    """Contacts whose own file has a phone, by its blind index (`index_of("phone", …)`)."""
    return Contact.objects.filter(file__phone_index=phone_index)


def contacts_of(contact: UUID) -> QuerySet[Contact]:
    """Those who are contacts through this contact (次密)."""
    return Contact.objects.filter(via=contact)


def standing_through(contacts: Sequence[UUID]) -> QuerySet[Contact]:
    """Those who are contacts of these contacts, released and handed over too; not who was rejected, or is a case."""
    return Contact.objects.filter(via__in=contacts).exclude(state__in=(State.REJECTED, State.BECAME_CASE))


def observed_through(contacts: Sequence[UUID]) -> QuerySet[Contact]:
    """Those under observation as contacts of these contacts."""
    return Contact.objects.filter(via__in=contacts, state__in=OBSERVED)


def became_cases(account: Account, disease: str) -> QuerySet[Contact]:
    """The contacts of a disease whom an account may see, and who became cases, as narrow rows."""
    rows = within(account).filter(disease=disease, state=State.BECAME_CASE, person__isnull=False).order_by("pk")
    return rows.only("id", "case_id", "person_id", "ring", "via")


def persons_of_contacts(contacts: Collection[UUID]) -> dict[UUID, UUID]:
    """Who these contacts are on the register, by contact; who is on none is left out."""
    rows = rows_with(Contact, ("id",), [(pk,) for pk in contacts], ("id", "person_id"))
    return {pk: person for pk, person in rows if person}


def proposed_of(case: UUID) -> QuerySet[Contact]:
    """The contacts of a case on whom nobody has decided, the heaviest exposure first."""
    return of_case(case).filter(state="proposed")


def decided_of(case: UUID) -> QuerySet[Contact]:
    """The contacts of a case that an investigator has confirmed, whatever became of them."""
    return of_case(case).filter(state__in=DECIDED)


def n_by_state(cases: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many contacts of each case are in which state; cases without contacts are left out."""
    counted: dict[UUID, dict[str, int]] = {}
    rows = Contact.objects.filter(case_id__in=cases).order_by().values_list("case_id", "state").annotate(n=Count("id"))
    for case, state, n in rows:
        counted.setdefault(case, {})[state] = n
    return counted


def last_changed(cases: Sequence[UUID]) -> dict[UUID, datetime]:
    """When a contact of each case last came into a state; cases without contacts are left out."""
    rows = Contact.objects.filter(case_id__in=cases).order_by().values_list("case_id")
    return dict(rows.annotate(at=Max("state_since")))


def changes_of(contact: UUID) -> QuerySet[StateChange]:
    """A contact's states one after another, the newest first."""
    return StateChange.objects.filter(whose_id=contact)


def separated_since(contacts: Sequence[Contact]) -> dict[UUID, datetime]:
    """From when each of these contacts met others no more: on the way to quarantine, in it, or a case themselves.

    As it was the first time since they were last confirmed: to be moved, or released, does not make it later. Who is
    at liberty while their health is watched is not in it.
    """
    apart = ("transferred", "in_quarantine", "became_case")
    found: dict[UUID, datetime] = {}
    changes = StateChange.objects.filter(whose__in=[row.pk for row in contacts if row.mode != Mode.MONITORING])
    for whose, after, at in changes.order_by("id").values_list("whose_id", "after", "at"):
        if after in apart:
            found.setdefault(whose, at)
        elif after in ("proposed", "rejected", "confirmed"):
            found.pop(whose, None)
    return found


def changes_within(account: Account) -> QuerySet[StateChange]:
    """The changes of the contacts an account may see."""
    return within_scope(StateChange.objects.all(), account, VIEW, "whose__area_path", team_field="whose__team")


def follow_ups_of(contact: UUID) -> QuerySet[FollowUp]:
    """A contact's follow-ups, the newest day first."""
    return FollowUp.objects.filter(whose_id=contact)


def to_release(at: datetime) -> QuerySet[Contact]:
    """Those under observation whose last day is over at a moment (county time)."""
    return Contact.objects.filter(state__in=OBSERVED, release_on__lt=at.date())


def untraced() -> QuerySet[Contact]:
    """Confirmed, ours, and nobody has found them yet; those exposed last first."""
    rows = Contact.objects.filter(state="confirmed", belongs="here")
    return rows.order_by("-last_exposure_at", "id")
