"""The form of a ride. What was typed is kept; what is wrong is said beside it."""

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words

MOMENT = {"type": "datetime-local"}
NO_TIME = both("这不是时间。请写成 2022-04-07 08:30。", "This is no time. Write it as 2022-04-07 08:30.")
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def say_beside(form: forms.Form, field: str, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


def _moment(zh: str, en: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=both(zh, en),
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": both("还没有写时间。", "No time was given."), "invalid": NO_TIME},
    )


class RideForm(forms.Form):
    """In which vehicle somebody was, when, and where they sat."""

    vehicle = forms.CharField(
        label=both("航班、车次或车牌", "Flight, train or plate"),
        help_text=both("如 D1234、MU5123、晋L12345。", "Such as D1234 or MU5123."),
        max_length=60,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": both("还没有写坐的什么车。", "No vehicle was given.")},
    )
    seat = forms.CharField(
        label=both("座位", "Seat"),
        help_text=both("车票上有，如 05车12F；不记得可以不填。", "On the ticket, such as 05车12F; empty if not known."),
        max_length=20,
        required=False,
        widget=forms.TextInput(PLAIN),
    )
    begins_at = _moment("上车时间", "Got on at")
    ends_at = _moment("下车时间", "Got off at")
