"""Two applications of one day whose people turn out to be one person: one of them ends, and so does its paper."""

from datetime import timedelta

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.departures.queries import application_with
from fangxian.ops.documents.queries import find
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.pages.views.own_departures import paper
from fangxian.ops.procedures.leave_county import record_exit
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.realm.current import county_now

from .departure_hand import BY, a_county, issued, permit_text
from .merge_hand import the_merge, undone
from .two_townships import account_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    return a_county()


@pytest.fixture
def county(people, db):
    return people


@pytest.fixture
def permits(county):
    """Of the one that goes on and of the one that a merge ends."""
    rows = [issued(county), issued(county, county.persons[3], returns_on=None)]
    merge_persons(kept=county.head, merged=county.persons[3], reason="同一人", by=BY)
    rows = [application_with(row.pk) for row in rows]
    return sorted(rows, key=lambda row: row.state != "issued")


def leaves(county, row, at=None):
    return record_exit(permit_text=permit_text(row), at=at or county_now(), by=county.keeper).application


def test_the_paper_of_the_one_that_ended_lets_nobody_leave_and_says_why(county, permits):
    with pytest.raises(Refusal, match=r"departures\.permit_withdrawn") as caught:
        leaves(county, permits[1])
    assert "合并档案" in caught.value.said.zh


def test_the_one_that_goes_on_lets_them_leave(county, permits):
    assert leaves(county, permits[0]).state == "exited"


def test_whoever_left_with_it_before_the_merge_has_left_though_the_post_tells_so_late(county, permits):
    left = leaves(county, permits[1], at=permits[1].closed_at - MINUTE)
    assert (left.state, "合并档案" in left.closed_why) == ("exited", True)


def test_once_they_are_two_again_both_papers_hold(county, permits):
    undone(the_merge(person=county.head.pk), account_of(county, "grid_worker"))
    assert [leaves(county, application_with(row.pk)).state for row in permits] == ["exited", "exited"]


def test_printed_again_the_one_that_ended_says_so_across_the_page(permits):
    printed = [paper(row).content == pdf_of(find(row.document)) for row in permits]
    assert printed == [True, False]
