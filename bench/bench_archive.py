"""What it takes to look for one case's contacts in an archive on disk: 28 days as the demo county has them.

    fresh, nothing laid out   a new process, the archive packed only: each day is laid out as columns once
    fresh                     a new process, columns on disk, page cache cold
    warm, cold page cache     the same process again, after the system has let go of every file of the archive
    warm                      the same process once more

The processor's seconds tell what it takes on a machine that does nothing else. Days are invented: as many scans a day
as the county's published figure, skewed venues, half of the last day not yet. The case is scanned four times a day, six
times as often as others. `read` is what the process had the disk read (/proc/self/io): that the page cache was cold.
"""

import argparse
import mmap
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
N_DAYS, N_PEOPLE, N_VENUES = 28, 100_000, 4_000
BEGINS = datetime(2022, 3, 23, tzinfo=UTC) - timedelta(hours=8)  # a county midnight
RULEBOOK = ROOT / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
CASE = 77


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=65_000, help="a day")
    parser.add_argument("--asked", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.asked:
        _ask()
        return
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder:
        environment = os.environ | {
            "FANGXIAN_DATA": str(Path(folder) / "data"), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings",
        }  # fmt: skip
        os.environ.update(environment)
        _build(Path(folder) / "data", chosen.scans)
        for named in ("fresh, nothing laid out", "fresh"):
            _let_go(Path(folder) / "data")
            print(f"{named}:", flush=True)
            subprocess.run([sys.executable, __file__, "--asked"], env=environment, cwd=ROOT, check=True)


def _build(folder: Path, n_scans: int) -> None:
    """A realm with an archive of N_DAYS, the second half of the last one not archived yet."""
    import django

    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    now = BEGINS + timedelta(days=N_DAYS - 1, hours=12)
    create_realm(
        folder, kind="demo", county="fushan", division_code="141027",
        clock=CountyClock.starting(now, zone="Asia/Shanghai"),
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    for day in range(N_DAYS):
        _write_day(day, n_scans if day < N_DAYS - 1 else n_scans // 2)


def _write_day(day: int, n: int) -> None:
    import duckdb
    import numpy as np
    from django.db import transaction

    from fangxian.ops.visits import parquet
    from fangxian.ops.visits.models import ArchivePart, DayTally

    rng = np.random.default_rng(day)
    begins = BEGINS + timedelta(days=day)
    on, start = (begins + timedelta(hours=8)).date(), int(begins.timestamp())
    last_hour = 24 if day < N_DAYS - 1 else 12
    second = np.sort(rng.integers(6 * 3600, last_hour * 3600 - 1, n))
    rows = {
        "person": rng.integers(1, N_PEOPLE, n), "venue": 1 + (N_VENUES * rng.random(n) ** 3).astype(np.int64),
        "us": (start + second) * 1_000_000, "presence": rng.choice([0, 1, 1, 1, 2], n),
    }  # fmt: skip
    rows["person"][rng.integers(0, n, 4)] = CASE
    columns = (
        "0::UINTEGER device, uuid() scan_id, 'x' digest, person::UINTEGER gate_number, venue::UINTEGER venue_number"
    )
    columns += ", 1::UTINYINT door, 0::UTINYINT marks, presence::UTINYINT presence, 0::UTINYINT outcome"
    columns += ", make_timestamptz(us) scanned_at"
    parts = []
    for hour in range(6, last_hour):
        of_hour = (second >= hour * 3600) & (second < (hour + 1) * 3600)
        told = {name: column[of_hour] for name, column in rows.items()}
        path = parquet.part_path(on, hour)
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as duck:
            duck.register("told", told)
            duck.execute(f"COPY (SELECT {columns} FROM told ORDER BY venue, us) TO '{path}' (COMPRESSION zstd)")
        written = parquet.as_it_stands(path)
        parts.append(ArchivePart(day_on=on, hour=hour, n_rows=written.n_rows, digest=written.digest, written_at=begins))
    with transaction.atomic():
        ArchivePart.objects.bulk_create(parts)
        DayTally.objects.create(day_on=on, township="141027100", n_admit=n)


def _ask() -> None:
    """One question in this process, and again with a cold page cache, and once more."""
    began = time.monotonic()
    import django

    django.setup()
    import numpy as np

    from fangxian.core.exposure.disease import cases_of, rules_of
    from fangxian.core.exposure.ties import Near
    from fangxian.core.policy.reading import read_rulebook
    from fangxian.ops.procedures.exposure_of_case import search_cases
    from fangxian.ops.realm.current import county_now, the_realm

    rulebook, at = read_rulebook(RULEBOOK.read_text()), county_now()
    onset, now = int((at - timedelta(days=13)).timestamp()), int(at.timestamp())
    cases = cases_of(rulebook, np.array([CASE]), np.array([onset]), np.array([now]), at=at)
    started = time.monotonic() - began
    for named in ("first answer", "warm, cold page cache", "warm"):
        if named == "warm, cold page cache":
            _let_go(the_realm().path)
        read, asked, busy = _read_bytes(), time.monotonic(), time.process_time()
        found = search_cases(cases, rulebook=rulebook, rules=rules_of(rulebook), near=Near(), notes=(), at=at)
        took, cost = time.monotonic() - asked, found.window.cost
        print(
            f"  {named}: {took:.3f} s, {time.process_time() - busy:.3f} s of a processor (columns "
            f"{found.took.columns:.3f}, stays {found.took.stays:.3f}, search {found.took.search:.3f}); {cost.n_days} "
            f"days, {cost.n_scans:,} scans, {cost.n_opened} opened, {cost.n_built} laid out; read "
            f"{(_read_bytes() - read) / 1e6:.1f} MB; {len(found.found):,} exposed",
            flush=True,
        )
    print(f"  start of the process: {started:.2f} s", flush=True)


def _let_go(folder: Path) -> None:
    """Have the system forget every file of a folder, those this process has mapped too."""
    if "fangxian.ops.visits.columns" in sys.modules:
        for day in sys.modules["fangxian.ops.visits.columns"]._OPEN._days.values():
            day.rows._mmap.madvise(mmap.MADV_DONTNEED)
    os.sync()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _read_bytes() -> int:
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["read_bytes"])


if __name__ == "__main__":
    main()
