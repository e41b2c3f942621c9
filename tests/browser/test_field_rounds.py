"""A grid worker's rounds on the phone: priority places without a network, a task with a page of its own, and the forms
of a follow-up, an enquiry and an inspection, in both languages."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_contacts_pages import in_realm
from tests.browser.test_field_app import LONG, enrol, unlock

WHAT_THE_PAGE_HOLDS = """[...document.querySelectorAll("[data-screen]")].map((screen) =>
    screen.textContent + [...screen.querySelectorAll("input, textarea")].map(({ value }) => value).join()).join()"""
# In the cell of the demo's grid worker: somebody to follow up today, somebody to ask about a stay, a silent venue, and
# two arrivals that a relative told of: of a resident, and of somebody who is on no register.
ROUNDS = """
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4
from django.utils.timezone import localtime
from fangxian.core.refusal import Said
from fangxian.ops.accounts.demo import demo_accounts
from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals.models import Proposal
from fangxian.ops.arrivals.wire import NewProposal, Told, ToldStay
from fangxian.ops.contacts.actions import open_follow_ups, propose_contacts
from fangxian.ops.contacts.wire import NewContact, Who, Why
from fangxian.ops.enquiries.actions import begin_rescreening, open_enquiries
from fangxian.ops.enquiries.models import Enquiry
from fangxian.ops.enquiries.wire import Asked, NewEnquiry
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.procedures.propose_arrival import propose_arrival
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import ListedAs, RiskArea
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask
at, by = county_now(), "program:test"
cell = next(it.area_path for it in demo_accounts() if it.role.name == "grid_worker")
people = Person.objects.filter(area_path__startswith=cell, merged_into=None).order_by("-born_on", "pk")
why = Why(kind="scan", place_name="百货大楼", begins_at=at - timedelta(days=1), minutes=40)
new = NewContact(
    ring="close-contact", area_path=people[0].area_path, person=people[0].pk, found_by="scan", minutes=40,
    n_meetings=1, weight=1.0, first_exposure_at=at - timedelta(days=2), last_exposure_at=at - timedelta(days=1),
    who=Who(occupation="farmer"), why=[why],
)
[contact] = propose_contacts(case=uuid4(), disease="covid-19", contacts=[new], by=by, unit="县疾控中心").ids
lead = Account.objects.get(username="investigator-1")
confirm_contacts(contacts=[contact], ring="close-contact", reason="同住", by=lead)
open_follow_ups(at=at, by=by)
row = begin_rescreening(because="list", about="test", rulebook="", n_people=1, n_by_hand=1, n_judged=1, by=by)
today = localtime(at).date()
asked = Asked(rests_on=uuid4(), division="140123", begins_on=today - timedelta(days=3), ends_on=today)
there = ListedAs.objects.create(province="山西省", city="太原市", county="娄烦县", division_code="140123")
areas = tuple(str(RiskArea.objects.create(listed_as=there, place=it).pk) for it in ("某物流园", "某市场"))
enquiry = NewEnquiry(
    about=asked, person=people[1].pk, household=people[1].household_id, area_path=people[1].area_path, areas=areas,
    at_stake="", stake_ends_on=None, asked_now="", urgency=1, route=1,
)
other = replace(
    enquiry, about=asked._replace(rests_on=uuid4()), person=people[3].pk, household=people[3].household_id,
    area_path=people[3].area_path, route=2,
)
open_enquiries(rescreening=row.pk, enquiries=[enquiry, other], by=by)
[call] = Enquiry.objects.filter(person=people[3].pk)
venue = Venue.objects.filter(area_path__startswith=cell).first()
silent = NewTask(
    kind="venues.silent", title=Said("某店一天没有人扫码，请去看", "Nobody scanned at a shop for a day: go and see"),
    area_path=venue.area_path, venue=venue.pk, about=f"venue:{venue.pk}", due_at=at + timedelta(hours=8),
    role="grid_worker", unique_key="rounds",
)
[task] = open_tasks(tasks=[silent], by=by).ids
teller = Account.objects.get(username="resident-1")
days = [ToldStay(division="310115", begins_on=today - timedelta(days=6), ends_on=today + timedelta(days=1))]
journey = Told(arrives_at=at - timedelta(hours=2), stays=tuple(days))
for name, number in ((people[2].name, people[2].document_number), ("郝来客", "0088")):
    of = NewProposal(told=journey, name=name, tail=number, tie="relative", area_path=cell)
    propose_arrival(new=of, household=[], by=teller)
