"""What somebody types about the staff of rounds."""

from collections.abc import Sequence
from uuid import uuid4

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.core.screening.words import KITS_SAID
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.round_staff.words import JOBS, TEAMS, TRAININGS

from .forms import NOT_A_CHOICE, NOT_A_NUMBER

MISSING = {"required": both("还没有写。", "Nothing was written.")}
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")  # as a browser reads it, in whatever language
NOT_A_DAY = {
    "required": both("还没有写。", "Nothing was written."),
    "invalid": both("写成 2022-04-20。", "2022-04-20."),
}


def _choices(words) -> list[tuple[str, object]]:
    return [(key, both(it.zh, it.en)) for key, it in words.items()]


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field, in_words(refusal.said))


class StaffListForm(forms.Form):
    """A list of staff that came as a file, and whose it is."""

    sender = forms.CharField(
        label=both("哪里来的", "From whom"),
        help_text=both(
            "同一单位的列名会记住，如“县中医院”；表里没有单位一列的，就是这个单位的人。",
            "The columns are remembered by it, such as “TCM hospital”; it is the unit of rows that name none.",
        ),
        max_length=60,
        error_messages={"required": both("还没有写。", "Nothing was written.")},
    )
    file = forms.FileField(
        label=both("名单", "The list"),
        help_text=both(
            "XLSX、CSV，一行一人；GB18030、UTF-8 都可以。必有姓名、岗位（采样、登记协助、检测）；"
            "电话、单位、队伍（检测队伍或后备，不写算后备）、各项培训的合格日期和有效期，有就写；只写合格日期的，有效一年。",
            "XLSX or CSV, a row a person; GB18030 is as good as UTF-8. Name and job (sampler, helper, laboratory) are "
            "needed; phone, unit, team (testing or reserve; reserve where nothing is said) and for each training when "
            "it was passed and until when it holds are taken where given; without an end it holds a year.",
        ),
        allow_empty_file=True,  # an empty one is refused with the others, in the same words
        error_messages={"required": both("还没有选文件。", "No file was chosen.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt,.json"}),
    )


class MemberForm(forms.Form):
    """One more person of the team or the reserves."""

    name = forms.CharField(label=both("姓名", "Name"), max_length=40, error_messages=MISSING)
    phone = forms.CharField(label=both("电话", "Phone"), max_length=20, required=False)
    unit = forms.CharField(label=both("单位", "Unit"), max_length=60, error_messages=MISSING)
    team = forms.ChoiceField(label=both("队伍", "Team"), choices=_choices(TEAMS), error_messages=NOT_A_CHOICE)
    job = forms.ChoiceField(label=both("做什么", "Job"), choices=_choices(JOBS), error_messages=NOT_A_CHOICE)


class TrainingForm(forms.Form):
    """A training that somebody passed."""

    kind = forms.ChoiceField(label=both("培训", "Training"), choices=_choices(TRAININGS), error_messages=NOT_A_CHOICE)
    passed_on = forms.DateField(label=both("合格日期", "Passed on"), widget=DAY, error_messages=NOT_A_DAY)
    valid_until = forms.DateField(label=both("有效至", "Holds until"), widget=DAY, error_messages=NOT_A_DAY)


class DutyForm(forms.Form):
    """One person set to one place in one shift."""

    shift = forms.ChoiceField(label=both("班次", "Shift"), error_messages=NOT_A_CHOICE)
    site = forms.ChoiceField(label=both("采样点", "Site"), required=False, error_messages=NOT_A_CHOICE)
    member = forms.ChoiceField(label=both("谁", "Who"), error_messages=NOT_A_CHOICE)

    def __init__(self, *args, shifts: Sequence, sites: Sequence, people: Sequence, nowhere: Said):
        super().__init__(*args)
        self.fields["shift"].choices = shifts
        self.fields["site"].choices = [("", in_words(nowhere)), *sites]
        self.fields["member"].choices = people


class StockForm(forms.Form):
    """What came into the stores, or left them."""

    kit = forms.ChoiceField(label=both("物资", "Kit"), choices=_choices(KITS_SAID), error_messages=NOT_A_CHOICE)
    n = forms.IntegerField(
        label=both("数量（出库写负数）", "Number (below nought: out)"), min_value=-10_000_000, max_value=10_000_000,
        error_messages=NOT_A_NUMBER,
    )  # fmt: skip
    said = forms.CharField(
        label=both("从哪里来、到哪里去", "Where from, or where to"), max_length=100, error_messages=MISSING
    )
    movement = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
