"""Tables of screening rounds: the rounds, the board by place and site, people, tubes, boxes, what does not fit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from fangxian.core.policy.box_clocks import LATE_SAID, BoxClocks
from fangxian.core.refusal import Said
from fangxian.ops.lab.queries import Box, Difference, RosterPlace, ScreeningRound, Tube
from fangxian.ops.lab.words import POOLS, REASONS, STAGES, STATES, THINGS
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.round_plans.box_times import late_by
from fangxian.ops.situation.round_board import UNKNOWN, PlaceRow, SiteRow

NONE, NOWHERE = Said("—", "—"), Said("地方不明", "area unknown")
AT_SITES = ("due", "transit", "received", "resulted")
ON_BOARD = ("due", "sampled", "tube", "box", "transit", "received", "resulted", "exempt", "refused")


def rounds_table(rows: Sequence[ScreeningRound], paging: Paging, late: Mapping[UUID, int]) -> Table:
    """The rounds, the newest first; `late`: how many records came after a round was closed."""
    href = addresses_of("round")
    columns = (
        Column("name", Said("名称", "Name"), wide=True),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: STATES[it.state]),
        Column("pool_size", Said("几人一管", "A tube"), read=lambda it: POOLS[it.pool_size]),
        Column("begins_at", Said("开始", "Begins"), kind="time"),
        Column("ends_at", Said("结束", "Ends"), kind="time"),
        Column("late", Said("结束后传来", "Came late"), kind="number", read=lambda it: late.get(it.pk, 0)),
    )
    return Table(
        caption=Said("各轮筛查", "Rounds"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("还没有筛查。", "There is no round yet."),
        empty_next=Said("统筹的人在下面建一轮。", "Whoever plans makes one below."),
    )


def _stages(read: Callable[[object], PlaceRow], which: Sequence[str] = ON_BOARD) -> tuple[Column, ...]:
    return tuple(
        Column(key, STAGES[key], kind="number", read=lambda it, key=key: read(it).stages.get(key, 0)) for key in which
    )


def places_table(rows: Sequence[PlaceRow], round: ScreeningRound, *, is_last: bool) -> Table:
    """How far each place is; a grid cell leads to the list of its people, larger ones to their parts."""
    columns = (
        Column("name", Said("地方", "Place"), read=lambda it: place_name(it.name) if it.name else it.key or NOWHERE),
        Column("n", Said("名册", "Roster"), kind="number"),
        Column("share", Said("已采", "Sampled"), kind="share"),
        *_stages(lambda it: it),
    )
    here, people = reverse("round", args=[round.pk]), reverse("round-people", args=[round.pk])
    return Table(
        caption=Said("按地方", "By place"),
        columns=columns,
        rows=rows,
        href=lambda it: f"{here if it.key and not is_last else people}?{urlencode({'area': it.key or UNKNOWN})}#list",
        empty=Said("名册上还没有人。", "Nobody is on the roster yet."),
        empty_next=Said("在“筹备”里从居民名册取人，或传一份名单。", "Take people from the register, or upload a list."),
    )


def sites_table(rows: Sequence[SiteRow]) -> Table:
    """How far each site is: the people who are to come to it, and its tubes."""
    columns = (
        Column("name", Said("采样点", "Site"), read=lambda it: _site(it), wide=True),
        Column("n_tables", Said("台", "Tables"), kind="number", read=lambda it: it.site.n_tables if it.site else None),
        Column("n", Said("应来", "Expected"), kind="number", read=lambda it: it.people.n),
        Column("share", Said("已采", "Sampled"), kind="share", read=lambda it: it.people.share),
        Column("open", Said("未封的管", "Open tubes"), kind="number", read=lambda it: it.tubes.get("open", 0)),
        Column("sealed", Said("已封的管", "Sealed tubes"), kind="number", read=lambda it: it.tubes.get("sealed", 0)),
        *_stages(lambda it: it.people, AT_SITES),
    )
    return Table(
        caption=Said("按采样点", "By site"),
        columns=columns,
        rows=rows,
        empty=Said("还没有采样点。", "There is no site yet."),
        empty_next=Said("在“筹备”里添加。", "Add one under “Preparing”."),
    )


def _site(it: SiteRow) -> Said | str:
    if it.site is None:
        return Said("没有分到采样点", "sent to no site")
    name = f"{it.site.number} {it.site.name}"
    return Said(f"{name}（已撤）", f"{name} (taken down)") if it.site.closed_at else name


def differences_table(rows: Sequence[Difference], hrefs: dict[str, str]) -> Table:
    """What does not add up, each with what to do."""
    columns = (
        Column("said", Said("什么", "What"), wide=True),
        Column("n", Said("多少", "How many"), kind="number"),
        Column("to_do", Said("怎么办", "What to do"), wide=True),
    )
    return Table(
        caption=Said("对账", "Adding up"), columns=columns, rows=rows, href=lambda it: hrefs.get(it.kind, ""),
        empty=Said("人、管、箱、签收都对得上。", "People, tubes, boxes and receipts add up."),
    )  # fmt: skip


def people_table(rows: Sequence[RosterPlace], paging: Paging, *, may_tick: bool) -> Table:
    """People at one stage; names are masked, each one's own page has them."""
    person = addresses_of("person")
    columns = (
        Column("number", Said("序号", "No."), kind="number"),
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: it.person.name if it.person else it.name),
        Column("household", Said("户", "Household"), read=_household),
        Column("group", Said("班级、单位", "Class or unit"), read=lambda it: it.group or NONE),
        Column("site", Said("采样点", "Site"), read=lambda it: it.site.name if it.site else NONE, wide=True),
        Column("why", Said("原因", "Reason"), read=lambda it: REASONS.get(it.why, NONE)),
    )
    return Table(
        caption=Said("名单", "List"),
        columns=columns,
        rows=rows,
        href=lambda it: person(it.person_id) if it.person_id else "",
        paging=paging,
        choose="place" if may_tick else "",
        key=lambda it: str(it.pk),
        empty=Said("没有人。", "Nobody."),
    )


