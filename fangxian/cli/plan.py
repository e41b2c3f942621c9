"""`fangxian plan`: when a screening round would end and what would bring it nearer; where its sites are best put."""

import argparse
from itertools import groupby
from typing import TYPE_CHECKING

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import new_table, out, speaks_english, tell
from .plan_named import named, print_named_rounds

if TYPE_CHECKING:
    from fangxian.core.screening.named import Named
    from fangxian.core.screening.reaching import Reached
    from fangxian.core.screening.replanning import State
    from fangxian.core.screening.rounds import Round

OPENS_MIN = 8 * 60
SIZES = (1, 5, 10, 20)
WITHIN_H = 24
SO_FAR = {
    "hours": "hours since 8 o'clock",
    "sampled": "tubes sealed so far",
    "received": "tubes received by a laboratory",
    "resulted": "tubes released",
    "left": "people still to come",
}


def add_parser(commands) -> None:
    parser = commands.add_parser("plan", help="plan a screening round (核酸筛查的安排)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    whole = verbs.add_parser("round", help="when it ends, what holds it up, what would bring the end nearer")
    which = whole.add_mutually_exclusive_group()
    which.add_argument("--people", type=_number, help="how many are to be tested; none: the county's named rounds")
    which.add_argument("--named", metavar="NAME", help="one of the county's named rounds, such as school-round")
    whole.add_argument("--sites", type=_number, default=52, help="sampling sites (default 52)")
    whole.add_argument("--tables", type=_number, default=3, help="tables at each (default 3)")
    whole.add_argument("--size", type=int, choices=SIZES, default=10, help="people to a tube (default 10)")
    whole.add_argument("--within", type=_number, metavar="HOURS", help="wanted, in hours (default 24)")
    whole.add_argument("--no-outside", action="store_true", help="no laboratory outside the county can be asked")
    whole.add_argument("--no-20", action="store_true", help="the rulebook does not allow 20 to a tube")
    so_far = whole.add_argument_group("a round that has begun", "all five, as they are told: tubes, and people left")
    for name, said in SO_FAR.items():
        so_far.add_argument(f"--{name}", type=_count, metavar="N", help=said)
    whole.set_defaults(run=run_round)
    sites = verbs.add_parser("sites", help="where sampling sites are best put, of the county's venues")
    sites.add_argument("--sites", type=_number, default=52, help="how many (default 52)")
    sites.add_argument("--candidates", type=_number, default=1000, help="among how many venues (default 1000)")
    sites.set_defaults(run=run_sites)


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is wanted, not {text}")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000_000:
        raise argparse.ArgumentTypeError(f"a whole number from 0 is wanted, not {text}")
    return int(text)


def _state(args: argparse.Namespace, planned: "Round") -> "State | None":
    """What has happened; None before the round begins."""
    from fangxian.core.screening.replanning import state_of_totals

    told = {name: getattr(args, name) for name in SO_FAR}
    if all(n is None for n in told.values()):
        return None
    if missing := [f"--{name}" for name, n in told.items() if n is None]:
        raise _incomplete(missing)
    if not told["sampled"] >= told["received"] >= told["resulted"]:
        raise _contradicts(told)
    if told["left"] > args.people:
        raise _too_many_left(told["left"], args.people)
    return state_of_totals(
        planned,
        at_min=OPENS_MIN + told["hours"] * 60,
        n_sampled=told["sampled"],
        n_received=told["received"],
        n_resulted=told["resulted"],
        n_left=told["left"],
    )


def _incomplete(missing: list[str]) -> Refusal:
    return Refusal(
        "screening.state_incomplete",
        zh="已发生的情况不全，缺 {missing}。五项要一起给出（{all}）。请补上后再算。",
        en="What has happened is not all there: {missing} is missing. All five are wanted ({all}). Add it "
        "and try again.",
        missing=", ".join(missing),
        all=", ".join(f"--{name}" for name in SO_FAR),
    )


def _contradicts(told: dict[str, int]) -> Refusal:
    return Refusal(
        "screening.state_contradicts",
        zh="对不上：采样 {sampled} 管，接收 {received} 管，出结果 {resulted} 管。"
        "接收不会多于采样，出结果不会多于接收。请核对后再算。",
        en="This cannot be: {sampled} tubes sampled, {received} received, {resulted} with a result. No more can be "
        "received than sampled, or have a result than were received. Look at the numbers and try again.",
        sampled=told["sampled"],
        received=told["received"],
        resulted=told["resulted"],
    )


def _too_many_left(left: int, people: int) -> Refusal:
    return Refusal(
        "screening.more_left_than_people",
        zh="对不上：还没采的 {left:,} 人（--left），比要采的 {people:,} 人（--people）还多。还没采的不会多于要采的；"
        "后来加了人，请把 --people 改成加过以后的总数再算。",
        en="This cannot be: {left:,} people still to come (--left) of {people:,} (--people). No more can be left than "
        "there were; where people were added since, give their number with them as --people and try again.",
        left=left,
        people=people,
    )


def run_round(args: argparse.Namespace) -> int:
    from fangxian.core.screening.laboratory import fushan, outside
    from fangxian.core.screening.levers import levers
    from fangxian.core.screening.reaching import reached
    from fangxian.core.screening.replanning import reached_anew
    from fangxian.core.screening.rounds import evenly

    if args.named is None and args.people is None:
        if any(getattr(args, name) is not None for name in SO_FAR):
            raise _incomplete(["--people"])
        print_named_rounds()
        return 0
    if args.named is None:
        planned = evenly(args.people, args.sites, args.tables, args.size, [fushan()])
    else:
        planned = _as_named(args).planned([fushan()])
    given = levers(planned, outside=() if args.no_outside else outside(), may_pool_20=not args.no_20)
    state, by_min = _state(args, planned), OPENS_MIN + (args.within or WITHIN_H) * 60
    if state is None:
        found = reached(planned, given, by_min=by_min)
        _tell_plan(planned, found)
    else:
        found = reached_anew(planned, given, state, by_min=by_min)
        _tell_anew(planned, state, found)
    _tell_hours(found)
    _print_table(found)
    if planned.size < max(SIZES) and not args.no_20:
        _tell_missed(planned)
    if found.ways:
        _print_worths(found)
    else:
        tell(
            Said(
                "这些办法全用上，也要 {hours:.1f} 小时，不能按时完成。应请外部实验室，或分批、缩小范围。",
                "With all of this it still takes {hours:.1f} h, which is not in time. Ask laboratories outside, "
                "or test in turns or fewer people.",
            ).with_facts(hours=(found.all_pulled.ends_min - OPENS_MIN) / 60)
        )
    _tell_staff(args, planned)
    return 0


def _as_named(args: argparse.Namespace) -> "Named":
    """The named round; what the other arguments say of size and sites is the round's own."""
    found = named(args.named)
    args.people, args.sites, args.size = found.n_people, len(found.stands), found.size
    args.within = found.within_h if args.within is None else args.within
    return found


def _tell_plan(planned: "Round", found: "Reached") -> None:
    from fangxian.core.screening.laboratory import least_days, tubes_for
    from fangxian.core.screening.words import STEPS_SAID

    sizes = sorted({planned.size_at(each) for each in planned.sites})
    of_size = {n: sum(each.n_people for each in planned.sites if planned.size_at(each) == n) for n in sizes}
    least = sum(tubes_for(n_people, n) for n, n_people in of_size.items())
    laboratory, step = planned.laboratories[0], STEPS_SAID[found.as_planned.held_up_by]
    tell(
        Said(
            "{size} 合 1 至少 {least:,} 管（各点最后一管不满，共 {n_tubes:,} 管）；{name}每天 {rate:,} 管，"
            "仅检测就要 {days:.1f} 天。按此安排从 8 点起 {hours:.1f} 小时后出完结果，主要卡在{step_zh}。",
            "At {size}:1 it is {least:,} tubes at least ({n_tubes:,} with the last of each site, not full); {name} "
            "does {rate:,} a day, so testing alone takes {days:.1f} days. As planned the last result comes {hours:.1f} "
            "h after 8 o'clock; mostly {step_en} holds it up.",
        ).with_facts(
            n_tubes=planned.n_tubes,
            least=least,
            size=planned.size,
            name=laboratory.name,
            rate=laboratory.tubes_a_day,
            days=least_days(least, [laboratory]),
            hours=found.as_planned.takes_min / 60,
            step_zh=step.zh,
            step_en=step.en,
        )
    )


def _tell_anew(planned: "Round", state: "State", found: "Reached") -> None:
    from fangxian.core.screening.replanning import pace_of
    from fangxian.core.screening.words import STEPS_SAID

    pace, step = pace_of(planned, state), STEPS_SAID[found.as_planned.held_up_by]
    tell(
        Said(
            "还有 {n_tubes:,} 管没出结果；采样是计划的 {tables:.0%}，实验室是计划的 {laboratories:.0%}。"
            "照此从 8 点起共 {hours:.1f} 小时出完，主要卡在{step_zh}。",
            "{n_tubes:,} tubes are not through; tables go at {tables:.0%} of the plan and laboratories at "
            "{laboratories:.0%}. So the last result comes {hours:.1f} h after 8 o'clock; mostly {step_en} holds it up.",
        ).with_facts(
            n_tubes=found.as_planned.n_tubes,
            tables=pace.tables,
            laboratories=pace.laboratories,
            hours=(found.as_planned.ends_min - OPENS_MIN) / 60,
            step_zh=step.zh,
            step_en=step.en,
        )
    )


def _tell_hours(found: "Reached") -> None:
    """What holds it up from hour to hour, hours of one step together."""
    from fangxian.core.screening.words import STEPS_SAID

    spans = []
    for step, hours in groupby(found.as_planned.hours, key=lambda hour: hour.held_up_by):
        first, *others = hours
        until = (others[-1] if others else first).from_min + 60
        spans.append(f"{_moment(first.from_min)}–{_moment(until)} {_in_own(STEPS_SAID[step])}")
    tell(Said("卡在哪一步，按时间：" + "；".join(spans) + "。", "What holds it up, by hour: " + "; ".join(spans) + "."))


def _moment(minute: float) -> str:
    """An hour of a day of the round: D2 06:00."""
    day, left = divmod(int(minute), 24 * 60)
    return f"D{day + 1} {left // 60:02}:{left % 60:02}"


def _tell_missed(planned: "Round") -> None:
    """What twenty to a tube costs those who are positive."""
    from fangxian.core.screening.pools import Assay

    assay = Assay()
    tell(
        Said(
            "每 1,000 名阳性，{size} 合 1 约漏 {now:.0f} 人，20 合 1 约漏 {twenty:.0f} 人（估计，见参数表）。"
            "范围内有风险区时不许 20 合 1（中风险最多 5 合 1，高风险单采），请加 --no-20。",
            "Of 1,000 positive people some {now:.0f} are missed at {size}:1 and {twenty:.0f} at 20:1 (an estimate, see "
            "the parameters). With a risk area in it 20:1 is not allowed (medium 5:1 at most, high one to a tube): say "
            "--no-20.",
        ).with_facts(size=planned.size, now=1000 * assay.missed(planned.size), twenty=1000 * assay.missed(20))
    )


def _print_table(found: "Reached") -> None:
    from fangxian.core.screening.words import LEVERS_SAID, STEPS_SAID, steps_said

    is_english = speaks_english()
    heads = ("what", "hours", "held up by", "yuan") if is_english else ("办法", "小时", "卡在", "费用（元）")
    table = new_table(*heads)
    rows = [(steps_said({}), found.as_planned, "")]
    rows += [(LEVERS_SAID[name], told, "") for name, told in found.alone.items()]
    rows += [(steps_said(way.steps), way.told, f"{way.yuan:,.0f}") for way in found.ways]
    first_way = len(rows) - len(found.ways)
    for k, (said, told, yuan) in enumerate(rows):
        if k == first_way:
            table.add_section()
        held = STEPS_SAID[told.held_up_by]
        table.add_row(_in_own(said), f"{(told.ends_min - OPENS_MIN) / 60:.1f}", _in_own(held), yuan)
    out.print(table)


def _print_worths(found: "Reached") -> None:
    from fangxian.core.screening.words import LEVERS_SAID

    for worth in found.worths:
        said = LEVERS_SAID[worth.name]
        tell(
            Said(
                f"{said.zh}：单独用提前 {{alone:.1f}} 小时；与其他办法同用，少了它晚 {{together:.1f}} 小时。",
                f"{said.en}: {{alone:.1f}} h sooner alone; without it the chosen way ends {{together:.1f}} h later.",
            ).with_facts(alone=worth.alone_min / 60, together=worth.together_min / 60)
        )


def _tell_staff(args: argparse.Namespace, planned: "Round") -> None:
    from fangxian.core.screening.staffing import kits_of, staffing
    from fangxian.core.screening.words import KITS_SAID

    needs = staffing(args.people, args.sites)
    kits = kits_of(args.people, planned.n_tubes, n_samplers=needs.samplers)
    tell(
        Said(
            "按指南：采样人员 {samplers} 名，采样台 {tables} 张（每点 {at_each}），每点 {people:,} 人；"
            "每点 2,000–3,000 人时应设 {sites} 个点。",
            "By the guideline: {samplers} samplers, {tables} tables ({at_each} a site), {people:,} people a site; with "
            "2,000 to 3,000 each it would be {sites} sites.",
        ).with_facts(
            samplers=needs.samplers,
            tables=needs.tables,
            at_each=needs.tables_a_site,
            people=needs.people_a_site,
            sites=needs.sites_asked,
        )
    )
    tell(
        Said(
            "一轮要备：" + "、".join(f"{KITS_SAID[kit].zh} {n:,}" for kit, n in kits.items()) + "。",
            "A round takes " + ", ".join(f"{n:,} {KITS_SAID[kit].en}" for kit, n in kits.items()) + ".",
        )
    )


def _in_own(said: Said) -> str:
    return said.in_language("en" if speaks_english() else "zh")


def run_sites(args: argparse.Namespace) -> int:
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.situation.site_plan import plan_sites

    planned = plan_sites(n_sites=args.sites, n_candidates=args.candidates)
    _print_sites(planned.chosen)
    loads = [each.n_people for each in planned.chosen]
    tell(
        Said(
            "{n_people:,} 人到 {n_sites} 个点，人均走 {mean:.2f} 公里；每点 {least:,}–{most:,} 人。"
            "任何选法人均不少于 {bound:.2f} 公里，本方案至多还能再省 {gap:.1%}。{notice}",
            "{n_people:,} people to {n_sites} sites walk {mean:.2f} km each; a site has {least:,} to {most:,}. No "
            "choice walks less than {bound:.2f} km, so at most {gap:.1%} could be saved. {notice}",
        ).with_facts(
            n_people=planned.n_people,
            n_sites=len(planned.chosen),
            mean=planned.mean_walk_km,
            bound=planned.bound_km,
            gap=planned.gap,
            least=min(loads),
            most=max(loads),
            notice=_in_own(planned.notice),
        )
    )
    return 0


def _print_sites(chosen) -> None:
    heads = ("site", "grid cell", "people", "km") if speaks_english() else ("采样点", "网格", "人数", "人均公里")
    table = new_table(*heads)
    for each in chosen:
        table.add_row(each.name, each.area_path, f"{each.n_people:,}", f"{each.mean_walk_km:.2f}")
    out.print(table)
