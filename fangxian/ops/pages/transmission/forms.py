"""The forms of transmission and sources. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping, Sequence

from django import forms

from fangxian.core.refusal import Said
from fangxian.ops.cases.vocabulary import CERTAINTIES, SETTINGS
from fangxian.ops.pages.words import both

ANY = ("", both("全部", "All"))
NOT_A_CHOICE = {
    "invalid_choice": both(
        "没有这个选项，已按“全部”显示。请从列表里选。",
        "There is no such choice, so all are shown. Choose from the list.",
    )
}


def choices_of(words: Mapping[str, Said]) -> list[tuple]:
    return [(key, both(said.zh, said.en)) for key, said in words.items()]


class TransmissionFilter(forms.Form):
    """Which chains: of one disease, in one setting, one cluster of them."""

    disease = forms.ChoiceField(label=both("病种", "Disease"), required=False, error_messages=NOT_A_CHOICE)
    setting = forms.ChoiceField(
        label=both("感染场所", "Setting"),
        required=False,
        choices=[ANY, *choices_of(SETTINGS)],
        error_messages=NOT_A_CHOICE,
    )
    cluster = forms.ChoiceField(label=both("传播链", "Cluster"), required=False, error_messages=NOT_A_CHOICE)

    def __init__(self, data, *, diseases: Mapping[str, Said]) -> None:
        super().__init__({"disease": next(iter(diseases), ""), **{key: data[key] for key in data}})
        self.fields["disease"].choices = choices_of(diseases)

    def chosen(self, name: str) -> str:
        """What to filter by; a field that holds no choice filters nothing."""
        return self.cleaned_data.get(name, "") if self.is_bound else ""

    def with_clusters(self, clusters: Sequence[tuple[str, Said]]) -> "TransmissionFilter":
        """The same, now that it is known which clusters there are: (number of the first case, its words)."""
        self.fields["cluster"].choices = [ANY, *((key, both(it.zh, it.en)) for key, it in clusters)]
        self.full_clean()
        return self


class LinkForm(forms.Form):
    """Who infected whom, how sure that is, and what it rests on."""

    infector = forms.CharField(
        label=both("传染来源的病例编号", "Number of the case that infected"),
        help_text=both("例如 141027-2022-0001。", "Such as 141027-2022-0001."),
        max_length=20,
        error_messages={"required": both("请填传染来源的病例编号。", "Enter the number of the case that infected.")},
    )
    infected = forms.CharField(
        label=both("被传染的病例编号", "Number of the case that was infected"),
        max_length=20,
        error_messages={"required": both("请填被传染的病例编号。", "Enter the number of the case that was infected.")},
    )
    setting = forms.ChoiceField(
        label=both("在什么场合传染", "Where it happened"),
        choices=[("", both("请选择", "Choose")), *choices_of(SETTINGS)],
        error_messages={
            "required": both("请选传染的场合；不清楚也请选“不明”。", "Choose where; if nobody knows, say so.")
        },
    )
    certainty = forms.ChoiceField(
        label=both("有多大把握", "How sure"),
        choices=[("", both("请选择", "Choose")), *choices_of(CERTAINTIES)],
        error_messages={"required": both("请选有多大把握。", "Choose how sure it is.")},
    )
    basis = forms.CharField(
        label=both("依据", "What it rests on"),
        help_text=both(
            "例如同桌吃饭的日期、基因测序结果。它加密保存，不出现在图和导出文件里。",
            "Such as the day of a meal at one table, or sequencing. It is sealed, and is neither in the picture nor in "
            "an export.",
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": both("请写明依据。", "Say what it rests on.")},
    )


WHOSE = {
    "first": Said("不知由谁传染的病例", "cases whose infector is not known"),
    "all": Said("全部病例", "all cases"),
}


class SourcesForm(forms.Form):
    """Of which cases it is asked what they share."""

    disease = forms.ChoiceField(label=both("病种", "Disease"), error_messages=NOT_A_CHOICE)
    cases = forms.ChoiceField(
        label=both("从哪些病例往回查", "From which cases"), choices=choices_of(WHOSE), error_messages=NOT_A_CHOICE
    )

    def __init__(self, data, *, diseases: Mapping[str, Said]) -> None:
        super().__init__({"cases": "first", **{key: data[key] for key in data}} if "disease" in data else None)
        self.fields["disease"].choices = choices_of(diseases)
