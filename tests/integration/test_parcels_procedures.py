"""What follows from a touched parcel: nothing by itself; by a person's confirmation evidence, codes and tasks."""

from datetime import timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import LastResult
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.movement.actions.evidence import record_tests
from fangxian.ops.movement.models import TestKnown
from fangxian.ops.movement.queries import evidence_of, health_of
from fangxian.ops.movement.wire import NewTest
from fangxian.ops.parcels.actions.declaring import declare_parcel
from fangxian.ops.parcels.models import Traced
from fangxian.ops.parcels.queries import counts_of, staff_of_depot, trace_for, traced_of
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.parcels_confirm import confirm_everybody, confirm_parcels, set_aside_parcels
from fangxian.ops.procedures.parcels_couriers import preview_couriers, settle_couriers
from fangxian.ops.procedures.parcels_release import release_tested
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import about, unfinished

from .parcel_hand import SINCE, a_dirty_list, a_trace, as_csv, lead, row_of, upload, work

pytestmark = pytest.mark.django_db
LABORATORY = "县人民医院检验科"


@pytest.fixture
def somebody(small_county):
    """A green resident with a phone who lives in a grid cell."""
    people = Person.objects.filter(phone_index__isnull=False, household__isnull=False, account=None)
    for one in people.select_related("household").order_by("pk"):
        code = health_of(one.pk)
        if code and code.colour is Colour.GREEN:
            return one
    raise AssertionError("nobody is green")


@pytest.fixture
def found(somebody):
    """(trace, the one row of who it found): a list that names them was matched."""
    trace = a_trace()
    upload(trace, as_csv([row_of(somebody)]))
    return trace, Traced.objects.get()


def colour_of(person):
    return health_of(person.pk).colour


def give_result(person, result=LastResult.NEGATIVE, *, hours=1):
    sampled = county_now() + timedelta(hours=hours)
    done = NewTest(
        person=person.pk, sampled_at=sampled, resulted_at=sampled, result=result, source=LABORATORY
    )  # fmt: skip
    record_tests(tests=[done], by="program:test")


def test_a_match_alone_turns_no_code_and_gives_nobody_a_task(found, somebody):
    assert colour_of(somebody) is Colour.GREEN
    assert not about(f"traced:{found[1].pk}").exists()


def test_a_confirmation_is_evidence_with_its_day_turns_the_code_and_gives_the_grid_two_tasks(found, somebody):
    trace, row = found
    assert confirm_parcels(trace=trace, traced=[row.pk], by=lead()).n_persons == 1
    piece = evidence_of(somebody.pk).get(rests_on=row.pk)
    assert (piece.kind, piece.source) == ("parcel-contact", "waybill")
    assert piece.attributes == {"touched_on": {"on": "2022-04-08"}}
    assert colour_of(somebody) is Colour.YELLOW
    tasks = {it.kind: it for it in about(f"traced:{row.pk}")}
    assert set(tasks) == {"parcels.notify", "parcels.test"}
    assert {(it.role, it.area_path) for it in tasks.values()} == {("grid_worker", somebody.area_path)}


def test_confirmed_again_nothing_is_added(found, somebody):
    trace, row = found
    for n in (1, 0):
        assert confirm_parcels(trace=trace, traced=[row.pk], by=lead()).n_persons == n
    assert evidence_of(somebody.pk).filter(rests_on=row.pk).count() == 1
    assert about(f"traced:{row.pk}").count() == 2


def test_a_negative_test_sampled_afterwards_releases_turns_the_code_back_and_ends_the_task(found, somebody):
    trace, row = found
    confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    give_result(somebody, hours=0)
    assert release_tested(at=county_now(), by="program:test") == 1
    row.refresh_from_db()
    assert (row.state, row.tested) == ("released", "negative")
    assert colour_of(somebody) is Colour.GREEN
    assert {it.kind for it in unfinished().filter(about=f"traced:{row.pk}")} == {"parcels.notify"}
    assert release_tested(at=county_now(), by="program:test") == 0
    ending = evidence_of(somebody.pk).get(rests_on=row.pk, kind="negative-result")
    assert ending.about_id == row.evidence


