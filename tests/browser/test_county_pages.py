"""The county in a real browser: signed in by a click, on a phone and at a desk, in both languages, by keyboard."""

import pytest
from playwright.sync_api import Page, expect


def sign_in(page: Page, role: str) -> None:
    """Through the demo's list of roles, as anybody would."""
    page.goto("/sign-in")
    with page.expect_navigation():
        page.locator(f'button[name="role"][value="{role}"]').click()


@pytest.fixture
def county_at(page_at):
    """`county_at(360, "zh", "commander")`: a page, signed in."""

    def open_page(width: int, language: str, role: str, **told) -> Page:
        page = page_at(width, language, **told)
        sign_in(page, role)
        return page

    return open_page


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the right of the window."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1366])
def test_from_the_county_down_to_a_person_every_page_fits_and_is_sound(county_at, axe, width, language, dark):
    page = county_at(width, language, "commander", dark=dark)
    for _ in range(4):  # county, township, unit, grid cell
        assert fits(page), page.url
        assert axe(page) == [], page.url
        link = page.locator("table a.row").first
        link.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert "/households/" in page.url
    for _ in range(2):  # household, person
        assert fits(page), page.url
        assert axe(page) == [], page.url
        with page.expect_navigation():
            page.locator("table a.row").first.click()


def test_a_township_is_opened_from_the_map_by_keyboard(county_at):
    page = county_at(1366, "zh", "commander")
    area = page.locator(".map a").first
    area.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/areas/*")
    expect(page.locator("h1")).to_be_visible()


def test_a_grid_worker_on_a_phone_finds_a_household_and_shows_a_person(county_at, axe):
    page = county_at(360, "zh", "grid_worker")
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
    assert axe(page) == []
    expect(page.locator("#looks tbody tr").first).to_contain_text("看全文")


def test_a_wrong_number_is_told_beside_the_field_and_stays_there(county_at, axe):
    page = county_at(360, "zh", "grid_worker")
    page.goto("/people")
    page.locator('input[name="number"]').fill("99902719800301")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".field .error")).to_contain_text("14")
    expect(page.locator('input[name="number"]')).to_have_value("99902719800301")
    assert "99902719800301" not in page.url
    assert axe(page) == []


def test_the_pages_work_without_scripts(county_at):
    page = county_at(1366, "zh", "commander", java_script_enabled=False)
    page.locator('select[name="by"]').select_option("n_venues")
    page.locator("form.filters button").click()
    page.wait_for_url("**/county?by=n_venues*")
    page.goto("/venues")
    page.locator('input[name="name"]').fill("小学")
    with page.expect_navigation():
        page.locator("form.filters button").click()
    expect(page.locator("tbody tr").first).to_contain_text("小学")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1366])
def test_the_venues_and_the_first_page_fit_and_are_sound(county_at, page_at, axe, width, language):
    front = page_at(width, language)
    front.goto("/")
    assert fits(front)
    assert axe(front) == []
    page = county_at(width, language, "commander")
    for address in ("/people", "/venues"):
        page.goto(address)
        assert fits(page), address
        assert axe(page) == [], address
    page.locator("table a.row").first.click()
    page.wait_for_url("**/venues/*")
    assert fits(page)
    assert axe(page) == []