names = (people[2].name, "郝来客")
told = {row.person_id is None: str(row.pk) for row in Proposal.objects.all() if row.name in names}
said = {"told": told[False], "unknown": told[True], "name": people[2].name}
print(json.dumps({"contact": str(contact), "task": str(task), "call": str(call.pk), **said}))
"""
# While somebody answers on the phone, the list grows by a place that it does not know of.
A_PLACE_MORE = """
from fangxian.ops.enquiries.models import Enquiry
from fangxian.ops.risk_areas.models import ListedAs, RiskArea
row = Enquiry.objects.get(pk="{call}")
there = ListedAs.objects.get(county="娄烦县")
row.areas = [*row.areas, str(RiskArea.objects.create(listed_as=there, place="甲院").pk)]
row.save(update_fields=["areas"])
print("null")
"""
ANSWERED = """
import json
from fangxian.ops.enquiries.models import Enquiry
row = Enquiry.objects.get(pk="{call}")
print(json.dumps([row.answer, len(row.areas)]))
"""


@pytest.fixture(scope="module")
def rounds(live_site) -> dict:
    return in_realm(live_site.data, ROUNDS)


def go(page: Page, screen: str) -> None:
    page.evaluate(f"location.hash = '#{screen}'")
    page.locator(f"[data-screen={screen.split('/')[0]}]").wait_for()


def choose(page: Page, part: str, value: str) -> None:
    page.locator(f"[data-part={part}] input[value={value}]").first.locator("..").click()


def inspect(page: Page) -> str:
    """One thing in order, one with a remedy, at the first place of the list; its name."""
    go(page, "hygiene")
    first = page.locator("[data-part=hygiene-list] a").first
    name = first.inner_text()
    first.click()
    choose(page, "hygiene-kinds", "inspection")
    lines = page.locator("[data-part=hygiene-items] > li")
    lines.nth(0).locator("input[value=ok]").locator("..").click()
    lines.nth(1).locator("input[value=fault]").locator("..").click()
    page.locator("[data-part=hygiene-form] button").click()
    expect(page.locator("[data-part=hygiene-fault]")).to_be_visible()
    lines.nth(1).locator("[data-part=remedy]").fill("备足口罩")
    return name


def test_an_inspection_without_a_network_is_on_the_places_page_once_it_is_back(page_at, rounds):
    phone = page_at(NARROW)
    enrol(phone, "grid_worker")
    phone.context.set_offline(True)
    name = inspect(phone)
    phone.locator("[data-part=hygiene-form] button").click()
    row = phone.locator("[data-part=hygiene-list] li", has_text=name).first
    expect(row.locator("[data-part=done]")).to_be_visible()
    expect(phone.locator("[data-part=outbox]")).to_contain_text("1")
    address = row.locator("a").get_attribute("href").removeprefix("#hygiene-place/")

    phone.context.set_offline(False)
    expect(phone.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    desk = signed_in(page_at(WIDE), "grid_worker")
    desk.goto(f"/hygiene/{address}")
    expect(desk.locator("#faults")).to_contain_text("备足口罩")


def test_an_enquiry_answered_without_a_network_counts_for_the_places_that_were_read_out(page_at, live_site, rounds):
    phone = page_at(NARROW)
    enrol(phone, "grid_worker")
    phone.context.set_offline(True)
    go(phone, f"enquiry/{rounds['call']}")
    expect(phone.locator("[data-part=enquiry-places] input")).to_have_count(2)
    choose(phone, "enquiry-answers", "was_not")
    phone.locator("[data-part=enquiry-form] button").click()
    phone.locator("[data-screen=today]").wait_for()
    expect(phone.locator("[data-part=outbox]")).to_contain_text("1")

    in_realm(live_site.data, A_PLACE_MORE.format(call=rounds["call"]))
    phone.context.set_offline(False)
    expect(phone.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    assert in_realm(live_site.data, ANSWERED.format(call=rounds["call"])) == ["was_not", 2]


def test_what_was_done_and_what_is_typed_outlive_a_lock_and_a_dead_page_and_neither_can_be_read_meanwhile(
    page_at, rounds
):
    phone = page_at(NARROW)
    enrol(phone, "grid_worker")
    phone.context.set_offline(True)
    go(phone, f"told/{rounds['told']}")
    choose(phone, "told-form", "not_so")
    phone.locator("#told-why").fill("没有来")
    phone.locator("[data-part=told-form] button").click()
    row = phone.locator("[data-part=told-list] li", has=phone.locator(f"a[href='#told/{rounds['told']}']"))
    expect(row.locator("[data-part=done]")).to_be_visible()
    go(phone, "problem")
    phone.locator("#problem-text").fill("某户三天没有人应门")

    phone.locator("[data-part=lock-now]").click()
    phone.locator("[data-screen=locked]").wait_for()
    left = phone.evaluate(WHAT_THE_PAGE_HOLDS)
    assert "没有人应门" not in left
    assert rounds["name"] not in left
    phone.reload()
    unlock(phone)
    expect(phone.locator("#problem-text")).to_have_value("某户三天没有人应门")
    go(phone, "today")
    expect(row.locator("[data-part=done]")).to_contain_text("待送")
    go(phone, f"told/{rounds['told']}")
    expect(phone.locator("[data-part=already]")).to_contain_text("记过了")


def test_a_task_with_a_page_of_its_own_leads_there_and_without_a_network_says_that_it_needs_one(page_at, rounds):
    phone = page_at(NARROW)
    enrol(phone, "grid_worker")
    go(phone, f"task/{rounds['task']}")
    link = phone.locator("[data-part=task-page-link]")
    expect(link).to_have_attribute("href", "/venues/silent")
    expect(phone.locator("[data-part=task-form]")).to_be_hidden()
    phone.context.set_offline(True)
    phone.evaluate("dispatchEvent(new Event('online'))")  # it looks, and finds nobody
    expect(phone.locator("[data-part=task-needs]")).to_contain_text("要连网")
    expect(link).to_be_hidden()


def test_every_form_of_a_round_can_be_read_and_walked_in_both_languages(page_in_turn, rounds):
    page = page_in_turn()
    found = []
    enrol(page, "grid_worker")
    go(page, "today")
    found += faults_of_every_look(page)
    go(page, f"follow/{rounds['contact']}")
    choose(page, "found-choices", "not_found")
    page.locator("#follow-degrees").fill("36.5")
    page.locator("[data-part=follow-form] button").click()
    expect(page.locator("[data-part=follow-fault]")).to_be_visible()
    found += faults_of_every_look(page)
    go(page, "today")
    page.locator("[data-part=call-list] a").first.click()
    page.locator("[data-part=enquiry-form] button").click()
    expect(page.locator("[data-part=enquiry-fault]")).to_be_visible()
    found += faults_of_every_look(page)
    inspect(page)
    found += faults_of_every_look(page)
    for kind in ("disinfection", "sampling"):
        choose(page, "hygiene-kinds", kind)
        found += faults_of_every_look(page)
    go(page, "hygiene")
    found += faults_of_every_look(page)
    go(page, f"task/{rounds['task']}")
    found += faults_of_every_look(page)
    go(page, f"told/{rounds['unknown']}")
    choose(page, "told-form", "so")
    page.locator("[data-part=told-form] button").click()
    expect(page.locator("[data-part=told-fault]")).to_be_visible()
    found += faults_of_every_look(page)
    assert found == []
