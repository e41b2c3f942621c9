"""Classes with their counts, and the people of them who are due or late."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fangxian.core.policy.cadence import cadence_said, lane_said
from fangxian.core.refusal import Said
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.situation.priority_people import ClassCounts, PriorityPerson

STATES = {
    "late": Said("已逾期", "late"),
    "today": Said("今天到期", "due today"),
    "fine": Said("未到期", "not due yet"),
}


def classes_table(lines: Sequence[ClassCounts]) -> Table:
    """A line a rule, with what it asks and how many are late."""
    n, today, late = (sum(getattr(it, name) for it in lines) for name in ("n", "n_today", "n_late"))
    columns = (
        Column("class", Said("哪些人", "Who"), read=lambda it: it.rule.name, wide=True),
        Column("cadence", Said("几天几检", "How often"), read=lambda it: cadence_said(it.rule)),
        Column("lane", Said("应检或愿检", "Lane"), kind="tag", read=lambda it: lane_said(it.rule)),
        Column("n", Said("人数", "People"), kind="number", total=n),
        Column("n_today", Said("今天到期", "Due today"), kind="number", total=today),
        Column("n_late", Said("已逾期", "Late"), kind="bar", total=late),
    )
    return Table(
        caption=Said("各类人员", "Classes"),
        columns=columns,
        rows=lines,
        empty=Said("现行规则没有写检测频次。", "No rulebook in force says how often anybody is tested."),
    )


def people_table(
    people: Sequence[PriorityPerson],
    names: Mapping[UUID, str],
    venues: Mapping[UUID, str],
    paging: Paging,
    *,
    opens: bool,
) -> Table:
    """A page of people; names are masked, the person's own page has them, for whoever `opens` it."""
    href = addresses_of("person")
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: names[it.person]),
        Column("venue", Said("单位", "Works at"), read=lambda it: venues[it.venue], wide=True),
        Column("class", Said("类别", "Class"), read=lambda it: it.rule.name),
        Column("done", Said("已检天数", "Days tested"), read=_done),
        Column("due_on", Said("最迟哪天检", "Test by"), kind="date", read=lambda it: it.standing.due_on),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: STATES[it.state]),
        Column("n_late", Said("逾期天数", "Days late"), kind="number", read=lambda it: it.standing.n_days_late),
    )
    return Table(
        caption=Said("人员", "People"),
        columns=columns,
        rows=people,
        href=(lambda it: href(it.person)) if opens else None,
        paging=paging,
        empty=Said("没有符合条件的人。", "Nobody matches."),
    )


def _done(it: PriorityPerson) -> str:
    """2 / 2: of the days counted those with a test, of those wanted."""
    return f"{it.standing.n_done} / {it.rule.n_test_days}"
