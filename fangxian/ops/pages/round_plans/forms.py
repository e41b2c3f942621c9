"""What somebody who plans a round asks. Nothing is written."""

from collections.abc import Sequence

from django import forms

from fangxian.ops.pages.words import both
from fangxian.ops.situation.round_plan import Asked

SIZES = ((1, both("单采", "single")), *((n, both(f"{n} 合 1", f"{n} to 1")) for n in (5, 10, 20)))
NOT_A_NUMBER = {
    "required": both("请填一个数。", "Give a number."),
    "invalid": both("请填整数，如 52。", "Give a whole number, such as 52."),
    "min_value": both("不能小于 %(limit_value)s。", "It cannot be below %(limit_value)s."),
    "max_value": both("不能大于 %(limit_value)s。", "It cannot be above %(limit_value)s."),
}
NOT_A_CHOICE = {
    "required": both("还没有选。", "Nothing was chosen."),
    "invalid_choice": both("没有这个选项，请从列表里选。", "There is no such choice: choose from the list."),
}


def _number(label, *, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=NOT_A_NUMBER)


class PlanForm(forms.Form):
    """A round that is thought about: how many people, where, by how many tables, by when."""

    n_people = _number(both("多少人", "People"), most=2_000_000)
    n_sites = _number(both("采样点", "Sites"), most=2_000)
    n_tables = _number(both("每点采样台", "Tables a site"), most=50)
    size = forms.TypedChoiceField(
        label=both("几人一管", "How many a tube"), choices=SIZES, coerce=int, error_messages=NOT_A_CHOICE
    )
    within_h = _number(both("几小时内完成", "Within hours"), most=240)
    may_ask_outside = forms.BooleanField(label=both("可送外部实验室", "Outside laboratories"), required=False)
    may_pool_20 = forms.BooleanField(label=both("可 20 合 1", "20 to a tube allowed"), required=False)

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


def usual(n_people: int, most_to_a_tube: int) -> dict[str, object]:
    """What stands in the form before anybody has typed: the county at 52 sites, within a day; tubes as the risk there
    is allows.
    """
    return {
        "n_people": n_people or 1, "n_sites": 52, "n_tables": 3, "size": min(10, most_to_a_tube), "within_h": 24,
        "may_ask_outside": True, "may_pool_20": most_to_a_tube >= 20,
    }  # fmt: skip


class SitesForm(forms.Form):
    """How many sites are to be chosen."""

    n_sites = _number(both("选几个采样点", "How many sites"), most=200)


class OutsideForm(forms.Form):
    """An outside laboratory that tests tubes of a round."""

    laboratory = forms.ChoiceField(label=both("哪家", "Which"), error_messages=NOT_A_CHOICE)
    tubes_a_day = forms.IntegerField(
        label=both("每天给它几管", "Tubes a day for it"),
        help_text=both("填 0：这一轮不再送它。", "0: none of this round any more."),
        min_value=0,
        max_value=1_000_000,
        error_messages=NOT_A_NUMBER,
    )
    further_min = forms.IntegerField(
        label=both("路上比本县多几分钟", "Minutes further on the road"),
        min_value=0,
        max_value=24 * 60,
        initial=90,
        error_messages=NOT_A_NUMBER,
    )

    def __init__(self, *args, laboratories: Sequence[tuple[str, str]]):
        super().__init__(*args)
        self.fields["laboratory"].choices = laboratories


class AloneForm(forms.Form):
    """How many people of a round have a tube of their own."""

    n = forms.IntegerField(
        label=both("单管的有几人", "How many have a tube of their own"),
        help_text=both(
            "重点人员一人一管；召回复采的不用算，会自动加上。",
            "Key persons, one to a tube; whoever is called back is added without being counted here.",
        ),
        min_value=0,
        max_value=2_000_000,
        error_messages=NOT_A_NUMBER,
    )
