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
        realm = _set_clock(args.clock, args.rate)
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


def _set_clock(text: str, rate: float):
    from fangxian.ops.realm.clock import CountyClock

    site.start()
    from fangxian.ops.procedures.set_clock import set_clock

    try:
        county_at = datetime.fromisoformat(text)
        if county_at.tzinfo is None:
            raise ValueError("no time zone")
        clock = CountyClock.starting(county_at, rate=rate, zone=site.realm().clock.zone)
    except ValueError as error:
        raise Refusal(
            "realm.clock_unreadable",
            zh="“{text}” 不是可用的时间（{reason}）。应为带时区的时间，例如 2022-04-19T07:30+08:00，速度大于 0。",
            en="“{text}” is no usable time ({reason}). It should be a time with a zone, such as "
            "2022-04-19T07:30+08:00, and a rate above 0.",
            text=text,
            reason=str(error),
        ) from error
    with site.locked(site.realm()):
        site.bring_up_to_date()
        return set_clock(clock=clock, by="program:cli")
