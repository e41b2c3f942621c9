"""Those on one permit come out past a post one by one: each is judged by themselves, and the others leave."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal
from fangxian.ops.departures.queries import away_now
from fangxian.ops.field.wire import Intent
from fangxian.ops.posts.models import Emergency, Passing
from fangxian.ops.procedures.field_passing import take
from fangxian.ops.procedures.leave_county import record_exit
from fangxian.ops.procedures.post_emergency import end_path
from fangxian.ops.realm.current import county_now
from tests.integration.departure_hand import a_county, issued, permit_text
from tests.integration.people_with_codes import know
from tests.integration.post_hand import a_post, passed, told

pytestmark = pytest.mark.django_db
A_PHONE = UUID(int=7)


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


def named(post, permit, name):
    return told(post, name=name, phone="15400000777", is_out=True, permit=permit_text(permit))


def test_with_the_permit_of_another_nobody_leaves_who_says_a_name_alone():
    county = a_county()
    permit, post = issued(county), a_post(county)
    (one,) = passed(post, county.keeper, named(post, permit, "测试过客"))
    assert (one.exit_refused.code, one.at_post.outcome) == ("departures.permit_of_another", Outcome.VERIFY)
    assert away_now() == []


def test_whoever_is_named_on_the_permit_leaves_by_their_name():
    county = a_county()
    permit, post = issued(county), a_post(county)
    (one,) = passed(post, county.keeper, named(post, permit, f" {county.head.name} "))
    assert (one.exit_refused, [it.person for it in away_now()]) == (None, [county.head.pk])


def test_where_a_child_in_the_car_has_a_fever_the_others_leave_once_they_are_scanned_again():
    county = a_county()
    child = county.persons[2]
    permit, post = issued(county, companions=[child.pk]), a_post(county)
    parent = going(post, permit, county.head)
    kept, _ = passed(post, county.keeper, parent, going(post, permit, child, temperature_tenths=380))
    assert (kept.exit_refused.code, away_now()) == ("departures.fever_on_permit", [])
    (let,) = passed(post, county.keeper, parent)
    assert (let.exit_refused, [it.person for it in away_now()]) == (None, [county.head.pk])


# ── told one by one, as a phone sends them ────────────────────────────────────


def test_whoever_had_a_fever_does_not_leave_with_a_permit_that_is_told_of_later():
    county = a_county()
    permit, post = issued(county), a_post(county)
    passed(post, county.keeper, told(post, document=county.head.document_number, temperature_tenths=380))
    (after,) = passed(post, county.keeper, going(post, permit, county.head))
    assert (after.exit_refused.code, away_now()) == ("departures.fever_held", [])


def test_found_to_be_no_fever_they_leave():
    county = a_county()
    permit, post = issued(county), a_post(county)
    (ill,) = passed(post, county.keeper, going(post, permit, county.head, temperature_tenths=380))
    end_path(emergency=ill.emergency, end="cleared", by=county.keeper)
    (after,) = passed(post, county.keeper, going(post, permit, county.head))
    assert (after.exit_refused, [it.person for it in away_now()]) == (None, [county.head.pk])


@pytest.mark.parametrize("is_first", [True, False])
def test_a_child_with_a_fever_is_not_away_whichever_of_the_two_is_told_first(is_first):
    county = a_county()
    child = county.persons[2]
    permit, post, at = issued(county, companions=[child.pk]), a_post(county), county_now()
    ill, well = going(post, permit, child, temperature_tenths=380), going(post, permit, county.head)
    for n, one in enumerate([ill, well] if is_first else [well, ill]):
        passed(post, county.keeper, one, passed_at=at + timedelta(seconds=n))
    assert [it.person for it in away_now()] == [county.head.pk]


def test_a_child_with_a_fever_that_comes_long_after_the_others_is_not_away():
    county = a_county()
    child = county.persons[2]
    permit, post = issued(county, companions=[child.pk]), a_post(county)
    passed(post, county.keeper, going(post, permit, county.head), passed_at=county_now() - timedelta(minutes=25))
    passed(post, county.keeper, going(post, permit, child, temperature_tenths=380))
    assert [it.person for it in away_now()] == [county.head.pk]


def test_whoever_comes_in_another_car_half_an_hour_later_leaves_with_the_party_and_once():
    county = a_county()
    child = county.persons[2]
    permit, post, at = issued(county, companions=[child.pk]), a_post(county), county_now()
    passed(post, county.keeper, going(post, permit, county.head), passed_at=at - timedelta(minutes=60))
    (later,) = passed(post, county.keeper, going(post, permit, child), passed_at=at - timedelta(minutes=30))
    (again,) = passed(post, county.keeper, going(post, permit, child), passed_at=at)
    assert (later.exit_refused, again.exit_refused.code) == (None, "departures.permit_used")
    assert sorted(it.person for it in away_now()) == sorted([county.head.pk, child.pk])


def sent(post, keeper, one, number=1):
    """What a phone is told of somebody going out, whom it registered without a network."""
    body = {"post": str(one.post), "document": one.document, "is_out": True, "permit": one.permit}
    more = {} if one.temperature_tenths is None else {"temperature_tenths": one.temperature_tenths}
    (found,) = take([Intent(A_PHONE, number, "passing", county_now(), body | more)], keeper)
    return found


def test_a_phone_is_told_that_the_exit_was_not_recorded_and_why_and_the_passing_stays():
    county, post, permit, child = a_party()
    found = sent(post, county.keeper, going(post, permit, child))
    assert (found.what, found.refusal.code) == ("refused", "posts.exit_not_recorded")
    assert "D-" in found.refusal.said.zh or "规则" in found.refusal.said.zh
    assert (Passing.objects.count(), away_now()) == (1, [])


def test_sent_again_it_is_judged_anew_and_registered_once():
    county = a_county()
    permit, post = issued(county), a_post(county)
    ill = going(post, permit, county.head, temperature_tenths=380)
    assert sent(post, county.keeper, ill).refusal.facts["why"].startswith("本人")
    assert [sent(post, county.keeper, ill).what, Passing.objects.count()] == ["refused", 1]
    well = going(post, permit, county.head)
    end_path(emergency=Emergency.objects.get().pk, end="cleared", by=county.keeper)
    assert [sent(post, county.keeper, well, 2).what for _ in range(2)] == ["taken", "repeat"]
    assert [it.person for it in away_now()] == [county.head.pk]


def test_at_the_desk_too_a_child_with_a_fever_stays_and_the_others_leave_when_it_is_said():
    county = a_county()
    child = county.persons[2]
    permit, post = issued(county, companions=[child.pk]), a_post(county)
    passed(post, county.keeper, told(post, document=child.document_number, temperature_tenths=380))
    leave = partial(record_exit, permit_text=permit_text(permit), at=county_now(), by=county.keeper)
    with pytest.raises(Refusal) as caught:
        leave()
    assert caught.value.code == "departures.fever_on_permit"
    leave(others_leave=True)
    assert [it.person for it in away_now()] == [county.head.pk]
