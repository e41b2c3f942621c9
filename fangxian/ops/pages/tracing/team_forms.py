"""The forms of a team: what it is called and where it sets out from, and who joins it."""

from collections.abc import Sequence

from django import forms

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import account_named
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.tracing.planning import TEAM_LOAD
from fangxian.ops.tracing.wire import KIND_NAMES, NewMember

NEEDED = {"required": both("这里还没有填。", "This was left empty.")}
NOT_A_NUMBER = NEEDED | {
    "invalid": both("请填一个整数。", "Give a whole number."),
    "min_value": both("最少是 1。", "At least 1."),
    "max_value": both("填得太大，请核对。", "That is too much: check it."),
}
NOT_A_CHOICE = NEEDED | {
    "invalid_choice": both("没有这一项，请从列表里选。", "There is no such choice: take one of the list.")
}


class TeamFactsForm(forms.Form):
    """What a team is called, where it sets out from, and how much it can hold."""

    name_zh = forms.CharField(label=both("名称", "Name in Chinese"), max_length=40, error_messages=NEEDED)
    name_en = forms.CharField(label=both("英文名称", "Name in English"), max_length=80, error_messages=NEEDED)
    area_path = forms.ChoiceField(
        label=both("驻地乡镇", "Base township"),
        help_text=both(
            "从这里出发；从外单位抽调的组员只看得到这个乡镇和派给本组的工作。",
            "Where it sets out from; members lent by other units see this township and what the team is given.",
        ),
        error_messages=NOT_A_CHOICE,
    )
    load_max = forms.IntegerField(
        label=both("负荷上限（人）", "Can hold (contacts)"),
        help_text=both("同时最多找多少名接触者；一个病例算十人。", "Contacts to find at once; a case counts as ten."),
        min_value=1,
        max_value=500,
        initial=int(TEAM_LOAD.value),
        error_messages=NOT_A_NUMBER,
    )

    def __init__(self, *args, townships: Sequence[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_path"].choices = townships


class MemberForm(forms.Form):
    """Somebody who joins; without a post they work on paper, and their lead writes for them."""

    kind = forms.ChoiceField(
        label=both("来自", "Lent by"),
        choices=[(key, both(said.zh, said.en)) for key, said in KIND_NAMES.items()],
        error_messages=NOT_A_CHOICE,
    )
    post = forms.CharField(
        label=both("岗位账号", "Post"),
        help_text=both(
            "没有账号的人不填：由组长代录。有账号的，姓名可不填。",
            "Empty for somebody without one: their lead writes for them. With one the name may be left out.",
        ),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=both("姓名", "Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=both("电话", "Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )
    is_lead = forms.BooleanField(label=both("接任组长", "Takes over as lead"), required=False)

    account: Account | None = None

    def clean(self) -> dict:
        told = super().clean()
        if told.get("post"):
            self.account = account_named(told["post"].strip())
            if self.account is None or not self.account.is_active:
                self.add_error("post", NO_POST)
        elif not told.get("name", "").strip():
            self.add_error("name", both("没有账号的组员要写姓名。", "A member without a post needs a name."))
        return told

    def member(self, *, is_lead: bool | None = None) -> NewMember:
        told = self.cleaned_data
        return NewMember(
            kind=told["kind"],
            name=told["name"].strip() or (self.account.display_name if self.account else ""),
            phone=told["phone"].strip(),
            account=self.account,
            unit=self.account and self.account.unit,
            is_lead=told["is_lead"] if is_lead is None else is_lead,
        )


class NewTeamForm(TeamFactsForm, MemberForm):
    """A team to be founded, with its lead; the others join on its page."""

    number = forms.IntegerField(label=both("编号", "Number"), min_value=1, max_value=999, error_messages=NOT_A_NUMBER)
    is_lead = None  # whoever founds it names its lead
    field_order = ("number", "name_zh", "name_en", "area_path", "load_max", "kind", "post", "name", "phone")


NO_POST = both(
    "没有这个账号，或者它已停用。请核对账号名，或请安全管理员开立。",
    "There is no such post, or it is closed. Compare its name, or ask the security administrator to open it.",
)


def say(form: forms.Form, field: str | None, refusal) -> None:
    form.add_error(field, in_words(refusal.said))
