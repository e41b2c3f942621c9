"""The phone's own disk: that it runs full is said before a record is lost, and names are gone at their term."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import wait_for
from tests.browser.looks import NARROW
from tests.browser.test_field_app import GO_ON, LONG, enrol, register, unlock, waiting

PIECES = 18  # web/src/core/room.ts
A_LITTLE, NOTHING = 60_000, 1
AT_ONCE = 5
KEYS = """new Promise((done, failed) => {
    const asked = indexedDB.open("fangxian-field");
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
        const found = asked.result.transaction("things").objectStore("things").getAllKeys();
        found.onsuccess = () => { asked.result.close(); done(found.result); };
    };
})"""
USAGE = "navigator.storage.estimate().then(({ usage }) => usage)"


@pytest.fixture
def phone(page_at) -> Page:
    return page_at(NARROW)


def things(page: Page) -> set[str]:
    """The names of what lies on the phone beside the records."""
    return set(page.evaluate(KEYS))


def n_pieces(page: Page) -> int:
    return sum(it.startswith("reserve-") for it in things(page))


def record_until_warned(page: Page) -> int:
    """How many are on the phone then. A browser knows only after a while how much room there is."""
    n = 1

    def is_warned() -> bool:
        nonlocal n
        page.evaluate(GO_ON, [n + 1, n + AT_ONCE])
        page.evaluate("window.all")
        n += AT_ONCE
        return page.locator("[data-part=warning]").is_visible()

    wait_for(page, is_warned)
    return n


def record_until_one_is_not_kept(page: Page, n: int) -> int:
    """How many are on the phone then."""

    def is_lost() -> bool:
        nonlocal n
        is_kept = "没有存下" not in register(page, n + 1)
        n += is_kept
        return not is_kept

    wait_for(page, is_lost)
    return n


def test_a_phone_that_runs_full_says_so_before_a_record_is_lost_and_sends_all_the_same(phone, live_site):
    enrol(phone, "checkpoint_officer")
    wait_for(phone, lambda: n_pieces(phone) == PIECES)
    phone.context.set_offline(True)
    phone.locator("[data-way=passing]").click()
    warning = phone.locator("[data-part=warning]")
    register(phone, 1)
    expect(warning).to_be_hidden()

    disk = phone.context.new_cdp_session(phone)
    whose = {"origin": live_site.url}
    disk.send("Storage.overrideQuotaForOrigin", {**whose, "quotaSize": phone.evaluate(USAGE) + A_LITTLE})
    n = record_until_warned(phone)
    expect(warning).to_contain_text("大约还能记")
    assert waiting(phone) == n, "it was said, and nothing was lost"
    assert 1 < n_pieces(phone) < PIECES

    disk.send("Storage.overrideQuotaForOrigin", {**whose, "quotaSize": NOTHING})
    n = record_until_one_is_not_kept(phone, n)
    expect(warning).to_contain_text("马上就满")
    assert phone.locator("#passing-name").input_value() == f"过客{n + 1}", "what was not kept stays as it was typed"
    assert waiting(phone) == n

    phone.context.set_offline(False)
    expect(phone.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    disk.send("Storage.overrideQuotaForOrigin", whose)
    phone.evaluate("location.hash = '#phone'")
    phone.locator("[data-part=refresh]").click()
    wait_for(phone, lambda: n_pieces(phone) == PIECES)
    expect(warning).to_be_hidden()


def try_wrongly(page: Page, word: str) -> None:
    page.locator("#unlock").fill(word)
    page.locator("[data-part=unlock-form] button").click()
    expect(page.locator("#unlock")).to_have_value("")


def test_a_full_phone_counts_wrong_unlocks_over_a_reload_and_still_opens(phone, live_site):
    enrol(phone, "grid_worker")
    wait_for(phone, lambda: n_pieces(phone) == PIECES and "guard" in things(phone))
    disk = phone.context.new_cdp_session(phone)
    disk.send("Storage.overrideQuotaForOrigin", {"origin": live_site.url, "quotaSize": NOTHING})
    phone.locator("[data-part=lock-now]").click()
    for n in (1, 2):
        try_wrongly(phone, f"wrong {n}")
    phone.reload()
    phone.locator("[data-screen=locked]").wait_for()
    try_wrongly(phone, "wrong 3")
    expect(phone.locator("[data-part=unlock-fault]")).to_contain_text("秒再试")
    later(phone, 1)
    unlock(phone)
    phone.locator("[data-screen=home]").wait_for()


def later(page: Page, hours: int) -> None:
    """The phone was left lying for so long: opened again, its clock shows it."""
    page.context.add_init_script(f"{{ const was = Date.now.bind(Date); Date.now = () => was() + {hours} * 36e5; }}")
    page.goto("/field")
    page.locator("[data-screen=locked]").wait_for()


def test_after_72_hours_without_the_county_the_names_are_gone_before_anybody_unlocks_and_the_records_are_not(phone):
    enrol(phone, "grid_worker")
    wait_for(phone, lambda: {"taken_along", "term", "clock"} <= things(phone))
    phone.context.set_offline(True)
    phone.locator("[data-way=problem]").click()
    phone.locator("#problem-text").fill("口罩不够了")
    phone.locator("[data-part=problem-form] button").click()
    expect(phone.locator("[data-part=outbox]")).to_contain_text("1")

    later(phone, 71)
    assert "taken_along" in things(phone)
    unlock(phone)
    expect(phone.locator("[data-way=people]")).to_be_visible()
    later(phone, 2)
    assert not {"taken_along", "term"} & things(phone)
    unlock(phone)
    phone.locator("[data-screen=home]").wait_for()
    expect(phone.locator("[data-way=people]")).to_be_hidden()
    expect(phone.locator("[data-part=warning]")).to_contain_text("过期，已清除")
    expect(phone.locator("[data-part=outbox]")).to_contain_text("1")

    phone.context.set_offline(False)
    expect(phone.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    expect(phone.locator("[data-way=people]")).to_be_visible(timeout=LONG)
    expect(phone.locator("[data-part=warning]")).to_be_hidden()
