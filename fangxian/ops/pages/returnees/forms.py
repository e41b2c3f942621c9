"""The forms of returnees. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.core.risk_areas.finding import find_counties
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.returnees.actions import SAID
from fangxian.ops.returnees.words import WHATS, WHYS
from fangxian.ops.risk_areas.wire import the_nation, the_renamed
from fangxian.ops.situation.returnees import STATES_SAID

FEW = 6
ANY = ("", both("要办的和在办的", "To see to, or running"))
EVERYBODY = ("all", both("全部", "Everybody"))
NO_DAY = both("这不是日期。请写成 2022-04-07。", "This is no date. Write it as 2022-04-07.")
NOT_A_CHOICE = {"invalid_choice": both("没有这个选项。请从列表里选。", "No such choice. Choose from the list.")}


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _day(label, hint=("", "")) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=both(*hint), required=False, input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), error_messages={"invalid": NO_DAY},
    )  # fmt: skip


class ReturneeFilter(forms.Form):
    """State and area, as the address has them; what is no filter narrows nothing."""

    state = forms.ChoiceField(
        label=both("状态", "State"),
        choices=(ANY, *((key, both(it.zh, it.en)) for key, it in STATES_SAID.items()), EVERYBODY),
        required=False,
    )
    area = forms.ChoiceField(label=both("地区", "Area"), required=False)

    def __init__(self, *args, areas: Mapping[str, object]):
        super().__init__(*args)
        whole = ("", both("全部", "All"))
        self.fields["area"].choices = [whole, *((path, both(it.name_zh, it.name_en)) for path, it in areas.items())]

    def asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")


class HeardForm(forms.Form):
    """What was heard of somebody."""

    what = forms.ChoiceField(
        label=both("问下来", "What came of it"),
        choices=[(key, both(WHATS[key].zh, WHATS[key].en)) for key in SAID],
        widget=forms.RadioSelect,
        error_messages={"required": both("还没有选。", "Nothing was chosen."), **NOT_A_CHOICE},
    )
    returns_on = _day(both("改到哪天回来", "Which day instead"))
    note = forms.CharField(label=both("还有什么要说的", "Anything else"), required=False, max_length=300)


class AwayForm(forms.Form):
    """Where somebody is, and when they mean to return."""

    why = forms.ChoiceField(
        label=both("为什么在外", "Why away"),
        choices=[(key, both(it.zh, it.en)) for key, it in WHYS.items()],
        error_messages=NOT_A_CHOICE,
    )
    division = forms.CharField(
        label=both("在哪个县（市、区）", "In which county"),
        help_text=both(
            "写名字就行，如 上海浦东；不清楚就空着。", "Its name is enough, such as 上海浦东; or leave it empty."
        ),
        required=False,
        max_length=40,
    )
    place = forms.CharField(label=both("具体在哪里", "Where exactly"), required=False, max_length=100)
    phone = forms.CharField(label=both("在那里的电话", "Phone there"), required=False, max_length=20)
    returns_on = _day(both("打算哪天回来", "Means to return on"), ("说不准就空着。", "Leave it empty if not known."))

    def clean_division(self) -> str:
        """The county's code of today; several that may be meant are named."""
        typed = self.cleaned_data["division"].strip()
        if not typed:
            return ""
        found = [it.code for it in find_counties(the_nation(), the_renamed(), typed)]
        if len(found) == 1:
            return found[0]
        names = "、".join(the_nation().path(code) for code in found[:FEW])
        if names:
            several = f"“{typed}”可能是：{names}。请写全一点。", f"“{typed}” may be {names}. Write more of the name."
            raise forms.ValidationError(both(*several))
        nothing = (
            f"没有找到“{typed}”。请写全一点，如 上海浦东。",
            f"“{typed}” was not found. Write more, such as 上海浦东.",
        )
        raise forms.ValidationError(both(*nothing))
