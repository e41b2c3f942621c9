"""The pages of exchange: who sees them, what waits on them, a package and a list from the first page to the last."""

import csv
import io
import zipfile
from copy import deepcopy
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fangxian.ops.audit.queries import who_looked
from fangxian.ops.cases.actions.steps import exclude
from fangxian.ops.cases.queries import case_with
from fangxian.ops.contacts.models import Contact
from fangxian.ops.documents.queries import find as find_document
from fangxian.ops.handover.actions import confirm_key
from fangxian.ops.handover.models import CountyKey, Package
from fangxian.ops.intake.models import Intake
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.procedures.take_over import receive_package
from fangxian.ops.tasks.models import Task

from . import outbreak
from .list_hand import in_force, run_job, somebody
from .neighbour import Neighbour, contact_row, document

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HEAD = ["ID", "姓名", "性别", "年龄", "证件号", "联系方式", "密接类型", "最后接触日期", "转归"]
MOST_QUERIES = 45


@pytest.fixture(scope="module")
def lead_of_this_file(rows_of_this_file):
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


@pytest.fixture
def lead(lead_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(lead_of_this_file)


@pytest.fixture
def page(lead):
    return browser_of(lead)


def browser_of(account, language="zh-hans") -> Client:
    client = Client()
    client.cookies["fangxian_language"] = language
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def list_of(n=3, head=HEAD, **more) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for it in range(1, n + 1):
        row = [f"L{it}", f"测试{it}", "男", "30", document(it), f"154{it:08d}", "密接", "2022-04-06", "在观察"]
        writer.writerow([more.get(name, cell) for name, cell in zip(HEAD, row, strict=True)])
    return text.getvalue().encode("gb18030")


def upload(page, content, kind="contacts.list", name="名单.csv", source="县医院"):
    return page.post("/imports", {"kind": kind, "source": source, "file": SimpleUploadedFile(name, content)})


def mapped(page, address, **more):
    """Press “confirm” with the columns as they are proposed."""
    form = page.get(address).context["form"]
    told = {name: field.initial or "" for name, field in form.fields.items()} | {"disease": "covid-19"}
    return page.post(address, told | more)


def text_of(response) -> str:
    return response.content.decode()


def test_a_list_goes_from_upload_to_result_and_its_wrong_row_comes_back(page):
    content = list_of(3) + list_of(1, 证件号="1.41E+17", ID="L9").split(b"\r\n", 1)[1]
    address = upload(page, content).url
    shown = text_of(page.get(address))
    assert "每一列是什么" in shown
    assert "gb18030" in shown
    assert "测试1" in shown  # what the column holds stands under its name
    assert mapped(page, address).url == address
    assert "Refresh" in page.get(address)
    run_job()
    done = text_of(page.get(address))
    assert "收下" in done
    assert "退回" in done
    assert Contact.objects.count() == 3
    returned = page.post(f"{address}/returned")
    with zipfile.ZipFile(io.BytesIO(returned.content)) as book:
        assert "科学计数".encode() in book.read("xl/sharedStrings.xml")


def test_what_was_confirmed_once_is_proposed_the_next_time(page):
    head = [{"姓名": "那个人"}.get(it, it) for it in HEAD]
    address = upload(page, list_of(1, head=head)).url
    form = page.get(address).context["form"]
    assert form.fields["column_1"].initial == ""
    mapped(page, address, column_1="name")
    run_job()
    again = upload(page, list_of(2, head=head)).url
    assert page.get(again).context["form"].fields["column_1"].initial == "name"


def test_the_same_list_again_is_said_to_be_the_same(page):
    address = upload(page, list_of()).url
    again = upload(page, list_of()).url
    assert again == f"{address}?again=1"
    assert "以前收过" in text_of(page.get(again))


def test_a_cut_off_list_is_refused_beside_the_file_and_nothing_typed_is_lost(page):
    response = upload(page, list_of()[:-20])
    assert response.status_code == 400
    assert "截断" in text_of(response)
    assert "县医院" in text_of(response)


def test_a_list_with_a_merged_head_is_understood(page):
    head = "姓名,联系方式,接触情况,,ID\r\n,,密接类型,最后接触日期,\r\n测试1,15400000001,密接,2022-04-06,L1\r\n"
    address = upload(page, head.encode("gb18030")).url
    mapped(page, address)
    run_job()
    assert Contact.objects.get().ring == "close-contact"


def test_a_grid_worker_opens_neither_page(lead):
    page = browser_of(somebody("grid_worker"))
    assert {page.get(it).status_code for it in ("/imports", "/handover", "/handover/new")} == {403}


def test_a_clerk_who_may_upload_but_not_exchange_imports_no_people(lead):
    assert browser_of(somebody("dispatcher")).get("/imports").status_code == 403


def test_a_package_of_a_strange_county_is_said_to_be_held(page):
    file = SimpleUploadedFile("p.zip", Neighbour().package([contact_row(1)]))
    address = page.post("/handover", {"file": file}).url
    shown = text_of(page.get(address))
    assert "公钥本县还没有确认过" in shown
    assert "测试1" not in shown  # names by their first character


def test_a_ring_is_told_in_the_reader_s_language(lead):
    receive_package(file=Neighbour().package([contact_row(1)]), by=lead)
    page = text_of(browser_of(lead, "en").get(f"/handover/{Package.objects.get().pk}"))
    assert ("close contact" in page, "密切接触者" in page) == (True, False)


def test_a_package_of_a_key_nobody_compared_is_not_said_to_be_in_order(page, lead):
    file = SimpleUploadedFile("a.zip", Neighbour().package([contact_row(1)]))
    said = text_of(page.get(page.post("/handover", {"file": file}).url))
    assert ("先暂存" in said, "核对无误" in said) == (True, False)


@pytest.mark.parametrize("broken", [b"PK", b"PK\x03\x04" + bytes(300), b"{}", b"\x89PNG\r\n", b"[1]", b"\xff\xfe{}"])
def test_what_is_wrong_with_a_file_is_said_in_words_and_not_by_a_program_s_names(page, broken):
    answer = page.post("/handover", {"file": SimpleUploadedFile("a.zip", broken)})
    said = answer.context["form"].errors["file"][0]
    assert (answer.status_code, "Error" in said, "Bad" in said) == (400, False, False)


def test_the_task_of_a_package_leads_to_it_and_is_not_done_by_a_thumb(page, lead):
    receive_package(file=Neighbour().package([contact_row(1)]), by=lead)
    package, task = Package.objects.get(), Task.objects.get(kind="handover.take_over")
    assert f'href="/handover/{package.pk}"' in text_of(page.get("/tasks"))
    assert "没有办结" in text_of(page.post("/tasks", {"finish": str(task.pk)}))
    task.refresh_from_db()
    assert task.closed_at is None


def test_the_fingerprint_is_confirmed_by_another_and_the_package_taken_over(page, lead):
    receive_package(file=Neighbour().package([contact_row(1)]), by=lead)
    key, package = CountyKey.objects.get(), Package.objects.get()
    refused = page.post(f"/handover/keys/{key.pk}", {"because": "电话", "do": "confirm"})
    assert "不能由您自己确认" in text_of(refused)
    colleague = browser_of(somebody("investigator"), "en")
    assert colleague.post(f"/handover/keys/{key.pk}", {"because": "by phone", "do": "confirm"}).status_code == 302
    response = colleague.post(f"/handover/{package.pk}", {"do": "take-over"}, follow=True)
    assert "Taken over" in text_of(response)
    receipt = colleague.post(f"/handover/{package.pk}/file", {"what": "receipt"})
    assert receipt.content.startswith(b"{")


def test_somebody_who_lives_elsewhere_is_chosen_packed_and_sent(page, lead):
    receive_package(file=Neighbour().package([contact_row(1)]), by=lead)
    confirm_key(key=CountyKey.objects.get().pk, because="电话", by="account:another")
    page.post(f"/handover/{Package.objects.get().pk}", {"do": "take-over"})
    Contact.objects.update(state="confirmed", destination="141025", belongs="district")
    contact = Contact.objects.get()
    told = {"division_code": "141025", "county": "古县", "contacts": [str(contact.pk)], "reason": "现住古县"}
    made = page.post("/handover/new", told)
    assert made.status_code == 302, text_of(made)
    address = made.url.partition("?")[0]
    zipped = page.post(f"{address}/file").content
    assert zipfile.ZipFile(io.BytesIO(zipped)).namelist() == ["package.json", "package.xlsx", "signature.json"]
    assert who_looked(f"contact:{contact.pk}")[0].why == "handover.package_taken"
    assert page.post(f"{address}/file", {"what": "letter"}).content.startswith(b"%PDF")
    assert page.post(address, {"do": "anything"}).status_code == 400
    page.post(address, {"do": "send"})
    contact.refresh_from_db()
    assert contact.state == "handed_over"
    assert f'action="{address}/file"' in text_of(page.get(address))  # it may not have arrived: the same is sent again
    assert page.post(f"{address}/file").content == zipped
    assert "等回执" in text_of(page.get("/handover"))


def living_in(page, lead, *homes):
    """Confirmed contacts who live there, one each."""
    receive_package(file=Neighbour().package([contact_row(n) for n in range(1, len(homes) + 1)]), by=lead)
    confirm_key(key=CountyKey.objects.get().pk, because="电话", by="account:another")
    page.post(f"/handover/{Package.objects.get().pk}", {"do": "take-over"})
    for row, home in zip(Contact.objects.order_by("pk"), homes, strict=True):
        Contact.objects.filter(pk=row.pk).update(state="confirmed", destination=home, belongs="district")
    return list(Contact.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("home", "is_made"), [("141025", False), ("141024", True), ("1410", True), ("141000", True), ("", True)]
)
def test_nobody_goes_to_a_county_they_do_not_live_in(page, lead, home, is_made):
    (contact,) = living_in(page, lead, home)
    told = {"division_code": "141024", "county": "洪洞县", "contacts": [str(contact.pk)]}
    answer = page.post("/handover/new", told)
    assert (answer.status_code == 302, Package.objects.filter(direction="out").exists()) == (is_made, is_made)
    if not is_made:
        assert "现住地是" in answer.context["form"].errors["contacts"][0]


def test_the_letter_of_a_package_that_is_withdrawn_does_not_hold(page, lead):
    (contact,) = living_in(page, lead, "141024")
    page.post("/handover/new", {"division_code": "141024", "county": "洪洞县", "contacts": [str(contact.pk)]})
    package = Package.objects.get(direction="out")
    page.post(f"/handover/{package.pk}", {"do": "withdraw", "reason": ""})
    assert find_document(package.document).state == "issued"
    page.post(f"/handover/{package.pk}", {"do": "withdraw", "reason": "本人已返回"})
    assert find_document(package.document).state == "withdrawn"


def test_where_all_live_in_one_county_it_is_filled_in_with_the_name_it_gives_itself(page, lead):
    living_in(page, lead, "141024", "141024")
    form = page.get("/handover/new").context["form"]
    assert (form["division_code"].value(), form["county"].value()) == ("141024", "洪洞县")


def test_where_they_live_in_two_nothing_is_filled_in_but_for_whoever_was_asked_for(page, lead):
    first, _ = living_in(page, lead, "141024", "141025")
    assert page.get("/handover/new").context["form"]["division_code"].value() == ""
    assert page.get(f"/handover/new?contact={first.pk}").context["form"]["division_code"].value() == "141024"


def test_a_county_that_is_known_is_named_in_both_languages(page, lead):
    (contact,) = living_in(page, lead, "141024")
    page.post("/handover/new", {"division_code": "141024", "county": "洪洞县", "contacts": [str(contact.pk)]})
    assert Package.objects.get(direction="out").county_en == "Hongtong County"


def test_whoever_was_released_meanwhile_is_said_and_no_package_is_made(page, lead):
    told = {"division_code": "141025", "county": "古县", "contacts": [str(uuid4())], "reason": "现住古县"}
    response = page.post("/handover/new", told)
    assert (response.status_code, Package.objects.count()) == (400, 0)
    assert "已不在这份名单里" in text_of(response)


def test_a_case_that_is_over_is_named_beside_its_field(page):
    """Nobody ticked is meant: it is the case."""
    [case] = outbreak.cases([0])
    exclude(cases=[case], reason="复核阴性", by="program:test")
    number = case_with(case).number
    told = {"division_code": "141025", "county": "古县", "cases": number, "reason": "现住古县"}
    response = page.post("/handover/new", told)
    assert response.status_code == 400
    told_beside = " ".join(response.context["form"].errors["cases"])
    assert number in told_beside
    assert "已排除或已结案" in told_beside


def test_a_wrong_addressee_is_said_beside_its_field(page, lead):
    response = page.post("/handover/new", {"division_code": "141027", "county": "浮山县", "cases": "141027-2022-9999"})
    assert response.status_code == 400
    assert "没有编号为" in text_of(response)


@pytest.mark.parametrize("shape", ["plain", "godata"])
def test_a_list_goes_out_with_everybody_in_it(page, shape):
    mapped(page, upload(page, list_of(3)).url)
    run_job()
    asked = {"kind": "contacts.list", "shape": shape, "disease": "covid-19"}
    sent = b"".join(page.post("/imports/export", asked).streaming_content)
    assert len(list(csv.reader(io.StringIO(sent.decode("utf-8-sig"))))) == 4


def test_packages_that_came_are_all_there_page_by_page(page, lead, monkeypatch):
    monkeypatch.setattr("fangxian.ops.pages.views.handover.SHOWN", 2)
    there = Neighbour()
    for n in range(1, 6):
        receive_package(file=there.package([contact_row(1)], number=f"{n}号"), by=lead)
    seen = [it.number for n in (1, 2, 3) for it in page.get(f"/handover?page_in={n}").context["incoming"].rows]
    assert sorted(seen) == [f"{n}号" for n in range(1, 6)]


def test_of_more_than_fit_it_is_said_how_many_live_elsewhere(page, lead, monkeypatch):
    monkeypatch.setattr("fangxian.ops.procedures.hand_over.LISTED_AT_MOST", 2)
    receive_package(file=Neighbour().package([contact_row(n) for n in (1, 2, 3)]), by=lead)
    confirm_key(key=CountyKey.objects.get().pk, because="电话", by="account:another")
    page.post(f"/handover/{Package.objects.get().pk}", {"do": "take-over"})
    Contact.objects.update(state="confirmed", destination="141025", belongs="district")
    seen = page.get("/handover/new").context
    assert (seen["n_people"], seen["n_shown"]) == (3, 2)


def test_queries_do_not_grow_with_the_packages_and_lists(page, lead):
    there = Neighbour()
    for n in range(1, 4):
        receive_package(file=there.package([contact_row(it) for it in range(1, 6)], number=f"{n}号"), by=lead)
        upload(page, list_of(n))
    few = [n_queries(page, it) for it in ("/handover", "/imports")]
    for n in range(4, 12):
        receive_package(file=there.package([contact_row(it) for it in range(1, 6)], number=f"{n}号"), by=lead)
        upload(page, list_of(n))
    many = [n_queries(page, it) for it in ("/handover", "/imports", f"/handover/{Package.objects.first().pk}")]
    assert few == many[:2]
    assert max(many) <= MOST_QUERIES


def n_queries(page, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert page.get(address).status_code == 200
    return len(queries)


def test_progress_is_shown_while_the_job_runs(page, monkeypatch):
    address = upload(page, list_of(3)).url
    mapped(page, address)
    seen = []
    step = RunningJob.step

    def look(self, *args):
        step(self, *args)
        seen.append(text_of(page.get(address)))

    monkeypatch.setattr(RunningJob, "step", look)
    run_job()
    assert "正在导入" in seen[0]
    assert "新收 3" in seen[0].replace("\u2009", " ")
    assert Intake.objects.get().state == "closed"


def test_all_who_live_in_one_county_leave_in_one_package_however_few_are_listed(page, lead, monkeypatch):
    monkeypatch.setattr("fangxian.ops.procedures.hand_over.LISTED_AT_MOST", 2)
    living_in(page, lead, "141025", "141025", "141025000123", "141026", "1410", "")
    shown = page.get("/handover/new").context
    assert [(code, n) for code, _, n in shown["homes"]] == [("141025", 3), ("1410", 1), ("141026", 1)]
    there = page.get("/handover/new?home=141025").context
    assert (there["n_there"], there["n_shown"], there["form"].initial["division_code"]) == (3, 2, "141025")
    assert page.get("/handover/new?home=1410").context["n_shown"] == 1  # the county is not known: not all of its cities
    told = {"division_code": "141025", "county": "古县", "everybody": "on"}
    made = page.post("/handover/new?home=141025", told)
    assert made.status_code == 302, text_of(made)
    assert Package.objects.get(direction="out").n_rows == 3


def test_a_county_where_nobody_lives_has_nobody_to_be_taken_all_at_once(page, lead):
    living_in(page, lead, "141025")
    answer = page.post("/handover/new?home=999", {"division_code": "141025", "county": "古县", "everybody": "on"})
    assert (answer.status_code, Package.objects.filter(direction="out").count()) == (400, 0)
