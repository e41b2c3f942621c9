"""Tracing in a real browser: the board renews itself, work is handed out, and a member finishes it with one thumb."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

ROOT = Path(__file__).resolve().parents[2]
RENEWED_WITHIN_MS = 60_000
# Opened by a program of its own, as a laboratory's or a clinic's would be: this process has another realm.
OPEN_A_CASE = """
import django; django.setup()
from fangxian.ops.cases.actions import open_case
from fangxian.ops.cases.wire import NewCase
from fangxian.ops.procedures.start_investigation import start_investigation
told = {"found_by": "clinic", "case_class": "confirmed", "disease": "covid-19", "area_path": "141027100001"}
case = open_case(new=NewCase(name="某某", **told), by="program:test")
start_investigation(case=case.pk, by="program:test")
print(case.number)
"""


@pytest.fixture
def open_a_case(live_site):
    """`open_a_case()`: a case is reported in the running county; its number."""

    def opened() -> str:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"FANGXIAN_DATA": str(live_site.data), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
        told = {"env": environment, "cwd": ROOT, "capture_output": True, "text": True, "check": True}
        return subprocess.run([sys.executable, "-c", OPEN_A_CASE], **told).stdout.strip()

    return opened


def test_the_board_and_its_pages_fit_and_are_sound(page_in_turn, open_a_case):
    open_a_case()
    page = signed_in(page_in_turn(), "tracing_lead")
    faults = []
    for path in ("/tracing", "/tracing/hand-out", "/tracing/roster", "/tasks"):
        page.goto(path)
        faults += [f"{path}: {fault}" for fault in faults_of_every_look(page)]
    assert faults == []


def test_the_wall_fits_and_is_sound(page_in_turn, open_a_case):
    open_a_case()
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/tracing/wall")
    assert faults_of_every_look(page, narrow=1366, wide=1920) == []


def test_the_wall_needs_no_scrolling_however_much_is_stuck(page_in_turn, open_a_case):
    for _ in range(6):
        open_a_case()
    page = signed_in(page_in_turn(), "tracing_lead")
    for width, height in ((1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/tracing/wall")
        expect(page.locator(".stuck-now li")).to_have_count(5)
        needed = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
        assert needed == [height, width]


def test_a_team_is_put_together_with_the_keyboard(page_in_turn, language):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/tracing")
    with page.expect_navigation():
        page.locator("#teams table a.row").first.click()
    with page.expect_navigation():
        page.locator("#members a.button").press("Enter")
    assert faults_of_every_look(page) == []
    page.locator("#join [name=kind]").select_option("township")
    page.locator("#join [name=name]").fill(f"村干部{language}")
    with page.expect_navigation():
        page.locator("#join [name=name]").press("Enter")
    expect(page.locator("#members table")).to_contain_text(f"村干部{language}")
    page.locator("#join [name=post]").fill("nobody")
    with page.expect_navigation():
        page.locator("#join button").click()
    expect(page.locator("#join .error, #join [aria-invalid=true]").first).to_be_visible()
    assert faults_of_every_look(page) == []


def test_a_team_is_founded_and_last_week_s_roster_repeated(page_in_turn, language):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/tracing/teams/new")
    assert faults_of_every_look(page) == []
    page.locator("[name=name]").fill("组长")
    with page.expect_navigation():
        page.locator("main form button").click()
    expect(page.locator("#members table a, #members table td").first).to_be_visible()
    page.goto("/tracing/roster")
    with page.expect_navigation():
        page.locator("#repeat button").click()
    expect(page.locator(".notice").first).to_be_visible()
    assert faults_of_every_look(page) == []


def test_a_case_that_is_reported_comes_onto_the_board_by_itself(page_at, open_a_case):
    page = signed_in(page_at(1366), "tracing_lead")
    page.goto("/tracing")
    page.evaluate("window.isTheSamePage = true")
    number = open_a_case()
    expect(page.locator(".need", has_text=number)).to_be_visible(timeout=RENEWED_WITHIN_MS)
    assert page.evaluate("window.isTheSamePage")


def test_when_the_board_is_no_longer_renewed_it_says_so(page_at, live_site):
    page = signed_in(page_at(1366), "tracing_lead")
    page.route("**/tracing/board", lambda route: route.abort())
    page.goto("/tracing")
    expect(page.locator('[data-when="stale"]')).to_be_visible(timeout=RENEWED_WITHIN_MS)


def test_a_case_is_handed_out_with_the_keyboard_and_is_then_with_a_team(page_at, open_a_case):
    number = open_a_case()
    page = signed_in(page_at(1366, "en"), "tracing_lead")
    page.goto("/tracing/hand-out")
    line = page.locator(".hand-out li", has_text=number)
    expect(line.get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="Hand out what is ticked").press("Enter")
    expect(page.get_by_text("were handed out")).to_be_visible()
    expect(page.locator(".hand-out li", has_text=number)).to_have_count(0)


def test_a_task_is_taken_and_finished_with_one_thumb(page_at, open_a_case):
    number = open_a_case()
    page = signed_in(page_at(360), "tracing_lead")
    page.goto("/tasks")
    task = page.locator(".task", has_text=f"{number}：到达现场")
    task.get_by_role("button", name="我来办").click()
    expect(page.get_by_text("已接手")).to_be_visible()
    page.locator(".task", has_text=f"{number}：到达现场").get_by_role("button", name="已到现场").click()
    expect(page.get_by_text("已办结")).to_be_visible()
    expect(page.locator(".task", has_text=f"{number}：到达现场")).to_have_count(0)
