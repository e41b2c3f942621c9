"""A register of priority places as a file: every row is taken, there already, or returned with its reason."""

import io
import threading
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localtime
from python_calamine import CalamineWorkbook

from fangxian.ops.accounts.models import Unit
from fangxian.ops.hygiene.models import PriorityPlace
from fangxian.ops.intake.queries import find
from fangxian.ops.intake.writing import workbook
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.worker import run_one
from fangxian.ops.places.models import Division, Venue
from fangxian.ops.procedures.import_priority_places import JOB, key_of
from tests.integration.two_townships import CELL, OTHER_TOWN, OTHER_UNIT, TOWN, UNIT, build, shown, sign_in, venue

pytestmark = pytest.mark.django_db
HEAD = "类别,名称,场所编号,所在场所,乡镇,村（社区）,责任单位,列入日期\n"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """Two markets of one name in two townships, a shop, a closed hotel, and a department."""
    made = build()
    made.market = venue(made.cells[0], 11, "东街市场", "market")
    made.far_market = venue(made.cells[2], 12, "东街市场", "market")
    made.drugstore = venue(made.cells[0], 13, "仁和药店", "pharmacy")
    made.hotel = venue(made.cells[0], 14, "老宾馆", "hotel", status="closed")
    made.department = Unit.objects.create(
        name_zh="浮山县市场监督管理局", name_en="Market supervision", kind="department", area_path="141027"
    )
    return made


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def office(client, county):
    return sign_in(client, county, "dispatcher")


def upload(client, content: bytes, name="名册.csv", sender="县市场监管局") -> str:
    answer = client.post(reverse("hygiene-lists"), {"sender": sender, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, shown(answer)
    return answer.headers["Location"]


def confirm(client, address: str) -> None:
    form = client.get(address).context["form"]
    assert client.post(address, {name: form[name].value() for name in form.fields}).status_code == 302
    assert run_one(worker="test", stop=threading.Event())


def brought(client, rows: str, encoding="utf-8"):
    """(the file's address, what came of it) of a CSV with the usual head."""
    address = upload(client, (HEAD + rows).encode(encoding))
    confirm(client, address)
    return address, find(UUID(address.rsplit("/", 1)[-1]))


def reasons(client, address: str) -> list[str]:
    """The last cells of the rows that are returned."""
    answer = client.post(f"{address}/refused")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1:]
    return [" ".join(str(cell) for cell in row) for row in rows]


def counted(intake) -> dict:
    return latest_with_key(kind=JOB, unique_key=key_of(intake)).result


def test_a_register_in_gb18030_lists_venues_and_processes(office, county):
    _, intake = brought(
        office,
        "药房,仁和药店,,,,,浮山县市场监督管理局,2022-03-01\n农贸市场,,00000011,,,,,\n"
        "污水处理,东街污水站,,,天坛镇,东街,,\n冷链货物装卸、查验,卸货口,,仁和药店,,,,\n",
        "gb18030",
    )
    assert (intake.n_accepted, intake.n_refused) == (4, 0)
    found = {it.name: it for it in PriorityPlace.objects.all()}
    assert found["仁和药店"].unit_id == county.department.pk
    assert localtime(found["仁和药店"].listed_at).date() == date(2022, 3, 1)
    assert found["东街市场"].venue_id == county.market.pk
    assert found["东街污水站"].area_path == UNIT
    assert (found["卸货口"].venue_id, found["卸货口"].area_path) == (county.drugstore.pk, CELL)


def test_every_row_is_new_there_already_or_returned(office, county):
    _, intake = brought(office, "药店,仁和药店,13,,,,,\n药店,仁和药店,,,,,,\n药店,没有的药店,,,,,,\n,无类别,,,,,,\n")
    assert counted(intake) == {"n_new": 1, "n_known": 1, "n_refused": 2, "n_rows": 4}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("药店,没有的药店,,,,,,", "在册的场所里没有叫“没有的药店”的"),
        ("农贸市场,东街市场,,,,,,", "叫“东街市场”的场所有 2 个（编号 00000011、00000012）"),
        ("农贸市场,东街市场,13,,,,,", "编号 00000013 的场所登记的名称是“仁和药店”"),
        ("农贸市场,,13,,,,,", "“仁和药店”登记的行业和“农贸市场”合不上"),
        ("农贸市场,,99,,,,,", "本县没有编号为 00000099 的场所"),
        ("农贸市场,,甲三,,,,,", "“甲三”不是编号"),
        ("宾馆,,14,,,,,", "场所“老宾馆”已停用"),
        ("农贸市场,,,,,,,", "没有名称，也没有场所编号"),
        ("污水处理,污水站,,,,,,", "没有写在哪里"),
        ("污水处理,污水站,,,天坛镇,南庄村,,", "没有叫“南庄村”的"),
        ("污水处理,污水站,,,,东街,没有的局,", "没有叫“没有的局”的部门"),
        ("污水处理,污水站,,,,东街,,2999-01-01", "2999-01-01，还没有到"),
        ("大场子,污水站,,,,东街,,", "“大场子”不在可填的里面"),
    ],
)
def test_a_row_that_cannot_be_listed_goes_back_with_its_reason(office, county, row, reason):
    address, intake = brought(office, row + "\n")
    assert (intake.n_accepted, intake.n_refused) == (0, 1)
    (returned,) = reasons(office, address)
    assert reason in returned
    assert not PriorityPlace.objects.exists()


