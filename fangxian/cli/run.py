"""`fangxian run`: the county, running. Makes the demo county first when the data folder is empty."""

import argparse
import os
import signal
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fangxian.core.refusal import Refusal, Said

from . import county, site
from .children import LOOKED_AFTER_EVERY_S, Child, end_all, look_after
from .console import tell

READY_WITHIN_S = 600  # a program that ends is seen at once; a slow or busy machine is only to be waited for
TOLD_EVERY_S = 30
PAGE_THREADS = 4
MOST_PROCESSES = 64
OWN_PORTS_AFTER = 100  # the first of several processes of a gate answers alone at the gate's port and so many
PAGES = Said("页面", "The pages program")
WORKER = Said("后台工作", "The worker")
GATE = Said("门岗", "The gate")
INGEST = Said("读入扫码日志的程序", "The program that takes the journal in")
STILL_STARTING = Said(
    "还在启动，已 {seconds} 秒；这台机器慢或正忙时要久一些……",
    "Still starting, {seconds} s so far; on a slow or busy machine it takes longer…",
)
DAY = Said("演练日", "The day of scans")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where pages and gate listen, the certificate of both, if they speak https, and how many processes the gate is."""

    host: str
    pages: int
    gate: int
    certificate: Path | None = None
    key: Path | None = None
    n_gates: int = 1

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"

    @property
    def here(self) -> str:
        """The host as this machine reaches itself."""
        return "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host

    def address(self, port: int) -> str:
        return f"{self.scheme}://{self.here}:{port}/"


def add_parser(commands) -> None:
    parser = commands.add_parser("run", help="the county, running (运行)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=port_number, help="port of the pages (default: the realm's, 8000)")
    parser.add_argument(
        "--gate-port", type=port_number, help="port of the gate (default: the realm's, 8001; with --port the next one)"
    )
    parser.add_argument("--tls", action="store_true", help="https with a certificate of this machine's own")
    parser.add_argument(
        "--gate-processes",
        type=n_processes,
        default=1,
        metavar="N",
        help="so many gates at one port, one for each core",
    )
    parser.add_argument("--no-day", action="store_true", help="in a demo, leave out the day of scans")
    parser.set_defaults(run=run)


def port_number(text: str) -> int:
    """A TCP port from the command line, 1..65525 so that another can be suggested."""
    if not text.isdecimal() or not 1 <= int(text) <= 65525:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65525, not {text}")
    return int(text)


def n_processes(text: str) -> int:
    """How many processes of a gate, from the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST_PROCESSES}, as a rule one for each core, not {text}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    from fangxian.ops.realm.folder import Ports, keep_ports

    if not site.has_realm():
        county.lay_default_realm(port=args.port)
    site.start()
    realm = site.realm()
    pages, gate = ports_of(args, realm.ports)
    _refuse_taken_port(args.host, pages, "--port")
    _refuse_taken_port(args.host, gate, "--gate-port")
    with site.locked(realm):
        site.bring_up_to_date()
        if realm.is_synthetic and not _has_county():
            county.build_here()
            if realm.kind == "demo":
                county.seed_outbreak_here()
                county.seed_departures_here()
        _put_clock_right(has_stopped=True)
        # Pages, gate and programs all ask the realm where the others are.
        keep_ports(realm.path, Ports(ops=pages, gate=gate))
        certificate = _certificate() if args.tls else (None, None)
        where = Where(
            host=args.host,
            pages=pages,
            gate=gate,
            certificate=certificate[0],
            key=certificate[1],
            n_gates=args.gate_processes,
        )
        return _serve(where, plays=realm.kind == "demo" and not args.no_day)


def ports_of(args: argparse.Namespace, ports) -> tuple[int, int]:
    """Ports of pages and gate: as asked for; a gate whose pages are told a port of their own stands beside them."""
    pages = args.port or ports.ops
    return pages, args.gate_port or (ports.gate if pages == ports.ops else pages + 1)


def _has_county() -> bool:
    from fangxian.ops.places.queries import edition_in_use

    return bool(edition_in_use())


def _certificate() -> tuple[Path, Path]:
    from fangxian.gate import tls

    found = tls.local_certificate(site.data_folder() / "tls", names=tls.machine_names(), at=datetime.now(UTC))
    return found.certificate, found.key


