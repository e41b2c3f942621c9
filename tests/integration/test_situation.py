"""The live situation: what stands in the file, who is handed it, what the page says when something stands still."""

import gzip
import json
import os
import threading
import time
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from fangxian.cli.day import reasons_in_words
from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.sign_in import SEEN
from fangxian.ops.alarms.asking import GateWatch
from fangxian.ops.config.wsgi import application
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.pages.situation import serving
from fangxian.ops.pages.situation.figures import figures_of
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.door_words import door_sentences
from fangxian.ops.situation.live import LiveSituation, write_live
from fangxian.ops.situation.silent_venues import silent_venues
from fangxian.ops.visits.counters import Counters
from fangxian.ops.visits.tail import Tail
from tests.integration import two_townships
from tests.integration.journal_writing import a_scan, write_segment
from tests.integration.people_with_codes import RULEBOOK

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCHOOL, SHOP = 1, 2
pytestmark = pytest.mark.django_db


def rule_of(tables: bytes, bit: int) -> str:
    return f"X-{bit}"


@pytest.fixture
def county():
    found = two_townships.build()
    found.shop.status = "verified"
    found.shop.save()
    return found


@pytest.fixture
def folder(tmp_path):
    return tmp_path


class Numbers:
    def __init__(self):
        self.last = 0

    def scans(self, n: int, at: datetime, **more) -> list:
        self.last += n
        return [a_scan(self.last - k, at, **more) for k in range(n)]


def take_in(folder: Path, scans: list, at: datetime = NOON) -> None:
    """Scans into the table and the counts, as the ingest does."""
    write_segment(folder / "journal", scans, at=at)
    Tail(folder / "journal", rule_of).read_on(at=at)
    Counters(folder / "live").write_when_due(at)


def situation(folder: Path, at: datetime = NOON, port: int = 9) -> dict:
    live = LiveSituation(folder, GateWatch(port, folder / "none.pem"))
    live.write(at)
    return json.loads((folder / "live" / "situation.json").read_bytes())


def test_before_anything_is_counted_every_figure_is_not_yet_and_none_is_zero(county, folder):
    found = situation(folder)
    assert (found["day"], found["minutes"], found["silent"]) == (None, None, None)
    assert {name: figure["state"] for name, figure in found["figures"].items()} == {
        **dict.fromkeys(("per_minute", "n", "admit", "verify", "refuse", "silent", "lag"), "not_yet"),
        "gate_age": "unknown",
    }
    assert next((row["zh"], row["recent"], row["day"]) for row in found["townships"]) == ("天坛镇", None, None)


def test_counted_and_nobody_came_is_zero(county, folder):
    Counters(folder / "live").write_when_due(NOON)
    found = situation(folder)
    assert (found["day"]["n"], found["day"]["refuse"], found["figures"]["refuse"]["value"]) == (0, 0, 0)
    assert found["figures"]["refuse"]["state"] == ""
    assert [row["recent"] for row in found["townships"]] == [0, 0]
    assert found["silent"] is None, "nobody ever scanned: which venue is silent is not known"


def test_townships_have_the_scans_of_the_last_five_minutes_and_of_the_day(county, folder):
    numbers = Numbers()
    take_in(
        folder,
        numbers.scans(7, NOON - 10 * MINUTE, venue=SCHOOL)
        + numbers.scans(6, NOON - 2 * MINUTE, venue=SCHOOL)
        + numbers.scans(5, NOON - MINUTE, venue=SHOP)
        + numbers.scans(5, NOON - MINUTE, venue=999),
    )
    found = situation(folder)
    rows = {row["path"]: (row["recent"], row["day"]) for row in found["townships"]}
    assert rows == {
        two_townships.TOWN: (6, [13, 0, 0]),
        two_townships.OTHER_TOWN: (5, [5, 0, 0]),
        "": (5, [5, 0, 0]),
    }
    assert found["figures"]["per_minute"]["value"] == 10
    assert (len(found["minutes"]["counts"]), sum(found["minutes"]["counts"])) == (120, 23)


