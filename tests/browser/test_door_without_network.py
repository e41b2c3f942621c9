"""A door whose network goes in the middle of a shift: it answers by what it knows, says from when that is, and tells
the keeper later what the gate says."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.doors import enter, keep_door, own_code, wait_for
from tests.browser.looks import faults_of_every_look

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*", "Content-Type": "application/json"}
RED = {"rule": "D-01", "zh": "健康码为红码，不能进入。", "en": "The health code is red; entry is not possible."}
ANSWER = {"health": "red", "travel": "clear", "test_age_hours": 20, "because": [RED], "snapshot": 1}
SCANS_KEPT = """() => new Promise((done) => {
    const asked = indexedDB.open("fangxian-door");
    asked.onsuccess = () => {
        const all = asked.result.transaction("scans").objectStore("scans").getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result.map((one) => one.scan)); };
    };
})"""
# Both clocks of the page, or the one that can be set, go on by so many hours.
SET = "const set = (it, h) => { const was = it.now.bind(it); it.now = () => was() + h * 36e5; };"
BOTH_CLOCKS = f"(h) => {{ {SET} set(Date, h); set(performance, h); }}"
DEVICE_CLOCK = f"(h) => {{ {SET} set(Date, h); }}"
# The browser's own database opens late, and nothing is asked a second time: what is shown came by itself.
OPENS_LATE = """const open = indexedDB.open.bind(indexedDB);
window.setInterval = () => 0;
indexedDB.open = (...which) => {
    const asked = {};
    setTimeout(() => {
        const real = open(...which);
        for (const event of ["onupgradeneeded", "onsuccess", "onerror", "onblocked"]) real[event] = () => {
            asked.result = real.readyState === "done" ? real.result : undefined;
            asked[event]?.();
        };
    }, 1000);
    return asked;
};
"""
NO_ED25519 = """const known = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, kind, ...more) => kind.name === "Ed25519"
    ? Promise.reject(new DOMException("", "NotSupportedError")) : known(form, key, kind, ...more);
