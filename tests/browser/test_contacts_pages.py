"""Contacts in a real browser: an investigator decides on some, a grid worker follows one up on a phone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, faults, faults_of_every_look
from tests.browser.signing_in import signed_in

ROOT = Path(__file__).resolve().parents[2]
# Six contacts of one case: residents of one grid worker's cell, proposed; the last of them confirmed and due today.
PROPOSED = """
import json
from datetime import timedelta
from uuid import uuid4
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.accounts.demo import demo_accounts
from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.actions import open_follow_ups, propose_contacts
from fangxian.ops.contacts.wire import NewContact, Who, Why
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.realm.current import county_now
at, case = county_now(), uuid4()
cell = next(it.area_path for it in demo_accounts() if it.role.name == "grid_worker")
people = Person.objects.filter(area_path__startswith=cell, merged_into=None).order_by("born_on", "pk")[:6]
assert len(people) == 6, cell
new = [
    NewContact(
        ring="close-contact", area_path=person.area_path, person=person.pk, found_by="scan", minutes=20 + 10 * n,
        n_meetings=1 + n, weight=float(n), first_exposure_at=at - timedelta(days=3), who=Who(occupation="farmer"),
        last_exposure_at=at - timedelta(days=1),
        why=[Why(kind="scan", place_name="百货大楼", begins_at=at - timedelta(days=1, hours=n), minutes=20 + 10 * n,
                 presence=Presence.STAFFED)],
    )
    for n, person in enumerate(people)
]
ids = propose_contacts(case=case, disease="covid-19", contacts=new, by="program:test", unit="县疾控中心").ids
lead = Account.objects.get(username="investigator-1")
confirm_contacts(contacts=[ids[5]], ring="close-contact", reason="同住", by=lead)
open_follow_ups(at=at, by="program:test")
met = f"{at - timedelta(hours=5):%Y-%m-%dT%H:%M}"
print(json.dumps({"case": str(case), "ids": [str(pk) for pk in ids], "cell": cell, "met": met}))
"""


def in_realm(data: Path, program: str) -> dict:
    """What a program says, as JSON, that runs inside the realm of the site."""
    environment = {**os.environ, "FANGXIAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    environment.pop("DATABASE_URL", None)
    told = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{program}"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.fixture
def told(live_site) -> dict:
    return in_realm(live_site.data, PROPOSED)


def named(page: Page, zh: str, en: str):
    return page.get_by_role("button", name=re.compile(f"^({zh}|{en})$"))


def test_an_investigator_decides_on_the_rows_that_were_ticked(page_in_turn, told, language):
    page = signed_in(page_in_turn(), "investigator")
    page.goto(f"/contacts?case={told['case']}&state=proposed")
    boxes = page.locator("tbody .tick input")
    expect(boxes).to_have_count(5)
    assert faults_of_every_look(page) == []
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(page.locator("[data-part=n-chosen]")).to_have_text("2")
    page.locator("#id_ring").last.select_option("close-contact")
    page.get_by_label(re.compile("理由|Reason")).fill("同桌就餐")
    named(page, "判定", "Confirm").click()
    expect(page.locator(".notice").first).to_contain_text(re.compile("已判定|Confirmed"))
    expect(page.locator("tbody .tick input")).to_have_count(3)


def test_what_was_ticked_and_typed_is_kept_when_something_is_missing(page_in_turn, told, language):
    page = signed_in(page_in_turn(), "investigator")
    page.goto(f"/contacts?case={told['case']}&state=proposed")
    page.locator("tbody .tick input").nth(2).check()
    page.get_by_label(re.compile("理由|Reason")).fill("同桌就餐")
    named(page, "判定", "Confirm").click()
    expect(page.locator(".deciding .error")).to_contain_text(re.compile("还没有选圈层|No ring was chosen"))
    expect(page.get_by_label(re.compile("理由|Reason"))).to_have_value("同桌就餐")
    expect(page.locator("tbody .tick input").nth(2)).to_be_checked()
    assert faults(page) == []


def test_one_contact_is_read_and_rejected_with_a_reason(page_in_turn, told, language):
    page = signed_in(page_in_turn(), "investigator")
    page.goto(f"/contacts/{told['ids'][0]}")
    expect(page.locator("#why")).to_contain_text("百货大楼")
    assert faults_of_every_look(page) == []
    page.locator("#decide").get_by_label(re.compile("理由|Reason")).fill("监控显示未到场")
    page.locator("#decide").get_by_role("button", name=re.compile("^(排除|Reject)$")).click()
    expect(page.locator("#changes")).to_contain_text("监控显示未到场")
    expect(page.locator("#standing")).to_contain_text(re.compile("已排除|rejected"))


def test_whom_a_contact_names_is_put_on_record_from_the_contacts_page(page_in_turn, told, language):
    page = signed_in(page_in_turn(), "investigator")
    page.goto(f"/contacts/{told['ids'][5]}")
    page.locator("#through").get_by_role("link", name=re.compile("登记密接的密接|contact of a contact")).click()
    page.locator("[name=name]").fill("测次密")
    page.locator("[name=phone]").fill("15400009876")
    page.locator("[name=last_exposure_at]").fill(told["met"])
    assert faults_of_every_look(page) == []
    named(page, "登记", "Put on record").click()
    expect(page.locator("#standing")).to_contain_text(re.compile("次密接|contact of a contact"))
    expect(page.locator(f"#standing a[href$='{told['ids'][5]}']")).to_be_visible()


def test_a_grid_worker_follows_a_contact_up_with_a_thumb(page_at, told, language):
    page = signed_in(page_at(NARROW, language), "grid_worker")
    page.goto(f"/contacts/today?area={told['cell']}")
    expect(page.locator("#people li").first).to_be_visible()
    assert faults_of_every_look(page) == []
    with page.expect_navigation():
        page.locator(f"#people a[href*='{told['ids'][5]}']").click()
    assert faults_of_every_look(page) == []
    page.get_by_label(re.compile("见到本人|seen")).check()
    page.get_by_label(re.compile("体温|Temperature")).fill("38.1")
    page.get_by_label(re.compile("咳嗽|cough")).check()
    named(page, "记下", "Record").click()
    expect(page.locator(".notice").first).to_contain_text(re.compile("已记下|Recorded"))
    expect(page.locator(f"#done a[href*='{told['ids'][5]}']")).to_contain_text(re.compile("有症状|symptoms"))


def test_the_daily_figures_can_be_read(page_in_turn, told, language):
    page = signed_in(page_in_turn(), "investigator")
    page.goto("/contacts/figures")
    expect(page.locator("#ours")).to_contain_text(re.compile("核实追踪中|Being traced"))
    assert faults_of_every_look(page) == []
