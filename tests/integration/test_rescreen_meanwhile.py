"""A re-screening takes seconds: who answers or corrects meanwhile is not lost, and one that is killed ends up right.

What happens meanwhile is done by a hand in the midst of it: where everybody was judged, or where some were decided.
"""

from datetime import date

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.arrivals.models import Version
from fangxian.ops.arrivals.queries import arrival_with
from fangxian.ops.arrivals.wire import ToldStay
from fangxian.ops.enquiries.models import Rescreening
from fangxian.ops.enquiries.queries import to_ask
from fangxian.ops.enquiries.wire import NewAnswer
from fangxian.ops.movement.queries import counting_evidence_of
from fangxian.ops.procedures import rescreen as procedure
from fangxian.ops.procedures.answer_enquiry import answer_enquiries
from fangxian.ops.procedures.declare_arrival import cancel_arrival
from fangxian.ops.procedures.recolour import recolour_due
from fangxian.ops.risk_areas.models import RiskArea
from fangxian.ops.tasks.models import Task
from tests.integration.founding import founded
from tests.integration.people_with_codes import build_with_codes, seen_by_a_gate
from tests.integration.rescreen_hand import DEPOT, MARKET, came, judged, listed, newest, run_as
from tests.integration.risk_hand import brought, feed

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What no handler catches: the process is gone."""


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


def area(place):
    return str(RiskArea.objects.get(place=place[1]).pk)


def answered(how, *, by, was_in=(), asked=None):
    row = to_ask().get()
    told = NewAnswer(enquiry=row.pk, answer=how, was_in=frozenset(was_in), asked=asked and frozenset(asked))
    answer_enquiries(answers=[told], by=by)


def meanwhile(monkeypatch, name, do):
    """Do this once, right after that step of a re-screening was taken."""
    real, left = getattr(procedure, name), [do]

    def step(*args, **named):
        found = real(*args, **named)
        if left:
            left.pop()()
        return found

    monkeypatch.setattr(procedure, name, step)


def test_whoever_answers_while_everybody_is_judged_is_not_asked_again(county, dispatcher, monkeypatch):
    came(county.head, by=dispatcher)
    listed(DEPOT, by=dispatcher)
    meanwhile(monkeypatch, "everybody_to_ask", lambda: answered("was_not", by=county.worker))
    assert (judged()["n_opened"], list(to_ask())) == (0, [])


def test_of_a_place_that_is_new_they_are_asked_all_the_same(county, dispatcher, monkeypatch):
    came(county.head, by=dispatcher)
    listed(DEPOT, by=dispatcher)
    meanwhile(monkeypatch, "everybody_to_ask", lambda: answered("was_not", by=county.worker))
    listed(DEPOT, MARKET, by=dispatcher, hours=6)
    assert [row.areas for row in to_ask()] == [[area(MARKET)]]


def test_an_answer_by_an_older_list_is_kept_and_the_rest_is_asked(county, dispatcher):
    """The phone was told of the depot alone; the market came to the list before the call was over."""
    arrival = came(county.head, by=dispatcher)[0]
    listed(DEPOT, by=dispatcher)
    read_out = to_ask().get().areas
    listed(DEPOT, MARKET, by=dispatcher, hours=6)
    answered("was_not", by=county.worker, asked=read_out)
    assert [row.areas for row in to_ask()] == [[area(MARKET)]]
    judged()
    assert [row.areas for row in to_ask()] == [[area(MARKET)]]
    answered("was_there", by=county.worker, was_in=[area(MARKET)], asked=[area(MARKET)])
    assert (arrival_with(arrival.pk).rules, list(to_ask())) == (["A-01", "A-02"], [])


def test_whoever_was_there_meanwhile_stays_decided_by_what_they_said(county, dispatcher, monkeypatch):
    arrival = came(county.head, by=dispatcher)[0]
    brought(feed(0, high=[DEPOT]), dispatcher)
    judged_at_first(monkeypatch, lambda: answered("was_there", by=county.worker, was_in=[area(DEPOT)]))
    judged()
    assert arrival_with(arrival.pk).rules == ["A-01", "A-02"]
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def judged_at_first(monkeypatch, do):
    """Do it once every list stands, before measures follow."""
    meanwhile(monkeypatch, "say_lists_stand", do)


def test_whoever_does_not_come_after_all_meanwhile_has_nothing_to_follow(county, dispatcher, monkeypatch):
    arrival = came(county.head, by=dispatcher)[0]
    brought(feed(0, high=[DEPOT]), dispatcher)
    judged_at_first(monkeypatch, lambda: cancel_arrival(arrivals=[arrival.pk], why="没有来", by=dispatcher))
    judged()
    assert counting_evidence_of(county.head.pk) == []
    assert not Task.objects.filter(about=f"arrival:{arrival.pk}", state="open", kind="arrivals.visit").exists()


def three_came(county, dispatcher):
    """Three people in as many steps: each from Qingxu, of which a place is listed then."""
    stay = ToldStay(division="140121", begins_on=date(2022, 4, 3), ends_on=date(2022, 4, 9))
    found = [came(it, by=dispatcher, stays=[stay])[0] for it in (county.head, county.persons[1], county.persons[3])]
    brought(feed(0, high=[DEPOT]), dispatcher)
    return found


def killed(monkeypatch, name, *, at):
    """The process dies in this step, the so-manieth time it is taken."""
    real, left = getattr(procedure, name), iter(range(1, 99))

    def step(*args, **named):
        if next(left) == at:
            raise Killed
        return real(*args, **named)

    monkeypatch.setattr(procedure, name, step)
    with pytest.raises(Killed):
        judged()
    monkeypatch.setattr(procedure, name, real)


@pytest.mark.parametrize(
    "step", ["open_enquiries", "say_lists_stand", "settle_tasks_judged_anew", "recolour", "count_steps"]
)
def test_one_that_is_killed_is_taken_up_and_ends_as_if_it_had_not_been(county, dispatcher, monkeypatch, step):
    monkeypatch.setattr(procedure, "DECIDED_AT_ONCE", 1)
    arrivals = three_came(county, dispatcher)
    killed(monkeypatch, step, at=2 if step in ("settle_tasks_judged_anew", "recolour", "count_steps") else 1)
    recolour_due()
    judged()
    row = Rescreening.objects.get()
    assert (row.n_stricter, row.n_milder, row.n_opened, row.ended_at is not None) == (3, 0, 3, True)
    for arrival in arrivals:
        assert arrival_with(arrival.pk).rules == ["A-02"]
        assert [it.attributes["measure"] for it in counting_evidence_of(arrival.person_id)] == ["home"]
        assert Task.objects.filter(about=f"arrival:{arrival.pk}", kind="arrivals.visit", state="open").count() == 1
        assert Version.objects.filter(arrival=arrival).count() == 2
        assert seen_by_a_gate(arrival.person)[0] is Colour.YELLOW


@pytest.mark.parametrize("is_overtaken", [False, True])
def test_one_that_is_killed_when_it_had_written_everything_is_one_re_screening(
    county, dispatcher, monkeypatch, is_overtaken
):
    three_came(county, dispatcher)
    if is_overtaken:
        monkeypatch.setattr(procedure, "_mark", iter(range(99)).__next__)
    first, again = (run_as(newest().pk, newest()) for _ in range(2))
    assert (Rescreening.objects.count(), again, again.get("is_overtaken")) == (1, first, int(is_overtaken))


def test_how_far_it_is_is_said_first_of_lists_then_of_measures(county, dispatcher, monkeypatch):
    monkeypatch.setattr(procedure, "DECIDED_AT_ONCE", 2)
    three_came(county, dispatcher)
    said = []
    procedure.rescreen_everybody(
        because="list", about="x", by="program:test", step=lambda done, total, word: said.append((done, word.en))
    )
    assert said == [
        (3, "Listing whom to ask: 3 of 3"),
        (2, "Every list stands; measures follow: 2 of 3 people"),
        (3, "Every list stands; measures follow: 3 of 3 people"),
    ]
