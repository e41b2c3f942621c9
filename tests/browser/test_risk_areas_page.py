"""Risk areas in a real browser: a list is brought, takes effect by itself, and a name is settled once."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.integration.risk_hand import FUSHAN, HERE, feed

# Before the county's clock begins, so that no list of a test is of the future however the county was built. One county
# serves both languages: each has hours and a zone of its own.
FIRST = {"zh": -72, "en": -60}
UNKNOWN = {"zh": ("吉林省", "长春市", "经开区"), "en": ("吉林省", "长春市", "净月区")}
A_SHORT_JOB_MS = 60_000


def pictured(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody asked for it."""
    if folder := os.environ.get("FANGXIAN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def brought(page: Page, content: bytes) -> Page:
    """The list uploaded by the page's form, and seen until it is in effect."""
    page.goto("/risk-areas")
    page.locator('input[type="file"]').set_input_files(
        {"name": "list.json", "mimeType": "application/json", "buffer": content}
    )
    page.locator("#bring button.is-primary").click()
    page.wait_for_url("**/risk-areas/lists/*")
    expect(page.locator("#job")).to_have_count(0, timeout=A_SHORT_JOB_MS)
    return page


@pytest.fixture
def page(page_in_turn):
    return signed_in(page_in_turn(), "dispatcher")


def test_a_list_takes_effect_and_a_name_is_settled_for_the_lists_to_come(page, language):
    first, zone = FIRST[language], UNKNOWN[language]
    brought(page, feed(first, high=[HERE, (FUSHAN, "北王镇丁片区")], medium=[(zone, "乙院")]))
    assert faults_of_every_look(page) == []
    pictured(page, "risk-list")
    page.goto("/risk-areas")
    expect(page.locator("#areas")).to_contain_text("天坛镇文昌社区甲院")
    assert faults_of_every_look(page) == []
    pictured(page, "risk-now")
    names = page.locator("#names form").first
    names.locator("select").select_option(index=1)
    names.locator("button").click()
    expect(page.locator("#names")).to_have_count(0)
    brought(page, feed(first + 3, high=[HERE], medium=[(zone, "乙院"), (zone, "丙院")]))
    page.goto("/risk-areas")
    expect(page.locator("#names")).to_have_count(0)
    pictured(page, "risk-later")


def test_a_list_that_was_cut_off_is_refused_beside_its_field_and_loses_nothing(page):
    page.goto("/risk-areas")
    cut = feed(FIRST["zh"], high=[HERE])[:-30]
    page.locator('input[type="file"]').set_input_files(
        {"name": "list.json", "mimeType": "application/json", "buffer": cut}
    )
    page.locator("#bring button.is-primary").click()
    expect(page.locator("#bring")).to_contain_text("end_update_time")
    assert faults_of_every_look(page) == []
    pictured(page, "risk-refused")
