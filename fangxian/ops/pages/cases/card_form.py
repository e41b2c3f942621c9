"""The report card as a form and as a sheet. What is wrong in it is found by the card itself (`faults_of`)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import date, datetime

from django import forms
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.cases import vocabulary
from fangxian.ops.cases.card import Card, faults_of, normalised
from fangxian.ops.pages.cases.forms import CHOOSE, NOT_A_CHOICE, choices, day_field, moment_field, text_field
from fangxian.ops.pages.words import both, language

KINDS = {"first": Said("初次报告", "first report"), "corrected": Said("订正报告", "correction")}
AGE_UNITS = {"year": Said("岁", "years"), "month": Said("月", "months"), "day": Said("天", "days")}

# The card's own order and groups; labels as they stand on it.
GROUPS: tuple[tuple[Said, tuple[str, ...]], ...] = (
    (Said("报告", "The report"), ("kind", "card_number", "corrected_disease", "return_reason")),
    (
        Said("病人", "The person"),
        ("name", "guardian", "document_kind", "document_number", "sex", "born_on", "age", "age_unit", "phone"),
    ),
    (
        Said("住址和职业", "Home and occupation"),
        ("residence", "division", "address", "occupation", "workplace"),
    ),
    (
        Said("诊断", "The diagnosis"),
        ("disease", "case_kind", "course", "onset_on", "diagnosed_at", "died_on"),
    ),
    (Said("填报", "Filed by"), ("unit_name", "unit_phone", "doctor", "filled_on", "remark")),
)
LABELS: Mapping[str, Said] = {
    "card_number": Said("卡片编号", "Card number"),
    "kind": Said("报卡类别", "Kind of report"),
    "name": Said("姓名", "Name"),
    "guardian": Said("家长姓名（14 岁以下）", "A parent's name (under 14)"),
    "document_kind": Said("有效证件", "Document"),
    "document_number": Said("证件号码", "Document number"),
    "sex": Said("性别", "Sex"),
    "born_on": Said("出生日期", "Date of birth"),
    "age": Said("实足年龄（出生日期不详）", "Age (if the birth is not known)"),
    "age_unit": Said("年龄单位", "Unit of the age"),
    "workplace": Said("工作单位（学校、班级）", "Workplace (school and class)"),
    "phone": Said("联系电话", "Telephone"),
    "residence": Said("病人属于", "Belongs to"),
    "address": Said("现住址（详填）", "Present address, in full"),
    "division": Said("现住地区", "Present area"),
    "occupation": Said("人群分类", "Occupation"),
    "case_kind": Said("病例分类 1", "Classification 1"),
    "course": Said("病例分类 2", "Classification 2"),
    "onset_on": Said("发病日期", "Date of onset"),
    "diagnosed_at": Said("诊断时间", "Diagnosed at"),
    "died_on": Said("死亡日期", "Date of death"),
    "disease": Said("疾病名称", "Disease"),
    "corrected_disease": Said("订正前病名", "Disease before the correction"),
    "return_reason": Said("退卡原因", "Why the card came back"),
    "unit_name": Said("报告单位", "Reporting unit"),
    "unit_phone": Said("单位电话", "Its telephone"),
    "doctor": Said("填卡医生", "Filled in by"),
    "filled_on": Said("填卡日期", "Filled in on"),
    "remark": Said("备注", "Remark"),
}
HINTS: Mapping[str, Said] = {
    "card_number": Said("不填时由系统编号。", "Numbered by the program when left empty."),
    "onset_on": Said("没有症状的，填首次采样日期。", "Of somebody without symptoms the first sampling."),
    "document_number": Said(
        "身份证号里有出生日期和性别，填了可以不再填。没有证件的不填，在备注里说明。",
        "An identity number tells birth date and sex, so they need not be filled in. Leave it empty without a "
        "document, and say so below.",
    ),
}
LISTS: Mapping[str, Mapping[str, Said]] = {
    "kind": KINDS,
    "document_kind": vocabulary.DOCUMENTS,
    "sex": vocabulary.SEXES,
    "age_unit": AGE_UNITS,
    "residence": vocabulary.RESIDENCES,
    "occupation": vocabulary.OCCUPATIONS,
    "case_kind": vocabulary.CASE_KINDS,
    "course": vocabulary.COURSES,
}
DAYS = ("born_on", "onset_on", "died_on", "filled_on")
# Nothing is asked for by the form itself: the card says in one place what is missing, and why.
MUST = frozenset(
    {
        "kind", "document_kind", "age_unit", "course", "name", "sex", "residence", "address", "occupation", "disease",
        "case_kind", "onset_on", "diagnosed_at",
        "unit_name", "doctor", "filled_on",
    }
)  # fmt: skip


class CardForm(forms.Form):
    """The whole card. Only what cannot be read at all is refused here."""

    def __init__(self, *args, diseases: Mapping[str, Said], areas: Sequence[tuple], now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        known = {"disease": diseases, "corrected_disease": diseases, **LISTS}
        for _, names in GROUPS:
            for name in names:
                self.fields[name] = _field(name, known.get(name))
        self.fields["division"] = forms.ChoiceField(
            label=_both(LABELS["division"]),
            required=False,
            choices=[("", both("不在本县，或不详", "not in this county, or not known")), *areas],
            error_messages={"invalid_choice": NOT_A_CHOICE},
        )

    @property
    def groups(self) -> list[dict]:
        """The fields in the card's order, each with whether it may be left empty."""
        return [
            {"title": title, "fields": [(self[name], name not in MUST) for name in names]} for title, names in GROUPS
        ]

    def clean(self) -> dict:
        told = super().clean() or {}
        if not self.errors:
            for fault in faults_of(self.card(told), now=self._now):
                self.add_error(fault.field, fault.said.in_language(language()))
        return told

    def card(self, told: Mapping | None = None) -> Card:
        told = self.cleaned_data if told is None else told
        # A browser's time has no seconds and no zone; Django has given it the county's.
        return normalised(Card(**{it.name: _value(it.name, told.get(it.name)) for it in fields_of(Card)}))


