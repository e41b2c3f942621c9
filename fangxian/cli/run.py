"""`fangxian run`: the county, running. Makes the demo county first when the data folder is empty."""

import argparse
import ctypes
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from fangxian.core.refusal import Refusal, Said

from . import county, site
from .console import tell

READY_WITHIN_S = 60
PAGE_THREADS = 4
PR_SET_PDEATHSIG = 1


def add_parser(commands) -> None:
    parser = commands.add_parser("run", help="the county, running (运行)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=port_number, help="port of the pages (default: the realm's, 8000)")
    parser.set_defaults(run=run)


def port_number(text: str) -> int:
    """A TCP port from the command line, 1..65525 so that another can be suggested."""
    if not text.isdecimal() or not 1 <= int(text) <= 65525:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65525, not {text}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    if not site.has_realm():
        county.lay_default_realm(port=args.port)
    site.start()
    realm = site.realm()
    port = args.port or realm.ports.ops
    _refuse_taken_port(args.host, port)
    with site.locked(realm):
        site.bring_up_to_date()
        if realm.is_synthetic and not _has_county():
            county.build_here()
        return _serve(args.host, port)


def _has_county() -> bool:
    from fangxian.ops.places.queries import edition_in_use

    return bool(edition_in_use())


def _serve(host: str, port: int) -> int:
    """Start the pages and the worker, say when they answer, and end both when either ends or we are told to."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    pages = [sys.executable, "-m", "granian", "--interface", "wsgi", "--loop", "uvloop", "--host", host]
    pages += ["--port", str(port), "--blocking-threads", str(PAGE_THREADS), "--no-ws", "--log-level", "error"]
    worker = [sys.executable, "-m", "fangxian.cli", "worker"]
    # A child dies with us even when we are killed: it must not go on holding the port.
    children = [
        subprocess.Popen(command, preexec_fn=_end_with_parent)
        for command in ([*pages, "fangxian.ops.config.wsgi:application"], worker)
    ]
    try:
        _wait_until_answering(children, host, port)
        tell(
            Said("已就绪：{address}（按 Ctrl-C 停止）", "Ready: {address}  (Ctrl-C stops it)").with_facts(
                address=f"http://{host}:{port}/"
            )
        )
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent ends; elsewhere it is left to the parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _as_interrupt(*_) -> None:
    raise KeyboardInterrupt


def _wait_until_answering(children: list[subprocess.Popen], host: str, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/healthz"
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise Refusal(
        "run.not_answering",
        zh="页面在 {seconds} 秒内没有就绪。上面的输出里有原因；数据没有丢失，可以再次运行 fangxian run。",
        en="The pages did not answer within {seconds} s. The reason is in the output above; no data is lost, "
        "and fangxian run can be tried again.",
        seconds=READY_WITHIN_S,
    )


def _refuse_taken_port(host: str, port: int) -> None:
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
                "fangxian run --port {other}。",
                en="Port {port} cannot be used ({reason}): most likely another program or another Fangxian has it. "
                "Stop that program, or run fangxian run --port {other}.",
                port=port,
                other=port + 10,
                reason=error.strerror,
            ) from error
