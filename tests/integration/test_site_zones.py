"""Where people wait, are registered and sampled at a site, and where samplers change, said by page."""

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.ops.procedures.give_slots import give_slots
from fangxian.ops.round_plans.queries import zones_of
from fangxian.ops.situation.site_layouts import site_layouts

from .lab_hand import a_round
from .two_townships import OTHER_TOWN, TOWN, account_of, build, shown

pytestmark = pytest.mark.django_db
WHOLE = {"waiting": "操场东侧", "n_holds": "30", "registration": "门厅", "sampling": "体育馆", "buffer": "器材室"}


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    return build(), a_round()


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def as_(of_this_file, db):
    def signed_in(role, area="141027"):
        client = Client()
        client.force_login(account_of(of_this_file[0], role, area), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def page_of(there):
    return reverse("round-layout", args=[there.round.pk])


def put(client, there, site, **told):
    return client.post(f"{page_of(there)}?site={site}", told)


def test_a_planner_says_where_each_area_is_and_the_page_says_what_is_missing(as_, there):
    client = as_("dispatcher")
    assert put(client, there, there.east, waiting="操场东侧", n_holds="30").status_code == 302
    page = shown(client.get(f"{page_of(there)}?site={there.east}"))
    assert "操场东侧" in page
    assert "还没有定：信息登记区、采集区、缓冲区。" in page
    put(client, there, there.east, **WHOLE)
    assert next(it.missing for it in site_layouts(there.round)) == []


def test_an_area_that_is_left_empty_is_there_no_more_and_the_same_again_changes_nothing(as_, there):
    client = as_("dispatcher")
    put(client, there, there.east, **WHOLE)
    before = {zone: it.said_at for zone, it in zones_of([there.east])[there.east].items()}
    put(client, there, there.east, **WHOLE)
    assert {zone: it.said_at for zone, it in zones_of([there.east])[there.east].items()} == before
    put(client, there, there.east, **(WHOLE | {"buffer": " "}))
    assert "buffer" not in zones_of([there.east])[there.east]


def test_where_more_are_asked_to_come_at_one_time_than_may_wait_the_page_says_so(as_, of_this_file, there):
    client = as_("dispatcher")
    give_slots(round=there.round.pk, by=account_of(of_this_file[0], "dispatcher", "141027"))
    put(client, there, there.east, **(WHOLE | {"n_holds": "1"}))
    assert "等候区只容1人" in shown(client.get(f"{page_of(there)}?site={there.east}"))


def test_whoever_works_at_a_site_lays_out_their_own_and_no_other(as_, there):
    sampler = as_("sampler", TOWN)
    assert put(sampler, there, there.east, **WHOLE).status_code == 302
    assert put(sampler, there, there.west, **WHOLE).status_code == 400
    assert there.west not in zones_of([there.west])
    assert 'name="waiting"' not in sampler.get(f"{page_of(there)}?site={there.west}").content.decode()
    assert put(as_("sampler", OTHER_TOWN), there, there.west, **WHOLE).status_code == 302


@pytest.mark.parametrize("wrong", [{"n_holds": "many"}, {"n_holds": "0"}, {"waiting": "长" * 61}, {"waiting": " "}])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_changes(as_, there, wrong):
    assert put(as_("dispatcher"), there, there.east, **(WHOLE | wrong)).status_code == 400
    assert zones_of([there.east]) == {}


@pytest.mark.parametrize("site", ["", "x", "0b7b3a44-0000-4000-8000-000000000000"])
def test_a_site_that_the_round_has_not_is_refused(as_, there, site):
    answer = put(as_("dispatcher"), there, site, **WHOLE)
    assert answer.status_code == 400
    assert "采样点" in shown(answer)
