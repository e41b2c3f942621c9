"""A day of scans through the running gate (演一天). In a demo or a drill only: everybody in it is invented.

1. who goes where, and when                        core.drill.day, from people and places
2. a keeper's device at each door that has one     places
3. each scan as a phone would send it              issue_codes, places
4. the tests and itinerary cards of that morning   seed_evidence, on a demo's later days
5. county time runs                                set_clock; the worker tells the gate
6. every scan to the gate until it is answered     over HTTP
7. county time slows down; the journal is in       visits, by the ingest
8. the last hour is archived                       visits, by the worker
9. every scan is looked up                         visits

It may be stopped and run again at any time: what is on record is not sent again.
"""

import fcntl
import json
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.queries import last_recorded_at
from fangxian.ops.measures.queries import periods_with_gate
from fangxian.ops.movement.queries import has_evidence
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.folder import RealmKind, open_realm

from .day_scans import Day, Request, Requests, lay_out, man_doors
from .day_totals import DayTotals, n_queryable, n_waiting_for_archive, on_record, totals_of
from .recolour import rules_of_codes
from .seed_evidence import CARD, seed_morning
from .send_scans import GateAddress, Sent, gate_silent, send_scans
from .set_clock import set_clock

PLANNING = Said("编排这一天", "Planning the day")
MAKING = Said("签发健康码", "Making the codes that are shown")
LEAD_S: Final = 1.0  # wall time for everybody to notice the clock before the first scan is due
PATIENCE_S: Final = 60.0  # wall time without the slightest progress
LOOKED_EVERY_S: Final = 0.2
ARCHIVED_FROM: Final = timedelta(minutes=6, seconds=30)  # past an hour: its scans are archived from then on
Step = Callable[[Said, int, int], None]
Watch = Callable[[Sent, int, datetime], None]
"""`watch(sent, planned, county time)`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a day went; `totals` None when it was stopped on the way."""

    on: date
    sent: Sent
    n_before: int
    at: datetime
    totals: DayTotals | None


def play_day(*, on: date, speed: float, n_scans: int, is_tls: bool, by: str, step: Step, watch: Watch) -> Played:
    """Play a day at `speed` county seconds a second; the clock then goes on at its usual pace.

    Refuses
    -------
    day.live_realm, day.no_rules, day.playing_already, day.too_many, day.gate_silent, day.worker_silent
    """
    refuse_live_realm()
    refuse_day_without_rules(on)
    with locked():
        gate = gate_address(is_tls=is_tls)
        await_gate(gate)
        step(PLANNING, 0, 1)
        day = lay_out(on, n_scans=n_scans)
        step(PLANNING, 1, 1)
        ids = {row: day.ids_of(row) for row in day.members}
        known = on_record((id_ for of_row in ids.values() for id_ in of_row), day.begins_at, day.ends_at)
        rows = [row for row in day.members if not known.issuperset(ids[row])]
        before = sum(len(ids[row]) for row in day.members) - sum(len(ids[row]) for row in rows)
        made = Requests(day, man_doors(day, by=by))
        requests = list(made.of(rows, lambda done, total: step(MAKING, done, total)))
        if rows and lacks_cards(day):
            set_pace(day.begins_at, 1.0, by)
            seed_morning(at=day.begins_at, by=by, step=step)
        sent = _play(day, requests, made, gate, speed=speed, before=before, by=by, watch=watch) if rows else Sent()
        if sent.is_stopped:
            return Played(on=on, sent=sent, n_before=before, at=county_now(), totals=None)
        found = _settled(day, {id_ for of_row in ids.values() for id_ in of_row}, sent, before, by)
        _note(on, "done", at=county_now(), n_scans=n_scans, sent=sent, before=before)
        return Played(on=on, sent=sent, n_before=before, at=county_now(), totals=found)


def is_due() -> bool:
    """Whether no day has been played to its end in this realm."""
    return (_noted() or {}).get("state") != "done"


def day_begun() -> date | None:
    """The date of a day that was begun and not played to its end."""
    noted = _noted()
    return date.fromisoformat(noted["on"]) if noted and noted["state"] != "done" else None


