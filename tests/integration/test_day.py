"""A day of scans: what is sent, and a whole small day through a real gate."""

import re
import subprocess
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from fangxian.core.drill.day.columns import KEEPER
from fangxian.core.policy.byte_device import read_device_token
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.handles import DeviceKey
from fangxian.core.policy.person_qr import parse_person_qr
from fangxian.core.refusal import Refusal
from fangxian.gate.contract import read_scan
from fangxian.ops.movement.models import Evidence
from fangxian.ops.people.queries import everybody
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.procedures import play_day as playing
from fangxian.ops.procedures.day_scans import Requests, lay_out, man_doors
from fangxian.ops.procedures.seed_evidence import CARD, seed_morning
from fangxian.ops.procedures.send_scans import GateAddress
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose
from tests.integration.running_county import ROOT, built, environment, free_ports, program, running

TUESDAY, SUNDAY = date(2022, 4, 19), date(2022, 4, 17)
N_SCANS = 400
BY = "program:test"
ALLOWED = {b"id", b"code", b"document", b"venue", b"scanned_at", b"direction", b"temperature_c", b"companions"}


def ids_in(day):
    return [id_ for row in day.members for id_ in day.ids_of(row)]


# Building a county takes a while, so one is asked for several things.
def test_a_day_laid_out_again_is_the_same_scans_again_and_schools_are_closed_on_sunday(small_county):
    first, second, sunday = (lay_out(on, n_scans=N_SCANS) for on in (TUESDAY, TUESDAY, SUNDAY))
    assert ids_in(first) == ids_in(second)
    assert len(set(ids_in(first))) == N_SCANS
    assert (first.plan.person == second.plan.person).all()
    assert not set(ids_in(first)) & set(ids_in(sunday))
    assert "school" in trades_of(first)
    assert not {"school", "kindergarten"} & trades_of(sunday)


def trades_of(day):
    pks = {day.venues[venue][0] for venue in set(day.plan.venue.tolist())}
    return set(Venue.objects.filter(pk__in=pks).values_list("trade", flat=True))


def test_every_request_is_one_a_gate_understands_and_shows_what_its_door_asks_for(small_county):
    day = lay_out(TUESDAY, n_scans=N_SCANS)
    tokens = man_doors(day, by=BY)
    assert man_doors(day, by=BY) == tokens, "devices are put in place once"
    assert DoorDevice.objects.count() == len(tokens)
    requests = list(Requests(day, tokens).of(list(day.members)))
    assert sum(len(request.ids) for request in requests) == N_SCANS
    for request in requests:
        look_at(day, request)


def look_at(day, request):
    scan = read_scan(request.body)
    assert scan.scanned_at == day.at(request.second)
    assert len(scan.companions) == len(request.ids) - 1
    assert set(re.findall(rb'"(\w+)":', request.body)) <= ALLOWED, "codes and circumstances, and nothing of a person"
    assert bool(request.token) == (day.plan.asked_by[request.row] == KEEPER)
    assert scan.document is None or request.token
    if request.token:
        keys = {key.id: DeviceKey(key.secret) for key in the_realm().keys.all_of(Purpose.DEVICES)}
        token = read_device_token(
            request.token, division=141027, at_day=minute_of(scan.scanned_at) // DAY_MIN, keys=keys
        )
        assert token.venue == day.venues[day.plan.venue[request.row]][1]
    if scan.code:
        qr = parse_person_qr(scan.code)
        assert qr.from_min <= minute_of(scan.scanned_at) < qr.until_min, "a code of the minutes in which it is shown"


def test_a_later_day_begins_with_its_own_itinerary_cards_and_nobody_is_given_them_twice(small_county):
    day = lay_out(date(2022, 4, 7), n_scans=5)  # the county was built on the morning of the 8th
    n_other = Evidence.objects.exclude(kind=CARD).count()
    assert playing.lacks_cards(day)
    seed_morning(at=day.begins_at, by=BY, step=lambda *_: None)
    assert not playing.lacks_cards(day)
    cards = Evidence.objects.filter(kind=CARD, from_at__gte=day.begins_at, from_at__lt=day.ends_at)
    with_phone = sum(one.has_phone for page in everybody(page=1000) for one in page)
    assert 0.9 * with_phone < cards.count() <= with_phone
    assert cards.values("person").distinct().count() == cards.count()
    assert Evidence.objects.exclude(kind=CARD).count() == n_other, "contacts and the like are not invented anew"


@pytest.mark.parametrize("on", [date(2030, 1, 1), date(1900, 1, 1), date(2021, 4, 19)])
def test_a_day_without_rules_is_not_played_and_county_time_is_left_alone(small_county, on):
    before = the_realm().clock
    with pytest.raises(Refusal, match=r"day\.no_rules") as refused:
        play(on)
    assert "2022-04-01" in refused.value.said.en
    assert the_realm().clock == before


def play(on):
    told = {"speed": 600, "n_scans": 5, "is_tls": False, "by": BY, "step": lambda *_: None, "watch": lambda *_: None}
    return playing.play_day(on=on, **told)


def test_without_a_gate_nothing_is_planned_and_the_clock_stays(small_county, monkeypatch):
    monkeypatch.setattr(playing, "PATIENCE_S", 0.0)
    nobody = GateAddress(host="127.0.0.1", port=free_ports())
    monkeypatch.setattr(playing, "gate_address", lambda *, is_tls: nobody)
    before = the_realm().clock
    with pytest.raises(Refusal, match=r"day\.gate_silent"):
        play(TUESDAY)
    assert the_realm().clock == before


def test_the_last_hour_is_archived_from_a_little_past_the_next():
    zone = ZoneInfo("Asia/Shanghai")
    assert playing._next_archiving(datetime(2022, 4, 20, 0, 0, 20, tzinfo=zone)) == datetime(
        2022, 4, 20, 0, 6, 30, tzinfo=zone
    )
    assert playing._next_archiving(datetime(2022, 4, 20, 0, 40, tzinfo=zone)) == datetime(
        2022, 4, 20, 1, 6, 30, tzinfo=zone
    )


@pytest.mark.sqlite
def test_a_whole_small_day_is_sent_acknowledged_queryable_and_archived_and_once_only(tmp_path):
    words = ("day", "--date", "2022-04-19", "--speed", "3600", "--scans", str(N_SCANS))
    with running(built(tmp_path / "data"), "--no-day") as county:
        for n_before in (0, N_SCANS):
            played = county.start(*words)
            told, _ = played.communicate()
            assert played.returncode == 0, told + county.log.read_text()
            assert f"{N_SCANS} scans sent = acknowledged = queryable = archived (synthetic)" in told
            assert re.search(rf"on record before\W+{n_before}\W", told)
            assert "all people are synthetic" in told
        assert county.day()["state"] == "done"
    clock = subprocess.run(program("realm"), env=environment(county.folder), cwd=ROOT, capture_output=True, text=True)
    assert "county time 2022-04-20T0" in clock.stdout
    assert "×1.0" in clock.stdout
