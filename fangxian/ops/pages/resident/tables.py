"""The tables of the resident's pages and of those who answer appeals."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words, said, unbroken
from fangxian.ops.situation.appeals import is_overdue
from fangxian.ops.situation.own_visits import OwnVisit

from .words import APPEAL_STATES, COLOUR_WORDS, IN, OUT, OUTCOME_WORDS, PRESENCE_WORDS

LATE = Said("（补送）", " (sent late)")


def visits_table(visits: Sequence[OwnVisit], paging: Paging) -> Table:
    """One's own scans, as a phone has room for them: three columns."""
    columns = (
        Column("scanned_at", Said("时间", "Time"), read=lambda it: unbroken(it.scanned_at)),
        Column("venue", Said("场所", "Venue"), read=lambda it: f"{it.venue} · {it.door}"),
        Column("answer", Said("结果、怎么证明在场", "Answer, proved by"), read=_answer),
    )
    return Table(
        caption=Said("我的扫码记录", "My visits"),
        columns=columns,
        rows=visits[paging.slice],
        paging=paging,
        href=lambda it: f"{reverse('my-appeals')}?{urlencode({'visit': it.scan_id})}",
        empty=Said("最近 30 天没有扫码记录。", "No scan of the last 30 days is on record."),
        empty_next=Said("去扫场所码", "Scan a venue"),
        empty_href=reverse("my-scan"),
    )


def _answer(visit: OwnVisit) -> str:
    way = in_words(OUT if visit.is_out else IN) + _late(visit)
    return " · ".join([way, in_words(OUTCOME_WORDS[visit.outcome]), in_words(PRESENCE_WORDS[visit.presence])])


def _late(visit: OwnVisit) -> str:
    return in_words(LATE) if visit.is_late else ""


def appeals_table(appeals: Sequence, *, at: datetime) -> Table:
    """Appeals that wait, those due first, for whoever answers them. No name stands in the list."""
    columns = (
        Column("asked_at", Said("提出", "Asked"), kind="time"),
        Column("colour", Said("当时的码", "Code then"), kind="tag", read=lambda it: _colour(it)),
        Column("rule", Said("规则", "Rule"), read=lambda it: it.rule or None),
        Column("due_at", Said("应在何时前答复", "Due"), kind="time"),
        Column("late", Said("时限", "Clock"), kind="tag", read=lambda it: _clock(it, at)),
    )
    return Table(
        caption=Said("等待答复的申诉", "Appeals that wait"),
        columns=columns,
        rows=appeals,
        href=lambda it: reverse("appeal", args=[it.pk]),
        empty=Said("没有等待答复的申诉。", "No appeal waits for an answer."),
    )


def answered_table(appeals: Sequence) -> Table:
    columns = (
        Column("answered_at", Said("答复", "Answered"), kind="time"),
        Column("asked_at", Said("提出", "Asked"), kind="time"),
        Column("colour", Said("当时的码", "Code then"), kind="tag", read=lambda it: _colour(it)),
        Column("state", Said("结果", "Outcome"), kind="tag", read=lambda it: in_words(word(APPEAL_STATES, it.state))),
    )
    return Table(
        caption=Said("最近的答复", "Answered lately"),
        columns=columns,
        rows=appeals,
        href=lambda it: reverse("appeal", args=[it.pk]),
        empty=Said("还没有答复过。", "None has been answered yet."),
    )


def _colour(appeal) -> str:
    return in_words(COLOUR_WORDS[appeal.colour])


def _clock(appeal, at: datetime) -> str:
    return said("已超时", "overdue") if is_overdue(appeal, at=at) else said("未到期", "in time")
