"""Planning a screening round on its page: what brings it in time, and what was typed wrong."""

import pytest
from django.test import Client
from django.urls import reverse

from .two_townships import TOWN, account_of, build

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BACKEND = "django.contrib.auth.backends.ModelBackend"
ASKED = {
    "n_people": 3_000, "n_sites": 2, "n_tables": 4, "size": 10, "within_h": 36, "may_ask_outside": "on",
    "may_pool_20": "on",
}  # fmt: skip


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(of_this_file, db):
    return of_this_file


@pytest.fixture
def dispatcher(county):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account_of(county, "dispatcher", "141027"), backend=BACKEND)
    return client


def asked(dispatcher, **changed):
    answer = dispatcher.get(reverse("round-plan"), {**ASKED, **changed})
    return answer, answer.content.decode()


def test_the_form_stands_filled_in_and_nothing_is_worked_out_yet(dispatcher):
    page = dispatcher.get(reverse("round-plan")).content.decode()
    assert 'value="52"' in page
    assert 'id="ways"' not in page


def test_it_says_what_brings_it_in_time_what_holds_it_up_and_what_it_takes(dispatcher):
    answer, page = asked(dispatcher)
    assert answer.status_code == 200
    for said in ("as planned", "one more extractor (96)", "extraction kits", "D1 08:00"):
        assert said in page


def test_where_nothing_is_enough_it_says_so(dispatcher):
    changed = {"within_h": 1}
    _, page = asked(dispatcher, **changed)
    assert "With all of this it would not end in time." in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("n_people", "", "Give a number."),
        ("n_people", "many", "Give a whole number"),
        ("n_sites", "0", "cannot be below 1"),
        ("n_tables", "51", "cannot be above 50"),
        ("size", "7", "There is no such choice"),
    ],
)
def test_what_was_typed_wrong_is_said_beside_it_and_kept(dispatcher, field, typed, said):
    answer, page = asked(dispatcher, **{field: typed})
    assert answer.status_code == 400
    assert said in page
    assert 'value="36"' in page


def test_a_round_too_large_for_a_page_is_refused_with_what_it_may_be(dispatcher):
    answer, page = asked(dispatcher, n_people=2_000_000)
    assert answer.status_code == 400
    assert "30,000" in page


def test_whoever_plans_no_rounds_is_refused(county):
    client = Client()
    client.force_login(account_of(county, "sampler", TOWN), backend=BACKEND)
    assert client.get(reverse("round-plan")).status_code == 403
