"""The pages asked for, and what each took."""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client

from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.counting import NOT_STATED
from fangxian.ops.contacts.listing import ELSEWHERE
from fangxian.ops.contacts.models import Contact
from fangxian.ops.contacts.quality import RULES
from fangxian.ops.tracing.queries import teams_standing

from .measured import Measured, Took

BACKEND = "django.contrib.auth.backends.ModelBackend"
CONTACT_SORTS = ("-weight", "weight", "-last", "last", "release", "-release", "area", "-area")
CASE_SORTS = ("-reported", "reported", "-onset", "onset", "number", "-number", "state", "-state")
TOTAL = re.compile(r"条，共\W*([\d,]+)\W*条")
ORDERS = 2  # of each narrowing, where not every order is asked for


def measure(name: str, readers: Mapping[str, Account], *, rounds: int, every_order: bool) -> Iterator[Measured]:
    """The lists of one part; of each narrowing some orders, other ones each time, or every order."""
    asked = {"contacts": _contacts, "cases": _cases, "readers": _readers}[name]
    quiet = min(_plain_loop_s() for _ in range(200))
    for nth, (reader, path, narrowed, sorts) in enumerate(asked(readers)):
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(readers[reader], backend=BACKEND)
        _took(browser, path, {}, 1)
        chosen = sorts if every_order or not narrowed else [sorts[(3 * nth + k) % len(sorts)] for k in range(ORDERS)]
        of = "&".join(f"{key}={value}" for key, value in narrowed.items()) or "everything"
        for sort in chosen:
            busy = median(_plain_loop_s() for _ in range(5)) / quiet
            total, took = _line(browser, path, {**narrowed, "sort": sort}, rounds)
            yield Measured(reader=reader, path=path, of=of, sort=sort, total=total, took=took, busy=busy)


def _line(browser: Client, path: str, query: Mapping[str, str], rounds: int) -> tuple[int, tuple[Took, ...]]:
    """How long a list is, and what its first, middle and last page take."""
    total, first = _took(browser, path, query, rounds)
    last = max(1, -(-total // int(query.get("size", 50))))
    others = [_took(browser, path, {**query, "page": page}, rounds)[1] for page in ((last + 1) // 2, last)]
    return total, (first, *others)


def _took(browser: Client, path: str, query: Mapping[str, object], rounds: int) -> tuple[int, Took]:
    found = []
    for _ in range(rounds):
        there = _database_s()
        clock, here = time.perf_counter(), time.process_time()
        answer = browser.get(path, query)
        here, clock = time.process_time() - here, time.perf_counter() - clock
        assert answer.status_code == 200, (path, query, answer.status_code)
        found.append(Took(here + _database_s() - there, clock))
    return _total(answer.content.decode()), Took(min(it.cpu_s for it in found), min(it.clock_s for it in found))


def _total(page: str) -> int:
    """How long the list is, as its page says; nobody listens to the templates, as nobody does in a county."""
    said = TOTAL.search(page)
    return int(said[1].replace(",", "")) if said else 0


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
    narrowed += [{"state": "in_quarantine", "late": "follow-up", "belongs": "here"}, {"size": 200}]
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
    for reader in ("township", "team"):
        for narrowed in ({}, {"state": "managed"}, {"mode": "home"}, {"fault": "any"}, {"size": 200}):
            yield reader, "/contacts", narrowed, CONTACT_SORTS
        for narrowed in ({}, {"state": "confirmed"}, {"clock": "running"}):
            yield reader, "/cases", narrowed, CASE_SORTS
