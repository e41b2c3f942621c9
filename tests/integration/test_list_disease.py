"""Of which disease a list is taken in: as it tells, as the last one of its source was, or as somebody chooses."""

from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fangxian.ops.cases.queries import case_with
from fangxian.ops.jobs.models import Job

from . import outbreak
from .list_hand import in_force, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def lead_of_this_file(rows_of_this_file):
    in_force("covid19-2022-04", "measles")
    return somebody("tracing_lead")


@pytest.fixture
def page(lead_of_this_file, db) -> Client:
    client = Client()
    client.cookies["fangxian_language"] = "zh-hans"
    client.force_login(deepcopy(lead_of_this_file), backend="django.contrib.auth.backends.ModelBackend")
    return client


def uploaded(page: Client, *, ring="密接", case="", source="县医院", name="甲") -> str:
    text = f"姓名,联系方式,密接类型,最后接触日期,关联病例\r\n{name},15400000001,{ring},2022-04-06,{case}\r\n"
    file = SimpleUploadedFile("名单.csv", text.encode("gb18030"))
    return page.post("/imports", {"kind": "contacts.list", "source": source, "file": file}).url


def form_of(page: Client, address: str):
    return page.get(address).context["form"]


def proposed(page: Client, **more) -> str:
    return form_of(page, uploaded(page, **more)).fields["disease"].initial


def confirmed(page: Client, address: str, disease: str):
    told = {name: field.initial or "" for name, field in form_of(page, address).fields.items()}
    return page.post(address, told | {"disease": disease})


def test_a_list_that_does_not_tell_is_begun_only_once_somebody_chose(page):
    address = uploaded(page)
    assert form_of(page, address).fields["disease"].initial == ""
    answer = confirmed(page, address, "")
    assert answer.status_code == 400
    assert "还没有选病种" in answer.content.decode()
    assert not Job.objects.filter(kind="procedures.import_list").exists()
    assert confirmed(page, address, "measles").status_code == 302


def test_a_ring_that_one_disease_alone_has_tells_it(page):
    assert proposed(page, ring="易感接触者") == "measles"


def test_a_case_of_ours_tells_it(page):
    [case] = outbreak.cases([0], disease="measles")
    assert proposed(page, case=case_with(case).number) == "measles"


def test_the_last_list_of_the_same_source_tells_it(page):
    confirmed(page, uploaded(page), "measles")
    assert proposed(page, name="乙") == "measles"
    assert proposed(page, source="别处") == ""
