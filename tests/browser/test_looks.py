"""The eye of the browser tests: a fault that shows in one look only is seen, and the looks stand for all of them."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from playwright.sync_api import Page

from tests.browser.looks import LOOKS, NARROW, WIDE, change_look, faults_of_every_look, is_touched, viewport

COARSE = "matchMedia('(pointer: coarse)').matches"


@pytest.fixture
def page_of(chromium) -> Iterator[Callable[..., Page]]:
    """`page_of(language, body, css)`: a sound page with that in it."""
    profiles = []

    def make(language: str, body: str = "", css: str = "", *, width: int = WIDE) -> Page:
        profiles.append(chromium.new_profile(viewport=viewport(width), has_touch=is_touched(width)))
        page = profiles[-1].new_page()
        head = f"<title>A page</title><style>:root {{ color-scheme: light dark }} {css}</style>"
        page.set_content(f'<!doctype html><html lang="{language}">{head}<main><h1>A page</h1>{body}</main></html>')
        return page

    yield make
    for profile in profiles:
        profile.close()


def test_each_pair_of_language_width_and_theme_is_looked_at():
    looks = {(language, *look) for language in LOOKS for look in LOOKS[language]}
    for one, other in ((0, 1), (0, 2), (1, 2)):
        values = [{look[which] for look in looks} for which in (one, other)]
        assert [len(found) for found in values] == [2, 2]
        assert {(look[one], look[other]) for look in looks} == set(product(*values))


def test_a_sound_page_has_no_fault(page_of, language):
    assert faults_of_every_look(page_of(language, "<p>Well.</p>")) == []


@pytest.mark.parametrize(
    ("theme", "width"), [("light", {"zh": NARROW, "en": WIDE}), ("dark", {"zh": WIDE, "en": NARROW})]
)
def test_a_colour_that_is_too_faint_in_one_theme_is_found_there(page_of, language, theme, width):
    css = f"@media (prefers-color-scheme: {theme}) {{ p {{ color: #777; background: #888 }} }}"
    (fault,) = faults_of_every_look(page_of(language, "<p>Faint.</p>", css))
    assert f"at {width[language]} px in the {theme}: color-contrast" in fault


@pytest.mark.parametrize(("width", "query"), [(NARROW, "max-width: 599px"), (WIDE, "min-width: 600px")])
def test_what_is_too_wide_at_one_width_is_found_there(page_of, language, width, query):
    css = f"@media ({query}) {{ p {{ width: {width + 200}px }} }}"
    (fault,) = faults_of_every_look(page_of(language, "<p>Wide.</p>", css))
    assert f"at {width} px" in fault
    assert "too wide" in fault


def test_a_field_without_a_label_is_found_in_both_looks(page_of, language):
    found = faults_of_every_look(page_of(language, "<input>"))
    assert ["label (critical)" in fault for fault in found] == [True, True]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_narrow_screen_is_touched_a_wide_one_pointed_at_and_all_is_as_before(page_of, width):
    page = page_of("zh", width=width)
    for each in (WIDE, NARROW, WIDE):
        change_look(page, each, is_dark=True)
        assert page.evaluate(COARSE) is is_touched(each)
    change_look(page, width, is_dark=False)
    faults_of_every_look(page)
    assert page.viewport_size["width"] == width
    assert page.evaluate(COARSE) is is_touched(width)
    assert page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
