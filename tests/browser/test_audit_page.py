"""The audit trail in a browser: axe, widths, verifying and filtering without scripts, the export."""

import json

import pytest

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


@pytest.fixture
def auditor(page_at):
    def enter(**more):
        page = signed_in(page_at(1366, **more), "auditor")
        page.goto("/audit")
        return page

    return enter


def test_axe_finds_nothing_and_nothing_is_too_wide(page_in_turn):
    page = signed_in(page_in_turn(), "auditor")
    page.goto("/audit")
    line = page.locator("a.row").last.get_attribute("href")
    assert faults_of_every_look(page) == []
    for screen in (line, f"{line}/details"):
        page.goto(screen)
        assert faults_of_every_look(page) == []


def test_the_chain_is_verified_with_one_button(auditor):
    page = auditor(java_script_enabled=False)
    page.locator("button", has_text="现在核验").click()
    page.wait_for_url("**/audit")
    assert "没有改动" in page.locator(".figures").inner_text()
    assert page.locator("a.row", has_text="核验审计链").count() >= 1


def test_a_filter_is_in_the_address_without_scripts(auditor):
    page = auditor(java_script_enabled=False)
    page.locator("#id_action").select_option("accounts.signed_in")
    page.locator(".filters button").click()
    page.wait_for_url("**/audit?action=accounts.signed_in*")
    assert set(page.locator("a.row").all_inner_texts()) == {"登录"}


def test_the_export_is_a_file_with_the_public_key_in_its_first_line(auditor):
    page = auditor()
    with page.expect_download() as download:
        page.locator("button", has_text="导出给外人核验").click()
    first, *rows = download.value.path().read_text("utf-8").splitlines()
    assert len(bytes.fromhex(json.loads(first)["public_key"])) == 32
    assert len(rows) == json.loads(first)["n_sealed"]
