"""A resident's phone: the code that turns, scanning a venue, no network and back."""

from playwright.sync_api import expect

from tests.browser.doors import enter, keep_door, poster
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_axe_finds_nothing_and_nothing_is_too_wide(page_in_turn):
    page = signed_in(page_in_turn(), "resident")
    for address in ("/my", "/my/scan", "/my/visits", "/my/appeals"):
        page.goto(address)
        assert faults_of_every_look(page) == []


def test_appeals_are_answered_on_a_page_that_reads_aloud(page_in_turn):
    resident = page_in_turn()
    enter(resident, "resident", "/my/appeals")
    if resident.locator("textarea").count():
        resident.locator("textarea").fill("4 月 15 日我在家。")
        resident.locator("main form button.is-primary").click()
        resident.wait_for_url("**/my/appeals?done=appeal")
    page = page_in_turn()
    enter(page, "investigator", "/appeals")
    assert faults_of_every_look(page) == []
    page.locator("a.row").first.click()
    page.wait_for_url("**/appeals/*")
    assert faults_of_every_look(page) == []


def test_the_second_under_the_code_moves(page_at):
    page = page_at(360)
    enter(page, "resident", "/my")
    second = page.locator("[data-part=second]")
    first = second.inner_text()
    expect(second).not_to_have_text(first)
    expect(page.locator("[data-island=my-code]")).to_have_attribute("data-standing", "fresh")


def test_a_thumb_can_press_everything(page_at):
    page = page_at(360)
    enter(page, "resident", "/my/scan")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main input, .places a, .foot a, .foot button")]
            .map((thing) => thing.closest("label") ?? thing)
            .filter((thing) => thing.offsetParent && thing.getBoundingClientRect().height < 48)
            .map((thing) => thing.outerHTML)"""
    )
    assert small == []


def test_a_venue_is_scanned_by_camera_once_however_long_it_is_in_view(page_at, live_site, camera):
    keeper = page_at(360)
    typed = keep_door(keeper)
    camera(poster(live_site.data, typed))
    page = page_at(360, permissions=["camera"])
    sent = []
    page.on("request", lambda asked: asked.url.endswith("/scan") and asked.method == "POST" and sent.append(asked))
    enter(page, "resident", "/my/scan")
    page.locator("[data-part=start]").click()
    answer = page.locator("[data-part=answer]")
    answer.wait_for()
    assert answer.get_attribute("data-outcome") in ("admit", "verify")
    expect(page.locator("[data-part=venue]")).to_contain_text("号门")
    page.locator("[data-part=again]").click()
    answer.wait_for()
    assert len(sent) == 1


def test_without_a_network_the_scan_is_kept_and_sent_later_under_its_own_id(page_at):
    typed = keep_door(page_at(360))
    page = page_at(360, "en")
    enter(page, "resident", "/my/scan")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#typed").fill(typed)
    page.locator(".typed-row button").click()
    answer = page.locator("[data-part=answer]")
    answer.wait_for()
    assert answer.get_attribute("data-outcome") == "unknown"
    kept = page.evaluate("JSON.parse(localStorage.getItem('fangxian.my.outbox'))")
    assert len(kept) == 1
    page.context.set_offline(False)
    expect(answer).not_to_have_attribute("data-outcome", "unknown")
    assert page.evaluate("localStorage.getItem('fangxian.my.outbox')") is None


def test_a_short_code_that_is_too_short_is_said_beside_it(page_at):
    page = page_at(360)
    enter(page, "resident", "/my/scan")
    page.locator("#typed").fill("ab1")
    page.locator(".typed-row button").click()
    assert "9" in page.locator("#typed-fault").inner_text()
