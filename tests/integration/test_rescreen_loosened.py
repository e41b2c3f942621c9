"""What was asked of twenty people falls away: nobody is called, each reads it on their own page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals.queries import arrival_with, ended_early
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.take_risk_list import end_risk_naming, name_risk_division
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import finish, open_tasks
from fangxian.ops.tasks.models import Task
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask
from tests.integration.founding import founded
from tests.integration.people_with_codes import BY, build_with_codes
from tests.integration.rescreen_hand import CODE, came, judged
from tests.integration.two_townships import person, shown, sign_in

pytestmark = pytest.mark.django_db
N_CAME = 20


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    """Twenty people came from a county that is named for its cases, and are to be called on."""
    county = build_with_codes()
    more = [person(county.far, n, f"来客{n}", date(1970, 1, n)) for n in range(1, 1 + N_CAME - len(county.persons))]
    county.dispatcher = founded("dispatcher")
    named = name_risk_division(
        state="county-with-cases", code=CODE, begins_on=county_now().date() - timedelta(days=3), ends_on=None,
        reason="市通告", by=county.dispatcher,
    )  # fmt: skip
    county.named, county.arrivals = named, came(*county.persons, *more, by=county.dispatcher)
    return county


@pytest.fixture
def county(standing, db):
    return standing


def loosened(county):
    """The county is named for its cases no more, and was not on the days that count."""
    end_risk_naming(named=county.named.pk, ends_on=county_now().date() - timedelta(days=3), by=county.dispatcher)
    return judged()


def to_do():
    return list(unfinished().filter(about__startswith="arrival:").values_list("kind", "about"))


def test_of_whom_nothing_is_asked_any_more_nobody_is_called(county):
    assert len(to_do()) == N_CAME
    assert loosened(county)["n_milder"] == N_CAME
    assert ({tuple(arrival_with(it.pk).rules) for it in county.arrivals}, to_do()) == ({()}, [])


def test_a_visit_that_waited_says_that_it_has_ended(county):
    loosened(county)
    assert {"has ended" in it.note for it in Task.objects.filter(kind="arrivals.visit")} == {True}


def test_who_was_called_on_already_is_not_called_again(county):
    finish(tasks=[it.pk for it in unfinished().filter(kind="arrivals.visit")], outcome="done", by=BY)
    loosened(county)
    assert to_do() == []


def test_whoever_was_taken_to_central_quarantine_is_let_go_from_there_by_somebody(county):
    about = f"arrival:{county.arrivals[0].pk}"
    taken = NewTask(kind="arrivals.transfer", title=Said("转运", "Take"), area_path=county.arrivals[0].area_path,
                    due_at=county_now(), role="transporter", about=about)  # fmt: skip
    finish(tasks=open_tasks(tasks=[taken], by=BY).ids, outcome="done", by=BY)
    loosened(county)
    assert to_do() == [("arrivals.visit", about)]
    assert "let go from central quarantine" in unfinished().get(about=about).title_en


def test_while_something_is_still_asked_the_grid_calls(county):
    assert {it.title_en.split(" ")[0] for it in unfinished().filter(kind="arrivals.visit")} == {"Call"}


def test_each_reads_on_their_own_page_that_it_has_ended(county, client):
    resident = sign_in(client, county, "resident")
    account = Account.objects.get(pk=resident.session["_auth_user_id"])
    Person.objects.filter(pk=county.head.pk).update(account=account)
    assert "来返的要求已经结束" not in shown(resident.get(reverse("my-code")))
    loosened(county)
    assert "来返的要求已经结束" in shown(resident.get(reverse("my-code")))


def test_of_a_child_without_a_phone_whoever_shows_its_code_reads_it(county, client):
    resident = sign_in(client, county, "resident")
    account = Account.objects.get(pk=resident.session["_auth_user_id"])
    child, parent = county.head, county.persons[1]
    Person.objects.filter(pk=parent.pk).update(account=account)
    Person.objects.filter(pk=child.pk).update(born_on=county_now().date() - timedelta(days=3000))
    loosened(county)
    assert "来返的要求已经结束" in shown(resident.get(reverse("my-code")))


def test_a_week_later_it_is_no_news(county):
    loosened(county)
    assert len(ended_early([county.head.pk], county_now())) == 1
    assert ended_early([county.head.pk], county_now() + timedelta(days=8)) == []
