"""Tables of vaccination: how far areas are, whom to call, one person's doses, the lists that came."""

from collections.abc import Sequence

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.situation.vaccination import AreaCoverage, Vaccinated
from fangxian.ops.vaccination.words import KINDS, PRODUCTS, REASONS, SOURCES, STAGES

NOTHING = Said("", "")
LIST_STATES = {
    "received": Said("待确认列名", "columns to be confirmed"),
    "mapped": Said("正在导入", "coming in"),
    "closed": Said("已导入", "imported"),
    "refused": Said("没有收下", "not taken"),
}


def coverage_table(rows: Sequence[AreaCoverage], state: str, age: str) -> Table:
    """How far each area is; counts that could name somebody are withheld."""
    columns = (
        Column("area", Said("地区", "Area"), read=lambda it: place_name(it.name) if it.name else it.area_path),
        Column("n", Said("人数", "People")),
        Column("n_begun", Said("只打了一部分", "Begun only")),
        Column("n_full", Said("全程未加强", "Complete, not boosted")),
        Column("n_boosted", Said("已加强", "Boosted")),
        Column("share", Said("全程接种率", "Complete"), kind="share"),
    )
    return Table(
        caption=Said("各地区", "By area"),
        columns=columns,
        rows=rows,
        href=lambda it: f"{reverse('vaccination')}?area={it.area_path}&age={age}&state={state}#list",
        empty=Said("这里没有在册的居民。", "Nobody is on record here."),
    )


def people_table(rows: Sequence[Vaccinated], paging: Paging) -> Table:
    """Whom to call; names are masked, each one's own page has them."""
    href = addresses_of("vaccination-person")
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked"),
        Column("born", Said("出生年份", "Born"), read=lambda it: str(it.born_on.year)),
        Column("stage", Said("接种情况", "Stands at"), kind="tag", read=lambda it: STAGES[it.stage]),
        Column("n_doses", Said("已打几针", "Doses"), kind="number"),
        Column("last_on", Said("最近一针", "Last dose"), kind="date"),
        Column("next_from", Said("下一针从", "Next from"), kind="date"),
        Column("answer", Said("没有接种的原因", "Why not"), read=_why, wide=True),
        Column("until", Said("哪天再问", "Ask again"), kind="date", read=lambda it: it.answer_until),
    )
    return Table(
        caption=Said("名单", "List"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.person),
        paging=paging,
        empty=Said("没有符合条件的人。", "Nobody matches."),
    )


def _why(it: Vaccinated) -> Said:
    if not it.answer:
        return NOTHING
    kind, reason = KINDS[it.answer], REASONS[it.reason]
    return Said(f"{kind.zh}：{reason.zh}", f"{kind.en}: {reason.en}")


def answer_said(course) -> Said | None:
    """Why somebody is not vaccinated, as it stands; None where nothing is said."""
    if course is None or not course.answer:
        return None
    kind, reason = KINDS[course.answer], REASONS[course.reason]
    return Said(f"{kind.zh}：{reason.zh}", f"{kind.en}: {reason.en}")


def doses_table(rows: Sequence) -> Table:
    """Every dose ever told of somebody; those that were taken back say why."""
    columns = (
        Column("given_on", Said("接种日期", "Given"), kind="date"),
        Column("product", Said("疫苗", "Vaccine"), read=lambda it: PRODUCTS[it.product]),
        Column("number", Said("第几针", "Dose"), read=lambda it: str(it.number) if it.number else "—"),
        Column("unit", Said("在哪里", "Where"), read=lambda it: it.unit or "—", wide=True),
        Column("source", Said("怎么知道的", "Known from"), read=lambda it: SOURCES[it.source]),
        Column("recorded_at", Said("登记", "Recorded"), kind="time"),
        Column("gone", Said("作废原因", "Taken back because"), read=lambda it: it.superseded_why or "—", wide=True),
    )
    return Table(
        caption=Said("接种记录", "Doses"),
        columns=columns,
        rows=rows,
        empty=Said("还没有接种记录。", "No dose is known."),
        empty_next=Said("看过接种证的，在下面登记。", "Record below what a card shows."),
    )


def lists_table(rows: Sequence, paging: Paging, sender) -> Table:
    """The lists that came, the newest first."""
    href = addresses_of("vaccination-list")
    columns = (
        Column("sender", Said("哪里来的", "From"), read=sender),
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: LIST_STATES[it.state]),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column("n_accepted", Said("收下", "Taken"), kind="number"),
        Column("n_refused", Said("退回", "Returned"), kind="number"),
    )
    return Table(
        caption=Said("收到的名单", "Lists that came"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("还没有收到名单。", "No list came yet."),
    )
