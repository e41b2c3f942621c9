"""The national list of risk areas, 111 lists of April and November 2022: counts, names, matching, what had ended."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.risk_on import ListedDays, find_risk_on
from fangxian.core.risk_areas.listing import Level, read_feed
from fangxian.core.risk_areas.nation import read_nation
from fangxian.core.risk_areas.spans import spans_of, take_step

RULES = Path(__file__).resolve().parents[2] / "counties/fushan/rulebooks/covid19-2022-04.toml"
DAY = timedelta(days=1)
NATION = Path(__file__).resolve().parents[2] / "fangxian/ops/risk_areas/nation-2021.csv"
BEIJING_TIME = timezone(timedelta(hours=8))


def november(day, hour):
    return datetime(2022, 11, day, hour, tzinfo=BEIJING_TIME)


@pytest.fixture(scope="module")
def files(shared_data):
    return sorted((shared_data / "risk_levels").glob("*.json"))


@pytest.fixture(scope="module")
def national(files):
    return [read_feed(file.read_bytes()) for file in files if "shanxi" not in file.name]


@pytest.fixture(scope="module")
def of_shanxi(files):
    return [read_feed(file.read_bytes(), covers="山西省") for file in files if "shanxi" in file.name]


def test_in_every_national_list_as_many_places_stand_as_it_says(national):
    assert len(national) == 50
    assert all(it.is_whole and it.published for it in national)


def test_at_noon_of_20_april_there_were_9_high_and_150_medium(national):
    (noon,) = (it for it in national if it.as_of == datetime(2022, 4, 20, 12, tzinfo=BEIJING_TIME))
    assert noon.listed == {Level.HIGH: 9, Level.MEDIUM: 150}


def test_no_masked_name_is_left_in_any_of_them(national, of_shanxi):
    places = {area.place for it in [*national, *of_shanxi] for area in it.level_of}
    assert not any("某某" in place or "某军" in place for place in places)
    assert sum(it.n_names_removed for it in of_shanxi) > 0


def test_the_four_places_of_fushan_were_high_from_the_20th_to_the_26th_without_a_break(of_shanxi):
    spans = [it for it in spans_of(of_shanxi) if it.area.county == "浮山县" and it.level == Level.HIGH]
    assert [(it.begins_at, it.ends_at) for it in spans] == [(november(20, 14), november(26, 17))] * 4


def test_taken_at_their_word_single_lists_would_have_ended_one_two_days_early(of_shanxi):
    spans = [it for it in spans_of(of_shanxi, ends_after=1) if it.area.county == "浮山县" and it.level == Level.HIGH]
    first = [it for it in spans if it.area == spans[0].area]
    assert [it.ends_at for it in first] == [november(24, 8), november(26, 17)]


def test_of_shanxis_areas_a_quarter_would_have_ended_and_begun_again(of_shanxi):
    broken = [sum(a.area == b.area for a, b in pairwise(spans_of(of_shanxi, ends_after=n))) for n in (1, 2)]
    assert broken[0] > 20 * broken[1]


def test_only_zones_that_are_no_divisions_are_left_without_a_code(national, of_shanxi):
    nation = read_nation(NATION.read_bytes())
    names = {(area.province, area.city, area.county) for it in [*national, *of_shanxi] for area in it.level_of}
    left = {county for province, city, county in names if not nation.find((province, city, county))}
    assert left == {"高新区", "经开区", "长春新区", "净月区", "汽车经济技术开发区", "经济开发区", "西咸新区"}


def test_a_place_missing_from_a_single_list_changes_what_is_asked_of_nobody(of_shanxi):
    """Taken at their word, single lists of November would have let people go and called them anew a day later."""
    as_asked = [_asked_after_each(of_shanxi, ends_after=n) for n in (1, 2)]
    assert _turns(as_asked[0]) > _turns(as_asked[1]) == 1


def _asked_after_each(listings, *, ends_after):
    """What is asked, after each list, of somebody who came to a neighbouring county from Fushan that very day."""
    rulebook = read_rulebook(RULES.read_text("utf-8"))
    nation = read_nation(NATION.read_bytes())
    told = []
    running: list = []
    for listing in sorted(listings, key=lambda it: it.as_of):
        running = take_step(running, listing, ends_after=ends_after).open()
        on = listing.as_of.date()
        days = [
            ListedDays(str(n), nation.find((it.area.province, it.area.city, it.area.county)), it.level, on, on + DAY)
            for n, it in enumerate(running)
            if it.area.county == "浮山县"
        ]
        risk_on = find_risk_on(rulebook.risk_states, days, (), home="141002")
        told.append(risk_on("141027", on, None))
    return told


def _turns(told):
    """How often what is asked was taken back."""
    return sum("risk-area" in before and "risk-area" not in after for before, after in pairwise(told))