def test_few_answers_are_withheld_wherever_they_stand(county, folder):
    numbers = Numbers()
    take_in(
        folder,
        numbers.scans(2, NOON - MINUTE, venue=SCHOOL, outcome=Outcome.REFUSE, mask=1)
        + numbers.scans(40, NOON - MINUTE, venue=SHOP, outcome=Outcome.REFUSE, mask=2)
        + numbers.scans(3, NOON - MINUTE, venue=SHOP, outcome=Outcome.VERIFY, mask=4),
    )
    found = situation(folder)
    assert [row["day"][Outcome.REFUSE] for row in found["townships"]] == ["<5", "≥5"]
    figures = found["figures"]
    assert (figures["n"]["value"], figures["refuse"]["value"], figures["verify"]["value"]) == (45, "≥5", "<5")
    assert [(row["outcome"], row["rule"], row["n"]) for row in found["reasons"]] == [
        ("refuse", "X-1", "≥5"), ("refuse", "X-0", "<5"), ("verify", "X-2", "<5"),
    ]  # fmt: skip


def test_how_people_were_answered_is_told_every_five_minutes_so_that_no_count_betrays_who_stands_there(county, folder):
    numbers, live = Numbers(), LiveSituation(folder, GateWatch(9, folder / "none.pem"))

    def refused_at(at: datetime, n: int) -> tuple:
        take_in(folder, numbers.scans(n, at, venue=SHOP, outcome=Outcome.REFUSE, mask=1), at=at)
        found = live.as_json(at)
        told = [row["day"][Outcome.REFUSE] for row in found["townships"] if row["path"] == two_townships.OTHER_TOWN]
        return found["day"]["n"], found["day"]["refuse"], *told, *[row["n"] for row in found["reasons"]]

    assert refused_at(NOON, 8) == (8, 8, 8, 8)
    assert refused_at(NOON + MINUTE, 1) == (9, 8, 8, 8), "a scan more, and nobody knows how it was answered"
    assert refused_at(NOON + 5 * MINUTE, 1) == (10, 10, 10, 10)


def test_after_midnight_yesterdays_answers_are_not_told_as_todays(county, folder):
    live = LiveSituation(folder, GateWatch(9, folder / "none.pem"))
    midnight = NOON + 12 * HOUR
    take_in(folder, Numbers().scans(8, midnight - MINUTE, venue=SHOP), at=midnight - timedelta(seconds=1))
    assert live.as_json(midnight)["day"]["admit"] == 8, "the ingest still counts the day that is over"
    Counters(folder / "live").write_when_due(midnight + timedelta(seconds=1))
    found = live.as_json(midnight + timedelta(seconds=2))
    assert (found["day"]["on"], found["day"]["admit"], found["figures"]["admit"]["before"]) == ("2022-04-20", 0, 8)


def test_beside_the_day_stands_the_whole_of_the_day_before(county, folder):
    numbers = Numbers()
    yesterday = numbers.scans(70, NOON - DAY, venue=SHOP) + numbers.scans(
        3, NOON - DAY, venue=SHOP, outcome=Outcome.REFUSE, mask=1
    )
    take_in(folder, yesterday + numbers.scans(6, NOON - 2 * DAY, venue=SHOP), at=NOON - DAY)
    take_in(folder, numbers.scans(8, NOON - MINUTE, venue=SHOP))
    figures = situation(folder)["figures"]
    told = {name: (figures[name]["value"], figures[name]["before"]) for name in ("n", "admit", "verify", "refuse")}
    assert told == {"n": (8, 73), "admit": (8, "≥5"), "verify": (0, 0), "refuse": (0, "<5")}


def test_without_a_scan_on_the_day_before_nothing_is_said_of_it(county, folder):
    take_in(folder, Numbers().scans(8, NOON - MINUTE, venue=SHOP))
    found = situation(folder)
    assert (found["day_before"], found["figures"]["n"]["before"]) == (None, None)


def test_counts_that_nobody_renews_are_stale(county, folder):
    Counters(folder / "live").write_when_due(NOON)
    path = folder / "live" / "counters.json"
    counted = json.loads(path.read_text())
    path.write_text(json.dumps(counted | {"wall_ms": counted["wall_ms"] - 60_000}))
    figures = situation(folder)["figures"]
    assert (figures["n"]["value"], figures["n"]["state"]) == (0, "stale")
    assert figures["n"]["age_s"] >= 60


