"""`fangxian realm`: what the data folder is, and its clock."""

import argparse
from datetime import datetime

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import tell


def add_parser(commands) -> None:
    parser = commands.add_parser("realm", help="what the data folder is (数据域)")
    parser.add_argument(
        "--clock", metavar="TIME", help="set county time, e.g. 2022-04-19T07:30+08:00 (demo and drill only)"
    )
    parser.add_argument("--rate", type=float, default=1.0, help="county seconds per second, with --clock")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from fangxian.ops.realm.folder import open_realm

    realm = open_realm(site.data_folder())
    if args.clock:
        realm = _reset_clock(realm, args.clock, args.rate)
    tell(
        Said(
            "数据域 {path}：{kind}，县 {county}（{code}），县时间 {now}（×{rate}），页面端口 {port}",
            "realm {path}: {kind}, county {county} ({code}), county time {now} (×{rate}), pages on port {port}",
        ).with_facts(
            path=realm.path,
            kind=realm.kind,
            county=realm.county,
            code=realm.division_code,
            now=realm.clock.now().isoformat(timespec="seconds"),
            rate=realm.clock.rate,
            port=realm.ports.ops,
        )
    )
    return 0


def _reset_clock(realm, text: str, rate: float):
    from fangxian.ops.realm.clock import CountyClock

    if not realm.is_synthetic:
        raise Refusal(
            "realm.live_clock",
            zh="这是真实运行的数据域，县时间就是北京时间，不能改。只有演示或演练数据域的时间可以设定。",
            en="This realm is live: its county time is the wall's and cannot be set. Only a demo's or a drill's "
            "clock can.",
        )
    try:
        county_at = datetime.fromisoformat(text)
        clock = CountyClock.starting(county_at, rate=rate, zone=realm.clock.zone)
    except ValueError as error:
        county_at, reason = None, str(error)
    if county_at is None or county_at.tzinfo is None:
        raise Refusal(
            "realm.clock_unreadable",
            zh="“{text}” 不是可用的时间（{reason}）。应为带时区的时间，例如 2022-04-19T07:30+08:00，速度大于 0。",
            en="“{text}” is no usable time ({reason}). It should be a time with a zone, such as 2022-04-19T07:30+"
            "08:00, "
            "and a rate above 0.",
            text=text,
            reason=reason if county_at is None else "no time zone",
        )
    return realm.with_clock(clock)
