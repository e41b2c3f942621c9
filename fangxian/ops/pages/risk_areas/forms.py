"""The forms of risk areas. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence

from django import forms

from fangxian.core.policy.rulebook import RiskState
from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.risk_areas.queries import Unsettled, provinces

from .words import LEVELS, NATION

ANY = ("", both("全部", "All"))
NO_DAY = both("请填日期，如 2022-04-14。", "Give a day, such as 2022-04-14.")
NO_CHOICE = both("请从列表中选一项。", "Choose one from the list.")


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


class AskForm(forms.Form):
    """Which risk areas to show; what is no answer to it narrows nothing."""

    level = forms.ChoiceField(
        label=both("等级", "Level"),
        choices=[ANY, *((key, both(it.zh, it.en)) for key, it in LEVELS.items())],
        required=False,
    )
    q = forms.CharField(label=both("地名", "Place"), max_length=60, required=False)

    @property
    def asked(self) -> dict[str, str]:
        """What was asked that can be answered."""
        told = self.cleaned_data if self.is_valid() else {}
        return {"level": told.get("level", ""), "text": told.get("q", "")}


class ListForm(forms.Form):
    """A list: the file, what it is the list of, and of a table from when it is."""

    file = forms.FileField(
        label=both("名单文件", "The list"),
        help_text=both(
            "国家服务的 JSON，原样上传；或 CSV 表格，每行一处，列名为风险等级、省、市、县、区域。",
            "The national service's JSON as it is; or a CSV table with a line for each place and columns for level, "
            "province, city, county and place.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.csv"}),
    )
    covers = forms.ChoiceField(
        label=both("是哪里的名单", "What it is the list of"),
        help_text=both(
            "只有一个省的部分时选该省；别省的地区不受影响。",
            "Choose a province if it is that one's part; areas elsewhere are left alone.",
        ),
        required=False,
        error_messages={"invalid_choice": NO_CHOICE},
    )
    as_of = forms.DateTimeField(
        label=both("更新时间（仅表格要填）", "As of (tables only)"),
        help_text=both("表格自己不写是几时的名单。", "A table does not say it itself."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": both("这不是时间。请写成 2022-04-15 11:00。", "This is no time: 2022-04-15 11:00.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        whole = ("", both(NATION.zh, NATION.en))
        self.fields["covers"].choices = [whole, *((name, name) for name in provinces())]


class NameForm(forms.Form):
    """A division that no list names, which is to count as a risk state from a day on."""

    state = forms.ChoiceField(label=both("算作", "Counts as"), error_messages={"invalid_choice": NO_CHOICE})
    code = forms.CharField(
        label=both("区划代码", "Code of the division"),
        help_text=both(
            "2 位省、4 位市、6 位县，包括其下全部；如 1401 太原市、140123 娄烦县。",
            "2 digits a province, 4 a prefecture, 6 a county, with all within it: 1401 for Taiyuan.",
        ),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": both("还没有填代码。", "The code is missing.")},
    )
    begins_on = forms.DateField(
        label=both("自哪天", "From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": NO_DAY, "invalid": NO_DAY},
    )
    ends_on = forms.DateField(
        label=both("到哪天（不含；可空着）", "Until (not itself; may be empty)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )
    reason = forms.CharField(
        label=both("依据", "By what"),
        help_text=both("如“太原市通告 4月14日”；不写人名。", "Such as a city's notice and its date; no names."),
        max_length=200,
        error_messages={"required": both("还没有写依据。", "Say by what.")},
    )

    def __init__(self, *args, states: Sequence[RiskState], **kwargs) -> None:
        super().__init__(*args, auto_id="id_name_%s", **kwargs)
        self.fields["state"].choices = [(it.key, both(it.name.zh, it.name.en)) for it in states]


class SettleForm(forms.Form):
    """Which division some names mean: one that is likely, or any other by its code."""

    code = forms.ChoiceField(label=both("应是", "It is"), required=False, error_messages={"invalid_choice": NO_CHOICE})
    other = forms.CharField(
        label=both("或填代码", "or its code"),
        max_length=6,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args, names: Unsettled, **kwargs) -> None:
        super().__init__(*args, auto_id=f"id_{names.id.hex[:8]}_%s", **kwargs)
        choices: Sequence[tuple[str, str]] = [(it.code, f"{it.path} {it.code}") for it in names.possible]
        self.fields["code"].choices = [("", both("请选择", "Choose")), *choices]

    @property
    def chosen(self) -> str:
        return self.cleaned_data.get("other") or self.cleaned_data.get("code") or ""