def test_a_venue_that_scanned_at_this_hour_on_most_days_and_not_now_is_silent(county, folder):
    numbers = Numbers()
    for back in (1, 2, 3):
        take_in(folder, numbers.scans(1, NOON - back * DAY - 20 * MINUTE, venue=SHOP))
    take_in(folder, numbers.scans(1, NOON - DAY - 20 * MINUTE, venue=SCHOOL))
    found = silent_venues(NOON)
    assert (found.n_days, found.n_usual) == (3, 1), "the school scanned at this hour on one day of three"
    assert [(it.name, it.last_at) for it in found.venues] == [("乔家便民店", NOON - DAY - 20 * MINUTE)]
    take_in(folder, numbers.scans(1, NOON - MINUTE, venue=SHOP))
    assert silent_venues(NOON).venues == [], "the list reaches zero"


def test_at_an_hour_when_no_venue_usually_scans_silence_is_not_known(county, folder):
    for back in (1, 2, 3):
        take_in(folder, Numbers().scans(1, NOON - back * DAY - 6 * HOUR, venue=SHOP))
    found = situation(folder)
    assert (found["silent"]["n_usual"], found["silent"]["n"]) == (0, 0)
    assert (found["figures"]["silent"]["value"], found["figures"]["silent"]["state"]) == (None, "unknown")


def test_a_reason_is_told_in_the_rulebooks_words_on_the_page_and_in_a_played_days_table(county, monkeypatch):
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by="program:test")
    assert door_sentences(NOON)["D-31"].zh
    monkeypatch.setenv("FANGXIAN_LANGUAGE", "en")
    (known, unknown) = reasons_in_words([("D-31", 81), ("Z-9", 1)], NOON.date())
    assert known == (f"   by D-31 {door_sentences(NOON)['D-31'].en}", 81)
    assert "not known here" in unknown[0]


def test_a_closed_venue_is_not_missed(county, folder):
    take_in(folder, Numbers().scans(1, NOON - DAY - 20 * MINUTE, venue=SHOP))
    county.shop.status = "suspended"
    county.shop.save()
    assert silent_venues(NOON).venues == []


def test_without_earlier_days_a_venue_is_held_against_its_morning(county, folder):
    numbers = Numbers()
    take_in(folder, numbers.scans(12, NOON - 2 * HOUR, venue=SHOP) + numbers.scans(11, NOON - 2 * HOUR, venue=SCHOOL))
    found = silent_venues(NOON)
    assert (found.n_days, [it.name for it in found.venues]) == (0, ["乔家便民店"])


