"""What is kept of journeys is carried along: merged and parted, moved with its division, and erased at its term."""

from datetime import timedelta

import pytest

from fangxian.ops.arrivals.models import Arrival, Version
from fangxian.ops.comparisons.models import Comparison, Finding, ListedRow, SourceList
from fangxian.ops.departures.models import Application, Step, Traveller
from fangxian.ops.departures.queries import application_with
from fangxian.ops.documents.actions import forget_contents
from fangxian.ops.documents.queries import Outcome, find, verify
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.enquiries.models import Enquiry, Rescreening
from fangxian.ops.posts.models import Passing, Post
from fangxian.ops.procedures.erasure import PAPERS_KEPT, erase_what_is_due
from fangxian.ops.procedures.leave_county import record_exit
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.print_arrival import print_receipt
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.tables import carry_areas_over, erase_due
from fangxian.ops.tasks.models import Task
from tests.integration.compared_hand import found_of
from tests.integration.departure_hand import BY, NEAR, a_county, applied, issued, permit_text
from tests.integration.founding import code_of, founded
from tests.integration.merge_hand import the_merge, undone
from tests.integration.post_hand import a_post, passed, told
from tests.integration.rescreen_hand import DEPOT, came, listed
from tests.integration.two_townships import account_of

pytestmark = pytest.mark.django_db
OLD, NEW = "141027100001", "141027100009"
OF_A_PERSON = (Application, Traveller, Arrival, Enquiry, Finding, Passing)
SCOPED = (Application, Arrival, Enquiry, Finding, Passing, Post)
KEPT_TO_THE_END = (*SCOPED, Traveller, Step, Version, Rescreening, Comparison, SourceList, ListedRow)


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    county = a_county()
    county.lead, county.desk = account_of(county, "tracing_lead", name="lead"), founded("dispatcher")
    return county


@pytest.fixture
def county(people, db):
    return people


@pytest.fixture
def journeys(county):
    """Of the head: out with a permit, an arrival before with what has to be asked of it, a finding, a passing."""
    record_exit(permit_text=permit_text(issued(county)), at=county_now(), by=county.keeper)
    came(county.head, by=county.desk)
    listed(DEPOT, by=county.desk)
    found_of(county.head, county.desk)
    post = a_post(county)
    passed(post, county.keeper, told(post, document=county.head.document_number))
    return county


def merged(county, kept, gone):
    merge_persons(kept=kept, merged=gone, reason="同一人", by=BY)
    return the_merge(person=kept.pk)


def whose(model):
    return set(model.objects.values_list("person_id", flat=True))


@pytest.mark.parametrize("model", OF_A_PERSON, ids=lambda it: it.__name__)
def test_it_is_of_the_record_that_goes_on_and_goes_back_when_the_merge_is_undone(journeys, model):
    kept = journeys.persons[3]
    merge = merged(journeys, kept, journeys.head)
    assert whose(model) == {kept.pk}
    undone(merge, journeys.lead)
    assert whose(model) == {journeys.head.pk}


def test_everything_of_an_old_division_lies_in_its_successor(journeys):
    before = {model: model.objects.filter(area_path__startswith=OLD).count() for model in SCOPED}
    assert all(before.values())
    carry_areas_over({OLD: NEW})
    assert {model: model.objects.filter(area_path__startswith=NEW).count() for model in SCOPED} == before
    assert not any(model.objects.filter(area_path__startswith=OLD).exists() for model in SCOPED)


def test_nothing_of_it_is_left_at_the_end_of_the_epidemic(journeys):
    assert [model.__name__ for model in KEPT_TO_THE_END if not model.objects.exists()] == []
    list(erase_due(county_now(), epidemic_ended=True))
    assert [model.__name__ for model in KEPT_TO_THE_END if model.objects.exists()] == []


def test_what_stands_on_a_receipt_is_forgotten_at_its_term_and_the_paper_still_verifies(county):
    row = came(county.head, by=county.desk)[0]
    paper = print_receipt(arrival=row, by=BY)
    pdf_of(paper)
    kept_until = paper.issued_at + timedelta(days=PAPERS_KEPT.value)
    erase_what_is_due(at=kept_until, by=BY)
    assert find(paper.pk).content
    erase_what_is_due(at=kept_until + timedelta(minutes=5), by=BY)
    paper = find(paper.pk)
    assert (paper.content, paper.pdf, verify(paper.proof).outcome) == ("", "", Outcome.GENUINE)
    assert code_of(pdf_of, document=paper) == "documents.forgotten"


def test_whoever_asks_again_has_another_receipt(county):
    row = came(county.head, by=county.desk)[0]
    before = print_receipt(arrival=row, by=BY)
    forget_contents(kinds=[before.kind], issued_before=county_now() + timedelta(days=1), by=BY)
    again = print_receipt(arrival=row, by=BY)
    assert (again.pk != before.pk, bool(again.content)) == (True, True)


# ── applications of one day, of two who are one ──────────────────────────────


def test_of_two_applications_for_one_day_the_one_that_is_further_goes_on(county):
    kept, gone = county.persons[3], county.head
    waits, has_permit = applied(county, kept), issued(county, gone)
    merged(county, kept, gone)
    assert [application_with(it.pk).state for it in (waits, has_permit)] == ["cancelled", "issued"]
    assert application_with(has_permit.pk).person_id == kept.pk
    assert not Task.objects.filter(about=f"departure:{waits.pk}", state__in=("open", "taken")).exists()


def test_parted_again_each_has_its_own_and_whoever_had_to_decide_has_to_again(county):
    kept, gone = county.persons[3], county.head
    waits, has_permit = applied(county, kept), issued(county, gone)
    undone(merged(county, kept, gone), county.lead)
    rows = [application_with(it.pk) for it in (waits, has_permit)]
    assert [(it.person_id, it.state) for it in rows] == [(kept.pk, "village"), (gone.pk, "issued")]
    assert Step.objects.filter(application=waits, decided_at=None).count() == 1
    assert Task.objects.filter(about=f"departure:{waits.pk}", state="open").count() == 1


def test_whoever_was_to_go_along_with_themselves_goes_once(county):
    kept, child = county.head, county.persons[2]
    row = applied(county, kept, companions=[child.pk])
    merge = merged(county, kept, child)
    assert list(Traveller.objects.filter(application=row).values_list("person", "is_applicant")) == [(kept.pk, True)]
    undone(merge, county.lead)
    assert Traveller.objects.filter(application=row).count() == 2


def test_a_destination_keeps_its_code_when_a_division_of_the_county_moves(county):
    row = applied(county, leaves_on=county_now().date() + timedelta(days=1))
    carry_areas_over({OLD: NEW})
    assert application_with(row.pk).destination == NEAR
