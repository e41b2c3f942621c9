"""Accounts in a real browser: two people appoint, on a phone and at a desk, in both languages, by keyboard."""

from playwright.sync_api import Page, expect

from tests.browser.looks import faults, faults_of_every_look
from tests.browser.signing_in import signed_in


def press(page: Page, what: str) -> None:
    with page.expect_navigation():
        page.locator(what).first.press("Enter")


def test_every_page_of_accounts_fits_and_is_sound(page_in_turn):
    page = signed_in(page_in_turn(), "security_administrator")
    page.goto("/accounts?name=dispatcher-2")
    assert faults_of_every_look(page) == []
    press(page, "table a.row")
    one = page.url
    for address in (one, f"{one}/appoint?role=grid_worker", f"{one}/password", f"{one}/close", "/accounts/open"):
        page.goto(address)
        assert faults_of_every_look(page) == []
    with page.expect_navigation():
        page.locator("main form.form button").first.click()
    expect(page.locator(".field .error").first).to_be_visible()
    assert faults_of_every_look(page) == []
    page.goto("/accounts/waiting")
    assert faults_of_every_look(page) == []


def test_one_proposes_by_keyboard_and_another_declines_on_a_phone(page_at):
    desk = signed_in(page_at(1366, "zh"), "security_administrator")
    desk.goto("/accounts?name=inspector-1")
    press(desk, "table a.row")
    press(desk, "main a.button.is-primary")
    with desk.expect_navigation():
        desk.locator('select[name="role"]').select_option("commander")
    press(desk, "main form.form button")
    expect(desk.locator(".notice")).to_contain_text("任命已提出")
    phone = signed_in(page_at(360, "zh"), "commander")
    phone.goto("/accounts/waiting")
    assert faults(phone) == []
    with phone.expect_navigation():
        phone.locator("table a.row").first.click()
    assert faults(phone) == []
    with phone.expect_navigation():
        phone.locator('button[value="decline"]').click()
    expect(phone.locator(".field .error")).to_contain_text("没有写明理由")
    phone.locator("textarea").fill("已有人选")
    with phone.expect_navigation():
        phone.locator('button[value="decline"]').click()
    expect(phone.locator(".notice").first).to_contain_text("没有同意这项任命")
    assert faults(phone) == []


def test_a_first_password_is_changed_before_anything_else_without_scripts(page_at):
    admin = signed_in(page_at(1366, "zh", java_script_enabled=False), "security_administrator")
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
    assert faults(page) == []
    page.goto("/rulebooks")
    expect(page.locator(".notice")).to_contain_text("请先换掉密码")
    page.locator("#id_current").fill("lantern-bridge-millet")
    page.locator("#id_new").fill("quilt-river-lantern")
    with page.expect_navigation():
        page.locator("main form.form button").click()
    expect(page.locator(".notice.is-info")).to_contain_text("密码已更换")
    page.goto("/rulebooks")
    assert page.url.endswith("/rulebooks")
