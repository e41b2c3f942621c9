"""The pages of leaving the county: checks as one types, whose turn it is, many decided at once, the desk."""

from datetime import timedelta

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse

from fangxian.ops.audit.queries import who_looked
from fangxian.ops.departures.models import Application
from fangxian.ops.departures.queries import application_with, draft_of, step_with
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from tests.integration.paper_pictures import pages_of

from .departure_hand import NEAR, a_county, applied, decided, issued, permit_text
from .people_with_codes import know
from .two_townships import account_of, shown

pytestmark = pytest.mark.django_db
# Of a page that shows fifty rows or five: it may not ask once a row.
MOST_QUERIES = 30


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    county = a_county()
    county.account = account_of(county, "resident", area_path="")
    Person.objects.filter(pk=county.head.pk).update(account=county.account)
    return county


@pytest.fixture
def county(people, db):
    return people


def signed_in(account, language="zh-hans") -> Client:
    client = Client()
    client.cookies["fangxian_language"] = language
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(**more):
    today = county_now().date()
    told = {
        "going": "临汾尧都", "place": "市人民医院", "leaves_on": f"{today}",
        "returns_on": f"{today + timedelta(days=2)}", "purpose": "medical", "why": "复诊，已约号",
        "transport": "coach", "do": "send",
    }  # fmt: skip
    return told | more


def send(county, **more):
    return signed_in(county.account).post(reverse("my-departures"), typed(**more))


def test_a_resident_applies_by_the_form_and_reads_whose_turn_it_is(county):
    answer = send(county)
    page = shown(signed_in(county.account).get(answer["Location"]))
    assert Application.objects.get().destination == NEAR
    assert "村（社区）（审批）" in page
    assert "应在何时前办完" in page


@pytest.mark.once
def test_what_leaving_takes_is_said_as_one_types(county):
    page = shown(signed_in(county.account).post(reverse("my-departures-check"), {"going": "长春朝阳"}))
    assert "山西省" not in page
    assert "吉林省长春市朝阳区" in page
    assert "离开本县须健康码为绿码" in page


@pytest.mark.once
def test_where_several_counties_are_meant_one_is_chosen(county):
    client = signed_in(county.account)
    page = client.post(reverse("my-departures-check"), {"going": "朝阳"})
    assert page.context["destination"] == ""
    assert len(page.context["choices"]) > 1
    chosen = client.post(reverse("my-departures-check"), {"going": "朝阳", "destination": "220104"})
    assert chosen.context["destination"] == "220104"


@pytest.mark.once
def test_without_scripts_a_button_looks_and_everything_typed_stays(county):
    answer = send(county, do="check", why="说了一半")
    assert answer.status_code == 200
    assert "说了一半" in answer.content.decode()
    assert Application.objects.count() == 0


@pytest.mark.once
def test_a_draft_is_there_again(county):
    send(county, do="draft", going="", leaves_on="", returns_on="", purpose="", why="还没写完")
    assert draft_of(county.head.pk).why == "还没写完"
    assert "还没写完" in signed_in(county.account).get(reverse("my-departures")).content.decode()


@pytest.mark.once
def test_what_is_not_met_is_said_with_the_rule_and_nothing_is_sent(county):
    know(county.head)
    answer = send(county)
    assert answer.status_code == 400
    assert "L-01" in answer.content.decode()
    assert Application.objects.count() == 0


@pytest.mark.once
def test_a_day_that_is_past_is_said_beside_its_field(county):
    answer = send(county, leaves_on="2022-01-01", returns_on="")
    assert answer.context["form"].errors["leaves_on"]


def test_an_emergency_goes_by_one_sentence(county):
    know(county.head)
    told = {"emergency_going": "临汾尧都", "emergency_why": "胸痛，去市人民医院", "do": "emergency"}
    answer = signed_in(county.account).post(reverse("my-departures"), told)
    assert answer["Location"].endswith("done=emergency")
    assert Application.objects.get().state == "exited"