def test_two_villages_of_one_name_are_told_apart_by_the_township(office, county):
    Division.objects.create(
        area_path="141027100299", kind="village", name_zh="乔家村委会", name_en="Qiaojia Village", edition="2021"
    )
    address, _ = brought(office, "污水处理,甲站,,,,乔家村,,\n污水处理,乙站,,,响水河镇,乔家村,,\n")
    assert PriorityPlace.objects.get().area_path == OTHER_UNIT
    assert "在天坛镇、响水河镇" in reasons(office, address)[0]


def test_a_venue_of_a_name_that_two_have_is_found_by_its_township(office, county):
    brought(office, "农贸市场,东街市场,,,响水河镇,,,\n")
    assert PriorityPlace.objects.get().venue_id == county.far_market.pk


def test_the_number_of_a_venue_that_moved_means_where_it_is_now(office, county):
    Venue.objects.filter(pk=county.hotel.pk).update(moved_from=None)
    Venue.objects.filter(pk=county.far_market.pk).update(moved_from=county.market.pk)
    Venue.objects.filter(pk=county.market.pk).update(status="closed")
    brought(office, "农贸市场,东街市场,11,,,,,\n")
    assert PriorityPlace.objects.get().venue_id == county.far_market.pk


def test_the_same_file_again_is_the_file_that_came_and_rows_again_change_nothing(office, county):
    address, _ = brought(office, "药店,仁和药店,,,,,,\n")
    assert upload(office, (HEAD + "药店,仁和药店,,,,,,\n").encode()) == address
    _, again = brought(office, "药店,仁和药店,,,,,,\n\n\n药店,仁和药店,,,,,,2020-01-01\n")
    assert counted(again) == {"n_new": 0, "n_known": 2, "n_refused": 0, "n_rows": 2}
    assert PriorityPlace.objects.count() == 1


def test_a_workbook_with_headers_of_its_own_is_mapped_once_and_remembered(office, county):
    def book(name):
        return workbook({"名册": (["什么地方", "哪一种"], [[name, "药店"]])})

    address = upload(office, book("仁和药店"), "名册.xlsx")
    form = office.get(address).context["form"]
    told = dict(zip(form.fields, ["name", "of_class"], strict=True))
    assert office.post(address, told).status_code == 302
    run_one(worker="test", stop=threading.Event())
    assert PriorityPlace.objects.count() == 1
    again = office.get(upload(office, book("没有的药店"), "名册.xlsx")).context["form"]
    assert [again[name].value() for name in again.fields] == ["name", "of_class"]


def test_a_file_in_which_no_column_says_which_place_is_not_begun(office, county):
    address = upload(office, "类别,乡镇\n药店,天坛镇\n".encode())
    form = office.get(address).context["form"]
    answer = office.post(address, {name: form[name].value() for name in form.fields})
    assert answer.status_code == 400
    assert "没有一列是名称" in shown(answer)


def test_what_is_no_table_is_refused_beside_the_field(office, county):
    answer = office.post(reverse("hygiene-lists"), {"sender": "县", "file": SimpleUploadedFile("空.csv", b"")})
    assert answer.status_code == 400
    assert not PriorityPlace.objects.exists()


def test_whoever_keeps_no_register_takes_no_file_in(client, county):
    township = sign_in(client, county, "grid_worker")
    assert township.get(reverse("hygiene-lists")).status_code == 403
    assert reverse("hygiene-lists") not in shown(township.get(reverse("hygiene")))


@pytest.fixture
def township(client, county):
    return sign_in(client, county, "township_approver")


def test_a_township_brings_the_register_of_its_own_area_and_no_other(township, county):
    address, intake = brought(township, "药店,,13,,,,,\n农贸市场,,12,,,,,\n冷链货物装卸、查验,卸货口,12,,,,,\n")
    assert list(PriorityPlace.objects.values_list("venue", flat=True)) == [county.drugstore.pk]
    returned = reasons(township, address)
    assert (intake.area_path, len(returned), all("不在您的辖区" in it for it in returned)) == (TOWN, 2, True)


def test_what_a_township_brought_is_its_own_to_open(township, client, county):
    address, _ = brought(township, "药店,,13,,,,,\n")
    assert "县市场监管局" in shown(township.get(reverse("hygiene-lists")))
    sign_in(client, county, "township_approver", OTHER_TOWN)
    assert client.get(address).status_code == 404
