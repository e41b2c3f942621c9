"""Priority places in a real browser: from the list to a disinfection on record in two taps, and the other pages."""

import re

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_a_disinfection_is_on_record_in_two_taps(page_in_turn):
    page = signed_in(page_in_turn(), "township_approver")
    page.goto("/hygiene?state=all&kind=disinfection")
    assert faults_of_every_look(page) == []
    page.locator("#list table a").first.click()
    page.wait_for_url(re.compile(r"kind=disinfection"))
    expect(page.locator("[name=area_m2]")).not_to_have_value("")
    page.locator('button[value="record"]').click()
    expect(page.locator(".notice").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/hygiene\?done=recorded"))


def test_an_inspection_and_the_register_can_be_seen_by_everybody(page_in_turn):
    page = signed_in(page_in_turn(), "township_approver")
    page.goto("/hygiene?state=all&kind=inspection")
    page.goto(page.locator("#list table a").first.get_attribute("href"))
    expect(page.locator(".post-check fieldset").first).to_be_visible()
    assert faults_of_every_look(page) == []
    page.goto("/hygiene/register?of_class=supermarket")
    assert faults_of_every_look(page) == []


def test_a_register_is_brought_and_a_keeper_reads_what_the_own_venue_owes(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    page.goto("/hygiene/lists")
    register = {"name": "名册.csv", "mimeType": "text/csv", "buffer": "类别,名称\n药店,没有这一家\n".encode("gb18030")}
    page.locator("[name=sender]").fill("县市场监管局")
    page.locator("[name=file]").set_input_files(register)
    assert faults_of_every_look(page) == []
    page.locator("#upload button").click()
    expect(page).to_have_url(re.compile(r"/hygiene/lists/[0-9a-f-]+$"))
    assert faults_of_every_look(page) == []
    page = signed_in(page_in_turn(), "venue_owner")
    page.goto("/my/venues")
    page.locator("main table a").first.click()
    expect(page.locator("#hygiene")).to_be_visible()
    assert faults_of_every_look(page) == []