def _household(it: RosterPlace) -> Said | str:
    home = it.person.household if it.person else None
    return Said(f"{home.number} 户", f"household {home.number}") if home else NONE


def tubes_table(rows: Sequence[Tube], round: ScreeningRound, paging: Paging | None = None) -> Table:
    """Tubes, each a way to its table."""
    here = reverse("round-table", args=[round.pk])
    columns = (
        Column("label", Said("管", "Tube")),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: THINGS[it.state]),
        Column("n_people", Said("人数", "People"), kind="number"),
        Column("size", Said("最多", "At most"), kind="number"),
        Column("site", Said("采样点", "Site"), read=lambda it: it.site.name if it.site else NONE, wide=True),
        Column("box", Said("箱", "Box"), read=lambda it: it.box.label if it.box else NONE),
        Column("opened_at", Said("开管", "Opened"), kind="time"),
        Column("sealed_at", Said("封管", "Sealed"), kind="time"),
    )
    return Table(
        caption=Said("采样管", "Tubes"), columns=columns, rows=rows, paging=paging,
        href=lambda it: f"{here}?{urlencode({'tube': it.label})}", empty=Said("还没有管。", "There is no tube yet."),
    )  # fmt: skip


def boxes_table(rows: Sequence[Box], paging: Paging, clocks: BoxClocks, at: datetime) -> Table:
    """Boxes, with what is late."""
    columns = (
        Column("label", Said("箱", "Box")),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: THINGS[it.state]),
        Column("late", Said("时限", "Clock"), kind="tag", read=lambda it: _late(it, clocks, at)),
        Column("n_tubes", Said("管数", "Tubes"), kind="number"),
        Column("site", Said("采样点", "Site"), read=lambda it: it.site.name if it.site else NONE),
        Column("opened_at", Said("第一管", "First tube"), kind="time"),
        Column("sealed_at", Said("封箱", "Sealed"), kind="time"),
        Column("handed_at", Said("交接", "Handed over"), kind="time"),
        Column("received_at", Said("签收", "Received"), kind="time"),
        Column("laboratory", Said("实验室", "Laboratory"), read=lambda it: it.laboratory or NONE),
    )
    return Table(
        caption=Said("转运箱", "Boxes"), columns=columns, rows=rows, paging=paging,
        empty=Said("还没有箱。", "There is no box yet."),
        empty_next=Said("第一根管装箱时就有了。", "The first tube that is put into one makes it."),
    )  # fmt: skip


def _late(it: Box, clocks: BoxClocks, at: datetime) -> Said:
    why = late_by(it, clocks, at)
    return LATE_SAID[why.clock] if why else NONE


def clocks_said(clocks: BoxClocks) -> Said:
    """How long a box may take, and the rules that say so."""
    picked_up, to_laboratory, result = (clocks.within[it] / timedelta(hours=1) for it in LATE_SAID)
    numbers = ", ".join(number for number in clocks.numbers.values() if number)
    return Said(
        f"封箱后 {picked_up:g} 小时内应有人来取，从第一管起 {to_laboratory:g} 小时内应到实验室，签收后 {result:g} "
        f"小时内应出结果{f'（规则 {numbers}）' if numbers else ''}；超过的标出来，并派任务去找。",
        f"A box is to be fetched within {picked_up:g} hours of being sealed, at the laboratory within "
        f"{to_laboratory:g} of its first tube, and its results are to come within {result:g} of reception"
        f"{f' (rules {numbers})' if numbers else ''}; what is late is marked, and somebody is sent to look.",
    )


LIST_STATES = {
    "received": Said("待确认列名", "columns to be confirmed"),
    "mapped": Said("正在导入", "coming in"),
    "closed": Said("已导入", "imported"),
    "refused": Said("没有收下", "not taken"),
}


def lists_table(rows: Sequence, round: ScreeningRound, paging: Paging, sender: Callable[[object], str]) -> Table:
    """The lists that came for a round, the newest first."""
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
        href=lambda it: reverse("round-list", args=[round.pk, it.pk]),
        paging=paging,
        empty=Said("还没有收到名单。", "No list came yet."),
    )
