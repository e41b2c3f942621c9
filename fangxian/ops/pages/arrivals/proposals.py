"""What people of other households told of arrivals (亲友代报): the forms, the lists, the words."""

from collections.abc import Mapping, Sequence

from django import forms
from django.db.models import QuerySet

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.arrivals.queries import PROPOSAL_STATES
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import both

from .forms import PLAIN, NewcomerForm, say_beside

AT_HOME = "home"
TIES = {
    "relative": Said("亲戚", "a relative"),
    "guest": Said("客人", "a guest"),
    "worker": Said("来做工的", "comes to work for me"),
    "other": Said("其他", "other"),
}
STATES = {
    "waiting": Said("等核实", "to be asked about"),
    "confirmed": Said("属实，已申报", "so it is: declared"),
    "refused": Said("不属实", "not so"),
    "withdrawn": Said("报的人撤回", "taken back"),
}
DENIED = Said("本人说不属实，等核实", "denied by the person; to be asked about")
# Whoever tells is not told what became of it: that would say who is on record, and who came.
TO_THE_TELLER = {
    "waiting": Said("等核实", "being asked about"),
    "confirmed": Said("已处理", "dealt with"),
    "refused": Said("已处理", "dealt with"),
    "withdrawn": Said("已撤回", "taken back"),
}
DONE = {
    "told": Said(
        "收到了。网格员会核实；核实以前不算申报，也不会转码。",
        "Taken. The grid worker will ask; until then it is no declaration and turns no code.",
    ),
    "again": Said("这个人已经报过，没有重复记录。", "You told of this person already; it was not recorded twice."),
    "withdrawn": Said("已撤回。", "Taken back."),
    "denied": Said(
        "记下了：不属实，没有生成申报。行程涉及风险地区的，网格员还会核实。",
        "Noted that it is not so; nothing was declared. Of a journey from a place at risk the grid worker still asks.",
    ),
}  # fmt: skip
BESIDE = {"arrivals.proposal_number": "tail", "arrivals.proposal_own_household": "name"}


class ProposalForm(forms.Form):
    """Who of another household comes: as much as whoever tells knows of them."""

    name = forms.CharField(
        label=both("姓名", "Name"),
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写姓名。", "No name was given.")},
    )
    tail = forms.CharField(
        label=both("证件号码或手机号，后 4 位以上", "Document number or phone: the last 4 digits or more"),
        help_text=both(
            "只用来找到本人。知道全部的写全；不知道的问一下本人。",
            "It serves to find the person only. All of it, if you know it; ask them if you do not.",
        ),
        max_length=24,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": both("还没有写号码。", "No number was given.")},
    )
    tie = forms.ChoiceField(
        label=both("是您的什么人", "What they are to you"),
        choices=[(key, both(it.zh, it.en)) for key, it in TIES.items()],
    )
    area = forms.ChoiceField(label=both("住在哪里", "Where they stay"))

    def __init__(self, *args, areas: Sequence[tuple], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [(AT_HOME, both("住我家", "At my home")), *areas]

    def say(self, refusal: Refusal) -> bool:
        """Say a refusal beside what it is of; False where it is of the journey."""
        if refusal.code in BESIDE:
            say_beside(self, BESIDE[refusal.code], refusal)
        return refusal.code in BESIDE


class FoundForm(NewcomerForm):
    """Who it is by their document, where whoever told of them knew too little, or meant somebody else."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, areas=[], lives_here=True, **kwargs)


class DenyForm(forms.Form):
    """Why it is not so."""

    why = forms.CharField(
        label=both("为什么不属实", "Why it is not so"),
        help_text=both("如：没有来；不认识报的人；报错了人。", "Such as: not coming; a stranger; the wrong person."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写原因。", "No reason was given.")},
    )


class ProposalFilter(forms.Form):
    """How a proposal stands, as the address has it; what is no filter narrows nothing."""

    state = forms.ChoiceField(
        label=both("状态", "State"),
        choices=(
            ("", both("全部", "All")),
            *((it, both(STATES[it].zh, STATES[it].en)) for it in ("waiting", "confirmed", "refused")),
        ),
        required=False,
    )

    def of(self, rows: QuerySet) -> QuerySet:
        state = self.cleaned_data.get("state", "") if self.is_valid() else ""
        return rows.filter(state=state) if state else rows


def proposals_table(rows: Sequence, places: Mapping[str, Said], paging: Paging) -> Table:
    """A page of what was told, as a grid worker sees it; names are masked, the row's page has them."""
    href = addresses_of("arrival-proposal")
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: it.name),
        Column("arrives_at", Said("到达", "Arrival"), kind="time"),
        Column("tie", Said("是报的人的", "To whoever told"), read=lambda it: TIES[it.tie]),
        Column("state", Said("状态", "State"), kind="tag", read=state_said),
        Column("found", Said("在册", "On the register"), read=_found),
        Column("area", Said("住在", "Stays in"), read=lambda it: places.get(it.area_path)),
        Column("at", Said("什么时候报的", "Told"), kind="time", read=lambda it: it.proposed_at),
    )
    return Table(
        caption=Said("亲友代报", "Told by relatives and hosts"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("没有亲友代报。", "Nothing was told."),
        empty_next=Said("居民替别的户的亲友报到达以后，会出现在这里，等您核实。",
                        "What residents tell of people of other households appears here, for you to ask."),
    )  # fmt: skip


def state_said(row) -> Said:
    return DENIED if is_waiting(row) and row.denied_at else STATES[row.state]


def _found(row) -> Said:
    return Said("找到了", "found") if row.person_id else Said("还不知道是谁", "not known yet")


def told_table(rows: Sequence) -> Table:
    """What somebody told of others; what became of it stands nowhere."""
    columns = (
        Column("at", Said("什么时候报的", "Told"), kind="time", read=lambda it: it.proposed_at),
        Column("name", Said("谁", "Who"), read=lambda it: it.name),
        Column("arrives_at", Said("到达", "Arrival"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: TO_THE_TELLER[it.state]),
    )
    return Table(
        caption=Said("替别人报过的", "What you told of others"),
        columns=columns,
        rows=rows,
        empty=Said("还没有。", "Nothing yet."),
    )


def is_waiting(row) -> bool:
    return row.state == PROPOSAL_STATES.WAITING
