"""Tracing parcels in a real browser: a depot's list becomes people to be told; a resident declares on a phone."""

from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from fangxian.core.drill.waybills import HEADERS, Consignee, write_waybills
from fangxian.ops.procedures.build_county import read_county
from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in

FUSHAN = Path(__file__).resolve().parents[2] / "counties" / "fushan"
SINCE = date(2022, 4, 7)
A_LONG_JOB_MS = 120_000


@pytest.fixture(scope="module")
def dirty_list() -> bytes:
    """A list of the people whom the running county has, as it is built of the same seed."""
    county = read_county(FUSHAN, seed=1, scale=0.02, step=lambda *_: None).county
    persons, addresses = county.persons, county.households.address
    sexes = {1: "male", 2: "female"}
    people = [
        Consignee(name, phone, addresses[home], home, sexes[sex])
        for name, phone, home, sex in zip(
            persons.name, persons.phone, persons.household.tolist(), persons.sex.tolist(), strict=True
        )
    ]
    begins = datetime(SINCE.year, SINCE.month, SINCE.day, 8, tzinfo=UTC)
    written = write_waybills(
        people, n=150, begins=begins, days=3, couriers=["王快"], station="城关", rng=np.random.default_rng(8)
    )
    rows = [HEADERS, *written.rows, ("YT1", "", "", "", "本人", "2022-04-08 10:00", "", "")]
    return "\r\n".join(",".join(row) for row in rows).encode("gb18030")


def follow(page: Page, link: str) -> None:
    """Click the first such link or button and be on its page: after a click alone the old one may still stand."""
    with page.expect_navigation():
        page.locator(link).first.click()


def figures(page: Page) -> dict[str, int]:
    """The figures of a trace's page by their labels."""
    found: dict[str, int] = defaultdict(int)
    for figure in page.locator("a.figure, div.figure, a.key").all():
        label, value = figure.locator(".figure-label"), figure.locator(".figure-value")
        found[label.inner_text().strip()] = int("".join(filter(str.isdigit, value.inner_text())) or 0)
    return found


def opened(page: Page, depot: int) -> Page:
    """A trace of the depot with this place in the list, freshly opened by pages."""
    signed_in(page, "tracing_lead")
    page.goto("/parcels/open")
    page.locator('select[name="depot"]').select_option(index=depot)
    page.locator('input[name="since_on"]').fill(SINCE.isoformat())
    page.locator('input[name="why"]').fill("分拨中心检出阳性包裹")
    page.locator("main form button.is-primary").click()
    page.wait_for_url("**/parcels/*?done=opened")
    return page


def matched(page: Page, content: bytes) -> Page:
    """The list uploaded, its columns confirmed as they were proposed, and the job seen to its end."""
    page.locator('input[type="file"]').set_input_files({"name": "运单.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("#lists form button").click()
    page.wait_for_url("**/lists/*")
    page.locator("main form button.is-primary").click()
    # The list may be closed while its job is still at its last step: until that is over the page loads itself again.
    expect(page.locator("main:not(:has(#job)) .actions a.is-primary")).to_be_visible(timeout=A_LONG_JOB_MS)
    return page


def test_a_list_becomes_people_of_whom_a_person_decides_and_who_are_then_confirmed(page_in_turn, dirty_list, language):
    page = matched(opened(page_in_turn(), 1 if language == "zh" else 2), dirty_list)
    assert faults_of_every_look(page) == []
    with page.expect_download() as download:
        page.locator('form[action$="/refused"] button').click()
    assert download.value.suggested_filename.startswith("refused-")
    follow(page, "main .actions a.is-primary")
    words = {
        "zh": ("运单", "对上居民", "待人工判断", "没对上"),
        "en": ("Waybills", "Matched", "To be decided", "Unmatched"),
    }
    n, *parts = (figures(page)[label] for label in words[language])
    assert n == sum(parts) == 150
    assert faults_of_every_look(page) == []
    follow(page, 'a[href$="/undecided"]')
    expect(page.locator(".candidate")).to_have_count(0)
    assert faults_of_every_look(page) == []
    page.locator('#showing select[name="reason"]').select_option("tracing")
    follow(page, "#showing button")
    assert faults_of_every_look(page) == []
    # Who took a parcel for somebody is decided here too, and is no waybill more that is matched.
    to_decide = {"zh": "待判断的写法", "en": "to be decided"}[language]
    before = figures(page)[to_decide]
    page.locator(".candidate button").first.click()
    page.wait_for_url("**/undecided?done=settled*")
    assert figures(page)[to_decide] == before - 1
    follow(page, ".crumbs a >> nth=-1")
    after = figures(page)
    assert after[words[language][0]] == sum(after[label] for label in words[language][1:]) == 150
    see_confirmed(page)


def see_confirmed(page: Page) -> None:
    """From a trace's page: everybody found is confirmed in the background, then seen one by one, then the staff."""
    trace = page.url.split("?")[0]
    page.goto(f"{trace}/people?state=found")
    assert faults_of_every_look(page) == []
    page.locator("#confirm button").click()
    page.wait_for_url("**done=confirming")
    expect(page.locator("#job, #confirm")).to_have_count(0, timeout=A_LONG_JOB_MS)
    page.goto(f"{trace}/people?state=confirmed")
    page.locator("table a.row").first.click()
    page.wait_for_url("**/people/*")
    assert faults_of_every_look(page) == []
    page.goto(f"{trace}/couriers")
    assert faults_of_every_look(page) == []


def test_a_resident_declares_a_parcel_on_a_phone_and_twice_is_harmless(page_in_turn, language):
    page = signed_in(page_in_turn(), "resident")
    rows = []
    for done in ("declared", "again"):
        page.goto("/my/parcels")
        page.locator('input[name="how"]').nth(2).check()
        page.locator('input[name="touched_on"]').fill("2022-04-08")
        page.locator('input[name="number"]').fill(f"yt {language}")
        page.locator(".thumb button").click()
        page.wait_for_url(f"**/my/parcels?done={done}")
        rows.append(page.locator("table tbody tr").count())
    assert rows[0] == rows[1] >= 1
    assert faults_of_every_look(page) == []
