"""Leaving the county in a real browser: checks as one types, the permit on the phone, those who decide, the way out."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from fangxian.ops.realm.folder import open_realm
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.integration.running_county import ROOT, environment

# Whoever decides where the resident of the demo lives is another account than the one that stands for its role.
AGREE = """
import django
django.setup()
from fangxian.ops.departures.queries import application_with, step_with
from fangxian.ops.departures.models import Application
from fangxian.ops.procedures.apply_to_leave import decide_departure
from fangxian.ops.procedures.seed_departures import decider_of
from fangxian.ops.documents.queries import find
row = Application.objects.filter(state="village").latest("entered_at")
while (step := step_with(row.pk)) is not None:
    by = decider_of(step.level, row.area_path)
    decide_departure(application=row.pk, step=step.pk, is_approved=True, reason="", by=by)
print(find(application_with(row.pk).document).proof)
"""


def everybody_agrees(data: Path) -> str:
    """The village and the township agree to the newest application; the text of the permit's code."""
    told = environment(data) | {"DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    done = subprocess.run([sys.executable, "-c", AGREE], env=told, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip().splitlines()[-1]


def type_where_to(page: Page, text: str) -> None:
    page.locator('input[name="going"]').press_sequentially(text)


def test_a_resident_applies_has_the_permit_and_leaves_with_it_once(page_in_turn, live_site, language, camera):
    page = signed_in(page_in_turn(), "resident")
    page.goto("/my/departures")
    type_where_to(page, "朝阳")
    expect(page.locator(".checks fieldset input").first).to_be_visible()
    page.locator('input[name="going"]').fill("")
    type_where_to(page, "临汾尧都")
    expect(page.locator(".checks .meant")).to_contain_text("尧都区")
    expect(page.locator(".requirements li")).not_to_have_count(0)
    assert faults_of_every_look(page) == []
    page.locator('input[name="leaves_on"]').fill(open_realm(live_site.data).clock.now().date().isoformat())
    page.locator('select[name="purpose"]').select_option("medical")
    page.locator('textarea[name="why"]').fill("复诊，已约号")
    page.locator('button[value="send"]').click()
    page.wait_for_url("**/my/departures/*done=sent")
    assert faults_of_every_look(page) == []
    one = page.url.partition("?")[0]
    text = everybody_agrees(live_site.data)
    page.goto(one)
    expect(page.locator("#permit svg").first).to_be_visible()
    assert faults_of_every_look(page) == []
    officer = signed_in(page_in_turn(permissions=["camera"]), "checkpoint_officer")
    officer.goto("/departures/exit")
    camera(text)
    officer.locator("[data-part=scan]").click()
    expect(officer.locator('input[name="permit"]')).to_have_value(text)
    assert faults_of_every_look(officer) == []
    officer.locator('button[value="exit"]').click()
    expect(officer.locator(".exit-answer.is-let")).to_be_visible()
    assert faults_of_every_look(officer) == []
    commander = signed_in(page_in_turn(), "commander")
    commander.goto("/departures?which=away")
    assert faults_of_every_look(commander) == []
    with commander.expect_navigation():
        commander.locator("tbody a.row").first.click()
    assert faults_of_every_look(commander) == []
    with commander.expect_navigation():
        commander.locator('button[value="returned"]').click()
    expect(commander.locator(".timeline")).to_be_visible()
