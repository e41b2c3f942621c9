"""The rulebook in a browser: axe, widths, the door to try without scripts, the paper."""

import pytest

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

BOOK = "/rulebooks/covid19-2022-04"
SCREENS = ["/rulebooks", BOOK, "/rulebooks/measles", f"{BOOK}/print", f"{BOOK}/changes"]


@pytest.fixture
def reader(page_at):
    """A page of somebody who entered the demo as a commander."""
    return lambda *args, **more: signed_in(page_at(*args, **more), "commander")


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_and_nothing_is_too_wide(page_in_turn, screen):
    page = signed_in(page_in_turn(), "commander")
    page.goto(screen)
    assert faults_of_every_look(page) == []


def test_a_door_is_tried_without_scripts_and_the_answer_is_in_sight(reader):
    page = reader(1366, java_script_enabled=False)
    page.goto(BOOK)
    page.locator("#try_venue").select_option("care-home")
    page.locator("#try_colour").select_option("red")
    page.locator("#try button").click()
    page.wait_for_url("**/rulebooks/covid19-2022-04?venue=care-home*#try")
    assert page.locator("#try .answer .word").inner_text().strip() == "止步"
    assert page.locator("#try .reasons li").first.inner_text().endswith("D-01")
    box = page.locator("#try .answer").bounding_box()
    assert 0 <= box["y"] < 768


def test_a_rules_number_leads_to_the_rule(reader):
    page = reader(1366)
    page.goto(BOOK)
    page.locator("#colours .rule-number", has_text="C-04").click()
    page.wait_for_url("**#C-04")
    assert page.locator("#C-04").is_visible()


def test_on_a_phone_each_venue_is_a_card_that_names_what_is_asked(reader):
    page = reader(360)
    page.goto(BOOK)
    cell = page.locator(".matrix tbody tr").first.locator("td:not(.is-empty)").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"健康码"'
    assert cell.bounding_box()["width"] <= 360


def test_the_paper_prints_on_white_without_furniture(reader):
    page = reader(1366, dark=True)
    page.goto(f"{BOOK}/print")
    page.emulate_media(media="print")
    assert page.locator(".actions").first.is_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
