"""The exposure search in figures, each beside something else of the same run (`make bench-exposure`).

    .venv/bin/python bench/bench_exposure.py [--only few,many,…] [--rows 10000000] [--large] [--write]

Nothing is asserted about time. With --write the tables go to docs/reference/performance-exposure.md.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench.exposure import asked, page, parts  # noqa: E402
from bench.gate.report import printed  # noqa: E402

PARTS = {
    "few": parts.measure_few,
    "many": parts.measure_many,
    "hops": parts.measure_hops,
    "disk": parts.measure_disk,
    "start": parts.measure_start,
}
ON_DISK = "/var/tmp"  # where /tmp is memory, a file there is never cold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=10_000_000, help="generated visits (default: %(default)s)")
    parser.add_argument("--large", action="store_true", help="ten times as many too (10⁸: 2 GB of disk, some minutes)")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {page.PATH}")
    parser.add_argument("--folder", default=ON_DISK, help="where files go (default: %(default)s)")
    chosen = parser.parse_args()
    names = [name for name in chosen.only.split(",") if name]
    if unknown := set(names) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    said, tables = page.machine(), []
    print(*said, sep="\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-", dir=chosen.folder) as folder:
        run = parts.Run(chosen.rows, Path(folder), tell=lambda text: print(text, file=sys.stderr, flush=True))
        for measure in [PARTS[name] for name in names] + [parts.measure_large] * chosen.large:
            tables.append(measure(run))
            print(printed(tables[-1]), flush=True)
    if asked.FOLDER.is_dir():
        tables.append(asked.table())
        print(printed(tables[-1]), flush=True)
    if chosen.write:
        page.write(said, tables)
        print(f"\nWritten to {page.PATH}.")


if __name__ == "__main__":
    main()
