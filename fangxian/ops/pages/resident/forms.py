"""The forms of a resident's pages. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence

from django import forms

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words, said
from fangxian.ops.situation.persons import read_phone

LONGEST = 2000
AS_A_WHOLE = ("", both("整个健康码的颜色", "the colour as a whole"))
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
NOT_A_CHOICE = both("没有这个选项。请从列表里选。", "There is no such choice. Choose from the list.")
KINDS = (
    (IdentityKind.RESIDENT.value, both("居民身份证", "resident identity card")),
    (IdentityKind.PASSPORT.value, both("护照", "passport")),
    (IdentityKind.PERMANENT_RESIDENCE.value, both("外国人永久居留身份证", "foreigner's permanent residence card")),
    (IdentityKind.TRAVEL_PERMIT.value, both("港澳台居民通行证", "travel permit of Hong Kong, Macao or Taiwan")),
)
SEXES = (("male", both("男", "male")), ("female", both("女", "female")))


def say_beside(form: forms.Form, field: str, refusal: Refusal) -> None:
    """Put a refusal's sentence beside the field it is about."""
    form.add_error(field, in_words(refusal.said))


class AppealForm(forms.Form):
    """What is wrong, and with which piece of evidence."""

    about = forms.ChoiceField(
        label=both("针对哪一条", "Against what"),
        required=False,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    text = forms.CharField(
        label=both("哪里不对", "What is wrong"),
        help_text=both(
            "写清楚时间、地点和情况，例如“4 月 15 日我没有去过那里，在家”。",
            "Say when, where and what, such as “I was not there on 15 April; I was at home”.",
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": both("还没有写哪里不对。", "Nothing was written."),
            "max_length": both("超过 2000 字，请写短一些。", "More than 2,000 characters: make it shorter."),
        },
    )

    def __init__(self, *args, evidence: Sequence[tuple], **kwargs) -> None:
        """`evidence`: what still counts, each with its name in words."""
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [AS_A_WHOLE, *((str(piece.pk), name) for piece, name in evidence)]


class AnswerForm(forms.Form):
    """The answer to an appeal: right or not, and why."""

    verdict = forms.ChoiceField(
        label=both("申诉是否成立", "Is the appeal right"),
        choices=(("upheld", both("成立", "Upheld")), ("dismissed", both("不成立", "Dismissed"))),
        widget=forms.RadioSelect,
        error_messages={
            "required": both("还没有选成立还是不成立。", "Neither upheld nor dismissed was chosen."),
            "invalid_choice": NOT_A_CHOICE,
        },
    )
    answer = forms.CharField(
        label=both("给本人的答复", "The answer the person reads"),
        help_text=both(
            "写明查了什么、依据是什么、接下来怎么办。", "Say what was looked into, on what ground, and what follows."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": both("还没有写答复。", "No answer was written.")},
    )


class VisitorForm(forms.Form):
    """Who passes through, from where to where. Nothing else is asked."""

    name = forms.CharField(
        label=both("姓名", "Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": both("请填写姓名。", "Enter your name.")},
    )
    phone = forms.CharField(
        label=both("手机号", "Mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": both("请填写手机号。", "Enter your mobile number.")},
    )
    kind = forms.ChoiceField(
        label=both("证件", "Document"), choices=KINDS, error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    number = forms.CharField(
        label=both("证件号码", "Document number"),
        max_length=40,
        widget=forms.TextInput(attrs=PLAIN | {"autocapitalize": "characters"}),
        error_messages={"required": both("请填写证件号码。", "Enter the number of the document.")},
    )
    born_on = forms.DateField(
        label=both("出生日期", "Date of birth"),
        help_text=both("持居民身份证的不用填。", "Not needed with a resident identity card."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": both("这不是日期。请写成 1990-05-01。", "This is no date. Write it as 1990-05-01.")},
    )
    sex = forms.ChoiceField(
        label=both("性别", "Sex"),
        help_text=both("持居民身份证的不用填。", "Not needed with a resident identity card."),
        required=False,
        choices=(("", both("请选择", "Choose")), *SEXES),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    from_place = forms.CharField(
        label=both("从哪里来", "Coming from"),
        help_text=both("写到市县。", "County or city."),
        max_length=120,
        error_messages={"required": both("请填写从哪里来。", "Say where you come from.")},
    )
    to_place = forms.CharField(
        label=both("到哪里去", "Going to"),
        max_length=120,
        error_messages={"required": both("请填写到哪里去。", "Say where you go.")},
    )

    def clean_phone(self) -> str:
        phone = read_phone(self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError(
                said(
                    "这不是手机号。手机号有 11 位，以 1 开头。请核对。",
                    "This is no mobile number: it has 11 digits and begins with 1. Check it.",
                )
            )
        return phone


class DeclarationForm(forms.Form):
    """Where a visitor has been in the last 14 days."""

    text = forms.CharField(
        label=both("近 14 天到过哪些市县", "Where you have been in the last 14 days"),
        help_text=both("一行一个地方，写上日期。", "One place a line, with the dates."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": both("还没有写去过哪里。", "Nothing was written.")},
    )
    is_true = forms.BooleanField(
        label=both("以上属实；隐瞒行程的，依法承担责任", "This is true; hiding a journey is answered for by law"),
        error_messages={"required": both("请确认以上属实。", "Confirm that it is true.")},
    )
