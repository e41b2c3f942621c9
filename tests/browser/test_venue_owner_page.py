"""The venue owner in a real browser: applying, keeping doors and devices, and the screen at the door."""

import io
import re

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from fangxian.core.policy.byte_time import second_of
from fangxian.core.policy.handles import PresenceKey
from fangxian.core.policy.venue_code import read_rotating_code
from fangxian.ops.realm.folder import open_realm
from fangxian.ops.realm.keys import Purpose
from tests.browser.looks import faults, faults_of_every_look
from tests.browser.signing_in import signed_in

SEAT = "141027100001"  # the county town's first community, which the smallest county has too


def kept_by_owner(page: Page) -> Page:
    """The page, on which the owner of a venue keeps it."""
    signed_in(page, "venue_owner").goto("/my/venues")
    # The one of the appointment is verified; those applied for by other tests stand before it.
    verified = page.locator("tr", has=page.locator("td", has_text=re.compile("^(已核验|verified)")))
    verified.last.locator("a.row").click()
    page.wait_for_url("**/my/venues/*-*")
    return page


def enrolment_code(page: Page, kind: str, name: str) -> str:
    """Add a device on the page where its venue is kept, and read its code."""
    page.locator("#devices details.turn > summary").last.click()
    page.locator('#devices select[name="kind"]').select_option(kind)
    page.locator('#devices input[name="name"]').fill(name)
    with page.expect_navigation():
        page.locator('#devices button[value="device"]').click()
    return page.locator(".enrolment-code").inner_text()


def screen_of(page: Page, code: str) -> None:
    """Enrol this browser as a screen and wait for its code."""
    page.goto(f"/enrol#{code}")
    expect(page.locator('input[name="enrolment_code"]')).to_have_value(code)
    assert "#" not in page.url
    page.locator('form[data-island="enrol"] button').click()
    page.wait_for_url("**/screen/*")
    page.locator('[data-standing="fresh"]').wait_for()


def let_time_pass_until(page: Page, standing: str) -> None:
    """In steps, since the code may be about to turn or have just turned: no one leap is right for both."""
    for _ in range(40):
        page.clock.fast_forward(2_000)
        if page.locator(f'[data-standing="{standing}"]').count():
            return
    raise AssertionError(f"the screen is not {standing} after 80 seconds")


def test_a_venue_is_applied_for_and_waits(page_in_turn, language):
    page = signed_in(page_in_turn(), "resident")
    page.goto("/my/venues/apply")
    assert faults_of_every_look(page) == []
    page.locator('select[name="unit"]').select_option(SEAT)
    with page.expect_navigation():
        page.locator("main form button").click()
    assert faults_of_every_look(page) == []
    page.locator('input[name="name"]').fill(f"便民店 {language}")
    page.locator('select[name="trade"]').select_option("convenience_shop")
    page.locator('select[name="cell"]').select_option(index=1)
    page.locator('input[name="address"]').fill("东街 1 号")
    with page.expect_navigation():
        page.locator("main form button").click()
    assert "done=apply" in page.url
    expect(page.locator(".notice.is-warn")).to_be_visible()
    assert faults_of_every_look(page) == []
    page.goto("/my/venues")
    assert faults_of_every_look(page) == []


def test_the_page_where_a_venue_is_kept_fits_and_is_sound_with_everything_open(page_in_turn, language):
    page = kept_by_owner(page_in_turn())
    for summary in page.locator("details.turn > summary").all():
        summary.click()
    assert faults_of_every_look(page) == []
    enrolment_code(page_with_devices_shut(page), "keeper", f"手机 {language}")
    assert faults_of_every_look(page) == []


def page_with_devices_shut(page: Page) -> Page:
    page.locator("#devices details.turn > summary").last.click()
    return page


def test_a_poster_comes_as_one_pdf(page_at):
    page = kept_by_owner(page_at())
    form = page.locator("#doors form").first
    answer = page.request.post(
        form.get_attribute("action"),
        form={
            "csrfmiddlewaretoken": form.locator("input[name=csrfmiddlewaretoken]").get_attribute("value"),
            "door": form.locator("input[name=door]").get_attribute("value"),
        },
    )
    assert answer.ok
    assert answer.headers["content-type"] == "application/pdf"


