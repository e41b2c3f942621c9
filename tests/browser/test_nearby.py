"""A phone that finds out by itself whether it is at the venue: yes or no leaves it, and never where it is."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import enter, gate_of, poster, snapshot_at, wait_for
from tests.browser.looks import faults_of_every_look
from tests.browser.test_venue_owner_page import kept_by_owner

VENUE = {"latitude": 35.968050, "longitude": 111.849470, "accuracy": 8}
NEAR = {"latitude": 35.968123, "longitude": 111.849512, "accuracy": 15}  # 9 m away
FAR = {"latitude": 35.978123, "longitude": 111.849512, "accuracy": 15}
COARSE = {"latitude": 35.968123, "longitude": 111.849512, "accuracy": 2000}
DIGITS = re.compile(r"35\.9[67]81|111\.8495")
AGREE = "localStorage.setItem('fangxian.my.nearby', 'yes')"


@pytest.fixture
def at_the_venue(page_at, live_site, camera):
    """A venue whose owner stood at its door and put the position on record; the camera looks at its poster."""
    page = kept_by_owner(page_at(1366, permissions=["geolocation"], geolocation=VENUE))
    section = page.locator("#position")
    section.locator("summary").click()
    section.locator("[data-part=here] button").click()
    expect(section.locator("[name=latitude]")).to_have_value("35.968050")
    expect(section.locator("[data-part=told]")).to_contain_text("8")
    with page.expect_navigation():
        section.locator("button[value=position]").click()
    expect(page.locator("#position .count")).to_contain_text("35.968050, 111.849470")
    assert faults_of_every_look(page) == []
    door = page.locator("#doors .kept-what").first
    typed = door.locator(".typed").inner_text().replace("-", "").replace(" ", "")
    generation = int(re.search(r"第\s*(\d+)\s*代", door.inner_text())[1])
    camera(poster(live_site.data, typed, generation))
    return page_at


class Watched:
    """Everything a page sends, and everything it writes to the console."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.scans: list[dict] = []
        page.on("request", self._note)
        page.on("console", lambda line: self.sent.append(line.text))

    def _note(self, asked) -> None:
        headers = json.dumps(asked.headers)
        self.sent.append(f"{asked.method} {asked.url} {asked.post_data or ''} {headers}")
        if asked.url.endswith("/scan") and asked.method == "POST":
            self.scans.append(json.loads(asked.post_data))


def scanned(page: Page, *, agreed: bool = True) -> Watched:
    """The poster, scanned by the camera of a resident's phone; until the answer stands there."""
    watched = Watched(page)
    enter(page, "resident", "/my/scan")
    gate = gate_of(page)
    wait_for(page, lambda: snapshot_at(gate) > 0)
    if agreed:
        page.locator("[data-part=nearby-agreed]").check(force=True)
    page.locator("[data-part=start]").click()
    page.locator("[data-part=answer]").wait_for(timeout=20_000)
    return watched


def phone(page_at, where: dict | None, language: str = "zh", **more) -> Page:
    return page_at(360, language, permissions=["camera", "geolocation"], geolocation=where, **more)


def test_a_phone_at_the_door_says_so_and_its_position_is_in_no_request_no_store_and_no_log(at_the_venue, live_site):
    page = phone(at_the_venue, NEAR)
    watched = scanned(page)
    assert [scan["presence"] for scan in watched.scans] == ["located"]
    expect(page.locator("[data-part=more]")).to_contain_text("您就在附近")
    assert faults_of_every_look(page) == []
    assert [line for line in watched.sent if DIGITS.search(line)] == []
    assert not DIGITS.search(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))
    assert not DIGITS.search((live_site.data.parent / "log").read_text())
    asked = [line for line in watched.sent if "/venue-place/FXV" in line]
    assert len(asked) == 1
    assert "cookie" not in asked[0].lower()
    visits = page
    wait_for(visits, lambda: visits.goto("/my/visits") and "按位置" in visits.locator("main").inner_text())


def test_a_phone_elsewhere_and_one_that_is_not_sure_send_none_and_are_answered_all_the_same(at_the_venue):
    page = phone(at_the_venue, FAR, "en")
    watched = scanned(page)
    assert [scan["presence"] for scan in watched.scans] == ["none"]
    expect(page.locator("[data-part=more]")).to_contain_text("Not near")
    hasty = phone(at_the_venue, COARSE, "en")
    watched = Watched(hasty)
    enter(hasty, "resident", "/my/scan")
    hasty.evaluate(AGREE)
    hasty.reload()
    hasty.locator("[data-part=start]").click()
    # It is shown for some seconds only, which a busy machine may need to find out that it can be clicked.
    hasty.locator("[data-part=nearby-pass]:not([hidden])").dispatch_event("click")
    hasty.locator("[data-part=answer]").wait_for()
    assert [scan["presence"] for scan in watched.scans] == ["none"]
    assert [line for line in watched.sent if DIGITS.search(line)] == []


def test_whoever_does_not_agree_is_asked_for_nothing(at_the_venue):
    watched = scanned(phone(at_the_venue, NEAR), agreed=False)
    assert ["presence" in scan for scan in watched.scans] == [False]
    assert [line for line in watched.sent if "/venue-place/" in line] == []


def test_a_browser_that_says_no_turns_it_off_and_the_scan_goes_on(at_the_venue):
    page = at_the_venue(360, permissions=["camera"])
    watched = Watched(page)
    enter(page, "resident", "/my/scan")
    page.evaluate(AGREE)
    page.reload()
    expect(page.locator("[data-part=nearby-told]")).to_contain_text("已关掉这一项")
    expect(page.locator("[data-part=nearby-agreed]")).not_to_be_checked()
    page.locator("[data-part=start]").click()
    page.locator("[data-part=answer]").wait_for()
    assert ["presence" in scan for scan in watched.scans] == [False]


@pytest.mark.parametrize("missing", ["window, 'isSecureContext', {value: false}", "navigator, 'geolocation', {}"])
def test_without_a_receiver_or_without_https_nothing_is_offered(page_at, missing):
    page = page_at(360)
    page.add_init_script(f"Object.defineProperty({missing})")
    enter(page, "resident", "/my/scan")
    expect(page.locator("[data-part=start]")).to_be_visible()
    expect(page.locator("[data-part=nearby]")).to_be_hidden()
