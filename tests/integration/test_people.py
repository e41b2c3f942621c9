"""The register: one document number, one person; one gate number, for ever; two records of one person become one."""

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.people.actions import merge, register_persons
from fangxian.ops.people.models import Attachment, GateAlias, Person
from fangxian.ops.people.queries import person_at_gate, person_with_document, persons_with_phone
from fangxian.ops.places.actions import take_numbers
from fangxian.ops.realm.current import county_now
from tests.integration import two_townships

BY = "program:test"


def somebody(document: str, **told) -> Person:
    facts = {"name": "试", "sex": "female", "document_kind": "resident_18", "relation": "head"}
    facts |= {"born_on": "1990-01-01", "area_path": "141027100001001", "on_record_since": county_now()}
    return Person(**(facts | told), document_number=document)


def registered(*documents: str) -> list[Person]:
    persons = [somebody(document) for document in documents]
    register_persons(persons=persons, by=BY)
    return persons


def test_a_document_number_that_is_on_record_is_refused_and_nobody_of_the_batch_registered(db):
    registered("A1")
    with pytest.raises(Refusal, match=r"people\.document_taken"):
        register_persons(persons=[somebody("B2"), somebody("A1")], by=BY)
    assert Person.objects.count() == 1


def test_a_document_number_twice_in_one_batch_is_refused(db):
    with pytest.raises(Refusal, match=r"people\.document_taken"):
        register_persons(persons=[somebody("A1"), somebody("A1")], by=BY)


def test_a_phone_may_be_a_familys(db):
    persons = [somebody("A1", phone="15400000001"), somebody("B2", phone="15400000001")]
    register_persons(persons=persons, by=BY)
    assert set(persons_with_phone("15400000001")) == set(persons)


def test_a_merged_persons_numbers_lead_to_the_record_that_goes_on(db):
    kept, merged = registered("A1", "B2")
    merge(kept=kept, merged=merged, reason="同一人", by=BY)
    assert person_at_gate(merged.gate_number) == kept
    assert person_with_document("B2") == kept
    assert AuditLine.objects.filter(action="people.merged").count() == 1


def test_a_chain_of_mergers_leads_to_its_end(db):
    first, second, third = registered("A1", "B2", "C3")
    merge(kept=second, merged=first, reason="同一人", by=BY)
    merge(kept=third, merged=second, reason="同一人", by=BY)
    assert [person_at_gate(person.gate_number) for person in (first, second, third)] == [third] * 3
    assert set(GateAlias.objects.values_list("person", flat=True)) == {third.pk}


def test_what_a_merged_record_belonged_to_goes_with_it_once(db):
    county = two_townships.build()
    pupil, newcomer = county.persons[2], county.persons[4]
    for venue in (county.school, county.shop):
        Attachment.objects.create(
            person=newcomer, venue=venue, role="staff", area_path=venue.area_path, begins_on=county.at.date()
        )
    merge(kept=pupil, merged=newcomer, reason="同一人", by=BY)
    venues = list(Attachment.objects.filter(person=pupil).order_by("venue").values_list("venue", flat=True))
    assert venues == sorted([county.school.pk, county.shop.pk])


@pytest.mark.parametrize("refused", ["people.merge_with_itself", "people.already_merged"])
def test_a_merger_that_makes_no_sense_is_refused(db, refused):
    kept, merged = registered("A1", "B2")
    if refused == "people.already_merged":
        merge(kept=kept, merged=merged, reason="同一人", by=BY)
    with pytest.raises(Refusal) as caught:
        merge(kept=kept, merged=kept if refused == "people.merge_with_itself" else merged, reason="同一人", by=BY)
    assert caught.value.code == refused


def test_numbers_of_a_series_never_come_again_and_do_not_show_their_order(db):
    first, second = take_numbers("gate", 500, bits=32), take_numbers("gate", 500, bits=32)
    assert len(set(first) | set(second)) == 1000
    assert first != sorted(first)


def test_two_series_are_permuted_differently(db):
    assert take_numbers("gate", 50, bits=24) != take_numbers("venue", 50, bits=24)
