"""The pages of enquiries: a grid's calls and one answer by a thumb, how far each area is, what a list brought about."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from fangxian.core.policy.vocabulary import Travel
from fangxian.ops.enquiries.models import Enquiry, Rescreening
from fangxian.ops.enquiries.queries import rescreenings, to_ask
from fangxian.ops.field.wire import Intent
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.procedures import field_enquiry
from fangxian.ops.procedures.rescreen import ask_about_marks
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import RiskArea
from tests.integration.founding import founded
from tests.integration.people_with_codes import build_with_codes
from tests.integration.rescreen_hand import DEPOT, came, listed
from tests.integration.two_townships import NAME, PHONE

pytestmark = pytest.mark.django_db
ASKING = ("/enquiries", "/enquiries/county")
MOST_QUERIES = 24  # of a page of calls, however many they are; half of them are the session's and the rail's


def hrefs(page):
    return re.findall(r'href="([^"]+)"', page.content.decode())


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    county = build_with_codes()
    county.dispatcher = founded("dispatcher")
    county.worker = founded("grid_worker", area_path=county.cells[0].area_path)
    came(county.head, county.persons[1], county.persons[3], by=county.dispatcher)
    listed(DEPOT, by=county.dispatcher)
    return county


@pytest.fixture
def county(standing, db):
    return standing


@pytest.fixture
def opened(county, client):
    """A page as somebody sees it."""

    def opened(address, by=None, **told):
        client.force_login(by or county.worker)
        return client.get(address, **told)

    return opened


def test_a_grid_worker_sees_whom_to_call_with_name_number_question_and_what_is_known(opened):
    text = opened("/enquiries").content.decode()
    for told in (NAME, f"tel:{PHONE}", "韵达物流园", "山西省太原市清徐县", "居家隔离"):
        assert told in text


def test_another_grids_worker_sees_nobody(opened, county):
    text = opened("/enquiries", founded("grid_worker", area_path=county.cells[2].area_path)).content.decode()
    assert (NAME in text, "这里没有要核实的人" in text) == (False, True)


def test_a_household_stands_once(opened):
    assert opened("/enquiries").content.decode().count("第\u20091\u2009户") == 1


def test_a_page_of_calls_asks_the_database_as_often_however_many_they_are(
    opened, county, django_assert_max_num_queries
):
    opened("/enquiries")
    with django_assert_max_num_queries(MOST_QUERIES):
        opened("/enquiries")


def test_an_answer_by_a_thumb_closes_the_enquiry(opened, county, client):
    row = to_ask().first()
    opened("/enquiries")
    answered = client.post(reverse("enquiry-answer", args=[row.pk]), {"answer": "was_not"})
    assert (answered.status_code, Enquiry.objects.get(pk=row.pk).answer) == (302, "was_not")


def test_was_there_without_a_place_is_refused_beside_the_list(opened, county, client):
    opened("/enquiries")
    answered = client.post(reverse("enquiry-answer", args=[to_ask().first().pk]), {"answer": "was_there"})
    assert (answered.status_code, "至少勾选一处" in answered.content.decode()) == (400, True)


def test_the_county_sees_how_far_each_township_is_beside_the_old_way(opened, county):
    text = opened("/enquiries/county", county.dispatcher).content.decode()
    assert "天坛镇" in text
    figures = opened("/enquiries/county", county.dispatcher).context
    assert (figures["n_left"], figures["n_calls"], figures["n_residents"]) == (3, 2, 5)


def test_whoever_has_a_star_and_declared_nothing_is_asked_for_their_journey(opened, county):
    HealthCode.objects.filter(person__in=[county.head.pk, county.stranger.pk]).update(travel=Travel.RISK)
    ask_about_marks(at=county_now(), by="program:test")
    text = opened(f"/enquiries?area={county.stranger.area_path}", county.dispatcher).content.decode()
    assert [row.person_id for row in to_ask().filter(why="star")] == [county.stranger.pk]
    assert "星号本身不作为隔离依据" in text


def test_what_renews_itself_on_a_list_is_a_line_and_no_list(opened):
    text = opened("/enquiries?part=1&was=9").content.decode()
    assert (NAME in text, "名单有变" in text, "<form" in text) == (False, True, False)


def test_what_somebody_types_is_not_thrown_away_by_a_header(opened, county):
    assert "Refresh" not in opened("/enquiries/county", county.dispatcher)


def test_one_entry_of_the_rail_leads_to_enquiries_whoever_one_is(opened, county):
    assert [address for address in ASKING if address in hrefs(opened("/arrivals"))] == ["/enquiries"]
    assert [address for address in ASKING if address in hrefs(opened("/arrivals", county.dispatcher))] == [ASKING[1]]


def test_a_township_sees_its_own_figures_alone(opened, county):
    elsewhere = founded("grid_lead", area_path="141027101")
    assert opened("/enquiries/county", elsewhere).context["n_left"] == 0


def test_a_list_says_what_it_brought_about(opened, county):
    text = opened(reverse("risk-areas-list", args=[rescreenings().first().about]), county.dispatcher).content.decode()
    assert "带来了什么" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lists_ms": None, "ended_at": None}, "正在判定，数字还会变"),
        ({"ended_at": None}, "名单已出齐，措施还在更新"),
        ({"ended_at": None, "is_overtaken": True}, "由下一次接着做"),
    ],
)
def test_what_is_not_done_yet_is_shown_as_no_result(opened, county, fields, said):
    Rescreening.objects.update(**fields)
    assert said in opened("/enquiries/county", county.dispatcher).content.decode()


def test_the_page_of_risk_areas_offers_to_name_a_division_to_whoever_keeps_it(opened, county, client):
    assert "有病例但尚未调整风险等级的县" in opened("/risk-areas", county.dispatcher).content.decode()
    told = {"state": "county-with-cases", "code": "140123", "begins_on": "2022-04-07", "reason": "太原市通告"}
    assert client.post(reverse("risk-areas-name"), told).status_code == 302
    assert "娄烦县" in client.get("/risk-areas").content.decode()


def test_a_code_of_no_division_is_refused_beside_its_field(opened, county, client):
    opened("/risk-areas", county.dispatcher)
    told = {"state": "county-with-cases", "code": "999999", "begins_on": "2022-04-07", "reason": "太原市通告"}
    answered = client.post(reverse("risk-areas-name"), told)
    assert (answered.status_code, "999999" in answered.content.decode()) == (400, True)


def intent(number, **body):
    return Intent(
        device=uuid4(), number=number, kind="enquiry", recorded_at=county_now() - timedelta(hours=1), body=body
    )


def test_a_phone_in_the_field_answers_each_by_itself(county):
    first, second = to_ask()[:2]
    place = str(RiskArea.objects.get(place=DEPOT[1]).pk)
    told = [
        intent(1, enquiry=str(first.pk), answer="was_there", was_in=[place]),
        intent(2, enquiry=str(second.pk), answer="was_there"),
        intent(3, enquiry="nothing"),
        intent(4, enquiry=str(first.pk), answer="was_there", was_in=[place]),
    ]
    found = field_enquiry.take(told, county.worker)
    assert [it.what for it in found] == ["taken", "refused", "refused", "repeat"]