@pytest.mark.once
def test_the_permit_is_on_the_phone_and_on_paper_in_duplicate(county, tmp_path):
    row = issued(county)
    client = signed_in(county.account)
    page = client.get(reverse("my-departure", args=[row.pk]))
    assert page.context["paper"]["proof"] == permit_text(row)
    paper = client.get(reverse("my-departure-permit", args=[row.pk]))
    (sheet,) = pages_of(paper.content, tmp_path)
    assert [it.text for it in zxingcpp.read_barcodes(sheet)] == [permit_text(row)] * 2


@pytest.mark.once
def test_a_refusal_is_read_and_appealed_on_its_page(county):
    row = decided(county, applied(county), "village", is_approved=False, reason="请改期")
    client, address = signed_in(county.account), reverse("my-departure", args=[row.pk])
    assert "请改期" in client.get(address).content.decode()
    client.post(address, {"do": "appeal", "text": "号约好了"})
    assert step_with(row.pk).level == "township"


@pytest.mark.once
def test_nobody_reads_anothers_application(county):
    row = applied(county, county.persons[3])
    assert signed_in(county.account).get(reverse("my-departure", args=[row.pk])).status_code == 404


def test_the_list_shows_what_waits_for_its_reader_and_decides_many_at_once(county):
    rows = [applied(county), applied(county, county.persons[3])]
    client = signed_in(county.village)
    page = client.get(reverse("departures"))
    assert page.context["n_mine"] == 2
    chosen = [f"{row.pk}.{step_with(row.pk).pk}" for row in rows]
    answer = client.post(reverse("departures"), {"chosen": chosen, "verdict": "approved", "reason": ""})
    assert (answer.status_code, answer.context["n_done"], answer.context["n_mine"]) == (200, 2, 0)
    assert {application_with(row.pk).state for row in rows} == {"township"}


def test_what_a_level_decides_for_the_one_below_waits_for_it_in_the_list_and_the_rest_below_does_not(county):
    Person.objects.filter(pk=county.head.pk).update(account=county.village)
    own, others = applied(county), applied(county, county.persons[3])
    page = signed_in(county.township).get(reverse("departures")).context
    assert (page["n_mine"], [it.pk for it in page["table"].rows]) == (1, [own.pk])
    assert others.state == "village"


def test_many_refused_without_a_reason_stay_and_it_says_why(county):
    row = applied(county)
    told = {"chosen": [f"{row.pk}.{step_with(row.pk).pk}"], "verdict": "refused", "reason": ""}
    answer = signed_in(county.village).post(reverse("departures"), told)
    assert "没有写不同意的理由" in shown(answer)
    assert application_with(row.pk).state == "village"


def test_of_many_one_with_a_child_who_may_not_leave_is_named_with_the_reason_and_the_others_are_decided(county):
    child = county.persons[2]
    rows = [applied(county, companions=[child.pk]), applied(county, county.persons[3])]
    know(child)
    told = {"chosen": [f"{row.pk}.{step_with(row.pk).pk}" for row in rows], "verdict": "approved", "reason": ""}
    answer = signed_in(county.village).post(reverse("departures"), told)
    assert [application_with(row.pk).state for row in rows] == ["village", "township"]
    [not_done] = answer.context["refused"]
    assert (not_done["row"].pk, not_done["who"][0]) == (rows[0].pk, county.head.name[0])
    assert f"同行人 {child.name[0]}＊" in shown(answer)


@pytest.mark.once
def test_where_a_child_may_not_leave_an_approver_agrees_for_the_others_and_says_who_stays(county):
    child = county.persons[2]
    row = applied(county, companions=[child.pk])
    know(child)
    client, page = signed_in(county.village), reverse("departure", args=[row.pk])
    told = {"step": f"{step_with(row.pk).pk}", "reason": ""}
    assert client.post(page, told | {"do": "approved"}).status_code == 400
    assert 'value="others"' in shown(client.get(page))
    assert client.post(page, told | {"do": "others"}).status_code == 302
    row = application_with(row.pk)
    assert (row.state, [it.person_id for it in row.people]) == ("township", [county.head.pk])
    assert f"{child.name[0]}＊" in shown(client.get(page))


