"""The forms of a declaration. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words

MOMENT, DAY = {"type": "datetime-local"}, {"type": "date"}
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
NO_TIME = both("这不是时间。请写成 2022-04-07 08:30。", "This is no time. Write it as 2022-04-07 08:30.")
NO_DAY = both("这不是日期。请写成 2022-04-07。", "This is no date. Write it as 2022-04-07.")
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
KINDS = (
    (IdentityKind.RESIDENT.value, both("居民身份证（18 位或 15 位）", "Resident's identity card (18 or 15 digits)")),
    (IdentityKind.PASSPORT.value, both("护照", "Passport")),
    (IdentityKind.PERMANENT_RESIDENCE.value, both("外国人永久居留身份证", "Foreigner's permanent residence card")),
    (IdentityKind.TRAVEL_PERMIT.value, both("港澳台通行证", "Travel permit (Hong Kong, Macao, Taiwan)")),
)
SEXES = (("male", both("男", "Male")), ("female", both("女", "Female")))


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _name(name: str) -> SafeString:
    """A name stays as it is in every language, and a reader's browser is told so."""
    return format_html('<span translate="no">{}</span>', name)


def moment(zh: str, en: str, *, required: bool = True, hint: tuple[str, str] = ("", "")) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=both(zh, en),
        help_text=both(*hint),
        required=required,
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        input_formats=FORMATS,
        error_messages={"required": both("还没有写时间。", "No time was given."), "invalid": NO_TIME},
    )


def day(zh: str, en: str, *, required: bool = True, hint: tuple[str, str] = ("", "")) -> forms.DateField:
    return forms.DateField(
        label=both(zh, en),
        help_text=both(*hint),
        required=required,
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": both("还没有写日期。", "No date was given."), "invalid": NO_DAY},
    )


class WhoForm(forms.Form):
    """Who of a household arrives: a family of six declares once, with the phone they have."""

    who = forms.MultipleChoiceField(
        label=both("谁来了", "Who arrives"),
        help_text=both(
            "同一户、同一趟路的可以一起报。", "Those of one household on one journey may be declared together."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": both("还没有选人。", "Nobody was chosen.")},
    )

    def __init__(self, *args, family: Sequence, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [(str(it.pk), _name(it.name)) for it in family]
        self._family = {str(it.pk): it for it in family}

    @property
    def persons(self) -> list:
        return [self._family[it] for it in self.cleaned_data["who"]]


class ArrivalForm(forms.Form):
    """When somebody comes and where they will be. `token` makes the form sent twice one declaration."""

    arrives_at = moment(
        "到本县的时间",
        "Arrival in the county",
        hint=("还没到的，写预计时间，可提前 2 天报。", "If not here yet, when you expect to be: up to 2 days ahead."),
    )
    stays_at = forms.CharField(
        label=both("在本县住哪里", "Where you stay here"),
        help_text=both("住自己家可以不写。", "Leave it empty if at home."),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=both("联系电话", "Phone"),
        help_text=both(
            "网格员打这个电话；全家用一个也可以。", "The grid worker calls it; one for the whole family will do."
        ),
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @classmethod
    def begun(cls, at, phone: str = "") -> "ArrivalForm":
        begun = {"arrives_at": localtime(at).strftime("%Y-%m-%dT%H:%M"), "phone": phone, "token": uuid4()}
        return cls(initial=begun)

    @property
    def sent_with(self) -> UUID | None:
        return self.cleaned_data.get("token")


class LegForm(forms.Form):
    """One ride. Left empty it is none."""

    transport = forms.ChoiceField(
        label=both("怎么来的", "By what"),
        choices=(
            ("", both("请选择", "Choose")),
            ("train", both("火车", "Train")),
            ("flight", both("飞机", "Aircraft")),
            ("coach", both("客车", "Coach")),
            ("car", both("自驾、出租车、网约车", "Car or taxi")),
            ("ship", both("轮船", "Ship")),
            ("other", both("其他", "Other")),
        ),
        error_messages={"required": both("还没有选怎么来的。", "It does not say by what.")},
    )
    vehicle = forms.CharField(
        label=both("车次、航班或车牌", "Train, flight or plate"),
        help_text=both("如 D1234、MU5123、晋L12345。", "Such as D1234 or MU5123."),
        max_length=60,
        required=False,
        widget=forms.TextInput(PLAIN),
    )
    seat = forms.CharField(
        label=both("座位", "Seat"),
        help_text=both("票上有，如 05车12F。", "On the ticket, such as 05车12F."),
        max_length=20,
        required=False,
        widget=forms.TextInput(PLAIN),
    )
    begins_at = moment("上车时间", "Got on at")
    ends_at = moment("下车时间", "Got off at")


class NewcomerForm(forms.Form):
    """Somebody whose document is in front of whoever types."""

    name = forms.CharField(
        label=both("姓名", "Name"),
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写姓名。", "No name was given.")},
    )
    kind = forms.ChoiceField(label=both("证件", "Document"), choices=KINDS)
    number = forms.CharField(
        label=both("证件号码", "Its number"),
        max_length=40,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": both("还没有写证件号码。", "No number was given.")},
    )
    born_on = day("出生日期", "Born on", required=False, hint=("身份证不用填。", "Not needed with an identity card."))
    sex = forms.ChoiceField(
        label=both("性别", "Sex"),
        choices=(("", both("身份证不用填", "Not needed with an identity card")), *SEXES),
        required=False,
    )
    lives_here = forms.ChoiceField(
        label=both("来做什么", "Why they come"),
        choices=(
            ("no", both("短住、路过：给一天的临时码", "For a short time: a temporary code")),
            ("yes", both("回来住、常住：登记为居民", "To live here: put on the register")),
        ),
        help_text=both("已经在册的人选哪个都一样。", "Of somebody on the register it makes no difference."),
    )
    area = forms.ChoiceField(label=both("住在哪个村（社区）", "Where they stay"), required=True)

    def __init__(self, *args, areas: Sequence[tuple], lives_here: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if areas:
            self.fields["area"].choices = areas
        else:
            del self.fields["area"]
        if not lives_here:
            del self.fields["lives_here"]


class CorrectForm(forms.Form):
    """Why somebody else's declaration is corrected."""

    reason = forms.CharField(
        label=both("更正的原因", "Why it is corrected"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写原因。", "No reason was given.")},
    )


class CancelForm(forms.Form):
    """Why somebody does not come, or was declared by mistake."""

    why = forms.CharField(
        label=both("撤销的原因", "Why it is cancelled"),
        help_text=both("如：不来了；报错了人。", "Such as: not coming after all; the wrong person."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写原因。", "No reason was given.")},
    )


class NotSoForm(forms.Form):
    """Why a correction that waited is not so, as whoever asked found."""

    why_not = forms.CharField(
        label=both("为什么不属实", "Why it is not so"),
        help_text=both("本人会看到。如：车票显示去过。", "The person is shown it. Such as: the ticket says otherwise."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写原因。", "No reason was given.")},
    )


class UndertakingForm(forms.Form):
    """A typed name for a signature."""

    name = forms.CharField(
        label=both("签名（写姓名）", "Signature (type the name)"),
        help_text=both("本人的姓名；孩子由家长写自己的。", "One's own name; for a child the parent's."),
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("还没有写姓名。", "No name was written.")},
    )
