"""What a screening round of 100,000 people costs, by the ways that pages and phones go, gate included.

    .venv/bin/python bench/bench_round.py [--people 100000] [--tubes 1500] [--database sqlite,postgres]

    roster    a list of so many people comes in by its file, row by row, whoever is on the register found there
    events    tables record 20,000 things in uploads of 500 and send them, then all once more: none lost, none doubled
    board     the round's page for who plans it, and for one township: milliseconds and questions to the database
    result    a file of the tubes, uploaded, entered, and released by another, until a gate says the new age of the test

Printed: processor and wall seconds of the process that answers; a PostgreSQL server's own are in the wall's alone, and
so are the worker's and the gate's, which are programs of their own. Aims stand beside them, met or not.
"""

import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from bench.imports.page import machine  # noqa: E402

DATABASES = ("sqlite", "postgres")
BY = "program:bench"
IN_A_TUBE, N_SITES, AT_ONCE = 10, 52, 500
TUBES_AN_UPLOAD = AT_ONCE // (IN_A_TUBE + 2)
N_UPLOADS = 40
COUNTY = 98_833  # people of the demo county at scale 1
N_LOOKED_AT, OUT_OF = 20, 100
OLDER_THAN_H = 12  # what the tubes hold was sampled six to eleven hours ago
PATIENCE_S = 300
PAGE = "docs/reference/performance-round.md"
HEAD = """# 一轮十万人的快慢 What a round of 100,000 people costs

*由 `make bench-round` 量得并写出，请勿手改。 Measured and written by `make bench-round`; not to be edited.*

都是编造的人。名册由文件导入；采样台的记录五百条一次上传，再全部重传一遍，不丢不重；轮次页是统筹看的那一页；
结果文件从上传、录入、另一人发布，到门岗答出新的检测时间。目标写在旁边，达不到也照写。

The people are invented. The roster comes by a file; what tables record comes in uploads of 500, then once more, none
is lost and none doubled; the board is the round's page for who plans it; a result file is uploaded, entered, released
by another, until a gate says the new age of the test. Aims stand beside the figures, met or not.
"""
FILE = {"column_0": "sample", "column_1": "ct_orf1ab", "column_2": "ct_n", "column_3": "ct_ic"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000, help="on the roster (default: %(default)s)")
    parser.add_argument("--tubes", type=int, default=1_500, help="in the result file (default: %(default)s)")
    parser.add_argument("--database", default=",".join(DATABASES), help="with commas between (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help=f"write what is printed to {PAGE}")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        _inside(chosen.people, chosen.tubes)
        return
    said = machine()
    print(*said, sep="\n", flush=True)
    told = [line for database in chosen.database.split(",") for line in _in_a_county(database, chosen)]
    if chosen.write:
        head = "".join(f"* {line}\n" for line in said)
        (ROOT / PAGE).write_text(f"{HEAD}\n{head}\n```text\n{''.join(told).strip()}\n```\n", "utf-8")


def _in_a_county(database: str, chosen: argparse.Namespace) -> list[str]:
    """One database, in a process and a folder of its own: a program has one realm. What was printed of it."""
    from private_postgres import PrivatePostgres

    with (
        tempfile.TemporaryDirectory(prefix="fangxian-bench-", dir="/var/tmp") as folder,
        PrivatePostgres(durable=True) if database == "postgres" else nullcontext() as server,
    ):
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        told = kept | {"FANGXIAN_DATA": f"{folder}/realm", "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
        told |= {"DATABASE_URL": server.url} if server else {}
        scale = min(1.0, 0.02 + 1.03 * chosen.tubes * IN_A_TUBE / COUNTY)
        build = [sys.executable, "-m", "fangxian.cli", "county", "build", "fushan", "--scale", f"{scale:.3f}"]
        subprocess.run(build, env=told, cwd=ROOT, check=True, capture_output=True)
        lines = [f"\n{database}, {chosen.people:,} people, {chosen.tubes:,} tubes\n"]
        print(lines[0], end="", flush=True)
        words = [sys.executable, __file__, "--people", str(chosen.people), "--tubes", str(chosen.tubes), "--inside"]
        with subprocess.Popen(words, env=told, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
            for line in program.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        if program.returncode:
            sys.exit(program.returncode)
        return lines


def _inside(n_people: int, n_tubes: int) -> None:
    import django

    django.setup()
    row = _roster(n_people)
    _board(row, "before")
    _events(row)
    _board(row, "after")
    _result(n_tubes)


@contextmanager
def _timed(name: str, aim: str, n: int = 1, each: str = ""):
    wall, own = time.perf_counter(), time.process_time()
    yield
    took, clock = time.process_time() - own, time.perf_counter() - wall
    rate = f"  {n / clock:,.0f} {each} a second" if each else ""
    print(f"  {name:28} {took:7.2f} s of processor {clock:7.2f} s{rate}  (aim: {aim})", flush=True)


def _account(username: str):
    from fangxian.ops.accounts.models import Account

    return Account.objects.get(username=username)


# ---- the roster ----


def _roster(n: int):
    """A round that is open, and whose roster came by a file."""
    from fangxian.ops.jobs.queries import find
    from fangxian.ops.jobs.worker import run_one
    from fangxian.ops.lab.actions import add_site, open_round, prepare_round
    from fangxian.ops.lab.queries import roster_of
    from fangxian.ops.lab.wire import NewSite
    from fangxian.ops.procedures.import_roster import begin_roster, proposed, upload_roster
    from fangxian.ops.realm.current import county_now

    at, planner = county_now(), _account("dispatcher-1")
    row = prepare_round(
        name="bench", disease="covid-19", pool_size=IN_A_TUBE, areas=["141027"], begins_at=at,
        ends_at=at + timedelta(days=1), by=BY,
    )  # fmt: skip
    for nth, area in zip(range(N_SITES), _villages() * N_SITES, strict=False):
        add_site(round=row.pk, site=NewSite(name=f"site {nth + 1}", area_path=area, n_tables=4, serves=[]), by=BY)
    content = _list_of(n)
    with _timed(f"roster of {n:,}", "30 s", n, "people"):
        intake = upload_roster(row=row, content=content, file_name="all.csv", sender="bench", by=planner).intake
        job = begin_roster(row=row, intake=intake, mapping=proposed(intake), by=planner)
        while find(job.pk).ended_at is None:
            run_one(worker="bench", stop=threading.Event())
    n_there = roster_of(row).count()
    assert n_there == n, f"{n_there} of {n} came in: {find(job.pk).said_en}"
    open_round(round=row.pk, by=BY)
    return row


def _villages() -> list[str]:
    from fangxian.ops.people.models import Person

    return sorted({it[:12] for it in Person.objects.order_by().values_list("area_path", flat=True).distinct()})


def _list_of(n: int) -> bytes:
    """The county's residents first, then strangers with documents of their own."""
    from fangxian.ops.people.models import Person

    people = [(it.name, it.document_number) for it in Person.objects.filter(merged_into=None).order_by("pk")[:n]]
    people += [(f"外来{nth}", f"99Z{nth:06}") for nth in range(n - len(people))]
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("姓名", "证件号码", "手机号"), *((*it, "") for it in people)])
    return out.getvalue().encode()


# ---- what tables send ----


def _events(row) -> None:
    from fangxian.ops.lab.queries import n_swabs, roster_of, tubes_of

    tokens = list(roster_of(row).order_by("number").values_list("token", flat=True))
    uploads = _uploads(row, tokens)
    n = sum(len(events) for _, events in uploads)
    for name, said in ((f"events, {n:,} in uploads of 500", "taken"), ("the same once more", "repeat")):
        answers: list[str] = []
        with _timed(name, "2,000 a second", n, "events"):
            for secret, events in uploads:
                answers += _sent(row, secret, events)
        assert set(answers) == {said}, sorted(set(answers))
    n_tubes = len(uploads) * TUBES_AN_UPLOAD
    assert (tubes_of(row).count(), n_swabs(row)) == (n_tubes, n_tubes * IN_A_TUBE)


def _uploads(row, tokens: list[str]) -> list[tuple[str, list[dict]]]:
    """So many phones' uploads: each opens, fills and seals tubes of its own."""
    from fangxian.ops.field.actions import enrol_device
    from fangxian.ops.lab.queries import sites_of
    from fangxian.ops.realm.current import county_now

    sites, found = [str(it.pk) for it in sites_of(row)], []
    planner, at, whom = _account("dispatcher-1"), county_now(), iter(tokens)
    for phone in range(min(N_UPLOADS, len(tokens) // (TUBES_AN_UPLOAD * IN_A_TUBE))):
        _, secret = enrol_device(account=planner, name=f"phone {phone}")
        events: list[dict] = []
        for tube in (f"{phone + 10}{nth:06}" for nth in range(TUBES_AN_UPLOAD)):
            deeds = [{"kind": "open_tube", "size": IN_A_TUBE}]
            deeds += [{"kind": "swab", "token": next(whom)} for _ in range(IN_A_TUBE)]
            deeds.append({"kind": "seal_tube", "box": f"B{phone + 1000}"})
            for it in deeds:
                told = {"id": str(uuid4()), "nth": len(events) + 1, "site": sites[phone % len(sites)], "tube": tube}
                events.append({**told, **it, "at": (at + timedelta(milliseconds=len(events))).isoformat()})
        found.append((secret, events))
    return found


def _sent(row, secret: str, events: list[dict]) -> list[str]:
    from django.test import Client
    from django.urls import reverse

    answer = Client(SERVER_NAME="127.0.0.1").post(
        reverse("field-table-events"), json.dumps({"round": str(row.pk), "events": events}),
        content_type="application/json", headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    return [it["what"] for it in answer.json()["answers"]]


# ---- the board ----


def _board(row, when: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    client, address = _signed_in("dispatcher-1"), reverse("round", args=[row.pk])
    for name, told in (("the county", {}), ("a township", {"area": "141027100"})):
        client.get(address, told)
        with CaptureQueriesContext(connection) as asked:
            client.get(address, told)
            n_asked = len(asked)
        took = []
        for _ in range(7):
            own, wall = time.process_time(), time.perf_counter()
            assert client.get(address, told).status_code == 200
            took.append((time.process_time() - own, time.perf_counter() - wall))
        own, wall = (sorted(it)[len(it) // 2] * 1000 for it in zip(*took, strict=True))
        print(f"  board {when} the events, {name:10} {own:5.0f} ms of processor {wall:5.0f} ms, {n_asked} questions"
              "  (aim: 150 ms)", flush=True)  # fmt: skip


def _signed_in(username: str):
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(_account(username), backend="django.contrib.auth.backends.ModelBackend")
    return client


# ---- a result, from its file to a gate ----


def _result(n_tubes: int) -> None:
    from bench.bench_release import filled_tubes
    from fangxian.ops.lab.members import members_of
    from fangxian.ops.laboratory.queries import own_laboratory
    from fangxian.ops.procedures.seed_laboratory import seed_laboratory
    from fangxian.ops.realm.current import county_now

    seed_laboratory(by=BY)
    _, tubes = filled_tubes(7, n_tubes)
    people = [it.person for it in members_of(tubes)]
    content, measured_at = _file_of(tubes), f"{county_now() - timedelta(minutes=20):%Y-%m-%dT%H:%M}"
    anna, bert = _signed_in("laboratory-1"), _signed_in("laboratory-2")
    with ExitStack() as stack:
        gate = _Gate(stack)
        looked_at = [UUID(str(it)) for it in people[:: max(1, len(people) // OUT_OF)] if it]
        gate.shows(looked_at)
        before = gate.ages()
        with _timed(f"file of {n_tubes:,} tubes → gate", "5 s"):
            with _timed("  uploaded, looked at", "—"):
                address = _uploaded(anna, own_laboratory().pk, content)
                assert anna.get(address).status_code == 200
            with _timed("  entered", "—"):
                anna.post(address, {"do": "enter", "measured_at": measured_at, **FILE})
            with _timed("  released by another", "—"):
                batch = _batch_of(address)
                assert bert.post(batch, {"do": "all"}).status_code == 302
            with _timed("  at the gate", "2 s"):
                gate.until(before)


def _file_of(tubes: list[UUID]) -> bytes:
    from fangxian.ops.lab.queries import Tube

    labels = dict(Tube.objects.filter(pk__in=tubes).values_list("pk", "label"))
    rows = (f"{labels[it]},,,24.5" for it in tubes)
    return "\r\n".join(["样本号,ORF1ab,N,IC", *rows, "NC,,,26", "PC,28,27.5,27", ""]).encode()


def _uploaded(client, laboratory: UUID, content: bytes) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    given = {"laboratory": str(laboratory), "file": SimpleUploadedFile("run.csv", content)}
    return client.post(reverse("laboratory-files"), given).url.partition("?")[0]


def _batch_of(address: str) -> str:
    from django.urls import reverse

    from fangxian.ops.laboratory.queries import batches_of_intake

    return reverse("laboratory-batch", args=[batches_of_intake(UUID(address.rsplit("/", 1)[-1])).first().pk])


class _Gate:
    """A worker and a gate on the county, and at a shop's door a keeper for each who comes; ended with the stack.

    One keeper who asked for all of them over and over would soon be told to wait (`gate/pace.py`).
    """

    def __init__(self, stack: ExitStack) -> None:
        from tests.integration.county_hand import venue
        from tests.integration.gate_process import free_port

        self.shops, self.port = [venue("shop") for _ in range(OUT_OF)], free_port()
        for words in (["worker"], ["gate", "--port", str(self.port)]):
            program = subprocess.Popen(
                [sys.executable, "-m", "fangxian.cli", *words], cwd=ROOT, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(program.wait)
            stack.callback(program.terminate)

    def shows(self, people: list[UUID]) -> None:
        """What these people hold up; each code holds for some minutes."""
        from fangxian.ops.procedures.issue_codes import person_qrs
        from fangxian.ops.realm.current import county_now

        self.at = county_now()
        self.codes = list(person_qrs(people, at=self.at).values())[:OUT_OF]

    def ages(self) -> list[object]:
        """How old the gate takes the test of each of some for, once it answers at all; of those whose test is older
        than any in the tubes, for only of them it can be seen that it was told.
        """
        deadline = time.monotonic() + PATIENCE_S
        found: list[object] = [None]
        while None in found:
            assert time.monotonic() < deadline, found
            time.sleep(0.5)
            found = [self._age(nth) for nth in range(len(self.codes))]
        older = [nth for nth, it in enumerate(found) if it[0] is None or it[0] > OLDER_THAN_H][:N_LOOKED_AT]
        assert older, found
        self.codes = [self.codes[nth] for nth in older]
        return [found[nth] for nth in older]

    def until(self, before: list[object]) -> None:
        """Wait until it answers otherwise of each; a gate that does not answer has not said so."""
        deadline, left = time.monotonic() + PATIENCE_S, list(range(len(before)))
        while left := [nth for nth in left if self._age(nth) in (None, before[nth])]:
            assert time.monotonic() < deadline, f"of {len(left)} the gate never heard"
            time.sleep(0.02)

    def _age(self, nth: int) -> object:
        code, shop, at = self.codes[nth], self.shops[nth], self.at.isoformat()
        told = {"id": str(uuid4()), "code": code, "venue": shop["poster"], "scanned_at": at}
        headers = {"Authorization": f"Bearer {shop['keeper']}"}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/scan", json.dumps(told).encode(), headers)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return (json.loads(answer.read())["test_age_hours"],)
        except (urllib.error.URLError, ConnectionError):
            return None  # it does not listen yet, or knows nobody yet


if __name__ == "__main__":
    main()
