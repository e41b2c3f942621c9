"""The fever clinic's page: somebody with a fever is found by the document they show, and is cleared."""

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_ruling_pages import in_realm

# The small county has no hospital of the demo's: it gets one, and somebody who reports for it.
CLINIC = """
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now
if not Appointment.objects.filter(role="clinic").exists():
    venue = Venue.objects.filter(status="verified", venue_class="shop").order_by("-pk").first()
    Venue.objects.filter(pk=venue.pk).update(venue_class="hospital", name="县人民医院")
    unit, at = Unit.objects.order_by("pk").first(), county_now()
    one = Account.objects.create(username="clinic-1", display_name="护士", unit=unit, unit_since=at, verified_at=at)
    Appointment.objects.create(account=one, role="clinic", venue=venue.pk, area_path=venue.area_path, begins_at=at)
"""
# A resident of whom no other test tells a story has a fever, one more in each language.
FEVERISH = """
from datetime import timedelta
from fangxian.ops.movement.actions.evidence import record_evidence
from fangxian.ops.movement.models import Evidence
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
known = Evidence.objects.values("person")
person = Person.objects.filter(merged_into=None).exclude(pk__in=known).order_by("-area_path", "-pk").first()
told = {"kind": "fever", "disease": "covid-19", "source": "checkpoint", "issuer": "城西卡口"}
new = NewEvidence(person=person.pk, from_at=county_now() - timedelta(hours=5), **told)
record_evidence(pieces=[new], by="program:test")
print(person.document_number, end="")
"""
WORDS = {
    "zh": ("查找", "登记排除", "已登记排除", "本院登记错了"),
    "en": ("Find", "Clear it", "The fever is cleared", "Our own clearing was a mistake"),
}


def test_a_fever_is_cleared_by_the_document_the_person_shows(page_in_turn, language, live_site):
    number = in_realm(live_site.data, CLINIC + FEVERISH)
    find, clear, cleared, mistake = WORDS[language]
    page = signed_in(page_in_turn(), "clinic")
    page.goto("/fevers")
    assert faults_of_every_look(page) == []
    page.fill("#id_number", number)
    page.get_by_role("button", name=find).click()
    expect(page.locator("#running")).to_contain_text("城西卡口")
    assert faults_of_every_look(page) == []
    page.get_by_role("button", name=clear).click()
    expect(page.locator(".notice")).to_contain_text(cleared)
    page.get_by_text(mistake).click()
    assert faults_of_every_look(page) == []
