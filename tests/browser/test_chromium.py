"""The browser tests' own Chromium: when it dies, the test it was in fails and the next finds a new one."""

import os
import signal

import pytest
from playwright.sync_api import Error


def kill(chromium) -> None:
    """End the browser's process as the kernel does when memory runs out. Nobody is told."""
    found = chromium.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    (process,) = [each["id"] for each in found if each["type"] == "browser"]
    os.kill(process, signal.SIGKILL)


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
