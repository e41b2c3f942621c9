"""The three comparisons in a real browser: two lists become findings, and a doubtful pair is decided by keyboard."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

HEADERS = "姓名,证件号码,手机号码,现住址,返乡日期,备注"
A_LONG_JOB_MS = 120_000
# One passport under two names: nobody but a person can say.
DECLARED = ("张建国,E1234567,15411111111,,2022-04-06", "王小明,,15433333333,浮山县天坛镇,2022-04-06")
GRID = ("李桂英,E1234567,15455555555,,2022-04-06", "王小明,,15433333333,浮山县天坛镇,2022-04-02")
PICTURES = os.environ.get("FANGXIAN_PICTURES", "")


def seen(page: Page, name: str) -> None:
    """Nothing is wrong with the page in any of its looks; a picture of it where somebody asked for pictures."""
    assert faults_of_every_look(page) == []
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def added(page: Page, role: str, sender: str, rows: tuple[str, ...]) -> None:
    """A list uploaded and its columns confirmed as they were proposed.

    The comparison stands in it, for a file that another one confirmed already has nothing left to confirm.
    """
    content = "\r\n".join((HEADERS, *(f"{row},{page.url}" for row in rows))).encode("gb18030")
    page.locator('select[name="sender"]').select_option(sender)
    page.locator('select[name="role"]').select_option(role)
    page.locator('input[type="file"]').set_input_files(
        {"name": f"{role}.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.locator('form[enctype] button:not([name="do"])').click()
    page.wait_for_url("**/lists/*")
    if role == "declared":
        seen(page, "compare-columns")
    page.locator("main form button.is-primary").click()
    page.wait_for_url("**done=added")


def compared(page: Page) -> str:
    """A comparison of two lists, opened and run by pages; its address."""
    signed_in(page, "dispatcher")
    page.goto("/comparisons/new")
    page.locator('input[name="title"]').fill("4月6日起返乡人员")
    for box in page.locator('input[name="own"]').all():
        box.uncheck()
    seen(page, "compare-new")
    page.locator("main form button.is-primary").click()
    page.wait_for_url("**done=opened")
    added(page, "declared", "transport", DECLARED)
    added(page, "grid", "township", GRID)
    page.locator('button[name="do"][value="run"]').click()
    expect(page.locator("#figures")).to_be_visible(timeout=A_LONG_JOB_MS)
    return page.url.split("?")[0]


def test_two_lists_are_compared_and_a_doubtful_pair_is_decided_by_keyboard(page_in_turn, language):
    page = page_in_turn()
    here = compared(page)
    seen(page, "compare-one")
    page.goto(f"{here}/people")
    seen(page, "compare-people")
    page.locator("table a.row").first.click()
    page.wait_for_url("**/people/*")
    seen(page, "compare-person")
    page.goto(f"{here}/doubtful")
    page.locator('#showing select[name="reason"]').select_option("verify")
    page.locator('#showing button[value="show"]').click()
    expect(page.locator('[data-key="1"]')).to_be_visible()
    seen(page, "compare-doubtful")
    page.keyboard.press("2")
    page.wait_for_url("**done=decided*")
    expect(page.locator('[data-key="1"]')).to_have_count(0)
    page.keyboard.press("u")
    page.wait_for_url("**done=reopened")
    expect(page.locator('[data-key="1"]')).to_be_visible()
    page.goto("/comparisons")
    seen(page, "compare-list")
