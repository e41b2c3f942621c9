"""What the pages of the two long lists take, with row-level rights on: contacts and cases, 100,000 of each.

    .venv/bin/python bench/bench_lists.py [--database sqlite,postgres] [--only contacts,cases,readers]

Every filter in every order, each at its first, middle and last page; then every reader. A page is asked for as a
browser asks, through all of Django, and its answer read whole. Of some rounds the quickest counts, in processor time
of the server and of its database together, with the wall clock beside it and how much longer
a plain loop takes at the moment than at its best, so that a busy machine is seen to be one.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
DATABASES = ("sqlite", "postgres")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="of each list (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    parser.add_argument("--database", default=",".join(DATABASES), help="with commas between (default: %(default)s)")
    parser.add_argument("--only", default="contacts,cases,readers", help="(default: %(default)s)")
    parser.add_argument("--every", type=int, default=1, help="of all lines, one in so many (default: %(default)s)")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--keep", help="a folder in which a filled county is kept, and taken from if it is there")
    chosen = parser.parse_args()
    if chosen.inside:
        _inside(Path(chosen.inside), chosen)
        return
    for database in chosen.database.split(","):
        _in_a_county(database)


def _in_a_county(database: str) -> None:
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


def _inside(data: Path, chosen: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.db import transaction

    from bench.lists import filled, pages

    if not (data / "filled").exists():
        with transaction.atomic():
            filled.fill_contacts(chosen.rows, filled.fill_cases(chosen.rows))
            readers = filled.readers()
        (data / "filled").touch()
    else:
        readers = filled.readers_again()
    for name in chosen.only.split(","):
        pages.measure(name, readers, rounds=chosen.rounds, every=chosen.every)


if __name__ == "__main__":
    main()
