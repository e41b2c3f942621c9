"""The browser tests' own Chromium: when it dies, the test it was in fails and the next finds a new one."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error

from chromium import find_chromium, find_whole_chromium
from tests.browser.browsers import Chromium, started


@pytest.fixture(params=["without windows", "whole"])
def chromium(playwright, request) -> Iterator[Chromium]:
    """Each of the two, for a test alone."""
    with started(playwright, find_whole_chromium() if request.param == "whole" else find_chromium()) as chromium:
        yield chromium


def process_of(chromium) -> int:
    found = chromium.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    (process,) = [each["id"] for each in found if each["type"] == "browser"]
    return process


def kill(chromium) -> None:
    """End the browser's process as the kernel does when memory runs out. Nobody is told."""
    os.kill(process_of(chromium), signal.SIGKILL)


def test_a_chromium_that_died_unnoticed_is_started_anew(chromium):
    kill(chromium)
    profile = chromium.new_profile()
    assert profile.new_page().evaluate("1 + 1") == 2
    profile.close()


def test_a_chromium_that_died_under_a_page_is_started_anew(chromium):
    page = chromium.new_profile().new_page()
    kill(chromium)
    with pytest.raises(Error):
        page.evaluate("1 + 1")
    profile = chromium.new_profile()
    assert profile.new_page().evaluate("1 + 1") == 2
    profile.close()


def test_a_chromium_that_lives_is_kept(chromium):
    chromium.new_profile().close()
    before = chromium.browser
    chromium.new_profile().close()
    assert chromium.browser is before


def test_a_mistake_of_the_test_is_not_taken_for_a_death(chromium):
    with pytest.raises(Error):
        chromium.new_profile(timezone_id="Nowhere/Nowhere").new_page()
    assert chromium.browser.is_connected()


def test_what_playwright_turns_off_is_still_off_and_no_page_of_chromiums_own_is_made(chromium):
    profile = chromium.new_profile()
    profile.new_page()
    told = Path(f"/proc/{process_of(chromium)}/cmdline").read_text().split("\0")
    *before, last = [word.partition("=")[2].split(",") for word in told if word.startswith("--disable-features=")]
    assert before
    assert {feature for each in before for feature in each} <= set(last)
    everything = chromium.browser.new_browser_cdp_session().send("Target.getTargets", {"filter": [{}]})
    assert [each["url"] for each in everything["targetInfos"] if each["url"].startswith("chrome:")] == []
    profile.close()
