"""`fangxian worker`: does the jobs, seals the record, numbers changes, escalates what is late."""

import argparse
import signal
import threading

from fangxian.core.refusal import Said

from . import site, systemd
from .console import tell
from .logs import add_log_option, set_up_log


def add_parser(commands) -> None:
    parser = commands.add_parser("worker", help="do queued jobs and the periodic work (后台工作)")
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")
    add_log_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    site.start()
    if args.log == "json":  # else as everywhere in ops
        set_up_log("json", "worker")
    site.bring_up_to_date()
    systemd.notify("READY=1")
    from fangxian.ops.jobs.worker import work

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    n_run = work(stop=stop, once=args.once)
    tell(Said("后台工作已停止，共完成 {n} 项任务。", "The worker has stopped; it ran {n} jobs.").with_facts(n=n_run))
    return 0
