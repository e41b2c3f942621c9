"""Carriers' lists in a real browser: uploaded, its columns confirmed, and whom no register has is shown."""

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_handover_pages import A_LONG_JOB_MS

HEAD = "日期,车次,车厢,座位号,姓名,证件号码,手机号,上车站,下车站,谁卖的票"


def passengers(on: str, n: int, mark: str) -> bytes:
    """A train's list of people who live elsewhere, and a row that says of nobody."""
    who = [(f"外地{mark}{it}", f"P{ord(mark)}{it:04}", f"154{ord(mark):04}{it:04}") for it in range(1, n + 1)]
    rows = [f"{on},D{ord(mark)},5,{it}F,{','.join(told)},浮山,太原南,窗口" for it, told in enumerate(who, start=1)]
    return "\r\n".join([HEAD, *rows, f"{on},D1,,,,,,,,", ""]).encode("gb18030")


def test_a_list_is_uploaded_its_columns_confirmed_and_whom_no_register_has_is_shown(page_in_turn, language):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/rides/lists")
    assert faults_of_every_look(page) == []
    on = page.locator("time").first.get_attribute("datetime")[:10]
    mark = "j" if language == "zh" else "y"
    page.locator('input[name="carrier"]').fill(f"铁路公安处 {language}")
    file = {"name": "同乘.csv", "mimeType": "text/csv", "buffer": passengers(on, 60, mark)}
    page.locator('input[type="file"]').set_input_files(file)
    page.locator("main form[enctype] button.is-primary").click()
    page.wait_for_url("**/rides/lists/*-*")
    assert faults_of_every_look(page) == []
    page.locator("main form.form button.is-primary").click()
    expect(page.locator("main:not(:has(#job)) #unmatched tbody tr")).to_have_count(50, timeout=A_LONG_JOB_MS)
    assert faults_of_every_look(page) == []
    with page.expect_download() as fetched:
        page.locator("#unmatched form button").first.click()
    assert fetched.value.suggested_filename.endswith(".xlsx")
