"""The pages asked for, and what each took."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment, teardown_test_environment

from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.counting import NOT_STATED
from fangxian.ops.contacts.listing import ELSEWHERE
from fangxian.ops.contacts.models import Contact
from fangxian.ops.contacts.quality import RULES
from fangxian.ops.tracing.queries import teams_standing

BACKEND = "django.contrib.auth.backends.ModelBackend"
CONTACT_SORTS = ("-weight", "weight", "-last", "last", "release", "-release", "area", "-area")
CASE_SORTS = ("-reported", "reported", "-onset", "onset", "number", "-number", "state", "-state")
ALLOWED_S = 0.150


@dataclass(frozen=True, slots=True)
class Took:
    """One page: processor seconds of server and database, and the wall's."""

    cpu_s: float
    clock_s: float


def measure(name: str, readers: Mapping[str, Account], *, rounds: int, every: int) -> None:
    setup_test_environment(debug=False)  # so that an answer says how long its list is
    asked = {"contacts": _contacts, "cases": _cases, "readers": _readers}[name]
    quiet = min(_plain_loop_s() for _ in range(200))
    print(
        f"\n{name}: ms of processor (clock) at the first, middle and last page; × how long a plain loop takes",
        flush=True,
    )
    worst = Took(0, 0)
    lines = [(*it, sort) for *it, sorts in asked(readers) for sort in sorts]
    for reader, path, narrowed, sort in lines[::every]:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(readers[reader], backend=BACKEND)
        _took(browser, path, {}, 1)
        total, told, busy = 0, [], median(_plain_loop_s() for _ in range(15)) / quiet
        for place in ("first", "middle", "last"):
            last = max(1, -(-total // 50))
            page = {"first": 1, "middle": (last + 1) // 2, "last": last}[place]
            query = {**narrowed, "sort": sort, "page": page}
            total, took = _took(browser, path, query, rounds)
            told.append(took)
            worst = max(worst, took, key=lambda it: it.cpu_s)
        figures = "  ".join(f"{1e3 * it.cpu_s:4.0f} ({1e3 * it.clock_s:4.0f})" for it in told)
        of = "&".join(f"{key}={value}" for key, value in narrowed.items()) or "everything"
        late = " ×" if max(it.cpu_s for it in told) > ALLOWED_S else ""
        print(f"{reader:9} {path:9} {of:38.38} {sort:10} {total:>7,} rows  {figures}  {busy:.1f}{late}", flush=True)
    teardown_test_environment()
    print(f"the longest: {1e3 * worst.cpu_s:.0f} ms of processor ({1e3 * worst.clock_s:.0f})", flush=True)


def _took(browser: Client, path: str, query: Mapping[str, object], rounds: int) -> tuple[int, Took]:
    found = []
    for _ in range(rounds):
        began = time.perf_counter(), time.process_time(), _database_s()
        answer = browser.get(path, query)
        assert answer.status_code == 200, (path, query, answer.status_code)
        clock, here, there = time.perf_counter(), time.process_time(), _database_s()
        found.append(Took(here - began[1] + there - began[2], clock - began[0]))
    return answer.context["table"].paging.total, Took(min(it.cpu_s for it in found), min(it.clock_s for it in found))


def _plain_loop_s() -> float:
    """What the same work takes of the processor now: on a machine that others use, more than when it is quiet."""
    began = time.process_time()
    sum(k * k for k in range(50_000))
    return time.process_time() - began


def _database_s() -> float:
    """The processor seconds of the database's own process for us; SQLite's are ours."""
    if connection.vendor == "sqlite":
        return 0.0
    schedstat = Path(f"/proc/{_backend()}/schedstat")
    return int(schedstat.read_text().split()[0]) / 1e9


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _contacts(readers: Mapping[str, Account]) -> Iterator[tuple]:
    area = Contact.objects.filter(area_path__gt="141027").order_by("area_path").values_list("area_path", flat=True)[0]
    team = next(iter(teams_standing()), None)
    case = Contact.objects.order_by("case_id").values_list("case_id", flat=True)[0]
    narrowed = [{}, *({"state": it} for it in ("open", "managed", "decided", "proposed", "released", "became_case"))]
    narrowed += [{"ring": it} for it in ("close-contact", "co-present")]
    narrowed += [{"area": area[:9]}, {"area": area[:12]}, {"case": str(case)}]
    narrowed += [{"team": str(team.pk)}] if team else []
    narrowed += [{"mode": it} for it in ("central", "home", "hospital", NOT_STATED)]
    narrowed += [{"belongs": it} for it in ("here", "province", ELSEWHERE)] + [{"origin": "pushed_in"}]
    narrowed += [{"late": it} for it in ("any", "follow-up", "release")]
    narrowed += [{"fault": it} for it in ("any", *(rule.key for rule in RULES))]
    narrowed += [{"state": "managed", "mode": "home"}, {"area": area[:9], "fault": "any"}]
    narrowed += [{"state": "in_quarantine", "late": "follow-up", "belongs": "here"}]
    yield from (("county", "/contacts", it, CONTACT_SORTS) for it in narrowed)


def _cases(readers: Mapping[str, Account]) -> Iterator[tuple]:
    area = Contact.objects.filter(area_path__gt="141027").order_by("area_path").values_list("area_path", flat=True)[0]
    narrowed = [{}, *({"state": it} for it in ("reported", "held", "confirmed", "excluded"))]
    narrowed += [{"disease": "covid-19"}, {"disease": "measles"}, {"area": area[:9]}]
    narrowed += [{"clock": "running"}, {"clock": "overdue"}, {"interview": "unfinished"}]
    narrowed += [{"state": "confirmed", "disease": "measles"}, {"area": area[:9], "interview": "unfinished"}]
    yield from (("county", "/cases", it, CASE_SORTS) for it in narrowed)


def _readers(readers: Mapping[str, Account]) -> Iterator[tuple]:
    """Whoever has not the whole county, in both lists."""
    for reader in readers:
        for narrowed in ({}, {"state": "managed"}, {"mode": "home"}, {"fault": "any"}, {"size": 200}):
            yield reader, "/contacts", narrowed, CONTACT_SORTS
        for narrowed in ({}, {"state": "confirmed"}, {"clock": "running"}):
            yield reader, "/cases", narrowed, CASE_SORTS
