"""The loop, whole: evidence in the pages' database → worker → gate → journal → ingest → table, each its own program.

A small county of its own; what officers do is done by its actions (county_hand.py), what doors do by real HTTP.
"""

import json
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Outcome, Presence
from fangxian.ops.realm.folder import open_realm

from .gate_process import GateProcess, gate_running, wait_for
from .running_county import ROOT, built, environment, program

pytestmark = [pytest.mark.sqlite, pytest.mark.xdist_group("loop")]  # the county has a data folder of its own
PROMISED_S = 2.0
TRIES = 8  # on a machine that is busy with something else: the best counts, and the first that is good ends it


class Hand:
    """Somebody who acts in the county by its own actions, while its programs run."""

    def __init__(self, folder):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.county_hand"], env=environment(folder), cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, do, **told):
        print(json.dumps({"do": do, "told": told}), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def end(self):
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@dataclass
class County:
    """The county with its programs, and the people of it that nobody has told a story of yet."""

    folder: object
    do: Hand
    gate: GateProcess
    worker: subprocess.Popen
    people: list

    def somebody(self):
        return self.people.pop()

    def scan(self, code, venue, token="", **more):
        """Status and answer of one scan, made now."""
        at = open_realm(self.folder).clock.now()
        told = {"id": str(uuid.uuid4()), "code": code, "venue": venue, "scanned_at": at.isoformat()} | more
        return self.gate.ask(told, token)

    def refusal(self, *scanned):
        """The code of a refusal; "" of an answer."""
        return self.scan(*scanned)[1].get("refusal", "")

    def last_record(self):
        return self.gate.recorded()[-1]

    def age_s(self):
        return self.gate.health()[1]["snapshot_age_seconds"]

    def pace(self, rate):
        """County time at another pace, at the gate too: by then a gate with the old clock would be far off."""
        self.do("pace", rate=rate)
        changed = time.monotonic()
        near = timedelta(seconds=1 + rate / 2)

        def gate_agrees():
            gate_time = datetime.fromisoformat(self.gate.health()[1]["county_time"])
            return abs(gate_time - open_realm(self.folder).clock.now()) < near

        wait_for(lambda: time.monotonic() - changed > PROMISED_S and gate_agrees())


@contextmanager
def ended(process):
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def start(folder, name, log):
    return subprocess.Popen(program(name), env=environment(folder), cwd=ROOT, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = built(tmp_path_factory.mktemp("loop") / "data")
    with ExitStack() as stack:
        log = stack.enter_context((folder / "programs.log").open("w"))
        worker = start(folder, "worker", log)
        stack.enter_context(ended(start(folder, "ingest", log)))
        gate = stack.enter_context(gate_running(SimpleNamespace(realm=folder)))
        hand = Hand(folder)
        stack.callback(hand.end)
        made = County(folder, hand, gate, worker, hand("people", n=40))
        stack.callback(lambda: made.worker.kill() or made.worker.wait())
        wait_for(lambda: gate.health()[1]["status"] == "ok")
        yield made


@pytest.fixture(scope="module")
def shop(county):
    return open_venue(county, "shop")


def open_venue(county, venue_class, place=0):
    """A venue whose devices the gate knows already."""
    found = county.do("venue", venue_class=venue_class, place=place)
    qr = county.do("qr", person=county.people[0]["id"])
    wait_for(lambda: county.refusal(qr, found["poster"], found["keeper"]) != "device.revoked")
    return found


def within_promise(county, happen, has_come):
    """How long after `happen` the gate acts on it, at best; each try has something of its own happen."""
    took = []
    for _ in range(TRIES):
        what = happen()
        began = time.monotonic()
        wait_for(lambda what=what: has_come(what))
        took.append(time.monotonic() - began)
        if took[-1] <= PROMISED_S:
            break
    assert min(took) <= PROMISED_S, took


# At the door


def test_a_resident_who_scans_a_poster_is_told_what_and_why_and_proves_nothing(county, shop):
    status, answer = county.scan(county.do("qr", person=county.somebody()["id"]), shop["poster"])
    assert (status, answer["outcome"]) == (200, "admit")
    assert [answer[name] for name in ("health", "travel", "test_age_hours")] == [None, None, None]
    assert {"because", "snapshot", "snapshot_age_seconds"} <= answer.keys()
    record = county.last_record()
    assert (record.presence, bool(record.marks & ScanMark.ANONYMOUS)) == (Presence.NONE, True)


def test_a_keepers_device_is_told_everything_and_shows_that_somebody_stood_there(county, shop):
    person = county.somebody()
    _, answer = county.scan(county.do("qr", person=person["id"]), shop["poster"], shop["keeper"], temperature_c=36.4)
    assert (answer["outcome"], answer["health"], answer["travel"]) == ("admit", "green", "clear")
    assert 0 <= answer["test_age_hours"] < 24
    record = county.last_record()
    assert (record.presence, record.gate_number, record.venue) == (Presence.STAFFED, person["number"], shop["number"])


def test_the_code_on_a_doors_screen_shows_that_somebody_stood_there_and_tells_no_more(county, shop):
    code = county.do("on_screen", screen=shop["screen"])
    _, answer = county.scan(county.do("qr", person=county.somebody()["id"]), code)
    assert (answer["outcome"], answer["health"]) == ("admit", None)
    assert county.last_record().presence == Presence.ROTATING


def test_a_scan_that_a_door_without_network_kept_for_two_weeks_still_opens_and_is_marked_as_late(county, shop):
    person, days = county.somebody(), 13.99
    at = open_realm(county.folder).clock.now() - timedelta(days=days)
    code = county.do("qr", person=person["id"], days_ago=days)
    status, answer = county.scan(code, shop["poster"], shop["keeper"], scanned_at=at.isoformat())
    assert (status, answer.get("refusal")) == (200, None)
    record = county.last_record()
    assert (record.gate_number, bool(record.marks & ScanMark.LATE)) == (person["number"], True)


# What is decided in the pages holds at the door


def turned_red(county):
    person = county.somebody()
    qr = county.do("qr", person=person["id"])
    assert county.do("rule", person=person["id"], colour="red") is True
    return qr


def test_a_resident_ruled_red_by_two_people_is_refused_within_two_seconds_and_told_why(county, shop):
    qrs = []

    def happen():
        qrs.append(turned_red(county))
        return qrs[-1]

    within_promise(county, happen, lambda qr: county.scan(qr, shop["poster"])[1]["outcome"] == "refuse")
    _, answer = county.scan(qrs[-1], shop["poster"], shop["keeper"], temperature_c=36.4)
    assert (answer["outcome"], answer["health"]) == ("refuse", "red")
    assert [reason["rule"] for reason in answer["because"]] == ["D-01", "C-14"]
    assert "红码" in answer["because"][0]["zh"]
    assert "red" in answer["because"][0]["en"]
    assert all(reason["zh"] and reason["en"] for reason in answer["because"])


def test_a_hospital_shows_somebody_red_the_way_and_refuses_nobody(county):
    hospital = open_venue(county, "hospital")
    qr = turned_red(county)
    wait_for(lambda: county.scan(qr, hospital["poster"], hospital["keeper"])[1]["health"] == "red")
    for token in ("", hospital["keeper"]):
        _, answer = county.scan(qr, hospital["poster"], token)
        assert answer["outcome"] == "admit"
        assert answer["because"][0]["zh"]
        assert answer["because"][0]["en"]


def test_a_venue_that_was_closed_is_refused_within_two_seconds(county):
    qr, places = county.do("qr", person=county.somebody()["id"]), iter(range(1, 1 + TRIES))

    def happen():
        found = open_venue(county, "shop", next(places))
        county.do("close", venue_id=found["id"])
        return found

    within_promise(county, happen, lambda found: county.refusal(qr, found["poster"]) == "code.venue_closed")


def test_a_renewed_qr_ends_the_one_before_it(county, shop):
    person = county.somebody()["id"]
    old = county.do("qr", person=person)
    county.do("renew_qr", person=person)
    wait_for(lambda: county.refusal(old, shop["poster"]) == "code.revoked")
    assert county.scan(county.do("qr", person=person), shop["poster"])[0] == 200


def test_the_code_of_a_record_merged_yesterday_answers_for_the_one_that_goes_on(county, shop):
    kept, merged = county.somebody(), county.somebody()
    qr, card = county.do("qr", person=merged["id"]), county.do("card", person=merged["id"])
    assert county.do("rule", person=kept["id"], colour="yellow") is True
    county.do("merge", kept=kept["id"], merged=merged["id"])
    wait_for(lambda: county.scan(qr, shop["poster"], shop["keeper"])[1]["health"] == "yellow")
    assert county.last_record().gate_number == kept["number"]
    assert county.scan(card, shop["poster"], shop["keeper"])[1]["health"] == "yellow"


def test_a_card_reported_lost_stays_worthless_when_its_record_is_merged(county, shop):
    kept, merged = county.somebody(), county.somebody()
    lost = county.do("card", person=merged["id"])
    county.do("renew_card", person=merged["id"])
    good, qr = county.do("card", person=merged["id"]), county.do("qr", person=merged["id"])
    wait_for(lambda: county.refusal(lost, shop["poster"]) == "code.revoked")
    county.do("merge", kept=kept["id"], merged=merged["id"])

    def is_merged():
        county.scan(qr, shop["poster"])
        return county.last_record().gate_number == kept["number"]

    wait_for(is_merged)
    assert county.scan(good, shop["poster"])[0] == 200
    assert county.refusal(lost, shop["poster"]) == "code.revoked"


# When a part is away


def test_with_the_worker_killed_the_gate_goes_on_and_says_how_old_its_knowledge_is(county, shop):
    county.worker.kill()
    county.worker.wait()
    wait_for(lambda: county.age_s() >= 3)
    _, answer = county.scan(county.do("qr", person=county.somebody()["id"]), shop["poster"], shop["keeper"])
    assert answer["outcome"] == "admit"
    assert answer["snapshot_age_seconds"] >= 3
    told_late = turned_red(county)
    assert county.scan(told_late, shop["poster"])[1]["outcome"] == "admit", "it cannot know yet"
    with (county.folder / "programs.log").open("a") as log:
        county.worker = start(county.folder, "worker", log)
    wait_for(lambda: county.scan(told_late, shop["poster"])[1]["outcome"] == "refuse")
    wait_for(lambda: county.age_s() < 3)


# When county time runs fast


def test_where_county_time_runs_fast_a_screen_can_still_be_scanned_a_second_after_it_was_looked_at(county, shop):
    county.pace(600)
    try:
        clock = open_realm(county.folder).clock
        qr = county.do("qr", person=county.somebody()["id"])
        code, seen_at = county.do("on_screen", screen=shop["screen"]), clock.now()
        wait_for(lambda: clock.now() - seen_at >= timedelta(minutes=10))
        status, answer = county.scan(qr, code)
        assert (status, answer.get("refusal")) == (200, None)
        assert county.last_record().presence == Presence.ROTATING
    finally:
        county.pace(1)


# What is acknowledged is on record


def test_the_table_holds_what_the_gate_wrote_down_and_nothing_else(county, shop):
    person = county.somebody()
    asked = {"code": county.do("qr", person=person["id"]), "venue": shop["poster"], "id": str(uuid.uuid4())}
    asked["scanned_at"] = open_realm(county.folder).clock.now().isoformat()
    for _ in range(2):
        status, answer = county.gate.ask(asked)
        assert (status, answer.get("outcome")) == (200, "admit")
    written = {
        record.id.hex(): [record.device, record.outcome, record.gate_number] for record in county.gate.recorded()
    }
    assert len(written) == len(county.gate.recorded())
    wait_for(lambda: len(county.do("hot")) >= len(written))
    assert county.do("hot") == written
    assert written[uuid.UUID(asked["id"]).hex] == [0, Outcome.ADMIT, person["number"]]
