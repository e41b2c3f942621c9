"""The tables of accounts: the list, appointments, what waits for a second person, and the history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.audit.queries import lines, told
from fangxian.ops.pages.accounts.words import (
    Whereabouts,
    account_state,
    appointment_state,
    posts_said,
    role_said,
)
from fangxian.ops.pages.audit.words import action_said
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words

HISTORY_SHOWN = 30
SIGN_INS = ("accounts.signed_in", "accounts.signed_out", "accounts.sign_in_failed")
UNIT = Column("unit", Said("单位", "Unit"), read=lambda it: Said(it.unit.name_zh, it.unit.name_en))


def _joined(said: Sequence[Said]) -> Said | None:
    return Said("、".join(it.zh for it in said), ", ".join(it.en for it in said)) if said else None


def accounts_table(
    accounts: Sequence[Account], in_force: Sequence[Appointment], *, paging: Paging, is_filtered: bool, sorted_by: str
) -> Table:
    """Accounts with their roles now, the areas of those, and what wants a hand."""
    held: dict[UUID, list[Appointment]] = defaultdict(list)
    for it in in_force:
        held[it.account_id].append(it)
    where = Whereabouts.of(in_force)
    columns = (
        Column("username", Said("用户名（岗位）", "Username (post)"), sort="username"),
        Column("roles", Said("角色", "Roles"), read=lambda it: _joined([role_said(one.role) for one in held[it.pk]])),
        Column("over", Said("范围", "For"), read=lambda it: _joined([where.over(one) for one in held[it.pk]])),
        Column(
            "state", Said("状态", "State"), kind="tag", read=lambda it: in_words(account_state(it, len(held[it.pk])))
        ),
        Column("unit", Said("单位", "Unit"), read=UNIT.read, sort="unit"),
    )
    return Table(
        caption=Said("账号", "Accounts"),
        columns=columns,
        rows=accounts,
        href=lambda it: reverse("accounts-one", args=[it.pk]),
        paging=paging,
        sorted_by=sorted_by,
        empty=Said("没有符合条件的账号。", "No account is like this."),
        empty_next=Said("看全部在用账号", "See all accounts in use") if is_filtered else None,
        empty_href=reverse("accounts") if is_filtered else "",
    )


def waiting_table(proposals: Sequence[Appointment], yours: Mapping[UUID, bool], paging: Paging) -> Table:
    """What awaits a second person: for whom, as what, over what, who proposed it, since when, and whose turn it is."""
    where, posts = Whereabouts.of(proposals), posts_said([it.proposed_by for it in proposals])

    def turn(it: Appointment) -> str:
        return in_words(Said("等您决定", "waits for you") if yours[it.pk] else Said("等另一位", "waits for another"))

    columns = (
        Column("account", Said("账号", "Account"), read=lambda it: it.account.username),
        Column("role", Said("任命为", "To be"), read=lambda it: role_said(it.role)),
        Column("turn", Said("轮到谁", "Whose turn"), kind="tag", read=turn),
        Column("over", Said("范围", "For"), read=where.over),
        Column("proposed_by", Said("提出人", "Proposed by"), read=lambda it: posts[it.proposed_by]),
        Column("begins_at", Said("自", "Since"), kind="time"),
    )
    return Table(
        caption=Said("待确认的任命", "Appointments to be confirmed"),
        columns=columns,
        rows=proposals,
        href=lambda it: reverse("accounts-appointment", args=[it.pk]),
        paging=paging,
    )


def appointments_table(appointments: Sequence[Appointment], where: Whereabouts, now: datetime) -> Table:
    """An account's appointments, those of now first."""
    posts = posts_said([text for it in appointments for text in (it.proposed_by, it.confirmed_by)])
    columns = (
        Column("role", Said("角色", "Role"), read=lambda it: role_said(it.role)),
        Column("over", Said("范围", "For"), read=where.over),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(appointment_state(it, now))),
        Column("begins_at", Said("起", "From"), kind="time"),
        Column("ends_at", Said("止", "Until"), kind="time"),
        Column("proposed_by", Said("提出人", "Proposed by"), read=lambda it: posts[it.proposed_by]),
        Column("confirmed_by", Said("确认人", "Confirmed by"), read=lambda it: posts[it.confirmed_by]),
    )
    if not any(it.proposed_by for it in appointments):
        columns = tuple(column for column in columns if column.name not in ("proposed_by", "confirmed_by"))
    return Table(
        caption=Said("任命", "Appointments"),
        columns=columns,
        rows=appointments,
        href=lambda it: reverse("accounts-appointment", args=[it.pk]),
        empty=Said(
            "这个账号没有任命，什么也不能看、不能办。", "This account has no appointment, and may see and do nothing."
        ),
    )


def confirmers_table(accounts: Sequence[Account]) -> Table:
    """Who could be the second person."""
    columns = (Column("username", Said("用户名（岗位）", "Username (post)")), UNIT)
    return Table(
        caption=Said("谁可以确认", "Who may confirm it"),
        columns=columns,
        rows=accounts,
        empty=Said("眼下没有人可以确认。", "Nobody may confirm it at present."),
        empty_next=Said(
            "需要另一位核验过的安全管理员，或另一单位在该处有审批权的人；由上级在服务器上任命。",
            "It takes another verified security administrator, or an approver there of another unit; the console on "
            "the server can appoint one.",
        ),
    )


def history_table(account: Account) -> Table:
    """What was done to an account, the newest first, from the audit trail itself; sealed lines only."""
    rows = lines(about=f"account:{account.pk}", action="accounts.").exclude(action__in=SIGN_INS)[:HISTORY_SHOWN]
    known = [(row, told(row)) for row in rows]
    posts = posts_said([content.by for _, content in known])
    columns = (
        Column("what", Said("做了什么", "What was done")),
        Column("more", Said("内容和理由", "What exactly, and why"), wide=True),
        Column("at", Said("何时", "When"), kind="time"),
        Column("by", Said("由谁", "By")),
    )
    return Table(
        caption=Said("经过", "History"),
        columns=columns,
        rows=[
            {
                "what": action_said(row.action),
                "at": row.at,
                "by": posts[content.by],
                "more": _particulars(content.details, account, is_proposing=row.action == "accounts.appointed"),
            }
            for row, content in known
        ],
        empty=Said("还没有已封存的记录。", "No sealed record yet."),
    )


def _particulars(details: Mapping, account: Account, *, is_proposing: bool) -> Said | None:
    """Which appointments of this account it was about, those that were only proposed marked so; and the reason."""
    mine = [it for it in details.get("appointments", ()) if it.get("account") == str(account.pk)]
    given = [Appointment(role=it["role"], area_path=it["area_path"], venue=_venue(it)) for it in mine]
    where = Whereabouts.of(given)
    parts = [
        _one_of_them(it, where, is_proposed=is_proposing and bool(told_of.get("awaits_confirmation")))
        for it, told_of in zip(given, mine, strict=True)
    ]
    if reason := details.get("reason"):
        parts.append(Said(f"理由：{reason}", f"reason: {reason}"))
    return Said("；".join(it.zh for it in parts), "; ".join(it.en for it in parts)) if parts else None


def _one_of_them(it: Appointment, where: Whereabouts, *, is_proposed: bool) -> Said:
    role, over = role_said(it.role), where.over(it)
    return Said(
        f"{role.zh}·{over.zh}" + ("（提出，待确认）" if is_proposed else ""),
        f"{role.en}, {over.en}" + (" (proposed, to be confirmed)" if is_proposed else ""),
    )


def _venue(it: Mapping) -> UUID | None:
    return UUID(it["venue"]) if it.get("venue") else None
