"""The contacts room: proposals are only proposals, decisions have reasons, dates follow from the rulebook."""

from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.contacts import actions
from fangxian.ops.contacts.models import Contact, ContactFile
from fangxian.ops.contacts.quality import rules_broken
from fangxian.ops.contacts.queries import changes_of, contact_with, of_case, of_person
from fangxian.ops.contacts.wire import Noted, Who, read_why, who_of
from fangxian.ops.realm.current import county_now

from .contact_hand import BECAUSE, BY, CLOSE, CO_PRESENT, SECONDARY, confirm, confirmed, new, propose, rulebook
from .two_townships import build

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


# ── proposing ─────────────────────────────────────────────────────────────────


def test_a_proposal_asks_nothing_of_anybody():
    [pk] = propose(new()).ids
    row = contact_with(pk)
    assert (row.state, row.release_on, row.decided_by, row.faults) == ("proposed", None, "", 0)


def test_proposing_again_renews_the_evidence_of_what_is_still_proposed():
    case = uuid4()
    [pk] = propose(new(minutes=10, weight=1), case=case).ids
    again = propose(new(minutes=45, weight=3, days_ago=0.5), case=case)
    row = contact_with(pk)
    assert (again.ids, again.n_renewed, row.minutes, row.weight) == ((), 1, 45, 3)
    assert [why.minutes for why in read_why(row.file.why)] == [45]


def test_whoever_was_rejected_is_not_proposed_again_silently():
    case = uuid4()
    [pk] = propose(new(), case=case).ids
    actions.reject_contacts(contacts=[pk], reason="不在现场", by=BY)
    again = propose(new(minutes=90), case=case)
    assert (again.rejected, again.ids, contact_with(pk).state, contact_with(pk).minutes) == ((pk,), (), "rejected", 30)


def test_whoever_is_confirmed_keeps_their_evidence_and_a_later_exposure_is_told():
    case = uuid4()
    [pk] = propose(new(days_ago=3), case=case).ids
    confirm(pk)
    again = propose(new(days_ago=1), case=case)
    assert (again.decided, again.later) == ((pk,), (pk,))
    assert contact_with(pk).last_exposure_on == (county_now() - 3 * DAY).date()


def test_one_person_twice_in_one_call_is_one_contact_with_the_heavier_evidence():
    case = uuid4()
    propose(new(weight=1, minutes=5), new(weight=9, minutes=50), case=case)
    assert [row.minutes for row in of_case(case)] == [50]


def test_a_resident_is_known_by_the_register_and_not_written_down_again(county):
    [pk] = propose(new(person=county.head.pk, who={"name": "", "phone": "", "occupation": ""})).ids
    row = contact_with(pk)
    assert who_of(row, row.file).name == county.head.name
    assert (row.file.name, row.file.document_number) == ("", "")


def test_somebody_by_whom_nobody_could_be_known_again_is_refused_and_nobody_is_proposed():
    case = uuid4()
    with pytest.raises(Refusal, match=r"contacts\.nobody") as refused:
        propose(new(1), new(2, who={"name": "无名", "phone": ""}), case=case)
    assert ("第 2 名" in refused.value.said.zh, of_case(case).count()) == (True, 0)


def test_names_are_sealed_at_rest(county):
    propose(new(who={"name": "唐甄"}))
    stored = ContactFile.objects.extra(select={"raw": "name"}).values_list("raw", flat=True)
    assert all("唐甄".encode() not in bytes(raw) for raw in stored)


# ── deciding ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("book", "ring", "disease", "release_after", "watched_after", "mode"),
    [
        ("covid19-2022-04", CLOSE, "covid-19", 14, 21, ""),
        ("covid19-2022-04", SECONDARY, "covid-19", 7, 7, ""),
        ("covid19-2022-04", CO_PRESENT, "covid-19", 14, 14, "monitoring"),
        ("measles", "susceptible-contact", "measles", 21, 21, "monitoring"),
        ("norovirus", "co-exposed", "norovirus", 3, 3, "monitoring"),
    ],
)
def test_days_are_counted_from_the_last_exposure_which_is_day_0(
    book, ring, disease, release_after, watched_after, mode
):
    [pk] = propose(new(ring=ring), disease=disease).ids
    confirm(pk, ring=ring, book=rulebook(book))
    row = contact_with(pk)
    told = ((row.release_on - row.last_exposure_on).days, (row.watched_until_on - row.last_exposure_on).days, row.mode)
    assert told == (release_after, watched_after, mode)


def test_a_ring_that_asks_nothing_has_no_dates():
    [pk] = propose(new(ring="immune-contact"), disease="measles").ids
    confirm(pk, ring="immune-contact", book=rulebook("measles"))
    row = contact_with(pk)
    assert (row.state, row.release_on, row.watched_until_on) == ("confirmed", None, None)


def test_the_decision_is_on_record_with_its_reason():
    [pk] = propose(new()).ids
    confirm(pk)
    [change] = changes_of(pk)
    assert (change.before, change.after, change.ring, change.reason) == ("proposed", "confirmed", CLOSE, BECAUSE)


def test_confirming_again_changes_nothing_and_leaves_no_line():
    row = confirmed()
    lines = AuditLine.objects.count()
    assert confirm(row.pk) == ()
    assert (AuditLine.objects.count(), changes_of(row.pk).count()) == (lines, 1)


def test_a_set_of_contacts_leaves_one_line():
    ids = propose(*map(new, range(7))).ids
    lines = AuditLine.objects.count()
    confirm(*ids)
    assert AuditLine.objects.count() == lines + 1


