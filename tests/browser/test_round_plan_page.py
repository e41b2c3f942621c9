"""A round is planned in a browser: what brings it in time stands below the form, in every look."""

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_a_round_is_planned_and_what_brings_it_in_time_is_shown(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    page.goto("/rounds/plan")
    page.locator("[name=n_people]").fill("6000")
    page.locator("[name=n_sites]").fill("3")
    page.locator("[name=within_h]").fill("12")
    page.locator("#ask button.is-primary").click()
    expect(page.locator("#ways tbody tr")).not_to_have_count(0)
    expect(page.locator("#takes")).to_be_visible()
    assert faults_of_every_look(page) == []
