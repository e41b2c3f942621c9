"""The tables of a run: printed, and written to docs/reference/performance-rescreen.md with WRITE=1."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.gate.report import Table, written

ROOT: Final = Path(__file__).resolve().parents[2]
PATH: Final = "docs/reference/performance-rescreen.md"
AIM_S: Final = 10
WAIT_S: Final = 0.5
DATABASES: Final = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
COLUMNS: Final = ("step", "processor s", "clock s", "lists stand after s", "longest step s", "what came of it")
_HEAD: Final = """# 重新筛查的快慢 How quick everybody is judged anew

*由 `make bench-rescreen` 量得并写出，请勿手改。 Measured and written by `make bench-rescreen`; not to be edited.*

编造的一个县：每人 28 天内申报过一次来返行程，每百段停留约两段在名单所列的县。“名单出齐”指每个网格的核实名单都已写好，
从任务开始算起；“运行中的县”一行从名单收下算起，由后台程序自己完成。目标：全县名单在 10 秒内出齐，别人的写入等待
不到 0.5 秒。

An invented county: everybody declared a journey within 28 days, and about two stays of a hundred were in a county of
the list. "Lists stand" is when the enquiries of every grid are written, from the beginning of the job; in the row of
the running county from when the list was brought, all done by the worker by itself. The aims: every list within 10 s,
and nobody else waits to write for 0.5 s.
"""


class Step(NamedTuple):
    """One step of a run; seconds. None: nothing is to be said of it."""

    name: str
    cpu_s: float | None
    clock_s: float
    lists_s: float | None
    longest_s: float | None
    told: str


def table(database: str, n_people: int, steps: Sequence[Step], notes: Sequence[str]) -> Table:
    rows = [
        (it.name, _s(it.cpu_s), _s(it.clock_s), _aimed(it.lists_s, AIM_S), _aimed(it.longest_s, WAIT_S), it.told)
        for it in steps
    ]
    return Table(database, f"{n_people:,} 人 people, {DATABASES[database]}", COLUMNS, rows, list(notes))


def _s(seconds: float | None) -> str:
    return "—" if seconds is None else f"{seconds:.2f}"


def _aimed(seconds: float | None, aim: float) -> str:
    return _s(seconds) if seconds is None or seconds < aim else f"{seconds:.2f} (aim {aim})"


def write(said: Iterable[str], tables: Sequence[Table]) -> None:
    head = "\n".join(f"* {it}" for it in said)
    (ROOT / PATH).write_text(f"{_HEAD}\n{head}\n\n{written(tables)}", "utf-8")