def test_a_negative_test_from_before_the_confirmation_releases_nobody(found, somebody):
    trace, row = found
    give_result(somebody, hours=-1)
    confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    assert release_tested(at=county_now(), by="program:test") == 0
    assert colour_of(somebody) is Colour.YELLOW


@pytest.mark.parametrize(("result", "told"), [(LastResult.POSITIVE, "positive"), (LastResult.UNCLEAR, "unclear")])
def test_a_test_that_is_not_negative_is_noted_and_releases_nobody(found, somebody, result, told):
    trace, row = found
    confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    give_result(somebody, result)
    assert release_tested(at=county_now(), by="program:test") == 0
    row.refresh_from_db()
    assert (row.state, row.tested) == ("confirmed", told)


def test_set_aside_with_a_reason_takes_back_code_and_tasks(found, somebody):
    trace, row = found
    confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    assert set_aside_parcels(trace=trace, traced=[row.pk], why="邻居代收，本人未接触", by=lead()) == 1
    assert colour_of(somebody) is Colour.GREEN
    assert not unfinished().filter(about=f"traced:{row.pk}").exists()
    assert counts_of([trace.id])[trace.id].n_found == 0


def test_nobody_is_set_aside_without_a_reason(found):
    trace, row = found
    with pytest.raises(Refusal) as refused:
        set_aside_parcels(trace=trace, traced=[row.pk], why=" ", by=lead())
    assert refused.value.code == "parcels.no_reason"


def test_a_later_parcel_is_confirmed_anew(found, somebody):
    trace, row = found
    confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    upload(trace, as_csv([row_of(somebody, number="YT2", at="2022-04-09 08:00")]), name="later.csv")
    row.refresh_from_db()
    assert (row.state, row.n_parcels, row.last_on.isoformat()) == ("found", 2, "2022-04-09")
    assert confirm_parcels(trace=trace, traced=[row.pk], by=lead()).n_persons == 1


def test_everybody_is_confirmed_in_the_background_and_those_of_ones_own_household_are_left(small_county, somebody):
    trace, by = a_trace(), lead()
    upload(trace, a_dirty_list(80).content)
    upload(trace, as_csv([row_of(somebody, number="YT1")]), name="own.csv")
    Person.objects.filter(pk=somebody.pk).update(account=by)
    n = Traced.objects.count()
    confirm_everybody(trace=trace, by=by)
    (result,) = work()
    assert result["n_left_for_a_colleague"] >= 1
    assert result["n_persons"] + result["n_left_for_a_colleague"] == n
    assert Traced.objects.get(person=somebody).state == "found"


def test_ones_own_matter_is_not_ones_to_confirm(found, somebody):
    trace, row = found
    Person.objects.filter(pk=somebody.pk).update(account=lead())
    with pytest.raises(Refusal) as refused:
        confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    assert refused.value.code == "approvals.own_matter"


def test_only_who_may_trace_parcels_confirms(found):
    trace, row = found
    grid_worker = Account.objects.filter(appointments__role="grid_worker").first()
    with pytest.raises(Refusal) as refused:
        confirm_parcels(trace=trace, traced=[row.pk], by=grid_worker)
    assert refused.value.code == "accounts.not_yours"


def test_all_staff_of_the_depot_is_placed_and_tested_as_the_preview_said(small_county):
    trace, by = a_trace(), lead()
    preview = preview_couriers(trace=trace, by=by)
    assert preview.staff == staff_of_depot(trace.depot, county_now().date())
    assert preview.turns_codes
    assert settle_couriers(trace=trace, by=by) == len(preview.staff) > 0
    assert set(Traced.objects.values_list("is_courier", "state")) == {(True, "confirmed")}
    kinds = {it.kind for row in Traced.objects.all() for it in about(f"traced:{row.pk}")}
    assert kinds == {"parcels.transfer", "parcels.sample"}
    assert {colour_of(person) for person in preview.staff} <= {Colour.YELLOW, Colour.RED}
    assert settle_couriers(trace=trace, by=by) == 0


