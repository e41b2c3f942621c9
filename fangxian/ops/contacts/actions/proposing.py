"""Contacts proposed, by the exposure search, a line list or an interview. Nobody's code turns by this."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.policy.occupations import occupation_named
from fangxian.core.refusal import Refusal
from fangxian.ops.realm.areas import COUNTY_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from ..models import Contact, ContactFile, State
from ..wire import NewContact, read_why, who_key, why_text
from .rows import BATCH, chunks, locked, note_line, write

EVIDENCE = (
    "ring", "via", "found_by", "minutes", "n_meetings", "weight", "first_exposure_at", "last_exposure_at",
    "last_exposure_on",
)  # fmt: skip
TOLD = "interview"
NEAR = ("household", "class", "workplace", "ward")  # what a program finds that is more than having been there too


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a proposal.

    Attributes
    ----------
    ids : of the contacts newly proposed, in the order given
    n_renewed : proposed before and undecided; their evidence is now the new one
    rejected : rejected before, left so; an investigator may put them back
    decided : confirmed before, left as they stand; `later` of them were exposed later than on record
    """

    ids: tuple[UUID, ...]
    n_renewed: int
    rejected: tuple[UUID, ...]
    decided: tuple[UUID, ...]
    later: tuple[UUID, ...]


def propose_contacts(*, case: UUID, disease: str, contacts: Sequence[NewContact], by: str, unit: str = "") -> Proposed:
    """Propose contacts of a case; one of the same case twice in one call is taken once, the heavier.

    Some thousand at once are written in short transactions of 500, each with its line.

    Parameters
    ----------
    unit : name of the unit that enters them

    Refuses
    -------
    contacts.nobody
        A row names nobody by whom it could be known again; none is proposed.
    """
    keyed = _keyed(contacts)
    at, parts = county_now(), []
    items = list(keyed.items())
    for chunk in chunks(items):
        with transaction.atomic():
            parts.append(_propose(case, disease, dict(chunk), at, by, unit))
    return Proposed(
        ids=tuple(id_ for part in parts for id_ in part.ids),
        n_renewed=sum(part.n_renewed for part in parts),
        rejected=tuple(id_ for part in parts for id_ in part.rejected),
        decided=tuple(id_ for part in parts for id_ in part.decided),
        later=tuple(id_ for part in parts for id_ in part.later),
    )


def _keyed(contacts: Sequence[NewContact]) -> dict[bytes, NewContact]:
    keyed: dict[bytes, NewContact] = {}
    for n, new in enumerate(contacts, start=1):
        key = who_key(new)
        if key is None:
            raise Refusal(
                "contacts.nobody",
                zh="第 {n} 名接触者没有写明是谁，都没有提出。每名须是登记居民，或有证件号码，或有姓名加电话（住址）；"
                "请补上再提交。",
                en="Contact {n} does not say who it is, so none was proposed. Each is a registered resident, or has a "
                "document number, or a name with a phone or address: add that and send it again.",
                n=n,
            )
        if key not in keyed or keyed[key].weight < new.weight:
            keyed[key] = new
    return keyed


def _propose(case: UUID, disease: str, keyed: dict, at: datetime, by: str, unit: str) -> Proposed:
    known = {
        bytes(row.who_key): row
        for row in Contact.objects.select_for_update().filter(case_id=case, who_key__in=list(keyed)).order_by("id")
    }
    fresh = {key: _row(case, disease, key, new, at, unit) for key, new in keyed.items() if key not in known}
    Contact.objects.bulk_create(fresh.values(), batch_size=BATCH)
    ContactFile.objects.bulk_create((_file(row, keyed[key]) for key, row in fresh.items()), batch_size=BATCH)
    renewed = [(row, keyed[key]) for key, row in known.items() if row.state == State.PROPOSED]
    for row, new in renewed:
        _renew(row, new)
    Contact.objects.bulk_update([row for row, _ in renewed], EVIDENCE, batch_size=100)
    note_line("contacts.proposed", rows=[*fresh.values(), *(row for row, _ in renewed)], by=by, n_renewed=len(renewed))
    rejected = tuple(row.pk for row in known.values() if row.state == State.REJECTED)
    decided = {key: row for key, row in known.items() if row.state not in (State.PROPOSED, State.REJECTED)}
    later = tuple(row.pk for key, row in decided.items() if keyed[key].last_exposure_at > row.last_exposure_at)
    ids = tuple(row.pk for row in fresh.values())
    return Proposed(ids, len(renewed), rejected, tuple(row.pk for row in decided.values()), later)


