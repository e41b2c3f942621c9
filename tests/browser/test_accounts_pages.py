"""Accounts in a real browser: two people appoint, on a phone and at a desk, in both languages, by keyboard."""

import pytest
from playwright.sync_api import Page, expect


def sign_in(page: Page, role: str) -> Page:
    page.goto("/sign-in")
    with page.expect_navigation():
        page.locator(f'button[name="role"][value="{role}"]').click()
    return page


def sound(page: Page, axe) -> None:
    """Nothing sticks out to the right, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert axe(page) == [], page.url


def press(page: Page, what: str) -> None:
    with page.expect_navigation():
        page.locator(what).first.press("Enter")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1366])
def test_every_page_of_accounts_fits_and_is_sound(page_at, axe, width, language, dark):
    page = sign_in(page_at(width, language, dark=dark), "security_administrator")
    page.goto("/accounts?name=dispatcher-2")
    sound(page, axe)
    press(page, "table a.row")
    one = page.url
    for address in (one, f"{one}/appoint?role=grid_worker", f"{one}/password", f"{one}/close", "/accounts/open"):
        page.goto(address)
        sound(page, axe)
    with page.expect_navigation():
        page.locator("main form.form button").first.click()
    expect(page.locator(".field .error").first).to_be_visible()
    sound(page, axe)
    page.goto("/accounts/waiting")
    sound(page, axe)


def test_one_proposes_by_keyboard_and_another_declines_on_a_phone(page_at, axe):
    desk = sign_in(page_at(1366, "zh"), "security_administrator")
    desk.goto("/accounts?name=inspector-1")
    press(desk, "table a.row")
    press(desk, "main a.button.is-primary")
    with desk.expect_navigation():
        desk.locator('select[name="role"]').select_option("commander")
    press(desk, "main form.form button")
    expect(desk.locator(".notice")).to_contain_text("任命已提出")
    phone = sign_in(page_at(360, "zh"), "commander")
    phone.goto("/accounts/waiting")
    sound(phone, axe)
    with phone.expect_navigation():
        phone.locator("table a.row").first.click()
    sound(phone, axe)
    with phone.expect_navigation():
        phone.locator('button[value="decline"]').click()
    expect(phone.locator(".field .error")).to_contain_text("没有写明理由")
    phone.locator("textarea").fill("已有人选")
    with phone.expect_navigation():
        phone.locator('button[value="decline"]').click()
    expect(phone.locator(".notice").first).to_contain_text("没有同意这项任命")
    sound(phone, axe)


def test_a_first_password_is_changed_before_anything_else_without_scripts(page_at, axe):
    admin = sign_in(page_at(1366, "zh", java_script_enabled=False), "security_administrator")
    admin.goto("/accounts?name=storekeeper-1")
    press(admin, "table a.row")
    admin.goto(f"{admin.url}/password")
    admin.locator('input[name="new"]').fill("lantern-bridge-millet")
    press(admin, "main form.form button")
    page = page_at(360, "zh")
    page.goto("/sign-in?next=/rulebooks")
    page.locator("#id_username").fill("storekeeper-1")
    page.locator("#id_password").fill("lantern-bridge-millet")
    with page.expect_navigation():
        page.locator(".entrance-form button").click()
    assert page.url.endswith("/me")
    sound(page, axe)
    page.goto("/rulebooks")
    expect(page.locator(".notice")).to_contain_text("请先换掉密码")
    page.locator("#id_current").fill("lantern-bridge-millet")
    page.locator("#id_new").fill("quilt-river-lantern")
    with page.expect_navigation():
        page.locator("main form.form button").click()
    expect(page.locator(".notice.is-info")).to_contain_text("密码已更换")
    page.goto("/rulebooks")
    assert page.url.endswith("/rulebooks")
