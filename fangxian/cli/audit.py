"""`fangxian audit`: is the record true; seal what waits; the signed heads to keep elsewhere."""

import argparse
from pathlib import Path

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import out, progress, tell

READING = Said("核对审计链", "Reading the chain")


def add_parser(commands) -> None:
    parser = commands.add_parser("audit", help="the record that cannot be changed unseen (审计)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="is every line, detail, seal and signed head what it was")
    verify.add_argument(
        "--heads", type=Path, metavar="FILE", help="heads kept elsewhere, one line of JSON each, to hold the chain to"
    )
    verify.set_defaults(run=run_verify)
    seal = verbs.add_parser("seal", help="seal what waits, now")
    seal.set_defaults(run=run_seal)
    heads = verbs.add_parser("heads", help="the newest signed head, to print or send away")
    heads.add_argument("--all", action="store_true", help="every head in the data folder, one line of JSON each")
    heads.set_defaults(run=run_heads)


def run_verify(args: argparse.Namespace) -> int:
    """Exit status 0 when the record is true, 1 when something was changed. Writes nothing, not even a migration."""
    site.start()
    _refuse_older_database()
    from fangxian.ops.accounts.queries import separation_breaches
    from fangxian.ops.audit.verification import verify

    kept = _kept_heads(args.heads) if args.heads else ()
    with progress() as step:
        report = verify(kept_heads=kept, step=lambda done, total: step(READING, done, total))
    _say_extent(report)
    _say_erased(report)
    for finding in report.findings:
        tell(finding.said)
    if report.n_findings > len(report.findings):
        more = report.n_findings - len(report.findings)
        tell(Said("……另有 {n} 处。", "… and {n} more.").with_facts(n=more))
    breaches = separation_breaches()
    for account in breaches:
        tell(
            Said(
                "账号 {name} 同时担任两个管理员角色，或管理员兼审批：任命绕过了程序。",
                "account {name} holds two administrations, or one beside an approving role: somebody appointed it past "
                "the program.",
            ).with_facts(name=account.username)
        )
    _say_verdict(report)
    return 0 if report.is_true and not breaches else 1


def _refuse_older_database() -> None:
    """What is suspected must not be rewritten before it was read: no migration from here."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Refusal(
            "audit.older_database",
            zh="数据库比程序旧，还缺 {n} 步升级，没有核对。核对不改动数据库；请先备份数据文件夹，启动一次 fangxian run "
            "完成升级后再核对，或用写下它的那一版程序核对。",
            en="The database is older than the program: {n} migrations are missing, so nothing was verified. Verifying "
            "does not change the database: back up the data folder and start fangxian run once, or verify with the "
            "version that wrote it.",
            n=len(missing),
        )


def _kept_heads(path: Path):
    from fangxian.ops.audit.heads import heads_in

    try:
        texts = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            "audit.heads_unreadable",
            zh="读不了 {path}（{reason}）。它应是 fangxian audit heads 的输出，每行一个 JSON；请检查路径和编码。",
            en="{path} cannot be read ({reason}). It should be what fangxian audit heads printed, one JSON a line: "
            "check the path and the encoding.",
            path=path,
            reason=getattr(error, "strerror", None) or "not UTF-8",
        ) from error
    return sorted(heads_in(texts), key=lambda head: head.seq if head else 0)


def _say_extent(report) -> None:
    tell(
        Said(
            "已封存 {sealed} 条，其中 {headed} 条有签名链头作证（核对了 {heads} 个链头）。",
            "{sealed} lines sealed, {headed} of them vouched for by a signed head ({heads} heads checked).",
        ).with_facts(sealed=f"{report.n_sealed:,}", headed=f"{report.headed_seq:,}", heads=f"{report.n_heads:,}")
    )
    if report.n_unvouched:
        tell(
            Said(
                "最后一个链头签名于 {at}。其后的 {n} 条没有链头作证：若有人把这之后的记录整段删掉，仅凭链看不出来；"
                "请用 --heads 对照另处保存的链头。",
                "The last head was signed at {at}. The {n} lines after it are not vouched for: had somebody deleted "
                "the end of them whole, the chain alone would not tell. Compare with heads kept elsewhere: --heads.",
            ).with_facts(at=report.headed_at or "—", n=f"{report.n_unvouched:,}")
        )
    if report.n_unsealed:
        since = report.unsealed_since.isoformat(" ", "seconds") if report.unsealed_since else "?"
        tell(
            Said(
                "未封存 {n} 条，最早自 {since} 起（后台程序运行时一秒内封存）。",
                "{n} lines not sealed yet, the oldest since {since} (a running worker seals within a second).",
            ).with_facts(n=f"{report.n_unsealed:,}", since=since)
        )


def _say_erased(report) -> None:
    for order, n_details in report.erased.items():
        tell(
            Said("依“{order}”清除明细 {n} 条。", "{n} details erased by order “{order}”.").with_facts(
                order=order, n=f"{n_details:,}"
            )
        )


def _say_verdict(report) -> None:
    if report.is_true:
        tell(Said("结论：记录真实，没有被改动。", "Verdict: the record is true; nothing was changed."))
    else:
        tell(
            Said(
                "结论：记录被改动，共 {n} 处；第一处：{zh}。请保护现场，按 docs/operations/audit-alarm.md 处理。",
                "Verdict: the record was CHANGED, in {n} places; the first: {en}. Touch nothing and follow "
                "docs/operations/audit-alarm.md.",
            ).with_facts(n=report.n_findings, zh=report.first.said.zh, en=report.first.said.en)
        )


def run_seal(args: argparse.Namespace) -> int:
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.audit.actions import keep_head_of_end, record_views, seal_all

    record_views()
    n_sealed = seal_all()
    keep_head_of_end()
    tell(Said("封存了 {n} 条。", "{n} lines sealed.").with_facts(n=f"{n_sealed:,}"))
    return 0


def run_heads(args: argparse.Namespace) -> int:
    """Print heads as JSON lines on stdout, so that they can be redirected to a file; the rest is said around them."""
    site.start()
    from fangxian.ops.audit.heads import last_head, public_key_text, read_heads

    if args.all:
        for head in read_heads():
            if head:
                out.print(head.as_text(), markup=False)
        return 0
    head = last_head()
    if head is None:
        tell(Said("还没有签名链头。", "There is no signed head yet."))
        return 0
    out.print(head.as_text(), markup=False)
    tell(
        Said(
            "到第 {seq} 号封印为止，签名于 {at}。校验公钥（Ed25519）：{key}",
            "Up to seal {seq}, signed at {at}. Public key to check it with (Ed25519): {key}",
        ).with_facts(seq=f"{head.seq:,}", at=head.at, key=public_key_text())
    )
    return 0
