"""The pages of priority places: what is due first, one screen to record it, corrections, results, the register."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.ops.hygiene.actions import list_places
from fangxian.ops.hygiene.models import PriorityPlace, Round, SampleResult
from fangxian.ops.hygiene.wire import NewPlace
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task
from tests.integration.list_hand import BY, in_force
from tests.integration.two_townships import CELL, UNIT, build, shown, sign_in, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A market on the register for two months, another that is not."""
    made = build()
    in_force("covid19-2022-04")
    made.market_venue = venue(made.cells[0], 3, "东街市场", "market")
    made.other = venue(made.cells[0], 5, "西街市场", "market")
    told = NewPlace(
        of_class="market", name="东街市场", area_path=CELL, venue=made.market_venue.pk,
        since=county_now() - timedelta(days=60),
    )  # fmt: skip
    (made.market,) = list_places(places=[told], by=BY)
    made.address = reverse("hygiene-place", args=[made.market.pk])
    return made


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def form_of(page, **told):
    """What the page's form would send: its own id and time, and what is typed."""
    text = page.content.decode()
    own = {
        name: re.search(rf'name="{name}"[^>]*?value="([^"]*)"', text)
        or re.search(rf'value="([^"]*)"[^>]*name="{name}"', text)
        for name in ("id", "done_at")
    }
    return {name: found[1] for name, found in own.items()} | told


DISINFECTED = {
    "do": "record",
    "kind": "disinfection",
    "agent": "chlorine",
    "concentration_mg_l": "500",
    "area_m2": "90",
}
SAMPLED = {"do": "record", "kind": "sampling", "n_samples": "4", "spots": "秤、案板"}


def recorded(client, county, told=None):
    told = told or DISINFECTED
    page = client.get(county.address, {"kind": told["kind"]})
    sent = form_of(page, **told)
    return client.post(county.address, sent), sent


def test_what_is_late_stands_on_the_list_and_leads_to_its_form(client, county):
    text = shown(sign_in(client, county, "grid_worker").get(reverse("hygiene")))
    assert "东街市场" in text
    assert f"{county.address}?kind=disinfection#record" in text


def test_a_disinfection_is_recorded_once_however_often_the_form_is_sent(client, county):
    answer, sent = recorded(sign_in(client, county, "grid_worker"), county)
    assert (answer.status_code, answer.url) == (302, f"{reverse('hygiene')}?done=recorded")
    client.post(county.address, sent)
    row = Round.objects.get()
    assert (row.area_m2, row.recorded_by) == (90, f"account:{client.account.pk}")


def test_the_next_form_proposes_what_was_used_last_time(client, county):
    recorded(sign_in(client, county, "grid_worker"), county)
    page = client.get(county.address, {"kind": "disinfection"})
    assert re.search(r'name="area_m2"[^>]*value="90"|value="90"[^>]*name="area_m2"', page.content.decode())


@pytest.mark.parametrize("bad", [{"area_m2": ""}, {"area_m2": "很多"}, {"done_at": "昨天"}, {"agent": "水"}])
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(client, county, bad):
    asking = sign_in(client, county, "grid_worker")
    page = asking.get(county.address, {"kind": "disinfection"})
    answer = asking.post(county.address, form_of(page, **DISINFECTED) | bad)
    assert answer.status_code == 400
    assert "500" in answer.content.decode()
    assert not Round.objects.exists()


def test_an_inspection_with_a_fault_asks_for_a_remedy(client, county):
    asking = sign_in(client, county, "grid_worker")
    told = form_of(asking.get(county.address), do="record", kind="inspection", **{"answer-masks": "fault"})
    answer = asking.post(county.address, told)
    assert "没有写怎么整改" in shown(answer)
    asking.post(county.address, told | {"remedy-masks": "发口罩", "days-masks": "2"})
    assert "待整改" in shown(asking.get(county.address))


def test_a_correction_is_made_on_the_record_and_both_are_shown(client, county):
    recorded(sign_in(client, county, "grid_worker"), county)
    first = Round.objects.get()
    page = client.get(county.address, {"correct": first.pk})
    told = form_of(
        page, **DISINFECTED | {"do": "correct", "area_m2": "200", "round": str(first.pk), "because": "面积写错"}
    )
    assert client.post(county.address, told).url == f"{county.address}?done=corrected"
    text = shown(client.get(county.address))
    assert "已被更正：面积写错" in text
    assert Round.objects.count() == 2