def _serve(where: Where, *, plays: bool) -> int:
    """Start everything, say when it answers, keep it running, and end it all when we are told to."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    children = _children(where)
    try:
        for child in children:
            child.start()
        _wait_until_answering(children, where)
        tell(
            Said(
                "已就绪：{address}（门岗 {gate}；按 Ctrl-C 停止）",
                "Ready: {address}  (gate {gate}; Ctrl-C stops it)",
            ).with_facts(address=where.address(where.pages), gate=where.address(where.gate))
        )
        if plays:
            children.append(_day(where))
            children[-1].start()
        look_after(children)
        return 0
    except KeyboardInterrupt:
        return 0
    finally:
        end_all(list(reversed(children)))
        _put_clock_right()


def _children(where: Where) -> list[Child]:
    gate = [*_program("gate"), "--host", where.host, "--port", str(where.gate), "--processes", str(where.n_gates)]
    return [
        Child(PAGES, _pages(where), surroundings(where)),
        Child(GATE, [*gate, "--tls"] if where.certificate else gate),
        Child(WORKER, _program("worker"), watched(where)),
        Child(INGEST, _program("ingest")),
    ]


def _day(where: Where) -> Child:
    command = [*_program("day"), "--go-on", "--in-background", *(["--tls"] if where.certificate else [])]
    return Child(DAY, command, is_errand=True, at_end=_put_clock_right)


def _put_clock_right(*, has_stopped: bool = False) -> None:
    """A day or a scenario that was killed leaves the county's clock running fast."""
    from fangxian.ops.procedures.put_clock_right import put_clock_right

    put_clock_right(by="program:cli", has_stopped=has_stopped)


def _program(name: str) -> list[str]:
    return [sys.executable, "-m", "fangxian.cli", name]


def _pages(where: Where) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--loop", "uvloop", "--host", where.host]
    command += ["--port", str(where.pages), "--blocking-threads", str(PAGE_THREADS), "--no-ws", "--log-level", "error"]
    if where.certificate:
        command += ["--ssl-certificate", str(where.certificate), "--ssl-keyfile", str(where.key)]
    return [*command, "fangxian.ops.config.wsgi:application"]


def surroundings(where: Where) -> dict[str, str]:
    """What the pages have to be told: that they are asked over https, and by which of this machine's names."""
    from fangxian.gate.tls import machine_names

    told = {"FANGXIAN_HTTPS": "1", "FANGXIAN_HSTS": "0"} if where.certificate else {}
    if where.here != where.host and "FANGXIAN_HOSTS" not in os.environ:
        told["FANGXIAN_HOSTS"] = ",".join([*machine_names(), "[::1]"])
    return told


def watched(where: Where) -> dict[str, str]:
    """What the worker has to be told to see each process of a gate: at the common port now one answers, now another."""
    if where.n_gates == 1 or "FANGXIAN_GATES" in os.environ:
        return {}
    own = range(where.gate + OWN_PORTS_AFTER, where.gate + OWN_PORTS_AFTER + where.n_gates)
    return {"FANGXIAN_GATES": ",".join(f"http://127.0.0.1:{port}" for port in own)}


def _as_interrupt(*_) -> None:
    raise KeyboardInterrupt


def _wait_until_answering(children: Sequence[Child], where: Where) -> None:
    """Until pages and gate both say something; a gate that has nothing to go by yet says so, and that will do."""
    begun = told_at = time.monotonic()
    waiting = [where.pages, where.gate]
    while (now := time.monotonic()) - begun < READY_WITHIN_S:
        waiting = [port for port in waiting if not _answers(where, port)]
        if not waiting:
            return
        if now - told_at >= TOLD_EVERY_S:
            told_at = now
            tell(STILL_STARTING.with_facts(seconds=round(now - begun)))
        for child in children:
            child.look()
        time.sleep(LOOKED_AFTER_EVERY_S)
    raise Refusal(
        "run.not_answering",
        zh="{addresses} 在 {seconds} 秒内没有就绪。上面的输出里有原因；数据没有丢失，可以再次运行 fangxian run。",
        en="{addresses} did not answer within {seconds} s. The reason is in the output above; no data is lost, "
        "and fangxian run can be tried again.",
        addresses=", ".join(where.address(port) for port in waiting),
        seconds=READY_WITHIN_S,
    )


def _answers(where: Where, port: int) -> bool:
    trusted = ssl.create_default_context(cafile=str(where.certificate)) if where.certificate else None
    try:
        urllib.request.urlopen(f"{where.address(port)}healthz", timeout=2, context=trusted).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        return port == where.gate
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def _refuse_taken_port(host: str, port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise Refusal(
                "run.host_unknown",
                zh="本机没有名为 {host} 的地址（{reason}）。应为本机的地址，例如 127.0.0.1；要让别的设备访问，用 "
                "0.0.0.0。",
                en="This machine has no address {host} ({reason}). It should be one of this machine's, such as "
                "127.0.0.1; "
                "for other devices to reach it, 0.0.0.0.",
                host=host,
                reason=error.strerror,
            ) from error
        except OSError as error:
            raise Refusal(
                "run.port_taken",
                zh="端口 {port} 不能使用（{reason}）：多半是另一个程序或另一个防线占着它。请停掉那个程序，或运行 "
                "fangxian run {option} {other}。",
                en="Port {port} cannot be used ({reason}): most likely another program or another Fangxian has it. "
                "Stop that program, or run fangxian run {option} {other}.",
                port=port,
                option=option,
                other=port + 10,
                reason=error.strerror,
            ) from error
