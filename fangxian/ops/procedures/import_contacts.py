"""Rows of a list of contacts come in: whose contacts they are, who is known already, the others as they stand."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import case_numbered
from fangxian.ops.contacts.actions import ready_list, write_list
from fangxian.ops.contacts.queries import OBSERVED, known_as
from fangxian.ops.contacts.wire import ListedContact, Noted
from fangxian.ops.handover.actions import note_outer_ids, ready_outer_ids
from fangxian.ops.handover.queries import outer_case, subjects, unnamed_case
from fangxian.ops.handover.wire import OuterId
from fangxian.ops.handover.words import Subject
from fangxian.ops.people.queries import persons_with_documents
from fangxian.ops.procedures.came import NEW, Came, id_of_another, in_parts, name_differs
from fangxian.ops.procedures.listed_contacts import ReadContact, read_contact
from fangxian.ops.procedures.listed_people import Fields, Lists

PROPOSED = "proposed"
NOBODY = UUID(int=0)  # whose id it is, until that is known


def take_contacts(
    rows: Sequence[tuple[int, Fields]], lists: Lists, *, by: str, reason: str, unit: str = "", pushed_by: str = ""
) -> Came:
    """Take rows (number, fields) of a list of contacts in; some hundred at a time.

    Parameters
    ----------
    pushed_by : the division that pushes them to us; then all are proposals, for an investigator here to decide on
    """
    came, read = Came(), []
    cases = _cases_named({fields.get("case", "") for _, fields in rows}, lists, by)
    for number, fields in rows:
        try:
            read.append((number, read_contact(fields, lists, cases=cases)))
        except Refusal as refusal:
            came.refuse(number, refusal)
    read = _with_known(read, lists, came)
    _settle([it.listed for _, it in read], pushed_by)
    taken = in_parts([it for _, it in read], partial(_write, lists=lists, by=by, reason=reason, unit=unit))
    for (number, it), result in zip(read, taken, strict=True):
        if isinstance(result, Refusal):
            came.refuse(number, result)
        else:
            came.took(number, result.outcome, result.id, it.remarks)
    _compare_names(read, taken, came)
    return came


def _write(things: Sequence[ReadContact], *, lists: Lists, by: str, reason: str, unit: str) -> Sequence:
    """Contacts and what the list calls them, made ready first; whoever is on record is so under the list's id."""
    listed = [it.listed for it in things]
    ready = ready_list(disease=lists.disease, listed=listed, reason=reason, by=by, rulebook=lists.rulebook, unit=unit)
    ids, places = _outer_ids(things)
    ready_ids = ready_outer_ids(source=lists.source, ids=ids, at=lists.at)
    with transaction.atomic():
        taken = write_list(ready=ready)
        note_outer_ids(ready=ready_ids, by=by, subjects=[taken[place].id for place in places])
    return taken


def _compare_names(read: Sequence[tuple[int, ReadContact]], taken: Sequence, came: Came) -> None:
    """Of whoever was recognised by document or phone, and not by the list's id: another name is remarked on."""
    known = [
        (number, it.listed.new.who.name, result.id)
        for (number, it), result in zip(read, taken, strict=True)
        if not isinstance(result, Refusal) and result.outcome != NEW and it.listed.known is None
    ]
    rows = known_as({subject for *_, subject in known})
    for number, there, subject in known:
        here = rows[subject].name if subject in rows else ""
        if here and there and here != there:
            came.remark(number, name_differs(here, there))


def _outer_ids(things: Sequence[ReadContact]) -> tuple[list[OuterId], list[int]]:
    """What each is called, and in which place it stands: by its id, and by its number too, which other lists may name
    it by. What is known by its id is called so already.
    """
    ids, places = [], []
    for place, it in enumerate(things):
        told = {"kind": Subject.CONTACT, "subject": NOBODY}
        if it.listed.known is None:
            ids.append(OuterId(**told, outer_id=it.outer_id, outer_number=it.outer_number))
            places.append(place)
        if it.outer_number and it.outer_number != it.outer_id:
            ids.append(OuterId(**told, outer_id=it.outer_number))
            places.append(place)
    return ids, places


def _cases_named(names: set[str], lists: Lists, by: str) -> dict[str, UUID]:
    """The case that each name of the list means: ours by its id in this source, or by our own number; else an id that
    stands for it until it comes.
    """
    found = subjects(lists.source, Subject.CASE, names)
    for name in names - set(found):
        if name.startswith(f"{lists.county}-") and (case := case_numbered(name)):
            found[name] = case.pk
    return found | _named(sorted(names - set(found) - {""}), lists, by)


def _named(names: Sequence[str], lists: Lists, by: str) -> dict[str, UUID]:
    """Note what the list calls cases that we do not have, so that each has that id when it comes, and is called so
    when the list goes out again. They are asked for afterwards, since one may have come at this very moment.
    """
    if not names:
        return {}
    ids = [
        OuterId(kind=Subject.CASE, subject=outer_case(lists.source, name), outer_id=name, outer_number=name)
        for name in names
    ]
    note_outer_ids(ready=ready_outer_ids(source=lists.source, ids=ids, at=lists.at), by=by)
    return subjects(lists.source, Subject.CASE, names)


def _with_known(read: list[tuple[int, ReadContact]], lists: Lists, came: Came) -> list[tuple[int, ReadContact]]:
    """Each with the contact it is known to be, and with whom it is one through; another person by now is refused."""
    asked = {text for _, it in read for text in (it.outer_id, it.via) if text}
    known = subjects(lists.source, Subject.CONTACT, asked)
    rows = known_as({known[it.outer_id] for _, it in read if it.outer_id in known})
    left, unnamed = [], unnamed_case(lists.source)
    for number, it in read:
        pk, listed = known.get(it.outer_id), it.listed
        row, name = rows.get(pk), listed.new.who.name
        here = row.name if row else ""
        if name and here and name != here:
            came.refuse(number, id_of_another(it.outer_id, here, name))
            continue
        if it.via:
            listed.new.via = known.get(it.via)
        if row is not None:
            listed.known = pk
            listed.case = row.case_id if listed.case == unnamed else listed.case
        left.append((number, it))
    return left


def _settle(listed: Sequence[ListedContact], pushed_by: str) -> None:
    """Residents are this county's to decide on: they come in as proposals, and so does whoever is pushed to us."""
    residents = persons_with_documents({it.new.who.document_number for it in listed})
    for it in listed:
        person, new = residents.get(it.new.who.document_number), it.new
        if person is not None:
            new.person, new.area_path = person.pk, person.area_path
        if pushed_by:
            new.origin, new.pushed_by, new.found_by = "pushed_in", pushed_by, "pushed"
        if (person is not None or pushed_by) and it.state in (PROPOSED, *OBSERVED):
            it.state, it.noted = PROPOSED, _only_said(it.noted)


def _only_said(noted: Noted) -> Noted:
    """What was found out of somebody, without the days and places that only a decision gives."""
    return Noted(whereabouts=noted.whereabouts, key_place=noted.key_place, note=noted.note)
