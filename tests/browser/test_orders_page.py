"""An order in a real browser: headquarters drafts it, a commander sees what it means and signs; one more is missing."""

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_an_order_is_drafted_what_is_wrong_stands_beside_its_field_and_a_commander_signs(page_in_turn, language):
    page = signed_in(page_in_turn(), "dispatcher")
    page.goto("/orders")
    assert faults_of_every_look(page) == []
    page.locator('main a[href="/orders/new"]').click()
    page.locator("#id_measure").select_option("covid-19:area-closure")
    page.locator("#id_area").select_option(index=3)
    ends = page.locator("#id_ends_at").input_value()
    page.locator("#id_ends_at").fill("2020-01-01T10:00")
    page.locator("#id_reason").fill("两户检出阳性")
    page.locator("#id_basis").fill("传染病防治法第四十二条")
    page.locator("#id_issuer").fill("县指挥部")
    page.locator("#id_number").fill(f"试〔2022〕{'71' if language == 'en' else '72'}号")
    page.locator("form.form button.is-primary").click()
    expect(page.locator("#id_ends_at")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_reason"), "what was typed stays").to_have_value("两户检出阳性")
    assert faults_of_every_look(page) == []
    page.locator("#id_ends_at").fill(ends)
    page.locator("form.form button.is-primary").click()
    page.wait_for_url("**?done=asked")
    request = page.url.partition("?")[0]
    signer = signed_in(page_in_turn(), "commander")
    signer.goto(request)
    expect(signer.locator("dl.facts")).to_contain_text("两户检出阳性")
    assert faults_of_every_look(signer) == []
    signer.locator('button[value="approve"]').click()
    signer.wait_for_url("**?done=approved")