def test_a_contact_can_be_found_to_belong_to_another_ring():
    row = confirmed()
    confirm(row.pk, ring=CO_PRESENT)
    row = contact_with(row.pk)
    assert (row.ring, row.state, row.watched_until_on - row.last_exposure_on) == (CO_PRESENT, "confirmed", 14 * DAY)


@pytest.mark.parametrize("decide", [actions.reject_contacts, actions.put_back])
def test_nobody_is_decided_on_without_a_reason(decide):
    row = confirmed()
    with pytest.raises(Refusal, match=r"contacts\.no_reason"):
        decide(contacts=[row.pk], reason="  ", by=BY)


def test_a_rulebook_of_another_disease_is_refused():
    [pk] = propose(new(), disease="measles").ids
    with pytest.raises(Refusal, match=r"contacts\.other_disease"):
        confirm(pk)


def test_a_ring_the_rulebook_does_not_know_is_refused():
    [pk] = propose(new()).ids
    with pytest.raises(Refusal, match=r"rulebook\.unknown_ring"):
        confirm(pk, ring="neighbour")


def test_of_a_set_with_one_that_cannot_be_decided_on_none_is():
    first, second = propose(new(1), new(2)).ids
    actions.reject_contacts(contacts=[second], reason="查无此人", by=BY)
    with pytest.raises(Refusal, match=r"contacts\.not_to_decide"):
        confirm(first, second)
    assert contact_with(first).state == "proposed"


def test_a_rejected_contact_can_be_put_back_and_confirmed():
    [pk] = propose(new()).ids
    actions.reject_contacts(contacts=[pk], reason="不在现场", by=BY)
    actions.put_back(contacts=[pk], reason="监控显示在场", by=BY)
    confirm(pk)
    assert [change.after for change in changes_of(pk)] == ["confirmed", "proposed", "rejected"]


def test_a_contact_that_is_not_on_record_is_refused():
    with pytest.raises(Refusal, match=r"contacts\.unknown"):
        confirm(uuid4())


# ── what becomes of them ──────────────────────────────────────────────────────


def test_states_follow_one_another_to_the_release():
    row = confirmed(days_ago=15)
    actions.note_traced(contacts=[row.pk], by=BY)
    actions.note_transferred(contacts=[row.pk], site="山水宾馆", by=BY)
    actions.note_in_quarantine(contacts=[row.pk], mode="central", site="山水宾馆", by=BY, rulebook=rulebook())
    actions.release_contacts(contacts=[row.pk], by=BY)
    states = [change.after for change in reversed(changes_of(row.pk))]
    assert states == ["confirmed", "traced", "transferred", "in_quarantine", "released"]
    assert contact_with(row.pk).is_traced is True


def test_nobody_is_released_before_the_last_day_is_over():
    row = confirmed(days_ago=14)  # today is day 14, which ends at midnight
    with pytest.raises(Refusal, match=r"contacts\.too_early"):
        actions.release_contacts(contacts=[row.pk], by=BY)
    assert contact_with(row.pk).state == "confirmed"


def test_a_proposal_cannot_be_released():
    [pk] = propose(new()).ids
    with pytest.raises(Refusal, match=r"contacts\.not_now"):
        actions.release_contacts(contacts=[pk], by=BY)


def test_whoever_is_handed_over_belongs_to_where_they_went():
    row = confirmed()
    actions.note_handed_over(contacts=[row.pk], destination="141024", by=BY)
    row = contact_with(row.pk)
    assert (row.state, row.belongs, row.destination) == ("handed_over", "district", "141024")


def test_a_released_contact_can_still_become_a_case():
    row = confirmed(days_ago=16)
    actions.release_contacts(contacts=[row.pk], by=BY)
    actions.note_became_case(contacts=[row.pk], by=BY)
    assert contact_with(row.pk).state == "became_case"


def test_what_is_noted_of_one_contact_is_written_and_judged():
    row = confirmed(who={"occupation": "pupil"})
    assert {rule for rule in ("no-unit", "untraced") if rule in _faults(row.pk)} == {"no-unit", "untraced"}
    actions.note_details(contact=row.pk, noted=Noted(workplace="第一小学", is_traced=True), by=BY)
    assert _faults(row.pk) == []


def _faults(pk) -> list[str]:
    return [rule.key for rule in rules_broken(contact_with(pk).faults)]


def test_a_release_date_somebody_states_stands_and_is_told_apart():
    row = confirmed()
    actions.note_details(contact=row.pk, noted=Noted(release_on=row.release_on + DAY), by=BY, rulebook=rulebook())
    assert "wrong-release" in _faults(row.pk)


def test_a_merged_person_stays_a_contact_under_the_record_that_goes_on(county):
    [pk] = propose(new(person=county.persons[1].pk)).ids
    actions.carry_contacts_over(kept=county.head.pk, merged=county.persons[1].pk, by=BY)
    assert [row.pk for row in of_person(county.head.pk)] == [pk]


def test_of_a_case_that_both_records_were_contacts_of_both_rows_stand(county):
    case = uuid4()
    propose(new(person=county.persons[1].pk), new(person=county.head.pk), case=case)
    actions.carry_contacts_over(kept=county.head.pk, merged=county.persons[1].pk, by=BY)
    assert of_person(county.head.pk).count() == 2


def test_after_an_upgrade_every_row_is_judged_anew():
    row = confirmed()
    Contact.objects.filter(pk=row.pk).update(faults=0)
    assert actions.recheck_quality(at=county_now(), by=BY) == 1
    assert contact_with(row.pk).faults == row.faults


def test_who_a_contact_is_falls_back_on_nothing_where_nobody_said():
    row = confirmed(who={"name": "甲", "phone": "15400000000"})
    assert who_of(row, row.file) == Who(name="甲", phone="15400000000", occupation="farmer")
