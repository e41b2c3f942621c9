"""A resident tells on a phone that a guest comes; the grid worker finds it waiting and says that it is not so."""

from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in

MOST_PAGES = 20


def task_of(desk: Page, name: str) -> Locator:
    """The link to the task about somebody, on whichever page of the list it stands: others leave tasks there, too."""
    for number in range(1, MOST_PAGES + 1):
        desk.goto(f"/tasks?page={number}")
        found = desk.get_by_role("link", name=name)
        if found.count():
            return found.first
    raise AssertionError(f"no task about {name} on {MOST_PAGES} pages")


def test_a_resident_tells_of_a_guest_and_the_grid_worker_answers(page_at):
    name = f"来客{uuid4().hex[:6]}"
    phone = signed_in(page_at(NARROW, "zh"), "resident")
    phone.goto("/my/arrivals/others")
    phone.locator('[name="name"]').fill(name)
    phone.locator('[name="tail"]').fill("12")
    phone.locator('[name="tie"]').select_option("guest")
    phone.locator('[name="stay-0-place"]').fill("临汾尧都")
    phone.locator('[name="stay-0-begins_on"]').fill("2022-04-02")
    with phone.expect_navigation():
        phone.locator('button[value="tell"]').click()
    expect(phone.locator('[name="name"]')).to_have_value(name)
    assert faults_of_every_look(phone) == []
    phone.locator('[name="tail"]').fill("7788")
    with phone.expect_navigation():
        phone.locator('button[value="tell"]').click()
    expect(phone.locator("#told table")).to_contain_text(name)

    desk = signed_in(page_at(WIDE, "en"), "grid_worker")
    task_of(desk, name).click()
    desk.wait_for_url("**/tasks/*-*")
    desk.locator('main a[href*="/arrivals/told/"]').first.click()
    expect(desk.locator("h1")).to_have_text(name)
    assert faults_of_every_look(desk) == []
    desk.locator('[name="why"]').fill("not coming")
    desk.locator('button[value="deny"]').click()
    expect(desk.locator("main")).to_contain_text("Noted that it is not so")
    assert faults_of_every_look(desk) == []
