"""A gate that hangs, seen in headquarters: on the page and on the wall, what to do, and that it is over."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

SHOWN_WITHIN_MS = 90_000


def gate_process(data: Path) -> int:
    """The gate of the live site, by the folder it reads."""
    for folder in Path("/proc").iterdir():
        try:
            told = (folder / "cmdline").read_bytes().split(b"\0")
            if b"gate" in told[:4] and f"FANGXIAN_DATA={data}".encode() in (folder / "environ").read_bytes().split(
                b"\0"
            ):
                return int(folder.name)
        except (OSError, ValueError):
            continue
    raise AssertionError("the live site has no gate")


@contextmanager
def a_gate_that_hangs(data: Path) -> Iterator[None]:
    process = gate_process(data)
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def watched(page: Page, address: str) -> Page:
    signed_in(page, "commander").goto(address)
    expect(page.locator("[data-when-alarms=none]")).to_be_visible(timeout=SHOWN_WITHIN_MS)
    return page


def test_with_nothing_wrong_the_page_says_so_and_the_moment_goes_on(page_in_turn):
    page = watched(page_in_turn(), "/situation")
    moment = page.locator("[data-when-alarms=none] [data-part=as-of]")
    before = moment.inner_text()
    expect(moment).not_to_have_text(before, timeout=SHOWN_WITHIN_MS)
    assert faults_of_every_look(page) == []


def test_a_gate_that_hangs_is_shown_with_what_to_do_and_is_over_when_it_goes_on(page_at, live_site):
    page, wall = watched(page_at(360), "/situation"), watched(page_at(1366, "en"), "/situation/wall")
    with a_gate_that_hangs(live_site.data):
        alarm = page.locator("li.alarm[data-kind=gate-silent]")
        expect(alarm).to_be_visible(timeout=SHOWN_WITHIN_MS)
        expect(alarm).to_contain_text("紧急")
        expect(alarm).to_contain_text("照断网查验")
        expect(alarm.locator("[data-part=page]")).to_have_text("docs/operations/gate-silent.md")
        expect(page.locator("[data-when-alarms=none]")).to_be_hidden()
        assert faults_of_every_look(page) == []
        expect(wall.locator("li.alarm.is-urgent")).to_contain_text("Act now", timeout=SHOWN_WITHIN_MS)
        expect(wall.locator("li.alarm.is-urgent")).to_contain_text("The gate does not answer (Gate 1)")
        assert faults_of_every_look(wall, narrow=1366, wide=1920) == []
    expect(page.locator("[data-when-alarms=none]")).to_be_visible(timeout=SHOWN_WITHIN_MS)
    page.locator("[data-part=over-box] summary").click()
    expect(page.locator("[data-part=over]")).to_contain_text("门岗没有应答", timeout=SHOWN_WITHIN_MS)
    assert faults_of_every_look(page) == []