def test_a_correction_without_a_reason_is_refused(client, county):
    recorded(sign_in(client, county, "grid_worker"), county)
    first = Round.objects.get()
    page = client.get(county.address, {"correct": first.pk})
    told = form_of(page, **DISINFECTED | {"do": "correct", "round": str(first.pk), "because": ""})
    assert "没有写原因" in shown(client.post(county.address, told))


def test_a_laboratory_enters_a_result_and_a_positive_one_is_shown_first(client, county):
    recorded(sign_in(client, county, "grid_worker"), county, SAMPLED)
    row = Round.objects.get()
    sign_in(client, county, "laboratory")
    assert "秤、案板" in shown(client.get(county.address))
    sent = {"do": "result", "round": str(row.pk), "n_positive": "1", "spots": "秤", "because": ""}
    assert client.post(county.address, sent).url.endswith("done=result")
    assert SampleResult.objects.get().n_positive == 1
    sign_in(client, county, "township_approver")
    assert "环境采样阳性" in shown(client.get(reverse("hygiene")))
    assert Task.objects.filter(kind="hygiene.decide").exists()


def test_a_venue_s_owner_sees_the_own_place_and_no_other(client, county):
    (other,) = list_places(
        places=[NewPlace(of_class="market", name="西街市场", area_path=CELL, venue=county.other.pk)], by=BY
    )
    asking = sign_in(client, county, "venue_owner", venue=county.market_venue.pk)
    text = shown(asking.get(reverse("hygiene"), {"state": "all"}))
    assert "东街市场" in text
    assert "西街市场" not in text
    assert asking.get(reverse("hygiene-place", args=[other.pk])).status_code == 404


def test_venues_are_put_on_the_register_by_ticking_them(client, county):
    asking = sign_in(client, county, "township_approver")
    text = shown(asking.get(reverse("hygiene-register"), {"of_class": "market"}))
    assert "西街市场" in text
    assert "东街市场" not in text
    sent = {"do": "venues", "of_class": "market", "venue": [str(county.other.pk)]}
    assert asking.post(reverse("hygiene-register"), sent).url.endswith("done=listed")
    assert asking.post(reverse("hygiene-register"), sent).url.endswith("done=none")
    assert PriorityPlace.objects.count() == 2


def test_a_venue_that_was_closed_since_the_page_was_opened_is_not_put_on_it(client, county):
    asking = sign_in(client, county, "township_approver")
    Venue.objects.filter(pk=county.other.pk).update(status="closed")
    sent = {"do": "venues", "of_class": "market", "venue": [str(county.other.pk)]}
    assert asking.post(reverse("hygiene-register"), sent).url.endswith("done=none")
    assert PriorityPlace.objects.count() == 1


def test_a_process_belongs_to_a_village_or_a_venue(client, county):
    asking = sign_in(client, county, "township_approver")
    sent = {"do": "process", "of_class": "sewage", "name": "污水站", "venue_number": "", "area": "", "unit": ""}
    assert asking.post(reverse("hygiene-register"), sent).status_code == 400
    assert asking.post(reverse("hygiene-register"), sent | {"area": UNIT}).url.endswith("done=listed")
    assert asking.post(reverse("hygiene-register"), sent | {"venue_number": "99"}).status_code == 400
    assert PriorityPlace.objects.get(of_class="sewage").area_path == UNIT


def test_a_township_cannot_list_a_venue_of_another(client, county):
    far = venue(county.cells[2], 9, "乔家市场", "market")
    asking = sign_in(client, county, "township_approver")
    asking.post(reverse("hygiene-register"), {"do": "venues", "of_class": "market", "venue": [str(far.pk)]})
    assert PriorityPlace.objects.count() == 1


def test_a_place_is_struck_off_with_a_reason(client, county):
    asking = sign_in(client, county, "township_approver")
    assert asking.post(county.address, {"do": "strike", "because": ""}).status_code == 400
    assert asking.post(county.address, {"do": "strike", "because": "已关闭"}).url.endswith("done=struck")
    assert "东街市场" not in shown(asking.get(reverse("hygiene"), {"state": "all"}))


