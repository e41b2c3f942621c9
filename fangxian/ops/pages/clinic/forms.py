"""The forms of clearing a fever. They read what was typed and say what is wrong; nothing is written here."""

from django import forms

from fangxian.ops.pages.words import both


class WhoForm(forms.Form):
    """Who stands there: by the document they show."""

    number = forms.CharField(
        label=both("证件号码", "Document number"),
        help_text=both("照本人出示的证件填写。", "As on the document they show."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": both("还没有填写证件号码。", "No document number was entered.")},
    )


class ClearForm(forms.Form):
    """When they were seen, by whoever found no infection."""

    seen_at = forms.DateTimeField(
        label=both("就诊时间", "Seen"),
        help_text=both("医生看过、排除感染的时间。", "When the doctor saw them and found no infection."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": both("请填日期和时间。", "Give a date and a time."),
            "invalid": both("请按 2022-04-19 08:00 的样子填写。", "Write it like 2022-04-19 08:00."),
        },
    )


class MistakeForm(forms.Form):
    """Why a clearing was wrong; the person reads it."""

    why = forms.CharField(
        label=both("为什么撤回", "Why it is taken back"),
        help_text=both("本人会看到，例如：核酸结果复核为阳性。", "The person reads it: a second test was positive."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": both("还没有写明理由。", "No reason was given.")},
    )