def settle(*, by: str) -> None:
    """Slow the clock down that a day left running fast when it was killed; it shows again when that was, or the last
    that was recorded, if that was later.
    """
    noted = _noted()
    if not noted or noted["state"] != "playing" or not the_realm().is_synthetic:
        return
    with locked():
        clock = open_realm(the_realm().path).clock
        if clock.rate != 1:
            at = datetime.fromisoformat(noted["at"])
            # Noted as scans were answered: others may have gone on recording, and county time does not go back.
            at = max(at, last_recorded_at(since_wall=clock.wall_anchor) or at)
            set_clock(clock=CountyClock.starting(at, zone=the_realm().clock.zone), by=by)
        _write_note(noted | {"state": "stopped"})


def gate_address(*, is_tls: bool) -> GateAddress:
    """The realm's own gate, on this machine."""
    certificate = the_realm().path / "tls" / "certificate.pem"
    trusted = ssl.create_default_context(cafile=str(certificate)) if is_tls else None
    return GateAddress(host="127.0.0.1", port=the_realm().ports.gate, trusted=trusted)


def lacks_cards(day: Day) -> bool:
    """Whether it is a demo in which nobody has shown an itinerary card of that day. A drill's evidence is its own."""
    is_demo = the_realm().kind is RealmKind.DEMO
    return is_demo and not has_evidence(CARD, since=day.begins_at, until=day.ends_at)


def _play(
    day: Day, requests: list[Request], made: Requests, gate: GateAddress, *, speed: float, before: int, by: str,
    watch: Watch,
) -> Sent:  # fmt: skip
    """Let county time run, and send each request at its moment."""
    n_scans = len(day.plan)
    # Nothing of the day is on record: it begins at midnight, else where it was left.
    first = requests[0].second if before else 0
    sent = Sent()

    def told(now: Sent, second: int) -> None:
        _note(day.on, "playing", at=day.at(second), n_scans=n_scans, sent=now, before=before)
        watch(now, n_scans - before, day.at(second))

    set_pace(day.at(first), 1.0, by)
    _await_worker()
    told(sent, first)
    try:
        clock = set_pace(day.at(first - LEAD_S * speed), speed, by)
        _await_worker()
        sent = send_scans(
            requests,
            gate=gate,
            due_at=lambda second: clock.wall_at(day.at(second)).timestamp(),
            made_anew=lambda row: next(made.of([row])),
            tell=told,
        )
    finally:
        set_pace(county_now(), 1.0, by)
        # Nothing is left to be played fast: the clock has its usual pace again.
        _note(day.on, "stopped", at=county_now(), n_scans=n_scans, sent=sent, before=before)
    return sent


def _settled(day: Day, ids: set[UUID], sent: Sent, before: int, by: str) -> DayTotals:
    """Wait until what was acknowledged is in the table and in the archive, as far as it comes, and look it up."""
    n_acknowledged = before + sent.n_acknowledged + sent.n_known
    _while_it_moves(lambda: max(0, n_acknowledged - n_queryable(day.begins_at, day.ends_at)))
    archived_from = _next_archiving(max(county_now(), day.ends_at))
    if n_waiting_for_archive(day.begins_at, day.ends_at):
        # The last hour is archived once it is over and a little more; nobody has to sit through that.
        set_pace(archived_from, 1.0, by)
        _while_it_moves(lambda: n_waiting_for_archive(day.begins_at, day.ends_at))
    return totals_of(
        ids,
        day.begins_at,
        day.ends_at,
        n_sent=before + sent.n_sent,
        n_acknowledged=n_acknowledged,
        refused=sent.refused,
    )


def _next_archiving(at: datetime) -> datetime:
    """The first moment from `at` on at which the worker archives what is over."""
    hour = at.replace(minute=0, second=0, microsecond=0) + ARCHIVED_FROM
    return hour if hour >= at else hour + timedelta(hours=1)


def _while_it_moves(n_left: Callable[[], int]) -> None:
    """Wait until nothing is left, or until nothing has moved for long: what is missing then is told by the figures."""
    least, moved_at = n_left(), time.monotonic()
    while least and time.monotonic() - moved_at < PATIENCE_S:
        time.sleep(LOOKED_EVERY_S)
        if (now := n_left()) < least:
            least, moved_at = now, time.monotonic()


def set_pace(county_at: datetime, rate: float, by: str) -> CountyClock:
    clock = CountyClock.starting(county_at, rate=rate, zone=the_realm().clock.zone)
    return set_clock(clock=clock, by=by).clock


