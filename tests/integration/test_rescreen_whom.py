"""Whom a new list has asked beside those who declared: whoever is away or has a star; who meets many comes first."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from fangxian.core.policy.vocabulary import Travel
from fangxian.ops.arrivals.queries import arrival_with
from fangxian.ops.arrivals.wire import ToldStay
from fangxian.ops.departures.models import Application, State, Traveller
from fangxian.ops.enquiries.models import Enquiry
from fangxian.ops.enquiries.queries import to_ask
from fangxian.ops.enquiries.wire import NewAnswer
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.answer_enquiry import answer_enquiries
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.actions import hear, note_away
from fangxian.ops.returnees.wire import NewAway, NewHeard
from fangxian.ops.rides.actions import declare_ride
from fangxian.ops.rides.wire import NewRide
from fangxian.ops.tasks.queries import unfinished
from tests.integration.founding import founded
from tests.integration.people_with_codes import build_with_codes
from tests.integration.rescreen_hand import CODE, DEPOT, came, judged, listed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    county = build_with_codes()
    county.dispatcher = founded("dispatcher")
    county.worker = founded("grid_worker", area_path=county.cells[0].area_path)
    return county


@pytest.fixture
def county(standing, db):
    return standing


@pytest.fixture
def dispatcher(county):
    return county.dispatcher


def left(person, *, for_=CODE, days_ago=3):
    """Somebody left for Qingxu and is not back."""
    at = county_now() - timedelta(days=days_ago)
    trip = Application.objects.create(
        id=uuid4(), person=person, area_path=person.area_path, destination=for_, leaves_on=at.date(),
        state=State.EXITED, entered_at=at, exited_at=at,
    )  # fmt: skip
    return Traveller.objects.create(application=trip, person=person, is_applicant=True)


def asked():
    return [(row.person_id, row.why, row.urgency) for row in to_ask()]


def marked(*persons):
    HealthCode.objects.filter(person__in=[it.pk for it in persons]).update(travel=Travel.RISK)


def answer(how, by):
    answer_enquiries(answers=[NewAnswer(enquiry=to_ask().get().pk, answer=how)], by=by)


def test_whoever_is_away_where_a_place_is_listed_is_asked_by_the_grid_they_live_in_a_step_later(county, dispatcher):
    left(county.head)
    listed(DEPOT, by=dispatcher)
    row = to_ask().get()
    assert (row.person_id, row.why, row.urgency) == (county.head.pk, "away", 2)
    assert (row.area_path, row.household) == (county.head.area_path, county.head.household_id)


def test_whoever_is_away_elsewhere_is_not_asked(county, dispatcher):
    left(county.head, for_="310115")
    listed(DEPOT, by=dispatcher)
    assert asked() == []


def test_whoever_is_away_is_asked_once_whatever_day_it_is_judged(county, dispatcher):
    left(county.head)
    listed(DEPOT, by=dispatcher)
    first = to_ask().get()
    Enquiry.objects.update(ends_on=first.ends_on - timedelta(days=1))  # as it was opened yesterday
    again = judged()
    assert (again["n_opened"], again["n_let_go"], to_ask().get().pk) == (0, 0, first.pk)


def test_what_somebody_away_answered_holds_until_a_newer_place_is_listed(county, dispatcher):
    left(county.head)
    listed(DEPOT, by=dispatcher)
    answer("was_not", county.worker)
    assert (judged()["n_opened"], asked()) == (0, [])


def test_somebody_who_declared_and_left_again_is_asked_a_step_later_of_the_stay_they_declared(county, dispatcher):
    arrival = came(county.head, by=dispatcher)[0]
    left(county.head, for_="310115", days_ago=0)
    listed(DEPOT, by=dispatcher)
    assert asked() == [(county.head.pk, "away", 2)]
    answer("was_not", county.worker)
    assert arrival_with(arrival.pk).journey.get().areas_known


def test_whoever_has_a_star_and_declared_nothing_is_asked_for_the_journey(county, dispatcher):
    marked(county.stranger)
    listed(DEPOT, by=dispatcher)
    assert asked() == [(county.stranger.pk, "star", 3)]


def test_once_they_declare_nobody_asks_what_the_star_was_about(county, dispatcher):
    marked(county.stranger)
    listed(DEPOT, by=dispatcher)
    came(county.stranger, by=dispatcher, known=True)
    assert asked() == []


def test_a_star_that_is_cleared_up_is_not_asked_of_again(county, dispatcher):
    marked(county.stranger)
    listed(DEPOT, by=dispatcher)
    answer("was_not", dispatcher)
    assert (judged()["n_opened"], asked()) == (0, [])


def test_of_the_equally_urgent_whoever_took_a_bus_today_is_asked_first_with_the_reason(county, dispatcher):
    last_door = county.persons[3]
    came(county.head, last_door, by=dispatcher)
    at = county_now()
    ride = NewRide(vehicle="晋L08888", begins_at=at - timedelta(minutes=40), ends_at=at - timedelta(minutes=10))
    declare_ride(person=last_door, ride=ride, source="own", by="program:test")
    listed(DEPOT, by=dispatcher)
    assert [(row.person_id, row.among, row.met) for row in to_ask()] == [
        (last_door.pk, 2, {"n_rides": 1}), (county.head.pk, 0, {}),
    ]  # fmt: skip


def elsewhere(person, division=CODE):
    """On the register of people away: there, since nobody knows when."""
    note_away(
        people=[NewAway(person=person.pk, area_path=person.area_path, why="work", division=division)], by="program:test"
    )


def back(person):
    hear(heard=NewHeard(person=person.pk, what="back"), area_path=person.area_path, by="program:test")


def test_whoever_is_away_by_the_register_is_asked_as_who_left_with_a_permit(county, dispatcher):
    elsewhere(county.head)
    listed(DEPOT, by=dispatcher)
    assert asked() == [(county.head.pk, "away", 2)]


def to_declare():
    rows = unfinished().filter(kind="enquiries.undeclared").order_by("due_at")
    return [(it.about, it.role, "韵达物流园" in it.title_zh) for it in rows]


def was_there(by):
    row = to_ask().get()
    answer_enquiries(answers=[NewAnswer(enquiry=row.pk, answer="was_there", was_in=frozenset(row.areas))], by=by)


@pytest.mark.parametrize("is_back", [False, True])
def test_whoever_was_there_and_declared_nothing_is_to_declare_and_the_grid_worker_sees_to_it(
    county, dispatcher, is_back
):
    elsewhere(county.head)
    if is_back:
        back(county.head)
    listed(DEPOT, by=dispatcher)
    was_there(county.worker)
    assert to_declare() == [(f"person:{county.head.pk}", "grid_worker", True)]


def test_once_they_declare_nobody_need_see_to_it(county, dispatcher):
    elsewhere(county.head)
    listed(DEPOT, by=dispatcher)
    was_there(county.worker)
    came(county.head, by=dispatcher)
    assert to_declare() == []


def test_once_they_declare_nobody_need_see_to_it_for_the_record_merged_into_theirs(county, dispatcher):
    elsewhere(county.head)
    listed(DEPOT, by=dispatcher)
    was_there(county.worker)
    Person.objects.filter(pk=county.head.pk).update(merged_into=county.stranger)
    came(county.stranger, by=dispatcher)
    assert to_declare() == []


def test_an_earlier_journey_that_is_judged_anew_is_not_the_one_to_declare(county, dispatcher):
    stay = ToldStay(division="140105", begins_on=date(2022, 4, 3), ends_on=date(2022, 4, 9))
    came(county.head, by=dispatcher, stays=[stay])
    elsewhere(county.head)
    listed(DEPOT, by=dispatcher)
    was_there(county.worker)
    listed(DEPOT, (("山西省", "太原市", "小店区"), "城中市场"), by=dispatcher, hours=1)
    assert [about for about, _, _ in to_declare()] == [f"person:{county.head.pk}"]


def test_of_a_journey_that_is_declared_there_is_nothing_to_see_to(county, dispatcher):
    came(county.head, by=dispatcher)
    listed(DEPOT, by=dispatcher)
    was_there(county.worker)
    assert to_declare() == []


def test_whoever_is_away_by_the_register_in_a_quiet_county_is_not_asked(county, dispatcher):
    elsewhere(county.head, division="310115")
    listed(DEPOT, by=dispatcher)
    assert asked() == []


def test_whoever_is_back_from_there_and_declared_nothing_is_asked_at_home(county, dispatcher):
    elsewhere(county.head)
    back(county.head)
    listed(DEPOT, by=dispatcher)
    row = to_ask().get()
    assert (row.person_id, row.why, row.urgency, row.household) == (
        county.head.pk, "place", 1, county.head.household_id,
    )  # fmt: skip


def test_whoever_is_back_and_declared_is_asked_of_what_they_declared_alone(county, dispatcher):
    elsewhere(county.head)
    back(county.head)
    arrival = came(county.head, by=dispatcher)[0]
    listed(DEPOT, by=dispatcher)
    assert to_ask().get().rests_on == arrival.pk
