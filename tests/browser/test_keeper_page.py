"""The door keeper's phone: one word for each who comes, with no network too."""

from playwright.sync_api import expect

from fangxian.core.identity import check_character
from tests.browser.doors import enter, keep_door, own_code, wait_for
from tests.browser.looks import faults_of_every_look


def test_axe_finds_nothing_before_during_and_after_a_scan(page_at, page_in_turn, camera):
    resident = page_at(360)
    enter(resident, "resident", "/my")
    page = page_in_turn(permissions=["camera"])
    page.goto("/door")
    page.locator("[data-part=enrol]").wait_for()
    assert faults_of_every_look(page) == []
    keep_door(page)
    assert faults_of_every_look(page) == []
    camera(own_code(resident))
    page.locator("[data-part=start]").click()
    page.locator("[data-part=answer]").wait_for()
    assert faults_of_every_look(page) == []


def test_a_temperature_taken_at_the_door_lets_somebody_pass(page_at, camera):
    resident = page_at(360)
    enter(resident, "resident", "/my")
    page = page_at(360, permissions=["camera"])
    keep_door(page)
    camera(own_code(resident))
    page.locator("[data-part=start]").click()
    answer = page.locator("[data-part=answer]")
    answer.wait_for()
    assert answer.get_attribute("data-outcome") == "verify"
    page.locator("[data-part=retaken]").fill("36.5")
    page.locator("[data-part=recheck] button").click()
    expect(answer).to_have_attribute("data-outcome", "admit")
    assert page.locator("[data-part=log] li").count() == 2


def test_a_number_with_a_wrong_last_character_is_said_beside_it_and_not_sent(page_at):
    page = page_at(360)
    keep_door(page)
    sent = []
    page.on("request", lambda asked: asked.url.endswith("/scan") and sent.append(asked))
    body = "99902719800301001"
    page.locator("#document").fill(body + next(last for last in "01" if last != check_character(body)))
    page.locator("[data-part=document-form] button").click()
    expect(page.locator("#document-fault")).to_contain_text("17")
    assert sent == []


def test_a_camera_that_is_denied_is_said_and_typing_goes_on(page_at):
    page = page_at(360, "en", has_camera=True)
    keep_door(page)
    page.locator("[data-part=start]").click()
    expect(page.locator("[data-part=hint]")).to_contain_text("camera")
    page.locator("#document").fill("E12345678")
    page.locator("[data-part=document-form] button").click()
    answer = page.locator("[data-part=answer]")
    answer.wait_for()
    assert answer.get_attribute("data-outcome") == "verify"


def test_those_who_come_together_are_answered_together(page_at):
    page = page_at(360)
    keep_door(page)
    page.locator("[data-part=more-people]").click()
    for number in ("E12345678", "E87654321"):
        page.locator("#document").fill(number)
        page.locator("[data-part=document-form] button").click()
    answer = page.locator("[data-part=answer]")
    answer.wait_for()
    assert "同行第" in answer.locator("[data-part=more]").inner_text()


def test_a_page_that_is_loaded_again_without_a_network_is_still_there(page_at):
    page = page_at(360)
    keep_door(page)
    wait_for(page, lambda: page.evaluate("caches.match('/door').then((kept) => kept !== undefined)"))
    wait_for(page, lambda: page.evaluate("navigator.serviceWorker.ready.then(() => true)"))
    page.context.set_offline(True)
    page.reload()
    page.locator("[data-part=desk]").wait_for()
    expect(page.locator("[data-part=line]")).to_have_attribute("data-kind", "gone")


def test_a_phone_that_stands_for_no_door_any_more_first_sends_what_it_keeps(page_at):
    page = page_at(360)
    keep_door(page)
    page.route("**/scan*", lambda asked: asked.abort())
    page.locator("#document").fill("E12345678")
    page.locator("[data-part=document-form] button").click()
    page.locator("[data-part=answer]").wait_for()
    over = {"zh": "已经停用", "en": "out of use"}
    page.route("**/door/post.json", lambda asked: asked.fulfill(status=401, json=over))
    page.reload()
    expect(page.locator("[data-part=ended]")).to_contain_text("还有 1 次没有送出")
    page.unroute("**/scan*")
    with page.expect_request("**/scans") as sent:
        page.reload()
    assert sent.value.headers["authorization"].startswith("Bearer FXT1")
    expect(page.locator("[data-part=ended]")).to_have_text("已经停用")


def test_a_thumb_can_press_everything(page_at):
    page = page_at(360)
    keep_door(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main input:not([type=radio])")]
            .filter((thing) => thing.offsetParent && thing.getBoundingClientRect().height < 48)
            .map((thing) => thing.outerHTML)"""
    )
    assert small == []
