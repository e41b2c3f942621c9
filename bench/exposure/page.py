"""docs/reference/performance-exposure.md: written by `make bench-exposure`, since only a measurement can write it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import numba

from bench.gate.report import Table, written

ROOT: Final = Path(__file__).resolve().parents[2]
PATH: Final = "docs/reference/performance-exposure.md"
QUIET: Final = 0.7
_HEAD: Final = """# 暴露搜索的快慢 How quick the exposure search is

*由 `make bench-exposure` 量得并写出，请勿手改。 Measured and written by `make bench-exposure`; not to be edited.*

到访是生成的：28天，场所忙闲悬殊，其中没有真人。每个数字都和同一次运行、同一台机器上的DuckDB相比，并核对答案相同。
目标写在旁边，达不到也照写。

Visits are generated: 28 days, venues of very unequal size, nobody in them exists. Each figure stands beside DuckDB in
the same run on the same machine, and the answers are compared. Aims stand beside them, met or not.
"""


def machine() -> list[str]:
    """What figures depend on beside the program, as sentences."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "log", "-1", "--format=%h"], cwd=ROOT, capture_output=True, text=True, check=False)
    system = f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    said = [
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit.stdout.strip() or 'unknown'}; {cpu}, {os.cpu_count()} cores; "
        f"{system}, numba {numba.__version__}, DuckDB {duckdb.__version__}"
    ]
    load = os.getloadavg()[0]
    if load > QUIET:
        said.append(
            f"OTHER PROGRAMS WERE AT WORK when this began (load {load:.1f}): believe no figure here, and ratios little"
        )
    return said


def write(said: list[str], tables: list[Table]) -> None:
    head = "\n".join(f"* {line}" for line in said)
    (ROOT / PATH).write_text(f"{_HEAD}\n{head}\n\n{written(tables)}", "utf-8")
