"""`fangxian day`: a day of scans, played through the running gate with invented people."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fangxian.core.refusal import Said

from . import site
from .console import bars, err, new_table, out, progress, speaks_english, tell

if TYPE_CHECKING:
    from rich.table import Table

    from fangxian.ops.procedures.day_totals import DayTotals
    from fangxian.ops.procedures.play_day import Played, Watch

SPEED = 600.0
FASTEST = 3600.0
DIFFERS = 3
SHOWN_REASONS = 12


def add_parser(commands) -> None:
    parser = commands.add_parser("day", help="play a day of scans, with invented people (演一天)")
    parser.add_argument("--date", type=_day, metavar="DATE", help="day of the county (default: today there)")
    parser.add_argument("--speed", type=_speed, default=SPEED, help="county seconds per second (default 600)")
    parser.add_argument(
        "--scans", type=_number, help="how many people are scanned (default: the county's published figure, to scale)"
    )
    parser.add_argument("--tls", action="store_true", help="the gate speaks https")
    parser.add_argument(
        "--go-on", action="store_true", help="play it only if none was played; then go on at the county's own pace"
    )
    parser.add_argument("--in-background", action="store_true", help="say only how it begins and ends")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    # Whatever is under way when we are told to stop, the clock is put right on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.procedures.play_day import is_due

    if args.go_on and not is_due():
        return _go_on(args)
    exit_code, is_whole = _play(args)
    return _go_on(args) if args.go_on and is_whole else exit_code


def _play(args: argparse.Namespace) -> tuple[int, bool]:
    """Exit code, and whether the day came to its end."""
    from fangxian.ops.procedures.play_day import day_begun, play_day
    from fangxian.ops.realm.current import county_now

    on = args.date or day_begun() or county_now().date()
    n_scans = args.scans or _usual_scans()
    tell(
        Said(
            "演一天：{on}，{n_scans:,} 人次扫码，速度 ×{speed:g}，约 {minutes:.1f} 分钟。"
            "人员全部为虚构，不是任何真实记录。",
            "A day is played: {on}, {n_scans:,} scans at ×{speed:g}, about {minutes:.1f} min. All people are "
            "synthetic; none of it is a record of anything real.",
        ).with_facts(on=on.isoformat(), n_scans=n_scans, speed=args.speed, minutes=1440 / args.speed)
    )
    quiet = args.in_background
    with _steps(quiet) as step, _watched(quiet) as watch:
        played = play_day(
            on=on, speed=args.speed, n_scans=n_scans, is_tls=args.tls, by="program:day", step=step, watch=watch
        )
    return _told(played, quiet=quiet), played.totals is not None


def _go_on(args: argparse.Namespace) -> int:
    from fangxian.ops.procedures.go_on import go_on

    n_scans = args.scans or _usual_scans()
    tell(
        Said(
            "从现在起按县时间正常速度继续扫码，一天约 {n_scans:,} 人次，直到停下。人员全部为虚构。",
            "From now on scans come at the county's own pace, about {n_scans:,} a day, until it is stopped. All people "
            "are synthetic.",
        ).with_facts(n_scans=n_scans)
    )
    with _steps(args.in_background) as step, suppress(KeyboardInterrupt):
        go_on(n_scans=n_scans, is_tls=args.tls, by="program:day", step=step)
    return 0


def _usual_scans() -> int:
    """The county's published figure, in proportion to the people on record."""
    from fangxian.ops.people.queries import n_in_use
    from fangxian.ops.situation.county_file import county_file

    return county_file().n_scans_of(n_in_use())


@contextmanager
def _steps(quiet: bool) -> Iterator:
    if quiet:
        yield lambda said, done, total: None
        return
    with progress() as step:
        yield step


