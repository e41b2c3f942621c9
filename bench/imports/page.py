"""docs/reference/performance-import.md: written by `make bench-import`, since only a measurement can write it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.gate.report import Table, written

ROOT: Final = Path(__file__).resolve().parents[2]
PATH: Final = "docs/reference/performance-import.md"
QUIET: Final = 0.7
_HEAD: Final = """# 名单导入导出的快慢 How quick lists come in and go out

*由 `make bench-import` 量得并写出，请勿手改。 Measured and written by `make bench-import`; not to be edited.*

名单是编造的，其中没有真人。每份名单走完全程：上传、检查、逐行读入、与登记和已有记录比对、写入、退回有错的行。
每个数字都和同一次运行、同一台机器上只读这个文件的程序相比。目标写在旁边，达不到也照写。

The lists are invented, nobody in them exists. Each goes its whole way: uploaded, checked, read row by row, compared
with the register and what is on record, written, the damaged rows sent back. Each figure stands beside a bare reading
of the same file in the same run on the same machine. Aims stand beside them, met or not.
"""


def machine() -> list[str]:
    """What figures depend on beside the program, as sentences."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "log", "-1", "--format=%h"], cwd=ROOT, capture_output=True, text=True, check=False)
    said = [
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit.stdout.strip() or 'unknown'}; {cpu}, {os.cpu_count()} cores; "
        f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    ]
    load = os.getloadavg()[0]
    if load > QUIET:
        said.append(
            f"OTHER PROGRAMS WERE AT WORK when this began (load {load:.1f}): seconds by the clock say nothing, those "
            "of the processor are more than they would be alone"
        )
    return said


def write(said: list[str], tables: list[Table]) -> None:
    head = "\n".join(f"* {line}" for line in said)
    (ROOT / PATH).write_text(f"{_HEAD}\n{head}\n\n{written(tables)}", "utf-8")
