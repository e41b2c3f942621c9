"""The forms of reporting a result. They read what was typed and say what is wrong; nothing is written here."""

from collections.abc import Mapping

from django import forms

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.cases.vocabulary import FOUND_BY
from fangxian.ops.pages.laboratory.words import FOUND
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.procedures.positive_result import Found, Result

MOMENT = {"type": "datetime-local"}
NOT_A_MOMENT = {
    "required": both("请填日期和时间。", "Give a date and a time."),
    "invalid": both("请按 2022-04-19 08:00 的样子填写。", "Write it like 2022-04-19 08:00."),
}
NOT_A_CHOICE = {
    "required": both("还没有选。请选一项。", "Nothing was chosen. Choose one."),
    "invalid_choice": both("没有这个选项。请从列表里选。", "There is no such choice. Choose from the list."),
}
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


class FindForm(forms.Form):
    """Whose sample it is: by the number on the order."""

    number = forms.CharField(
        label=both("证件号码，或病例编号", "Document number, or number of the case"),
        help_text=both(
            "送检单上的证件号码；复核的标本可填病例编号，例如 141027-2022-0001。",
            "As on the order; for a second test the case's number will do, such as 141027-2022-0001.",
        ),
        max_length=40,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": both("还没有填写号码。", "No number was entered.")},
    )


class ResultForm(forms.Form):
    """One result of one person's own sample."""

    what = forms.ChoiceField(label=both("病种和标本", "Disease and specimen"), error_messages=NOT_A_CHOICE)
    found = forms.ChoiceField(
        label=both("结果", "Result"),
        choices=[(str(key), both(said.zh, said.en)) for key, said in FOUND.items()],
        widget=forms.RadioSelect,
        error_messages=NOT_A_CHOICE,
    )
    sampled_at = forms.DateTimeField(
        label=both("采样时间", "Sampled"),
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        error_messages=NOT_A_MOMENT,
    )
    resulted_at = forms.DateTimeField(
        label=both("结果时间", "Result came"),
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        error_messages=NOT_A_MOMENT,
    )
    found_by = forms.ChoiceField(
        label=both("为什么检测", "Why they were tested"),
        choices=[(key, both(said.zh, said.en)) for key, said in FOUND_BY.items() if key != "import"],
        initial="screening",
        error_messages=NOT_A_CHOICE,
    )
    remark = forms.CharField(
        label=both("管号、Ct 值", "Tube number, Ct values"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args, rulebooks: Mapping[str, Rulebook], **kwargs) -> None:
        """`rulebooks`: those in force, by disease."""
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [
            (in_words(book.disease.name), [(f"{key} {row.key}", _specimen(row)) for row in book.specimens])
            for key, book in sorted(rulebooks.items(), key=lambda it: (not it[1].has_gate, it[0]))
        ]

    @property
    def result(self) -> Result:
        """What was typed, as the procedure takes it; of a valid form."""
        given = self.cleaned_data
        disease, _, specimen = given["what"].partition(" ")
        return Result(
            disease=disease,
            found=Found(given["found"]),
            specimen=specimen,
            sampled_at=given["sampled_at"],
            resulted_at=given["resulted_at"],
            remark=given["remark"],
            found_by=given["found_by"],
        )


class SomebodyForm(ResultForm):
    """A result of somebody who is not on the register."""

    name = forms.CharField(
        label=both("姓名", "Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": both("没有填写姓名。", "No name was entered.")},
    )
    document_number = forms.CharField(
        label=both("证件号码", "Document number"),
        max_length=40,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": both("没有填写证件号码。", "No document number was entered.")},
    )
    phone = forms.CharField(label=both("手机号", "Mobile number"), max_length=20, required=False)
    field_order = ("name", "document_number", "phone")


def _specimen(row) -> str:
    return both(f"{row.name.zh}（{row.test.zh}）", f"{row.name.en} ({row.test.en})")
