"""The forms of departures. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.utils.html import format_html

from fangxian.core.refusal import Refusal, Said
from fangxian.core.risk_areas.finding import Found, find_counties
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.departures.words import PURPOSES, TRANSPORTS
from fangxian.ops.pages.columns import NOT_A_CHOICE
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.procedures.departure_on_behalf import LONGEST as LONGEST_FOR_SOMEBODY
from fangxian.ops.risk_areas.wire import the_nation, the_renamed

from .words import ANYWHERE, WHICH

LONGEST = 300
NAME = '<span translate="no">{}</span>'
NO_DAY = both("这不是日期。请写成 2022-04-20。", "This is no date. Write it as 2022-04-20.")
TOO_LONG = both("超过 300 字，请写短一些。", "More than 300 characters: make it shorter.")
# Beside which field a refusal is said.
FIELD_OF = {
    "departures.no_destination": "going", "departures.not_away": "going", "departures.no_purpose": "why",
    "departures.leaves_when": "leaves_on", "departures.two_of_one_day": "leaves_on",
    "departures.returns_when": "returns_on", "departures.companion.not_yours": "companions",
    "departures.emergency_without_words": "emergency_why",
}  # fmt: skip


def say_beside(form: forms.Form, refusal: Refusal) -> None:
    field = FIELD_OF.get(refusal.code)
    form.add_error(field if field in form.fields else None, in_words(refusal.said))


def meant_by(text: str, chosen: str) -> tuple[str, list[Found]]:
    """The county that is meant, "" while it is not sure; and those to choose from, where there are several."""
    found = find_counties(the_nation(), the_renamed(), text.strip()) if text.strip() else []
    codes = [it.code for it in found]
    if len(codes) == 1:
        return codes[0], []
    return (chosen if chosen in codes else ""), found


def found_said(it: Found) -> Said:
    path = the_nation().path(it.code)
    return (
        Said(f"{path}（原{it.as_before}）", f"{path} (formerly {it.as_before})") if it.as_before else Said(path, path)
    )


class DepartureForm(forms.Form):
    """Where to, when, why, with whom. Everything may be left open in a draft."""

    going = forms.CharField(
        label=both("去哪里", "Where to"),
        help_text=both(
            "写到县（市、区），如“临汾尧都”“上海浦东”，旧名也行。",
            "Down to the county, in Chinese, the city first; a name it had before will do.",
        ),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    destination = forms.CharField(required=False, max_length=6, widget=forms.HiddenInput)
    place = forms.CharField(
        label=both("具体地方", "The place"),
        help_text=both("街道、单位、医院、学校。", "Street, firm, hospital, school."),
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    leaves_on = forms.DateField(
        label=both("哪天走", "Leaving on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )
    returns_on = forms.DateField(
        label=both("哪天回来", "Back on"),
        help_text=both("不回来或说不定，就留空。", "Leave it empty if you will not come back or cannot say."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )
    purpose = forms.ChoiceField(
        label=both("为什么去", "What for"), required=False, error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    why = forms.CharField(
        label=both("一句话说明", "In a sentence"),
        help_text=both("审批的人据此判断，如“带孩子去市人民医院复诊，已约号”。", "Whoever decides goes by it."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )
    transport = forms.ChoiceField(
        label=both("怎么去", "By what"), required=False, error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    companions = forms.MultipleChoiceField(
        label=both("带谁一起走", "Who goes along"),
        help_text=both(
            "同户的孩子和没有手机的家人，可以写在一张单上。", "Children of the household, and whoever has no phone."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )

    def __init__(self, *args, household: Sequence[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choose = ("", both("请选择", "Choose"))
        self.fields["purpose"].choices = [choose, *((key, both(it.zh, it.en)) for key, it in PURPOSES.items())]
        self.fields["transport"].choices = [choose, *((key, both(it.zh, it.en)) for key, it in TRANSPORTS.items())]
        self.fields["companions"].choices = [(key, format_html(NAME, name)) for key, name in household]
        if not household:
            del self.fields["companions"]

    def wanted(self, person) -> Wanted:
        """What is wanted as far as it could be read; what is wrong stands beside its field, once it was cleaned."""
        told = getattr(self, "cleaned_data", {})
        going = told.get("going") or ""
        destination, _ = meant_by(going, told.get("destination") or "")
        return Wanted(
            person=person.pk, area_path=person.area_path, destination=destination, place=told.get("place") or "",
            companions=[UUID(one) for one in told.get("companions") or ()], purpose=told.get("purpose") or "",
            why=told.get("why") or "", transport=told.get("transport") or "", leaves_on=told.get("leaves_on"),
            returns_on=told.get("returns_on"),
        )  # fmt: skip


class EmergencyForm(forms.Form):
    """Where to and what for: that is all."""

    emergency_going = forms.CharField(label=both("去哪里", "Where to"), max_length=60, required=False)
    emergency_why = forms.CharField(
        label=both("什么急症，去哪家医院", "What it is, and which hospital"),
        help_text=both("如“胸痛，去市人民医院”。", "Such as “chest pain, to the city hospital”."),
        max_length=LONGEST,
        error_messages={"required": both("请写一句。", "Write a sentence."), "max_length": TOO_LONG},
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label=both("哪里不对", "What is wrong"),
        help_text=both("如“孩子的复诊号是约好的，不能改期”。", "Such as “the child's appointment cannot be moved”."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": both("还没有写。", "Nothing was written."), "max_length": TOO_LONG},
    )


class OnBehalfForm(forms.Form):
    """What is done for somebody who has no phone, and how they asked for it."""

    said = forms.CharField(
        label=both("本人怎么说的", "What they said"),
        help_text=both(
            f"如“来村委会说不去了”，最多 {LONGEST_FOR_SOMEBODY} 字。",
            f"Such as “came to the office: not going”; {LONGEST_FOR_SOMEBODY} characters at most.",
        ),
        max_length=LONGEST_FOR_SOMEBODY,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": both("还没有写。", "Nothing was written."),
            "max_length": both(
                f"超过 {LONGEST_FOR_SOMEBODY} 字，请写短一些。",
                f"More than {LONGEST_FOR_SOMEBODY} characters: make it shorter.",
            ),
        },
    )


class DecideForm(forms.Form):
    """Yes, or no with a reason; of one or of several."""

    reason = forms.CharField(
        label=both("理由或嘱咐", "Reason, or what to mind"),
        help_text=both("不同意必须写；本人看得到。", "Needed for a no; the person reads it."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )


class ListFilter(forms.Form):
    """Which applications, and where; anything that is no choice means all."""

    which = forms.ChoiceField(label=both("看哪些", "Which"), required=False)
    area = forms.ChoiceField(label=both("哪里的", "Where"), required=False)

    def __init__(self, *args, areas: Sequence[tuple[str, Said]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"].choices = [(key, both(it.zh, it.en)) for key, it in WHICH.items()]
        everywhere = ("", both(ANYWHERE.zh, ANYWHERE.en))
        self.fields["area"].choices = [everywhere, *((path, both(it.zh, it.en)) for path, it in areas)]

    def chosen(self, name: str, default: str) -> str:
        self.full_clean()
        return (self.cleaned_data.get(name) if self.is_bound else "") or default


class ExitForm(forms.Form):
    """A permit's text, scanned or typed, and who shows it."""

    permit = forms.CharField(
        label=both("通行单二维码", "The permit's code"),
        help_text=both(
            "用相机或扫码枪扫，或粘贴以 FXD1 开头的文字。",
            "Scan it with the camera or a scanner, or paste the text that begins with FXD1.",
        ),
        max_length=700,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True, "data-part": "who"}
        ),
        error_messages={"required": both("还没有扫。", "Nothing was scanned.")},
    )
    document = forms.CharField(
        label=both("持单人证件号码", "Their document number"),
        help_text=both(
            "看过身份证就填，会核对是不是单上的人。", "Where you have seen it: it is compared with the permit."
        ),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-part": "next"}),
    )


class ExitEmergencyForm(EmergencyForm):
    """The same at the desk, for whoever has a document at hand."""

    emergency_document = forms.CharField(
        label=both("证件号码", "Document number"),
        help_text=both("没有就先放行，事后补。", "If there is none, let them go and add it later."),
        max_length=30,
        error_messages={"required": both("没有证件号码就先放行，不用登记。", "Without one, let them go first.")},
    )
