"""Which days a report is about."""

from datetime import date

from django import forms

from fangxian.ops.pages.words import both

DAYS = (("1", both("一天（日报告）", "one day")), ("7", both("七天（周汇总）", "seven days")))


class DaysForm(forms.Form):
    """The last day and how many; what is no day is today."""

    on = forms.DateField(
        label=both("到哪一天", "Up to"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    days = forms.ChoiceField(label=both("几天", "Days"), choices=DAYS, required=False)
    area = forms.CharField(required=False, widget=forms.HiddenInput)

    def last_on(self, today: date) -> date:
        self.is_valid()
        asked = self.cleaned_data.get("on")
        return min(asked, today) if asked else today

    @property
    def n(self) -> int:
        self.is_valid()
        return int(self.cleaned_data.get("days") or 1)
