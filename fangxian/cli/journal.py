"""`fangxian journal`: what the gates have written down; is it what was sealed; to another host and from one."""

import argparse
import logging
import os
import secrets
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from fangxian.core.policy.byte_seal import SealFault, SealMark
from fangxian.core.refusal import Refusal, Said

from . import site, systemd
from .console import say_refusal, tell
from .logs import add_log_option, set_up_log
from .run import port_number

log = logging.getLogger("fangxian.journal")
TOKEN_FILE = "journal-token"
DEFAULT_PORT = 8002


def add_parser(commands) -> None:
    parser = commands.add_parser("journal", help="what the gates have written down (扫码日志)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for verb, run, help_ in (
        ("list", run_list, "the segments, and what their seals say"),
        ("check", run_check, "is every segment what was sealed, and is none missing"),
    ):
        one = verbs.add_parser(verb, help=help_)
        one.add_argument("--folder", type=Path, help="a journal elsewhere (default: the realm's)")
        if verb == "check":
            one.add_argument("--record", action="store_true", help="against the audit chain's digests too")
        one.set_defaults(run=run)
    _add_ship(verbs)
    _add_receive(verbs)


def _add_ship(verbs) -> None:
    ship = verbs.add_parser("ship", help="send sealed segments to another host")
    ship.add_argument("--to", required=True, metavar="URL", help="https address of a host that runs journal receive")
    ship.add_argument("--token-file", type=Path, required=True, help="the receiving host's journal-token")
    ship.add_argument("--ca-file", type=Path, help="the certificate that vouches for it, and no other does")
    ship.add_argument("--folder", type=Path, help="a journal elsewhere (default: the realm's)")
    ship.add_argument("--every", type=int, metavar="SECONDS", help="again and again until told to stop")
    ship.add_argument(
        "--delete-after-days", type=int, metavar="DAYS", help="remove here what is there for so long (default: never)"
    )
    add_log_option(ship)
    ship.set_defaults(run=run_ship)


def _add_receive(verbs) -> None:
    receive = verbs.add_parser("receive", help="take sealed segments of other hosts in")
    receive.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    receive.add_argument("--port", type=port_number, default=DEFAULT_PORT, help=f"(default: {DEFAULT_PORT})")
    receive.add_argument("--certificate", type=Path, help="PEM of this host (default: one of this machine's own)")
    receive.add_argument("--key", type=Path, help="PEM of its private key")
    receive.add_argument("--token-file", type=Path, help=f"made if it is missing (default: {TOKEN_FILE} of the realm)")
    receive.add_argument("--folder", type=Path, help="a journal elsewhere (default: the realm's)")
    add_log_option(receive)
    receive.set_defaults(run=run_receive)


