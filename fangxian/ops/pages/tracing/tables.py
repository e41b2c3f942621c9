"""The board's list of what is stuck, and the tables of clocks, teams, cases and members."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.navigation import page_of
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.tracing.words import CLOCKS, UNNAMED, stuck_said, who_said
from fangxian.ops.pages.words import both, masked, unbroken
from fangxian.ops.situation.tracing_board import Board
from fangxian.ops.situation.tracing_lines import ClockLine, HeldCase, Stuck, TeamLine
from fangxian.ops.tracing.wire import CONTACT, KIND_NAMES

NOTHING_STUCK = Said(
    "没有卡住的事：每个病例都有小组，没有超时。", "Nothing is stuck: every case has a team, nothing is late."
)
TO_HAND_OUT = frozenset({"case_unassigned", "contacts_unassigned"})
CASE_STEPS = tuple(CLOCKS)


def needs_of(board: Board, *, may_direct: bool) -> list[Need]:
    """What is stuck as a list that can reach zero; each leads to where it is moved."""
    return [
        Need(
            what=stuck_said(it),
            href=_href(it, may_direct=may_direct),
            count=it.n,
            who=who_said(it, board.at),
            due_at=it.due_at,
            late=it.is_late,
        )
        for it in board.stuck
    ]


def _href(it: Stuck, *, may_direct: bool) -> str:
    if may_direct and it.kind in TO_HAND_OUT:
        return reverse("tracing-hand-out")
    case = it.case_number and page_of(f"case:{it.case_id}")
    return case or (reverse("tracing-team", args=[it.team.team_id]) if it.team else reverse("tracing"))


def clocks_table(clocks: Sequence[ClockLine]) -> Table:
    return Table(
        caption=Said("时限", "Clocks"),
        columns=[
            Column("reached", Said("到什么为止", "Until")),
            Column("n_running", Said("正在计时", "Running"), kind="number"),
            Column("n_overdue", Said("已超时", "Overdue"), kind="number"),
            Column("n_in_time", Said("今日按时", "In time today"), kind="number"),
            Column("n_late", Said("今日超时完成", "Late today"), kind="number"),
        ],
        rows=clocks,
    )


def teams_table(teams: Sequence[TeamLine]) -> Table:
    return Table(
        caption=Said("流调小组", "Tracing teams"),
        columns=[
            Column("name", Said("小组", "Team")),
            Column("base", Said("驻地", "Base")),
            Column("duty_until", Said("在岗到", "On duty until"), read=_duty),
            Column("load", Said("负荷", "Load"), kind="bar", most=max((it.load_max for it in teams), default=1)),
            Column("n_cases", Said("病例", "Cases"), kind="number", total=sum(it.n_cases for it in teams)),
            Column("n_contacts", Said("接触者", "Contacts"), kind="number", total=sum(it.n_contacts for it in teams)),
            Column("n_overdue", Said("超时", "Overdue"), kind="number", total=sum(it.n_overdue for it in teams)),
            Column("next_due_at", Said("下一时限", "Next due"), kind="time"),
            Column("moved_at", Said("最近进展", "Last moved"), kind="time"),
        ],
        rows=teams,
        href=lambda team: reverse("tracing-team", args=[team.team_id]),
        empty=Said("名册上还没有流调小组。", "There are no tracing teams on the roll yet."),
    )


def _duty(team: TeamLine) -> str:
    return unbroken(team.duty_until) if team.duty_until else both("不在岗", "off duty")


def cases_table(cases: Sequence[HeldCase]) -> Table:
    """The cases of a team with their clocks: reached, late, or due when."""
    return Table(
        caption=Said("手上的病例", "Cases in hand"),
        columns=[
            Column("number", Said("病例", "Case"), read=lambda it: it.number or UNNAMED),
            Column("given_at", Said("派给小组", "Given"), kind="time"),
            *(
                Column(clock, CLOCKS[clock], read=lambda it, clock=clock: _clock_in_words(it, clock))
                for clock in CASE_STEPS
            ),
        ],
        rows=cases,
        href=lambda it: page_of(f"case:{it.case_id}") if it.number else "",
        empty=Said("手上没有病例。", "No cases in hand."),
    )


def _clock_in_words(case: HeldCase, clock: str) -> str | None:
    it = next((one for one in case.clocks if one.clock == clock), None)
    if it is None:
        return None
    at = unbroken(it.reached_at or it.due_at)
    if it.reached_at:
        return both(f"{at} 完成，超时", f"{at}, late") if it.is_late else both(f"{at} 完成", f"{at}, in time")
    return both(f"{at} 应完成，已超时", f"due {at}, overdue") if it.is_late else both(f"{at} 前", f"by {at}")


def members_table(members: Sequence, *, shows_phones: bool) -> Table:
    """Who is in a team; names and phones in full only for whoever directs the teams."""
    return Table(
        caption=Said("组员", "Members"),
        columns=[
            Column("post", Said("岗位", "Post"), read=lambda it: it.account.username if it.account else "—"),
            Column("kind", Said("来自", "From"), read=lambda it: KIND_NAMES[it.kind]),
            Column(
                "lead", Said("组长", "Lead"), kind="tag", read=lambda it: both("组长", "lead") if it.is_lead else ""
            ),
            Column("name", Said("姓名", "Name"), read=lambda it: it.name if shows_phones else masked(it.name, "name")),
            Column(
                "phone", Said("电话", "Phone"), read=lambda it: it.phone if shows_phones else masked(it.phone, "phone")
            ),
            Column("unit", Said("单位", "Unit"), read=lambda it: it.unit and Said(it.unit.name_zh, it.unit.name_en)),
        ],
        rows=members,
    )


def shifts_table(shifts: Sequence) -> Table:
    return Table(
        caption=Said("值班", "Shifts"),
        columns=[
            Column("team", Said("小组", "Team"), read=lambda it: Said(it.team.name_zh, it.team.name_en)),
            Column("begins_at", Said("从", "From"), kind="time"),
            Column("ends_at", Said("到", "Until"), kind="time"),
            Column("hours", Said("小时", "Hours"), kind="number", read=_hours),
        ],
        rows=shifts,
        empty=Said("这几天没有排班。", "No shifts are set for these days."),
    )


def _hours(shift) -> float:
    return round((shift.ends_at - shift.begins_at).total_seconds() / 3600, 1)


def contacts_in_hand(held: Iterable, at: datetime) -> dict:
    """How many contacts a team has to find, how many of them late, and until when the next."""
    due = [row.due_at for row in held if row.work == CONTACT]
    return {
        "n": len(due),
        "n_late": sum(it <= at for it in due),
        "next": min((it for it in due if it > at), default=None),
    }
