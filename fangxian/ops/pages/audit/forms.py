"""The filter of the trail."""

from django import forms

from fangxian.ops.pages.words import both

# Not a date field of the browser: it would show a county's 2022-04-19 as 04/19/2022 to some.
DATE = {"placeholder": "2022-04-19", "inputmode": "numeric", "autocomplete": "off"}


class AuditFilter(forms.Form):
    """Which lines of the trail. Subjects are found by following a link from a record, never typed here."""

    action = forms.ChoiceField(label=both("做了什么", "What was done"), required=False)
    since = forms.DateField(
        label=both("从", "From"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs=DATE),
        error_messages={"invalid": both("日期应写作 2022-04-19。", "A date is written 2022-04-19.")},
    )
    until = forms.DateField(
        label=both("到（含）", "To (included)"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs=DATE),
        error_messages={"invalid": both("日期应写作 2022-04-19。", "A date is written 2022-04-19.")},
    )

    def __init__(self, *args, actions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", both("全部", "Everything")), *actions]
