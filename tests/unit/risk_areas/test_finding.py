"""A county is found by what people write, also by the name and the code it had."""

from pathlib import Path

import pytest

from fangxian.core.divisions_file import read_rows
from fangxian.core.risk_areas.finding import Found, Renamed, county_today, find_counties
from fangxian.core.risk_areas.nation import read_nation

DATA = Path(__file__).resolve().parents[3] / "fangxian/ops/risk_areas"
NATION = read_nation((DATA / "nation-2021.csv").read_bytes())
_, ROWS = read_rows((DATA / "renamed-2021.csv").read_bytes(), ("code", "name", "became"))
RENAMED = {row["code"]: Renamed(row["name"], row["became"]) for row in ROWS}


def codes(text):
    return [it.code for it in find_counties(NATION, RENAMED, text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("浮山", "141027"),
        ("山西省临汾市浮山县", "141027"),
        ("临汾 浮山", "141027"),
        ("上海浦东", "310115"),
        ("太原小店", "140105"),
        ("北京朝阳", "110105"),
        ("伊宁县", "654021"),
        ("141027", "141027"),
        ("410381", "410307"),
        ("偃师市", "410307"),
    ],
)
def test_one_county_is_surely_meant(text, code):
    assert codes(text) == [code]


@pytest.mark.parametrize(("text", "code"), [("朝阳区", "220104"), ("朝阳", "211321"), ("伊宁", "654002")])
def test_where_several_may_be_meant_all_are_given_to_choose_from(text, code):
    found = codes(text)
    assert (code in found, len(found) > 1) == (True, True)


@pytest.mark.parametrize("text", ["", "  ", "桃花源", "999999", "14", "市辖区外"])
def test_what_is_no_county_finds_none(text):
    assert codes(text) == []


def test_a_county_found_by_an_old_name_says_so():
    assert find_counties(NATION, RENAMED, "海门市") == [Found("320614", "海门市")]


@pytest.mark.parametrize("text", ["浙江杭州江干", "江干区", "330104"])
def test_of_a_county_that_was_divided_all_parts_are_given_to_choose_from(text):
    assert find_counties(NATION, RENAMED, text) == [Found("330102", "江干区"), Found("330114", "江干区")]
    assert county_today(NATION, RENAMED, "330104") == ""


@pytest.mark.parametrize(("code", "today"), [("141027", "141027"), ("330103", "330105"), ("1410", ""), ("000000", "")])
def test_a_code_leads_to_the_county_of_today(code, today):
    assert county_today(NATION, RENAMED, code) == today


def test_every_county_is_found_by_its_whole_name():
    counties = [code for code in NATION.name_of if len(code) == 6][::97]
    assert [codes(NATION.path(code)) for code in counties] == [[code] for code in counties]


def test_what_was_renamed_is_gone_from_the_list_and_what_it_became_is_on_it():
    assert [code for code in RENAMED if code in NATION.name_of] == []
    assert [part for it in RENAMED.values() for part in it.parts if part not in NATION.name_of] == []
