"""A positive from the laboratory's page to a contact refused at a door, as the people who do it see it."""

import json
from datetime import timedelta

from playwright.sync_api import Page, expect

from fangxian.ops.realm.folder import open_realm
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_ruling_pages import at_the_door, in_realm, rules_of

# Somebody green with a green spouse, of whom no other test tells a story.
COUPLE = """
import json
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.people.models import Household
from fangxian.ops.places.models import Door
from fangxian.ops.places.wire import poster_code, venue_door
from fangxian.ops.procedures.issue_codes import person_qr
green = set(HealthCode.objects.filter(colour=1, qr_generation=0).values_list("person_id", flat=True))
homes = (list(it.members.order_by("place_in_household")) for it in Household.objects.order_by("-area_path", "number"))
head, other = next(it[:2] for it in homes if len(it) > 1 and it[0].pk in green and it[1].pk in green)
door = Door.objects.filter(venue__status="verified", venue__venue_class="shop").select_related("venue").first()
poster = poster_code(venue_door(door.venue.venue_number, door.number), door.generation)
print(json.dumps({"number": head.document_number, "other": str(other.pk), "qr": person_qr(other.pk), "poster": poster}))
"""
CONTACT = """
from fangxian.ops.contacts.queries import of_person
row = of_person("{person}").first()
print(row.pk if row else "", row.case_id if row else "", end="")
"""


def reported(page: Page, data, number: str) -> None:
    """The laboratory finds the person by the number of the order and enters a positive."""
    at = open_realm(data).clock.now()
    page.goto("/results")
    assert faults_of_every_look(page) == []
    page.fill("#id_number", number)
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".facts")).to_contain_text("＊")
    page.get_by_label("阳性", exact=True).check()
    page.select_option("#id_what", "covid-19 throat-swab")
    page.fill("#id_sampled_at", f"{at - timedelta(hours=5):%Y-%m-%dT%H:%M}")
    page.fill("#id_resulted_at", f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    assert faults_of_every_look(page) == []
    page.get_by_role("button", name="登记结果").click()


def test_a_positive_holds_proposes_is_confirmed_and_refused_at_the_door(page_at, live_site):
    told = json.loads(in_realm(live_site.data, COUPLE))
    laboratory = signed_in(page_at(), "laboratory")
    reported(laboratory, live_site.data, told["number"])
    expect(laboratory.locator(".notice")).to_contain_text("已暂控，待另一家实验室复核")
    assert faults_of_every_look(laboratory) == []

    investigator = signed_in(page_at(360), "investigator")
    contact, case = "", ""
    for _ in range(60):
        contact, _, case = in_realm(live_site.data, CONTACT.format(person=told["other"])).partition(" ")
        if contact:
            break
        investigator.goto("/cases")
    investigator.goto(f"/cases/{case}")
    investigator.get_by_role("link", name="查找接触者").click()
    expect(investigator.get_by_role("heading", name="查找接触者")).to_be_visible()
    assert faults_of_every_look(investigator) == []
    assert at_the_door(live_site, told)["outcome"] == "admit", "a proposal turns no code"

    investigator.goto(f"/contacts/{contact}")
    investigator.get_by_label("判为").first.select_option("close-contact")
    investigator.locator("#decide").get_by_label("理由").fill("同住，共同进餐")
    investigator.get_by_role("button", name="判定", exact=True).click()
    expect(investigator.locator(".notice").first).to_contain_text("已判定")
    for _ in range(100):
        answer = at_the_door(live_site, told)
        if answer["outcome"] == "refuse":
            break
    assert answer["outcome"] == "refuse"
    assert "C-04" in rules_of(answer)
