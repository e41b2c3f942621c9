"""The look, in a browser: no finding of axe, nothing too wide, everything by keyboard, the same without scripts."""

import pytest

from tests.browser.looks import faults_of_every_look, viewport

SCREENS = ["/design", "/design?swap=1", "/nowhere"]
SCREENS += [f"/design/{screen}" for screen in ("console", "wall", "public", "answer/refuse")]


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page_in_turn, screen):
    page = page_in_turn()
    page.goto(screen)
    assert faults_of_every_look(page) == []
    wide = []
    for width in (1920, 768):
        page.set_viewport_size(viewport(width))
        if (needs := page.evaluate("document.documentElement.scrollWidth")) > width:
            wide.append((width, needs))
    assert wide == []


def test_the_styles_are_there(page_at):
    page = page_at()
    page.goto("/design")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--s4')").strip() == "1rem"


def test_everything_a_thumb_presses_is_48_pixels_on_a_public_page(page_at):
    page = page_at(360)
    page.goto("/design/public")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main :is(button, select, input, label.choice), .switch button")]
            .filter((thing) => !thing.closest("label.choice") || thing.matches("label"))
            .filter((thing) => thing.getBoundingClientRect().height < 48).map((thing) => thing.outerHTML)"""
    )
    assert small == []


def test_up_and_down_walk_the_rows_and_enter_opens_one(page_at):
    page = page_at()
    page.goto("/design")
    rows = page.locator("#table .side").first.locator("a.row")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    assert rows.nth(1).evaluate("row => row === document.activeElement")
    page.keyboard.press("End")
    assert rows.last.evaluate("row => row === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url("**/design#table")


def test_a_whole_row_is_its_link(page_at):
    page = page_at()
    page.goto("/design")
    cell = page.locator("#table .side").first.locator("tbody tr").first.locator("td").first
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    under = page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", [box["x"] + 5, box["y"] + 5])
    assert under == "row"


def test_the_first_tab_is_the_way_past_the_rail(page_at):
    page = page_at()
    page.goto("/design")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_has_the_focus_can_be_seen(page_at):
    page = page_at()
    page.goto("/design")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_theme_is_switched_kept_and_there_from_the_first_byte(page_at, scripts):
    page = page_at(java_script_enabled=scripts)
    page.goto("/design")
    page.locator(".rail button[value=dark]").click()
    page.wait_for_selector("html[data-theme=dark]", state="attached")
    answer = page.goto("/design")
    assert 'data-theme="dark"' in answer.text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_language_is_switched_and_leads_back_to_the_same_page(page_at, scripts):
    page = page_at(1366, "zh", java_script_enabled=scripts)
    page.goto("/design?swap=1")
    page.locator(".rail button[value=en]").click()
    page.wait_for_selector("html[lang=en]", state="attached")
    assert page.url.endswith("/design?swap=1")


def test_a_filter_is_in_the_address_and_empty_fields_are_not(page_at):
    page = page_at()
    page.goto("/design")
    page.locator("#a_f_kind").select_option("town")
    page.wait_for_url("**/design?kind=town")
    assert page.locator("#a_f_kind").input_value() == "town"


def test_a_filter_works_without_scripts(page_at):
    page = page_at(java_script_enabled=False)
    page.goto("/design")
    page.locator("#a_f_kind").select_option("town")
    page.locator("#table .side").first.locator("form button").click()
    page.wait_for_url("**/design?q=&kind=town*")
    assert page.locator("#a_f_kind").input_value() == "town"


def test_the_strip_says_when_the_network_is_gone_and_goes_when_it_is_back(page_at):
    page = page_at()
    page.goto("/design")
    strip = page.locator("[data-island=network]")
    assert strip.is_hidden()
    page.context.set_offline(True)
    strip.wait_for(state="visible")
    page.context.set_offline(False)
    strip.wait_for(state="hidden")


def test_a_realm_of_invented_people_says_so_on_every_page(page_at):
    page = page_at()
    for screen in SCREENS:
        page.goto(screen)
        assert "DEMO" in page.locator(".synthetic").inner_text()


@pytest.mark.parametrize("outcome", ["admit", "verify", "refuse", "unknown"])
def test_the_answer_at_a_door_fills_a_phone_and_needs_no_scrolling(page_at, outcome, language):
    page = page_at(360, language)
    page.goto(f"/design/answer/{outcome}")
    word = page.locator(".answer .word p").bounding_box()
    assert word["width"] > 180
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