def test_an_approver_finds_what_waits(page_at, page_in_turn, language):
    applicant = signed_in(page_at(), "venue_owner")
    applicant.goto(f"/my/venues/apply?unit={SEAT}")
    applicant.locator('input[name="name"]').fill(f"待核验店 {language}")
    applicant.locator('select[name="trade"]').select_option("convenience_shop")
    applicant.locator('select[name="cell"]').select_option(index=1)
    applicant.locator('input[name="address"]').fill("东街 2 号")
    with applicant.expect_navigation():
        applicant.locator("main form button").click()
    page = signed_in(page_in_turn(), "township_approver")
    page.goto("/venues")
    assert faults_of_every_look(page) == []
    page.locator("#waiting a.row", has_text=f"待核验店 {language}").click()
    page.wait_for_url("**/venues/*")
    assert faults_of_every_look(page) == []
    with page.expect_navigation():
        page.locator('button[value="refuse"]').click()
    expect(page.locator(".field .error")).to_be_visible()
    assert faults_of_every_look(page) == []
    with page.expect_navigation():
        page.locator('button[value="verify"]').click()
    assert "done=verify" in page.url
    assert faults_of_every_look(page) == []


def test_a_wrong_enrolment_code_is_said_beside_the_field(page_in_turn):
    page = page_in_turn()
    page.goto("/enrol")
    assert faults_of_every_look(page) == []
    page.locator('input[name="enrolment_code"]').fill("aaaa-aaaa")
    page.locator('form[data-island="enrol"] button').click()
    expect(page.locator("[data-part=refused]")).to_be_visible()
    assert faults_of_every_look(page) == []


def test_the_screen_shows_a_code_that_a_gate_takes(page_at, live_site):
    code = enrolment_code(kept_by_owner(page_at()), "screen", "大门屏幕")
    page = page_at(768, "zh")
    screen_of(page, code)
    picture = Image.open(io.BytesIO(page.screenshot()))
    (barcode,) = zxingcpp.read_barcodes(picture)
    realm = open_realm(live_site.data)
    keys = {key.id: PresenceKey(key.secret) for key in realm.keys.all_of(Purpose.PRESENCE)}
    read = read_rotating_code(barcode.text, division=141027, at_s=second_of(realm.clock.now()), keys=keys)
    assert read.place.door >= 1


def test_a_screen_that_cannot_refresh_says_so_and_comes_back_by_itself(page_at, page_in_turn, language):
    code = enrolment_code(kept_by_owner(page_at()), "screen", f"屏幕 {language}")
    page = page_in_turn()
    page.clock.install()
    screen_of(page, code)
    assert faults_of_every_look(page) == []
    page.route("**/screen/*/code", lambda route: route.abort())
    let_time_pass_until(page, "late")
    expect(page.locator("[data-part=qr]")).to_be_visible()
    let_time_pass_until(page, "stale")
    expect(page.locator("[data-part=qr]")).to_be_hidden()
    assert faults_of_every_look(page) == []
    page.unroute("**/screen/*/code")
    page.clock.fast_forward(4_000)
    page.locator('[data-standing="fresh"]').wait_for()
    expect(page.locator("[data-part=qr]")).to_be_visible()


def test_a_screen_whose_device_was_ended_says_so(page_at):
    owner = kept_by_owner(page_at())
    kept = owner.url
    page = page_at(1366, "zh")
    screen_of(page, enrolment_code(owner, "screen", "要停用的屏幕"))
    owner.goto(kept)
    line = owner.locator("#devices li", has_text="要停用的屏幕")
    line.locator("summary").click()
    with owner.expect_navigation():
        line.locator('button[value="end"]').click()
    page.reload()
    page.locator('[data-standing="refused"]').wait_for()
    expect(page.locator("[data-part=sentence]")).to_contain_text("已经停用")
    assert faults(page) == []


def test_a_browser_that_is_no_screen_is_told_what_to_do(page_at):
    page = page_at(360, "en")
    page.goto("/screen/1")
    page.locator('[data-standing="none"]').wait_for()
    assert faults(page) == []
