"""A list of sampling and testing staff as a file: everybody is new, entered already, or returned with the reason."""

import io
import threading
from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from fangxian.ops.intake.queries import find
from fangxian.ops.intake.writing import workbook
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.worker import run_one
from fangxian.ops.procedures import import_round_staff
from fangxian.ops.procedures.import_round_staff import JOB, key_of
from fangxian.ops.round_staff.actions import add_member
from fangxian.ops.round_staff.models import StaffMember
from fangxian.ops.round_staff.queries import members, trained_until

from .two_townships import build, shown, sign_in

pytestmark = pytest.mark.django_db
HEAD = "姓名,电话,单位,岗位,队伍,采样培训日期,采样培训有效期,防护培训日期\n"
BY = "account:planner"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def office(client, county_of_this_file, db):
    return sign_in(client, county_of_this_file, "dispatcher")


def mapped(client, content: bytes, name="名单.csv"):
    """The list's address, and whether its columns were confirmed now."""
    told = {"sender": "县中医院", "file": SimpleUploadedFile(name, content)}
    answer = client.post(reverse("rounds-staff-lists"), told)
    assert answer.status_code == 302, shown(answer)
    address = answer.headers["Location"]
    if (form := client.get(address).context["form"]) is None:
        return address, False
    assert client.post(address, {name: form[name].value() for name in form.fields}).status_code == 302
    return address, True


def brought(client, content: bytes, name="名单.csv"):
    """(the list's address, what came of it)"""
    address, is_new = mapped(client, content, name)
    if is_new:
        assert run_one(worker="test", stop=threading.Event())
    intake = find(UUID(address.rsplit("/", 1)[-1]))
    return address, latest_with_key(kind=JOB, unique_key=key_of(intake)).result


def rows(text: str, encoding="utf-8") -> bytes:
    return (HEAD + text).encode(encoding)


def test_a_list_in_gb18030_enters_people_with_their_trainings(office):
    brought(office, rows("甲采样,15400000101,县中医院,采样员,,2022-01-05,2023-01-04,2022-01-06\n", "gb18030"))
    row = members().get()
    assert (row.name, row.unit, row.job, row.team) == ("甲采样", "县中医院", "sampler", "reserve")
    # With no end a training holds a year.
    assert trained_until([row.pk])[row.pk] == {"sampling": date(2023, 1, 4), "protection": date(2023, 1, 6)}


def test_a_workbook_is_as_good_and_whoever_names_no_unit_is_of_the_sender(office):
    file = workbook({"名单": (["姓名", "岗位", "队伍"], [["乙检验", "检验员", "检测队"]])})
    brought(office, file, "名单.xlsx")
    row = members().get()
    assert (row.unit, row.job, row.team) == ("县中医院", "laboratory", "testing")


def test_whoever_is_entered_already_is_not_doubled_and_gets_what_training_is_new(office):
    known = add_member(name="丙采样", phone="15400000102", unit="县中医院", team="testing", job="sampler", by=BY)
    _, came = brought(office, rows("丙采样,15400000102,中医院,采样,,2022-02-01,,2022-02-01\n"))
    assert came == {"n_new": 0, "n_known": 1, "n_trainings": 2, "n_refused": 0}
    assert set(trained_until([known.pk])[known.pk]) == {"sampling", "protection"}


def test_the_same_person_in_two_rows_and_a_list_that_comes_twice_are_one(office):
    line = "丁采样,15400000103,县中医院,采样,,2022-02-01,,\n"
    brought(office, rows(line + line))
    brought(office, rows(line + line))
    brought(office, rows(line + line + "戊协助,,县中医院,登记,,,,\n"))
    assert sorted(it.name for it in StaffMember.objects.all()) == ["丁采样", "戊协助"]


def test_whom_another_list_enters_meanwhile_is_not_entered_twice(office, monkeypatch):
    monkeypatch.setattr(import_round_staff, "AT_ONCE", 1)
    line = "{},{},县中医院,采样,,2022-02-01,,\n".format
    address, _ = mapped(office, rows(line("丁采样", "15400000103") + line("戊采样", "15400000109")))

    def another_list_names_her(n_done, *_):
        if n_done == 1:
            add_member(name="戊采样", phone="15400000109", unit="县中医院", team="reserve", job="sampler", by=BY)

    job = SimpleNamespace(
        arguments={"intake": address.rsplit("/", 1)[-1]}, owner=BY, step=another_list_names_her
    )  # fmt: skip
    assert import_round_staff.import_round_staff(job) == {"n_new": 1, "n_known": 1, "n_trainings": 2, "n_refused": 0}
    assert sorted(it.name for it in StaffMember.objects.all()) == ["丁采样", "戊采样"]


def test_two_of_one_name_and_unit_with_phones_of_their_own_are_two(office):
    brought(office, rows("己采样,15400000104,县中医院,采样,,,,\n己采样,15400000105,县中医院,采样,,,,\n"))
    assert members().count() == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("庚采样,,,采样,,2999-01-01,,", "合格日期写的是 2999-01-01，还没有到"),
        ("庚采样,,,采样,,9999-12-31,,", "合格日期写的是 9999-12-31，还没有到"),
        ("庚采样,,,采样,,2022-02-01,2022-01-01,", "有效至 2022-01-01，早于合格日期 2022-02-01"),
        ("庚采样,,,采样,,,2022-12-01,", "只写了有效至 2022-12-01"),
        ("庚采样,,,开车,,,,", "“开车”不在可填的里面"),
        (",,,采样,,,,", "姓名（A列“姓名”）是空的"),
        ("辛检验,15400000106,县中医院,采样,,,,", "此人已登记为检测"),
        ("壬采样,,县中医院,采样,,,,", "同名同单位的有 2 人"),
        (f"{'长' * 41},,县中医院,采样,,,,", "姓名或单位有 41 个字"),
    ],
)
def test_a_row_that_cannot_be_taken_goes_back_with_its_reason(office, row, reason):
    add_member(name="辛检验", phone="15400000106", unit="县中医院", team="reserve", job="laboratory", by=BY)
    for phone in ("15400000107", "15400000108"):
        add_member(name="壬采样", phone=phone, unit="县中医院", team="reserve", job="sampler", by=BY)
    address, came = brought(office, rows(f"{row}\n"))
    assert came["n_refused"] == 1
    content = office.post(f"{address}/refused").content
    returned = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    assert reason in " ".join(str(cell) for cell in returned[0])


def test_whoever_plans_no_rounds_brings_no_list(client, county_of_this_file, db):
    sign_in(client, county_of_this_file, "sampler")
    assert client.get(reverse("rounds-staff-lists")).status_code == 403
