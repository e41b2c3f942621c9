"""How the sites of a round are laid out: the table of all, the form of one."""

from collections.abc import Callable, Sequence

from django import forms

from fangxian.core.refusal import Said
from fangxian.core.screening.words import ZONES_SAID
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import both
from fangxian.ops.situation.site_layouts import SiteLayout

STATES = {
    "done": Said("已定", "laid out"),
    "missing": Said("没有定完", "not complete"),
    "tight": Said("等候区不够", "too little room to wait"),
}
NUMBER = both("写 1 到 9999 的整数，不知道就留空。", "Give a whole number from 1 to 9999, or leave it empty.")
NOWHERE = both(
    "写了能容纳几人，没写等候区在哪里；请补上，或把人数留空。",
    "Say where the waiting area is, since you say how many it holds; or leave that empty.",
)


def layouts_table(rows: Sequence[SiteLayout]) -> Table:
    """Each site with where its areas are."""
    columns = (
        Column("site", Said("采样点", "Site"), read=lambda it: f"{it.site.number} {it.site.name}", wide=True),
        Column("tables", Said("采样台", "Tables"), kind="number", read=lambda it: it.site.n_tables),
        Column("state", Said("情况", "State"), kind="tag", read=_state),
        Column("holds", Said("等候区容纳", "Room to wait"), kind="number", read=lambda it: it.n_holds),
        Column("most", Said("一个时段最多", "Most in one slot"), kind="number", read=lambda it: it.most or None),
        Column("areas", Said("分区在哪里", "Where its areas are"), read=_areas, wide=True),
    )
    return Table(
        caption=Said("各采样点的分区", "Areas of each site"), columns=columns, rows=rows,
        href=lambda it: f"?site={it.site.pk}#one",
        empty=Said("还没有采样点。", "There is no site yet."),
        empty_next=Said("在这一轮的“筹备”里添加。", "Add one under “Preparing” of the round."),
    )  # fmt: skip


def _state(it: SiteLayout) -> Said:
    return STATES["tight" if it.is_tight else "missing" if it.missing else "done"]


def _areas(it: SiteLayout) -> Said:
    there = [(said, it.zones[zone].where) for zone, said in ZONES_SAID.items() if zone in it.zones]
    return Said(
        "；".join(f"{said.zh}：{where}" for said, where in there),
        "; ".join(f"{said.en}: {where}" for said, where in there),
    )


def _where(zone: str) -> Callable[[SiteLayout], str]:
    return lambda it: it.zones[zone].where if zone in it.zones else ""


class LayoutForm(forms.Form):
    """Where each area of one site is, and how many may wait."""

    n_holds = forms.IntegerField(
        label=both("等候区容纳几人", "How many the waiting area holds"),
        help_text=both("前后相隔一米。", "A metre from one to the next."),
        required=False, min_value=1, max_value=9_999,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NUMBER),
    )  # fmt: skip

    def __init__(self, data, layout: SiteLayout):
        super().__init__(data, initial={"n_holds": layout.n_holds})
        for zone, said in ZONES_SAID.items():
            self.fields[zone] = forms.CharField(
                label=both(said.zh, said.en.capitalize()), required=False, max_length=60, initial=_where(zone)(layout),
                widget=forms.TextInput({"autocomplete": "off"}),
            )  # fmt: skip
        self.order_fields(["waiting", "n_holds"])

    def clean(self) -> dict[str, object]:
        """How many an area holds that is nowhere would be lost without a word."""
        told = super().clean()
        if told.get("n_holds") and not (told.get("waiting") or "").strip() and "waiting" not in self.errors:
            self.add_error("waiting", NOWHERE)
        return told

    @property
    def zones(self) -> dict[str, tuple[str, int | None]]:
        told = self.cleaned_data
        return {it: (told[it], told["n_holds"] if it == "waiting" else None) for it in ZONES_SAID}
