"""`fangxian expose`: who was exposed to a case, from the archive, and what it took; it proposes and changes nothing."""

import argparse
import os
import time
from pathlib import Path

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import new_table, out, speaks_english, tell

SHOWN = 20


def add_parser(commands) -> None:
    parser = commands.add_parser("expose", help="who was exposed to a case, from the archive (查暴露)")
    parser.add_argument("case", metavar="NUMBER", help="number of the case, such as 141027-2022-0001")
    parser.add_argument("--most", type=int, default=SHOWN, metavar="N", help=f"how many to print (default {SHOWN})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    site.start()
    from fangxian.ops.cases.queries import case_numbered
    from fangxian.ops.measures.queries import rulebooks_by_disease
    from fangxian.ops.procedures.case_clocks import no_rulebook
    from fangxian.ops.procedures.exposure_of_case import search_exposed
    from fangxian.ops.realm.current import county_now

    started_s = _running_for_s()
    case = case_numbered(args.case)
    if case is None:
        raise Refusal(
            "expose.no_case",
            zh="没有编号为 {number} 的病例，没有查。编号应与病例页上的一致，例如 141027-2022-0001；请核对后再运行。",
            en="There is no case numbered {number}, so nothing was looked for. The number stands on the case's page, "
            "such as 141027-2022-0001: check it and run again.",
            number=args.case,
        )
    rulebook = rulebooks_by_disease(county_now()).get(case.disease)
    if rulebook is None:
        raise no_rulebook(case.disease)
    found = search_exposed(case=case, rulebook=rulebook)
    _say_cost(found, started_s)
    _say_gaps(found)
    _print(found, args.most)
    return 0


def _running_for_s() -> float:
    """How long this process has been there, reading and importing included."""
    started = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def _say_cost(found, started_s: float) -> None:
    cost, took = found.window.cost, found.took
    tell(
        Said(
            "程序启动 {started} 秒；{n_days} 天、{n_scans} 条扫码备好 {columns} 秒（打开 {n_opened} 天，新整理 "
            "{n_built} 天）；查登记 {register} 秒，排停留 {stays} 秒，查找 {search} 秒。",
            "Starting took {started} s; {n_days} days with {n_scans} scans were at hand in {columns} s ({n_opened} "
            "days opened, {n_built} laid out anew); register {register} s, stays {stays} s, search {search} s.",
        ).with_facts(
            started=f"{started_s:.2f}",
            n_days=cost.n_days,
            n_scans=f"{cost.n_scans:,}",
            n_opened=cost.n_opened,
            n_built=cost.n_built,
            **{name: f"{getattr(took, name):.3f}" for name in ("columns", "register", "stays", "search")},
        )
    )


def _say_gaps(found) -> None:
    for gap in found.window.gaps:
        tell(
            Said(
                "{day} 的档案不全：{n_lost} 条扫码找不回来，{n_recovered} 条从数据库找回。",
                "The archive of {day} is not whole: {n_lost} scans are lost, {n_recovered} were read from the "
                "database.",
            ).with_facts(day=gap.day_on, n_lost=gap.n_lost, n_recovered=gap.n_recovered)
        )
    for note in found.notes:
        tell(note)


def _print(found, most: int) -> None:
    """Numbers of people, never names: a terminal is looked at over shoulders and kept in logs."""
    heads = ("放行编号", "圈层", "分钟", "次数", "场所", "权重")
    heads_en = ("gate number", "ring", "minutes", "meetings", "places", "weight")
    table = new_table(*(heads_en if speaks_english() else heads))
    some = found.found.pick(slice(0, most)).columns()
    rings = _ring_words(found)
    for row in range(len(some["person"])):
        minutes = (some["likely_s"][row] + some["tie_s"][row]) // 60
        table.add_row(
            str(some["person"][row]),
            rings.get(int(some["ring"][row]), "—"),
            f"{minutes:,}",
            str(some["n_meetings"][row]),
            str(some["n_places"][row]),
            f"{some['weight'][row]:.1f}",
        )
    out.print(table)
    tell(Said("共 {n} 人可能暴露。", "{n} people may have been exposed.").with_facts(n=f"{len(found.found):,}"))


def _ring_words(found) -> dict[int, str]:
    from fangxian.core.exposure.disease import ring_keys
    from fangxian.ops.realm.current import county_now

    return {int(ring): key for ring, key in ring_keys(found.rulebook, county_now()).items()}
