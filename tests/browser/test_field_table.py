"""A sampling table on a phone: a shift without a network, begun anew in the middle and sent later, with one tube on two
phones; how many things a practised hand does for one person; and every screen looked at."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in
from tests.browser.test_contacts_pages import in_realm
from tests.browser.test_field_app import LONG, enrol, unlock
from tests.browser.test_field_rounds import choose, go

# A round that is open, with a site in the demo sampler's township to which its people come; what is on some slips.
A_ROUND = """
import json, sys
from datetime import timedelta
from uuid import uuid4
from fangxian.ops.accounts.demo import demo_accounts
from fangxian.ops.lab.actions import add_site, open_round, prepare_round, take_roster
from fangxian.ops.lab.queries import roster_of
from fangxian.ops.lab.wire import NewSite
from fangxian.ops.realm.current import county_now
at, by = county_now(), "program:test"
town = next(it.area_path for it in demo_accounts() if it.role.name == "sampler")
row = prepare_round(
    name=f"t{uuid4().hex[:8]}", disease="covid-19", pool_size=10, areas=[town], begins_at=at,
    ends_at=at + timedelta(days=1), by=by,
)
add_site(round=row.pk, site=NewSite(name="手机点", area_path=town, n_tables=2, serves=[town]), by=by)
take_roster(round=row.pk, by=by)
open_round(round=row.pk, by=by)
people = [[it.token, it.person.name, it.person.document_number] for it in roster_of(row).select_related("person")[:40]]
print(json.dumps({"round": str(row.pk), "name": row.name, "people": people}))
"""
# The keystroke-level model (Card, Moran, Newell, CACM 23 (1980) 396–410): a look, aiming, a key. s
LOOK, AIM, KEY = 1.35, 1.10, 0.28
MOST_S = 6


@pytest.fixture(scope="module")
def there(live_site) -> dict:
    return in_realm(live_site.data, A_ROUND)


@pytest.fixture
def label() -> str:
    """A barcode of nobody else's: digits only, so that no letter may stand for one."""
    return f"{uuid4().int % 10**9:09}"


@dataclass
class Hand:
    """Whoever has done it before, with a scanner that types; counts what they do."""

    page: Page
    seconds: float = 0

    def scan(self, text: str) -> None:
        """Look, aim, press the trigger; the scanner types and ends with Enter."""
        self.seconds += LOOK + AIM + KEY
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def type(self, text: str) -> None:
        self.seconds += KEY * (len(text) + 1)
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def tap_name(self, name: str) -> None:
        """One of those whom the document may mean."""
        self.seconds += LOOK + AIM
        self.page.locator("[data-part=table-choice] button", has_text=name).first.click()

    def tap(self, part: str) -> None:
        self.seconds += LOOK + AIM
        self.page.locator(f"[data-part={part}]").click()


def at_table(page: Page, there: dict) -> Hand:
    """Somebody with the round's site chosen and its roster along."""
    enrol(page, "sampler")
    go(page, "table-site")
    page.locator("[data-part=table-sites] li", has_text=there["name"]).locator("button").click()
    page.locator("[data-screen=table]").wait_for()
    expect(page.locator("[data-part=table-roster]")).to_contain_text("名册" if _is_chinese(page) else "Roster of")
    return Hand(page)


def _is_chinese(page: Page) -> bool:
    return page.evaluate("document.documentElement.lang").startswith("zh")


def counts(page: Page, n: str) -> None:
    expect(page.locator("[data-part=table-n]")).to_have_text(n)


def wants(page: Page, what: str) -> None:
    expect(page.locator("[data-part=table-now]")).to_have_attribute("data-want", what)


def open_tube(hand: Hand, box: str, tube: str) -> None:
    hand.scan(box)
    wants(hand.page, "tube")
    hand.scan(tube)
    counts(hand.page, "0/10")


def fill(hand: Hand, people: list) -> None:
    for n, (token, name, _document) in enumerate(people, start=1):
        hand.scan(token)
        counts(hand.page, f"{n}/10")
        expect(hand.page.locator("[data-part=table-said]")).to_contain_text(name)


