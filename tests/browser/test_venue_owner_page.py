"""The venue owner in a real browser: applying, keeping doors and devices, and the screen at the door."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from fangxian.core.policy.byte_time import second_of
from fangxian.core.policy.handles import PresenceKey
from fangxian.core.policy.venue_code import read_rotating_code
from fangxian.ops.realm.folder import open_realm
from fangxian.ops.realm.keys import Purpose

SEAT = "141027100001"  # the county town's first community, which the smallest county has too
WIDTHS = pytest.mark.parametrize("width", [360, 1366])
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def sign_in(page: Page, role: str) -> None:
    page.goto("/sign-in")
    with page.expect_navigation():
        page.locator(f'button[name="role"][value="{role}"]').click()


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def is_sound(page: Page, axe) -> None:
    assert fits(page), page.url
    assert axe(page) == [], page.url


@pytest.fixture
def owner_at(page_at):
    """`owner_at(360, "zh")`: the owner of a venue, on the page where it is kept."""

    def open_page(width: int, language: str, **told) -> Page:
        page = page_at(width, language, **told)
        sign_in(page, "venue_owner")
        page.goto("/my/venues")
        # The one of the appointment is verified; those applied for by other tests stand before it.
        page.locator("tr", has=page.locator("td", has_text="已核验" if language == "zh" else "verified")).last.locator(
            "a.row"
        ).click()
        page.wait_for_url("**/my/venues/*-*")
        return page

    return open_page


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


@LANGUAGES
@WIDTHS
def test_a_venue_is_applied_for_and_waits(page_at, axe, width, language):
    page = page_at(width, language)
    sign_in(page, "resident")
    page.goto("/my/venues/apply")
    is_sound(page, axe)
    page.locator('select[name="unit"]').select_option(SEAT)
    with page.expect_navigation():
        page.locator("main form button").click()
    is_sound(page, axe)
    page.locator('input[name="name"]').fill(f"便民店 {width} {language}")
    page.locator('select[name="trade"]').select_option("convenience_shop")
    page.locator('select[name="cell"]').select_option(index=1)
    page.locator('input[name="address"]').fill("东街 1 号")
    with page.expect_navigation():
        page.locator("main form button").click()
    assert "done=apply" in page.url
    expect(page.locator(".notice.is-warn")).to_be_visible()
    is_sound(page, axe)
    page.goto("/my/venues")
    is_sound(page, axe)


@LANGUAGES
@WIDTHS
def test_the_page_where_a_venue_is_kept_fits_and_is_sound_with_everything_open(owner_at, axe, width, language):
    page = owner_at(width, language)
    for summary in page.locator("details.turn > summary").all():
        summary.click()
    is_sound(page, axe)
    enrolment_code(page_with_devices_shut(page), "keeper", f"手机 {width} {language}")
    is_sound(page, axe)


def page_with_devices_shut(page: Page) -> Page:
    page.locator("#devices details.turn > summary").last.click()
    return page


def test_it_looks_right_in_the_dark(owner_at, axe):
    is_sound(owner_at(1366, "zh", dark=True), axe)


def test_a_poster_comes_as_one_pdf(owner_at):
    page = owner_at(1366, "zh")
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


@LANGUAGES
@WIDTHS
def test_an_approver_finds_what_waits(page_at, axe, width, language):
    applicant = page_at(1366, "zh")
    sign_in(applicant, "venue_owner")
    applicant.goto(f"/my/venues/apply?unit={SEAT}")
    applicant.locator('input[name="name"]').fill(f"待核验店 {width} {language}")
    applicant.locator('select[name="trade"]').select_option("convenience_shop")
    applicant.locator('select[name="cell"]').select_option(index=1)
    applicant.locator('input[name="address"]').fill("东街 2 号")
    with applicant.expect_navigation():
        applicant.locator("main form button").click()
    page = page_at(width, language)
    sign_in(page, "township_approver")
    page.goto("/venues")
    is_sound(page, axe)
    page.locator("#waiting a.row", has_text=f"待核验店 {width} {language}").click()
    page.wait_for_url("**/venues/*")
    is_sound(page, axe)
    with page.expect_navigation():
        page.locator('button[value="refuse"]').click()
    expect(page.locator(".field .error")).to_be_visible()
    is_sound(page, axe)
    with page.expect_navigation():
        page.locator('button[value="verify"]').click()
    assert "done=verify" in page.url
    is_sound(page, axe)


@LANGUAGES
@WIDTHS
def test_a_wrong_enrolment_code_is_said_beside_the_field(page_at, axe, width, language):
    page = page_at(width, language)
    page.goto("/enrol")
    is_sound(page, axe)
    page.locator('input[name="enrolment_code"]').fill("aaaa-aaaa")
    page.locator('form[data-island="enrol"] button').click()
    expect(page.locator("[data-part=refused]")).to_be_visible()
    is_sound(page, axe)


def test_the_screen_shows_a_code_that_a_gate_takes(owner_at, page_at, live_site):
    code = enrolment_code(owner_at(1366, "zh"), "screen", "大门屏幕")
    page = page_at(768, "zh")
    screen_of(page, code)
    picture = Image.open(io.BytesIO(page.screenshot()))
    (barcode,) = zxingcpp.read_barcodes(picture)
    realm = open_realm(live_site.data)
    keys = {key.id: PresenceKey(key.secret) for key in realm.keys.all_of(Purpose.PRESENCE)}
    read = read_rotating_code(barcode.text, division=141027, at_s=second_of(realm.clock.now()), keys=keys)
    assert read.place.door >= 1


@LANGUAGES
@WIDTHS
def test_a_screen_that_cannot_refresh_says_so_and_comes_back_by_itself(owner_at, page_at, axe, width, language):
    code = enrolment_code(owner_at(1366, "zh"), "screen", f"屏幕 {width} {language}")
    page = page_at(width, language)
    page.clock.install()
    screen_of(page, code)
    is_sound(page, axe)
    page.route("**/screen/*/code", lambda route: route.abort())
    page.clock.fast_forward(34_000)
    page.locator('[data-standing="late"]').wait_for()
    expect(page.locator("[data-part=qr]")).to_be_visible()
    page.clock.fast_forward(40_000)
    page.locator('[data-standing="stale"]').wait_for()
    expect(page.locator("[data-part=qr]")).to_be_hidden()
    is_sound(page, axe)
    page.unroute("**/screen/*/code")
    page.clock.fast_forward(4_000)
    page.locator('[data-standing="fresh"]').wait_for()
    expect(page.locator("[data-part=qr]")).to_be_visible()


def test_a_screen_whose_device_was_ended_says_so(owner_at, page_at, axe):
    owner = owner_at(1366, "zh")
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
    is_sound(page, axe)


def test_a_browser_that_is_no_screen_is_told_what_to_do(page_at, axe):
    page = page_at(360, "en")
    page.goto("/screen/1")
    page.locator('[data-standing="none"]').wait_for()
    is_sound(page, axe)
