"""A list is read whole or refused: as the national service's JSON, or as a table."""

import json
from datetime import UTC, datetime

import pytest

from fangxian.core.refusal import Refusal
from fangxian.core.risk_areas.listing import Area, Level, read_feed, read_table

ROW = {"type": "2", "province": "山西省", "city": "临汾市", "county": "浮山县", "area_name": "山西省 临汾市 浮山县"}


def feed(at="2022-11-20 14时", *, high=("天坛镇甲院",), low=(), **told):
    lists = {"highlist": [{**ROW, "communitys": list(high)}], "middlelist": []}
    lists["lowlist"] = [{**ROW, "communitys": list(low)}]
    counts = {"hcount": len(high), "mcount": 0, "lcount": len(low)}
    return json.dumps({"data": {"end_update_time": at, **counts, **lists, **told}, "code": 0}).encode()


def refused(call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    return caught.value


def test_a_feed_gives_its_moment_its_areas_and_their_levels():
    listing = read_feed(feed(low=("浮山县其他地区",)))
    assert listing.as_of == datetime(2022, 11, 20, 6, tzinfo=UTC)
    assert listing.level_of[Area("山西省", "临汾市", "浮山县", "天坛镇甲院")] == Level.HIGH
    assert listing.listed == {Level.HIGH: 1, Level.LOW: 1}


@pytest.mark.parametrize("text", ["2022-11-20 24时", "2022-11-21 0时", "2022-11-21 00时", "2022年11月21日 0时"])
def test_an_hour_is_read_however_it_is_written(text):
    assert read_feed(feed(text)).as_of == datetime(2022, 11, 20, 16, tzinfo=UTC)


def test_the_wrapping_may_be_missing():
    bare = json.dumps(json.loads(feed())["data"]).encode()
    assert read_feed(bare) == read_feed(feed())


def test_an_area_under_two_levels_has_the_graver():
    listing = read_feed(feed(high=("甲院",), low=("甲院",)))
    assert list(listing.level_of.values()) == [Level.HIGH]


def test_names_are_counted_as_they_are_taken_out():
    assert read_feed(feed(high=("东郭村孙某军家", "乙院"))).n_names_removed == 1


def test_fewer_places_than_the_list_says_it_has_is_refused_with_both_numbers():
    refusal = refused(read_feed, feed(hcount=12))
    assert refusal.code == "risk_areas.not_whole"
    assert "12" in refusal.said.zh
    assert "高风险 1 处" in refusal.said.zh


def test_of_one_provinces_part_the_nations_number_counts_for_nothing():
    assert read_feed(feed(hcount=12896), covers="山西省").covers == "山西省"


def test_areas_of_another_province_in_one_provinces_part_are_refused():
    assert refused(read_feed, feed(), covers="吉林省").code == "risk_areas.elsewhere"


@pytest.mark.parametrize("data", [b"", b"{", feed()[:-40], b"[]", b'{"data": {}}', feed(highlist=None)])
def test_what_is_no_feed_or_was_cut_off_is_refused(data):
    assert refused(read_feed, data).code == "risk_areas.not_a_feed"


def test_places_that_are_one_text_instead_of_a_list_are_no_feed():
    told = json.loads(feed())
    told["data"]["highlist"][0]["communitys"] = "甲院"
    assert refused(read_feed, json.dumps(told).encode()).code == "risk_areas.not_a_feed"


def test_a_time_that_names_no_hour_is_refused():
    assert refused(read_feed, feed("昨天")).code == "risk_areas.no_time"


AT = datetime(2022, 11, 20, 6, tzinfo=UTC)
TABLE = "风险等级,省,市,县,区域\n高风险,山西省,临汾市,浮山县,天坛镇甲院\n\n低风险区,山西省,临汾市,浮山县,其他地区\n"


def test_a_table_says_the_same_as_a_feed():
    assert read_table(TABLE, as_of=AT).level_of == read_feed(feed(low=("其他地区",))).level_of


def test_a_table_in_english_is_read_too():
    text = "place,level,county,city,province\n甲院,high,浮山县,临汾市,山西省\n"
    assert read_table(text, as_of=AT).level_of == {Area("山西省", "临汾市", "浮山县", "甲院"): Level.HIGH}


def test_a_table_without_a_level_column_says_which_is_missing():
    refusal = refused(read_table, TABLE.replace("风险等级", "甲"), as_of=AT)
    assert refusal.code == "risk_areas.no_columns"
    assert "等级" in refusal.said.zh


@pytest.mark.parametrize("line", ["极高,山西省,临汾市,浮山县,甲院", "高风险,,临汾市,浮山县,甲院"])
def test_a_line_with_no_level_or_province_is_refused_with_its_number(line):
    refusal = refused(read_table, TABLE + line, as_of=AT)
    assert refusal.code == "risk_areas.unknown_level"
    assert "第 5 行" in refusal.said.zh


@pytest.mark.parametrize(
    "data", [b"[" * 200_000, feed().replace(b'"hcount": 1', b'"hcount": Infinity'), feed("9999-12-31 24时")],
    ids=["a thousand brackets", "a number without an end", "after the last day"],
)  # fmt: skip
def test_a_feed_that_no_reader_can_take_is_refused_in_words(data):
    assert refused(read_feed, data).code == "risk_areas.not_a_feed"


def test_a_quotation_mark_without_its_partner_is_named_with_its_line():
    text = '等级,省,市,县,区域\n高风险,山西省,临汾市,浮山县,"' + "天坛镇甲院" * 40_000
    assert refused(read_table, text, as_of=datetime(2022, 11, 20, tzinfo=UTC)).code == "risk_areas.not_a_table"
