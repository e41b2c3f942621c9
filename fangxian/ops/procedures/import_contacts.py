"""Rows of a list of contacts come in: whose contacts they are, who is known already, the others as they stand."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import case_numbered
from fangxian.ops.contacts.actions import take_list
from fangxian.ops.contacts.queries import OBSERVED, known_as
from fangxian.ops.contacts.wire import ListedContact, Noted
from fangxian.ops.handover.actions import note_outer_ids
from fangxian.ops.handover.queries import outer_case, subjects, unnamed_case
from fangxian.ops.handover.wire import OuterId
from fangxian.ops.handover.words import Subject
from fangxian.ops.people.queries import persons_with_documents
from fangxian.ops.procedures.came import NEW, Came, id_of_another, in_parts, name_differs
from fangxian.ops.procedures.listed_contacts import ReadContact, read_contact
from fangxian.ops.procedures.listed_people import Fields, Lists

PROPOSED = "proposed"


def take_contacts(
    rows: Sequence[tuple[int, Fields]], lists: Lists, *, by: str, reason: str, unit: str = "", pushed_by: str = ""
) -> Came:
    """Take rows (number, fields) of a list of contacts in; some hundred at a time.

    Parameters
    ----------
    pushed_by : the division that pushes them to us; then all are proposals, for an investigator here to decide on
    """
    came, read = Came(), []
    cases = _cases_named({fields.get("case", "") for _, fields in rows}, lists)
    for number, fields in rows:
        try:
            read.append((number, read_contact(fields, lists, cases=cases)))
        except Refusal as refusal:
            came.refuse(number, refusal)
    read = _with_known(read, lists, came)
    listed = _settled([it.listed for _, it in read], pushed_by)

    def take(part: Sequence[ListedContact]) -> Sequence:
        return take_list(disease=lists.disease, listed=part, reason=reason, by=by, rulebook=lists.rulebook, unit=unit)

    with transaction.atomic():  # whoever is on record is so under the list's id
        taken = in_parts(listed, take)
        ids = _outer_ids(read, taken) + _outer_cases(rows, cases, lists)
        note_outer_ids(source=lists.source, ids=ids, at=lists.at, by=by)
    for (number, it), result in zip(read, taken, strict=True):
        if isinstance(result, Refusal):
            came.refuse(number, result)
        else:
            came.took(number, result.outcome, result.id, it.remarks)
    _compare_names(read, taken, came)
    return came


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


def _outer_ids(read: Sequence[tuple[int, ReadContact]], taken: Sequence) -> list[OuterId]:
    """What each that was taken is called: by its id, and by its number too, which other lists may name it by."""
    ids = []
    for (_, it), result in zip(read, taken, strict=True):
        if isinstance(result, Refusal):
            continue
        told = {"kind": Subject.CONTACT, "subject": result.id}
        ids.append(OuterId(**told, outer_id=it.outer_id, outer_number=it.outer_number))
        if it.outer_number and it.outer_number != it.outer_id:
            ids.append(OuterId(**told, outer_id=it.outer_number))
    return ids


def _outer_cases(rows: Sequence[tuple[int, Fields]], cases: dict[str, UUID], lists: Lists) -> list[OuterId]:
    """What the list calls cases that we do not have, so that they are called so when the list goes out again."""
    names = {fields.get("case", "") for _, fields in rows} - set(cases) - {""}
    return [
        OuterId(kind=Subject.CASE, subject=outer_case(lists.source, name), outer_id=name, outer_number=name)
        for name in sorted(names)
    ]


def _cases_named(names: set[str], lists: Lists) -> dict[str, UUID]:
    """Our case by what the list calls it: by its id in this source, or by our own number."""
    found = subjects(lists.source, Subject.CASE, names)
    for name in names - set(found):
        if name.startswith(f"{lists.county}-") and (case := case_numbered(name)):
            found[name] = case.pk
    return found


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
        if row is None and not it.via:
            left.append((number, it))
            continue
        new = replace(listed.new, via=known.get(it.via)) if it.via else listed.new
        case = row.case_id if row and listed.case == unnamed else listed.case
        listed = replace(listed, new=new, case=case, known=pk if row else None)
        left.append((number, replace(it, listed=listed)))
    return left


def _settled(listed: list[ListedContact], pushed_by: str) -> list[ListedContact]:
    """Residents are this county's to decide on: they come in as proposals, and so does whoever is pushed to us."""
    residents = persons_with_documents({it.new.who.document_number for it in listed})
    settled = []
    for it in listed:
        person = residents.get(it.new.who.document_number)
        new = it.new
        if person is not None:
            new = replace(new, person=person.pk, area_path=person.area_path)
        if pushed_by:
            new = replace(new, origin="pushed_in", pushed_by=pushed_by, found_by="pushed")
        is_open = it.state in (PROPOSED, *OBSERVED)
        if is_open and (person is not None or pushed_by):
            it = replace(it, state=PROPOSED, noted=_only_said(it.noted))
        settled.append(it if new is it.new else replace(it, new=new))
    return settled


def _only_said(noted: Noted) -> Noted:
    """What was found out of somebody, without the days and places that only a decision gives."""
    return Noted(whereabouts=noted.whereabouts, key_place=noted.key_place, note=noted.note)
