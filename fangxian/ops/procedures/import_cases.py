"""Rows of a list of cases come in: read, known ones recognised, the others opened as they stand in the list."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.actions import ready_list, write_list
from fangxian.ops.cases.queries import Case, cases_with
from fangxian.ops.cases.wire import ListedCase
from fangxian.ops.handover.actions import note_outer_ids, ready_outer_ids
from fangxian.ops.handover.queries import outer_case, subjects
from fangxian.ops.handover.wire import OuterId
from fangxian.ops.handover.words import Subject
from fangxian.ops.people.queries import persons_with_documents
from fangxian.ops.procedures.came import KNOWN, NEW, Came, id_of_another, name_differs
from fangxian.ops.procedures.listed_cases import ReadCase, read_case
from fangxian.ops.procedures.listed_people import Fields, Lists
from fangxian.ops.procedures.stood_in import bring_contacts, stand_ins
from fangxian.ops.realm.ids import new_ids


def take_cases(rows: Sequence[tuple[int, Fields]], lists: Lists, *, by: str, reason: str) -> Came:
    """Take rows (number, fields) of a list of cases in; some hundred at a time."""
    came, read = Came(), []
    for number, fields in rows:
        try:
            read.append((number, read_case(fields, lists)))
        except Refusal as refusal:
            came.refuse(number, refusal)
    every, read = read, _without_known(read, lists, came)
    residents = persons_with_documents({it.listed.new.document_number for _, it in read})
    listed = [_of_resident(it.listed, residents.get(it.listed.new.document_number)) for _, it in read]
    taken = _write(read, listed, lists, by, reason)
    for (number, it), result in zip(read, taken, strict=True):
        if isinstance(result, Refusal):
            came.refuse(number, result)
            continue
        subject, is_new = result
        came.took(number, NEW if is_new else KNOWN, subject, _told(it, lists, is_new=is_new))
    _compare_names(read, taken, came)
    known = [(came.subject[n], it) for n, it in every if came.outcome[n] == KNOWN]
    if named := {it.outer_number: pk for pk, it in known if it.outer_number not in ("", it.outer_id)}:
        _call_by_number(named, lists, by)
    return came


def _write(
    read: Sequence[tuple[int, ReadCase]], listed: Sequence[ListedCase], lists: Lists, by: str, reason: str
) -> list[tuple[UUID, bool] | Refusal]:
    """Cases and what the list calls them, made ready first; whoever is on record is so under the list's id."""
    while True:
        ready = ready_list(cases=listed, by=by, reason=reason)
        ids, places = _outer_ids(read, ready.refused)
        ready_ids = ready_outer_ids(source=lists.source, ids=ids, at=lists.at)
        with transaction.atomic():
            taken = write_list(ready=ready)
            n_noted = note_outer_ids(ready=ready_ids, by=by, subjects=[taken[place][0] for place in places])
            are_named = n_noted < len(ids)
            meant = _named_meanwhile(read, taken, lists) if are_named else {}
            waiting = stand_ins(_named(read, taken), lists) if are_named and not meant else {}
            if meant := meant or _in_their_place(read, taken, waiting, lists):
                transaction.set_rollback(True)
            else:
                bring_contacts(waiting=waiting, lists=lists, by=by)
        if not meant:
            return [taken.get(place) or ready.refused[place] for place in range(len(listed))]
        for place, pk in meant.items():
            read[place][1].listed.id = listed[place].id = pk


def _call_by_number(named: Mapping[str, UUID], lists: Lists, by: str) -> None:
    """Cases that came before are called by number too from now on, which this list may be the first to say."""
    known = subjects(lists.source, Subject.CASE, named)
    ids = [OuterId(kind=Subject.CASE, subject=pk, outer_id=it) for it, pk in named.items() if it not in known]
    with transaction.atomic():
        if ids:
            note_outer_ids(ready=ready_outer_ids(source=lists.source, ids=ids, at=lists.at), by=by)
        others = {it: named[it] for it, pk in known.items() if pk != named[it]}
        bring_contacts(waiting=stand_ins(others, lists) if others else {}, lists=lists, by=by)


def _named(read: Sequence[tuple[int, ReadCase]], taken: Mapping[int, tuple[UUID, bool]]) -> dict[str, UUID]:
    """Our case by what the list calls it. What one row calls its number and another its id is the other's."""
    by_number = {read[place][1].outer_number: pk for place, (pk, _) in reversed(taken.items())}  # of two the first
    return by_number | {read[place][1].outer_id: pk for place, (pk, _) in taken.items()}


