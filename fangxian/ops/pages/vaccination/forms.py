"""The forms of vaccination. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.situation.vaccination import AGES, STATES_SAID
from fangxian.ops.vaccination.wire import REASONS_OF
from fangxian.ops.vaccination.words import KINDS, PRODUCTS, REASONS, SOURCES

NO_DAY = both("这不是日期。请写成 2022-04-07。", "This is no date. Write it as 2022-04-07.")
NOT_A_CHOICE = {"invalid_choice": both("没有这个选项。请从列表里选。", "No such choice. Choose from the list.")}


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _day(label, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY, "required": both("还没有写日期。", "No date was given.")},
    )  # fmt: skip


class VaccinationFilter(forms.Form):
    """State, age and area, as the address has them; what is no filter narrows nothing."""

    state = forms.ChoiceField(
        label=both("状态", "State"),
        choices=(*((key, both(it.zh, it.en)) for key, it in STATES_SAID.items()), ("all", both("全部", "Everybody"))),
        required=False,
    )
    age = forms.ChoiceField(
        label=both("年龄", "Age"),
        choices=(("", both("全部", "All")), *((key, both(it[0].zh, it[0].en)) for key, it in AGES.items())),
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


class DoseForm(forms.Form):
    """A dose of which a card was seen, or that was told."""

    given_on = _day(both("哪天接种的", "On which day"), required=True)
    product = forms.ChoiceField(
        label=both("哪种疫苗", "Which vaccine"),
        choices=[(key, both(it.zh, it.en)) for key, it in PRODUCTS.items()],
        error_messages=NOT_A_CHOICE,
    )
    number = forms.IntegerField(
        label=both("第几针", "Which dose"), help_text=both("不清楚就空着。", "Leave it empty if not known."),
        required=False, min_value=1, max_value=9,
        error_messages={
            it: both("第几针是 1 到 9。", "The number of the dose is 1 to 9.")
            for it in ("invalid", "min_value", "max_value")
        },
    )  # fmt: skip
    unit = forms.CharField(label=both("在哪里打的", "Where"), required=False, max_length=60)
    source = forms.ChoiceField(
        label=both("怎么知道的", "How it is known"),
        choices=[(key, both(SOURCES[key].zh, SOURCES[key].en)) for key in ("card", "own")],
        widget=forms.RadioSelect,
        error_messages={"required": both("还没有选。", "Nothing was chosen."), **NOT_A_CHOICE},
    )


def _reasons() -> list:
    said = [("", both("请选", "Choose"))]
    for kind, word in KINDS.items():
        reasons = [(f"{kind}:{it}", both(REASONS[it].zh, REASONS[it].en)) for it in REASONS_OF[kind]]
        said.append((both(word.zh, word.en), reasons))
    return said


class NoDoseForm(forms.Form):
    """Why somebody is not vaccinated."""

    why = forms.ChoiceField(
        label=both("为什么没有接种", "Why not vaccinated"),
        choices=_reasons(),
        error_messages={"required": both("还没有选原因。", "No reason was chosen."), **NOT_A_CHOICE},
    )
    until_on = _day(both("哪天以后再问", "Ask again from"))
    note = forms.CharField(label=both("还有什么要说的", "Anything else"), required=False, max_length=300)


class ListForm(forms.Form):
    """A list of doses that came in, and whose it is."""

    sender = forms.CharField(
        label=both("哪里来的", "From whom"),
        help_text=both(
            "同一单位的列名会记住，如“县疾控中心”。", "The columns are remembered by it, such as “county CDC”."
        ),
        max_length=60,
        error_messages={"required": both("还没有写。", "Nothing was written.")},
    )
    file = forms.FileField(
        label=both("接种名单", "The list"),
        help_text=both(
            "CSV、XLSX，一针一行，或一人一行每针一列；GB18030、UTF-8 都可以。",
            "CSV or XLSX, a row a dose, or a row a person with a column a dose; GB18030 is as good as UTF-8.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt,.json"}),
    )
