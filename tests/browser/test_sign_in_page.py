"""Signing in, in a browser: by keyboard, without scripts, from role to role."""

from tests.browser.looks import faults_of_every_look


def test_axe_finds_nothing_and_nothing_is_too_wide(page_in_turn):
    page = page_in_turn()
    page.goto("/sign-in")
    assert faults_of_every_look(page) == []
    page.locator("button[name=role][value=commander]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/me")
    assert faults_of_every_look(page) == []


def test_a_wrong_password_is_said_and_the_username_is_kept(page_at):
    page = page_at(1366, java_script_enabled=False)
    page.goto("/sign-in")
    page.locator("#id_username").fill("no-such-post")
    page.locator("#id_password").fill("wrong")
    page.locator(".entrance-form button").click()
    assert "用户名或密码不对" in page.locator("[role=alert]").inner_text()
    assert page.locator("#id_username").input_value() == "no-such-post"


def test_a_role_is_entered_by_keyboard_and_exchanged_for_another(page_at):
    page = page_at(1366, java_script_enabled=False)
    page.goto("/sign-in?next=/me")
    page.locator("button[name=role][value=auditor]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/me")
    assert "审计管理员" in page.locator(".who").inner_text()
    page.locator(".who a", has_text="换个角色").click()
    page.locator("button[name=role][value=sampler]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    assert "采样员" in page.locator(".who").inner_text()


def test_signing_out_leads_back_to_the_entrance(page_at):
    page = page_at(360)
    page.goto("/sign-in?next=/me")
    page.locator("button[name=role][value=auditor]").click()
    page.wait_for_url("**/me")
    page.locator(".who button").click()
    page.wait_for_url("**/sign-in")
    page.goto("/me")
    assert "/sign-in?next=/me" in page.url


def test_a_thumb_can_press_everything_that_leads_in(page_at):
    page = page_at(360)
    page.goto("/sign-in")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main input:not([type=hidden]), .switch button")]
            .filter((thing) => thing.getBoundingClientRect().height < 48).map((thing) => thing.outerHTML)"""
    )
    assert small == []
