"""The transmission tree of three thousand cases in a real browser: folded, opened, walked by keyboard, saved."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fangxian.ops.realm.folder import open_realm
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

ROOT = Path(__file__).resolve().parents[2]
N_CASES = 3000
PUT_ON_RECORD = """
import django, sys
from datetime import date
django.setup()
from tests.integration.outbreak import class_ill, spread
spread(int(sys.argv[1]), first_on=date.fromisoformat(sys.argv[2]))
class_ill(6, onset_on=date.fromisoformat(sys.argv[2]))
"""
WITHIN_MS = 90_000


@pytest.fixture(scope="module")
def outbreak(live_site):
    """Three thousand cases in a few chains, and six children of one class, on record in the running county."""
    first_on = open_realm(live_site.data).clock.now().date() - timedelta(days=50)
    environment = os.environ | {
        "FANGXIAN_DATA": str(live_site.data), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    told = [sys.executable, "-c", PUT_ON_RECORD, str(N_CASES), first_on.isoformat()]
    subprocess.run(told, env=environment, cwd=ROOT, check=True)


@pytest.fixture
def tree(page_at, outbreak):
    """The page, once its island has drawn."""
    page = signed_in(page_at(1366, "en"), "tracing_lead")
    page.goto("/transmission")
    expect(page.get_by_role("tree")).to_be_visible(timeout=WITHIN_MS)
    return page


def n_shown(page: Page) -> tuple[int, int]:
    line = page.locator("[data-part=shown]").inner_text().replace(",", "")
    return tuple(map(int, re.findall(r"\d+", line)))


def test_axe_finds_nothing_and_nothing_is_too_wide(page_in_turn, outbreak):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/transmission")
    expect(page.get_by_role("tree")).to_be_visible(timeout=WITHIN_MS)
    page.get_by_role("tree").focus()
    assert faults_of_every_look(page) == []


def test_axe_finds_nothing_in_the_candidates_of_a_source(page_in_turn, outbreak):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/sources?disease=norovirus&cases=all")
    page.locator("form.filters button").click()
    first = page.locator("main:not(:has(#job)) .shared-thing").first  # while the job runs the page loads itself again
    expect(first).to_be_visible(timeout=WITHIN_MS)
    first.locator("summary").click()
    expect(first.locator("tbody tr")).to_have_count(6)
    assert faults_of_every_look(page) == []


def test_axe_finds_nothing_in_the_form_of_a_link(page_in_turn):
    page = signed_in(page_in_turn(), "tracing_lead")
    page.goto("/transmission/link")
    assert faults_of_every_look(page) == []


def test_three_thousand_cases_are_opened_at_once_and_only_what_is_seen_is_drawn(tree):
    few, n_all = n_shown(tree)
    assert few < 200 < 2900 < n_all
    tree.get_by_role("button", name="Open all").click()
    assert n_shown(tree) == (n_all, n_all)
    assert 10 < tree.get_by_role("treeitem").count() < 400


def test_what_is_drawn_further_down_comes_as_one_scrolls(tree):
    tree.get_by_role("button", name="Open all").click()
    first = tree.get_by_role("treeitem").first.get_attribute("id")
    tree.locator("[data-part=frame]").evaluate("frame => frame.scrollTo(0, frame.scrollHeight)")
    expect(tree.locator(f"#{first}")).to_have_count(0)
    assert tree.get_by_role("treeitem").count() > 10


def test_by_keyboard_a_family_folds_and_opens_and_the_case_is_said(tree):
    tree.get_by_role("tree").focus()
    tree.keyboard.press("Home")
    active = tree.locator(f"#{tree.get_by_role('tree').get_attribute('aria-activedescendant')}")
    expect(active).to_have_attribute("aria-expanded", "true")
    before, _ = n_shown(tree)
    tree.keyboard.press("ArrowLeft")
    expect(active).to_have_attribute("aria-expanded", "false")
    assert n_shown(tree)[0] < before
    tree.keyboard.press("ArrowRight")
    expect(active).to_have_attribute("aria-expanded", "true")
    assert n_shown(tree)[0] == before
    assert re.search(r"\d{6}-\d{4}-\d{4}, 20\d\d-\d\d-\d\d", active.get_attribute("aria-label"))


def test_enter_opens_the_case(tree):
    tree.get_by_role("tree").focus()
    tree.keyboard.press("Home")
    tree.keyboard.press("Enter")
    tree.wait_for_url("**/cases/*")


def test_a_plus_opens_what_is_folded_there(tree):
    before, _ = n_shown(tree)
    more = tree.locator("[data-toggle]", has_text="+").first
    n = int(more.locator("text").text_content()[1:])
    more.click()
    assert before < n_shown(tree)[0] <= before + n


def test_the_first_click_on_a_case_opens_it(tree):
    tree.locator("[role=treeitem] a").nth(2).click()
    tree.wait_for_url("**/cases/*")


def test_no_two_boxes_lie_on_one_another_on_the_screen(tree):
    tree.get_by_role("button", name="Open all").click()
    boxes = tree.evaluate(
        """[...document.querySelectorAll('[role=treeitem] circle')]
        .map((it) => [it.cy.baseVal.value, it.cx.baseVal.value])"""
    )
    boxes.sort()
    assert all(y < next_y or next_x - x >= 72 for (y, x), (next_y, next_x) in pairwise(boxes))


@pytest.mark.parametrize(
    ("button", "ending"), [("Save as SVG", "svg"), ("Save as PNG", "png"), ("Save the links", "csv")]
)
def test_it_is_saved_as_a_file(tree, tmp_path, button, ending):
    with tree.expect_download(timeout=WITHIN_MS) as saved:
        tree.get_by_role("link", name=button).click()
    saved.value.save_as(tmp_path / "saved")
    content = (tmp_path / "saved").read_bytes()
    assert saved.value.suggested_filename.endswith(f".{ending}")
    assert len(content) > 50_000
    assert content.startswith({"svg": b"<svg", "png": b"\x89PNG", "csv": b"\xef\xbb\xbf"}[ending])


def test_without_scripts_the_tree_is_there_and_what_is_folded_opens_by_a_link(page_at, outbreak):
    page = signed_in(page_at(1366, "en", java_script_enabled=False), "tracing_lead")
    page.goto("/transmission")
    page.locator(".tree a", has_text="+").first.click()
    page.wait_for_url("**/transmission?*from=*")
    expect(page.get_by_text("and the cases after it.")).to_be_visible()
    assert page.locator(".tree circle.dot").count() > 1
