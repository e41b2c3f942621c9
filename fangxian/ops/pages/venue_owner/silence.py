"""What the page of silent venues says and asks (没有扫码的场所)."""

from django import forms

from fangxian.core.refusal import Said
from fangxian.ops.pages.words import both
from fangxian.ops.procedures.silent_tasks import Answer

from .forms import NOT_A_CHOICE, PLAIN

ANSWERS = {
    Answer.CLOSED_TODAY: Said("今天没开门", "Closed today"),
    Answer.DEVICE_BROKEN: Said("设备坏了", "Its device is broken"),
    Answer.POSTER_MISSING: Said("海报没了，要重印", "The poster is missing: print one"),
    Answer.KEEPER_IDLE: Said("开着门，没人查码", "Open, and nobody checks codes"),
    Answer.GONE: Said("不开了，建议停用", "Gone for good: close it"),
}
# What the venue's owner reads on the own page.
TOLD_OWNER = {
    "": Said(
        "一天没有人扫这里的码，网格员会来看看。开着门就请查码；有人扫码后，这条提醒自动消失。",
        "Nobody has scanned here for a day, and the grid worker will come to see. While you are open, check codes; "
        "this goes away once somebody scans.",
    ),
    Answer.DEVICE_BROKEN: Said(
        "网格员来看过：设备坏了。请停用坏的设备，登记一台新的；修好之前用海报。",
        "The grid worker found the device broken. End it and enrol another; use the poster meanwhile.",
    ),
    Answer.POSTER_MISSING: Said(
        "网格员来看过：海报没了。请打印并贴上；村（社区）也会印一张送来。",
        "The grid worker found no poster. Print and hang one; the village will bring one as well.",
    ),
    Answer.KEEPER_IDLE: Said(
        "网格员来看过：开着门，没人查码。请安排值守员，进门的人都要扫码。",
        "The grid worker found the door open and nobody checking. Have a keeper there: whoever enters scans.",
    ),
    Answer.GONE: Said(
        "网格员来看过：这里不开了，已建议停用。还在开的，请尽快联系村（社区）。",
        "The grid worker found it gone and proposed to close it. If it is not, call the village soon.",
    ),
}


class AnswerForm(forms.Form):
    """What was found at one venue; the button pressed says which."""

    venue = forms.UUIDField()
    answer = forms.ChoiceField(
        choices=[(it.value, it.value) for it in Answer], error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    note = forms.CharField(
        label=both("补充说明", "Anything else"),
        help_text=both("不要写人名、电话。", "No names, no phone numbers."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )
