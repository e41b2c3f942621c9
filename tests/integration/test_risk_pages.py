"""The pages of risk areas: what is one now, bringing a list, what it changed, settling names."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fangxian.ops.jobs.models import Job
from fangxian.ops.risk_areas.models import ListedAs, RiskList
from fangxian.ops.risk_areas.queries import counts_now, unsettled
from tests.integration.founding import founded
from tests.integration.risk_hand import FUSHAN, HERE, NOON, THERE, brought, feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_county")]
HERE_IS = "天坛镇文昌社区甲院"


def browser(account):
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def dispatcher():
    return founded("dispatcher")


@pytest.fixture
def client(dispatcher):
    return browser(dispatcher)


def text(answer):
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def upload(client, content, name="list.json", **told):
    return client.post("/risk-areas", {"file": SimpleUploadedFile(name, content), "covers": "", "as_of": "", **told})


def test_before_the_first_list_it_says_that_none_has_come(client):
    assert "还没有收到风险地区名单" in text(client.get("/risk-areas"))


def test_it_shows_what_is_a_risk_area_and_by_which_list(client, dispatcher):
    brought(feed(0, high=[HERE], medium=[THERE]), dispatcher)
    page = text(client.get("/risk-areas"))
    assert HERE_IS in page
    assert "高风险 1 处，中风险 1 处" in page


@pytest.mark.parametrize(("asked", "shown"), [("level=medium", "乙院"), ("q=%E6%B5%AE%E5%B1%B1", HERE_IS)])
def test_it_narrows_to_a_level_and_to_words(client, dispatcher, asked, shown):
    brought(feed(0, high=[HERE], medium=[THERE]), dispatcher)
    page = client.get(f"/risk-areas?{asked}").content.decode()
    areas = page[page.index('id="areas"') : page.index("</section>", page.index('id="areas"'))]
    assert [place for place in (HERE_IS, "乙院") if place in areas] == [shown]


def test_what_is_no_level_narrows_nothing(client, dispatcher):
    brought(feed(0, high=[HERE]), dispatcher)
    assert HERE_IS in text(client.get("/risk-areas?level=purple"))


def test_one_that_the_newest_list_leaves_out_is_said_to_be_left_out(client, dispatcher):
    brought(feed(0, high=[HERE]), dispatcher)
    brought(feed(3), dispatcher)
    assert "其中 1 处最新名单没有列出" in text(client.get("/risk-areas"))


def test_an_old_list_is_said_to_be_old(client, dispatcher):
    brought(feed(-72, high=[HERE]), dispatcher)
    assert "名单旧了" in text(client.get("/risk-areas"))


def test_a_list_that_is_brought_is_kept_and_its_page_follows_the_worker(client):
    answer = upload(client, feed(0, high=[HERE]))
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    assert "正在生效" in text(page)
    assert page.headers["Refresh"] == "2"
    assert Job.objects.filter(kind="procedures.apply_risk_list").count() == 1


def test_the_same_list_twice_says_so_and_keeps_one(client):
    upload(client, feed(0, high=[HERE]))
    answer = upload(client, feed(0, high=[HERE]))
    assert "这份名单以前收过" in text(client.get(answer.headers["Location"]))
    assert RiskList.objects.count() == 1


def test_its_page_shows_what_a_list_changed(client, dispatcher):
    brought(feed(0, high=[HERE]), dispatcher)
    taken, _ = brought(feed(3, high=[THERE]), dispatcher)
    page = text(client.get(f"/risk-areas/lists/{taken.row.pk}"))
    assert "新增 1 处" in page
    assert "这份没有列出 1 处" in page


@pytest.mark.parametrize(
    ("content", "told", "said"),
    [
        (b"{", {}, "不是国家风险地区名单"),
        (feed(0, high=[HERE]).replace(b'"hcount": 1', b'"hcount": 9'), {}, "高风险 9 处"),
        (feed(0, high=[HERE]), {"covers": "吉林省"}, "文件里却有山西省的地区"),
        (feed(24 * 400), {}, "名单不会来自将来"),
        (b"", {}, "文件是空的"),
    ],
)
def test_a_bad_list_is_refused_beside_its_field_and_changes_nothing(client, content, told, said):
    answer = upload(client, content, **told)
    assert answer.status_code == 400
    assert said in text(answer)
    assert RiskList.objects.count() == 0


def test_a_table_without_its_moment_is_asked_for_it(client):
    table = "等级,省,市,县,区域\n高风险,山西省,临汾市,浮山县,甲院\n".encode("gb18030")
    assert "表格里没有写是几时的名单" in text(upload(client, table, "list.csv"))
    assert upload(client, table, "list.csv", as_of="2022-04-07T11:00").status_code == 302


def test_names_are_settled_from_what_they_could_mean(client, dispatcher):
    brought(feed(0, high=[THERE]), dispatcher)
    (names,) = unsettled()
    client.post(f"/risk-areas/names/{names.id}", {"code": names.possible[0].code, "other": ""})
    assert ListedAs.objects.get().division_code == names.possible[0].code
    assert "待确认的地名" not in text(client.get("/risk-areas"))


def test_a_code_that_is_none_is_refused_beside_its_field(client, dispatcher):
    brought(feed(0, high=[THERE]), dispatcher)
    answer = client.post(f"/risk-areas/names/{unsettled()[0].id}", {"code": "", "other": "999999"})
    assert answer.status_code == 400
    assert "没有代码为“999999”的区划" in text(answer)


def test_names_that_somebody_settled_meanwhile_lead_back_to_the_page(client, dispatcher):
    brought(feed(0, high=[THERE]), dispatcher)
    names = unsettled()[0].id
    for _ in range(2):
        answer = client.post(f"/risk-areas/names/{names}", {"code": "", "other": "220171"})
    assert answer.headers["Location"] == "/risk-areas"


@pytest.mark.parametrize("role", ["commander", "investigator"])
def test_whoever_does_not_keep_the_list_reads_it_and_has_no_form(role, dispatcher):
    brought(feed(0, high=[HERE, THERE]), dispatcher)
    client = browser(founded(role))
    page = client.get("/risk-areas")
    assert HERE_IS in text(page)
    assert b'type="file"' not in page.content
    assert upload(client, feed(3)).status_code == 403
    assert client.post(f"/risk-areas/names/{unsettled()[0].id}", {"other": "220171"}).status_code == 403


def test_no_list_means_no_page(client):
    assert client.get("/risk-areas/lists/00000000-0000-4000-8000-000000000000").status_code == 404


@pytest.mark.parametrize("n_areas", [3, 60])
def test_the_page_asks_the_database_as_often_for_many_as_for_few(client, dispatcher, n_areas):
    brought(feed(0, high=[(FUSHAN, f"甲院{k}号") for k in range(n_areas)], medium=[THERE]), dispatcher)
    client.get("/risk-areas")
    with CaptureQueriesContext(connection) as asked:
        client.get("/risk-areas")
    assert len(asked) <= 14


def test_a_new_list_takes_effect_from_its_own_moment(client, dispatcher):
    brought(feed(0, high=[HERE]), dispatcher)
    assert RiskList.objects.get().as_of == NOON
    assert counts_now()["high"] == 1
