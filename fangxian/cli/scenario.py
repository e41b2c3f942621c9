"""`fangxian scenario`: a whole screening round with invented people, played against the running county by its pages."""

import argparse
import hashlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32
from zoneinfo import ZoneInfo

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import Step, err, new_table, out, progress, speaks_english, tell

if TYPE_CHECKING:
    from fangxian.core.drill.rounds.adding_up import Line
    from fangxian.core.drill.rounds.scene import Scene
    from fangxian.core.drill.rounds.script import Script
    from fangxian.core.screening.laboratory import Laboratory

    from .playing.player import Kept, Played

SPEED, FASTEST = 600.0, 3600.0
DIFFERS = 3
SHOWN_NAMES = 8
BEGINS_BY_MIN = 7 * 60 + 40
SCHOOLS, COUNTY = "school-round", "county-drill"
NAMES = {SCHOOLS: Said("学校核酸筛查", "School round"), COUNTY: Said("全县核酸演练", "County drill")}


def add_parser(commands) -> None:
    parser = commands.add_parser("scenario", help="play a screening round with invented people (演一轮筛查)")
    verbs = parser.add_subparsers(required=True, metavar="SCENARIO")
    for name, said in (
        (SCHOOLS, "every school and kindergarten: pupils, teachers, key persons; a day and a half (学校筛查)"),
        (COUNTY, "everybody in the county at 52 sites (全县演练)"),
    ):
        verb = verbs.add_parser(name, help=said)
        verb.add_argument("--seed", type=_whole, default=1, help="same seed, same round (default 1)")
        verb.add_argument("--scale", type=_scale, default=1.0, help="fraction of the people (default 1)")
        verb.add_argument("--size", type=int, choices=(5, 10, 20), default=10, help="people to a tube (default 10)")
        verb.add_argument("--speed", type=_speed, default=SPEED, help="county seconds per second (default 600)")
        verb.add_argument("--date", type=_day, metavar="DATE", help="day it begins (default: the next morning there)")
        verb.add_argument(
            "--outside", type=_share, nargs="?", const=0.0, metavar="SHARE",
            help="boxes that would wait long go to the city's laboratory; with a number that share of tubes at least",
        )  # fmt: skip
        verb.add_argument("--tls", action="store_true", help="the pages speak https")
        verb.set_defaults(run=run, scenario=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A round as it is to be played: what was drawn, and what a run that stopped left."""

    script: "Script"
    kept: "Kept"
    number: int
    midnight: datetime
    name: str
    other: "Laboratory | None" = None


def run(args: argparse.Namespace) -> int:
    # Whatever is under way when we are told to stop, the clock is put right on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.procedures.play_day import locked, refuse_live_realm

    refuse_live_realm()
    with locked():
        begun = _begun(args)
        tell_plan(args.scenario, begun.script, begun.other)
        return _play(args, begun)


def _begun(args: argparse.Namespace) -> Begun:
    from fangxian.core.drill.rounds.scene import read_register
    from fangxian.core.screening.laboratory import outside
    from fangxian.ops.procedures.export_county import canonical_lines
    from fangxian.ops.realm.current import county_now, the_realm

    from .playing.player import Kept

    tell(Said("读居民名册……", "Reading the register …"))
    register = read_register(canonical_lines())
    scene = scene_of(args.scenario, register, scale=args.scale, size=args.size)
    path = the_realm().path / "live" / f"scenario-{args.scenario}.json"
    key = {"seed": args.seed, "scale": args.scale, "size": args.size}
    if args.outside is not None:
        key["outside"] = args.outside
    kept = Kept.of(path, key | ({"on": args.date.isoformat()} if args.date else {}))
    digest = hashlib.blake2b(repr(scene).encode(), digest_size=8).hexdigest()
    if kept.told.setdefault("scene", digest) != digest:
        raise _register_changed(path)
    on = date.fromisoformat(kept.told.setdefault("on", _next_morning(county_now()).isoformat()))
    kept.told.setdefault("nonce", crc32(f"{args.scenario} {args.seed} {on} {time.time_ns()}".encode()) % 100_000)
    name = f"{NAMES[args.scenario].zh} {on:%m-%d}（演练 {kept.told['nonce']:05}）"
    other = None if args.outside is None else outside()[0]
    nonce, share = kept.told["nonce"], args.outside or 0.0
    script = script_of(scene, seed=args.seed, number=nonce, other=other, share_outside=share)
    midnight = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(the_realm().clock.zone))
    return Begun(script=script, kept=kept, number=kept.told["nonce"], midnight=midnight, name=name, other=other)


def scene_of(scenario: str, register, *, scale: float, size: int) -> "Scene":
    from fangxian.core.drill.rounds.scene import county_drill, school_round

    return (school_round if scenario == SCHOOLS else county_drill)(register, scale=scale, size=size)


def script_of(
    scene: "Scene", *, seed: int, number: int, other: "Laboratory | None" = None, share_outside: float = 0.0
) -> "Script":
    """The round that a seed draws; the number stands in its labels and draws nothing."""
    import numpy as np

    from fangxian.core.drill.rounds.mishaps import Mishaps
    from fangxian.core.drill.rounds.script import play

    rng = np.random.default_rng(seed)
    return play(scene, Mishaps(), rng, number=number, other=other, share_outside=share_outside)


def _next_morning(now: datetime) -> date:
    is_early = now.hour * 60 + now.minute <= BEGINS_BY_MIN
    return now.date() if is_early else now.date() + timedelta(days=1)


def _play(args: argparse.Namespace, begun: Begun) -> int:
    from fangxian.ops.procedures.put_clock_right import FastClock
    from fangxian.ops.realm.current import the_realm

    from .playing.pace import Clock
    from .playing.player import Player
    from .playing.web import Browser

    realm = the_realm()
    base = f"{'https' if args.tls else 'http'}://127.0.0.1:{realm.ports.ops}"
    certificate = str(realm.path / "tls" / "certificate.pem") if args.tls else ""
    clock = None
    with _steps() as (step, watch):
        clock = Clock(FastClock("program:scenario"), speed=args.speed, watch=watch)
        player = Player(
            script=begun.script, name=begun.name, number=begun.number, midnight=begun.midnight, kept=begun.kept,
            clock=clock, new_asker=lambda: Browser(base, certificate), step=step,
        )  # fmt: skip
        try:
            played = player.play()
        except KeyboardInterrupt:
            tell(
                Said(
                    "停在县时间 {at}。县时间恢复正常速度；再运行一次同样的命令会接着演。",
                    "Stopped at {at}, county time, which is back at its usual pace. Run the same command again to go "
                    "on.",
                ).with_facts(at=f"{clock.now():%Y-%m-%d %H:%M}")
            )
            return 130
        finally:
            clock.end()
    tell(Said("看页面：{address}", "See its page: {address}").with_facts(address=f"{base}{played.address}"))
    return tell_played(begun, played)


@contextmanager
def _steps() -> Iterator[tuple[Step, Callable[[datetime, float], None]]]:
    """Bars, each with county time; without a terminal a line now and then."""
    last = time.monotonic()

    with progress() as drawn:

        def watch(at: datetime, rate: float) -> None:
            nonlocal last
            if not sys.stderr.isatty() and time.monotonic() - last > 10:
                last = time.monotonic()
                err.print(f"  {at:%m-%d %H:%M}  ×{rate:g}", markup=False)

        yield drawn, watch


# ---- what is said ----


def tell_plan(scenario: str, script: "Script", other: "Laboratory | None" = None) -> None:
    """The plan's end with its bottleneck; of the county at 10 and at 20 to a tube."""
    from fangxian.core.drill.rounds.script import planned
    from fangxian.core.screening.telling import told
    from fangxian.core.screening.words import STEPS_SAID

    scene = script.scene
    n_tables = sum(it.n_tables for it in scene.stands)
    tell(
        Said(
            "{name}：{people:,} 人（其中 {alone} 人单管），{sites} 个采样点，{tables} 张台。人员全部为虚构。",
            "{name_en}: {people:,} people ({alone} of them one to a tube), {sites} sites, {tables} tables. All people "
            "are synthetic.",
        ).with_facts(
            name=NAMES[scenario].zh,
            name_en=NAMES[scenario].en,
            people=scene.n_people,
            alone=scene.n_alone,
            sites=len(scene.stands),
            tables=n_tables,
        )
    )
    for size in (scene.size,) if scenario == SCHOOLS else sorted({scene.size, 10, 20}):
        plan = told(planned(scene, size=size, other=other))
        step = STEPS_SAID[plan.held_up_by]
        tell(
            Said(
                "计划，{size} 合 1：{tubes:,} 管，从 8 点起 {hours:.1f} 小时出完结果，主要卡在{step}。",
                "Plan at {size}:1: {tubes:,} tubes; the last result {hours:.1f} h after 8 o'clock; mostly {step_en} "
                "holds it up.",
            ).with_facts(
                size=size, tubes=plan.n_tubes, hours=(plan.ends_min - BEGINS_MIN) / 60, step=step.zh, step_en=step.en
            )
        )


BEGINS_MIN = 8 * 60


def tell_played(begun: Begun, played: "Played") -> int:
    """The reconciliation, and how long it took beside the plan; 0 where everything adds up."""
    from fangxian.core.drill.rounds.adding_up import added_up, expected
    from fangxian.core.drill.rounds.words import STAGES, STATES

    lines = added_up(expected(begun.script, done_stage=played.done_stage), played.counted, stages=STAGES, states=STATES)
    out.print(_table(lines))
    _tell_times(begun, played)
    problems = list(_problems(lines, played))
    for said in problems:
        tell(said)
    if problems:
        return DIFFERS
    tell(
        Said(
            "对账：每个人、每根管、每个箱都有下落，一致。这一轮已于 {at} 结束。",
            "Reconciled: every person, tube and box is accounted for. The round was closed at {at}.",
        ).with_facts(at=f"{played.closed_at:%Y-%m-%d %H:%M}")
    )
    return 0


def _problems(lines: "list[Line]", played: "Played") -> Iterator[Said]:
    for line in lines:
        if not line.agrees:
            named = ", ".join(line.named[:SHOWN_NAMES]) + (" …" if len(line.named) > SHOWN_NAMES else "")
            yield Said(
                "不一致 · {what}：演了 {played}，系统 {told}。{named}",
                "Differs · {what_en}: {played} played, {told} on record. {named}",
            ).with_facts(
                what=line.said.zh, what_en=line.said.en, played=line.n_played, told=line.n_told, named=named
            )  # fmt: skip
    for example in played.told.examples:
        yield Said("不算的记录 · {it}", "A record that does not count · {it}").with_facts(it=example)
    for problem in played.problems:
        yield Said("结果没有全部收下 · {it}", "Not every result was taken · {it}").with_facts(it=problem)
    for sender, (taken, returned) in played.lists.items():
        if returned:
            yield Said(
                "名单退回 · {sender}：收 {taken} 行，退 {returned} 行",
                "Rows sent back · {sender}: {taken} taken, {returned} returned",
            ).with_facts(sender=sender, taken=taken, returned=returned)
    if played.closed_at is None:
        left = "; ".join(f"{what} {n}" for what, n in played.left)
        yield Said("没有结束：{left}", "Not closed: {left}").with_facts(left=left)


def _tell_times(begun: Begun, played: "Played") -> None:
    """How long it took beside the plan: those of the first day, as the plan reckons, and with who came afterwards."""
    from fangxian.core.drill.rounds.script import planned
    from fangxian.core.screening.telling import told
    from fangxian.core.screening.words import STEPS_SAID

    plan, opens = told(planned(begun.script.scene, other=begun.other)), begun.midnight + timedelta(minutes=BEGINS_MIN)
    step = STEPS_SAID[plan.held_up_by]

    def hours(at: datetime) -> float:
        return (at - opens).total_seconds() / 3600

    if played.first_day_at:
        tell(
            Said(
                "计划 {plan:.1f} 小时出完结果，主要卡在{step}；演下来，头一天采的第 {first:.1f} 小时出完。",
                "Planned: {plan:.1f} h to the last result, held up mostly by {step_en}. Played: those of the first day "
                "had their last result at hour {first:.1f}.",
            ).with_facts(
                plan=(plan.ends_min - BEGINS_MIN) / 60, step=step.zh, step_en=step.en, first=hours(played.first_day_at)
            )
        )
    tell(
        Said(
            "连补采、召回复采：采样到第 {sampled:.1f} 小时，{what}第 {ended:.1f} 小时。县钟等系统 {n} 次。",
            "With who came late and who was called back: sampling until hour {sampled:.1f}, {what_en} at hour "
            "{ended:.1f}. The county's clock waited for the system {n} times.",
        ).with_facts(
            sampled=(begun.script.sampled_until - BEGINS_MIN) / 60,
            what=played.ended_said.zh,
            what_en=played.ended_said.en,
            ended=hours(played.ended_at),
            n=played.n_slowed,
        )
    )


def _table(lines: "list[Line]"):
    english = speaks_english()
    title = "Reconciliation (all people are synthetic)" if english else "对账（人员全部为虚构）"
    heads = ("what", "played", "on record", "") if english else ("项目", "演了", "系统记着", "")
    table = new_table(title=title)
    table.add_column(heads[0])
    for head in heads[1:3]:
        table.add_column(head, justify="right")
    table.add_column(heads[3])
    for line in lines:
        differs = "" if line.agrees else ("differs" if english else "不一致")
        table.add_row(
            line.said.in_language("en" if english else "zh"), f"{line.n_played:,}", f"{line.n_told:,}", differs
        )
    return table


def _register_changed(path) -> Refusal:
    return Refusal(
        "scenario.register_changed",
        zh="上次没有演完，而居民名册已经改过，接不上了。应与上次相同；请删掉 {path} 重新演，没演完的那轮在页面上处理。",
        en="The last run was stopped and the register has changed since, so it cannot go on. It should be as it was: "
        "remove {path} to play a new round, and deal with the unfinished one on its page.",
        path=path,
    )


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) > 2**32:
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0, not {text}")
    return int(text)


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0 < scale <= 1:
        raise argparse.ArgumentTypeError(f"a scale is above 0 and at most 1, not {text}")
    return scale


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"a share is from 0 to 1, not {text}")
    return share


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 1 <= speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"a speed is from 1 to {FASTEST:g}, not {text}")
    return speed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a date is written as 2022-04-19, not {text}") from None
