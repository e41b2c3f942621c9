"""Where people live in lists that come in and go out: prefecture, county, township, and another county's people."""

import csv
import io

import pytest

from fangxian.ops.contacts.models import Contact
from fangxian.ops.places.models import Division
from fangxian.ops.procedures.export_lists import export_list
from tests.integration.list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db
HEAD = "ID,姓名,联系方式,地市,区县,镇街,现住址,接触地点,最后接触日期,转归"


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    for path, name, kind in (("141027", "浮山县", "county"), ("141027100", "天坛镇", "township")):
        Division.objects.create(area_path=path, name_zh=name, name_en=name, kind=kind, edition="2021")
    return somebody("tracing_lead")


def took(lead, *cells) -> Contact:
    taken_in(f"{HEAD}\n{','.join(cells)}\n".encode("gb18030"), "contacts.list", by=lead)
    return Contact.objects.select_related("file").get()


def sent_out(lead) -> dict:
    pieces = export_list(kind="contacts.list", shape="plain", disease="covid-19", by=lead).pieces
    return next(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"))))


HERE = ("L1", "测甲", "15400000001", "临汾市", "浮山县", "天坛镇", "某村1号", "某超市", "2022-04-05", "待判定")
THERE = ("L1", "测甲", "15400000001", "临汾市", "尧都区", "天坛镇", "某路1号", "某超市", "2022-04-05", "待判定")


def test_a_list_goes_out_with_prefecture_county_township_and_place_of_contact(lead):
    took(lead, *HERE)
    row = sent_out(lead)
    assert {name: row[name] for name in HEAD.split(",")} == dict(zip(HEAD.split(","), HERE, strict=True))


def test_whoever_lives_in_another_county_is_not_put_into_our_township_of_the_same_name(lead):
    assert took(lead, *THERE).area_path == "141027"


def test_the_name_of_another_county_stays_in_the_address(lead):
    assert took(lead, *THERE).file.address == "临汾市尧都区某路1号"


def test_whoever_lives_in_another_county_goes_out_under_no_county_of_ours(lead):
    took(lead, *THERE)
    assert sent_out(lead)["区县"] == ""
