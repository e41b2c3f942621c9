"""What a gate says when scans are answered, whether it is one process or several."""

import argparse
import logging

from fangxian.core.refusal import Said

from . import systemd
from .console import tell

log = logging.getLogger("fangxian.gate")


def say_ready(args: argparse.Namespace, address: str, *, quietly: bool = False) -> None:
    """Tell whoever started us that scans are answered now."""
    systemd.notify("READY=1")
    if args.log == "json":
        log.info("gate.ready: at %(address)s", {"address": address})
    elif not quietly:
        ready = Said("门岗已就绪：{address}（按 Ctrl-C 停止）", "The gate is ready: {address}  (Ctrl-C stops it)")
        tell(ready.with_facts(address=address))
