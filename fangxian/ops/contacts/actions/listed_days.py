"""Follow-ups and further meetings of contacts on record, as a list or another county has them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import defaults_of, insert_rows, rows_with, update_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import new_ids

from ..models import Contact, ContactFile, FollowUp
from ..wire import ListedDay, ListedMeeting, Why, why_text
from .following import due_at_of
from .rows import chunks, locked_columns, note_line


class _InMeetings(NamedTuple):
    """What a meeting asks of a contact, and changes in it."""

    id: UUID
    case_id: UUID
    who_key: bytes
    person_id: UUID | None
    first_exposure_at: datetime
    last_exposure_at: datetime
    last_exposure_on: date


IN_MEETINGS = _InMeetings._fields
MEETING = ("first_exposure_at", "last_exposure_at", "last_exposure_on")


@transaction.atomic
def take_days(*, days: Sequence[ListedDay], by: str) -> list[tuple[UUID, bool]]:
    """Put follow-ups on record, in their order: each with its id and whether it is new. A day on record stays.

    Refuses
    -------
    contacts.unknown
    """
    at = county_now()
    areas = dict(locked_columns({it.contact for it in days}, columns=("id", "area_path")))
    wanted = ((it.contact, it.on) for it in days)
    known = {
        (whose, on): pk for whose, on, pk in rows_with(FollowUp, ("whose_id", "on"), wanted, ("whose_id", "on", "id"))
    }
    blank, due_at, answer, fresh = defaults_of(FollowUp), {}, [], []
    for it, pk in zip(days, new_ids(len(days)), strict=True):
        key = (it.contact, it.on)
        if key in known:
            answer.append((known[key], False))
            continue
        if it.on not in due_at:
            due_at[it.on] = due_at_of(it.on, at=at)
        of_day = {"id": pk, "whose_id": it.contact, "area_path": areas[it.contact], "on": it.on}
        fresh.append(blank | of_day | {"due_at": due_at[it.on], "state": it.state} | _how(it, at, by))
        known[key] = pk
        answer.append((pk, True))
    insert_rows(FollowUp, fresh)
    if fresh:
        record("contacts.days_listed", by=by, facts={"n": len(fresh)})
    return answer


@transaction.atomic
def take_meetings(*, meetings: Sequence[ListedMeeting], unnamed: UUID, by: str) -> list[tuple[UUID, bool]]:
    """Put on record that contacts met cases: each with the contact of that case, and whether that is new.

    Parameters
    ----------
    unnamed : the id that stands for the case of contacts whose list named none: they become contacts of the case met

    Refuses
    -------
    contacts.unknown
    """
    locked = locked_columns({it.contact for it in meetings}, columns=IN_MEETINGS)
    rows = {row[0]: _InMeetings._make(row) for row in locked}
    pairs = {(it.case, rows[it.contact].who_key) for it in meetings}
    pairs |= {(row.case_id, row.who_key) for row in rows.values()}
    known = rows_with(Contact, ("case_id", "who_key"), pairs, ("case_id", "who_key", "id"))
    of_cases = {(case, key): pk for case, key, pk in known}
    answer, moved, also = [], {}, []
    for it, pk in zip(meetings, new_ids(len(meetings)), strict=True):
        row = rows[it.contact]
        if found := of_cases.get((it.case, row.who_key)):
            answer.append((found, False))
            continue
        if row.case_id == unnamed and (unnamed, row.who_key) in of_cases:
            del of_cases[unnamed, row.who_key]
            row = rows[row.id] = moved[row.id] = _met(row._replace(case_id=it.case), it)
        else:
            row = row._replace(id=pk, case_id=it.case, first_exposure_at=it.last_exposure_at or row.first_exposure_at)
            also.append((it, _met(row, it)))
        of_cases[it.case, row.who_key] = row.id
        answer.append((row.id, True))
    update_rows(Contact, ({name: getattr(row, name) for name in ("id", "case_id", *MEETING)} for row in moved.values()))
    _write_also(also)
    note_line("contacts.meetings_listed", rows=[*moved.values(), *(row for _, row in also)], by=by)
    return answer


def _how(it: ListedDay, at: datetime, by: str) -> dict[str, object]:
    """What a list says of how somebody was; nothing of a day that is due or missed."""
    if it.state != FollowUp.State.DONE or it.how is None:
        return {}
    how = it.how
    said = {"found": how.found, "temperature_c": how.temperature_c, "symptoms": list(how.symptoms), "note": how.note}
    return said | {"is_symptomatic": how.is_symptomatic, "done_at": at, "done_by": by}


def _met(row: _InMeetings, it: ListedMeeting) -> _InMeetings:
    if it.last_exposure_at is None:
        return row
    first = min(row.first_exposure_at, it.last_exposure_at)
    last_on = localtime(it.last_exposure_at).date()
    return row._replace(first_exposure_at=first, last_exposure_at=it.last_exposure_at, last_exposure_on=last_on)


def _write_also(also: Sequence[tuple[ListedMeeting, _InMeetings]]) -> None:
    """Persons on record as contacts of another case too, in the same state."""
    wholes, files = {}, {}
    for chunk in chunks(sorted({it.contact for it, _ in also})):
        wholes |= Contact.objects.in_bulk(chunk)
        files |= ContactFile.objects.in_bulk(chunk)
    rows, columns = [], []
    for it, row in also:
        rows.append(vars(wholes[it.contact]) | row._asdict() | {"follow_up_due_at": None})
        file = vars(files[it.contact]) | {"contact_row_id": row.id}
        columns.append(file | ({"why": why_text([Why(kind="line-list", words=it.words)])} if it.words else {}))
    insert_rows(Contact, rows)
    insert_rows(ContactFile, columns)
