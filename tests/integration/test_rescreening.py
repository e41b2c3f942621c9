"""A new list judges everybody anew by itself: what is certain follows, what is not is asked, once, of the fewest."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.arrivals.models import Version
from fangxian.ops.arrivals.queries import arrival_with
from fangxian.ops.arrivals.wire import ToldStay
from fangxian.ops.enquiries.actions import let_go
from fangxian.ops.enquiries.models import Enquiry, Rescreening
from fangxian.ops.enquiries.queries import rescreenings, to_ask
from fangxian.ops.enquiries.wire import NewAnswer
from fangxian.ops.jobs.models import Job
from fangxian.ops.movement.queries import counting_evidence_of
from fangxian.ops.people.models import Person
from fangxian.ops.procedures import rescreen as procedure
from fangxian.ops.procedures.answer_enquiry import answer_enquiries
from fangxian.ops.procedures.declare_arrival import cancel_arrival
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.take_risk_list import end_risk_naming, name_risk_division, settle_risk_names
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import ListedAs, RiskArea, RiskList
from fangxian.ops.risk_areas.queries import listed_between, unsettled
from tests.integration.founding import code_of, founded
from tests.integration.people_with_codes import build_with_codes, seen_by_a_gate
from tests.integration.rescreen_hand import CODE, DEPOT, MARKET, asked, came, judged, listed, run
from tests.integration.risk_hand import THERE

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


@pytest.fixture
def arrival(county, dispatcher):
    """The head of the first household came from Qingxu; nobody has asked them about places listed there."""
    return came(county.head, by=dispatcher)[0]


def answer(how, *, by, was_in=()):
    row = to_ask().first()
    return answer_enquiries(answers=[NewAnswer(enquiry=row.pk, answer=how, was_in=frozenset(was_in))], by=by)


def area(place=DEPOT):
    return str(RiskArea.objects.get(place=place[1]).pk)


def test_what_is_certain_follows_by_itself(arrival, county, dispatcher):
    found = listed(DEPOT, by=dispatcher)
    assert (found["n_judged"], found["n_stricter"]) == (1, 1)
    assert (arrival_with(arrival.pk).rules, arrival_with(arrival.pk).measure) == (["A-02"], "home")
    assert seen_by_a_gate(county.head) == (Colour.YELLOW, "C-10")


def test_what_is_only_possible_does_nothing_to_anybody_and_is_asked(arrival, county, dispatcher):
    listed(DEPOT, MARKET, by=dispatcher)
    assert asked() == [(county.head.name, 1, 2)]
    assert [it.attributes["measure"] for it in counting_evidence_of(county.head.pk)] == ["home"]


def test_whoever_declared_nothing_is_left_alone(county, dispatcher):
    assert listed(DEPOT, by=dispatcher)["n_judged"] == 0
    assert asked() == []


def test_a_place_listed_after_they_left_is_not_asked_about(county, dispatcher):
    stay = ToldStay(division=CODE, begins_on=date(2022, 4, 1), ends_on=date(2022, 4, 6))
    came(county.head, by=dispatcher, stays=[stay, ToldStay(division="141002", begins_on=date(2022, 4, 6),
         ends_on=date(2022, 4, 9))])  # fmt: skip
    listed(DEPOT, by=dispatcher)
    assert asked() == []


def test_again_it_changes_nothing(arrival, dispatcher):
    listed(DEPOT, by=dispatcher)
    again = judged()
    assert [again[name] for name in ("n_stricter", "n_milder", "n_opened", "n_let_go")] == [0, 0, 0, 0]
    assert Enquiry.objects.count() == 1


def test_a_place_left_out_by_one_list_has_not_ended_and_nobody_is_let_go(arrival, dispatcher):
    listed(DEPOT, by=dispatcher)
    found = listed(by=dispatcher, hours=3)
    assert (found["n_milder"], found["n_opened"], found["n_let_go"], len(asked())) == (0, 0, 0, 1)


def test_whoever_was_in_none_of_the_places_is_asked_no_further(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    answer("was_not", by=county.worker)
    assert (asked(), judged()["n_opened"], arrival_with(arrival.pk).measure) == ([], 0, "home")


def test_whoever_was_there_is_decided_anew_at_once(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    answer("was_there", by=county.worker, was_in=[area()])
    assert arrival_with(arrival.pk).rules == ["A-01", "A-02"]
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def test_of_a_place_listed_since_the_answer_they_are_asked_again_and_of_that_alone(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    answer("was_not", by=county.worker)
    an_hour_passes()
    listed(DEPOT, MARKET, by=dispatcher, hours=6)
    assert [(row.areas, row.urgency) for row in to_ask()] == [([area(MARKET)], 1)]


def an_hour_passes():
    """What was said, listed and answered so far was so an hour ago; in the order in which it was."""
    for model, column in ((Version, "written_at"), (RiskList, "applied_at"), (Enquiry, "answered_at")):
        for row in model.objects.exclude(**{column: None}):
            setattr(row, column, getattr(row, column) - timedelta(hours=1))
            row.save(update_fields=[column])


def test_whoever_cannot_be_reached_stays_on_the_list_after_the_others(county, dispatcher):
    came(county.head, county.persons[3], by=dispatcher)
    listed(DEPOT, by=dispatcher)
    first = to_ask().first().person_id
    answer("not_reached", by=county.worker)
    assert (to_ask().first().person_id == first, to_ask().count()) == (False, 2)


def test_whoever_is_gone_is_not_asked_again(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    answer("gone", by=county.worker)
    assert (judged()["n_opened"], asked()) == (0, [])


def test_whoever_did_not_come_after_all_is_let_go(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    cancel_arrival(arrivals=[arrival.pk], why="没有来", by=dispatcher)
    assert (judged()["n_let_go"], asked()) == (1, [])


def test_door_by_door_and_a_household_at_once(county, dispatcher):
    came(county.persons[3], county.head, county.persons[1], by=dispatcher)
    listed(DEPOT, by=dispatcher)
    rows = list(to_ask())
    assert [row.route for row in rows] == [1, 1, 2]
    assert len({row.household for row in rows}) == 2


def test_a_list_that_is_overtaken_leaves_the_rest_to_the_newer_one(arrival, dispatcher, monkeypatch):
    marks = iter(["one", "two"])
    monkeypatch.setattr(procedure, "_mark", lambda: next(marks, "two"))
    found = listed(DEPOT, by=dispatcher)
    assert (found["is_overtaken"], asked(), rescreenings().first().ended_at) == (1, [], None)


def test_what_it_brought_about_is_written_down_beside_the_old_way(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    row = Rescreening.objects.get()
    assert (row.n_people, row.n_by_hand, row.n_judged, row.n_opened) == (5, 5, 1, 1)
    assert row.because == "list"


def test_a_division_named_by_hand_counts_like_a_list_and_no_longer_once_it_is_ended(arrival, dispatcher):
    today = county_now().date()
    row = name_risk_division(
        state="county-with-cases", code=CODE, begins_on=today - timedelta(days=3), ends_on=None, reason="市通告",
        by=dispatcher,
    )  # fmt: skip
    judged()
    assert (arrival_with(arrival.pk).rules, asked()) == (["A-03"], [])
    end_risk_naming(named=row.pk, ends_on=today - timedelta(days=3), by=dispatcher)
    newest = Job.objects.get(kind=procedure.JOB, arguments__about=f"{row.pk} ended")
    assert run(newest)["n_milder"] == 1
    assert arrival_with(arrival.pk).rules == []


def named(by, **more):
    told = {"state": "county-with-cases", "code": CODE, "begins_on": county_now().date(), "ends_on": None,
            "reason": "市通告"}  # fmt: skip
    return code_of(name_risk_division, **(told | more), by=by)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"state": "risk-area"}, "risk_areas.state_not_by_hand"),
        ({"code": "999999"}, "risk_areas.no_division_named"),
        ({"reason": " "}, "risk_areas.no_reason"),
    ],
)
def test_a_naming_that_says_too_little_is_refused(county, dispatcher, more, refused):
    assert named(dispatcher, **more) == refused


def test_whoever_does_not_keep_the_list_names_nothing(county):
    assert named(county.worker) == "accounts.not_yours"


def test_another_rulebook_in_force_is_noticed(arrival, dispatcher):
    listed(DEPOT, by=dispatcher)
    Rescreening.objects.update(rulebook="another")
    before = Job.objects.filter(kind=procedure.JOB).count()
    procedure.rescreen_after_rulebook(at=county_now(), by="program:test")
    assert Job.objects.filter(kind=procedure.JOB).count() == before + 1


def test_nobody_answers_for_another_grid(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    stranger = founded("grid_worker", area_path=county.cells[2].area_path)
    told = [NewAnswer(enquiry=to_ask().first().pk, answer="was_not")]
    assert code_of(answer_enquiries, answers=told, by=stranger) == "accounts.not_yours"


def refused(by, **more):
    told = {"enquiry": to_ask().first().pk, "answer": "was_there"}
    return code_of(answer_enquiries, answers=[NewAnswer(**(told | more))], by=by)


def test_was_there_says_where(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    assert refused(county.worker) == "enquiries.no_place"


def test_only_places_that_were_asked_about_can_be_answered(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    assert refused(county.worker, was_in=frozenset([str(arrival.pk)])) == "enquiries.place_not_asked"


def test_what_is_let_go_takes_no_answer(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    row = to_ask().first()
    let_go(enquiries=[row.pk], by="program:test")
    told = [NewAnswer(enquiry=row.pk, answer="was_not")]
    assert code_of(answer_enquiries, answers=told, by=county.worker) == "enquiries.closed"


def test_of_two_records_of_one_person_the_one_that_goes_on_is_asked(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    kept = Person.objects.get(pk=county.persons[3].pk)
    merge_persons(kept=kept, merged=Person.objects.get(pk=county.head.pk), reason="同一个人", by="program:test")
    assert [row.person_id for row in to_ask()] == [kept.pk]


def test_whoever_asks_does_not_answer_for_themselves(arrival, county, dispatcher):
    listed(DEPOT, by=dispatcher)
    Person.objects.filter(pk=county.head.pk).update(account=county.worker)
    assert refused(county.worker, answer="was_not") == "approvals.own_matter"


def test_names_settled_have_everybody_who_came_from_there_asked(county, dispatcher):
    there = ToldStay(division="220171", begins_on=date(2022, 4, 3), ends_on=date(2022, 4, 9))
    came(county.head, by=dispatcher, stays=[there])
    listed(THERE, by=dispatcher)
    assert asked() == []
    settle_risk_names(names=unsettled()[0].id, code="220171", by=dispatcher)
    run(Job.objects.get(kind=procedure.JOB, arguments__because="named"))
    assert [name for name, _, _ in asked()] == [county.head.name]


def test_an_answer_before_names_were_settled_says_nothing_of_the_places_under_them(county, dispatcher):
    listed(THERE, by=dispatcher)
    settle_risk_names(names=unsettled()[0].id, code="220171", by=dispatcher)
    later = county_now() + timedelta(hours=1)
    ListedAs.objects.update(settled_at=later)
    (span,) = listed_between(county_now() - timedelta(days=30), later)
    assert span.known_at == later


def test_the_rules_of_a_second_disease_are_noticed_when_they_come_into_force(arrival, dispatcher, monkeypatch):
    listed(DEPOT, by=dispatcher)
    one = procedure.tables_of_arrivals(county_now())[0]
    both, before = [one, replace(one, digest="second")], Job.objects.filter(kind=procedure.JOB).count()
    monkeypatch.setattr(procedure, "tables_of_arrivals", lambda at: both)
    monkeypatch.setattr(procedure, "versions_in_force", lambda at: [("", 1, it.digest) for it in both])
    procedure.rescreen_after_rulebook(at=county_now(), by="program:test")
    assert Job.objects.filter(kind=procedure.JOB).count() == before + 1


def rulebook_asked_for(text):
    """How many re-screenings were asked for in all, once the rules of this text are in force."""
    procedure.ask_for_rescreening(because=procedure.RULEBOOK, about=text, by="program:test")
    return Job.objects.filter(kind=procedure.JOB, arguments__about=text).count()


def test_an_earlier_text_of_a_rulebook_that_comes_into_force_again_judges_everybody_again(arrival):
    assert rulebook_asked_for("earlier") == 1
    judged()
    assert rulebook_asked_for("earlier") == 2


def test_asked_for_twice_before_it_was_done_it_is_one_re_screening(arrival):
    rulebook_asked_for("new")
    assert rulebook_asked_for("new") == 1
