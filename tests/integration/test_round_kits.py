"""Kits of a round: put aside as far as they are there and nobody else's; what is missing is a task."""

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.procedures.keep_kits import MISSING, free_kits, move_stock, needs_of, reserve_kits
from fangxian.ops.round_plans.queries import in_store, reserved_by_round
from fangxian.ops.tasks.queries import unfinished

from .lab_hand import a_round
from .two_townships import account_of, build

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    return county, a_round()


@pytest.fixture
def round(of_this_file, db):
    return of_this_file[1].round


@pytest.fixture
def dispatcher(of_this_file, db):
    return account_of(of_this_file[0], "dispatcher", "141027")


def fill_stores(dispatcher, **kits):
    for kit, n in kits.items():
        move_stock(kit=kit, n=n, said="市里调拨", by=dispatcher)


PLENTY = {"tubes": 100, "swabs": 100, "extraction_kits": 100, "amplification_kits": 100, "suits": 100}


def test_a_round_needs_a_swab_for_everybody_and_a_tube_for_every_ten_at_each_site(round):
    needs = needs_of(round)
    assert needs["swabs"] == 6
    assert needs["tubes"] == 3


def test_what_a_round_needs_is_put_aside_once(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    assert reserve_kits(round=round.pk, by=dispatcher) == {}
    assert reserve_kits(round=round.pk, by=dispatcher) == {}
    assert reserved_by_round()[round.pk] == needs_of(round)


def test_what_is_missing_is_a_task_and_the_rest_is_put_aside(round, dispatcher):
    fill_stores(dispatcher, **(PLENTY | {"swabs": 4}))
    missing = reserve_kits(round=round.pk, by=dispatcher)
    assert missing == {"swabs": 2}
    assert reserved_by_round()[round.pk]["swabs"] == 4
    (task,) = unfinished().filter(kind=MISSING)
    assert "2 swabs" in task.title_en


def test_given_back_it_is_free_again(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve_kits(round=round.pk, by=dispatcher)
    free_kits(round=round.pk, by=dispatcher)
    assert not any(reserved_by_round()[round.pk].values())


def test_what_is_put_aside_does_not_leave_the_stores(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve_kits(round=round.pk, by=dispatcher)
    with pytest.raises(Refusal) as refused:
        move_stock(kit="swabs", n=-100, said="支援邻县", by=dispatcher)
    assert refused.value.code == "round_plans.not_in_store"
    assert in_store()["swabs"] == 100


def test_the_page_says_for_how_many_rounds_it_lasts_and_what_is_scarcest(round, dispatcher):
    client = Client(headers={"accept-language": "en"})
    client.force_login(dispatcher, backend=BACKEND)
    here = reverse("round-kits", args=[round.pk])
    fill_stores(dispatcher, **(PLENTY | {"swabs": 6}))
    assert client.post(here, {"do": "reserve"}).status_code == 302
    page = client.get(here).content.decode()
    assert "scarcest:" in page
    assert "enough for" in page
    wrong = client.post(here, {"do": "move", "kit": "swabs", "n": "many", "said": ""})
    assert wrong.status_code == 400
    assert "Give a whole number" in wrong.content.decode()
