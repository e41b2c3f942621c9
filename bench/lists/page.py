"""The tables of a run: printed, and written to docs/reference/performance-lists.md by `make bench-lists WRITE=1`."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from bench.gate.report import Table, written

from .measured import ALLOWED_S, PLACES, Measured

ROOT: Final = Path(__file__).resolve().parents[2]
PATH: Final = "docs/reference/performance-lists.md"
TITLES: Final = {
    "contacts": "接触者名单 The line list of contacts",
    "cases": "病例列表 The list of cases",
    "readers": "只看一部分的人 Whoever may see a part of them",
}
_HEAD: Final = """# 长名单翻页的快慢 How quick the pages of long lists are

*由 `make bench-lists` 量得并写出，请勿手改。 Measured and written by `make bench-lists`; not to be edited.*

十万名接触者、十万个病例，都是编造的。每一页像浏览器那样请求，走完整个程序，行级权限开着。每种筛选各取几种排序，
各量第一页、中间一页、最后一页；表里是这些排序中最慢的。数字是服务器和数据库一共用的处理器毫秒，括号里是钟表时间。
目标：每页不到 150 毫秒。

A hundred thousand contacts and as many cases, all invented. Each page is asked for as a browser does, through the whole
program, with row-level rights on. Each narrowing is sorted in some of the orders, other ones each time, and its first,
middle and last page measured; the table has the slowest of these orders. Figures are milliseconds of processor, the
server's and the database's together, with the clock's in brackets. The aim: less than 150 ms a page.
"""


def line(it: Measured) -> str:
    """One list in one order, as it is printed while the run goes on."""
    figures = "  ".join(_ms(took) for took in it.took)
    late = " ×" if max(took.cpu_s for took in it.took) > ALLOWED_S else ""
    return f"{it.reader:9} {it.path:9} {it.of:38.38} {it.sort:10} {it.total:>7,} rows  {figures}  {it.busy:.1f}{late}"


def table(database: str, name: str, measured: Sequence[Measured]) -> Table:
    """Of each narrowing a row: of its orders the slowest at each place."""
    rows = [_row(list(group)) for _, group in groupby(measured, key=lambda it: (it.reader, it.path, it.of))]
    every = [(took, it) for it in measured for took in it.took]
    took, it = max(every, key=lambda pair: pair[0].cpu_s)
    n_late = sum(took.cpu_s > ALLOWED_S for took, _ in every)
    notes = [
        f"{len(every)} pages in {len(measured)} lists; the longest {1e3 * took.cpu_s:.0f} ms of processor "
        f"({1e3 * took.clock_s:.0f} by the clock): {it.reader}, {it.path}, {it.of}, sorted by {it.sort}",
        f"over {1e3 * ALLOWED_S:.0f} ms of processor: {n_late}; "
        f"by the clock: {sum(took.clock_s > ALLOWED_S for took, _ in every)}",
    ]
    columns = ("who", "list", "narrowed to", "rows", *PLACES, "slowest order")
    return Table(f"{database}-{name}", f"{TITLES[name]}, {DATABASES[database]}", columns, rows, notes)


DATABASES: Final = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def _row(lists: Sequence[Measured]) -> tuple[str, ...]:
    one = lists[0]
    worst = [max((it.took[n] for it in lists), key=lambda took: took.cpu_s) for n in range(len(PLACES))]
    slowest = max(lists, key=lambda it: max(took.cpu_s for took in it.took))
    of = "&".join(part if len(part) < 30 else f"{part[:12]}…" for part in one.of.split("&"))
    return (one.reader, one.path, of, f"{one.total:,}", *map(_ms, worst), slowest.sort)


def _ms(took) -> str:
    return f"{1e3 * took.cpu_s:.0f} ({1e3 * took.clock_s:.0f})"


def write(said: Iterable[str], tables: Sequence[Table]) -> None:
    head = "\n".join(f"* {it}" for it in said)
    (ROOT / PATH).write_text(f"{_HEAD}\n{head}\n\n{written(tables)}", "utf-8")