def test_one_of_the_staff_who_was_confirmed_for_a_parcel_of_their_own_is_placed_and_sampled_too(small_county):
    trace, by = a_trace(), lead()
    somebody, *_ = staff_of_depot(trace.depot, county_now().date())
    declare_parcel(person=somebody, how="received", touched_on=SINCE, by=f"account:{by.pk}")
    row = traced_of(trace.id).get()
    confirm_parcels(trace=trace, traced=[row.pk], by=by)
    assert settle_couriers(trace=trace, by=by) == len(preview_couriers(trace=trace, by=by).staff)
    kinds = {it.kind for it in about(f"traced:{row.pk}")}
    assert kinds == {"parcels.notify", "parcels.test", "parcels.transfer", "parcels.sample"}
    assert settle_couriers(trace=trace, by=by) == 0


@pytest.fixture
def courier(small_county):
    """One of a depot's staff who were placed two days ago; the rules ask for tests on days 1 and 3."""
    settle_couriers(trace=a_trace(), by=lead())
    Traced.objects.update(confirmed_at=county_now() - timedelta(days=3, hours=1))
    TestKnown.objects.all().delete()  # of the invented days before
    return Traced.objects.select_related("person").order_by("pk").first()


def sample_of(row, *, days_ago, result=LastResult.NEGATIVE):
    at = county_now() - timedelta(days=days_ago)
    told = NewTest(person=row.person_id, sampled_at=at, resulted_at=at, result=result, source=LABORATORY)
    record_tests(tests=[told], by="program:test")
    n = release_tested(at=county_now(), by="program:test")
    row.refresh_from_db()
    return n


def test_a_couriers_first_negative_is_noted_and_the_next_sample_ordered(courier):
    assert sample_of(courier, days_ago=2) == 0
    assert (courier.state, courier.tested, courier.n_negative) == ("confirmed", "negative", 1)
    samples = about(f"traced:{courier.pk}").filter(kind="parcels.sample")
    assert sorted(samples.values_list("state", flat=True)) == ["done", "open"]


def test_a_courier_is_released_when_every_test_of_the_rules_was_negative(courier):
    sample_of(courier, days_ago=2)
    assert sample_of(courier, days_ago=0) == 1
    assert (courier.state, courier.n_negative) == ("released", 2)
    assert colour_of(courier.person) is Colour.GREEN


def test_a_courier_who_is_released_is_taken_home_and_nothing_else_is_to_be_done(courier):
    sample_of(courier, days_ago=2)
    sample_of(courier, days_ago=0)
    waiting = about(f"traced:{courier.pk}").filter(state="open").values_list("kind", "role")
    assert list(waiting) == [("parcels.return", "transporter")]


def test_two_negatives_before_the_last_day_of_testing_release_no_courier(courier):
    sample_of(courier, days_ago=2)
    assert sample_of(courier, days_ago=1.5) == 0
    assert courier.state == "confirmed"


def test_after_a_positive_the_negatives_of_a_courier_are_counted_anew(courier):
    sample_of(courier, days_ago=2)
    sample_of(courier, days_ago=1, result=LastResult.POSITIVE)
    assert sample_of(courier, days_ago=0) == 0
    assert (courier.state, courier.n_negative) == ("confirmed", 1)


def test_where_the_rulebook_has_no_code_people_are_confirmed_told_and_released_without_one(small_county, somebody):
    trace = a_trace(disease="norovirus")
    upload(trace, as_csv([row_of(somebody)]))
    row = Traced.objects.get()
    confirm_parcels(trace=trace, traced=[row.pk], by=lead())
    assert not evidence_of(somebody.pk).filter(rests_on=row.pk).exists()
    assert colour_of(somebody) is Colour.GREEN
    assert about(f"traced:{row.pk}").count() == 2
    give_result(somebody)
    assert release_tested(at=county_now(), by="program:test") == 1


def test_a_trace_seen_is_only_of_who_may_see_it(small_county):
    trace = a_trace()
    grid_worker = Account.objects.filter(appointments__role="grid_worker").first()
    assert trace_for(lead(), trace.id).id == trace.id
    with pytest.raises(Refusal):
        trace_for(grid_worker, trace.id)
