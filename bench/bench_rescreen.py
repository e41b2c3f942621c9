"""What a new list of risk areas costs: everybody of a county judged anew, each with a journey declared in 28 days.

    .venv/bin/python bench/bench_rescreen.py [--people 98833] [--database sqlite,postgres] [--write]

    judged    reading every declaration and judging it, for certain and as it could be; nothing written
    plain     the same by the plain definition, one by one, of a sample; scaled to everybody
    first     a list takes effect: all of it, enquiries first, then decisions, evidence, codes and tasks
    again     the same list once more: nothing is another
    newer     a list three hours later with more places
    rulebook  5,000 measures stand otherwise than the rules would have them
    county    in a running county a list is brought; the worker does the rest

Of each step processor and wall seconds, after how long every grid's list stood, the longest of its transactions with
what stands around it, and what came of it. With --write the tables go to docs/reference/performance-rescreen.md.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from bench.gate.report import printed  # noqa: E402
from bench.imports.page import machine  # noqa: E402
from bench.rescreen import filled, page  # noqa: E402
from bench.rescreen.page import Step  # noqa: E402

DATABASES = ("sqlite", "postgres")
SAMPLE, N_OTHERWISE = 1000, 5000
PATIENCE_S, LOOKS_EVERY_S = 1800, 0.1
MEASURED = "measured.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=98_833, help="as many as the reference county has")
    parser.add_argument("--database", default=",".join(DATABASES), help="with commas between (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {page.PATH}")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        _inside(Path(chosen.inside), chosen.people)
        return
    said, tables = machine(), []
    print(*said, sep="\n", flush=True)
    for database in chosen.database.split(","):
        tables.append(_in_a_county(database, chosen.people))
        print(printed(tables[-1]), flush=True)
    if chosen.write:
        page.write(said, tables)
        print(f"\nWritten to {page.PATH}.")


def _in_a_county(database: str, n_people: int):
    """One database, in a process and a folder of its own: a program has one realm."""
    from private_postgres import PrivatePostgres

    with (
        tempfile.TemporaryDirectory(prefix="fangxian-bench-", dir="/var/tmp") as folder,
        PrivatePostgres(durable=True) if database == "postgres" else nullcontext() as server,
    ):
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment = kept | ({"DATABASE_URL": server.url} if server else {})
        print(f"\n{database}", flush=True)
        command = [sys.executable, __file__, "--people", str(n_people), "--inside", folder]
        subprocess.run(command, env=environment, check=True)
        told = json.loads((Path(folder) / MEASURED).read_text())
    return page.table(database, n_people, [Step(*it) for it in told["steps"]], told["notes"])


def _inside(folder: Path, n_people: int) -> None:
    filled.lay(folder / "realm")
    filled.people(n_people)
    filled.declare(random.Random(1))
    _count()
    steps, notes = [], []
    for step in _steps(n_people, notes):
        steps.append(step)
        print("  " + "  ".join(str(it) for it in step), flush=True)
    (folder / MEASURED).write_text(json.dumps({"steps": steps, "notes": notes}))


def _count() -> None:
    """What a database that runs has done by itself: counted its rows, so that it finds its ways."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _steps(n_people: int, notes: list[str]):
    from fangxian.ops.procedures.rescreen_judging import judge_everybody, worth_a_look
    from fangxian.ops.realm.current import county_now

    filled.take(0, 3)
    judged = _timed("judged", lambda: f"{len(worth_a_look(judge_everybody(county_now()))):,} worth a look")
    yield judged
    plain_s = _plain(n_people)
    yield Step("plain", plain_s, plain_s, None, None, f"{plain_s / judged.cpu_s:.1f} × judged")
    yield _rescreened("first", "list")
    yield _rescreened("again", "list")
    filled.take(3, 6)
    yield _rescreened("newer", "list")
    n = filled.otherwise(N_OTHERWISE)
    with _another_writer() as waits:
        yield _rescreened("rulebook", "rulebook", told=f"{n:,} stood otherwise; ")
    if waits is not None:
        notes.append(f"another writer beside `rulebook`: {waits.n} times, waiting {waits.longest_s:.2f} s at most")
    yield _in_a_running_county()


def _timed(name: str, work: Callable[[], str]) -> Step:
    clock, cpu = time.perf_counter(), time.process_time()
    told = work()
    return Step(name, time.process_time() - cpu, time.perf_counter() - clock, None, None, told)


