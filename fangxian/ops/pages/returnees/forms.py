"""The forms of returnees. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.returnees.actions import SAID
from fangxian.ops.returnees.words import WHATS, WHYS
from fangxian.ops.situation.returnees import STATES_SAID

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
    division = forms.RegexField(
        r"^\d{6}$",
        label=both("在哪个县（六位代码）", "County, as six digits"),
        help_text=both("不知道代码就空着，写在下面。", "Leave it empty if not known, and name the place below."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "6", "autocomplete": "off"}),
        error_messages={
            "invalid": both("县的代码是六位数字，例如 310115。", "The code of a county is six digits, such as 310115.")
        },
    )
    place = forms.CharField(label=both("具体在哪里", "Where exactly"), required=False, max_length=100)
    phone = forms.CharField(label=both("在那里的电话", "Phone there"), required=False, max_length=20)
    returns_on = _day(both("打算哪天回来", "Means to return on"), ("说不准就空着。", "Leave it empty if not known."))
