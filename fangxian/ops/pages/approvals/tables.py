"""The tables of the approvals pages."""

from collections.abc import Sequence

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.approvals.wire import STATES
from fangxian.ops.pages.approvals.words import VERDICTS
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import in_words


def needs_of(waiting: Sequence) -> list[Need]:
    """Requests that wait for the reader, each with its clock; those due first."""
    return [
        Need(what=title(it), who=Said(it.applicant_unit.name_zh, it.applicant_unit.name_en),
             href=reverse("approval", args=[it.pk]), due_at=it.expires_at)
        for it in waiting
    ]  # fmt: skip


def title(it) -> Said:
    """What a request is called."""
    return Said(it.title_zh, it.title_en)


def requests_table(requests: Sequence) -> Table:
    """The requests that the reader has made."""
    columns = (
        Column("title", Said("事项", "Matter"), read=title),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(word(STATES, it.state))),
        Column("asked_at", Said("提出", "Asked"), kind="time"),
        Column("expires_at", Said("到期", "Expires"), kind="time"),
    )
    return Table(
        caption=Said("我提出的审批", "What I asked for"),
        columns=columns,
        rows=requests,
        href=lambda it: reverse("approval", args=[it.pk]),
        empty=Said("您还没有提出过审批。", "You have asked for no approval yet."),
    )


def decisions_table(decisions: Sequence) -> Table:
    """Who has decided what; a unit stands for its person."""
    columns = (
        Column("unit", Said("单位", "Unit"), read=lambda it: Said(it.unit.name_zh, it.unit.name_en)),
        Column("verdict", Said("决定", "Decision"), kind="tag", read=lambda it: in_words(word(VERDICTS, it.verdict))),
        Column("reason", Said("理由", "Reason"), wide=True),
        Column("decided_at", Said("时间", "Time"), kind="time"),
    )
    return Table(
        caption=Said("已作的决定", "Decisions so far"),
        columns=columns,
        rows=decisions,
        empty=Said("还没有人作决定。", "Nobody has decided yet."),
    )
