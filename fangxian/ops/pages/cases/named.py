"""The form by which an investigator puts somebody on record whom a patient names."""

from collections.abc import Mapping, Sequence

from django import forms

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.cases import vocabulary
from fangxian.ops.contacts.wire import Who
from fangxian.ops.contacts.words import RELATIONS
from fangxian.ops.pages.cases.forms import (
    NOT_A_CHOICE,
    choice_field,
    choices,
    day_field,
    moment_field,
    say_beside,
    text_field,
)
from fangxian.ops.pages.selects import LongSelect
from fangxian.ops.pages.words import both
from fangxian.ops.procedures.listed_people import phone_of
from fangxian.ops.procedures.name_contact import Named
from fangxian.ops.realm.current import the_realm

NOT_KNOWN = ("", both("不知道", "Not known"))
NOT_MINUTES = both("写整数分钟，例如 30。", "Write whole minutes, such as 30.")
BY_WHAT = both(
    "填证件号码，或电话，或住址，才能再认出这个人，也才能找到他。",
    "Give a document number, a phone or an address: by these the person is known again, and found.",
)


class NamedForm(forms.Form):
    """Who was named, when they met, where they are to be found. `rings` are the rulebook's, `areas` by township.

    Of whoever a contact names, the one ring there is for them is chosen already, and what they are is to the contact.
    """

    name = text_field(both("姓名", "Name"), most=60)
    document_kind = choice_field(both("证件类型", "Document"), vocabulary.DOCUMENTS, required=False)
    document_number = text_field(both("证件号码", "Document number"), required=False, most=40)
    phone = text_field(both("电话", "Phone"), required=False, most=30)
    sex = choice_field(both("性别", "Sex"), vocabulary.SEXES, required=False)
    born_on = day_field(both("出生日期", "Born on"), required=False)
    area_path = forms.ChoiceField(
        label=both("镇街、村社区", "Where they are followed"),
        required=False,
        widget=LongSelect,
        help_text=both(
            "不知道可以不填：登记居民按登记，其余先归县里查。", "Empty if not known: by the register, else the county."
        ),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    address = text_field(both("住址", "Address"), required=False)
    workplace = text_field(both("工作单位、学校", "Workplace or school"), required=False, most=120)
    relation = choice_field(both("与病例关系", "Relation to the case"), RELATIONS, required=False)
    ring = forms.ChoiceField(
        label=both("拟判为", "Proposed as"),
        help_text=both("只是提出，判定后才算。", "A proposal; it counts once it is decided."),
        error_messages={"required": both("请选一项。", "Choose one."), "invalid_choice": NOT_A_CHOICE},
    )
    first_exposure_at = moment_field(
        both("首次接触（只有一次可不填）", "First contact (empty if there was one)"), required=False
    )
    last_exposure_at = moment_field(both("最后接触", "Last contact"))
    minutes = forms.IntegerField(
        label=both("一共多少分钟（大约）", "How many minutes in all, about"),
        required=False,
        min_value=0,
        max_value=60 * 24 * 30,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NOT_MINUTES),
    )
    place = text_field(both("在哪里接触", "Where they met"), required=False, most=120)
    words = text_field(both("怎么接触的", "How they met"), required=False, most=500, long=True)

    def __init__(self, *args, rings: Mapping[str, Said], areas: Sequence, by_contact: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ring"].choices = choices(rings)
        if by_contact:
            self.fields["relation"].label = both("与这名密接的关系", "Relation to this contact")
        self.fields["area_path"].choices = [NOT_KNOWN, *areas]

    def clean(self) -> dict:
        told = super().clean() or {}
        told["phone"] = phone_of(told.get("phone", ""))
        if number := told.get("document_number"):
            kind = IdentityKind(told.get("document_kind") or IdentityKind.RESIDENT)
            told["document_kind"] = str(kind)
            try:
                told["document_number"] = check_identity_number(number, demo=the_realm().is_synthetic, kind=kind).text
            except Refusal as refusal:
                say_beside(self, "document_number", refusal)
        elif "document_number" not in self.errors:
            told["document_kind"] = ""
            if not told["phone"] and not told.get("address"):
                self.add_error("phone", BY_WHAT)
        return told

    @property
    def named(self) -> Named:
        told = self.cleaned_data
        of_who = (
            "name", "document_kind", "document_number", "phone", "address", "workplace", "sex", "born_on",
        )  # fmt: skip
        return Named(
            who=Who(**{name: told[name] for name in of_who}),
            ring=told["ring"],
            first_exposure_at=told["first_exposure_at"] or told["last_exposure_at"],
            last_exposure_at=told["last_exposure_at"],
            area_path=told["area_path"],
            relation=told["relation"],
            minutes=told["minutes"] or 0,
            place=told["place"],
            words=told["words"],
        )