def _evidence(new: NewContact) -> dict[str, object]:
    columns = {name: getattr(new, name) for name in EVIDENCE if name != "last_exposure_on"}
    # Of two that a list has the wrong way round, the earlier is the first.
    first, last = sorted((new.first_exposure_at, new.last_exposure_at))
    ordered = {"first_exposure_at": first, "last_exposure_at": last, "last_exposure_on": localtime(last).date()}
    return columns | ordered


def _row(case: UUID, disease: str, key: bytes, new: NewContact, at: datetime, unit: str) -> Contact:
    who = new.who
    return Contact(
        case_id=case,
        disease=disease,
        person_id=new.person,
        who_key=key,
        area_path=new.area_path,
        belongs=belonging(new.destination, area_path=new.area_path) if new.destination else new.belongs,
        destination=new.destination,
        origin=new.origin,
        pushed_by=new.pushed_by,
        relation=new.relation,
        is_core=new.is_core,
        occupation=occupation_named(who.occupation) or who.occupation,
        sex=who.sex,
        born_on=who.born_on,
        entered_by=unit,
        proposed_at=at,
        state_since=at,
        **_evidence(new),
    )


def _file(row: Contact, new: NewContact) -> ContactFile:
    who = new.who
    return ContactFile(
        contact_row=row,
        name=who.name,
        document_kind=who.document_kind,
        document_number=who.document_number,
        document_index=index_of("document_number", who.document_number),
        phone=who.phone,
        phone_index=index_of("phone", who.phone),
        address=who.address,
        nationality=who.nationality,
        workplace=who.workplace,
        key_place=new.key_place,
        is_case_imported=new.is_case_imported,
        why=why_text(new.why),
        note=new.note,
    )


@transaction.atomic
def renew_proposal(*, contact: UUID, new: NewContact, by: str) -> None:
    """One contact who is proposed is so for another reason as well, which is now the first; what was known stays.

    The time of exposure grows to hold both, so that nobody is let go by an earlier day. Decided on meanwhile: nothing
    changes.

    Refuses
    -------
    contacts.unknown
    """
    [row] = locked([contact])
    if row.state != State.PROPOSED:
        return
    known = read_why(ContactFile.objects.get(pk=row.pk).why)
    both = _of_both(row, new)
    for name, value in _evidence(both).items():
        setattr(row, name, value)
    ContactFile.objects.filter(pk=row.pk).update(why=why_text((*new.why, *(it for it in known if it not in new.why))))
    write([row], *EVIDENCE)
    note_line("contacts.proposed", rows=[row], by=by, n_renewed=1)


def _renew(row: Contact, new: NewContact) -> None:
    if row.found_by == TOLD and new.found_by != TOLD:
        new = _beside_what_was_told(row, new)
    for name, value in _evidence(new).items():
        setattr(row, name, value)
    ContactFile.objects.filter(pk=row.pk).update(why=why_text(new.why))


def _beside_what_was_told(row: Contact, new: NewContact) -> NewContact:
    """What a program finds of somebody whom a person named stands beside what was told, and takes nothing from it.

    Only who was told of as a contact of a contact, and is found near the case itself, is from then on what was found.
    """
    told = [it for it in read_why(ContactFile.objects.get(pk=row.pk).why) if it.kind == TOLD]
    both = replace(_of_both(row, new), why=(*told, *new.why))
    is_nearer = row.via is not None and new.via is None and new.found_by in NEAR
    return both if is_nearer else replace(both, ring=row.ring, via=row.via, found_by=TOLD)


def _of_both(row: Contact, new: NewContact) -> NewContact:
    """The new evidence, of an exposure that holds the one on record too."""
    return replace(
        new,
        minutes=max(row.minutes, new.minutes),
        n_meetings=max(row.n_meetings, new.n_meetings),
        weight=max(row.weight, new.weight),
        first_exposure_at=min(row.first_exposure_at, new.first_exposure_at),
        last_exposure_at=max(row.last_exposure_at, new.last_exposure_at),
    )


def belonging(destination: str, *, area_path: str) -> str:
    """Whose a contact is who lives in a division, as seen from the county of `area_path`."""
    county = area_path[:COUNTY_DIGITS]
    if destination[:COUNTY_DIGITS] == county:
        return "here"
    if len(destination) >= 4 and destination[:4] == county[:4]:
        return "district"
    return "city" if destination[:2] == county[:2] else "province"
