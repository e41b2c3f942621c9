"""A round that was prepared by mistake is called off before it begins."""

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.lab.actions import call_off_round, reopen_round
from fangxian.ops.lab.field_queries import rounds_at_tables
from fangxian.ops.lab.queries import n_waiting, rounds, rounds_listed

from .lab_hand import BY, Device, a_round, send
from .two_townships import NAME, build, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    there.county = county
    return there


@pytest.fixture
def begun(of_this_file, db):
    return of_this_file


@pytest.fixture
def there(begun):
    """A round that has not begun."""
    rounds().filter(pk=begun.round.pk).update(state="prepared", opened_at=None)
    return begun


def test_it_leaves_lists_and_phones_and_its_page_says_why(there):
    planner = sign_in(Client(headers={"accept-language": "en"}), there.county, "dispatcher")
    here = reverse("round", args=[there.round.pk])
    assert planner.post(here, {"do": "off", "because": "范围选错了"}).status_code == 302
    said = planner.get(here).content.decode()
    assert "before it began" in said
    assert "范围选错了" in said
    assert here not in planner.get(reverse("rounds")).content.decode()
    assert rounds_at_tables() == []


def test_it_takes_a_reason(there):
    with pytest.raises(Refusal, match=r"lab\.round_not_called_off"):
        call_off_round(round=there.round.pk, because=" ", by=BY)


def test_a_round_of_which_something_came_is_not_called_off(there):
    send(there, [Device(there).swab("10010001", NAME)])
    with pytest.raises(Refusal, match=r"lab\.round_not_called_off"):
        call_off_round(round=there.round.pk, because="范围选错了", by=BY)


def test_a_round_that_has_begun_is_not_called_off(begun):
    with pytest.raises(Refusal, match=r"lab\.round_not_called_off"):
        call_off_round(round=begun.round.pk, because="范围选错了", by=BY)


def test_what_comes_for_it_afterwards_is_listed_and_does_not_reopen_it(there):
    call_off_round(round=there.round.pk, because="范围选错了", by=BY)
    send(there, [Device(there).swab("10010001", NAME)])
    assert (list(rounds_listed()), n_waiting(there.round)) == ([there.round], {"late": 1})
    with pytest.raises(Refusal, match=r"lab\.round_not_reopened"):
        reopen_round(round=there.round.pk, because="没网", by=BY)
