"""The forms of one task: done with a few words, or handed over to somebody. Nothing is written here."""

from collections.abc import Sequence

from django import forms

from fangxian.ops.accounts.models import Account
from fangxian.ops.pages.words import both, said

LONGEST_NOTE = 500


class FinishForm(forms.Form):
    """What came of a task, in words; it may be left empty."""

    note = forms.CharField(
        label=both("办理情况", "What came of it"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandOverForm(forms.Form):
    """To whom, and why."""

    to = forms.ChoiceField(
        label=both("移交给", "Hand over to"),
        error_messages={"required": both("请选一位。", "Choose somebody.")},
    )
    reason = forms.CharField(label=both("原因", "Why"), required=False, max_length=LONGEST_NOTE)

    def __init__(self, *args, colleagues: Sequence[Account], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [
            (str(it.pk), f"{it.username} · {said(it.unit.name_zh, it.unit.name_en)}") for it in colleagues
        ]