def _named_meanwhile(
    read: Sequence[tuple[int, ReadCase]], taken: Mapping[int, tuple[UUID, bool]], lists: Lists
) -> dict[int, UUID]:
    """By its place the id of each case that somebody else has named since we looked: the same list at once, or one of
    contacts, to whom their case is the one with that id.
    """
    named = subjects(lists.source, Subject.CASE, [it.outer_id for _, it in read])
    own = {pk for pk, _ in taken.values()}  # what one row calls its number another may call its id
    meant = {place: named[read[place][1].outer_id] for place in taken}
    return {place: pk for place, pk in meant.items() if pk not in own and pk != read[place][1].listed.id}


def _in_their_place(
    read: Sequence[tuple[int, ReadCase]],
    taken: Mapping[int, tuple[UUID, bool]],
    waiting: Mapping[UUID, UUID],
    lists: Lists,
) -> dict[int, UUID]:
    """By its place the id that stood in for a case that is new: the case takes it, once, and no contact need move."""
    stood_in = {case: pk for pk, case in waiting.items()}
    new = {place: pk for place, (pk, is_new) in taken.items() if is_new and pk in stood_in}
    names = {place: (read[place][1].outer_id, read[place][1].outer_number) for place in new}
    has_one = {place for place, pk in new.items() if pk in {outer_case(lists.source, it) for it in names[place]}}
    return {place: stood_in[pk] for place, pk in new.items() if place not in has_one}


def _compare_names(read: Sequence[tuple[int, ReadCase]], taken: Sequence, came: Came) -> None:
    """Of whoever was recognised: the same id under another name is refused, the same document remarked on."""
    known = [
        (number, it, result[0])
        for (number, it), result in zip(read, taken, strict=True)
        if not isinstance(result, Refusal) and not result[1]
    ]
    rows = cases_with({subject for *_, subject in known}, only=("name",))
    for number, it, subject in known:
        here, there = rows[subject].name, it.listed.new.name
        if here == there or there in (it.outer_id, it.outer_number):  # a list that does not say is called by its ids
            continue
        if it.listed.id == subject:
            came.refuse(number, id_of_another(it.outer_id, here, there))
        else:
            came.remark(number, name_differs(here, there))


def _outer_ids(read: Sequence[tuple[int, ReadCase]], refused: Container[int]) -> tuple[list[OuterId], list[int]]:
    """What each that is taken is called, and in which place it stands: by its id, and by its number too, which other
    lists may name it by.
    """
    ids, places = [], []
    for place, (_, it) in enumerate(read):
        if place in refused:
            continue
        told = {"kind": Subject.CASE, "subject": it.listed.id}
        ids.append(OuterId(**told, outer_id=it.outer_id, outer_number=it.outer_number))
        places.append(place)
        if it.outer_number and it.outer_number != it.outer_id:
            ids.append(OuterId(**told, outer_id=it.outer_number))
            places.append(place)
    return ids, places


def _without_known(read: list[tuple[int, ReadCase]], lists: Lists, came: Came) -> list[tuple[int, ReadCase]]:
    """Leave out those that came before under their id; one that is another person by now is refused. Those that are
    left get the id by which contacts know their case already, else one of their own.
    """
    known = subjects(lists.source, Subject.CASE, [it.outer_id for _, it in read])
    cases = cases_with(set(known.values()))
    left, fresh = [], iter(new_ids(len(read)))
    for number, it in read:
        case = cases.get(known.get(it.outer_id))
        if case is None:
            it.listed.id = known.setdefault(it.outer_id, next(fresh))
            left.append((number, it))
        elif case.name and it.listed.new.name and case.name != it.listed.new.name:
            came.refuse(number, id_of_another(it.outer_id, case.name, it.listed.new.name))
        else:
            came.took(number, KNOWN, case.same_as_id or case.pk, _told(it, lists))
    return left


def _told(it: ReadCase, lists: Lists, *, is_new: bool = False) -> tuple[Refusal, ...]:
    """What a row was taken without. A known case is left as it stands, so nothing was left out of it; but it may be
    new from this very list, when the job that took it was cut off before it could say so.
    """
    return it.remarks if is_new or lists.is_resumed else ()


def _of_resident(listed: ListedCase, person) -> ListedCase:
    """A resident's case is this county's to confirm: it comes in as reported, unless it is over."""
    if person is None:
        return listed
    new = replace(listed.new, person=person.pk, area_path=person.area_path)
    if listed.state not in (Case.State.CONFIRMED, Case.State.IN_TREATMENT):
        return replace(listed, new=new)
    return replace(listed, new=new, state=Case.State.REPORTED, confirmed_at=None)
