"""What everybody's code at once costs: a whole county with a demo's evidence, beside its rows only read and written.

    bare    the same rows read, and the same columns written back as they were, 500 people in a transaction
    first   everybody's first code: document numbers are unsealed and hashed as well
    again   at once after it: nothing is another, though every row is written
    a day   as of a day later: every word is another

Rounds of the four are interleaved. Meanwhile another process writes one row, waits 10 ms, writes again: how long
it waited says how long others are locked out; `alone` is the same with nobody else writing. Publishing the base is
not part of it: that is the worker's next pulse. Printed: processor and wall seconds of the process that computes (a
PostgreSQL server's own are not in them), its ratio to `bare`, how much memory it ever took, and the waits.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from private_postgres import PrivatePostgres  # noqa: E402

AT_ONCE = 500
# Of a code all columns but those that stay as they are; moments are set by the database, lest a driver turn them.
PLAIN = (
    "colour", "local", "rule", "evidence", "travel", "exemptions", "safety", "recent", "document", "version",
    "qr_generation", "card_generation",
)  # fmt: skip
MOMENTS = ("begins_at", "until_at", "travel_until", "computed_at")
READ = (
    ("people_person", "id", "merged_into_id, gate_number, standing, phone_index, document_index"),
    ("movement_evidence", "person_id", "id, about_id, kind, disease, source, issuer, attributes, presence, division"),
    ("movement_testknown", "person_id", "result"),
)
BY = "program:bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the county's 98,833 people")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", action="store_true", help="on a private server whose commits wait for the disk")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fangxian-bench-"))
        if chosen.postgres:
            os.environ["DATABASE_URL"] = stack.enter_context(PrivatePostgres(durable=True)).url
        _lay(Path(folder) / "realm", chosen.scale)
        found: dict[str, list[Figures]] = {"bare": [], "first": [], "again": [], "a day": []}
        alone = _beside(lambda: time.sleep(2))
        for days in range(chosen.rounds):
            found["bare"].append(_beside(_bare))
            _forget_codes()
            found["first"].append(_beside(partial(_colour, days)))
            found["again"].append(_beside(partial(_colour, days)))
            found["a day"].append(_beside(partial(_colour, days + 1)))
        _print(alone, found)


def _lay(realm: Path, scale: float) -> None:
    """A realm in April 2022, and the county built in it."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.starting(datetime.fromisoformat("2022-04-19T07:30+08:00"), zone="Asia/Shanghai")
    create_realm(realm, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {"FANGXIAN_DATA": str(realm), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    import django

    django.setup()
    from django.conf import settings

    if os.environ.get("DATABASE_URL"):
        settings.DATABASES["default"]["OPTIONS"]["pool"] = False  # a writer is a process here, with one connection
    from django.core.management import call_command

    from fangxian.ops.procedures.build_county import build_county

    call_command("migrate", verbosity=0)
    print(f"building {scale:.0%} of the county", flush=True)
    folder = ROOT / "counties" / "fushan"
    build_county(folder=folder, seed=1, scale=scale, by=BY, step=lambda *_: None)
    _execute("CREATE TABLE bench_probe (n bigint)")
    _execute("INSERT INTO bench_probe VALUES (0)")


def _execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def _forget_codes() -> None:
    _execute("DELETE FROM movement_healthcode")


def _colour(days: int) -> None:
    from fangxian.ops.procedures.recolour import colour_everybody
    from fangxian.ops.realm.current import county_now

    colour_everybody(county_now() + timedelta(days=days), by=BY, step=lambda *_: None)


def _bare() -> None:
    """What is read and written of everybody, through the same driver; nothing is made of it."""
    from django.db import connection, transaction

    columns = ", ".join(PLAIN)
    sets = ", ".join([*(f"{name} = %s" for name in PLAIN), *(f"{name} = {name}" for name in MOMENTS)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM people_person ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        for start in range(0, len(ids), AT_ONCE):
            page = ids[start : start + AT_ONCE]
            for table, key, some in READ:
                cursor.execute(f"SELECT {key}, {some} FROM {table} WHERE {key} BETWEEN %s AND %s", [page[0], page[-1]])
                cursor.fetchall()
            cursor.execute(
                f"SELECT {columns}, person_id FROM movement_healthcode WHERE person_id BETWEEN %s AND %s "
                "ORDER BY person_id",
                [page[0], page[-1]],
            )
            rows = cursor.fetchall()
            with transaction.atomic():
                cursor.executemany(f"UPDATE movement_healthcode SET {sets} WHERE person_id = %s", rows)


class Figures(NamedTuple):
    """What a piece of work took, and how long each small write of another process took meanwhile."""

    cpu_s: float
    wall_s: float
    waits_s: list[float]


def _beside(work: Callable[[], None]) -> Figures:
    from django.db import connections

    connections.close_all()  # a connection is not carried over into another process
    processes = multiprocessing.get_context("fork")
    stop, (mine, theirs) = processes.Event(), processes.Pipe()
    child = processes.Process(target=_write_all_the_time, args=(stop, theirs))
    child.start()
    mine.recv()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    stop.set()
    waits = mine.recv()
    child.join()
    return Figures(cpu, wall, waits)


def _write_all_the_time(stop, pipe) -> None:
    waits = []
    pipe.send("ready")
    while not stop.wait(0.01):
        began = time.perf_counter()
        _execute("UPDATE bench_probe SET n = n + 1")
        waits.append(time.perf_counter() - began)
    pipe.send(waits)


def _print(alone: Figures, found: dict[str, list[Figures]]) -> None:
    from fangxian.ops.people.queries import n_in_use

    bare_s = statistics.median(one.cpu_s for one in found["bare"])
    print(f"{n_in_use():,} people, {len(found['bare'])} rounds, {os.cpu_count()} cores, {connection_name()}")
    for kind, rounds in found.items():
        cpu, wall = ([getattr(one, name) for one in rounds] for name in ("cpu_s", "wall_s"))
        print(
            f"  {kind:6} {statistics.median(cpu):6.2f} s of processor ({min(cpu):.2f} … {max(cpu):.2f}), "
            f"{statistics.median(cpu) / bare_s:4.1f} × bare; {statistics.median(wall):6.2f} s wall; "
            f"another's write {_waits(wait for one in rounds for wait in one.waits_s)}"
        )
    print(f"  alone, another's write {_waits(alone.waits_s)}")
    print(
        f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB, building the county included"
    )


def _waits(waits: Iterable[float]) -> str:
    ms = sorted(1000 * wait for wait in waits)
    return f"{statistics.median(ms):.0f} ms, the longest of {len(ms):,} {ms[-1]:.0f} ms"


def connection_name() -> str:
    from django.db import connection

    return connection.display_name


if __name__ == "__main__":
    main()
