"""The rounds a county has names for, planned: `fangxian plan round` without a number of people, or with `--named`."""

from typing import TYPE_CHECKING

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import new_table, out, speaks_english, tell

if TYPE_CHECKING:
    from fangxian.core.screening.named import Named
    from fangxian.ops.situation.rounds_played import PlayedRound

USUAL_COUNTY = "fushan"


def named_rounds_of_county() -> "list[Named]":
    """Those of the county of this data folder, of Fushan where there is none.

    Refuses
    -------
    screening.no_named_rounds, county.unreadable
    """
    from fangxian.core.drill.county.toml_file import read_toml
    from fangxian.core.screening.named import named_rounds

    path = site.counties_folder() / _county() / "county.toml"
    told = read_toml(path.read_bytes(), "county.toml") if path.is_file() else {}
    published = {name: it.get("value") for name, it in told.get("figures", {}).items() if isinstance(it, dict)}
    figures = {name: value for name, value in published.items() if isinstance(value, int | float)}
    found = named_rounds(figures, int(told.get("census", {}).get("n_people", 0)))
    if not found:
        raise _none(str(path))
    return found


def _county() -> str:
    if not site.has_realm():
        return USUAL_COUNTY
    site.start()
    return str(site.realm().county)


def named(key: str) -> "Named":
    """Refuses screening.no_such_round."""
    found = {it.key: it for it in named_rounds_of_county()}
    if key not in found:
        raise Refusal(
            "screening.no_such_round",
            zh="本县没有叫“{given}”的一轮。应为 {known} 之一；别的用 --people 给出人数。",
            en="The county has no round called “{given}”. It should be one of {known}; for others give --people.",
            given=key[:40],
            known=", ".join(found),
        )
    return found[key]


def print_named_rounds() -> None:
    """When each ends, what holds it up, and what it really took where it was played in this data folder."""
    from fangxian.core.screening.laboratory import fushan
    from fangxian.core.screening.telling import told
    from fangxian.core.screening.words import STEPS_SAID

    heads = ("round", "people", "tubes", "planned, h", "held up by", "played, h (people)") if speaks_english() else (
        "哪一轮", "人数", "管数", "推算，小时", "卡在", "演过，小时（人数）"
    )  # fmt: skip
    table, laboratory, played = new_table(*heads), fushan(), played_here()
    for it in named_rounds_of_county():
        planned = it.planned([laboratory])
        found = told(planned)
        took = played.get(it.key)
        table.add_row(
            f"{it.key} {_in_own(it.said)}", f"{it.n_people:,}", f"{planned.n_tubes:,}", f"{found.takes_min / 60:.1f}",
            _in_own(STEPS_SAID[found.held_up_by]),
            "—" if took is None else f"{took.hours:.1f} ({took.n_people:,})",
        )  # fmt: skip
    out.print(table)
    tell(
        Said(
            "从第一天 8 点到最后一个结果；实验室只算本县的，每天 {rate:,} 管。演过的是本数据文件夹里真正走完的一轮"
            "（fangxian scenario）。细看一轮：fangxian plan round --named 名字。",
            "From eight o'clock of the first day to the last result, by the county's own laboratory: {rate:,} tubes a "
            "day. Played is what a round of this data folder really took (fangxian scenario). One of them at length: "
            "fangxian plan round --named NAME.",
        ).with_facts(rate=laboratory.tubes_a_day)
    )


def played_here() -> "dict[str, PlayedRound]":
    """By the key of a named round what the newest one played in this data folder took; {} without a folder."""
    if not site.has_realm():
        return {}
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.situation.rounds_played import rounds_played

    return rounds_played()


def _in_own(said: Said) -> str:
    return said.in_language("en" if speaks_english() else "zh")


def _none(path: str) -> Refusal:
    return Refusal(
        "screening.no_named_rounds",
        zh="{path} 里没有筛查用的公布数字，列不出本县的几轮。应有 n_pupils、n_schools、n_drill_sites 等；"
        "请补上，或用 --people 给出人数。",
        en="{path} has no published figures of screening, so the county's rounds cannot be listed. It should have "
        "n_pupils, n_schools, n_drill_sites and so on: add them, or give --people.",
        path=path,
    )
