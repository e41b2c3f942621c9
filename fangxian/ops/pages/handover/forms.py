"""The forms of exchange. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping, Sequence

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.columns import NOT_A_CHOICE, ColumnsForm
from fangxian.ops.pages.handover.words import KINDS, SHAPES
from fangxian.ops.pages.words import both, in_words

NO_FILE = {
    "required": both(
        "还没有选文件，什么都没有上传。请点“选择文件”，选好后再按一次上传。",
        "No file was chosen, so nothing was uploaded. Choose one and press the button again.",
    ),
    "empty": both("文件是空的。", "The file is empty."),
}
PHONE_CALL = both(
    "请打电话给对方县指挥部（用您自己查到的号码），逐组核对上面的指纹，然后写明向谁、怎么核实的。",
    "Call that county's headquarters on a number you found yourself, compare the fingerprint above group by group, say "
    "with whom and how you did.",
)


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


class UploadForm(forms.Form):
    """A list: what it is, whose it is, and the file."""

    kind = forms.ChoiceField(
        label=both("是什么名单", "What it lists"),
        choices=[(key, both(it.zh, it.en)) for key, it in KINDS.items()],
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    source = forms.CharField(
        label=both("名单来自", "Whose list it is"),
        help_text=both(
            "如“县人民医院”“Go.Data 2022”。列名和编号都按来源记住，同一来源的几份名单请写得一样。",
            "Such as “county hospital” or “Go.Data 2022”. Columns and ids are remembered by it: write it alike for all "
            "lists of one source.",
        ),
        max_length=70,
        error_messages={"required": both("还没有写名单来自哪里。", "It is not said whose list it is.")},
    )
    file = forms.FileField(
        label=both("文件", "The file"),
        help_text=both(
            "CSV、XLSX、XLS 或 JSON，最大 64 MiB，原样上传，不用改表头。",
            "CSV, XLSX, XLS or JSON of up to 64 MiB, as it is; the headers need not be changed.",
        ),
        allow_empty_file=True,  # an empty one is refused with the others, in the same words
        error_messages=NO_FILE,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.json"}),
    )


class MappingForm(ColumnsForm):
    """For which disease a list is, and what each of its columns holds."""

    disease = forms.ChoiceField(
        label=both("病种", "Disease"),
        error_messages={
            "invalid_choice": NOT_A_CHOICE,
            "required": both(
                "还没有选病种，没有开始导入。名单上没有写明是哪种病，请选。",
                "No disease was chosen, so nothing was begun. The list does not tell which it is of: choose it.",
            ),
        },
    )

    def __init__(self, *args, diseases: Mapping[str, Said], disease: str, **kwargs) -> None:
        """`disease`: which one the list is of, as far as it tells; "" makes whoever confirms the columns choose."""
        super().__init__(*args, **kwargs)
        unknown = [] if disease else [("", both("请选择", "Choose"))]
        self.fields["disease"].choices = [*unknown, *((key, both(it.zh, it.en)) for key, it in diseases.items())]
        self.fields["disease"].initial = disease


class ExportForm(forms.Form):
    """Which list goes out, and in which shape."""

    kind = forms.ChoiceField(
        label=both("导出什么", "What to export"), choices=[(key, both(it.zh, it.en)) for key, it in KINDS.items()]
    )
    shape = forms.ChoiceField(
        label=both("什么格式", "In which shape"), choices=[(key, both(it.zh, it.en)) for key, it in SHAPES.items()]
    )
    disease = forms.ChoiceField(label=both("病种", "Disease"))

    def __init__(self, *args, diseases: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["disease"].choices = [(key, both(name.zh, name.en)) for key, name in diseases.items()]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = NOT_A_CHOICE


class ArrivalForm(forms.Form):
    """A package or a receipt that another county sent."""

    file = forms.FileField(
        label=both("转出包或回执", "Package or receipt"),
        help_text=both(
            "对方发来的 zip（转出包）或 json（回执），原样上传，不要解压。",
            "The zip (package) or json (receipt) as the other county sent it; do not unpack it.",
        ),
        error_messages=NO_FILE,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.json"}),
    )


class LeavingForm(forms.Form):
    """Who is handed over, to which county and why."""

    division_code = forms.CharField(
        label=both("收件县（区）的区划代码", "Division code of the addressee"),
        help_text=both("6 位，如洪洞县 141024。", "Six digits, such as 141024 for Hongtong."),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": both("还没有写区划代码。", "No division code was given.")},
    )
    county = forms.CharField(
        label=both("收件县（区）名称", "Name of the addressee"),
        max_length=80,
        error_messages={"required": both("还没有写名称。", "No name was given.")},
    )
    reason = forms.CharField(
        label=both("说明", "Remarks"),
        help_text=both(
            "写给对方的话，会印在协查函上，不要写姓名。", "For the other county; printed on the letter, so name nobody."
        ),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    contacts = forms.MultipleChoiceField(
        label=both("接触者", "Contacts"),
        help_text=both("这里列出住在外地、已判定在管的人。", "Those under management who live elsewhere."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": both(
                "所选的人里有人已不在这份名单里（可能刚解除，或同事已移交），没有生成转出包。请核对后再选。",
                "Somebody chosen is not in this list any more (released, or handed over by a colleague), so no package "
                "was made: check, and choose again.",
            )
        },
    )
    cases = forms.CharField(
        label=both("病例编号", "Case numbers"),
        help_text=both("一行一个，没有就空着。", "One a line; leave it empty for none."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, *args, contacts: Sequence[tuple[str, object]], n_all: int, **kwargs) -> None:
        """`n_all`: how many live in the county that was chosen, to be taken all at once; 0 where none was."""
        super().__init__(*args, **kwargs)
        self.fields["contacts"].choices = contacts
        if n_all:
            self.fields["everybody"] = forms.BooleanField(
                label=both(f"现住这里的全部 {n_all} 人", f"All {n_all} who live there"), required=False
            )


class ReasonForm(forms.Form):
    """Why something is done, or how it was verified."""

    reason = forms.CharField(
        label=both("理由", "Reason"),
        help_text=both("撤回时要写。", "Needed to withdraw it."),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class KeyForm(forms.Form):
    """How a key was verified."""

    because = forms.CharField(
        label=both("向谁、怎么核实的", "With whom and how it was verified"),
        help_text=PHONE_CALL,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": both("还没有写怎么核实的。", "It is not said how it was verified.")},
    )
