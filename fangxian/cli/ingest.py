"""`fangxian ingest`: takes what the gates have written down into the table of scans."""

import argparse
import signal
import threading

from fangxian.core.refusal import Said

from . import site, systemd
from .console import tell
from .logs import add_log_option, set_up_log


def add_parser(commands) -> None:
    parser = commands.add_parser("ingest", help="take the gates' journal in (读入扫码日志)")
    parser.add_argument("--once", action="store_true", help="take in what is there now, then end")
    add_log_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    site.start()
    if args.log == "json":  # else as everywhere in ops
        set_up_log("json", "ingest")
    site.bring_up_to_date()
    systemd.notify("READY=1")
    from fangxian.ops.procedures.take_in_journal import take_in, take_in_once

    if args.once:
        taken = take_in_once()
    else:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        taken = take_in(stop=stop)
    tell(
        Said(
            "读入 {n_records} 条扫码：新 {n_new}，重复 {n_repeated}，同号不同内容 {n_disputed}，已清除者 {n_erased}。",
            "Took in {n_records} scans: {n_new} new, {n_repeated} repeated, {n_disputed} same id with other content, "
            "{n_erased} of people erased.",
        ).with_facts(
            n_records=taken.n_records,
            n_new=taken.n_new,
            n_repeated=taken.n_repeated,
            n_disputed=taken.n_disputed,
            n_erased=taken.n_erased,
        )
    )
    return 0