def test_a_tube_of_ten_takes_a_practised_hand_less_than_six_seconds_a_person(page_at, there, label):
    """By slips; and one by one, who left theirs at home, by the last six of the document."""
    page = page_at(NARROW)
    hand = at_table(page, there)
    page.context.set_offline(True)
    open_tube(hand, f"B{label}", f"1{label}")
    fill(hand, there["people"][:10])
    hand.tap("table-seal")
    wants(page, "tube")
    assert hand.seconds / 10 < MOST_S
    hand.scan(f"2{label}")
    counts(page, "0/10")
    hand.seconds = 0
    _token, name, document = there["people"][10]
    hand.type(document[-6:])
    hand.tap_name(name)
    counts(page, "1/10")
    expect(page.locator("[data-part=table-said]")).to_contain_text(name)
    assert hand.seconds < MOST_S


def test_a_shift_without_a_network_survives_a_restart_and_two_phones_with_one_tube_both_see_it(page_at, there, label):
    phones = [at_table(page_at(NARROW), there) for _ in range(2)]
    for hand in phones:
        hand.page.context.set_offline(True)
    one, two = phones
    mine, shared = f"1{label}", f"2{label}"
    open_tube(one, f"B{label}", mine)
    fill(one, there["people"][20:23])
    one.page.reload()
    unlock(one.page)
    counts(one.page, "3/10")
    one.tap("table-seal")
    wants(one.page, "tube")
    for hand, person, box in ((one, there["people"][23], ""), (two, there["people"][24], f"C{label}")):
        if box:
            hand.scan(box)
            wants(hand.page, "tube")
        hand.scan(shared)
        counts(hand.page, "0/10")
        hand.scan(person[0])
        counts(hand.page, "1/10")
    for hand in phones:
        hand.page.context.set_offline(False)
        expect(hand.page.locator("[data-part=outbox]")).to_have_text("都送到了", timeout=LONG)
    # The first of them hears of it with what it does next to the tube.
    one.scan(there["people"][25][0])
    for hand in phones:
        expect(hand.page.locator("[data-part=table-doubts]")).to_contain_text("疑点", timeout=LONG)
    go(two.page, "table-said")
    expect(two.page.locator("[data-part=said-doubts]")).to_contain_text("一管在两台设备上采")

    desk = signed_in(page_at(WIDE), "dispatcher")
    for tube, n in ((mine, 3), (shared, 3)):
        desk.goto(f"/rounds/{there['round']}/table?tube={tube}")
        expect(desk.locator("#tube ol li")).to_have_count(n)


def test_every_screen_of_a_table_can_be_read_and_walked_in_both_languages(page_in_turn, language, there, label):
    page = page_in_turn()
    hand, found = at_table(page, there), []
    found += faults_of_every_look(page)
    open_tube(hand, f"B{label}", f"1{label}")
    fill(hand, there["people"][30:32] if language == "zh" else there["people"][32:34])
    hand.scan(f"1{label}")
    expect(page.locator("[data-part=table-no]")).to_contain_text(f"1{label}")
    found += faults_of_every_look(page)
    hand.scan(f"99P{label}")
    expect(page.locator("[data-part=table-choice] li")).to_have_count(3)
    found += faults_of_every_look(page)
    page.locator("[data-part=table-choice] button").last.click()
    expect(page.locator("#table-code")).to_have_value(f"99P{label}")
    hand.scan(f"99P{label}")
    page.locator("[data-part=table-choice] button").first.click()
    page.locator("#table-name").fill("Ivan")
    found += faults_of_every_look(page)
    page.locator("[data-part=table-person-excuse]").click()
    page.locator("[data-screen=table-excuse]").wait_for()
    choose(page, "table-excuse-form", "refuse")
    page.locator("[data-part=table-excuse-form] button").click()
    expect(page.locator("[data-part=table-excuse-fault]")).to_be_visible()
    found += faults_of_every_look(page)
    choose(page, "table-reasons", "own_wish")
    page.locator("[data-part=table-excuse-form] button").click()
    page.locator("[data-screen=table]").wait_for()
    counts(page, "2/10")
    go(page, f"table-tube/1{label}")
    page.locator("[data-part=tube-change-form] button").nth(2).click()
    expect(page.locator("[data-part=tube-fault]")).to_be_visible()
    found += faults_of_every_look(page)
    page.locator("#tube-why").fill("leaked")
    page.locator("[data-part=tube-change-form] button").nth(2).click()
    expect(page.locator("[data-part=tube-change-form]")).to_be_hidden()
    go(page, "table-said")
    found += faults_of_every_look(page)
    go(page, "table-site")
    found += faults_of_every_look(page)
    assert found == []
