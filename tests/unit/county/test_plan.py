"""A county's files are checked against one another before anybody is made of them."""

import pytest

from fangxian.core.divisions import read_divisions
from fangxian.core.drill.county.demo import read_demo
from fangxian.core.drill.county.plan import read_county_plan
from fangxian.core.drill.county.toml_file import read_toml
from fangxian.core.refusal import Refusal


@pytest.fixture
def files(folder):
    return (folder / "county.toml").read_text("utf-8"), (folder / "names.toml").read_bytes()


def refusal(files, divisions, *changes: tuple[str, str]) -> Refusal:
    county, names = files
    for old, new in changes:
        assert old in county
        county = county.replace(old, new, 1)
    with pytest.raises(Refusal) as raised:
        read_county_plan(county=county.encode(), names=names, divisions=divisions)
    return raised.value


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("n_venue_codes = { value = 4606", "n_venue_codes = { value = 4607", "trades.n"),
        ("n_teachers = { value = 1405", "n_teachers = { value = 1406", "schools.n_teachers"),
        ("n_grid_workers = { value = 136", "n_grid_workers = { value = 135", "n_grid_workers"),
        ("n_units = 127", "n_units = 128", "n_units"),
    ],
)
def test_parts_that_do_not_make_the_published_total_are_named_with_both(files, divisions, old, new, name):
    found = refusal(files, divisions, (old, new))
    assert found.code == "county.does_not_add_up"
    assert found.facts["name"] == name
    assert found.facts["found"] != found.facts["expected"]


def test_a_venue_in_a_unit_that_is_not_there_is_named(files, divisions):
    venue = '{ name = "海阔医院", name_en = "Haikuo Hospital", trade = "hospital", unit_code = "141027100203"'
    found = refusal(files, divisions, (venue, venue.replace("203", "299")))
    assert (found.code, found.facts["name"]) == ("county.unknown_unit", "海阔医院")


def test_a_host_that_is_no_venue_is_named(files, divisions):
    found = refusal(files, divisions, ('"客都生活超市",', '"无此超市",'))
    assert (found.code, found.facts["unknown"]) == ("county.unknown_venue", "无此超市")


def test_a_prefix_that_people_bear_is_refused(files, divisions):
    changes = ('synthetic_identity_prefix = "999027"', 'synthetic_identity_prefix = "110105"')
    assert refusal(files, divisions, changes).code == "county.prefix_assigned"


def test_another_edition_than_the_county_asks_for_is_refused(files, folder):
    later = read_divisions((folder / "divisions" / "2022.csv").read_bytes(), edition="2022")
    assert refusal(files, later).code == "county.other_edition"


def test_a_missing_entry_is_named(files, divisions):
    found = refusal(files, divisions, ("mean_household_size", "mean_size"))
    assert found.code == "county.missing"
    assert "mean_household_size" in found.said.en


def test_a_file_cut_in_half_says_that_its_end_is_missing(files, divisions):
    county, names = files
    with pytest.raises(Refusal, match="unreadable") as raised:
        read_county_plan(county=county[: county.index("[trades]") + 60].encode(), names=names, divisions=divisions)
    assert "end of document" in raised.value.said.en


def test_a_trade_at_no_known_place_is_refused(files, divisions):
    found = refusal(files, divisions, ('place = "township"', 'place = "moon"'))
    assert found.code == "county.missing"
    assert "moon" in found.said.en


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("zone\n", "Expected '='"),
        ('zone = "Asia/Shanghai\n', "Illegal character"),
        ("list = [1,\n\n", "Invalid value"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_with_its_line_before_any_section_is(files, ending, reason):
    county = files[0].rstrip("\n") + "\n" + ending
    for read in (read_demo, lambda data: read_toml(data, "county.toml")):
        with pytest.raises(Refusal) as raised:
            read(county.encode())
        found, line = raised.value, len(files[0].splitlines()) + 1
        assert (found.code, found.facts["line"], found.facts["text"]) == ("county.unreadable", line, ending.strip())
        assert reason in found.said.en
        assert "at line" not in found.said.zh


def test_a_byte_that_is_not_utf8_is_named_with_its_line(files):
    county = files[0].encode() + b"# \xff\n"
    with pytest.raises(Refusal) as raised:
        read_demo(county)
    assert raised.value.facts["line"] == len(files[0].splitlines()) + 1
    assert "0xFF" in raised.value.said.zh


def test_a_demo_that_lacks_its_zone_is_still_told_so(files):
    with pytest.raises(Refusal, match=r"county\.demo_missing"):
        read_demo(files[0].replace('zone = "Asia/Shanghai"', "").encode())
