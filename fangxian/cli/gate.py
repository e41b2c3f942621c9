"""`fangxian gate`: answers scans at doors, from memory, with the pages and the database away."""

import argparse
import logging
from datetime import UTC, datetime

from fangxian.core.refusal import Said

from . import site
from .console import tell
from .run import port_number


def add_parser(commands) -> None:
    parser = commands.add_parser("gate", help="answer scans at doors (门岗)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=port_number, help="port of the gate (default: the realm's, 8001)")
    parser.add_argument("--tls", action="store_true", help="https with a certificate of this machine's own")
    parser.add_argument(
        "--origin", action="append", help="a page that may ask from a browser; may be repeated (default: this realm's)"
    )
    parser.add_argument("--id", type=_gate_id, default=1, help="number of this gate, if a realm has several")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from fangxian.gate import running, tls

    logging.basicConfig(level=logging.INFO, format="%(asctime)s gate %(message)s")
    folder = site.data_folder()
    ports = running.realm_card(folder)["ports"]
    port = args.port or ports["gate"]
    names = tls.machine_names()
    certificate = tls.local_certificate(folder / "tls", names=names, at=datetime.now(UTC)) if args.tls else None
    settings = running.GateSettings(
        folder=folder,
        host=args.host,
        port=port,
        origins=args.origin or origins_of(names, ports["ops"]),
        gate_id=args.id,
        tls=certificate.context() if certificate else None,
    )
    address = f"{'https' if args.tls else 'http'}://{args.host}:{port}"
    ready = Said("门岗已就绪：{address}（按 Ctrl-C 停止）", "The gate is ready: {address}  (Ctrl-C stops it)")
    running.run_gate(settings, on_ready=lambda: tell(ready.with_facts(address=address)))
    return 0


def origins_of(names: list[str], port: int) -> list[str]:
    """The addresses of this realm's own pages, as browsers write them."""
    return [f"{scheme}://{name}:{port}" for scheme in ("http", "https") for name in names]


def _gate_id(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) < 1 << 32:
        raise argparse.ArgumentTypeError(f"a gate's number is from 1 to 4294967295, not {text}")
    return int(text)
