"""Exchange in a real browser: a list comes in with its columns confirmed; a strange county's package is held."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

A_LONG_JOB_MS = 120_000
HEAD = "编号,那个人,联系方式,密接类型,最后接触日期,转归"


def contacts(n: int, mark: str) -> bytes:
    """A list of contacts under a head that no program knows whole, with one row that cannot be; no row of another."""
    rows = [f"{mark}{it},测试{mark}{it},1540{ord(mark):03d}{it:04d},密接,2022-04-06,在观察" for it in range(1, n + 1)]
    return "\r\n".join([HEAD, *rows, f"{mark}0,无日期,,密接,,在观察", ""]).encode("gb18030")


def uploaded(page: Page, content: bytes, source: str) -> Page:
    signed_in(page, "tracing_lead")
    page.goto("/imports")
    page.locator('select[name="kind"]').first.select_option("contacts.list")
    page.locator('input[name="source"]').fill(source)
    page.locator('input[type="file"]').set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form[enctype] button.is-primary").click()
    page.wait_for_url("**/imports/*-*")
    return page


def test_a_list_is_uploaded_mapped_watched_and_its_wrong_row_fetched(page_in_turn, language):
    page = uploaded(page_in_turn(), contacts(120, "甲" if language == "zh" else "乙"), f"县医院 {language}")
    assert faults_of_every_look(page) == []
    page.locator("details.turn:not([open]) > summary").click()  # what no program knows is folded away
    page.get_by_label("那个人").select_option("name")
    page.locator('select[name="disease"]').select_option("covid-19")
    page.locator("main form.form button.is-primary").click()
    # The list may be closed while its job is still at its last step: until that is over the page loads itself again.
    expect(page.locator("main:not(:has(#job)) #result")).to_be_visible(timeout=A_LONG_JOB_MS)
    assert faults_of_every_look(page) == []
    with page.expect_download() as fetched:
        page.locator("#result form button").click()
    assert fetched.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("address", ["/imports", "/handover", "/handover/new"])
def test_the_pages_of_exchange_are_sound_in_every_look(page_in_turn, address):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto(address)
    assert faults_of_every_look(page) == []


def test_a_file_that_is_no_package_is_refused_beside_its_field(page_in_turn, language):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/handover")
    page.locator('input[type="file"]').set_input_files(
        {"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK"}
    )
    page.locator("main form[enctype] button.is-primary").click()
    said = {"zh": "这不是转出包或回执", "en": "This is no package or receipt"}[language]
    expect(page.locator("main form[enctype]")).to_contain_text(said)
    assert faults_of_every_look(page) == []