def _rescreened(name: str, because: str, told: str = "") -> Step:
    """Everybody judged anew in this process, and how long the longest of its steps took that write."""
    from fangxian.ops.enquiries.queries import rescreenings
    from fangxian.ops.procedures.rescreen import rescreen_everybody

    lasted: list[float] = []
    since = [0.0]

    def step(_done: int, _total: int, _said: object) -> None:
        now = time.perf_counter()
        if since[0]:
            lasted.append(now - since[0])
        since[0] = now

    found: list = []
    timed = _timed(
        name, lambda: found.append(rescreen_everybody(because=because, about=name, by=filled.BY, step=step)) or ""
    )
    return timed._replace(
        lists_s=rescreenings().first().lists_ms / 1000, longest_s=max(lasted, default=None), told=told + _said(found[0])
    )


def _said(found) -> str:
    words = ("n_stricter", "n_milder", "n_opened", "n_let_go")
    return ", ".join(f"{getattr(found, name):,} {name[2:].replace('_', ' ')}" for name in words)


@contextmanager
def _another_writer():
    from django.db import connection

    from bench.imports.waiting import another_writer

    if connection.vendor != "sqlite":
        yield None
        return
    with another_writer(Path(connection.settings_dict["NAME"])) as waits:
        yield waits


def _in_a_running_county() -> Step:
    """A list is brought while the worker runs as it does in a county: from then until every grid's list stands."""
    from fangxian.core.risk_areas.listing import read_feed
    from fangxian.ops.enquiries.queries import rescreenings_about
    from fangxian.ops.jobs.actions import enqueue
    from fangxian.ops.procedures.take_risk_list import JOB
    from fangxian.ops.risk_areas.actions import keep_list

    worker = subprocess.Popen([sys.executable, "-m", "fangxian.cli", "worker"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _until(_has_settled)
        content = filled.feed_of(4, 9)
        began = time.perf_counter()
        kept = keep_list(listing=read_feed(content), file=content, form="feed", by=filled.BY)
        enqueue(kind=JOB, arguments={"risk_list": str(kept.row.pk)}, by=filled.BY, unique_key=f"bench:{kept.row.pk}")
        rows = rescreenings_about(str(kept.row.pk))
        _until(lambda: rows.filter(lists_ms__isnull=False).exists())
        lists_s = time.perf_counter() - began
        _until(lambda: rows.filter(ended_at__isnull=False).exists())
        row = rows.first()
        return Step("county", row.cost_ms / 1000, time.perf_counter() - began, lists_s, None, _said(row))
    finally:
        worker.terminate()
        worker.wait()


def _has_settled() -> bool:
    """Whether the worker has computed every code and has nothing left to do, as on any quiet evening."""
    from fangxian.ops.jobs.queries import unfinished
    from fangxian.ops.movement.queries import due, without_code
    from fangxian.ops.realm.current import county_now

    return not (unfinished().exists() or without_code() or due(county_now() + timedelta(minutes=5), limit=1))


def _until(holds: Callable[[], bool]) -> None:
    late = time.perf_counter() + PATIENCE_S
    while not holds():
        if time.perf_counter() > late:
            raise SystemExit("the worker has not come to its end")
        time.sleep(LOOKS_EVERY_S)


def _plain(n: int) -> float:
    """What judging everybody one by one by the plain definition would take, by a sample of a thousand."""
    from fangxian.core.policy.arrivals import Stay, decide_arrival, possible_arrival
    from fangxian.ops.arrivals.queries import arrivals, told_of_each
    from fangxian.ops.procedures.rescreen_judging import judge_everybody
    from fangxian.ops.realm.current import county_now

    at = county_now()
    judging = judge_everybody(at)
    rows = list(arrivals().filter(pk__in=[judging.columns.ids[k] for k in range(min(SAMPLE, n))]))
    told, began = told_of_each(rows), time.process_time()
    for row in rows:
        stays = [
            Stay(it.division, it.begins_on, it.ends_on, it.risk_areas, it.areas_known) for it in told[row.pk].stays
        ]
        for decide in (decide_arrival, possible_arrival):
            decide(judging.rulebook, stays, judging.tables[0].risk_on, arrived_at=row.arrives_at, at=at)
    return (time.process_time() - began) * n / len(rows)


if __name__ == "__main__":
    main()
