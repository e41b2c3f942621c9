"""A correction that waits, as the person sees it on a phone and the grid worker at a desk."""

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.ops.arrivals.models import Arrival, Correction
from fangxian.ops.arrivals.queries import arrival_with
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures.declare_arrival import correct_arrival

from .arrival_hand import YAODU, arrived, at_risk, journey, stay
from .people_with_codes import build_with_codes
from .two_townships import account_of, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build_with_codes()
    risky = frozenset(at_risk(account_of(county, "dispatcher")))
    resident = account_of(county, "resident")
    Person.objects.filter(pk=county.head.pk).update(account=resident)
    county.head.refresh_from_db()
    county.resident, county.worker = signed_in(resident), signed_in(account_of(county, "grid_worker"))
    county.arrival = arrived(county.head, by=resident, told=journey(stay(risk_areas=risky, areas_known=True)))
    correct_arrival(arrival=county.arrival.pk, told=journey(stay(YAODU)), is_own=True, by=resident)
    return county


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


def signed_in(account):
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client, county):
    return shown(client.get(reverse("arrival", args=[county.arrival.pk])))


def press(client, county, do, **told):
    told |= {"do": do, "correction": str(Correction.objects.get(state="waiting").pk)}
    return client.post(reverse("arrival", args=[county.arrival.pk]), told)


def test_the_person_sees_that_it_waits_what_would_follow_and_what_stands(county):
    told = page(county.resident, county)
    for words in ("您的更正等网格员核实", "从“集中隔离”变成“只需申报”", "尧都", "收回这次更正"):
        assert words in told
    assert "核实过，属实" not in told


def test_the_grid_worker_sees_it_in_the_list_and_on_its_page(county):
    assert "本人更正，等核实" in shown(county.worker.get(reverse("arrivals")))
    narrowed = shown(county.worker.get(reverse("arrivals"), {"state": "corrected"}))
    told = page(county.worker, county)
    assert ("第1–1条" in narrowed.replace(" ", ""), "核实过，属实" in told, "收回这次更正" in told) == (
        True,
        True,
        False,
    )


def test_pressed_it_is_corrected(county):
    answer = press(county.worker, county, "so")
    assert (answer.status_code, arrival_with(county.arrival.pk).measure) == (302, "")


def test_without_a_reason_it_is_not_refused_and_the_form_says_so(county):
    answer = press(county.worker, county, "not_so", why_not="")
    assert (answer.status_code, "还没有写原因" in shown(answer)) == (400, True)


def test_refused_the_person_reads_why(county):
    press(county.worker, county, "not_so", why_not="车票显示去过清徐")
    told = page(county.resident, county)
    assert ("您的更正没有生效" in told, "车票显示去过清徐" in told) == (True, True)


def test_taken_back_by_the_person_it_stands_in_the_history(county):
    assert press(county.resident, county, "take_back").status_code == 302
    assert "本人收回" in page(county.resident, county)


def test_the_person_does_not_confirm_it_on_their_own_page(county):
    assert press(county.resident, county, "so").status_code == 403


def test_an_answer_to_another_correction_than_was_seen_changes_nothing(county):
    told = {"do": "so", "correction": str(county.arrival.pk)}
    answer = county.worker.post(reverse("arrival", args=[county.arrival.pk]), told)
    assert (answer.status_code, arrival_with(county.arrival.pk).measure) == (404, "central")


def test_a_hotel_whose_correction_waits_may_take_it_back_and_is_not_offered_to_answer_it(client, county):
    Venue.objects.filter(pk=county.school.pk).update(venue_class="hotel")
    Arrival.objects.filter(pk=county.arrival.pk).update(venue=county.school.pk)
    keeper = sign_in(client, county, "venue_owner", venue=county.school.pk)
    Correction.objects.filter(state="waiting").update(asked_by=f"account:{keeper.account.pk}")
    told = page(keeper, county)
    assert ("收回这次更正" in told, "核实过，属实" in told) == (True, False)
    press(keeper, county, "take_back")
    assert not Correction.objects.filter(state="waiting").exists()
