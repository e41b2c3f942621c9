"""The forms of screening rounds. They read what was typed and say what is wrong; nothing is written here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.lab.words import POOLS, REASONS
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.situation.round_board import EVERY_GROUP

MOMENT = {"type": "datetime-local"}
AS_TYPED = "%Y-%m-%dT%H:%M"
NOT_A_MOMENT = {
    "required": both("请写时间。", "Say when."),
    "invalid": both("请按 2022-04-19 08:00 的样子写。", "Write it like 2022-04-19 08:00."),
}
NOT_A_CHOICE = {
    "required": both("还没有选。", "Nothing was chosen."),
    "invalid_choice": both("没有这个选项，请从列表里选。", "There is no such choice: choose from the list."),
}
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _moment(label) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(MOMENT, format=AS_TYPED), error_messages=NOT_A_MOMENT
    )


def _barcode(label, *, required: bool = True, help_text="") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=60, help_text=help_text, widget=forms.TextInput(PLAIN),
        error_messages={"required": both("请扫描或输入条码。", "Scan or type the barcode.")},
    )  # fmt: skip


class RoundForm(forms.Form):
    """A new round: for whom, when, how many share a tube."""

    name = forms.CharField(
        label=both("名称", "Name"),
        max_length=60,
        error_messages={"required": both("还没有写名称。", "No name was given.")},
    )
    disease = forms.ChoiceField(label=both("病种", "Disease"), error_messages=NOT_A_CHOICE)
    areas = forms.MultipleChoiceField(
        label=both("范围", "Scope"),
        help_text=both("可选几个；选全县就是所有人。", "Several may be chosen; the county is everybody."),
        widget=forms.SelectMultiple({"size": 8}),
        error_messages=NOT_A_CHOICE,
        required=False,
    )
    groups = forms.MultipleChoiceField(
        label=both("或者哪些人", "Or which people"),
        help_text=both(
            "学校、班级、快递名单、重点人群；选“愿检尽检”就是谁来给谁采。",
            "Schools, classes, parcel lists, priority classes; of their own will is whoever comes.",
        ),
        widget=forms.SelectMultiple({"size": 8}),
        error_messages=NOT_A_CHOICE,
        required=False,
    )
    pool_size = forms.TypedChoiceField(
        label=both("几人一管", "How many a tube"),
        choices=[(key, both(it.zh, it.en)) for key, it in POOLS.items()],
        coerce=int,
        initial=10,
        error_messages=NOT_A_CHOICE,
    )
    begins_at = _moment(both("开始", "Begins"))
    ends_at = _moment(both("结束", "Ends"))

    def __init__(
        self,
        *args,
        at: datetime,
        areas: Iterable[tuple[str, Said]],
        diseases: Iterable[tuple[str, Said]],
        groups: Iterable[tuple[str, Said]] = (),
    ):
        begins = localtime(at).replace(hour=8, minute=0, second=0) + timedelta(days=1)
        super().__init__(*args, initial={"begins_at": begins, "ends_at": begins + timedelta(hours=24)})
        self.fields["areas"].choices = [(path, in_words(said)) for path, said in areas]
        self.fields["groups"].choices = [(key, in_words(said)) for key, said in groups]
        self.fields["disease"].choices = [(key, in_words(said)) for key, said in diseases]

    def clean(self) -> dict:
        told = super().clean()
        if "areas" not in self.errors and "groups" not in self.errors and not (told.get("areas") or told.get("groups")):
            self.add_error("areas", both("还没有选范围，或哪些人。", "Choose areas, or people."))
        return told


class SiteForm(forms.Form):
    """A new sampling site, and whose it is."""

    name = forms.CharField(
        label=both("采样点名称", "Name of the site"),
        max_length=60,
        error_messages={"required": both("还没有写名称。", "No name was given.")},
    )
    area = forms.ChoiceField(label=both("设在哪里", "Where it stands"), error_messages=NOT_A_CHOICE)
    serves = forms.MultipleChoiceField(
        label=both("哪里的人来这里采", "Whose people come here"),
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
        error_messages=NOT_A_CHOICE,
    )
    groups = forms.MultipleChoiceField(
        label=both("哪些学校、班级、单位来这里采", "Which schools, classes, units come here"),
        help_text=both("不管住在哪里。", "Wherever their people live."),
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
        error_messages=NOT_A_CHOICE,
    )
    n_tables = forms.IntegerField(
        label=both("几张采样台", "How many tables"),
        help_text=both("一张台一天 600—800 人。", "A table does 600 to 800 people a day."),
        min_value=1,
        max_value=99,
        initial=3,
        error_messages={
            it: both("采样台是 1 到 99 张。", "There are 1 to 99 tables.")
            for it in ("required", "invalid", "min_value", "max_value")
        },
    )

    def __init__(self, *args, areas: Iterable[tuple[str, Said]], groups: Iterable[str] = ()):
        super().__init__(*args)
        choices = [(path, in_words(said)) for path, said in areas]
        self.fields["area"].choices = self.fields["serves"].choices = choices
        self.fields["groups"].choices = [(it, it) for it in groups]
        if not self.fields["groups"].choices:
            del self.fields["groups"]


class TubeForm(forms.Form):
    """The tube that is being filled: at which site, of which kind, in which box."""

    site = forms.ChoiceField(label=both("采样点", "Site"), error_messages=NOT_A_CHOICE)
    tube = _barcode(both("管上的条码", "Barcode of the tube"))
    size = forms.TypedChoiceField(
        label=both("这根管几人", "How many this tube is for"),
        choices=[(key, both(it.zh, it.en)) for key, it in POOLS.items()],
        coerce=int,
        error_messages=NOT_A_CHOICE,
    )

    def __init__(self, *args, sites: Sequence, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [(str(it.pk), f"{it.number} {it.name}") for it in sites]

    @property
    def where(self) -> UUID:
        return UUID(self.cleaned_data["site"])


class PersonForm(forms.Form):
    """Who is being sampled: a slip, or a name with a document."""

    token = forms.CharField(
        label=both("采样码", "Slip"),
        help_text=both(
            "扫码，或输入码上的字；没带码的扫身份证号。省里的检测码也能扫：头一次同时写姓名和证件，以后一扫就找到人。",
            "Scan it, or type what stands on it; without one, the document number. A provincial test QR will do: the "
            "first time with name and document, afterwards it finds them.",
        ),
        required=False,
        max_length=600,
        widget=forms.TextInput({**PLAIN, "autofocus": True}),
    )
    name = forms.CharField(
        label=both("没有采样码的：姓名", "Without a slip: name"), required=False, max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    document_number = forms.CharField(
        label=both("证件号码", "Document number"),
        help_text=both("身份证、护照或其他证件；孩子没有证件就填出生日期和监护人。",
                       "Identity card, passport or another; of a child without one give birth and guardian."),
        required=False, max_length=40, widget=forms.TextInput(PLAIN),
    )  # fmt: skip
    phone = forms.CharField(label=both("电话", "Phone"), required=False, max_length=20)
    born_on = forms.DateField(
        label=both("出生日期（没有证件的）", "Date of birth (without a document)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": both("请按 2014-06-03 的样子写。", "Write it like 2014-06-03.")},
    )
    guardian = forms.CharField(
        label=both("监护人电话或姓名", "Guardian's phone or name"), required=False, max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    again = forms.BooleanField(
        label=both("本轮已采过，仍要记下", "Sampled already: record all the same"), required=False
    )

    def clean(self) -> dict:
        told = super().clean()
        if not told.get("token") and not told.get("name"):
            self.add_error("token", both("请扫采样码，或写姓名。", "Scan a slip, or write a name."))
        return told

    @property
    def whom(self) -> dict[str, object]:
        """As an event has it."""
        told = self.cleaned_data
        whom: dict[str, object] = {"token": told["token"]} if told["token"] else {}
        if told["name"]:
            plain = {it: told[it] for it in ("name", "document_number", "phone", "guardian")}
            whom["person"] = {**plain, "born_on": told["born_on"].isoformat() if told["born_on"] else ""}
        return whom


class BoxForm(forms.Form):
    """A box on its way, and what is done with it."""

    box = _barcode(both("箱上的条码", "Barcode of the box"))
    laboratory = forms.CharField(
        label=both("送到哪家实验室（签收时填）", "Which laboratory (when received)"), required=False, max_length=60
    )
    unknown = forms.BooleanField(
        label=both("采样点还没上传，照收", "The site has not uploaded yet: take it as it is"), required=False
    )


class LabelForm(forms.Form):
    """A new label for a tube or a box."""

    old = _barcode(both("现在的条码", "Barcode it has now"))
    renamed = _barcode(both("新条码", "New barcode"))
    said = forms.CharField(
        label=both("为什么", "Why"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("请写一句为什么。", "Say in a few words why.")},
    )  # fmt: skip


class StageFilter(forms.Form):
    """Which people of a round are listed, and where."""

    stage = forms.ChoiceField(label=both("进展", "How far"), required=False)
    group = forms.ChoiceField(label=both("班级、单位", "Class or unit"), required=False)
    area = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, stages: Iterable[tuple[str, Said]], groups: Iterable[str]):
        super().__init__(*args)
        self.fields["stage"].choices = [(key, in_words(said)) for key, said in stages]
        all_of_them = [
            ("", both("全部，按户", "all, by household")),
            (EVERY_GROUP, both("全部，按班级", "all, by class")),
        ]
        self.fields["group"].choices = [*all_of_them, *((it, it) for it in groups)]


class ExcuseForm(forms.Form):
    """Why somebody is not sampled."""

    place = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.ChoiceField(
        label=both("为什么不采", "Why not"),
        choices=[(key, both(it.zh, it.en)) for key, it in REASONS.items()],
        error_messages=NOT_A_CHOICE,
    )


class ListForm(forms.Form):
    """A list of people for the roster, and whose it is."""

    sender = forms.CharField(
        label=both("哪里来的", "From whom"),
        help_text=both(
            "同一单位的列名会记住，下一轮也用，如“第一小学”。",
            "The columns are remembered by it, for the next round too, such as “Primary school 1”.",
        ),
        max_length=38,
        error_messages={"required": both("还没有写。", "Nothing was written.")},
    )
    file = forms.FileField(
        label=both("名单", "The list"),
        help_text=both(
            "CSV、XLSX，一人一行；GB18030、UTF-8 都可以。", "CSV or XLSX, a row a person; GB18030 is as good as UTF-8."
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt,.json"}),
    )
