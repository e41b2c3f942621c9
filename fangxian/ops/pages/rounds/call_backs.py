"""The table of people called back, and its filter."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.results.wire import OUTCOMES, STATES
from fangxian.ops.situation.call_backs import CalledBack

NONE = Said("—", "—")
OPEN = Said("还没有定的", "not decided yet")
ENDED = Said("不再召回", "fetched no more")
FILTERS = (("open", OPEN), *((key, STATES[key]) for key in ("awaited", "sampled", "free", "held")), ("dropped", ENDED))


class CallBackFilter(forms.Form):
    """How far those are who are listed."""

    state = forms.ChoiceField(
        label=both("进展", "How far"), required=False, choices=[(key, in_words(said)) for key, said in FILTERS]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(key, in_words(said)) for key, said in FILTERS]


def call_backs_table(rows: Sequence[CalledBack], paging: Paging, at: datetime, *, may_tick: bool) -> Table:
    """People called back, those due first; names are masked, each one's own page has them."""
    person = addresses_of("person")
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=_name),
        Column(
            "state",
            Said("进展", "How far"),
            kind="tag",
            read=lambda it: ENDED if it.row.dropped_by else STATES[it.row.state],
        ),
        Column("tube", Said("原管", "Their tube"), read=lambda it: it.tube.label),
        Column("outcome", Said("原管结果", "Its result"), read=lambda it: OUTCOMES[it.outcome]),
        Column("due", Said("最迟复采", "To be sampled by"), kind="time", read=lambda it: it.row.due_at),
        Column("late", Said("时限", "Clock"), read=lambda it: _late(it, at)),
        Column("holds", Said("黄码", "Hold"), read=lambda it: _hold(it, at)),
        Column("called", Said("通知", "Called"), kind="time", read=lambda it: it.row.called_at),
        Column("sampled", Said("复采", "Sampled"), kind="time", read=lambda it: it.row.own_sampled_at),
        Column("own", Said("单管", "Own tube"), read=lambda it: it.own.label if it.own else NONE),
        Column("decided", Said("结果", "Resulted"), kind="time", read=lambda it: it.row.decided_at),
    )
    if any(it.row.dropped_by for it in rows):
        why = Said("为什么不再召回", "Why fetched no more")
        columns += (Column("why", why, read=lambda it: it.row.dropped_why or NONE, wide=True),)
    return Table(
        caption=Said("召回复采的人", "People called back"),
        columns=columns,
        rows=rows,
        href=lambda it: person(it.place.person_id) if it.place.person_id else "",
        paging=paging,
        choose="who" if may_tick else "",
        key=lambda it: str(it.pk),
        empty=Said("没有人。", "Nobody."),
        empty_next=Said("有混管异常时，管里的人会列在这里。", "Of a pool that is not negative its people stand here."),
    )


def _name(it: CalledBack) -> str:
    return it.place.person.name if it.place.person else it.place.name


def _late(it: CalledBack, at: datetime) -> Said:
    return Said("已超时", "late") if it.is_late(at) else NONE


def _hold(it: CalledBack, at: datetime) -> Said:
    if it.lapses_at is None or it.row.state == "free":
        return NONE
    day = localtime(it.lapses_at).strftime("%m-%d %H:%M")
    if it.lapses_at <= at:
        return Said(f"已于 {day} 到期", f"lapsed {day}")
    return Said(f"到 {day}", f"until {day}")