"""


@pytest.fixture
def door(page_at, camera):
    """`door(language, script="")`: a keeper's phone with everything it takes along, and a visitor's code before it."""
    visitor = page_at(360)
    enter(visitor, "resident", "/my")

    def kept(language="zh", script=""):
        page = page_at(360, language, permissions=["camera"])
        if script:
            page.add_init_script(script)
        keep_door(page)
        expect(page.locator("[data-part=line]")).to_have_attribute("data-standing", "good")
        wait_for(page, lambda: page.evaluate("caches.match('/door').then((found) => found !== undefined)"))
        camera(own_code(visitor))
        return page

    return kept


def cut(page) -> None:
    """The network goes; the page has noticed."""
    page.context.set_offline(True)
    expect(page.locator("[data-part=line]")).to_have_attribute("data-kind", "gone")


def scanned(page, outcome: str):
    """The answer to the code before the camera, with a temperature taken."""
    page.locator("[data-part=temperature]").fill("36.5")
    page.locator("[data-part=start]").click()
    # It covers the page for some seconds only, which a busy machine may not look at: what it was stays on it.
    answer = page.locator(f"[data-part=answer][data-outcome={outcome}]")
    answer.wait_for(state="attached")
    return answer


def told_by(route, told) -> None:
    """What the gate tells of each scan that is sent to it."""
    if route.request.method == "OPTIONS":
        return route.fulfill(status=204, headers=CORS)
    scans = json.loads(route.request.post_data)["scans"]
    results = [{"id": scan["id"], "snapshot_age_seconds": 0, **ANSWER, **told} for scan in scans]
    return route.fulfill(status=200, headers=CORS, body=json.dumps({"results": results}))


def test_in_the_middle_of_a_shift_the_door_goes_on_by_the_same_rules_and_sends_what_it_answered(door):
    page = door()
    cut(page)
    assert "离线 · 依据" in page.locator("[data-part=line]").inner_text()
    answer = scanned(page, "admit")
    assert "离线 · 依据" in answer.locator("[data-part=mark]").inner_text()
    assert "绿码" in answer.locator("[data-part=more]").inner_text()
    (kept,) = page.evaluate(SCANS_KEPT)
    assert kept["decided"] == {"outcome": "admit", "at": kept["scanned_at"]}
    expect(page.locator("[data-part=outbox]")).to_have_attribute("data-waiting", "true")
    page.context.set_offline(False)
    expect(page.locator("[data-part=log] [data-part=mark]").first).to_contain_text("补送")
    expect(page.locator("[data-part=outbox]")).to_have_attribute("data-waiting", "false")
    assert page.evaluate(SCANS_KEPT) == []
    expect(page.locator("[data-part=later]")).to_be_hidden()


def test_a_browser_that_knows_no_ed25519_proves_codes_all_the_same(door):
    page = door(script=NO_ED25519)
    cut(page)
    scanned(page, "admit")


def test_who_was_let_in_and_is_refused_later_is_shown_to_the_keeper(door):
    page = door("en")
    cut(page)
    scanned(page, "admit")
    page.route("**/scans", lambda route: told_by(route, {"outcome": "refuse"}))
    page.context.set_offline(False)
    later = page.locator("[data-part=later]")
    expect(later).to_be_visible(timeout=20_000)
    assert "was Pass, is now Stop" in later.inner_text()
    assert faults_of_every_look(page) == []
    page.reload()
    expect(later).to_be_visible()
    later.locator("[data-part=seen]").click()
    expect(later).to_be_hidden()


@pytest.mark.parametrize("hours", [-24, 24])
def test_a_phone_whose_clock_is_set_a_day_wrong_lets_nobody_pass_and_says_why(door, hours):
    page = door("en")
    cut(page)
    page.evaluate(DEVICE_CLOCK, hours)
    answer = scanned(page, "verify")
    assert "clock is not certain" in answer.locator("[data-part=reason]").inner_text()
    page.locator("[data-part=next]").click()
    page.context.set_offline(False)
    expect(page.locator("[data-part=log] [data-part=mark]").first).to_contain_text("sent late")
    assert "Pass" in page.locator("[data-part=log] li").first.inner_text(), "dated so that the gate could take it"


def test_a_bundle_that_is_over_decides_nothing_and_says_so(door):
    page = door("en")
    cut(page)
    page.evaluate(BOTH_CLOCKS, 13)
    expect(page.locator("[data-part=line]")).to_contain_text("has expired")
    page.locator("#document").fill("E12345678")
    page.locator("[data-part=document-form] button").click()
    answer = page.locator("[data-part=answer]")
    expect(answer).to_have_attribute("data-outcome", "verify")
    assert "nobody can be let in or turned away" in answer.locator("[data-part=reason]").inner_text()


def test_a_page_opened_again_without_a_network_keeps_its_scans_and_asks_for_checks(door):
    page = door()
    cut(page)
    scanned(page, "admit")
    page.reload()
    page.locator("[data-part=desk]").wait_for()
    expect(page.locator("[data-part=outbox]")).to_contain_text("1")
    expect(page.locator("[data-part=line]")).to_contain_text("本机时间对不上")
    scanned(page, "verify")


def test_what_waits_is_shown_as_soon_as_it_is_found_and_no_phone_is_given_up_before(door):
    page = door()
    cut(page)
    scanned(page, "admit")
    page.add_init_script(OPENS_LATE)
    page.reload()
    page.locator("[data-part=desk]").wait_for()
    page.locator("details", has=page.locator("[data-part=forget]")).locator("summary").click()
    page.locator("[data-part=forget]").click()
    expect(page.locator("[data-part=still-kept]")).to_contain_text("1")
    expect(page.locator("[data-part=outbox]")).to_contain_text("1")
    expect(page.locator("[data-part=line]")).to_have_attribute("data-standing", "good")


def test_an_answer_that_the_gate_could_not_write_down_waits_and_is_sent_again(door):
    page = door("en")

    def full(route):
        if route.request.method == "OPTIONS":
            return route.fulfill(status=204, headers=CORS)
        told = {"id": "", "outcome": "verify", "snapshot_age_seconds": 0, **ANSWER, "recorded": False}
        return route.fulfill(status=200, headers=CORS, body=json.dumps(told))

    page.route("**/scan", full)
    answer = scanned(page, "verify")
    assert "not recorded yet" in answer.locator("[data-part=do]").inner_text()
    expect(page.locator("[data-part=log] [data-part=mark]").first).to_contain_text("sent late")
    expect(page.locator("[data-part=outbox]")).to_have_attribute("data-waiting", "false")
