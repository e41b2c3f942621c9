"""The county's own spreadsheet in a real browser: brought, checked, taken out filled in."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.integration.sheet_hand import cells, form

NAMES = {"zh": "返乡台账（试）", "en": "returnees, tried"}


@pytest.fixture
def page(page_in_turn):
    return signed_in(page_in_turn(), "dispatcher")


def test_a_form_is_brought_checked_and_taken_out_filled_in(page, language):
    page.goto("/sheets")
    assert faults_of_every_look(page) == []
    page.locator("#bring input[type=text]").fill(NAMES[language])
    page.locator("#bring select").select_option("arrivals")
    file = {"name": "form.xlsx", "mimeType": "application/octet-stream", "buffer": form(second_sheet=True)}
    page.locator("#bring input[type=file]").set_input_files(file)
    page.locator("#bring button.is-primary").click()
    page.wait_for_url("**/columns*")
    assert faults_of_every_look(page) == []
    page.locator("select[name=column_4]").select_option("measure")
    page.locator("button[value=confirm]").click()
    page.wait_for_url("**done=confirmed")
    expect(page.locator("#fill")).to_contain_text("人数/在途")
    page.locator("#fill select[name=days]").select_option("31")
    with page.expect_download() as download:
        page.locator("#fill button").click()
    rows = cells(Path(download.value.path()).read_bytes())
    assert rows[1][0] == "填报单位：浮山县"
    page.reload()
    expect(page.locator("#fills tbody tr")).to_have_count(1)
    assert faults_of_every_look(page) == []