class AGate(BaseHTTPRequestHandler):
    said = {"status": "ok", "snapshot": 7, "snapshot_age_seconds": 3, "people": 5, "journal_backlog": 0}

    def do_GET(self):
        body = json.dumps(self.said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def gate():
    server = HTTPServer(("127.0.0.1", 0), AGate)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_age_of_what_the_gate_knows_is_what_the_gate_says(county, folder, gate):
    found = situation(folder, port=gate.server_port)
    assert found["sources"]["gate"] | {"age_s": 3} == {"state": "ok", "age_s": 3, "snapshot": 7, "backlog": 0}
    assert found["figures"]["gate_age"]["value"] >= 3


def test_a_gate_that_answers_no_more_is_not_known(county, folder, gate):
    watch = GateWatch(gate.server_port, folder / "none.pem")
    heard = watch.look()
    gate.shutdown()
    gate.server_close()
    assert watch.look() == heard
    watch.last = type(heard)(**{n: getattr(heard, n) for n in heard.__slots__} | {"heard_at_ms": 0})
    figure = LiveSituation(folder, watch).as_json(NOON)["figures"]["gate_age"]
    assert (figure["value"], figure["state"]) == (None, "unknown")


# ---- the file, handed out ----


@pytest.fixture
def signed_in(county):
    """A commander's client, with the live file of this realm there."""
    Counters(the_realm().path / "live").write_when_due(county_now())
    write_live()
    commander = Account.objects.create(username="hq", display_name="测试", unit=county.unit, unit_since=county_now())
    Appointment.objects.create(account=commander, role="commander", area_path="141027", begins_at=county_now())
    client = Client()
    client.force_login(commander, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Answer(SimpleNamespace):
    """What the pages' program answered, from its outermost layer inwards."""

    def json(self):
        return json.loads(self.content)


def ask(client: Client, address: str = "/situation.json", **headers: str) -> Answer:
    """Through all of the program, as a server asks; cookies are kept as a browser keeps them."""
    path, _, query = address.partition("?")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    environ = RequestFactory().get(path, QUERY_STRING=query, HTTP_COOKIE=cookies, **headers).environ
    told = Answer()

    def start_response(status, given, _exc=None):
        told.status, told.headers = int(status[:3]), dict(given)

    request_started.disconnect(close_old_connections)  # as Django's own client does: the test's transaction is open
    try:
        told.content = b"".join(application(environ, start_response))
    finally:
        request_started.connect(close_old_connections)
    told.ticket = SimpleCookie(told.headers.get("Set-Cookie", "")).get(serving.TICKET)
    if told.ticket:
        client.cookies[serving.TICKET] = told.ticket.value
    return told


def test_with_a_ticket_the_file_is_handed_out_without_a_question_to_the_database(signed_in, django_assert_num_queries):
    first = ask(signed_in)
    assert (first.status, first.ticket["path"], first.ticket["httponly"]) == (200, "/situation.json", True)
    with django_assert_num_queries(0):
        again = ask(signed_in)
    assert (again.status, again.json()["format"]) == (200, "fangxian-situation-1")


def test_who_has_the_file_already_is_told_so_and_how_old_it_is(signed_in):
    first = ask(signed_in)
    again = ask(signed_in, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status, again.content, again.headers["Age"].isdecimal()) == (304, b"", True)
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_it_is_compressed_for_whoever_takes_that(signed_in):
    plain = ask(signed_in)
    packed = ask(signed_in, HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(packed.content) == plain.content


def test_a_ticket_is_worth_nothing_in_another_session(signed_in):
    ticket = ask(signed_in).ticket.value
    stranger = Client()
    stranger.cookies[serving.TICKET] = ticket
    assert ask(stranger).status == 302
    signed_in.logout()
    signed_in.cookies[serving.TICKET] = ticket
    assert ask(signed_in).status == 302


def test_an_old_ticket_is_asked_about_again(signed_in, monkeypatch):
    ask(signed_in)
    monkeypatch.setattr(serving, "TICKET_LASTS_S", -1)
    answer = ask(signed_in)
    assert (answer.status, answer.ticket is not None) == (200, True)


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(signed_in):
    def seen_after(address: str) -> int:
        then = int(time.time()) - 61
        session = signed_in.session
        session[SEEN] = then
        session.save()
        signed_in.cookies.pop(serving.TICKET, None)
        ask(signed_in, address)
        return signed_in.session[SEEN] - then

    assert seen_after("/situation.json") == 0
    assert seen_after("/situation.json?wall") >= 61
    assert seen_after("/situation") >= 61


def test_before_the_worker_has_written_it_the_page_opens_and_says_not_yet(signed_in):
    path = the_realm().path / "live" / "situation.json"
    kept = path.read_bytes()
    os.unlink(path)
    try:
        assert ask(signed_in).status == 503
        page = signed_in.get("/situation")
        assert page.status_code == 200
        assert "还没有扫码统计" in page.content.decode()
    finally:
        path.write_bytes(kept)


@pytest.mark.parametrize("address", ["/situation", "/situation/wall"])
def test_the_page_is_whole_without_a_script(signed_in, address):
    html = signed_in.get(address).content.decode()
    assert html.count("data-figure=") == 8
    assert html.count('class="bar') >= 120
    assert "天坛镇" in html


def test_a_file_that_is_old_makes_every_figure_stale():
    document = {"figures": {"n": {"value": 3, "state": "", "at": NOON.isoformat(), "age_s": 1.0}}}
    (found,) = [it for it in figures_of(document, 90) if it.name == "n"]
    assert (found.value, found.state, found.age_s) == ("3", "stale", 91)
