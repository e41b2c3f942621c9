"""docs/reference/performance.md: written by `make bench-gate`, since only a measurement can write it."""

from typing import Final

from bench.gate.machine import Machine
from bench.gate.pinned import ROOT
from bench.gate.report import Table, written

PATH: Final = "docs/reference/performance.md"
_HEAD: Final = """# 门岗性能 What a gate bears

*由 `make bench-gate` 量得并写出，请勿手改。 Measured and written by `make bench-gate`; not to be edited.*

门岗每次都先写进磁盘再回答。这里的每个数字都和同一次运行、同一台机器上的另一样东西相比；比值比绝对值更能说明问题。
目标写在旁边，达不到也照写。

A gate answers once a scan is on disk. Each figure stands beside something else measured in the same run on the same
machine: the ratios say more than the figures. Aims stand beside them, met or not; `bench/gate/README.md` says what is
fair about the comparisons and what is not. Measured once, on the machine of the line below. The gate is started with
`--quick` where nothing else is said; what one without it bears is a half to a third.

流调检索的数字 The figures of the exposure search: [performance-exposure.md](performance-exposure.md).
名单导入导出的数字 The figures of lists coming in and going out: [performance-import.md](performance-import.md).
"""


def text(machine: Machine, tables: list[Table]) -> str:
    said = "\n".join(f"* {line}" for line in machine.said)
    return f"{_HEAD}\n{said}\n\n{written(tables)}"


def write(machine: Machine, tables: list[Table]) -> None:
    (ROOT / PATH).write_text(text(machine, tables), "utf-8")