@contextmanager
def _watched(quiet: bool) -> Iterator["Watch"]:
    """A bar with county time and scans a second; without a terminal a line now and then."""
    with bars(hidden=quiet or not sys.stderr.isatty()) as drawn:
        task = None
        began = last_at = time.monotonic()
        last_n = 0

        def watch(sent, planned: int, at: datetime) -> None:
            nonlocal task, last_at, last_n
            now, n = time.monotonic(), sent.n_acknowledged
            text = f"{at:%H:%M}  {(n - last_n) / max(now - last_at, 0.001):5.0f}/s"
            task = drawn.add_task(text, total=planned) if task is None else task
            drawn.update(task, description=text, completed=n + sent.n_known)
            is_plain = not quiet and not sys.stderr.isatty()
            if is_plain and int((now - began) // 10) > int((last_at - began) // 10):
                err.print(f"{text}  {n:,} / {planned:,}", markup=False)
            last_at, last_n = now, n

        yield watch


def _told(played: "Played", *, quiet: bool) -> int:
    if played.totals is None:
        tell(
            Said(
                "这一天停在 {at}：{n:,} 人次已有回答。县时间恢复正常速度；再运行一次会接着演。",
                "The day was stopped at {at}: {n:,} scans are answered. County time is back at its usual pace; run it "
                "again to go on.",
            ).with_facts(at=f"{played.at:%H:%M}", n=played.n_before + played.sent.n_acknowledged)
        )
        return 0 if quiet else 130
    if not quiet:
        out.print(_table(played, played.totals))
    return _agreement(played, played.totals)


def _agreement(played: "Played", found: "DayTotals") -> int:
    facts = {
        "on": played.on.isoformat(),
        "planned": found.n_planned,
        "sent": found.n_sent,
        "acknowledged": found.n_acknowledged,
        "queryable": found.n_queryable,
        "archived": found.n_archived,
        "refused": ", ".join(f"{code} {n}" for code, n in found.refused.most_common()) or "—",
    }
    if found.agrees:
        tell(
            Said(
                "{on} 演完：{sent:,} 人次发出 = 已回答 = 可查 = 已归档（虚构）。",
                "{on} is played: {sent:,} scans sent = acknowledged = queryable = archived (synthetic).",
            ).with_facts(**facts)
        )
        return 0
    tell(
        Said(
            "{on} 的数目不一致：应为 {planned:,}；发出 {sent:,}、已回答 {acknowledged:,}、可查 {queryable:,}、已归档 "
            "{archived:,}；门岗拒绝：{refused}。可查少，看 fangxian ingest 是否在运行；归档少，看 fangxian worker。"
            "再运行一次会补上没有的。",
            "The figures of {on} differ: {planned:,} planned; {sent:,} sent, {acknowledged:,} acknowledged, "
            "{queryable:,} queryable, {archived:,} archived; refused by the gate: {refused}. Too few queryable: see "
            "that fangxian ingest runs; too few archived: fangxian worker. Run it again to make up what is missing.",
        ).with_facts(**facts)
    )
    return DIFFERS


def _table(played: "Played", found: "DayTotals") -> "Table":
    """The day's figures; its title says that nobody in it exists."""

    def here(zh: str, en: str) -> str:
        return en if speaks_english() else zh

    title = here("{} 演练（人员全部为虚构）", "{}, played (all people are synthetic)").format(played.on.isoformat())
    table = new_table(title=title)
    table.add_column(here("项目", "what"))
    table.add_column(here("人次", "scans"), justify="right")
    rows = [
        (here("发出", "sent"), found.n_sent),
        (here("已回答", "acknowledged"), found.n_acknowledged),
        (here("可查", "queryable"), found.n_queryable),
        (here("已归档", "archived"), found.n_archived),
        (here("其中此前已有", "of these on record before"), played.n_before + played.sent.n_known),
        (here("重发的请求", "requests sent again"), played.sent.n_again),
    ]
    names = {
        "ADMIT": here("放行", "admitted"),
        "VERIFY": here("核验", "to verify"),
        "REFUSE": here("不予进入", "refused"),
    }
    rows += [(f"→ {names[outcome.name]}", found.by_outcome[outcome]) for outcome in sorted(found.by_outcome)]
    reasons = found.by_reason.most_common(SHOWN_REASONS)
    rows += reasons_in_words(reasons, played.on)
    rows += [(here(f"门岗拒绝：{code}", f"not taken: {code}"), n) for code, n in found.refused.most_common()]
    for name, n in rows:
        table.add_row(name, f"{n:,}")
    return table


def reasons_in_words(reasons: list[tuple[str, int]], on: date) -> Iterator[tuple[str, int]]:
    """Rows of the closest reasons, each in the words of the rules in force at that day's noon."""
    from fangxian.ops.realm.current import the_realm
    from fangxian.ops.situation.door_words import NO_SENTENCE, door_sentences

    noon = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(the_realm().clock.zone))
    says = door_sentences(noon)
    for rule, n in reasons:
        reason = says.get(rule, NO_SENTENCE)
        yield (f"   by {rule or '—'} {reason.en}" if speaks_english() else f"　因 {rule or '—'} {reason.zh}"), n


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date is written as 2022-04-19, not {text}") from None


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 1 <= speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"a speed is from 1 to {FASTEST:g}, not {text}")
    return speed


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"a number of scans is from 1 to 1000000, not {text}")
    return int(text)
