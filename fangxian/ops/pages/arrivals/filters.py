"""Which arrivals a list shows: by state, measure and area, as the address has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django import forms
from django.db.models import QuerySet

from fangxian.ops.arrivals.queries import CORRECTION_STATES, STATES
from fangxian.ops.pages.selects import LongSelect
from fangxian.ops.pages.words import both
from fangxian.ops.realm.areas import below

ANY = ("", both("全部", "All"))
TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12
LATE, NOT_SIGNED, CORRECTED = "late", "unsigned", "corrected"


def areas_to_choose(places: Mapping[str, object], own: Sequence[str], *, whole: bool = True) -> list[tuple]:
    """Townships and villages that touch somebody's own areas, in groups.

    Parameters
    ----------
    whole : whether a township as a whole may be chosen; not where somebody says in which village they stay
    """
    theirs = {path: it for path, it in places.items() if any(path.startswith(a) or a.startswith(path) for a in own)}
    groups = []
    for path, township in theirs.items():
        if len(path) != TOWNSHIP_DIGITS:
            continue
        inside = [
            (code, both(it.name_zh, it.name_en))
            for code, it in theirs.items()
            if len(code) == VILLAGE_DIGITS and code.startswith(path)
        ]
        named = both(f"{township.name_zh}（全部）", f"{township.name_en} (all)")
        groups.append((both(township.name_zh, township.name_en), [(path, named), *inside] if whole else inside))
    cells = [(it, both("本网格", "My grid cell")) for it in own if len(it) > VILLAGE_DIGITS]
    return [*cells, *groups] if not whole else groups


def narrowed(rows: QuerySet, state: str, at: datetime) -> QuerySet:
    """The rows in a state, or of what needs a hand."""
    if state == LATE:
        return rows.filter(state=STATES.ANNOUNCED, arrives_at__lt=at)
    if state == NOT_SIGNED:
        return rows.filter(state=STATES.LANDED, needs_undertaking=True, undertaken_at=None)
    if state == CORRECTED:
        return rows.filter(corrections__state=CORRECTION_STATES.WAITING)
    return rows.filter(state=state) if state else rows


class ArrivalFilter(forms.Form):
    """State, measure and area."""

    state = forms.ChoiceField(
        label=both("状态", "State"),
        choices=(
            ANY,
            (STATES.LANDED.value, both("已落地", "landed")),
            (STATES.ANNOUNCED.value, both("已报备，未到", "announced")),
            (LATE, both("过了时间还没到", "announced, did not come")),
            (NOT_SIGNED, both("承诺书没签", "undertaking not signed")),
            (CORRECTED, both("本人更正，等核实", "corrected, to be asked about")),
            (STATES.CANCELLED.value, both("已撤销", "cancelled")),
        ),
        required=False,
    )
    measure = forms.ChoiceField(
        label=both("措施", "Measure"),
        choices=(
            ANY,
            ("central", both("集中隔离", "central quarantine")),
            ("home", both("居家隔离", "quarantine at home")),
            ("community", both("社区管理", "the community's care")),
            ("monitoring", both("居家健康监测", "monitoring at home")),
            ("none", both("只需申报或落地检", "declaring or one test only")),
        ),
        required=False,
    )
    area = forms.ChoiceField(label=both("地区", "Area"), required=False, widget=LongSelect)

    def __init__(self, *args, areas: Sequence[tuple], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [ANY, *areas]

    def of(self, rows: QuerySet, at: datetime) -> QuerySet:
        """These of the rows; what is no filter narrows nothing."""
        asked = self.cleaned_data if self.is_valid() else {}
        state, measure, area = (asked.get(name, "") for name in ("state", "measure", "area"))
        rows = narrowed(rows, state, at)
        if measure:
            rows = rows.filter(measure="" if measure == "none" else measure)
        return rows.filter(below(area, "area_path")) if area else rows
