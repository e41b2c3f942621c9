"""The form of a ride. What was typed is kept; what is wrong is said beside it."""

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.procedures.ride_of_list import RideSaid

MOMENT = {"type": "datetime-local"}
NO_TIME = both("这不是时间。请写成 2022-04-07 08:30。", "This is no time. Write it as 2022-04-07 08:30.")
NO_FILE = {
    "required": both("还没有选文件，什么都没有上传。", "No file was chosen, so nothing was uploaded."),
    "empty": both("文件是空的。", "The file is empty."),
}
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
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


class PassengersForm(forms.Form):
    """A carrier's list: who exported it, and the file."""

    carrier = forms.CharField(
        label=both("名单来自", "Who exported it"),
        help_text=both(
            "如“太原铁路公安处”“县汽车站”。列名按来源记住，同一来源请写得一样。",
            "Such as the railway police or the coach station. Columns are remembered by it: write it alike each time.",
        ),
        max_length=60,
        error_messages={"required": both("还没有写名单来自哪里。", "It is not said who exported it.")},
    )
    file = forms.FileField(
        label=both("文件", "The file"),
        help_text=both(
            "CSV、XLSX 或 XLS，按对方导出的原样上传。日期、车次（航班、车牌）只在标题或文件名里的，下一步说一次就行。",
            "CSV, XLSX or XLS, as it was exported. Where day and train, flight or plate stand in the title or the "
            "file's name only, they are said once in the next step.",
        ),
        allow_empty_file=True,  # an empty one is refused with the others, in the same words
        error_messages=NO_FILE,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )


class RideOfListForm(forms.Form):
    """Which ride a whole list is of, where no column says so; what the title and the file's name say is proposed."""

    vehicle = forms.CharField(
        label=both("航班、车次或车牌", "Flight, train or plate"),
        max_length=60,
        required=False,
        widget=forms.TextInput(PLAIN),
    )
    on = forms.DateField(
        label=both("日期", "Day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": both("这不是日期。请写成 2022-04-07。", "This is no day. Write it as 2022-04-07.")},
    )
    begins_at = forms.TimeField(
        label=both("发车（起飞）时间，不知道可不填", "Left at; empty if not known"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": both("这不是时间。请写成 08:30。", "This is no time. Write it as 08:30.")},
    )
    ends_at = forms.TimeField(
        label=both("到达时间，不知道可不填", "Arrived at; empty if not known"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": both("这不是时间。请写成 08:30。", "This is no time. Write it as 08:30.")},
    )

    def __init__(self, *args, is_needed: bool, **kwargs) -> None:
        """`is_needed`: no column is known to say what a list must."""
        super().__init__(*args, **kwargs)
        self.is_needed = is_needed

    @property
    def ride(self) -> RideSaid:
        told = self.cleaned_data
        clocks = {name: f"{told[name]:%H:%M}" for name in ("begins_at", "ends_at") if told[name] is not None}
        return RideSaid(vehicle=told["vehicle"].strip(), on=told["on"].isoformat() if told["on"] else "", **clocks)
