"""The forms of a case: filters, results, steps, corrections. What was typed is kept; what is wrong is beside it."""

from collections.abc import Mapping

from django import forms

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.cases import vocabulary
from fangxian.ops.pages.cases.words import CLOCK_STATES, INTERVIEWS, class_said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.words import both, language
from fangxian.ops.realm.current import the_realm

NOT_A_CHOICE = both("没有这个选项。请从列表里选。", "There is no such choice. Choose from the list.")
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
CHOOSE = ("", both("请选择", "Choose"))
ANY = ("", both("全部", "All"))
MOMENT = {"type": "datetime-local"}
DAY = {"type": "date"}
NOT_A_MOMENT = both("请写成 2022-04-08 14:30。", "Write it as 2022-04-08 14:30.")
NOT_A_DAY = both("请写成 2022-04-08。", "Write it as 2022-04-08.")
REASON_MISSING = both("请写明理由。", "Say why.")


def choices(words: Mapping[str, Said], *first: tuple) -> list[tuple]:
    return [*first, *((key, both(said.zh, said.en)) for key, said in words.items())]


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    """Put a refusal's sentence beside a field of the form, or above it."""
    form.add_error(field if field in form.fields else None, refusal.said.in_language(language()))


def choice_field(label, words: Mapping[str, Said], *, required: bool = True, help_text: str = "") -> forms.ChoiceField:
    missing = both("请选择一项。", "Choose one.")
    return forms.ChoiceField(
        label=label,
        required=required,
        help_text=help_text,
        choices=choices(words, CHOOSE),
        error_messages={"required": missing, "invalid_choice": NOT_A_CHOICE},
    )


def text_field(label, *, required: bool = True, most: int = 200, long: bool = False, **more) -> forms.CharField:
    widget = forms.Textarea({"rows": 3}) if long else forms.TextInput(PLAIN)
    missing = {"required": both("请填写这一项。", "Fill this in.")}
    return forms.CharField(
        label=label, required=required, max_length=most, widget=widget, error_messages=missing, **more
    )


def moment_field(label, *, required: bool = True, **more) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": both("请填写时间。", "Enter the time."), "invalid": NOT_A_MOMENT},
        **more,
    )


def day_field(label, *, required: bool = True, **more) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": both("请填写日期。", "Enter the date."), "invalid": NOT_A_DAY},
        **more,
    )


