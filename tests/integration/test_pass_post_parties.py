"""Those on one permit come out past a post one by one: each is judged by themselves, and the others leave."""

import pytest

from fangxian.ops.departures.queries import away_now
from tests.integration.departure_hand import a_county, issued, permit_text
from tests.integration.people_with_codes import know
from tests.integration.post_hand import a_post, passed, told

pytestmark = pytest.mark.django_db


def a_party():
    """A county, its post, a permit of the head with a child, and the child, whose code has turned red since."""
    county = a_county()
    child = county.persons[2]
    permit = issued(county, companions=[child.pk])
    know(child)
    return county, a_post(county), permit, child


def going(post, permit, person, **more):
    return told(post, document=person.document_number, is_out=True, permit=permit_text(permit), **more)


def test_of_a_party_whoever_may_leaves_and_the_child_that_may_not_stays_and_is_told_so():
    county, post, permit, child = a_party()
    kept, let = passed(post, county.keeper, going(post, permit, child), going(post, permit, county.head))
    assert (kept.exit_refused.code, let.exit_refused) == ("departures.requirement_unmet", None)
    assert [it.person for it in away_now()] == [county.head.pk]


def test_a_child_that_may_not_leave_does_not_when_it_is_met_after_the_others():
    county, post, permit, child = a_party()
    let, kept = passed(post, county.keeper, going(post, permit, county.head), going(post, permit, child))
    assert (let.exit_refused, kept.exit_refused is None) == (None, False)
    assert [it.person for it in away_now()] == [county.head.pk]


def test_whoever_has_a_fever_at_the_way_out_has_not_left():
    county = a_county()
    permit, post = issued(county), a_post(county)
    (ill,) = passed(post, county.keeper, going(post, permit, county.head, temperature_tenths=380))
    assert (ill.emergency is None, away_now()) == (False, [])


def test_whoever_has_a_fever_and_is_on_the_way_to_hospital_leaves():
    county = a_county()
    permit, post = issued(county), a_post(county)
    passed(post, county.keeper, going(post, permit, county.head, temperature_tenths=380, to_hospital=True))
    assert [it.person for it in away_now()] == [county.head.pk]


def test_where_a_child_in_the_car_has_a_fever_the_others_leave_once_they_are_scanned_again():
    county = a_county()
    child = county.persons[2]
    permit, post = issued(county, companions=[child.pk]), a_post(county)
    parent = going(post, permit, county.head)
    kept, _ = passed(post, county.keeper, parent, going(post, permit, child, temperature_tenths=380))
    assert (kept.exit_refused.code, away_now()) == ("departures.fever_on_permit", [])
    (let,) = passed(post, county.keeper, parent)
    assert (let.exit_refused, [it.person for it in away_now()]) == (None, [county.head.pk])
