"""The page of carriers' lists: a list from the file to whom no register has, in as few queries however long it is."""

import io
from threading import Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime
from python_calamine import CalamineWorkbook

from fangxian.ops.audit.queries import who_looked
from fangxian.ops.intake.models import Intake
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.procedures.import_passengers import import_passengers
from fangxian.ops.realm.current import county_now
from fangxian.ops.rides.models import Passenger

from .list_hand import somebody

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MOST_QUERIES = 45


@pytest.fixture
def by():
    return somebody("investigator")


@pytest.fixture
def page(by):
    client = Client()
    client.cookies["fangxian_language"] = "zh-hans"
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    return client


def list_of(n, damaged=0):
    on = localtime(county_now()).date()
    rows = [f"{on},D1234,{it:02}F,外地{it},P{it:08},154{it:08},浮山" for it in range(1, n + 1)]
    rows += [f"{on},D1234,,,,,浮山"] * damaged
    return "\n".join(["日期,车次,座位号,姓名,证件号码,手机号,上车站", *rows, ""]).encode("gb18030")


def upload(page, content, carrier="某客运站"):
    file = SimpleUploadedFile("名单.csv", content)
    return page.post("/rides/lists", {"carrier": carrier, "file": file})


def confirmed(page, address):
    """The columns as they are proposed, and the job done."""
    form = page.get(address).context["form"]
    page.post(address, {name: field.initial or "" for name, field in form.fields.items()})
    job = claim(worker="test")
    finish(job=job, result=import_passengers(RunningJob(job, Event())))
    return address


def rows_of(answer):
    """The rows of a workbook that was sent, without its head."""
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1:]


def test_a_list_goes_from_its_file_to_whom_no_register_has(page):
    answer = page.get(confirmed(page, upload(page, list_of(3, damaged=1)).headers["Location"]))
    text = answer.content.decode()
    assert "外＊＊" in text
    assert "外地1" not in text
    assert answer.context["n_unmatched"] == 3


def test_that_they_were_shown_is_noted(page, by):
    page.get(confirmed(page, upload(page, list_of(1)).headers["Location"]))
    assert who_looked(f"passenger:{Passenger.objects.get().pk}")


def test_the_workbook_has_them_in_full_with_the_row_they_stood_in(page):
    address = confirmed(page, upload(page, list_of(2)).headers["Location"])
    first = rows_of(page.post(f"{address}/unmatched"))[0]
    assert (first[0], first[7:]) == ("2", ["外地1", "P00000001", "15400000001"])


def test_the_damaged_rows_come_back_with_their_reason(page):
    address = confirmed(page, upload(page, list_of(1, damaged=2)).headers["Location"])
    assert ["不知道是谁" in row[-2] for row in rows_of(page.post(f"{address}/returned"))] == [True, True]


def test_what_is_no_list_is_said_beside_the_file_and_what_was_typed_stays(page):
    answer = upload(page, b"", carrier="铁路公安处")
    assert (answer.status_code, "文件是空的" in answer.content.decode()) == (400, True)
    assert 'value="铁路公安处"' in answer.content.decode()


def test_the_same_file_again_leads_to_the_same_list(page):
    one, again = upload(page, list_of(1)).headers["Location"], upload(page, list_of(1)).headers["Location"]
    assert (again, Intake.objects.count()) == (f"{one}?again=1", 1)


def test_a_list_whose_train_stands_in_its_name_only_is_taken_once_somebody_says_so(page):
    on = localtime(county_now()).date()
    file = SimpleUploadedFile(f"D1234次-{on}.csv", "座位号,姓名,手机号\n01F,外地一,15400000001\n".encode("gb18030"))
    address = page.post("/rides/lists", {"carrier": "某站", "file": file}).headers["Location"]
    shown = page.get(address).context
    told = {name: field.initial or "" for name, field in shown["form"].fields.items()}
    assert shown["whole"].initial == {"vehicle": "D1234", "on": on.isoformat()}
    refused = page.post(address, told)
    assert (refused.status_code, "整份名单是一趟车" in refused.content.decode()) == (400, True)
    page.post(address, told | shown["whole"].initial)
    job = claim(worker="test")
    finish(job=job, result=import_passengers(RunningJob(job, Event())))
    assert Passenger.objects.get().vehicle == "D1234"


def test_where_each_row_says_its_ride_no_time_is_filled_in_behind_a_fold(page):
    file = SimpleUploadedFile("名单 08:30.csv", list_of(1))
    address = page.post("/rides/lists", {"carrier": "某站", "file": file}).headers["Location"]
    assert page.get(address).context["whole"].initial == {}


@pytest.mark.parametrize("n", [2, 40])
def test_a_list_is_shown_in_as_many_queries_however_long_it_is(page, n):
    address = confirmed(page, upload(page, list_of(n)).headers["Location"])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page.get(address)
    assert len(asked) <= MOST_QUERIES