def card_rows(card: Card, diseases: Mapping[str, Said], area: Said | None) -> list[dict]:
    """The card as it is read: groups of labels and values; what was not filled in is said as such."""
    named = {"disease": diseases, "corrected_disease": diseases, **LISTS}
    groups = []
    for title, names in GROUPS:
        rows = [(LABELS[name], _shown(name, getattr(card, name), named.get(name), area)) for name in names]
        groups.append({"title": title, "rows": [(label, value) for label, value in rows if value is not None]})
    return groups


def plain_rows(card: Card, diseases: Mapping[str, Said], area: Said | None) -> list[list[str]]:
    """The card for print: label and value in Chinese, the law's language."""
    rows = [row for group in card_rows(card, diseases, area) for row in group["rows"]]
    return [[label.zh, value.zh if isinstance(value, Said) else str(value)] for label, value in rows]


def _field(name: str, words: Mapping[str, Said] | None) -> forms.Field:
    label = _both(LABELS[name])
    hint = {"help_text": _both(HINTS[name])} if name in HINTS else {}
    if name in DAYS:
        return day_field(label, required=False, **hint)
    if name == "diagnosed_at":
        return moment_field(label, required=False)
    if name == "age":
        return forms.IntegerField(label=label, required=False, min_value=0, max_value=150)
    if words is not None:
        first = () if name in ("kind", "document_kind", "age_unit", "residence", "course") else (CHOOSE,)
        return forms.ChoiceField(
            label=label, required=False, choices=choices(words, *first), error_messages={"invalid_choice": NOT_A_CHOICE}
        )
    return text_field(label, required=False, most=300, long=name == "remark", **hint)


def _value(name: str, value: object) -> object:
    if name in DAYS or name in ("age", "diagnosed_at"):
        return value
    return value or {"kind": "first", "document_kind": "resident", "residence": "county", "age_unit": "year"}.get(
        name, ""
    )


def _shown(name: str, value: object, words: Mapping[str, Said] | None, area: Said | None) -> object:
    """What stands beside a label; None for what belongs to another line or does not apply."""
    if name == "age_unit" or (name in ("course", "corrected_disease", "return_reason", "guardian") and not value):
        return None
    if name == "age" and value is None:
        return None
    if name == "division":
        return area or Said("—", "—")
    if value in (None, ""):
        return Said("—", "—")
    if words is not None:
        return words.get(str(value), Said(str(value), str(value)))
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _both(said: Said):
    return both(said.zh, said.en)
