"""Somebody who passes through, with their own phone."""

import sqlite3
from contextlib import closing

from fangxian.core.identity import check_character
from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.realm.folder import open_realm
from tests.browser.doors import write_as_a_gate
from tests.browser.looks import faults_of_every_look
from tests.integration.journal_writing import a_scan


def number(sequence: int) -> str:
    body = f"99902719850203{sequence:03d}"
    return body + check_character(body)


def show_document_at_a_road_post(data, sequence):
    """What is on record once a keeper there has typed the newest visitor's number."""
    at = open_realm(data).clock.now()
    with closing(sqlite3.connect(f"file:{data / 'database.sqlite3'}?mode=ro", uri=True)) as rows:
        (gate_number,) = rows.execute(
            "SELECT gate_number FROM people_person JOIN people_temporaryidentity ON person_id = people_person.id "
            "ORDER BY begins_at DESC"
        ).fetchone()
        (venue,) = rows.execute("SELECT venue_number FROM places_venue WHERE venue_class = 'highway-post'").fetchone()
    shown = {"gate_number": gate_number, "marks": ScanMark.BY_DOCUMENT, "presence": Presence.STAFFED}
    write_as_a_gate(data, [a_scan(sequence, at, venue=venue, **shown)], at=at)


def test_a_visitor_registers_declares_shows_a_document_and_turns_green(page_in_turn, live_site, language):
    page = page_in_turn()
    page.goto("/visitor")
    assert faults_of_every_look(page) == []
    told = {"name": "杜甫", "phone": "15400000077", "from_place": "临汾", "to_place": "长治"}
    told["number"] = number(100 + (language == "en"))
    for field, text in told.items():
        page.locator(f"#id_{field}").fill(text)
    page.locator("main form button").click()
    page.wait_for_url("**/visitor/*")
    page.locator(".code-band.of-unknown").wait_for()
    assert faults_of_every_look(page) == []
    page.locator("#id_text").fill("临汾市尧都区，4 月 1 日起")
    page.locator("#id_is_true").check()
    page.locator("main form button").click()
    page.locator(".steps .is-done").wait_for()
    page.locator(".code-band.of-unknown").wait_for()
    assert faults_of_every_look(page) == []
    show_document_at_a_road_post(live_site.data, 800_000 + (language == "en"))
    page.locator(".code-band.of-green").wait_for()
