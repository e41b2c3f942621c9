"""The county's own outlines are brought, looked at and applied; a grid worker finds the people of the own cell."""

import json

from playwright.sync_api import Page, expect

from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in


def first_cell(page: Page) -> dict:
    """A file with a square for the first grid cell, from the county's own list of them."""
    told = json.loads(page.context.request.get("/grids/outlines.geojson").text())
    west, south, side = 111.849, 35.968, 0.01
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    cell = told["features"][0] | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    return {"type": "FeatureCollection", "features": [cell]}


def test_outlines_are_brought_and_applied_and_a_worker_sees_the_own_people(page_at):
    desk = signed_in(page_at(WIDE, "en"), "dispatcher")
    desk.goto("/grids/outlines")
    buffer = json.dumps(first_cell(desk)).encode()
    desk.locator('input[type="file"]').set_input_files(
        {"name": "grids.geojson", "mimeType": "application/geo+json", "buffer": buffer}
    )
    desk.locator('[name="datum"]').select_option("wgs84")
    with desk.expect_navigation():
        desk.locator("#bring button.is-primary").click()
    assert faults_of_every_look(desk) == []
    with desk.expect_navigation():
        desk.locator("#apply button").click()
    expect(desk.locator("main")).to_contain_text("Applied")
    desk.goto("/grids")
    expect(desk.locator("#map svg .area")).not_to_have_count(0)
    assert faults_of_every_look(desk) == []
    desk.goto("/grids/report")
    assert faults_of_every_look(desk) == []
    phone = signed_in(page_at(NARROW, "zh"), "grid_worker")
    phone.goto("/grids")
    expect(phone.locator("#list tbody tr")).not_to_have_count(0)
    assert faults_of_every_look(phone) == []
