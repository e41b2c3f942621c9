"""The laboratory in a real browser: a box of a site that is offline, a plate of scanned tubes, a file looked at."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.looks import faults_of_every_look
from tests.browser.signing_in import signed_in


def test_a_box_is_received_a_plate_laid_and_a_file_looked_at(page_in_turn):
    page = signed_in(page_in_turn(), "dispatcher")
    mine = uuid4().hex[:8].translate(str.maketrans("abcdef", "234567"))
    page.goto("/rounds")
    page.locator("[name=name]").fill(f"l{mine}")
    page.locator("[name=areas]").select_option("141027")
    page.locator("#new button").click()
    expect(page).to_have_url(re.compile(r"/rounds/[0-9a-f-]{36}"))
    page.locator("#prepare [name=name]").fill("一号点")
    page.locator('button[value="site"]').click()
    page.locator('button[value="roster"]').click()
    expect(page).to_have_url(re.compile("done=roster"))
    page.locator('button[value="open"]').click()
    expect(page).to_have_url(re.compile("done=open"))

    signed_in(page, "laboratory").goto("/laboratory")
    assert faults_of_every_look(page) == []
    page.goto("/laboratory/boxes")
    page.locator("#receive [name=box]").fill(f"B{mine}")
    page.locator("#receive [name=round]").select_option(label=f"l{mine}")
    page.locator("#receive button").click()
    expect(page).to_have_url(re.compile(f"box=B{mine}"))
    assert faults_of_every_look(page) == []

    page.goto("/laboratory/plates")
    page.locator("[name=n_wells]").select_option("32")
    page.locator("[name=barcodes]").fill(mine)
    page.locator("#new button").click()
    expect(page.locator("#map td", has_text=mine)).to_be_visible()
    assert faults_of_every_look(page) == []

    page.goto("/laboratory/files")
    rows = f"样本号,ORF1ab,N,IC\r\n{mine},,,24.5\r\nNC,,,26\r\nPC,28,27,27\r\n"
    page.set_input_files("[name=file]", {"name": "run.csv", "mimeType": "text/csv", "buffer": rows.encode("gb18030")})
    page.locator("#upload button").click()
    expect(page.locator("#refused tbody tr")).to_have_count(1)  # its sampling has not come in
    assert faults_of_every_look(page) == []

    page.goto("/laboratory/review")
    assert faults_of_every_look(page) == []