@pytest.mark.once
def test_where_whoever_applied_may_not_leave_nobody_agrees_for_the_others(county):
    row = applied(county, companions=[county.persons[2].pk])
    know(county.head)
    client, page = signed_in(county.village), reverse("departure", args=[row.pk])
    told = {"step": f"{step_with(row.pk).pk}", "reason": "", "do": "others"}
    assert client.post(page, told).status_code == 400
    assert 'value="others"' not in shown(client.get(page))


def test_an_approver_sees_only_their_area(county):
    applied(county)
    assert signed_in(county.elsewhere.village).get(reverse("departures")).context["table"].rows == []
    row = Application.objects.get()
    assert signed_in(county.elsewhere.village).get(reverse("departure", args=[row.pk])).status_code == 404


@pytest.mark.once
def test_opening_one_is_on_the_persons_record_and_names_stay_masked(county):
    row = applied(county)
    page = signed_in(county.village).get(reverse("departure", args=[row.pk]))
    assert county.head.name not in page.content.decode()
    assert [it.viewer for it in who_looked(f"person:{county.head.pk}")] == [county.village.pk]


def test_the_list_asks_as_often_for_many_as_for_few(county, django_assert_max_num_queries):
    client = signed_in(county.village)
    applied(county)
    client.get(reverse("departures"))
    applied(county, county.persons[3])
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("departures"))


@pytest.mark.once
def test_the_desk_lets_a_permit_out_once_and_says_no_to_the_rest(county):
    text = permit_text(issued(county))
    client = signed_in(county.keeper)
    assert client.post(reverse("departure-exit"), {"permit": text}).context["answer"]["leaves"] is True
    assert client.post(reverse("departure-exit"), {"permit": text}).context["answer"]["is_repeat"] is True
    refused = client.post(reverse("departure-exit"), {"permit": "FXD1.nothing"})
    assert (refused.status_code, refused.context["answer"]["leaves"]) == (409, False)


@pytest.mark.once
def test_the_desk_knows_a_document_number_however_it_is_typed(county):
    text, number = permit_text(issued(county)), county.head.document_number
    wide = number.translate({ord(it): ord(it) + 0xFEE0 for it in "0123456789"})
    told = {"permit": text, "document": f"{wide[:6]} {wide[6:14]} {wide[14:]}"}
    assert signed_in(county.keeper).post(reverse("departure-exit"), told).context["answer"]["leaves"] is True


@pytest.mark.once
def test_where_a_child_may_not_leave_the_desk_lets_the_others_go(county):
    child = county.persons[2]
    text = permit_text(issued(county, companions=[child.pk]))
    know(child)
    client = signed_in(county.keeper)
    kept = client.post(reverse("departure-exit"), {"permit": text, "do": "exit"})
    assert (kept.status_code, f'name="permit" value="{text}"' in shown(kept)) == (409, True)
    told = {"permit": text, "do": "others"}
    assert client.post(reverse("departure-exit"), told).context["answer"]["companions"] == []


def test_the_desk_lets_an_emergency_go_whoever_it_is(county):
    client = signed_in(county.keeper)
    told = {"do": "emergency", "emergency_going": "", "emergency_why": "急产"}
    stranger = client.post(reverse("departure-exit"), told | {"emergency_document": "X1"})
    known = client.post(reverse("departure-exit"), told | {"emergency_document": county.head.document_number})
    assert (stranger.context["answer"]["leaves"], known.context["answer"]["leaves"]) == (True, True)
    assert Application.objects.get().person_id == county.head.pk


def test_a_grid_worker_applies_for_somebody_without_a_phone_and_it_stays_on_record(county):
    worker, elder = account_of(county, "grid_worker"), county.persons[3]
    client = signed_in(worker)
    answer = client.post(reverse("person-departures", args=[elder.pk]), typed())
    assert answer.status_code == 302
    assert Application.objects.get().entered_by == f"account:{worker.pk}"
