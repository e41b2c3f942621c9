"""The forms of sheets. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django import forms
from django.utils.html import format_html

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.intake.headers import column_letters
from fangxian.ops.pages.columns import NOT_A_CHOICE
from fangxian.ops.pages.selects import LongSelect
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.sheets.wire import ColumnMeaning, Layout, SheetField

NO_FILE = {
    "required": both("还没有选文件，什么都没有上传。", "No file was chosen, so nothing was uploaded."),
    "empty": both("文件是空的。", "The file is empty."),
}
NO_DAY = both("请填日期，如 2022-04-14。", "Give a day, such as 2022-04-14.")
NO_NUMBER = both("请填行号，如 4。", "Give the number of a row, such as 4.")
NOTHING = ("", both("空着", "leave empty"))
RECKONED = ("", both("照表里的公式算", "as the form's own formula reckons it"))
LONGEST_TEXT = 80


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _file() -> forms.FileField:
    return forms.FileField(
        label=both("空白表格", "The empty form"),
        help_text=both(
            "县里自己的 .xlsx，最大 4 MiB，原样上传：标题、合并的表头、列宽、表尾都保留。",
            "The county's own .xlsx of up to 4 MiB, as it is: titles, merged heads, widths and the lines below stay.",
        ),
        error_messages=NO_FILE,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class UploadForm(forms.Form):
    """A new form: what it is called, what it is filled in from, and the file."""

    name = forms.CharField(
        label=both("表格名称", "Name of the form"),
        max_length=80,
        error_messages={"required": both("还没有写名称。", "It has no name yet.")},
    )
    source = forms.ChoiceField(
        label=both("用什么数据填", "What it is filled in from"), error_messages={"invalid_choice": NOT_A_CHOICE}
    )

    def __init__(self, *args, sources: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, auto_id="id_new_%s", **kwargs)
        self.fields["source"].choices = [(key, both(said.zh, said.en)) for key, said in sources.items()]
        self.fields["file"] = _file()


class VersionForm(forms.Form):
    """The next version of a form."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, auto_id="id_version_%s", **kwargs)
        self.fields["file"] = _file()


class WithdrawForm(forms.Form):
    """Why a form is withdrawn."""

    why = forms.CharField(
        label=both("撤下的原因", "Why it is withdrawn"),
        help_text=both("如“上级换了新表”；不写人名。", "Such as “replaced by a new one”; no names."),
        max_length=200,
        error_messages={"required": both("还没有写原因。", "No reason was given.")},
    )


class FillForm(forms.Form):
    """Of which area and days a form is filled in."""

    area = forms.ChoiceField(
        label=both("地区", "Area"), widget=LongSelect, error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    on = forms.DateField(
        label=both("到哪一天", "Up to"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": NO_DAY, "invalid": NO_DAY},
    )
    days = forms.ChoiceField(
        label=both("几天", "Days"),
        choices=[(str(n), both(f"{n} 天", "one day" if n == 1 else f"{n} days")) for n in (1, 2, 3, 7, 14, 31)],
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )

    def __init__(self, *args, areas: Sequence[tuple[str, Said]], today: date, n_days: int, **kwargs) -> None:
        """`n_days`: how many it is of as a rule; 0 where it is of now, and only the day it bears is asked."""
        initial = {"area": areas[0][0] if areas else "", "on": today, "days": str(n_days or 1)}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["area"].choices = [(path, both(said.zh, said.en)) for path, said in areas]
        if not n_days:
            self.fields["on"].label = both("表上的日期", "The day on it")
            self.fields["on"].help_text = both("内容是现在的。", "What stands in it is of now.")
            self.fields["days"].required = False
            self.fields["days"].widget = forms.HiddenInput()

    @property
    def is_of_now(self) -> bool:
        return isinstance(self.fields["days"].widget, forms.HiddenInput)


class ColumnsForm(forms.Form):
    """Where the table of a form is, and what stands in each column: a field, or always the same text, or nothing."""

    head_last = forms.IntegerField(
        label=both("表头到第几行", "Last row of the head"), min_value=1, max_value=200,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={"required": NO_NUMBER, "invalid": NO_NUMBER, "min_value": NO_NUMBER, "max_value": NO_NUMBER},
    )  # fmt: skip
    body_last = forms.IntegerField(
        label=both("空行到第几行（其下是合计、填报人等，不动）", "Last empty row (sums and signatures below it stay)"),
        min_value=1, max_value=5200, widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={"required": NO_NUMBER, "invalid": NO_NUMBER, "min_value": NO_NUMBER, "max_value": NO_NUMBER},
    )  # fmt: skip

    def __init__(
        self,
        *args,
        layout: Layout,
        fields: Iterable[SheetField],
        proposed: Sequence[ColumnMeaning],
        **kwargs,
    ) -> None:
        initial: dict[str, object] = {"head_last": layout.head_last, "body_last": layout.body_last}
        for n, it in enumerate(proposed, start=1):
            initial |= {f"column_{n}": it.field, f"text_{n}": it.text}
        super().__init__(*args, initial=initial, **kwargs)
        choices = [(it.name, both(it.said.zh, it.said.en)) for it in fields]
        self.heads, self._formulas = layout.heads, layout.formulas
        for n, head in enumerate(layout.heads, start=1):
            letters = column_letters(n - 1)
            self.fields[f"column_{n}"] = forms.ChoiceField(
                label=format_html('{} <span translate="no">{}</span>', letters, head or "—"),
                choices=[RECKONED if n in layout.formulas else NOTHING, *choices],
                required=False,
                widget=LongSelect,
                error_messages={"invalid_choice": NOT_A_CHOICE},
            )
            self.fields[f"text_{n}"] = forms.CharField(
                label=both(f"{letters} 列固定填", f"always the same in {letters}"),
                max_length=LONGEST_TEXT,
                required=False,
            )

    @property
    def columns(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"column_{n}"], self[f"text_{n}"]) for n in range(1, len(self.heads) + 1)]

    @property
    def meanings(self) -> list[ColumnMeaning]:
        """What was chosen, by column; a text goes before a field."""
        told = self.cleaned_data
        pairs = [(told.get(f"column_{n}", ""), told.get(f"text_{n}", "")) for n in range(1, len(self.heads) + 1)]
        return [ColumnMeaning(field="" if text else field, text=text) for field, text in pairs]

    @property
    def n_empty(self) -> int:
        empty = [n for n, (field, text) in enumerate(self.columns, start=1) if not (field.value() or text.value())]
        return len(set(empty) - set(self._formulas))
