"""The gate in figures, each beside something else of the same run on the same machine (`make bench-gate`).

    .venv/bin/python bench/bench_gate.py [--only closed,open,…] [--write]

Servers run on one core and clients on another. bench/gate/README.md says what is fair and what is not. With --write
the tables go to docs/reference/performance.md.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from bench.gate import against, closed, freshness, memory, open_loop, page, scaling, swap  # noqa: E402
from bench.gate.pinned import CLIENT  # noqa: E402
from bench.gate.report import printed  # noqa: E402
from bench.gate.run import Run  # noqa: E402

PARTS = {
    "closed": closed.measure,
    "against": against.measure,
    "open": open_loop.measure,
    "scaling": scaling.measure,
    "freshness": freshness.measure,
    "swap": swap.measure,
    "memory": memory.measure,
}
ON_DISK = "/var/tmp"  # where /tmp is memory, a sync there costs nothing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {page.PATH}")
    parser.add_argument("--folder", default=ON_DISK, help="where the journals go (default: %(default)s)")
    parser.add_argument("--province", action="store_true", help="100 million people too (10 GB of disk)")
    chosen = parser.parse_args()
    if chosen.write and chosen.only != ",".join(PARTS):
        parser.error("the page has all parts: --write goes without --only")
    if unknown := set(chosen.only.split(",")) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    tempfile.tempdir = chosen.folder
    tables = []
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder:
        run = Run(Path(folder), tell=lambda said: print(said, file=sys.stderr, flush=True))
        print(*run.machine.said, sep="\n", flush=True)
        os.sched_setaffinity(0, CLIENT)
        parts = [PARTS[name] for name in chosen.only.split(",")]
        for measure in parts + [memory.measure_province] * chosen.province:
            tables.append(measure(run))
            print(printed(tables[-1]), flush=True)
    if chosen.write:
        page.write(run.machine, tables)
        print(f"\nWritten to {page.PATH}.")


if __name__ == "__main__":
    main()
