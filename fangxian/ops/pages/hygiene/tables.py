"""Classes with their counts, the work that is due, and what was done at a place."""

from collections.abc import Callable, Mapping, Sequence

from fangxian.core.policy.hygiene import how_often_said
from fangxian.core.refusal import Said
from fangxian.ops.hygiene.checklist import Item
from fangxian.ops.hygiene.due import DueLine
from fangxian.ops.hygiene.queries import PriorityPlace, Round, carried_from, rounds_at
from fangxian.ops.pages.hygiene.words import LIST_STATES, STATES, class_said, kind_said, result_said, round_said
from fangxian.ops.pages.navigation import address_of, addresses_of
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.situation.hygiene_due import ClassLine

BEFORE_SHOWN = 50


def classes_table(lines: Sequence[ClassLine]) -> Table:
    """A line for each class and kind that some place is asked."""
    today, late = (sum(getattr(it, name) for it in lines) for name in ("n_today", "n_late"))
    columns = (
        Column("class", Said("类别", "Class"), read=lambda it: class_said(it.of_class), wide=True),
        Column("kind", Said("做什么", "What"), kind="tag", read=lambda it: kind_said(it.kind)),
        Column("often", Said("多久", "How often"), read=lambda it: how_often_said(it.rule)),
        Column("n", Said("个数", "Places"), kind="number"),
        Column("n_today", Said("今天到期", "Due today"), kind="number", total=today),
        Column("n_late", Said("已逾期", "Late"), kind="bar", total=late),
    )
    return Table(
        caption=Said("各类场所、环节", "Classes"),
        columns=columns,
        rows=lines,
        empty=Said(
            "没有要查的：名册是空的，或现行规则没有写多久一次。", "Nothing is due: no place, or no rule asks it."
        ),
    )


def due_table(lines: Sequence[DueLine], places: Mapping[str, Said], paging: Paging) -> Table:
    """A page of what is to be done; a row leads to where it is recorded."""
    href = addresses_of("hygiene-place")
    columns = (
        Column("name", Said("场所、环节", "Place"), read=lambda it: it.place.name, wide=True),
        Column("kind", Said("做什么", "What"), kind="tag", read=lambda it: kind_said(it.kind)),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: STATES[it.standing.state]),
        Column("due_on", Said("最迟哪天", "Due by"), kind="date", read=lambda it: it.standing.due_on),
        Column("late", Said("逾期天数", "Days late"), kind="number", read=lambda it: it.standing.n_days_late),
        Column("last", Said("上次", "Last done"), kind="date", read=lambda it: it.standing.last_on),
        Column("class", Said("类别", "Class"), read=lambda it: class_said(it.place.of_class)),
        Column("where", Said("地区", "Where"), read=lambda it: places.get(it.place.area_path[:12])),
        Column("unit", Said("责任单位", "Unit"), read=lambda it: it.place.unit.name_zh if it.place.unit else None),
    )
    return Table(
        caption=Said("要做的", "What is to be done"),
        columns=columns,
        rows=lines,
        href=lambda it: f"{href(it.place.pk)}?kind={it.kind}#record",
        paging=paging,
        empty=Said("没有符合条件的。", "Nothing matches."),
    )


def rounds_table(rows: Sequence[Round], items: Mapping[str, Item], paging: Paging, here: str, back: str = "") -> Table:
    """What was done at a place; a record that counts leads to where it is corrected, on the page `here`."""
    columns = (
        Column("done_at", Said("时间", "When"), kind="time"),
        Column("kind", Said("做了什么", "What"), kind="tag", read=lambda it: kind_said(it.kind)),
        Column("said", Said("内容", "How"), read=lambda it: round_said(it, items), wide=True),
        Column("result", Said("结果", "Result"), read=result_said),
        Column("by", Said("谁做的", "By"), read=lambda it: it.done_by or None),
        Column("because", Said("说明", "Note"), read=_note),
    )
    return Table(
        caption=Said("记录", "Records"),
        columns=columns,
        rows=rows,
        href=lambda it: f"{here}?correct={it.pk}{back}#record" if counts(it) else None,
        paging=paging,
        empty=Said("还没有记录。", "Nothing is recorded yet."),
    )


def before_table(place: PriorityPlace, items: Mapping[str, Item]) -> Table | None:
    """What was done at the addresses from which the place's venue moved, the latest first; None where it never did."""
    earlier = carried_from(place)
    if not earlier:
        return None
    where = {it.pk: (it.venue.address or it.venue.name) if it.venue else it.name for it in earlier}
    rows = rounds_at(PriorityPlace.objects.filter(pk__in=where))[:BEFORE_SHOWN]
    columns = (
        Column("done_at", Said("时间", "When"), kind="time"),
        Column("kind", Said("做了什么", "What"), kind="tag", read=lambda it: kind_said(it.kind)),
        Column("said", Said("内容", "How"), read=lambda it: round_said(it, items), wide=True),
        Column("result", Said("结果", "Result"), read=result_said),
        Column("by", Said("谁做的", "By"), read=lambda it: it.done_by or None),
        Column("where", Said("旧址", "Old address"), read=lambda it: where[it.place_id]),
    )
    return Table(
        caption=Said("旧址的记录", "At the old address"),
        columns=columns,
        rows=list(rows),
        empty=Said("旧址没有记录。", "Nothing is recorded at the old address."),
    )


def lists_table(rows: Sequence, paging: Paging, sender: Callable[[object], str]) -> Table:
    """The files that came, the newest first."""
    href = addresses_of("hygiene-list")
    columns = (
        Column("sender", Said("哪里来的", "From"), read=sender),
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: LIST_STATES[it.state]),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column("n_accepted", Said("收下", "Taken"), kind="number"),
        Column("n_refused", Said("退回", "Returned"), kind="number"),
    )
    return Table(
        caption=Said("收到的名册", "Files that came"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("还没有收到名册。", "No file came yet."),
    )


def counts(row: Round) -> bool:
    """Whether a round counts: nothing replaces it, and it took place."""
    return not row.is_void and getattr(row, "replaced_by", None) is None


def _note(row: Round) -> Said | str | None:
    if getattr(row, "replaced_by", None) is not None:
        because = row.replaced_by.because
        return Said(f"已被更正：{because}", f"corrected: {because}")
    if row.because:
        return Said(f"更正：{row.because}", f"a correction: {row.because}")
    return row.note or None


def positive_need(row) -> Need:
    return Need(
        what=Said(f"{row.place.name}：环境采样阳性", f"{row.place.name}: environmental samples positive"),
        count=row.n_positive,
        href=address_of("hygiene-place", row.place_id),
        late=True,
    )


def fault_need(it, today) -> Need:
    place = it.round.place
    return Need(
        what=Said(f"{place.name}：整改到期", f"{place.name}: to be mended by now"),
        href=address_of("hygiene-place", place.pk) + "#faults",
        late=it.mend_by_on < today,
    )


def pending_need(n: int, first) -> Need:
    return Need(
        what=Said("环境采样等结果", "samplings wait for their result"),
        count=n,
        href=address_of("hygiene-place", first.place_id) + "#results",
    )
