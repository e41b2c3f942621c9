"""A screening round in a real browser: prepared, a tube filled and sealed into a box; who is missing."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def lay_out(page, here):
    page.goto(f"{here}/layout")
    page.locator("#sites tbody a").first.click()
    page.locator("[name=waiting]").fill("操场东侧")
    assert faults_of_every_look(page) == []
    page.locator("#one button").click()
    expect(page.locator("#sites tbody tr")).to_contain_text("操场东侧")


def test_a_round_is_prepared_and_a_tube_filled_sealed_and_sent(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    mine = uuid4().hex[:8].translate(str.maketrans("abcdef", "234567"))
    page.goto("/rounds")
    page.locator("[name=name]").fill(f"r{mine}")
    page.locator("[name=areas]").select_option("141027")
    assert faults_of_every_look(page) == []
    page.locator("#new button").click()
    expect(page).to_have_url(re.compile(r"/rounds/[0-9a-f-]{36}"))
    here = page.url.partition("#")[0]
    page.locator("#prepare [name=name]").fill("一号点")
    page.locator("[name=serves]").select_option("141027")
    page.locator('button[value="site"]').click()
    expect(page.locator("#sites tbody tr")).to_have_count(1)
    page.locator('button[value="roster"]').click()
    expect(page).to_have_url(re.compile("done=roster"))
    page.locator('button[value="open"]').click()
    expect(page).to_have_url(re.compile("done=open"))
    assert faults_of_every_look(page) == []

    lay_out(page, here)
    page.goto(f"{here}/table")
    page.locator("#open [name=tube]").fill(mine)
    page.locator('button[value="tube"]').click()
    page.locator("#tube [name=name]").fill("Ivan")
    page.locator("#tube [name=document_number]").fill(f"99P{mine}")
    page.locator('button[value="swab"]').click()
    expect(page.locator("#tube ol li")).to_have_count(1)
    assert faults_of_every_look(page) == []
    page.locator("#tube [name=box]").fill(f"B{mine}")
    page.locator('button[value="seal_tube"]').click()
    expect(page.locator('button[value="box_tube"]')).to_be_visible()

    page.goto(f"{here}/boxes")
    page.locator("[name=box]").fill(f"B{mine}")
    page.locator('button[value="seal_box"]').click()
    expect(page).to_have_url(re.compile("done=seal_box"))
    assert faults_of_every_look(page) == []


def test_who_is_missing_is_seen_by_their_grid_worker(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    page.goto("/rounds")
    page.locator("[name=name]").fill(f"w{uuid4().hex[:8]}")
    page.locator("[name=areas]").select_option("141027")
    page.locator("#new button").click()
    expect(page).to_have_url(re.compile(r"/rounds/[0-9a-f-]{36}"))
    here = page.url.partition("#")[0]
    page.locator('button[value="roster"]').click()
    expect(page).to_have_url(re.compile("done=roster"))
    page = signed_in(page_in_turn(), "grid_worker")
    page.goto(f"{here}/people")
    expect(page.locator("#list tbody tr").first).to_be_visible()
    assert faults_of_every_look(page) == []
    page.goto(f"{here}/doubts")
    assert faults_of_every_look(page) == []
