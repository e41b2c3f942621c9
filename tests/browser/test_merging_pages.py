"""Merging, and undoing it, as an investigator does: two cases of one person, and a resident on record twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_contacts_pages import in_realm

# Two cases of one name and birth with a contact each, and a resident with a second record by passport.
TWICE = """
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4
from fangxian.ops.cases.actions import open_case
from fangxian.ops.cases.wire import NewCase
from fangxian.ops.contacts.actions import propose_contacts
from fangxian.ops.contacts.wire import NewContact
from fangxian.ops.people.actions import register_persons
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
at, by, mark = county_now(), "program:test", uuid4().hex[:6].upper()
one, met = Person.objects.filter(merged_into=None, household__isnull=False, account=None).order_by("pk")[:2]
case = NewCase(
    disease="covid-19", area_path=one.area_path, name="试病人" + mark, sex="male", born_on=one.born_on,
    found_by="clinic", case_class="confirmed", document_kind="passport", document_number="E1" + mark,
)
cases = [open_case(new=it, by=by) for it in (case, replace(case, document_kind="other", document_number="X" + mark))]
for it in cases:
    told = NewContact(ring="close-contact", area_path=met.area_path, person=met.pk, found_by="interview",
                      first_exposure_at=at - timedelta(days=2), last_exposure_at=at - timedelta(days=1), minutes=30)
    propose_contacts(case=it.pk, disease="covid-19", contacts=[told], by=by, unit="县疾控中心")
second = Person(area_path=one.area_path, name=one.name, sex=one.sex, born_on=one.born_on, relation="head",
                document_kind="passport", document_number="E2" + mark + "0", on_record_since=at)
register_persons(persons=[second], by=by)
print(json.dumps({"cases": [str(it.pk) for it in cases], "person": str(one.pk), "number": second.document_number}))
"""
REASON = re.compile("怎么知道|How it is known")


@pytest.fixture
def told(live_site) -> dict:
    return in_realm(live_site.data, TWICE)


def press(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(f"^({words})$")).click()


def open_newest_merge(page: Page) -> None:
    with page.expect_navigation():
        page.locator("#merges tbody a").first.click()


def test_two_cases_are_merged_and_parted_again(page_in_turn, told):
    page = signed_in(page_in_turn(), "investigator")
    page.goto(f"/cases/{told['cases'][0]}")
    page.locator("#deed-merge summary").click()
    page.locator("#deed-merge").get_by_label(re.compile("为什么是同一人|Why they are one")).fill("一人两证")
    with page.expect_navigation():
        page.locator("#deed-merge button[value=merge]").click()
    open_newest_merge(page)
    expect(page.locator("#returns")).to_contain_text(re.compile("接触者|contacts"))
    assert faults_of_every_look(page) == []
    page.get_by_label(REASON).fill("户籍核对，是两个人")
    press(page, "撤销合并|Undo the merge")
    expect(page.locator(".notice").first).to_contain_text(re.compile("合并已撤销|The merge is undone"))
    assert faults_of_every_look(page) == []
    page.goto(f"/cases/{told['cases'][1]}")
    expect(page.locator("#merges")).to_contain_text(re.compile("已撤销|undone"))


def test_somebody_on_record_twice_is_found_by_the_other_number_and_merged(page_in_turn, told):
    page = signed_in(page_in_turn(), "investigator")
    page.goto(f"/persons/{told['person']}/merge")
    assert faults_of_every_look(page) == []
    page.locator("#find input[name=number]").fill(told["number"])
    press(page, "查找|Find")
    assert faults_of_every_look(page) == []
    page.get_by_label(REASON).fill("护照和身份证是一个人的")
    press(page, "合并为一份|Merge into one")
    expect(page.locator("#merges")).to_contain_text(re.compile("已合并|merged"))
    open_newest_merge(page)
    page.get_by_label(REASON).press_sequentially("户籍核对")
    with page.expect_navigation():
        page.get_by_label(REASON).press("Enter")
    expect(page.locator(".notice").first).to_contain_text(re.compile("合并已撤销|The merge is undone"))
