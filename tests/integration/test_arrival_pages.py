"""The pages of arrivals: a resident on a phone; a grid worker, a checkpoint and a hotel for others."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.identity import check_character
from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals.models import Arrival
from fangxian.ops.documents.queries import about, verify
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now

from .arrival_hand import XIAODIAN, YAODU, arrived, at_risk, journey, stay
from .paper_pictures import pages_of
from .people_with_codes import build_with_codes
from .post_hand import a_post, passed, told
from .two_townships import CELL, UNIT, account_of, document, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def risky(county):
    return at_risk(account_of(county, "dispatcher"))[0]


@pytest.fixture
def resident(client, county):
    """The head of the household, signed in as themselves."""
    client = sign_in(client, county, "resident")
    Person.objects.filter(pk=county.head.pk).update(account=Account.objects.get(pk=client.session["_auth_user_id"]))
    return client


@pytest.fixture
def grid_worker(client, county):
    return sign_in(client, county, "grid_worker")


def form(*, place="山西太原清徐", since="2022-04-03", until="", **changed):
    """What stands in the form of a journey of one place."""
    at = localtime(county_now() - timedelta(hours=1))
    told = {
        "arrives_at": f"{at:%Y-%m-%dT%H:%M}", "stays_at": "", "phone": "15400000001", "token": str(uuid4()),
        "n_stays": "1", "n_legs": "1", "stay-0-place": place, "stay-0-begins_on": since, "stay-0-last_on": until,
        "do": "declare",
    }  # fmt: skip
    return told | changed


def own(county, **changed):
    return form(who=[str(county.head.pk)], **changed)


def guest(**changed):
    told = {"name": "李来客", "kind": "resident", "number": document(county_now().date().replace(1990), 88)}
    told |= {"born_on": "", "sex": "", "lives_here": "yes", "area": CELL}
    return form(**(told | changed))


def follow(client, response):
    assert response.status_code == 302, shown(response)
    return shown(client.get(response.url))


def test_a_resident_declares_and_is_told_at_once_what_is_asked_and_why(resident, county, risky):
    first = resident.post(reverse("my-arrivals"), own(county))
    asked = shown(first)
    assert ("还有一个问题" in asked, "韵达物流园" in asked, Arrival.objects.count()) == (True, True, 0)
    told = own(county) | {"stay-0-asked_for": asked_for(asked), "stay-0-answer": "some", "stay-0-areas": [risky]}
    page = follow(resident, resident.post(reverse("my-arrivals"), told))
    for words in ("集中隔离", "2022-04-09", "规则A-01", "山西省疾控中心紧急提示", "网格员"):
        assert words in page


def asked_for(page):
    return page.split('name="stay-0-asked_for" value="')[1].split('"')[0]


def test_whoever_was_in_none_of_the_risk_areas_stays_at_home(resident, county, risky):
    asked = shown(resident.post(reverse("my-arrivals"), own(county)))
    told = own(county) | {"stay-0-asked_for": asked_for(asked), "stay-0-answer": "none"}
    assert "居家隔离" in follow(resident, resident.post(reverse("my-arrivals"), told))


def test_an_answer_about_other_days_is_asked_again(resident, county, risky):
    told = own(county) | {"stay-0-asked_for": "140121 2022-04-01 2022-04-03", "stay-0-answer": "none"}
    assert "还有一个问题" in shown(resident.post(reverse("my-arrivals"), told))


def test_of_a_quiet_county_nothing_more_is_asked(resident, county):
    page = follow(resident, resident.post(reverse("my-arrivals"), own(county, place="临汾尧都")))
    assert "申报以后没有别的要求" in page


def test_the_whole_household_is_declared_in_one_go(resident, county):
    who = [str(it.pk) for it in county.persons[:3]]
    resident.post(reverse("my-arrivals"), own(county, place="临汾尧都") | {"who": who})
    assert sorted(Arrival.objects.values_list("declared_as", flat=True)) == ["person", "relative", "relative"]


def test_nobody_of_another_household_can_be_declared_so(resident, county):
    told = own(county, place="临汾尧都") | {"who": [str(county.stranger.pk)]}
    assert (resident.post(reverse("my-arrivals"), told).status_code, Arrival.objects.count()) == (400, 0)


def test_a_name_that_several_counties_have_is_to_be_chosen_from(resident, county):
    page = resident.post(reverse("my-arrivals"), own(county, place="朝阳区"))
    assert (page.status_code, "北京市朝阳区" in shown(page), "吉林省长春市朝阳区" in shown(page)) == (400, True, True)
    told = own(county, place="朝阳区") | {"stay-0-chosen": "220104"}
    assert follow(resident, resident.post(reverse("my-arrivals"), told))


def test_a_county_by_the_name_it_had_is_found(resident, county):
    resident.post(reverse("my-arrivals"), own(county, place="偃师市"))
    assert [it.division_code for it in Arrival.objects.get().journey.all()] == ["410307"]


def test_a_place_that_is_none_is_said_and_what_was_typed_is_kept(resident, county):
    page = shown(resident.post(reverse("my-arrivals"), own(county, place="桃花源")))
    assert ("没有找到这个县" in page, 'value="桃花源"' in page) == (True, True)


def test_another_row_is_given_without_scripts(resident, county):
    page = resident.post(reverse("my-arrivals"), own(county) | {"more-stay": ""})
    assert (page.status_code, "第2个地方" in shown(page), Arrival.objects.count()) == (
        200,
        True,
        0,
    )


def test_leaving_before_arriving_is_said_in_words(resident, county):
    page = resident.post(reverse("my-arrivals"), own(county, place="临汾尧都", since="2022-04-05", until="2022-04-03"))
    assert (page.status_code, "可能写反了" in shown(page)) == (400, True)


@pytest.mark.parametrize("number", ["91415619800101001", "USA110080010112"], ids=["of today", "of before 2023"])
def test_a_foreigner_declares_by_the_card_they_live_here_with(grid_worker, number):
    number += check_character(number) if number.isdigit() else ""
    told = guest(kind="permanent_residence", number=number, name="ALEX DEMO", born_on="1980-01-01", sex="female")
    assert grid_worker.post(reverse("arrivals-new"), told).status_code == 302
    assert (Arrival.objects.get().person.document_number, Arrival.objects.get().person.born_on.year) == (number, 1980)


def test_the_same_form_sent_twice_is_one(resident, county):
    told = own(county, place="临汾尧都")
    urls = [resident.post(reverse("my-arrivals"), told).url for _ in range(2)]
    assert (urls[1].endswith("done=again"), Arrival.objects.count()) == (True, 1)


def test_what_i_declared_stands_on_my_page(resident, county):
    resident.post(reverse("my-arrivals"), own(county, place="临汾尧都"))
    assert "山西省临汾市尧都区" in shown(resident.get(reverse("my-arrivals")))


def test_a_correction_of_one_s_own_shows_what_was_said(resident, county):
    resident.post(reverse("my-arrivals"), own(county, place="临汾尧都"))
    row = Arrival.objects.get()
    page = shown(resident.get(reverse("arrival-correct", args=[row.pk])))
    assert 'value="山西省临汾市尧都区"' in page
    told = form(place="上海浦东", since="2022-04-04", do="correct")
    told["arrives_at"] = f"{localtime(row.arrives_at):%Y-%m-%dT%H:%M}"
    page = follow(resident, resident.post(reverse("arrival-correct", args=[row.pk]), told))
    assert ("已更正" in page, "规则A-05" in page, page.count("更正") > 2) == (True, True, True)


def test_an_undertaking_is_signed_with_a_name_and_printed(resident, county, risky, tmp_path):
    row = arrived(
        county.head, by=Account.objects.get(pk=resident.session["_auth_user_id"]), told=journey(stay(XIAODIAN))
    )
    assert "签承诺书" in shown(resident.get(reverse("arrival", args=[row.pk])))
    page = follow(resident, resident.post(reverse("arrival-undertaking", args=[row.pk]), {"name": "孟浩然"}))
    assert "承诺书已签" in page
    paper = resident.post(reverse("arrival-paper", args=[row.pk]), {"which": "undertaking"})
    assert (paper["Content-Type"], len(pages_of(paper.content, tmp_path))) == ("application/pdf", 1)


def test_the_receipt_verifies_and_a_corrected_one_is_withdrawn(resident, county):
    resident.post(reverse("my-arrivals"), own(county, place="临汾尧都"))
    row = Arrival.objects.get()
    resident.post(reverse("arrival-paper", args=[row.pk]))
    paper = about(f"arrival:{row.pk}").get()
    assert verify(paper.proof).outcome == "genuine"
    told = form(place="上海浦东", since="2022-04-04")
    told["arrives_at"] = f"{localtime(row.arrives_at):%Y-%m-%dT%H:%M}"
    resident.post(reverse("arrival-correct", args=[row.pk]), told)
    assert verify(paper.proof).outcome == "withdrawn"


def test_an_announced_one_lands_with_one_button(resident, county):
    at = localtime(county_now() + timedelta(hours=20))
    told = own(county, place="临汾尧都", arrives_at=f"{at:%Y-%m-%dT%H:%M}")
    page = follow(resident, resident.post(reverse("my-arrivals"), told))
    assert "已经到了" in page
    row = Arrival.objects.get()
    resident.post(reverse("arrival", args=[row.pk]), {"do": "landed"})
    row.refresh_from_db()
    assert row.state == "landed"


def test_cancelling_asks_for_a_reason(resident, county):
    resident.post(reverse("my-arrivals"), own(county, place="临汾尧都"))
    row = Arrival.objects.get()
    assert resident.post(reverse("arrival", args=[row.pk]), {"do": "cancel", "why": ""}).status_code == 400
    assert "已撤销" in follow(
        resident, resident.post(reverse("arrival", args=[row.pk]), {"do": "cancel", "why": "不来了"})
    )


def test_a_grid_worker_registers_a_returning_resident_and_declares(grid_worker, county):
    page = follow(grid_worker, grid_worker.post(reverse("arrivals-new"), guest(place="上海浦东")))
    person = Person.objects.get(area_path=CELL, household=None)
    assert (person.name, person.standing, "规则A-05" in page) == ("李来客", "resident", True)


def test_a_grid_worker_registers_a_visitor_with_a_passport(grid_worker, county):
    told = guest(kind="passport", number="E1234567", born_on="1988-05-06", sex="female", lives_here="no")
    assert grid_worker.post(reverse("arrivals-new"), told).status_code == 200
    person = Person.objects.exclude(standing="resident").get()
    assert (person.document_kind, person.sex, Arrival.objects.get().area_path) == ("passport", "female", CELL)


def test_a_visitor_s_code_is_shown_to_scan_once_they_are_declared_and_stands_nowhere_afterwards(grid_worker, county):
    told = guest(kind="passport", number="E1234567", born_on="1988-05-06", sex="female", lives_here="no")
    page = shown(grid_worker.post(reverse("arrivals-new"), told))
    address = re.search(r'href="(http://testserver/visitor/[^"]+)"', page).group(1)
    assert grid_worker.get(address).status_code == 200
    later = shown(grid_worker.get(reverse("arrival", args=[Arrival.objects.get().pk])))
    assert (address in later, 'id="visitor"' in later) == (False, False)


def test_the_receipt_s_code_is_on_the_page_and_goes_with_a_correction(resident, county):
    page = follow(resident, resident.post(reverse("my-arrivals"), own(county)))
    row = Arrival.objects.get()
    number = about(f"arrival:{row.pk}").get().number
    assert (number in page, 'src="data:image/svg+xml' in page) == (True, True)
    page = follow(resident, resident.post(reverse("arrival-correct", args=[row.pk]), form(place="上海浦东")))
    assert (number in page, "开回执" in page) == (False, True)
    page = follow(resident, resident.post(reverse("arrival", args=[row.pk]), {"do": "receipt"}))
    assert "data:image/svg+xml" in page


def test_what_somebody_said_at_a_post_stands_in_the_form_that_declares_them(client, county):
    officer = sign_in(client, county, "checkpoint_officer")
    by, post = Account.objects.get(pk=client.session["_auth_user_id"]), a_post(county)
    (one,) = passed(post, by, told(post, name="测试过客", phone="15400000777", origin="310115"))
    page = shown(officer.get(reverse("arrivals-new"), {"passing": str(one.kept.passing)}))
    assert [it in page for it in ("测试过客", "15400000777", "上海市浦东新区")] == [True, True, True]
    assert shown(officer.get(reverse("arrivals-new"), {"passing": "x"}))


def test_another_s_passing_tells_nothing(client, county):
    by, post = account_of(county, "checkpoint_officer"), a_post(county)
    (one,) = passed(post, by, told(post, name="测试过客", phone="15400000777"))
    page = sign_in(client, county, "grid_worker").get(reverse("arrivals-new"), {"passing": str(one.kept.passing)})
    assert "测试过客" not in shown(page)


def test_a_passport_without_a_date_of_birth_is_asked_for_it(grid_worker, county):
    page = grid_worker.post(reverse("arrivals-new"), guest(kind="passport", number="E1234567"))
    assert (page.status_code, "没有出生日期" in shown(page)) == (400, True)


def test_a_wrong_number_is_said_beside_it(grid_worker, county):
    page = grid_worker.post(reverse("arrivals-new"), guest(number="11010119900101001"))
    assert (page.status_code, Arrival.objects.count()) == (400, 0)


def test_a_checkpoint_declares_for_whoever_passes(client, county):
    officer = sign_in(client, county, "checkpoint_officer")
    told = guest(name="王老", number=county.persons[3].document_number, area=UNIT, lives_here="no", place="临汾尧都")
    follow(officer, officer.post(reverse("arrivals-new"), told))
    row = Arrival.objects.get()
    assert (row.declared_as, row.area_path, row.person_id) == ("checkpoint", CELL, county.persons[3].pk)


def test_a_hotel_declares_for_its_guests_and_sees_them(client, county):
    hotel = Venue.objects.get(pk=county.school.pk)
    Venue.objects.filter(pk=hotel.pk).update(venue_class="hotel")
    keeper = sign_in(client, county, "venue_owner", venue=hotel.pk)
    told = guest(lives_here="no", place="上海浦东")
    told.pop("area")
    keeper.post(reverse("arrivals-new"), told)
    row = Arrival.objects.get()
    assert (row.declared_as, row.venue, row.area_path) == ("hotel", hotel.pk, hotel.area_path)
    page = shown(keeper.get(reverse("arrivals")))
    assert ("上海市浦东新区" in page, "落地检一次" in page) == (True, True)


def test_a_shop_s_owner_declares_for_nobody(client, county):
    assert sign_in(client, county, "venue_owner", venue=county.shop.pk).get(reverse("arrivals-new")).status_code == 403


def test_the_list_shows_one_s_own_area_and_masks_names(client, county):
    dispatcher = account_of(county, "dispatcher")
    arrived(county.head, by=dispatcher, as_="grid_worker", told=journey(stay(YAODU)))
    arrived(county.stranger, by=dispatcher, as_="grid_worker", told=journey(stay(YAODU)))
    page = shown(sign_in(client, county, "grid_worker").get(reverse("arrivals")))
    assert ("孟＊＊" in page, "孟浩然" in page, "赵" in page) == (True, False, False)


@pytest.mark.parametrize(
    ("query", "n"),
    [("state=landed", 1), ("state=announced", 0), ("measure=none", 1), ("measure=home", 0), (f"area={UNIT}", 1)],
)
def test_the_list_is_narrowed_by_what_the_address_says(client, county, query, n):
    arrived(county.head, by=account_of(county, "dispatcher"), as_="grid_worker", told=journey(stay(YAODU)))
    page = shown(sign_in(client, county, "dispatcher").get(f"{reverse('arrivals')}?{query}"))
    assert page.count("孟＊＊") == n


def test_an_arrival_elsewhere_is_not_shown(client, county):
    row = arrived(county.stranger, by=account_of(county, "dispatcher"), as_="grid_worker")
    assert sign_in(client, county, "grid_worker").get(reverse("arrival", args=[row.pk])).status_code == 403


def test_the_list_takes_as_many_queries_for_many_as_for_one(client, county, django_assert_max_num_queries):
    dispatcher = account_of(county, "dispatcher")
    client = sign_in(client, county, "dispatcher")
    for it in county.persons:
        arrived(it, by=dispatcher, as_="grid_worker", told=journey(stay(YAODU)))
    with django_assert_max_num_queries(14):
        client.get(reverse("arrivals"))


def test_a_form_sent_again_after_cancelling_is_refused_and_sent_on_purpose_it_is_a_new_one(resident, county):
    told = own(county, place="临汾尧都")
    resident.post(reverse("my-arrivals"), told)
    resident.post(reverse("arrival", args=[Arrival.objects.get().pk]), {"do": "cancel", "why": "不来了"})
    refused = resident.post(reverse("my-arrivals"), told)
    assert (refused.status_code, "撤销" in shown(refused)) == (400, True)
    again = told | {"token": refused.context["journey"].main["token"].value()}
    assert resident.post(reverse("my-arrivals"), again).status_code == 302
    assert sorted(Arrival.objects.values_list("state", flat=True)) == ["cancelled", "landed"]


def test_whoever_is_asked_something_is_told_whom_to_call_instead_of_cancelling(resident, county, risky):
    asked = shown(resident.post(reverse("my-arrivals"), own(county)))
    told = own(county) | {"stay-0-asked_for": asked_for(asked), "stay-0-answer": "none"}
    page = follow(resident, resident.post(reverse("my-arrivals"), told))
    assert ("由网格员核实后撤销" in page, "撤销这条申报" in page) == (True, False)


@pytest.mark.parametrize(("since", "until"), [("0001-01-01", ""), ("2022-04-03", "9999-12-31")])
def test_a_year_that_cannot_be_is_said_beside_the_day(resident, county, since, until):
    answer = resident.post(reverse("my-arrivals"), own(county, since=since, until=until))
    assert (answer.status_code, "年份不对" in shown(answer)) == (400, True)
