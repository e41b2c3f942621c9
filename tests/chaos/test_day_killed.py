"""Parts of a running county killed in the middle of a day: sent = acknowledged = archived all the same."""

import json
import os
import signal
import urllib.request

import pytest

from tests.integration.running_county import answers, built, running

pytestmark = pytest.mark.sqlite  # each county has a data folder of its own
N_SCANS = 400
MIDDLE = range(60, 330)
KNOWN_AGAIN_S = 5


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    with running(built(tmp_path_factory.mktemp("killed") / "data"), "--no-day") as county:
        yield county


def begun(county, *days):
    """A day that has come to its middle: the first of these that does not end before anybody has looked."""
    for on in days:
        played = county.start("day", "--date", on, "--speed", "3600", "--scans", str(N_SCANS))

        def is_in_the_middle(on=on):
            day = county.day()
            return day.get("on") == on and day["n_acknowledged"] in MIDDLE

        county.until(lambda played=played: played.poll() is not None or is_in_the_middle())
        if played.poll() is None:
            return played
    raise AssertionError(played.stdout.read())


def agrees(played, county):
    told, _ = played.communicate()
    assert played.returncode == 0, told + county.log.read_text()
    assert f"{N_SCANS} scans sent = acknowledged = queryable = archived" in told
    return told


def test_a_gate_killed_in_the_middle_is_back_and_nothing_is_lost(county):
    played = begun(county, "2022-04-19", "2022-05-19", "2022-05-20")
    killed = county.pid_of("gate")
    os.kill(killed, signal.SIGKILL)
    county.until(lambda: county.pid_of("gate") not in (None, killed))
    agrees(played, county)
    assert "The gate has ended (exit code -9) and is started again" in county.log.read_text()


def test_with_the_pages_and_the_worker_killed_the_gate_goes_on_and_the_day_with_it(county):
    played = begun(county, "2022-04-20", "2022-05-21", "2022-05-22")
    gate = county.pid_of("gate")
    for program in ("granian", "worker", "ingest"):
        os.kill(county.pid_of(program), signal.SIGKILL)
    agrees(played, county)
    assert county.pid_of("gate") == gate
    county.until(lambda: answers(f"http://127.0.0.1:{county.port}/healthz"))


def test_a_worker_killed_three_times_in_a_day_is_back_each_time_and_the_gate_hears_of_it(county):
    played = begun(county, "2022-04-22", "2022-05-23", "2022-05-24")
    for _ in range(3):
        county.until(lambda: county.pid_of("worker"))
        os.kill(killed := county.pid_of("worker"), signal.SIGKILL)
        county.until(lambda killed=killed: county.pid_of("worker") not in (None, killed))
    agrees(played, county)
    county.until(lambda: knowledge_age_s(county) < KNOWN_AGAIN_S)


def knowledge_age_s(county):
    with urllib.request.urlopen(f"{county.gate}/healthz", timeout=10) as answer:
        return json.loads(answer.read())["snapshot_age_seconds"]


def test_a_day_that_was_killed_is_gone_on_with_where_it_was(county):
    played = begun(county, "2022-04-21")
    played.kill()
    played.communicate()
    again = county.start("day", "--date", "2022-04-21", "--speed", "3600", "--scans", str(N_SCANS))
    told = agrees(again, county)
    assert "on record before │     0" not in told
