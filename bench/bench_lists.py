"""What the pages of the two long lists take, with row-level rights on: contacts and cases, 100,000 of each.

    .venv/bin/python bench/bench_lists.py [--database sqlite,postgres] [--only contacts,cases,readers] [--all] [--write]

Every filter in two of the orders, other ones each time (--all: in every order), everything in every order, each at its
first, middle and last page; then for somebody who has but a township, and for one who has that and what a team was
given. A page is asked for as a browser asks, through all of Django, and its answer read whole. Of some rounds the
quickest counts, in processor time of the server and of its database together, with the wall clock beside it and how
much longer a plain loop takes at the moment than at its best, so that a busy machine is seen to be one. With --write
the tables go to docs/reference/performance-lists.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from bench.gate.report import printed  # noqa: E402
from bench.imports.page import machine  # noqa: E402
from bench.lists import page  # noqa: E402
from bench.lists.measured import Measured, Took  # noqa: E402

DATABASES = ("sqlite", "postgres")
MEASURED = "measured.json"  # what the process of one database hands to this one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="of each list (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="(default: %(default)s)")
    parser.add_argument("--database", default=",".join(DATABASES), help="with commas between (default: %(default)s)")
    parser.add_argument("--only", default="contacts,cases,readers", help="(default: %(default)s)")
    parser.add_argument("--all", action="store_true", help="every filter in every order: four times as long")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {page.PATH}")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--keep", help="a folder in which a filled county is kept, and taken from if it is there")
    chosen = parser.parse_args()
    if chosen.inside:
        _inside(Path(chosen.inside), chosen)
        return
    said, tables = machine(), []
    print(*said, sep="\n", flush=True)
    for database in chosen.database.split(","):
        tables += [page.table(database, name, found) for name, found in _in_a_county(database).items()]
    for table in tables:
        print(printed(table), flush=True)
    if chosen.write:
        page.write(said, tables)
        print(f"\nWritten to {page.PATH}.")


def _in_a_county(database: str) -> dict[str, list[Measured]]:
    """One database, in a process and a folder of its own: a program has one realm."""
    from private_postgres import PrivatePostgres

    kept = sys.argv[sys.argv.index("--keep") + 1] if "--keep" in sys.argv else None
    place = nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="fangxian-bench-", dir="/var/tmp")
    with place as folder, PrivatePostgres() if database == "postgres" else nullcontext() as server:
        data = Path(folder) / database
        told = {"FANGXIAN_DATA": str(data), "FANGXIAN_COUNTIES": str(ROOT / "counties"), "FANGXIAN_LANGUAGE": "en"}
        told |= {"DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings", "PYTHONPATH": str(ROOT)}
        told |= {"DATABASE_URL": server.url} if server else {}
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | told
        if not data.exists():
            build = [sys.executable, "-m", "fangxian.cli", "county", "build", "fushan", "--scale", "0.02"]
            subprocess.run(build, env=environment, check=True, stdout=subprocess.DEVNULL)
        print(f"\n{database}", flush=True)
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--inside", str(data)], env=environment, check=True)
        return {name: [_read(it) for it in found] for name, found in json.loads((data / MEASURED).read_text()).items()}


def _read(told: dict) -> Measured:
    return Measured(**told | {"took": tuple(Took(**it) for it in told["took"])})


def _inside(data: Path, chosen: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from bench.lists import filled, pages

    if not (data / "filled").exists():
        with transaction.atomic():
            filled.fill_contacts(chosen.rows, filled.fill_cases(chosen.rows))
            readers = filled.readers()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")  # what a server that runs has done by itself within a minute
        (data / "filled").touch()
    else:
        readers = filled.readers_again()
    found: dict[str, list[dict]] = {}
    for name in chosen.only.split(","):
        print(f"\n{name}: ms of processor (clock) at the first, middle, last page; × of a plain loop", flush=True)
        found[name] = []
        for it in pages.measure(name, readers, rounds=chosen.rounds, every_order=chosen.all):
            print(page.line(it), flush=True)
            found[name].append(asdict(it))
    (data / MEASURED).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
