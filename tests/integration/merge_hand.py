"""What tests of merging, and of undoing it, do again and again: contacts of a case, all that is on record of two."""

from datetime import timedelta

from fangxian.ops.cases import actions as cases
from fangxian.ops.cases.wire import NewLink
from fangxian.ops.contacts import parting
from fangxian.ops.contacts.actions import note_follow_up
from fangxian.ops.contacts.actions import propose_contacts as put_forward
from fangxian.ops.contacts.queries import contact_with, of_case
from fangxian.ops.contacts.wire import NewContact, OneDay, Why
from fangxian.ops.merges.queries import merges_of_case, merges_of_person
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.procedures.merge_record import rows_of_others
from fangxian.ops.procedures.same_case import same_case
from fangxian.ops.procedures.start_investigation import start_investigation
from fangxian.ops.procedures.unmerge_persons import unmerge_persons
from fangxian.ops.realm.as_before import RowsNow
from fangxian.ops.realm.current import county_now

from .case_room_hand import BY, a_case, result

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWO_PEOPLE = "户籍核对，是两个人"
# What counts on or is computed anew, and the history, which tells of the merge and of its end.
NOT_COMPARED = {"version", "computed_at", "due_at", "safety", "recent", "follow_up_due_at", "evidence"}
HISTORY = {"contacts.statechange"}


def contact_of(case, person, days_ago=2, minutes=30):
    at = county_now() - days_ago * DAY
    told = NewContact(
        ring="close-contact", area_path=person.area_path, first_exposure_at=at, last_exposure_at=at + HOUR,
        found_by="interview", person=person.pk, minutes=minutes, n_meetings=1, weight=float(minutes),
        why=[Why(kind="interview", place_name="东街小吃店", begins_at=at, minutes=minutes)],
    )  # fmt: skip
    put_forward(case=case.pk, disease=case.disease, contacts=[told], by=BY)
    return of_case(case.pk).get(person=person)


def confirmed(row, posts):
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason="同桌吃饭", by=posts.investigator)
    return contact_with(row.pk)


def on_record(two):
    """Every row of every room that a merge of these two may change, as it stands."""
    rows = RowsNow(parting.rows_of_merge(two.persons, two.cases))
    rows |= RowsNow(rows_of_others(two, parting.ids_in(rows)))
    return {
        key: {name: value for name, value in said.items() if name not in NOT_COMPARED}
        for key, said in ((key, rows.said(key)) for key in rows)
        if key[0] not in HISTORY and not str(said.get("withdrawn_why") or "").startswith("撤销合并")
    }


def filled(twice, county, posts):
    """Contacts of each, of both, confirmed and proposed; results, links, follow-ups, tasks, clocks."""
    one, other = twice
    for case, person, days in ((one, 1, 3), (other, 1, 1), (other, 3, 2), (one, 4, 2)):
        confirmed(contact_of(case, county.persons[person], days_ago=days), posts)
    contact_of(other, county.persons[2])
    contact_of(other, county.head)
    row = of_case(other.pk).get(person=county.persons[3])
    note_follow_up(contact=row.pk, on=county_now().date(), how=OneDay(found="seen"), by=BY)
    both = of_case(one.pk).get(person=county.persons[1])
    note_follow_up(contact=both.pk, on=county_now().date(), how=OneDay(found="seen"), by=BY)
    for case in twice:
        cases.note_results(case=case.pk, results=[result()], by=BY)
        start_investigation(case=case.pk, by=BY)
    third = a_case(5)
    link = NewLink(infector=other.pk, infected=third.pk, setting="household", certainty="likely", basis="同住")
    cases.link_cases(links=[link], by=BY)


def the_merge(*, case=None, person=None):
    """The newest merge of a case or of a record."""
    rows = merges_of_case(case) if case else merges_of_person(person)
    return rows.filter(undone_at=None).first() or rows.first()


def undone(merge, by, reason=TWO_PEOPLE):
    """What stays when a merge is undone."""
    return unmerge_persons(merge=merge.pk, reason=reason, by=by)


def merged_cases(by):
    """Two cases made one by somebody: the id of the merge."""
    one, other = a_case(7), a_case(7, document_kind="passport", document_number="E76543210", phone="15400009997")
    same_case(kept=one.pk, merged=other.pk, reason="同一人，两种证件", by=by)
    return the_merge(case=one.pk).pk
