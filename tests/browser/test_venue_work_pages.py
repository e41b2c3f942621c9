"""Printing by the hundred, silent venues and a move, in a real browser."""

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_an_approver_asks_for_posters_and_moves_a_venue_up_to_the_last_step(page_in_turn):
    page = signed_in(page_in_turn(), "village_approver")
    page.goto("/venues")
    page.locator('a[href="/venues/posters"]').click()
    expect(page.locator('select[name="area"]')).to_be_visible()
    assert faults_of_every_look(page) == []
    page.goto("/venues?status=verified")
    page.locator("#list table a.row").first.click()
    page.locator('a[href$="/move"]').click()
    assert faults_of_every_look(page) == []
    with page.expect_navigation():
        page.locator("main form.form button").press("Enter")
    page.locator('input[name="address"]').fill("东街 8 号")
    assert faults_of_every_look(page) == []


def test_a_name_is_put_right_with_what_is_on_record_beside_it(page_in_turn):
    page = signed_in(page_in_turn(), "village_approver")
    page.goto("/venues?status=verified")
    page.locator("#list table a.row").first.click()
    page.locator('a[href$="/naming"]').click()
    expect(page.locator('input[name="name"]')).not_to_have_value("")
    assert faults_of_every_look(page) == []


def test_a_grid_worker_opens_the_list_of_silent_venues(page_in_turn):
    page = signed_in(page_in_turn(), "grid_worker")
    page.goto("/venues/silent")
    expect(page.locator("h1")).to_be_visible()
    assert faults_of_every_look(page) == []


def test_a_run_is_printed_by_the_worker_and_its_file_taken(page_in_turn):
    page = signed_in(page_in_turn(), "village_approver")
    page.goto("/venues/posters")
    page.locator('select[name="area"]').select_option(index=page.locator('select[name="area"] option').count() - 1)
    with page.expect_navigation():
        page.locator("main form.form button").press("Enter")
    expect(page.locator("#parts form button").first).to_be_visible(timeout=240_000)
    assert faults_of_every_look(page) == []
    with page.expect_download() as taken:
        page.locator("#parts form button").first.click()
    assert taken.value.suggested_filename.startswith("posters-")
