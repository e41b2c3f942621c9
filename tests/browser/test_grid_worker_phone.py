"""A grid worker's phone without a network: somebody away, a dose, somebody who came; then online, and the pages."""

import re
from datetime import date

from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_field_app import enrol
from tests.integration.two_townships import document

LONG = 120_000


def put_away(page: Page) -> str:
    """Somebody of the grid is put on the register of people away, due back in two days; their id."""
    page.goto("/vaccination?state=all")
    person = re.search(r"/vaccination/([0-9a-f-]{36})", page.content())[1]
    page.goto(f"/returnees/{person}")
    page.locator('#away [name="place"]').fill("厂区宿舍")
    page.locator('#away [name="division"]').fill("上海浦东")
    page.locator('#away button[value="away"]').click()
    page.wait_for_url("**done=1*")
    return person


def hear_that_they_come_later(page: Page, person: str) -> None:
    page.locator("[data-way=returnees]").click()
    page.locator(f'[data-part=returnee-list] a[href="#returnee/{person}"]').click()
    page.locator("[name=returnee-what][value=not_reached]").locator("..").click()
    page.locator("[data-part=returnee-form] button").click()
    row = page.locator("[data-part=returnee-list] li", has=page.locator(f'a[href="#returnee/{person}"]'))
    expect(row.locator("[data-part=done]")).to_be_visible()


def record_a_dose(page: Page) -> None:
    page.evaluate("location.hash = '#vaccination'")
    page.locator("[data-part=vaccination-list] a").first.click()
    page.locator("#dose-on").fill("2021-08-01")
    page.locator("[data-part=dose-form] button").click()
    expect(page.locator("[data-screen=vaccination] [data-part=done]:visible").first).to_be_visible()


def register_who_came(page: Page) -> None:
    page.evaluate("location.hash = '#arrival'")
    page.locator("#arrival-name").fill("王来客")
    page.locator("#arrival-number").fill(document(date(1988, 5, 6), 79))
    page.locator("#arrival-lives-here").locator("..").click()
    arrived_on = page.locator("#arrival-at").input_value()[:10]
    page.locator("#stay-search").fill("上海 浦东")
    expect(page.locator("[data-part=stay-found] input:checked")).to_have_count(1)
    page.locator("#stay-begins").fill(arrived_on)
    page.locator("[data-part=stay-add]").click()
    expect(page.locator("[data-part=stay-list] li")).to_contain_text("上海市浦东新区")
    page.locator("[data-part=arrival-form] button.is-primary").click()
    page.locator("[data-screen=home]").wait_for()


def test_what_a_grid_worker_records_without_a_network_is_in_the_county_when_it_is_back(page_at):
    phone = page_at(NARROW)
    person = put_away(signed_in(phone, "grid_worker"))
    assert faults_of_every_look(phone) == []
    enrol(phone, "grid_worker")
    phone.locator("[data-way=arrival]").wait_for()
    phone.context.set_offline(True)
    hear_that_they_come_later(phone, person)
    record_a_dose(phone)
    register_who_came(phone)
    found = []
    for screen in ("returnees", f"returnee/{person}", "vaccination", "arrival"):
        phone.evaluate(f"location.hash = '#{screen}'")
        phone.locator(f"[data-screen={screen.split('/')[0]}]").wait_for()
        found += faults_of_every_look(phone)
    assert found == []
    expect(phone.locator("[data-part=outbox]")).to_contain_text("3")

    phone.context.set_offline(False)
    expect(phone.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    desk = signed_in(page_at(WIDE, "en"), "grid_worker")
    desk.goto("/vaccination?state=all")
    assert "course not complete" in desk.locator("#list").inner_text()
    assert faults_of_every_look(desk) == []
    desk.goto("/returnees?state=all")
    assert "not reached" in desk.locator("#list").inner_text()
    assert "declaration" in desk.locator("#list").inner_text()
    assert faults_of_every_look(desk) == []
