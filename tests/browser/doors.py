"""What tests of doors do in a browser: sign in, let a phone in, wait for the gate."""

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from fangxian.core.policy.venue_code import read_typed_venue, venue_poster_text, venue_poster_to_sign
from fangxian.ops.realm.folder import open_realm
from fangxian.ops.realm.keys import Purpose
from tests.browser.signing_in import signed_in
from tests.integration.journal_writing import write_segment

DIVISION = 141027
WITHIN_S = 90


def enter(page, role, address):
    """Sign in as a role of the demo and open a page."""
    signed_in(page, role).goto(address)


def gate_of(page) -> str:
    return page.locator("[data-gate]").get_attribute("data-gate")


def snapshot_at(gate: str) -> int:
    """How far the gate follows; -1 while it follows nothing."""
    try:
        with urllib.request.urlopen(f"{gate}/healthz", timeout=5) as answer:
            return json.load(answer)["snapshot"] or -1
    except OSError:
        return -1


def wait_for(page, what) -> None:
    """Until it is true; the page goes on meanwhile."""
    deadline = time.monotonic() + WITHIN_S
    while not what():
        assert time.monotonic() < deadline, "it did not come true in time"
        page.wait_for_timeout(100)


def keep_door(page) -> str:
    """Take the post at the keeper's venue with this phone; the nine characters of its first door."""
    enter(page, "door_keeper", "/door")
    gate = gate_of(page)
    wait_for(page, lambda: snapshot_at(gate) > 0)
    before = snapshot_at(gate)
    page.locator("form.take-post button").first.click()
    page.locator("[data-part=desk]").wait_for()
    wait_for(page, lambda: snapshot_at(gate) > before)
    page.locator("[data-part=door] option").first.wait_for(state="attached")
    return page.locator("[data-part=door] option").first.get_attribute("value")


def own_code(page) -> str:
    """The text of the QR of whoever is signed in."""
    told = page.evaluate("fetch('/my/codes.json').then((answer) => answer.json())")
    return next(one["text"] for one in told["carried"] if one["id"] == "own")


def poster(data: Path, typed: str, generation: int = 1) -> str:
    """The text of a door's poster in the live site's realm, the first one unless another is asked for."""
    keys = open_realm(data).keys
    place = read_typed_venue(typed, division=DIVISION)
    to_sign = venue_poster_to_sign(place, signer_id=keys.current(Purpose.SIGNING).id, generation=generation)
    return venue_poster_text(to_sign, keys.signing_key.sign(to_sign))


def write_as_a_gate(data: Path, scans: list, *, at: datetime) -> None:
    """Scans into a segment of the live site's journal, as a gate writes them; its ingest takes them in."""
    # In a thread of its own: the writer runs a loop, and so does the one that drives Chromium.
    with ThreadPoolExecutor(1) as writer:
        writer.submit(write_segment, data / "journal", scans, at=at, gate=0xB0).result()
