"""The live situation in a real browser: figures that move by themselves, say their age, and stop in words."""

import json
import time
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.realm.folder import open_realm
from tests.browser.doors import write_as_a_gate
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.integration.journal_writing import a_scan

MINUTE = timedelta(minutes=1)
SHOWN_WITHIN_MS = 60_000
FIGURE = '[data-figure="n"] [data-part="value"]'
SHOWS_AT_LEAST = "([it, n]) => Number(document.querySelector(it).textContent.replaceAll(',', '')) >= n"


class Doors:
    """Scans at the county's doors, written as a gate writes them; times are the realm's own."""

    def __init__(self, data: Path):
        self.data, self.n = data, 0

    def scan(self, n: int, *, ago=MINUTE, **more) -> None:
        at = open_realm(self.data).clock.now() - ago
        self.n += n
        scans = [a_scan(900_000 + self.n - k, at, **more) for k in range(n)]
        write_as_a_gate(self.data, scans, at=at)


@pytest.fixture(scope="module")
def doors(live_site):
    """Doors whose scans the site's own ingest has taken in."""
    doors = Doors(live_site.data)
    for venue, n in ((1, 30), (2, 12), (40, 9), (90, 140)):
        doors.scan(n, venue=venue)
    doors.scan(7, venue=2, outcome=Outcome.REFUSE, mask=1)
    doors.scan(2, venue=1, outcome=Outcome.VERIFY, mask=1 << 20)
    doors.scan(15, venue=100, ago=150 * MINUTE)
    _wait_until(lambda: ((_live(live_site.data).get("day") or {}).get("n") or 0) >= 200)
    # How people were answered is told every five minutes of county time only.
    realm = open_realm(live_site.data)
    realm.with_clock(replace(realm.clock, county_anchor=realm.clock.county_anchor + 5 * MINUTE))
    _wait_until(lambda: _live(live_site.data)["day"]["verify"])  # "<5", or more where other tests were at doors too
    return doors


def _live(data: Path) -> dict:
    path = data / "live" / "situation.json"
    return json.loads(path.read_bytes()) if path.exists() else {}


def _wait_until(is_so, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)


@pytest.fixture
def situation_at(page_at, doors):
    def open_page(**told) -> Page:
        page = signed_in(page_at(1366, **told), "commander")
        page.goto("/situation")
        expect(page.locator(FIGURE)).not_to_have_text("—")
        return page

    return open_page


def test_the_page_fits_and_is_sound(page_in_turn, doors):
    page = signed_in(page_in_turn(), "commander")
    page.goto("/situation")
    expect(page.locator(FIGURE)).not_to_have_text("—")
    assert faults_of_every_look(page) == []


def test_the_wall_fits_and_is_sound(page_in_turn, doors):
    page = signed_in(page_in_turn(), "commander")
    page.goto("/situation/wall")
    expect(page.locator(FIGURE)).not_to_have_text("—")
    assert faults_of_every_look(page, narrow=1366, wide=1920) == []


def test_a_scan_at_a_door_moves_the_page_without_a_reload(situation_at, doors):
    page = situation_at()
    before = int(page.locator(FIGURE).inner_text().replace(",", ""))
    page.evaluate("window.isTheSamePage = true")
    doors.scan(11, venue=1, ago=timedelta())
    # Or more: a scan of another test, at its door a moment ago, may be taken in only now.
    page.wait_for_function(SHOWS_AT_LEAST, arg=[FIGURE, before + 11], timeout=SHOWN_WITHIN_MS)
    assert page.evaluate("window.isTheSamePage")


def test_few_are_told_as_few(situation_at):
    page = situation_at()
    told = page.locator("[data-part=townships] td:nth-child(n+4)").all_inner_texts()
    assert not {"1", "2", "3", "4"} & set(told)
    assert "<5" in told


def test_when_the_figures_no_longer_come_the_page_says_so_and_goes_on_by_itself(situation_at):
    page = situation_at()
    stale = page.locator('[data-when="stale"]')
    expect(stale).to_be_hidden()
    page.route("**/situation.json", lambda route: route.abort())
    expect(stale).to_be_visible(timeout=SHOWN_WITHIN_MS)
    expect(page.locator('[data-figure="n"]')).to_have_class("figure is-stale")
    page.unroute("**/situation.json")
    expect(stale).to_be_hidden(timeout=SHOWN_WITHIN_MS)


def test_whoever_is_signed_out_is_told(situation_at):
    page = situation_at()
    page.context.clear_cookies(name="sessionid")
    expect(page.locator('[data-when="signed-out"]')).to_be_visible(timeout=SHOWN_WITHIN_MS)


def test_without_a_script_the_page_is_whole(situation_at):
    page = situation_at(java_script_enabled=False)
    expect(page.locator(FIGURE)).not_to_have_text("—")
    assert page.locator(".map a").count() > 3


def test_the_file_is_served_to_nobody_without_a_session(live_site):
    request = urllib.request.Request(f"{live_site.url}/situation.json", headers={"Cookie": "fangxian_situation=x:y:z"})
    opener = urllib.request.build_opener(_NoRedirect)
    assert opener.open(request, timeout=10).status == 302


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, req, fp, code, msg, headers):
        return fp
