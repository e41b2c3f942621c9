"""What tracing is called on a page: what is stuck, the clocks in short, a team as one chooses it."""

from datetime import datetime, timedelta

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.words import unbroken
from fangxian.ops.situation.tracing_lines import Stuck, TeamLine
from fangxian.ops.situation.tracing_roster import Roster
from fangxian.ops.tracing.clocks import FULL_REPORT, KEY_CONTACTS, SCENE

CLOCKS = {
    SCENE: Said("到现场", "on the scene"),
    KEY_CONTACTS: Said("关键密接", "key contacts"),
    FULL_REPORT: Said("调查报告", "full report"),
}
WORKS = {"case": Said("病例", "case"), "contact": Said("接触者", "contacts")}
TEAM_DONE = {
    "found": Said("小组已设立。请把其余组员加进来。", "The team was founded. Now add the other members."),
    "change": Said("小组已更新。", "The team was changed."),
    "join": Said("已加入。", "They have joined."),
    "leave": Said("已离开小组，随小组看到的内容同时收回。", "They have left, and see what the team was given no more."),
    "lead": Said("组长已更换。", "The team has another lead."),
    "down": Said("小组已撤出，排好的班已取消。", "The team stood down; its coming shifts are called off."),
    "up": Said("小组已重新启用，请给它排班。", "The team stands again: set its shifts."),
}
ROSTER_DONE = {
    "set": Said("已排上。", "The shift is set."),
    "off": Said("这个班已取消。", "The shift is called off."),
}
UNNAMED = Said("（不在您的辖区）", "(outside your area)")


def stuck_said(it: Stuck) -> Said:
    """What does not go on, as a sentence without its number."""
    case = Said(it.case_number, it.case_number) if it.case_number else UNNAMED
    team = it.team.name if it.team else Said("未派小组", "no team")
    clock = CLOCKS.get(it.clock, Said(it.clock, it.clock))
    said = {
        "case_unassigned": ("病例 {case} 还没有派小组", "Case {case} has no team yet"),
        "contacts_unassigned": ("病例 {case} 的接触者没有人去找", "Contacts of case {case} whom nobody looks for"),
        "clock_overdue": ("病例 {case}：{clock}超时（{team}）", "Case {case}: {clock} overdue ({team})"),
        "contacts_overdue": ("接触者超时没有找到（{team}）", "Contacts not found in time ({team})"),
        "case_still": ("病例两小时没有进展（{team}）", "Cases without movement for two hours ({team})"),
        "contacts_still": ("接触者两小时没有进展（{team}）", "Contacts without movement for two hours ({team})"),
        "off_duty": ("{team}已下班，手上还有工作", "{team} is off duty with work in hand"),
    }[it.kind]
    return Said(
        said[0].format(case=case.zh, team=team.zh, clock=clock.zh),
        said[1].format(case=case.en, team=team.en, clock=clock.en),
    )


def who_said(it: Stuck, at: datetime) -> Said:
    """Who must act, and since when and how long it has been so."""
    who = Said(f"由{it.who.zh}处理", f"to be moved by the {it.who.en}")
    if it.since is None:
        return who
    lasted, since = _lasted(at - it.since), unbroken(it.since)
    return Said(f"{who.zh} · {since} 起，已 {lasted.zh}", f"{who.en} · since {since}, for {lasted.en}")


def _lasted(span: timedelta) -> Said:
    """A span in its two largest units; less than a minute is said as one."""
    minutes = max(1, int(span.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return Said(f"{days} 天 {hours} 小时", f"{days} d {hours} h")
    return (
        Said(f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min")
        if hours
        else Said(f"{minutes} 分", f"{minutes} min")
    )


def team_choice(team: TeamLine) -> Said:
    """A team as whoever hands work out chooses it: who, where from, how busy, on duty or not."""
    load = f"{team.load}/{team.load_max}"
    on_duty = Said("在岗", "on duty") if team.duty_until else Said("不在岗", "off duty")
    return Said(
        f"{team.name.zh} · {team.base.zh} · {load} · {on_duty.zh}",
        f"{team.name.en} · {team.base.en} · {load} · {on_duty.en}",
    )


def roster_needs(found: Roster) -> list[Need]:
    """What is wrong with a roster, as a list that can reach zero."""
    here = reverse("tracing-roster")
    empty = [
        Need(
            what=_stretch("没有小组值班", "Nobody is on duty", it.begins_at, it.ends_at)
            if not it.n_teams
            else _stretch(f"只有 {it.n_teams} 个小组值班", f"Only {it.n_teams} on duty", it.begins_at, it.ends_at),
            href=f"{here}#set",
        )
        for it in found.gaps
    ]
    doubled = [
        Need(
            what=_stretch(f"{it.who.zh} 同时有两个班", f"{it.who.en} is on two shifts", it.begins_at, it.ends_at),
            href=f"{here}#shifts",
        )
        for it in found.doubles
    ]
    return [*empty, *doubled]


def _stretch(zh: str, en: str, begins_at: datetime, ends_at: datetime) -> Said:
    span = f"{unbroken(begins_at)} – {unbroken(ends_at)}"
    return Said(f"{zh}：{span}", f"{en}: {span}")
