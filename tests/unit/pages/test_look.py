"""The tags, as they come out."""

import re
from datetime import UTC, datetime

import pytest
from django import forms
from django.template import TemplateSyntaxError, engines
from django.utils.translation import override

from fangxian.core.refusal import Said
from fangxian.ops.pages import navigation
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.words import both

AT = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)


def written(source: str, language: str = "en", **context) -> str:
    with override(language):
        html = engines["django"].from_string("{% load look %}" + source).render(context)
    return re.sub(r"\s+", " ", html)


def test_zero_unknown_and_not_yet_are_three_different_things():
    shown = [
        written('{% figure "n" 0 %}'),
        written('{% figure "n" None %}'),
        written('{% figure "n" None state="not_yet" %}'),
    ]
    values = [re.search(r'figure-value">([^<]*)', html).group(1) for html in shown]
    assert values == ["0", "not known", "not yet"]


def test_stale_is_said_in_words():
    assert "out of date" in written('{% figure "n" 4 state="stale" at=at %}', at=AT)


def test_a_figure_with_an_address_is_a_link_to_its_rows():
    assert '<a class="figure " href="/rows">' in written('{% figure "n" 4 href="/rows" %}')


def test_a_state_nobody_designed_is_refused():
    with pytest.raises(TemplateSyntaxError, match="broken"):
        written('{% figure "n" 4 state="broken" %}')


@pytest.mark.parametrize(
    ("colour", "zh", "en"),
    [("green", "绿码", "Green"), ("yellow", "黄码", "Yellow"), ("red", "红码", "Red"), ("unknown", "未知", "Unknown")],
)
def test_a_health_code_has_a_shape_and_a_word_beside_its_colour(colour, zh, en):
    for language, word in (("zh-hans", zh), ("en", en)):
        html = written("{% health_code colour %}", language, colour=colour)
        assert '<svg class="shape"' in html
        assert word in html


def test_a_colour_nobody_knows_is_unknown_never_green():
    assert "Unknown" in written('{% health_code "purple" %}')


def test_each_health_code_has_a_shape_of_its_own():
    shapes = {written(f'{{% shape "{colour}" %}}') for colour in ("green", "yellow", "red", "unknown")}
    assert len(shapes) == 4


def test_the_list_of_needs_reaches_zero_with_a_sentence():
    assert "Everything is done" in written("{% needs_a_hand needs %}", needs=[])


def test_needs_are_counted_and_the_late_ones_said():
    needs = [
        Need(what=Said("管", "tubes"), href="/t", count=3, late=True, due_at=AT),
        Need(what=Said("批", "approvals"), href="/a", count=12),
    ]
    html = written('{% needs_a_hand needs title="Needs" %}', needs=needs)
    assert "15 to do, 3 of them late" in html
    assert "late since" in html


@pytest.mark.parametrize(
    ("outcome", "word"), [("admit", "Pass"), ("verify", "Verify"), ("refuse", "Stop"), ("unknown", "Unsure")]
)
def test_a_door_answers_in_one_word_with_a_shape(outcome, word):
    html = written('{% door_answer outcome "why" "what now" %}', outcome=outcome)
    assert f"</svg> <p>{word}</p>" in html


class SiteForm(forms.Form):
    people = forms.IntegerField(label=both("人数", "People"), help_text="each", widget=forms.TextInput)
    note = forms.CharField(label=both("说明", "Note"), required=False)


def test_an_error_stands_beside_its_field_and_what_was_typed_is_kept():
    html = written("{% field form.people %}", form=SiteForm({"people": "about a hundred"}))
    assert 'value="about a hundred"' in html
    assert 'aria-describedby="id_people_hint id_people_fault"' in html
    assert 'aria-invalid="true"' in html
    assert '<p class="error" id="id_people_fault">' in html


@pytest.mark.parametrize(("language", "label", "mark"), [("zh-hans", "说明", "选填"), ("en", "Note", "optional")])
def test_a_field_that_may_stay_empty_says_so(language, label, mark):
    html = written("{% field form.note %}", language, form=SiteForm())
    assert label in html
    assert mark in html


def test_a_map_says_that_it_is_schematic_until_it_is_not():
    frame = '{{% map_frame "Map" "" {}%}}table{{% endmap %}}'
    assert "Schematic" in written(frame.format(""))
    assert "Schematic" not in written(frame.format("schematic=False "))


def test_an_address_with_one_field_changed_starts_at_the_first_page(rf):
    request = rf.get("/x?township=1&page=4&sort=n")
    assert written('{% address_with sort="-n" township=None %}', request=request) == "?sort=-n"


def test_the_rail_marks_the_room_the_page_is_in():
    groups = navigation.rail("/design/wall", None)
    here = [place["href"] for group in groups for place in group["places"] if place["here"]]
    assert here == ["/design"]
