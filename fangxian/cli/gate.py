"""`fangxian gate`: answers scans at doors, from memory, with the pages and the database away."""

import argparse
import logging
from datetime import UTC, datetime
from typing import Any

from fangxian.core.policy.door_pace import DEVICE_PACE, VENUE_PACE
from fangxian.core.refusal import Refusal

from . import site, systemd
from .logs import add_log_option, set_up_log
from .readiness import say_ready
from .run import OWN_PORTS_AFTER, n_processes, port_number

log = logging.getLogger("fangxian.gate")


def add_parser(commands) -> None:
    parser = commands.add_parser("gate", help="answer scans at doors (门岗)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=port_number, help="port of the gate (default: the realm's, 8001)")
    parser.add_argument("--tls", action="store_true", help="https with a certificate of this machine's own")
    parser.add_argument(
        "--origin", action="append", help="a page that may ask from a browser; may be repeated (default: this realm's)"
    )
    parser.add_argument("--id", type=_gate_id, default=1, help="number of this gate, if a realm has several")
    parser.add_argument(
        "--processes", type=n_processes, default=1, metavar="N", help="so many at one port, numbered on from --id"
    )
    parser.add_argument(
        "--own-port",
        type=port_number,
        help="where on loopback a process is asked alone, several from there on (default: with several, port + 100)",
    )
    parser.add_argument("--quick", action="store_true", help="take the usual scans by compiled loops")
    _add_pace(parser, "--device-pace", DEVICE_PACE, "from one device")
    _add_pace(parser, "--venue-pace", VENUE_PACE, "at one venue, from phones that are no keeper's device")
    add_log_option(parser)
    parser.add_argument("--one-of-several", action="store_true", help=argparse.SUPPRESS)  # started by --processes
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.processes > 1:
        set_up_log(args.log, "gates")
    else:
        set_up_log(args.log, "gate", gate=args.id)
    try:
        return _run(args)
    except Refusal as refusal:
        if args.log == "plain":
            raise
        log.critical("%(refusal)s: %(said)s", {"refusal": refusal.code, "said": refusal.said.en})
        return 1


def _run(args: argparse.Namespace) -> int:
    from fangxian.gate import running, tls
    from fangxian.gate.pace import Pace

    folder = site.data_folder()
    ports = running.realm_card(folder)["ports"]
    port = args.port or ports["gate"]
    names = tls.machine_names()
    certificate = tls.local_certificate(folder / "tls", names=names, at=datetime.now(UTC)) if args.tls else None
    if args.processes > 1:
        from .several_gates import run_several

        return run_several(args, port=port, first_own_port=args.own_port or port + OWN_PORTS_AFTER)
    settings = running.GateSettings(
        folder=folder,
        host=args.host,
        port=port,
        origins=args.origin or origins_of(names, ports["ops"]),
        gate_id=args.id,
        tls=certificate.context() if certificate else None,
        own_port=args.own_port or 0,
        shares_port=args.one_of_several,
        is_quick=args.quick,
        pace=Pace(args.device_pace, args.venue_pace),
    )
    address = f"{'https' if args.tls else 'http'}://{args.host}:{port}"
    running.run_gate(
        settings,
        on_ready=lambda: say_ready(args, address, quietly=args.one_of_several),
        on_alive=lambda: systemd.notify("WATCHDOG=1"),
    )
    systemd.notify("STOPPING=1")
    return 0


def origins_of(names: list[str], port: int) -> list[str]:
    """The addresses of this realm's own pages, as browsers write them."""
    return [f"{scheme}://{name}:{port}" for scheme in ("http", "https") for name in names]


def _add_pace(parser: argparse.ArgumentParser, option: str, pace: Any, whose: str) -> None:
    def read(text: str) -> int:
        if not text.isdecimal() or not pace.low <= int(text) <= pace.high:
            raise argparse.ArgumentTypeError(f"from {pace.low:g} to {pace.high:g} {pace.unit}, not {text}")
        return int(text)

    default = int(pace.value)
    help_ = f"scans a minute taken {whose} (default: {default})"
    parser.add_argument(option, type=read, default=default, metavar="N", help=help_)


def _gate_id(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) < 1 << 32:
        raise argparse.ArgumentTypeError(f"a gate's number is from 1 to 4294967295, not {text}")
    return int(text)
