"""A person turned red by three people in a real browser, and what the gate then says at a door."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from fangxian.ops.realm.folder import open_realm
from tests.browser.looks import faults, faults_of_every_look
from tests.browser.signing_in import signed_in

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a horse, a well, a lamp"
BASIS = "传染病防治法第三十九条"
RULED = "C-14"  # the rule by which a ruling turns a code
PERSON_AND_DOOR = """
import json
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.places.models import Door
from fangxian.ops.places.wire import poster_code, venue_door
from fangxian.ops.procedures.issue_codes import person_qr
code = HealthCode.objects.filter(colour=1).order_by("gate_number")[{nth}]
door = Door.objects.filter(venue__status="verified", venue__venue_class="shop").select_related("venue").first()
poster = poster_code(venue_door(door.venue.venue_number, door.number), door.generation)
print(json.dumps({{"person": str(code.person_id), "qr": person_qr(code.person_id), "poster": poster}}))
"""
LET_IN = """
from fangxian.ops.accounts.actions import set_password
from fangxian.ops.accounts.queries import account_named
account = account_named("{username}")
set_password(account=account, password="{password}", by=f"account:{{account.pk}}")
"""


def in_realm(data: Path, program: str) -> str:
    """What a program says that runs inside the realm of the site."""
    environment = {**os.environ, "FANGXIAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    environment.pop("DATABASE_URL", None)
    told = subprocess.run(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{program}"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout


def as_account(page: Page, data: Path, username: str) -> None:
    in_realm(data, LET_IN.format(username=username, password=PASSWORD))
    page.goto("/sign-in")
    page.locator('input[name="username"]').fill(username)
    page.locator('input[name="password"]').fill(PASSWORD)
    with page.expect_navigation():
        page.locator('input[name="password"]').press("Enter")


def at_the_door(site, known: dict) -> dict:
    """What the gate answers to somebody who scans the poster, now."""
    realm = open_realm(site.data)
    scan = {
        "id": str(uuid4()),
        "code": known["qr"],
        "venue": known["poster"],
        "scanned_at": realm.clock.now().isoformat(timespec="milliseconds"),
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{realm.ports.gate}/scan", json.dumps(scan).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def rules_of(answer: dict) -> set[str]:
    return {one["rule"] for one in answer["because"]}


def ask(page: Page, person: str) -> None:
    """As an investigator would: from the person's page to the form."""
    page.goto(f"/persons/{person}#code")
    page.locator(f'a[href="/persons/{person}/ruling"]').click()
    page.locator('input[name="ruling"][value="red"]').check()
    page.locator('input[name="basis"]').fill(BASIS)
    page.locator('textarea[name="reason"]').fill("核酸复核阳性。")
    page.locator("main form button:not([name])").click()
    page.wait_for_url("**/approvals/*?done=asked")


def test_a_person_is_turned_red_by_two_of_two_units_and_is_stopped_at_the_next_door(page_at, live_site):
    known = json.loads(in_realm(live_site.data, PERSON_AND_DOOR.format(nth=3)))
    before = at_the_door(live_site, known)
    assert RULED not in rules_of(before)

    investigator = signed_in(page_at(1366), "investigator")
    ask(investigator, known["person"])
    address = investigator.url.partition("?")[0]

    mayor = signed_in(page_at(1366), "commander")
    mayor.goto("/approvals")
    assert faults(mayor) == []
    mayor.locator(f'a[href="{address.removeprefix(live_site.url)}"]').click()
    expect(mayor.locator("main")).to_contain_text(BASIS)
    mayor.locator('button[value="approve"]').click()
    mayor.wait_for_url("**?done=approved")

    doctor = page_at(360)
    as_account(doctor, live_site.data, "commander-3")
    doctor.goto(address)
    assert faults(doctor) == []
    doctor.locator('button[value="approve"]').click()
    doctor.wait_for_url("**?done=ruled")
    ruled_at = time.monotonic()

    while RULED not in rules_of(answer := at_the_door(live_site, known)):
        assert time.monotonic() - ruled_at < 60, answer
        time.sleep(0.1)
    print(f"refused at the door {time.monotonic() - ruled_at:.2f} s after the second approval was on the page")
    assert answer["outcome"] == "refuse"
    assert any("两个单位的两位工作人员依法裁定转为红码" in one["zh"] for one in answer["because"])

    investigator.goto(f"/persons/{known['person']}")
    expect(investigator.locator("#code .health-code").first).to_contain_text("红码")


def test_the_form_and_the_lists_fit_and_are_sound(page_in_turn, live_site):
    known = json.loads(in_realm(live_site.data, PERSON_AND_DOOR.format(nth=9)))
    page = signed_in(page_in_turn(), "investigator")
    for address in (f"/persons/{known['person']}", f"/persons/{known['person']}/ruling", "/approvals"):
        page.goto(address)
        assert faults_of_every_look(page) == []


def test_what_is_missing_is_said_beside_its_field(page_at, live_site):
    known = json.loads(in_realm(live_site.data, PERSON_AND_DOOR.format(nth=5)))
    page = signed_in(page_at(360), "investigator")
    page.goto(f"/persons/{known['person']}/ruling")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("main form button:not([name])").click()
    expect(page.locator("main form")).to_contain_text("还没有写法律依据")
    assert faults(page) == []
