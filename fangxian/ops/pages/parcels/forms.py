"""The forms of tracing parcels. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping, Sequence

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.columns import NOT_A_CHOICE
from fangxian.ops.pages.parcels.words import HOW
from fangxian.ops.pages.words import both, in_words

CHOOSE = ("", both("请选择", "Choose"))
NO_DAY = both("这不是日期。请写成 2022-04-07。", "This is no date. Write it as 2022-04-07.")


def say_beside(form: forms.Form, field: str, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


class OpenForm(forms.Form):
    """Which depot, for which disease, since when, and why."""

    depot = forms.ChoiceField(
        label=both("快递网点", "Depot"),
        help_text=both("分拨点、驿站、邮政所。", "Courier depots, parcel stations, post offices."),
        error_messages={"required": both("还没有选网点。", "No depot was chosen."), "invalid_choice": NOT_A_CHOICE},
    )
    disease = forms.ChoiceField(label=both("病种", "Disease"), error_messages={"invalid_choice": NOT_A_CHOICE})
    since_on = forms.DateField(
        label=both("起算日", "Since"),
        help_text=both(
            "这一天起收过、碰过这里快递的人都要找到。", "Whoever touched a parcel from here on that day or later."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": both("还没有写起算日。", "No day was given."), "invalid": NO_DAY},
    )
    why = forms.CharField(
        label=both("为什么追查", "Why"),
        help_text=both("一句话，如“太原分拨中心检出阳性”。", "A sentence, such as “a positive at the sorting centre”."),
        max_length=200,
        error_messages={"required": both("还没有写理由。", "No reason was given.")},
    )

    def __init__(self, *args, depots: Sequence[tuple[str, object]], diseases: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["depot"].choices = [CHOOSE, *depots]
        self.fields["disease"].choices = [(key, both(name.zh, name.en)) for key, name in diseases.items()]


class ListForm(forms.Form):
    """A waybill list."""

    file = forms.FileField(
        label=both("运单清单", "Waybill list"),
        help_text=both(
            "快递公司系统导出的 CSV 或 XLSX，原样上传，不用改表头。",
            "CSV or XLSX as the courier's system exports it; the headers need not be changed.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt"}),
    )


class StateFilter(forms.Form):
    """Which of a list; anything that is no choice means all of it."""

    state = forms.ChoiceField(
        label=both("看哪些", "Which"), required=False, error_messages={"invalid_choice": NOT_A_CHOICE}
    )

    def __init__(self, *args, states: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(key, both(said.zh, said.en)) for key, said in states.items()]

    @property
    def chosen(self) -> str:
        self.full_clean()
        return self.cleaned_data.get("state", "") if self.is_bound else ""


class WhyForm(forms.Form):
    """Why people are set aside."""

    why = forms.CharField(
        label=both("排除的理由", "Why they are set aside"),
        help_text=both(
            "本人会看到。如“查实由邻居代收，本人未接触”。", "The person reads it, such as “a neighbour took it in”."
        ),
        max_length=200,
        required=False,
    )


class DeclareForm(forms.Form):
    """What somebody says of a parcel they had in hand."""

    how = forms.ChoiceField(
        label=both("做了什么", "What you did"),
        choices=[(key, both(said.zh, said.en)) for key, said in HOW.items()],
        initial="received",
        widget=forms.RadioSelect,
        error_messages={"required": both("还没有选做了什么。", "Nothing was chosen."), "invalid_choice": NOT_A_CHOICE},
    )
    touched_on = forms.DateField(
        label=both("哪一天", "On which day"),
        help_text=both("不止一天的，一天报一次。", "Of several days, declare each."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": both("还没有写日期。", "No day was given."), "invalid": NO_DAY},
    )
    depot = forms.ChoiceField(
        label=both("从哪个网点", "From which depot"),
        required=False,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    number = forms.CharField(
        label=both("运单号", "Waybill number"),
        help_text=both("在面单或短信里，有就填。", "On the label or in the message, if you have it."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(self, *args, depots: Sequence[tuple[str, object]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["depot"].choices = [("", both("说不清", "I cannot say")), *depots]
