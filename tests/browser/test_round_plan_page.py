"""A round is planned in a browser: what brings it in time stands below the form, in every look; who is on its staff."""

from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_a_round_is_planned_and_what_brings_it_in_time_is_shown(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    page.goto("/rounds/plan")
    page.locator("[name=n_people]").fill("6000")
    page.locator("[name=n_sites]").fill("3")
    page.locator("[name=within_h]").fill("12")
    page.locator("[name=size]").select_option("10")  # another test of this county may have listed a risk area
    page.locator("[name=may_pool_20]").check()
    page.locator("#ask button.is-primary").click()
    expect(page.locator("#ways tbody tr")).not_to_have_count(0)
    expect(page.locator("#takes")).to_be_visible()
    assert faults_of_every_look(page) == []


def test_somebody_is_entered_on_the_staff_and_their_training_is_missing(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    page.goto("/rounds/staff")
    name = f"试采{uuid4().hex[:6]}"
    page.locator("#enter [name=name]").fill(name)
    page.locator("#enter [name=unit]").fill("一县医院")
    page.locator("#enter [name=team]").select_option("testing")
    page.locator("#enter [name=job]").select_option("helper")
    page.locator("#enter button").click()
    expect(page.locator("#team tbody tr").filter(has_text=name)).to_be_visible()
    assert faults_of_every_look(page) == []
