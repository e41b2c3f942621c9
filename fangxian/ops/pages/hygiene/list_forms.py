"""The form with which a register of priority places comes in."""

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


class ListForm(forms.Form):
    """A register that came as a file, and whose it is."""

    sender = forms.CharField(
        label=both("哪里来的", "From whom"),
        help_text=both(
            "同一单位的列名会记住，如“县市场监管局”。",
            "The columns are remembered by it, such as “market supervision bureau”.",
        ),
        max_length=60,
        error_messages={"required": both("还没有写。", "Nothing was written.")},
    )
    file = forms.FileField(
        label=both("名册", "The register"),
        help_text=both(
            "CSV、XLSX，一行一个场所或环节；GB18030、UTF-8 都可以。必有“类别”，再有名称或场所编号；乡镇、村（社区）、"
            "所在场所、责任单位、列入日期，有就写。",
            "CSV or XLSX, a row a venue or process; GB18030 is as good as UTF-8. The class, and the name or the "
            "venue's number, are needed; township, village, venue, unit and the day it was listed are taken where they "
            "are given.",
        ),
        allow_empty_file=True,  # an empty one is refused with the others, in the same words
        error_messages={"required": both("还没有选文件。", "No file was chosen.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt,.json"}),
    )
