"""How long lists of 100,000 rows take to come in and to go out, beside a bare reading of the same file.

    .venv/bin/python bench/bench_import.py [--rows 100000] [--only contacts,cases,…] [--format csv,xlsx] [--write]

The lists go their whole way, those of a format in one realm: upload, then the job, row by row, until what was refused
stands in the file that goes back; another program writes all the while, and how long it waits is measured too. Nothing
is asserted about time. With --write the tables go to docs/reference/performance-import.md.
"""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
ZONE = "Asia/Shanghai"
LISTS = "contacts,cases,godata-cases,godata-contacts,godata-follow-ups,godata-relationships"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="of each list (default: %(default)s)")
    parser.add_argument("--only", default=LISTS, help="lists, with commas between (default: %(default)s)")
    parser.add_argument("--format", default="csv,xlsx", help="(default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write docs/reference/performance-import.md")
    chosen = parser.parse_args()
    from bench.imports import page

    said, tables = page.machine(), []
    print(*said, sep="\n", flush=True)
    for file_format in chosen.format.split(","):
        # In a process of its own, since a program has one realm.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            tables += other.submit(_measured, chosen.only.split(","), chosen.rows, file_format).result()
        if chosen.write:  # after each format, for the next may take long
            page.write(said, tables)
            print(f"\nWritten to {page.PATH}.", flush=True)


def _measured(names: list[str], n_rows: int, file_format: str) -> list:
    """One format in a realm of its own."""
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        _set_up(folder / "realm")
        from bench.gate.report import printed
        from bench.imports import parts
        from tests.integration.list_hand import in_force, somebody

        in_force("covid19-2022-04")
        lead = somebody("tracing_lead")
        tables = [parts.measure_in(names, n_rows, file_format, lead, folder)]
        print(printed(tables[0]), flush=True)
        if file_format == "csv":
            tables.append(parts.measure_out(lead))
            print(printed(tables[1]), flush=True)
        return tables


def _set_up(path: Path) -> None:
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    anchor = datetime(2022, 4, 20, 9, tzinfo=ZoneInfo(ZONE))
    clock = CountyClock(wall_anchor=datetime.now(UTC), county_anchor=anchor, rate=1.0, zone=ZONE)
    create_realm(path, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {"FANGXIAN_DATA": str(path), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
