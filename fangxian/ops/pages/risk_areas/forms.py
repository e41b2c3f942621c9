"""The forms of risk areas. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.risk_areas.queries import Unsettled, provinces

from .words import LEVELS, NATION

ANY = ("", both("全部", "All"))
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
