"""The county in a real browser: on a phone and at a desk, in both languages, by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import faults, faults_of_every_look
from tests.browser.signing_in import signed_in


@pytest.fixture
def county_at(page_at):
    """`county_at(360, "commander")`: the first page of a role."""

    def open_page(width: int, role: str, **told) -> Page:
        page = signed_in(page_at(width, **told), role)
        page.goto("/")
        return page

    return open_page


def test_from_the_county_down_to_a_person_every_page_fits_and_is_sound(page_in_turn):
    page = signed_in(page_in_turn(), "commander")
    page.goto("/")
    for _ in range(4):  # county, township, unit, grid cell
        assert faults_of_every_look(page) == []
        link = page.locator("table a.row").first
        link.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert "/households/" in page.url
    for _ in range(2):  # household, person
        assert faults_of_every_look(page) == []
        with page.expect_navigation():
            page.locator("table a.row").first.click()


def test_a_township_is_opened_from_the_map_by_keyboard(county_at):
    page = county_at(1366, "commander")
    area = page.locator(".map a").first
    area.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/areas/*")
    expect(page.locator("h1")).to_be_visible()


def test_a_grid_worker_on_a_phone_finds_a_household_and_shows_a_person(county_at):
    page = county_at(360, "grid_worker")
    assert "/areas/" in page.url
    page.locator("#households a.row").first.click()
    page.wait_for_url("**/households/*")
    page.locator("table a.row").first.click()
    page.wait_for_url("**/persons/*")
    assert "＊" in page.locator("h1").inner_text()
    page.locator('select[name="reason"]').select_option("verify")
    with page.expect_navigation():
        page.locator("main form button").click()
    assert "＊" not in page.locator("h1").inner_text()
    assert faults(page) == []
    expect(page.locator("#looks tbody tr").first).to_contain_text("看全文")


def test_a_wrong_number_is_told_beside_the_field_and_stays_there(county_at):
    page = county_at(360, "grid_worker")
    page.goto("/people")
    page.locator('input[name="number"]').fill("99902719800301")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".field .error")).to_contain_text("14")
    expect(page.locator('input[name="number"]')).to_have_value("99902719800301")
    assert "99902719800301" not in page.url
    assert faults(page) == []


def test_the_pages_work_without_scripts(county_at):
    page = county_at(1366, "commander", java_script_enabled=False)
    page.locator('select[name="by"]').select_option("n_venues")
    page.locator("form.filters button").click()
    page.wait_for_url("**/county?by=n_venues*")
    page.goto("/venues")
    page.locator('input[name="name"]').fill("小学")
    with page.expect_navigation():
        page.locator("form.filters button").click()
    expect(page.locator("tbody tr").first).to_contain_text("小学")


def test_the_venues_and_the_first_page_fit_and_are_sound(page_in_turn):
    page = page_in_turn()
    page.goto("/")
    assert faults_of_every_look(page) == []
    signed_in(page, "commander")
    for address in ("/people", "/venues"):
        page.goto(address)
        assert faults_of_every_look(page) == []
    page.locator("table a.row").first.click()
    page.wait_for_url("**/venues/*")
    assert faults_of_every_look(page) == []
