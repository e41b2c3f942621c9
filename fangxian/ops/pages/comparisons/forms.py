"""The forms of the three comparisons. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.columns import NOT_A_CHOICE
from fangxian.ops.pages.comparisons.words import OUTCOMES, ROLES, SENDERS
from fangxian.ops.pages.words import both, in_words

NO_DAY = both("这不是日期。请写成 2022-04-07。", "This is no date. Write it as 2022-04-07.")
OWN = ("arrivals", "enquiries", "people")
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _choices(words: Mapping[str, Said], keys=None) -> list[tuple[str, object]]:
    return [(key, both(words[key].zh, words[key].en)) for key in (words if keys is None else keys)]


class OpenForm(forms.Form):
    """What is compared, of which days, by which of the program's own records."""

    title = forms.CharField(
        label=both("为什么事比对", "What for"),
        help_text=both("一句话，如“4月6日起返乡人员”。", "A few words, such as “arrivals since 6 April”."),
        max_length=100,
        error_messages={"required": both("还没有写。", "Nothing was written.")},
    )
    begins_on = forms.DateField(
        label=both("从哪天起", "From"), error_messages={"required": NO_DAY, "invalid": NO_DAY}, **DAY
    )
    last_on = forms.DateField(
        label=both("到哪天（含）", "To, and including"), error_messages={"required": NO_DAY, "invalid": NO_DAY}, **DAY
    )
    own = forms.MultipleChoiceField(
        label=both("用上本系统的哪些记录", "Which of the program's own records"),
        choices=_choices(SENDERS, OWN),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )


class SourceForm(forms.Form):
    """A list that came in: whose it is and what it is."""

    sender = forms.ChoiceField(
        label=both("哪里来的", "From whom"),
        choices=_choices(SENDERS, [key for key in SENDERS if key not in OWN]),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    role = forms.ChoiceField(
        label=both("是什么名单", "What it is"),
        choices=_choices(ROLES, ("pushed", "grid", "declared")),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    file = forms.FileField(
        label=both("清单", "The list"),
        help_text=both(
            "CSV、XLSX 或 JSON，原样上传，不用改表头，GB18030、UTF-8 都可以。",
            "CSV, XLSX or JSON as it came; headers need not be changed, and GB18030 is as good as UTF-8.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt,.json"}),
    )


class PeopleFilter(forms.Form):
    """Which of a comparison's people; anything that is no choice means all of them."""

    outcome = forms.ChoiceField(
        label=both("结果", "Outcome"), required=False, error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    area = forms.ChoiceField(
        label=both("乡镇", "Township"), required=False, error_messages={"invalid_choice": NOT_A_CHOICE}
    )

    def __init__(self, *args, areas: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        every = ("", both("全部", "All"))
        self.fields["outcome"].choices = [every, *_choices(OUTCOMES)]
        self.fields["area"].choices = [every, *_choices(areas)]

    def chosen(self, name: str) -> str:
        self.full_clean()
        return self.cleaned_data.get(name, "")