def run_list(args: argparse.Namespace) -> int:
    from fangxian.gate.held import held_segments

    segments = held_segments(_folder(args))
    for held in segments:
        state = _seal_in_words(held.seal) if held.seal else Said("未封存", "not sealed")
        tell(_row(held, state))
    tell(Said("共 {n} 段，{mib} MiB。", "{n} segments, {mib} MiB.").with_facts(
        n=len(segments), mib=f"{sum(held.n_bytes for held in segments) / (1 << 20):,.1f}"))  # fmt: skip
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Exit status 0 if nothing is wrong."""
    from fangxian.gate.held import checked_segments

    digests = _digests_on_record() if args.record else {}
    n_segments = n_records = n_wrong = 0
    for checked in checked_segments(_folder(args)):
        n_segments, n_records = n_segments + 1, n_records + checked.n_records
        wrong = [FAULTS[fault] for fault in checked.faults]
        if checked.held.seal and _is_off_record(checked.held.path, digests):
            wrong.append(OFF_RECORD)
        if wrong:
            n_wrong += 1
            words = Said("；".join(said.zh for said in wrong), "; ".join(said.en for said in wrong))
            tell(_row(checked.held, words))
    verdict = Said(
        "核对了 {n} 段、{records} 条记录，{wrong} 段有问题。请按 docs/operations/journal-damaged.md 处理。",
        "{n} segments, {records} records: {wrong} segments are not as sealed. Follow "
        "docs/operations/journal-damaged.md.",
    )
    if not n_wrong:
        verdict = Said(
            "核对了 {n} 段、{records} 条记录，都与封存时一致。", "{n} segments, {records} records: all as sealed."
        )
    tell(verdict.with_facts(n=n_segments, records=f"{n_records:,}", wrong=n_wrong))
    return 1 if n_wrong else 0


def _digests_on_record() -> dict[str, set[str]]:
    site.start()
    from fangxian.ops.visits.queries import segment_digests

    return segment_digests()


def _is_off_record(path: Path, digests: dict[str, set[str]]) -> bool:
    """Whether a segment that was read stands in no line of the record as it is: whoever makes a seal anew can make the
    file whole again, and not the audit chain."""
    known = digests.get(path.stem)
    return known is not None and sha256(path.read_bytes()).hexdigest() not in known


def run_ship(args: argparse.Namespace) -> int:
    """Exit status 0 if all that is sealed here is there; with --every, when told to stop."""
    if args.every:
        set_up_log(args.log, "ship")
    stop = _stopped_by_signals() if args.every else threading.Event()
    systemd.notify("READY=1")
    while True:
        is_well = _ship_once(args)
        if not args.every:
            return 0 if is_well else 1
        if stop.wait(args.every):
            return 0


def _ship_once(args: argparse.Namespace) -> bool:
    from fangxian.gate import shipping

    token, *_ = shipping.read_token(args.token_file)
    destination = shipping.Destination(args.to, token, shipping.context_for(args.ca_file))
    days = args.delete_after_days
    before = datetime.now(UTC) - timedelta(days=days) if days is not None else None
    try:
        shipped = shipping.ship(_folder(args), destination, delete_before=before)
    except Refusal as refusal:
        if not args.every:
            raise
        _say_trouble(refusal, args)
        return False
    finally:
        destination.close()
    for refusal in shipped.troubles:
        _say_trouble(refusal, args)
    if shipped.n_sent or shipped.n_deleted or not args.every:
        _say_shipped(shipped)
    return not shipped.troubles


def _say_trouble(refusal: Refusal, args: argparse.Namespace) -> None:
    if args.log == "json":
        log.warning("transit.not_sent: %(refusal)s", {"refusal": refusal.code})
    else:
        say_refusal(refusal)


def _say_shipped(shipped) -> None:
    tell(
        Said(
            "发送了 {n_sent} 段（{mib} MiB），{n_there} 段对方已有，本机删除 {n_deleted} 段。",
            "{n_sent} segments sent ({mib} MiB), {n_there} were there, {n_deleted} deleted here.",
        ).with_facts(
            n_sent=shipped.n_sent,
            mib=f"{shipped.n_bytes / (1 << 20):,.1f}",
            n_there=shipped.n_there,
            n_deleted=shipped.n_deleted,
        )
    )


def run_receive(args: argparse.Namespace) -> int:
    from fangxian.gate import receiving, shipping, tls

    set_up_log(args.log, "receive")
    folder, token_file = _folder(args), args.token_file or site.data_folder() / TOKEN_FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not token_file.exists():
        _make_token(token_file)
    tokens = shipping.read_token(token_file)
    if args.certificate and args.key:
        certificate = tls.Certificate(args.certificate, args.key)
    else:
        names = tls.machine_names()
        certificate = tls.local_certificate(site.data_folder() / "tls", names=names, at=datetime.now(UTC))
    server = receiving.open_server(
        (args.host, args.port), receiving.Receiver(folder), tokens=tokens, context=certificate.context()
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    tell(
        Said(
            "接收扫码日志：https://{host}:{port}/（凭证 {token}，证书 {certificate}；按 Ctrl-C 停止）",
            "Taking journals in at https://{host}:{port}/  (token {token}, certificate {certificate}; Ctrl-C stops it)",
        ).with_facts(host=args.host, port=server.server_port, token=token_file, certificate=certificate.certificate)
    )
    sys.stdout.flush()
    systemd.notify("READY=1")
    with server:
        server.serve_forever()
    return 0


def _make_token(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as token:
        token.write(secrets.token_urlsafe(32) + "\n")


def _folder(args: argparse.Namespace) -> Path:
    folder = args.folder or site.data_folder() / "journal"
    if args.run is not run_receive and not folder.is_dir():
        raise Refusal(
            "journal.no_folder",
            zh="{folder} 里没有扫码日志。应为门岗写日志的文件夹。请用 --folder 或 FANGXIAN_DATA 指到它。",
            en="There is no journal in {folder}. It should be the folder a gate writes to: point --folder or "
            "FANGXIAN_DATA at it.",
            folder=folder,
        )
    return folder


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _row(held, state: Said) -> Said:
    name, kib = held.path.stem, f"{held.n_bytes / 1024:,.0f}"
    return Said(f"{name}  {kib:>8} KiB  {state.zh}", f"{name}  {kib:>8} KiB  {state.en}")


def _seal_in_words(seal) -> Said:
    at = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seal.sealed_ms / 1000))
    said = Said(f"{seal.n_records:,} 条，封存于 {at}", f"{seal.n_records:,} records, sealed {at}")
    for mark, words in MARKS.items():
        if seal.marks & mark:
            said = Said(f"{said.zh}，{words.zh}", f"{said.en}, {words.en}")
    if seal.ordered_by:
        said = Said(f"{said.zh}（审计第 {seal.ordered_by} 条）", f"{said.en} (line {seal.ordered_by} of the record)")
    if seal.n_cut_bytes:
        said = Said(f"{said.zh}，弃去残缺 {seal.n_cut_bytes} 字节", f"{said.en}, {seal.n_cut_bytes} torn bytes dropped")
    return said


MARKS = {
    SealMark.AFTER_CRASH: Said("重启后封存", "after a crash"),
    SealMark.ABANDONED: Said("磁盘出错后弃用", "left when the disk failed"),
    SealMark.REWRITTEN: Said("依法清除后重封", "sealed again after an erasure"),
    SealMark.EMPTIED: Said("内容已清除", "emptied"),
}
OFF_RECORD = Said("与审计链上的摘要不符", "the audit chain has another digest of it")
FAULTS = {
    SealFault.NOT_SEALED: Said("没有封印", "it has no seal"),
    SealFault.HEADER: Said("开头不是这一段的", "its header is another segment's"),
    SealFault.ALTERED: Said("内容被改动", "its bytes were changed"),
    SealFault.CHAIN: Said("封印被改动", "its seal was changed"),
    SealFault.PREVIOUS: Said("接不上前一段：前一段缺失或被换", "the segment before is missing or another"),
    SealFault.RECORDS: Said("记录条数与封印不符", "it holds fewer records than were sealed"),
}
