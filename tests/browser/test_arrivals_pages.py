"""Arriving, in a real browser: a resident says it on a phone and signs; a grid worker says it for a guest at a desk."""

import os
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.integration.risk_hand import feed
from tests.integration.two_townships import document

# Days before the county's clock begins, and before every list of other tests, so that none ends what this one says of
# the days that are asked about.
QINGXU = (("山西省", "太原市", "清徐县"), "韵达物流园")
A_SHORT_JOB_MS = 60_000


def pictured(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody asked for it."""
    if folder := os.environ.get("FANGXIAN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def brought(page: Page) -> None:
    """A list with one depot of high risk takes effect."""
    signed_in(page, "dispatcher").goto("/risk-areas")
    file = {"name": "list.json", "mimeType": "application/json", "buffer": feed(-100, high=[QINGXU])}
    page.locator('input[type="file"]').set_input_files(file)
    page.locator("#bring button.is-primary").click()
    page.wait_for_url("**/risk-areas/lists/*")
    expect(page.locator("#job")).to_have_count(0, timeout=A_SHORT_JOB_MS)


def told(page: Page, place: str) -> None:
    """One place since 2 April, the rest of the form as it is filled in."""
    page.locator('[name="stay-0-place"]').fill(place)
    page.locator('[name="stay-0-begins_on"]').fill("2022-04-02")


def declare(page: Page) -> None:
    with page.expect_navigation():
        page.locator('button[value="declare"]').click()


def test_a_resident_declares_on_a_phone_signs_and_corrects(page_at):
    brought(page_at(WIDE, "zh"))
    page = signed_in(page_at(NARROW, "zh"), "resident")
    page.goto("/my/arrivals")
    assert faults_of_every_look(page) == []
    pictured(page, "arrivals-own")
    told(page, "太原小店")
    page.locator('[name="leg-0-transport"]').select_option("train")
    page.locator('[name="leg-0-vehicle"]').fill("D5327")
    page.locator('[name="leg-0-begins_at"]').fill("2022-04-08T05:00")
    page.locator('[name="leg-0-ends_at"]').fill("2022-04-08T06:30")
    declare(page)
    expect(page.locator("#asked")).to_contain_text("社区管理")
    expect(page.locator("#asked")).to_contain_text("A-04")
    assert faults_of_every_look(page) == []
    pictured(page, "arrivals-asked")
    page.locator("#asked a.is-primary").click()
    page.locator('[name="name"]').fill("本人")
    pictured(page, "arrivals-undertaking")
    with page.expect_navigation():
        page.locator("main form button.is-primary").click()
    expect(page.locator("#asked")).to_contain_text("承诺书已签")
    page.locator('a[href$="/correct"]').click()
    page.locator('[name="stay-0-place"]').fill("临汾尧都")
    with page.expect_navigation():
        page.locator('button[value="correct"]').click()
    expect(page.locator("#correction")).to_contain_text("社区管理")
    assert faults_of_every_look(page) == []
    pictured(page, "arrivals-correction")


def test_a_grid_worker_declares_for_a_guest_who_was_near_a_risk_area(page_at):
    brought(page_at(WIDE, "zh"))
    page = signed_in(page_at(WIDE, "en"), "grid_worker")
    page.goto("/arrivals/new")
    page.locator('[name="name"]').fill("李来客")
    page.locator('[name="number"]').fill(document(date(1991, 2, 3), 77))
    page.locator('[name="lives_here"]').select_option("yes")
    told(page, "山西太原清徐")
    declare(page)
    expect(page.locator('[name="stay-0-answer"]').first).to_be_visible()
    assert faults_of_every_look(page) == []
    pictured(page, "arrivals-question")
    page.locator('[name="stay-0-answer"][value="none"]').check()
    declare(page)
    expect(page.locator("#asked")).to_contain_text("quarantine at home")
    assert faults_of_every_look(page) == []
    pictured(page, "arrivals-one")
    page.goto("/arrivals")
    expect(page.locator("#list table")).to_contain_text("李")
    assert faults_of_every_look(page) == []
    pictured(page, "arrivals-list")