def test_a_resident_is_not_let_in(client, county):
    assert sign_in(client, county, "resident").get(reverse("hygiene")).status_code == 403


@pytest.mark.once
def test_the_list_asks_the_database_as_often_for_many_places_as_for_one(client, county, django_assert_max_num_queries):
    asking = sign_in(client, county, "dispatcher")
    asking.get(reverse("hygiene"))
    more = [NewPlace(of_class="sewage", name=f"污水站{n}", area_path=CELL) for n in range(30)]
    list_places(places=more, by=BY)
    with django_assert_max_num_queries(16):
        asking.get(reverse("hygiene"), {"state": "all"})


def test_a_filter_that_is_none_narrows_nothing(client, county):
    asking = sign_in(client, county, "dispatcher")
    assert asking.get(reverse("hygiene"), {"kind": "x", "of_class": "y", "state": "z", "area": "1"}).status_code == 200


# ── on the owner's own venue page ─────────────────────────────────────────────


@pytest.fixture
def owner(client, county):
    return sign_in(client, county, "venue_owner", venue=county.market_venue.pk)


def own_page(client, county):
    return shown(client.get(reverse("venue-keep", args=[county.market_venue.pk])))


def test_an_owner_sees_what_is_late_at_the_own_venue_and_how_to_record_it(owner, county):
    text = own_page(owner, county)
    assert "2项已逾期" in text
    assert f"{county.address}?kind=disinfection&amp;back=venue#record" in text
    assert "上门的：网格员" in text


def test_the_list_of_own_venues_says_how_much_is_late(owner, county):
    text = shown(owner.get(reverse("my-venues")))
    assert re.search(r"<td[^>]*>\s*2\s*</td>", text)


def test_recording_from_the_own_page_leads_back_to_it(owner, county):
    page = owner.get(county.address, {"kind": "disinfection", "back": "venue"})
    assert reverse("venue-keep", args=[county.market_venue.pk]) in shown(page)
    answer = owner.post(f"{county.address}?kind=disinfection&back=venue", form_of(page, **DISINFECTED))
    assert answer.url == f"{reverse('venue-keep', args=[county.market_venue.pk])}?done=hygiene#hygiene"
    text = own_page(owner, county)
    assert "1项已逾期" in text
    assert "500mg/L" in text.replace(" ", "")


def test_the_way_back_leads_to_no_page_that_was_made_up(owner, county):
    page = owner.get(county.address, {"kind": "disinfection", "back": "//elsewhere"})
    answer = owner.post(f"{county.address}?kind=disinfection&back=//elsewhere", form_of(page, **DISINFECTED))
    assert answer.url == f"{reverse('hygiene')}?done=recorded"


def test_after_a_positive_sample_an_owner_reads_what_to_do_and_until_when(owner, county):
    recorded(owner, county, SAMPLED)
    row = Round.objects.get()
    sent = {"do": "result", "round": str(row.pk), "n_positive": "2", "spots": "秤", "because": ""}
    sign_in(owner, county, "laboratory").post(county.address, sent)
    text = own_page(sign_in(owner, county, "venue_owner", venue=county.market_venue.pk), county)
    assert "采的样有2份阳性" in text
    assert "全面消毒：可以自己做，做完在这里记" in text
    assert "决定是否暂停营业" in text


def test_a_venue_on_no_register_says_so(client, county):
    asking = sign_in(client, county, "venue_owner", venue=county.other.pk)
    text = shown(asking.get(reverse("venue-keep", args=[county.other.pk])))
    assert "不在重点场所名册上" in text
    assert 'id="hygiene"' in text


@pytest.mark.once
def test_the_own_page_asks_the_database_as_often_for_many_entries_as_for_one(
    owner, county, django_assert_max_num_queries
):
    address = reverse("venue-keep", args=[county.market_venue.pk])
    with CaptureQueriesContext(connection) as first:
        owner.get(address)
    more = [
        NewPlace(of_class="sewage", name=f"污水站{n}", area_path=CELL, venue=county.market_venue.pk) for n in range(9)
    ]
    list_places(places=more, by=BY)
    with django_assert_max_num_queries(len(first)):
        owner.get(address)
