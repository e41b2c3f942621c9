"""Follow-ups and further meetings of contacts on record, as a list or another county has them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import insert_rows, rows_with, update_rows
from fangxian.ops.realm.current import county_now

from ..models import Contact, ContactFile, FollowUp
from ..wire import ListedDay, ListedMeeting, Why, why_text
from .following import due_at_of
from .rows import chunks, locked, note_line

MEETING = ("first_exposure_at", "last_exposure_at", "last_exposure_on")


@transaction.atomic
def take_days(*, days: Sequence[ListedDay], by: str) -> list[tuple[UUID, bool]]:
    """Put follow-ups on record, in their order: each with its id and whether it is new. A day on record stays.

    Refuses
    -------
    contacts.unknown
    """
    at = county_now()
    rows = {row.pk: row for row in locked({it.contact for it in days})}
    known = {
        (whose, on): pk
        for whose, on, pk in FollowUp.objects.filter(whose__in=list(rows)).values_list("whose_id", "on", "pk")
    }
    answer, fresh = [], []
    for it in days:
        key = (it.contact, it.on)
        if key in known:
            answer.append((known[key], False))
            continue
        row = _day(it, rows[it.contact], at, by)
        known[key] = row.pk
        fresh.append(row)
        answer.append((row.pk, True))
    insert_rows(FollowUp, (vars(row) for row in fresh))
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
    rows = {row.pk: row for row in locked({it.contact for it in meetings})}
    pairs = {(it.case, bytes(rows[it.contact].who_key)) for it in meetings}
    pairs |= {(row.case_id, bytes(row.who_key)) for row in rows.values()}
    known = rows_with(Contact, ("case_id", "who_key"), pairs, ("case_id", "who_key", "id"))
    of_cases = {(case, key): pk for case, key, pk in known}
    answer, touched, moved, also = [], [], {}, []
    for it in meetings:
        row = rows[it.contact]
        key = bytes(row.who_key)
        if found := of_cases.get((it.case, key)):
            answer.append((found, False))
            continue
        if row.case_id == unnamed and (unnamed, key) in of_cases:
            del of_cases[unnamed, key]
            row.case_id = it.case
            _meet(row, it)
            moved[row.pk] = row
        else:
            row = _also(row, it)
            also.append((it, row))
        of_cases[it.case, key] = row.pk
        touched.append(row)
        answer.append((row.pk, True))
    update_rows(Contact, ({name: getattr(row, name) for name in ("id", "case_id", *MEETING)} for row in moved.values()))
    _write_also(also)
    note_line("contacts.meetings_listed", rows=touched, by=by)
    return answer


def _day(it: ListedDay, row: Contact, at: datetime, by: str) -> FollowUp:
    day = FollowUp(whose=row, area_path=row.area_path, on=it.on, due_at=due_at_of(it.on, at=at), state=it.state)
    if it.state == FollowUp.State.DONE and it.how is not None:
        how = it.how
        day.found, day.temperature_c, day.symptoms, day.note = (
            how.found,
            how.temperature_c,
            list(how.symptoms),
            how.note,
        )
        day.is_symptomatic, day.done_at, day.done_by = how.is_symptomatic, at, by
    return day


def _meet(row: Contact, it: ListedMeeting) -> None:
    if it.last_exposure_at is not None:
        row.last_exposure_at = it.last_exposure_at
        row.first_exposure_at = min(row.first_exposure_at, it.last_exposure_at)
        row.last_exposure_on = localtime(it.last_exposure_at).date()


def _also(row: Contact, it: ListedMeeting) -> Contact:
    """The same person as a contact of another case, in the same state."""
    also = Contact(**{f.attname: getattr(row, f.attname) for f in Contact._meta.fields if f.name != "id"})
    also.case_id, also.follow_up_due_at = it.case, None
    if it.last_exposure_at is not None:
        also.first_exposure_at = it.last_exposure_at
    _meet(also, it)
    return also


def _write_also(also: Sequence[tuple[ListedMeeting, Contact]]) -> None:
    files = {}
    for chunk in chunks([it.contact for it, _ in also]):
        files |= ContactFile.objects.in_bulk(chunk)
    columns = []
    for it, row in also:
        file = vars(files[it.contact]) | {"contact_row_id": row.pk}
        columns.append(file | ({"why": why_text([Why(kind="line-list", words=it.words)])} if it.words else {}))
    insert_rows(Contact, (vars(row) for _, row in also))
    insert_rows(ContactFile, columns)
