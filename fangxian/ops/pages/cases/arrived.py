"""A report card that came as a file: the form that asks for it, and what differs from the case on record."""

from django import forms

from fangxian.core.refusal import Said
from fangxian.ops.cases.vocabulary import OCCUPATIONS, SEXES
from fangxian.ops.pages.cases.card_form import LABELS
from fangxian.ops.pages.cases.words import class_said
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import both
from fangxian.ops.procedures.take_card import Arrived

LARGEST_KIB = 64
WORDS = {"sex": SEXES, "occupation": OCCUPATIONS}
CLASS = Said("病例分类", "Classification")


class CardFileForm(forms.Form):
    """The exchange file of one card."""

    file = forms.FileField(
        label=both("报告卡交换文件", "Exchange file of a report card"),
        help_text=both(
            "对方系统导出的 JSON 文件，原样上传。签名对不上、被改过或截断的文件不会收下。",
            "The JSON file as the other system gave it out. One that was changed or cut off is not taken in.",
        ),
        widget=forms.ClearableFileInput({"accept": ".json,application/json"}),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_KIB * 1024:
            raise forms.ValidationError(
                both(
                    f"文件有 {file.size // 1024} KB，一张报告卡的文件不到 {LARGEST_KIB} KB。请核对是不是选错了。",
                    f"The file has {file.size // 1024} KB; that of one card has less than {LARGEST_KIB} KB. Check "
                    "whether it is the right one.",
                )
            )
        return file


def differences_table(found: Arrived) -> Table | None:
    """What the case says and what the card says, where they differ; None without a case on record."""
    if found.case is None:
        return None
    return Table(
        caption=Said("不同之处", "What differs"),
        columns=[
            Column("label", Said("项目", "Field")),
            Column("ours", Said("病例现在写的", "The case says"), wide=True),
            Column("theirs", Said("这张卡写的", "The card says"), wide=True),
        ],
        rows=[
            {"label": LABELS.get(name, CLASS), "ours": _shown(name, ours), "theirs": _shown(name, theirs)}
            for name, (ours, theirs) in found.differs.items()
        ],
        empty=Said("没有不同：这张卡和病例写的一样。", "Nothing: the card says what the case says."),
    )


def _shown(name: str, value: object) -> object:
    if value in (None, ""):
        return Said("没有写", "nothing")
    if name == "case_class":
        return class_said(str(value))
    return word(WORDS[name], str(value)) if name in WORDS else str(value)
