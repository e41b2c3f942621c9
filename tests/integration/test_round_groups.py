"""How far each class and unit of a round is: counted in the database, those with most missing first."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.ops.lab.queries import roster_of
from fangxian.ops.situation.round_groups import groups_of_round

from .lab_hand import Device, a_round
from .two_townships import NAME, OTHER_TOWN, TOWN, account_of, build, shown

pytestmark = pytest.mark.django_db
CLASSES = {NAME: "三1班", "李静": "三1班", "孟小": "三2班", "赵远": "响水河小学 一班"}


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county, there = build(), a_round()
    for name, group in CLASSES.items():
        roster_of(there.round).filter(token=there.tokens[name]).update(group=group)
    phone = Device(there)
    phone.sends(*(phone.swab("10010001", it) for it in (NAME, "孟小")))
    return county, there


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def account(of_this_file, db):
    return lambda role, area="141027": account_of(of_this_file[0], role, area)


def page(account, there, query=""):
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("round-groups", args=[there.round.pk]) + query)


def test_each_class_has_its_people_by_stage_and_most_missing_come_first(account, there):
    rows = groups_of_round(there.round, account("dispatcher"), order="-due")[slice(0, 9)]
    assert {it.key: (it.n, it.n_done, it.n_due) for it in rows} == {
        "三1班": (2, 1, 1), "三2班": (1, 1, 0), "响水河小学 一班": (1, 0, 1),
    }  # fmt: skip
    assert [it.n_due for it in rows] == [1, 1, 0]


def test_whoever_sees_one_township_sees_its_classes_only(account, there):
    keys = {it.key for it in groups_of_round(there.round, account("grid_lead", TOWN), order="name")[slice(0, 9)]}
    assert keys == {"三1班", "三2班"}
    assert "响水河小学" in shown(page(account("grid_lead", OTHER_TOWN), there))


def test_a_class_leads_to_whoever_of_it_is_missing_for_those_who_know_people_only(account, there):
    assert "people?group=" in page(account("grid_lead", TOWN), there).content.decode()
    assert "people?group=" not in page(account("sampler", TOWN), there).content.decode()


def n_questions(account, there, query):
    with CaptureQueriesContext(connection) as asked:
        assert page(account, there, query).status_code == 200
    return len(asked)


def test_it_asks_the_same_number_of_questions_however_many_classes_there_are(account, there):
    dispatcher = account("dispatcher")
    before = n_questions(dispatcher, there, "?sort=name")
    roster_of(there.round).filter(token=there.tokens["李静"]).update(group="三3班")
    assert n_questions(dispatcher, there, "?sort=-due&page=9") == before
    assert n_questions(dispatcher, there, "?sort=x&page=x") == before
