"""Languages, numbers, times and masks, as the pages write them."""

from datetime import UTC, date, datetime, time

import pytest
from django.template import engines
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.refusal import Said
from fangxian.ops.pages import words

THIN = "\u2009"
AT = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)


def written(source: str, **context) -> str:
    return engines["django"].from_string("{% load look %}" + source).render(context)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-hans", f"共{THIN}1,204{THIN}人"), ("en", "1,204 people")],
)
def test_say_picks_the_readers_language_and_separates_numbers(language, sentence):
    with override(language):
        assert written('{% say "共 {n} 人" "{n} people" n=n %}', n=1204) == sentence


def test_any_language_but_english_reads_chinese():
    with override("fr"):
        assert words.said("县", "County") == "县"


def test_a_value_that_is_markup_is_shown_not_obeyed():
    with override("en"):
        assert written('{% say "{x}" "by {x}" x=x %}', x="<script>") == "by &lt;script&gt;"


def test_the_sentence_itself_is_escaped_once():
    with override("en"):
        assert written('{% say "甲" "A & B" %}') == "A &amp; B"


def test_a_value_may_be_said_in_both_languages():
    with override("zh-hans"):
        assert words.compose("去{where}", "to {where}", where=Said("县", "the county")) == "去县"


def test_a_sentence_with_a_value_that_is_missing_fails_by_name():
    with pytest.raises(KeyError, match="late"):
        words.compose("{late}", "{late}", n=1)


def test_the_en_filter_gives_a_component_both_languages():
    with override("en"):
        assert written('{{ "县"|en:"County" }}') == "County"


def test_lazy_text_is_chosen_when_it_is_shown():
    label = words.both("姓名", "Name")
    with override("en"):
        english = str(label)
    with override("zh-hans"):
        assert (english, str(label)) == ("Name", "姓名")


def test_thin_space_stands_between_chinese_and_figures_and_replaces_an_ordinary_one():
    assert words.spaced("用PDF发 3 份") == f"用{THIN}PDF{THIN}发{THIN}3{THIN}份"


def test_spacing_looks_past_tags_and_leaves_them_alone():
    with override("zh-hans"):
        text = words.compose("自{at}起", "since {at}", at=AT)
    assert text == f'自{THIN}<time datetime="2026-11-23T14:05+08:00">2026-11-23 14:05</time>{THIN}起'


@given(st.text())
def test_spacing_twice_is_spacing_once(text):
    assert words.spaced(words.spaced(text)) == words.spaced(text)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, None, "0"),
        (1204, None, "1,204"),
        (-3, None, "\u22123"),
        (2.50, None, "2.5"),
        (2.0, 1, "2.0"),
        (None, None, "—"),
    ],
)
def test_numbers(value, decimals, text):
    assert words.number(value, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(12, "+12"), (-3, "\u22123"), (0, "±0"), (None, "—")])
def test_changes_carry_their_sign(value, text):
    assert words.delta(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 5, "0.0%"), (5, 5, "100.0%"), (9999, 10_000, "99.9%"), (1, 100_000, "0.1%"), (1, 3, "33.3%"), (0, 0, "—")],
)
def test_only_everything_is_100_percent_and_only_nothing_0(part, whole, text):
    assert words.share(part, whole) == text


def test_a_time_is_county_time_and_readable_by_machines():
    assert words.when(AT) == '<time datetime="2026-11-23T14:05+08:00">2026-11-23 14:05</time>'


@pytest.mark.parametrize(("language", "day"), [("zh-hans", "周一"), ("en", "Mon")])
def test_a_weekday_where_it_helps(language, day):
    with override(language):
        assert f"2026-11-23 {day} 14:05" in words.when(AT, weekday=True)


def test_a_date_a_clock_time_and_nothing():
    shown = [words.when(date(2026, 11, 23)), words.when(time(8, 5)), words.when(AT, only="time"), words.when(None)]
    assert shown == [
        '<time datetime="2026-11-23">2026-11-23</time>',
        '<time datetime="08:05">08:05</time>',
        '<time datetime="2026-11-23T14:05+08:00">14:05</time>',
        "—",
    ]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "甲乙丙", "甲＊＊"),
        ("name", "甲", "甲＊"),
        ("name", "Ada Test", "A***"),
        ("phone", "10000000012", "100******12"),
        ("identity", "999999200001010019", "999999**********19"),
        ("address", "甲镇东村3组8号", "甲镇东村***"),
        ("number", "1", "*"),
        ("phone", "", "—"),
        ("phone", None, "—"),
    ],
)
def test_masks_show_enough_to_recognise_and_too_little_to_use(kind, value, shown):
    assert words.masked(value, kind) == shown


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["phone", "identity", "number"]))
def test_a_mask_never_shows_a_whole_value(value, kind):
    assert words.masked(value, kind) != value.strip() or set(value.strip()) == {"*"}
