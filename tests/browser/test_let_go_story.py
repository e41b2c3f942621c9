"""A contact let go before their days are over, up to the door that admits them again; rides declared on a phone."""

import json
import os
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from fangxian.ops.realm.folder import open_realm
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_ruling_pages import as_account, at_the_door, in_realm

# Two green people of one home, of whom no other test tells a story; the first is found positive.
POSITIVE = """
import json
from datetime import timedelta
from fangxian.ops.accounts.models import Account
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.people.models import Household
from fangxian.ops.places.models import Door
from fangxian.ops.places.wire import poster_code, venue_door
from fangxian.ops.procedures.issue_codes import person_qr
from fangxian.ops.procedures.positive_result import Found, Result, Sampled, report_result
from fangxian.ops.realm.current import county_now
green = set(HealthCode.objects.filter(colour=1, qr_generation=0).values_list("person_id", flat=True))
homes = (list(it.members.order_by("place_in_household")) for it in Household.objects.order_by("area_path", "-number"))
head, other = next(it[:2] for it in homes if len(it) > 1 and it[0].pk in green and it[1].pk in green)
at, by = county_now(), Account.objects.get(username="laboratory-1")
found = Result(disease="covid-19", found=Found.POSITIVE, specimen="throat-swab", sampled_at=at - timedelta(hours=5),
               resulted_at=at - timedelta(hours=1))
case = report_result(sampled=Sampled(person=head), result=found, by=by).case
door = Door.objects.filter(venue__status="verified", venue__venue_class="shop").select_related("venue").first()
poster = poster_code(venue_door(door.venue.venue_number, door.number), door.generation)
print(json.dumps({"case": str(case), "other": str(other.pk), "qr": person_qr(other.pk), "poster": poster}))
"""
CONTACT = """
from fangxian.ops.contacts.queries import of_person
row = of_person("{person}").first()
print(row.pk if row else "", end="")
"""


def waited_for(site, outcome: str, told: dict) -> dict:
    """What the door answers once it has heard; at most some hundred scans later."""
    for _ in range(100):
        answer = at_the_door(site, told)
        if answer["outcome"] == outcome:
            break
    return answer


def pictured(page: Page, name: str) -> None:
    if folder := os.environ.get("FANGXIAN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_contact_who_is_released_early_is_admitted_again(page_at, live_site):
    told = json.loads(in_realm(live_site.data, POSITIVE))
    lead, contact = signed_in(page_at(), "tracing_lead"), ""
    for _ in range(60):
        if contact := in_realm(live_site.data, CONTACT.format(person=told["other"])):
            break
    lead.goto(f"/contacts/{contact}")
    lead.get_by_label("判为").first.select_option("close-contact")
    lead.locator("#decide").get_by_label("理由").fill("同住，共同进餐")
    lead.get_by_role("button", name="判定", exact=True).click()
    expect(lead.locator(".notice").first).to_contain_text("已判定")
    assert waited_for(live_site, "refuse", told)["outcome"] == "refuse"

    lead.locator("#step").get_by_label("备注").fill("查实当时不在家中")
    pictured(lead, "early-release-1366")
    assert faults_of_every_look(lead) == []
    lead.get_by_role("button", name="提前解除").click()
    expect(lead.locator(".notice").first).to_contain_text("已记下")
    expect(lead.locator("#standing")).to_contain_text("已解除")
    expect(lead.locator("#changes")).to_contain_text("查实当时不在家中")
    assert waited_for(live_site, "admit", told)["outcome"] == "admit"


def declared(page: Page, at) -> None:
    page.locator('input[name="vehicle"]').fill("D1234")
    page.locator('input[name="seat"]').fill("05车12F")
    page.locator('input[name="begins_at"]').fill(f"{at - timedelta(hours=30):%Y-%m-%dT%H:%M}")
    page.locator('input[name="ends_at"]').fill(f"{at - timedelta(hours=28):%Y-%m-%dT%H:%M}")
    page.locator("form .thumb button").click()


def test_a_resident_declares_a_ride_on_a_phone(page_in_turn, live_site, language):
    page = signed_in(page_in_turn(), "resident")
    page.goto("/my/rides")
    declared(page, open_realm(live_site.data).clock.now())
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.locator("table")).to_contain_text("D1234")
    pictured(page, f"my-rides-{language}")
    assert faults_of_every_look(page) == []


# Somebody whom a grid worker looks after, and that grid worker.
SOMEBODY = """
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.people.models import Person
account = Account.objects.filter(appointments__role="grid_worker").order_by("-username").first()
mine = within_scope(Person.objects.filter(merged_into=None), account, "people.register").order_by("pk")
print(account.username, mine.first().pk, end="")
"""


def test_a_grid_worker_declares_a_ride_for_somebody(page_in_turn, live_site, language):
    username, person = in_realm(live_site.data, SOMEBODY).split()
    page = page_in_turn()
    as_account(page, live_site.data, username)
    page.goto(f"/persons/{person}")
    pictured(page, f"person-{language}")
    page.locator('a[href$="/rides"]').click()
    declared(page, open_realm(live_site.data).clock.now())
    expect(page.locator("table")).to_contain_text("D1234")
    pictured(page, f"somebody-rides-{language}")
    assert faults_of_every_look(page) == []