class CaseFilterForm(forms.Form):
    """Which cases. The diseases are those with a rulebook in force, the areas those of the reader."""

    disease = forms.ChoiceField(label=both("病种", "Disease"), required=False)
    state = forms.ChoiceField(label=both("状态", "State"), required=False, choices=choices(vocabulary.STATES, ANY))
    area = forms.ChoiceField(label=both("地区", "Area"), required=False)
    clock = forms.ChoiceField(label=both("时限", "Clocks"), required=False, choices=choices(CLOCK_STATES, ANY))
    interview = forms.ChoiceField(label=both("问卷", "Interview"), required=False, choices=choices(INTERVIEWS, ANY))

    def __init__(self, *args, diseases: Mapping[str, Said], townships: list, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["disease"].choices = choices(diseases, ANY)
        named = [(it.area_path, both(place_name(it).zh, place_name(it).en)) for it in townships]
        self.fields["area"].choices = [ANY, *named]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = NOT_A_CHOICE

    @property
    def chosen(self) -> dict[str, str]:
        """What to filter by; a field that holds no choice filters nothing."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in self.fields} if self.is_bound else {}


class FindCaseForm(forms.Form):
    """A number somebody holds in their hand; sent in the body, so that it stands in no address."""

    number = forms.CharField(
        label=both("病例编号、证件号码或电话", "Case, document or phone number"),
        max_length=60,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": both("请填写号码。", "Enter a number.")},
    )


class ResultForm(forms.Form):
    """A laboratory's result that came in by paper or telephone."""

    laboratory = text_field(both("实验室", "Laboratory"), most=120)
    specimen = forms.ChoiceField(label=both("标本", "Specimen"), error_messages={"invalid_choice": NOT_A_CHOICE})
    found = choice_field(both("结果", "Result"), vocabulary.FOUND)
    sampled_at = moment_field(both("采样时间", "Sampled at"))
    resulted_at = moment_field(both("出结果时间", "Resulted at"))
    remark = text_field(both("备注（Ct 值、管号）", "Remark (Ct values, tube)"), required=False)

    def __init__(self, *args, specimens: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = specimens or {"other": Said("其他", "other")}
        self.fields["specimen"].choices = choices(known, CHOOSE)
        self.fields["specimen"].error_messages["required"] = both("请选择一项。", "Choose one.")


class ReasonForm(forms.Form):
    """A step that needs nothing but its reason."""

    reason = text_field(both("依据或理由", "What it rests on"), most=1000, long=True)


class ConfirmForm(ReasonForm):
    case_class = forms.ChoiceField(label=both("病例分类", "Class"), required=False)

    def __init__(self, *args, classes: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        by_rule = ("", both("按规则判定", "as the rulebook has it"))
        self.fields["case_class"].choices = choices({key: class_said(key) for key in classes}, by_rule)
        self.order_fields(["case_class", "reason"])


class TreatForm(forms.Form):
    hospital = text_field(both("收治医院", "Hospital"), most=120)


class CloseForm(forms.Form):
    outcome = choice_field(both("转归", "Outcome"), vocabulary.OUTCOMES)
    died_on = day_field(both("死亡日期（仅死亡时填）", "Date of death (only then)"), required=False)
    reason = text_field(both("说明", "Remark"), required=False, most=1000, long=True)


class StampForm(forms.Form):
    """When and how a step of the report was done."""

    met_at = moment_field(both("完成时间（不填即现在）", "Done at (empty: now)"), required=False)
    remark = text_field(both("报给谁、怎么报的", "To whom, and how"), required=False)


class CorrectForm(forms.Form):
    """What may be put right in a case; the version that was looked at goes along."""

    name = text_field(both("姓名", "Name"), most=60)
    document_kind = choice_field(both("证件类型", "Document"), vocabulary.DOCUMENTS, required=False)
    document_number = text_field(both("证件号码", "Document number"), required=False, most=40)
    sex = choice_field(both("性别", "Sex"), vocabulary.SEXES, required=False)
    born_on = day_field(both("出生日期", "Born on"), required=False)
    phone = text_field(both("电话", "Phone"), required=False, most=30)
    address = text_field(both("现住址", "Address"), required=False)
    workplace = text_field(both("单位", "Workplace or school"), required=False)
    occupation = choice_field(both("职业", "Occupation"), vocabulary.OCCUPATIONS, required=False)
    found_by = choice_field(both("发现途径", "How it was found"), vocabulary.FOUND_BY)
    onset_on = day_field(both("发病日期", "Onset"), required=False)
    died_on = day_field(both("死亡日期", "Date of death"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = text_field(both("更正的理由", "Why it is put right"), most=500)

    def clean(self) -> dict:
        """The document's number in the form it is compared in."""
        told = super().clean() or {}
        if number := told.get("document_number"):
            kind = IdentityKind(told.get("document_kind") or "resident")
            told["document_kind"] = str(kind)
            try:
                told["document_number"] = check_identity_number(number, demo=the_realm().is_synthetic, kind=kind).text
            except Refusal as refusal:
                say_beside(self, "document_number", refusal)
        return told


class MergeForm(forms.Form):
    """The other case is the same illness of the same person."""

    other = forms.UUIDField(widget=forms.HiddenInput)
    reason = text_field(both("为什么是同一人", "Why they are one person"), most=500)


class EntryForm(forms.Form):
    """A stay or a ride of the itinerary."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=both("停留还是乘车", "A stay or a ride"),
        choices=[("stay", both("停留", "Stay")), ("ride", both("乘车", "Ride"))],
    )
    begins_at = moment_field(both("从", "From"))
    ends_at = moment_field(both("到（不知道可不填）", "Until (empty if not known)"), required=False)
    place = text_field(both("地点（乘车写从哪到哪）", "Place (of a ride from where to where)"), required=False)
    vehicle = text_field(both("航班、车次或车牌", "Flight, train or plate"), required=False, most=60)
    seat = text_field(both("座位", "Seat"), required=False, most=20)
    crowd = choice_field(both("人数", "How many were there"), vocabulary.CROWDS, required=False)
    ventilation = choice_field(both("通风", "Air"), vocabulary.VENTILATIONS, required=False)
    masked = choice_field(both("口罩", "Mask"), vocabulary.MASKS, required=False)
    remark = text_field(both("和谁一起、做什么", "With whom, doing what"), required=False, most=1000, long=True)