def await_gate(gate: GateAddress) -> None:
    """Until something listens there; whether it can answer is found out by asking it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection((gate.host, gate.port), timeout=2).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise gate_silent(gate, round(PATIENCE_S)) from None
            time.sleep(LOOKED_EVERY_S)


def _await_worker() -> None:
    """Until the gate's folder has the clock as it is now set; the worker writes it."""
    wanted = json.loads((the_realm().path / "realm.json").read_text("utf-8"))["clock"]
    keys = the_realm().gate_folder / "keys.json"
    deadline = time.monotonic() + PATIENCE_S
    while not keys.exists() or json.loads(keys.read_text("utf-8"))["clock"] != wanted:
        if time.monotonic() > deadline:
            raise Refusal(
                "day.worker_silent",
                zh="{seconds} 秒内没有人把新的县时间告诉门岗。应由 fangxian worker 来做。没有发出任何扫码；"
                "请运行 fangxian run（或 fangxian worker），再运行一次本命令。",
                en="Nobody told the gate the new county time within {seconds} s. fangxian worker does that. No scan "
                "was sent: start fangxian run (or fangxian worker), then run this again.",
                seconds=round(PATIENCE_S),
            )
        time.sleep(0.05)


def refuse_day_without_rules(on: date) -> None:
    """County time is not set to a day on which no door could answer: codes would lapse, and old records be erased."""
    zone = ZoneInfo(the_realm().clock.zone)
    begins_at = datetime(on.year, on.month, on.day, tzinfo=zone)
    if rules_of_codes(begins_at) and rules_of_codes(begins_at + timedelta(days=1, seconds=-1)):
        return
    raise Refusal(
        "day.no_rules",
        zh="{on} 这一天没有全天有效的防控规则，门岗无法回答，没有演，县时间也没有改。"
        "可演的日子：{days}。请用 --date 指定其中一天。",
        en="No rules with doors are in force all through {on}: no gate could answer, so nothing was played and county "
        "time was left alone. Days that can be played: {days}. Name one of them with --date.",
        on=on.isoformat(),
        days="; ".join(_period(begins, until, zone) for begins, until in periods_with_gate()) or "—",
    )


def _period(begins: datetime, until: datetime | None, zone: ZoneInfo) -> str:
    last = f"{until.astimezone(zone) - timedelta(seconds=1):%Y-%m-%d}" if until else ""
    return f"{begins.astimezone(zone):%Y-%m-%d} – {last}".strip()


def refuse_live_realm() -> None:
    if not the_realm().is_synthetic:
        raise Refusal(
            "day.live_realm",
            zh="{path} 是真实运行的数据域，里面是真人，不能演。应为演示或演练数据域；请用 FANGXIAN_DATA 指到一个。",
            en="{path} is a live realm, with real people: no day is played in it. It should be a demo's or a drill's: "
            "point FANGXIAN_DATA at one.",
            path=the_realm().path,
        )


@contextmanager
def locked() -> Iterator[None]:
    """Hold the realm's day for one player."""
    folder = the_realm().path / "live"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "day.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                "day.playing_already",
                zh="{path} 里正在演一天（见 live/day.json）。一次只能演一天；请等它演完，或先停掉它。",
                en="A day is being played in {path} (see live/day.json). One is played at a time: wait for its end, "
                "or stop it first.",
                path=the_realm().path,
            ) from None
        yield


def _note(on: date, state: str, *, at: datetime, n_scans: int, sent: Sent, before: int) -> None:
    """Write down how far the day is, for whoever starts next and for whoever looks."""
    _write_note(
        {
            "on": on.isoformat(),
            "state": state,
            "at": at.isoformat(timespec="seconds"),
            "wall_ms": time.time_ns() // 1_000_000,
            "n_scans": n_scans,
            "n_acknowledged": before + sent.n_acknowledged + sent.n_known,
        }
    )


def _write_note(noted: dict) -> None:
    target = the_realm().path / "live" / "day.json"
    draft = target.with_suffix(".new")
    draft.write_text(json.dumps(noted), "utf-8")
    os.replace(draft, target)


def _noted() -> dict | None:
    try:
        return json.loads((the_realm().path / "live" / "day.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
