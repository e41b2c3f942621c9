"""A list changes at night: a grid worker finds on the phone whom to call, and nobody else; the county sees it come."""

import os
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.integration.risk_hand import feed
from tests.integration.two_townships import document

QINGXU = ("山西省", "太原市", "清徐县")
DEPOT, MARKET = (QINGXU, "韵达物流园"), (QINGXU, "东湖市场")
A_JOB_MS = 60_000


def pictured(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody asked for it."""
    if folder := os.environ.get("FANGXIAN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def brought(page: Page, hours: int, *places) -> None:
    """A list takes effect, and everybody is judged anew by it."""
    page.goto("/risk-areas")
    file = {"name": "list.json", "mimeType": "application/json", "buffer": feed(hours, high=places)}
    page.locator('input[type="file"]').set_input_files(file)
    page.locator("#bring button.is-primary").click()
    page.wait_for_url("**/risk-areas/lists/*")
    expect(page.locator("#brought-about")).to_have_count(1, timeout=A_JOB_MS)
    expect(page.locator("#judging")).to_have_count(0, timeout=A_JOB_MS)


def declared(page: Page) -> None:
    """A guest who came from Qingxu and was in no place that was listed there by then."""
    page.goto("/arrivals/new")
    page.locator('[name="name"]').fill("王来客")
    page.locator('[name="number"]').fill(document(date(1988, 5, 6), 78))
    page.locator('[name="lives_here"]').select_option("yes")
    page.locator('[name="phone"]').fill("15400000078")
    page.locator('[name="stay-0-place"]').fill("山西太原清徐")
    page.locator('[name="stay-0-begins_on"]').fill("2022-04-02")
    with page.expect_navigation():
        page.locator('button[value="declare"]').click()
    page.locator('[name="stay-0-answer"][value="none"]').check()
    with page.expect_navigation():
        page.locator('button[value="declare"]').click()


def test_a_new_list_leaves_the_grid_one_call_and_the_answer_follows(page_at):
    desk = signed_in(page_at(WIDE, "en"), "dispatcher")
    brought(desk, -100, DEPOT)
    phone = signed_in(page_at(NARROW, "zh"), "grid_worker")
    declared(phone)
    brought(desk, -90, DEPOT, MARKET)
    pictured(desk, "enquiries-list")
    assert faults_of_every_look(desk) == []
    phone.goto("/enquiries")
    calls = phone.locator(".calls > li", has_text="王来客")
    expect(calls).to_contain_text("东湖市场")
    expect(calls).not_to_contain_text("韵达物流园")
    expect(calls.locator('a[href^="tel:"]')).to_be_visible()
    pictured(phone, "enquiries-calls")
    assert faults_of_every_look(phone) == []
    phone.emulate_media(media="print")
    expect(calls.locator(".paper-only").last).to_be_visible()
    expect(calls.locator("button").first).to_be_hidden()
    pictured(phone, "enquiries-paper")
    phone.emulate_media(media="screen")
    calls.get_by_role("checkbox", name="东湖市场").check()
    with phone.expect_navigation():
        calls.locator('button[value="was_there"]').click()
    expect(phone.locator(".calls > li", has_text="王来客")).to_have_count(0)
    pictured(phone, "enquiries-done")
    desk.goto("/enquiries/county")
    expect(desk.locator("#areas table")).to_contain_text("Were there")
    pictured(desk, "enquiries-county")
    assert faults_of_every_look(desk) == []
