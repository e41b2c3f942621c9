"""The forms of accounts. What was typed is kept; what is refused is said beside the field it is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.roles import Role, ScopeKind
from fangxian.ops.pages.accounts.words import KINDS_OF_AREA, STATES
from fangxian.ops.pages.audit.forms import DATE
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import the_realm

ANY = ("", both("全部", "All"))
CHOOSE = ("", both("请选择", "Choose"))
LONGEST_REASON = 300
# Which field a refusal is about; any other stands above the form.
FIELD_OF = {
    "accounts.username_unfit": "username",
    "accounts.username_taken": "username",
    "accounts.password_weak": "new",
    "accounts.identity_missing": "document_number",
    "accounts.role_unknown": "role",
    "accounts.area_unfit": "area",
    "accounts.may_not_appoint": "area",
    "accounts.already_appointed": "area",
    "accounts.appointment_period": "ends_on",
    "accounts.no_reason": "reason",
}


def said_beside(form: forms.Form, refusal: Refusal) -> None:
    """Put what an action refused beside the field it is about."""
    field = FIELD_OF.get(refusal.code, "")
    if field == "area" and "venue" in form.fields:
        field = "venue"
    form.add_error(field if field in form.fields else None, in_words(refusal.said))


def _shown(said: Said) -> str:
    return both(said.zh, said.en)


def _not_here(zh: str, en: str) -> dict:
    return {"required": both(zh, en), "invalid_choice": both(f"没有这一项。{zh}", f"There is no such choice. {en}")}


def _midnight_after(day) -> datetime:
    """Where a county day ends: a last day is included."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(the_realm().clock.zone))


class AccountFilter(forms.Form):
    """Which accounts. A username is a post, so it may stand in an address."""

    name = forms.CharField(
        label=both("用户名", "Username"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=both("角色", "Role"), required=False)
    state = forms.ChoiceField(
        label=both("状态", "State"),
        required=False,
        choices=[("", both("在用的", "In use")), *((key, _shown(said)) for key, said in STATES.items())],
    )

    def __init__(self, *args, roles: Sequence[Role], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [ANY, *((role.name, _shown(role.said)) for role in roles)]

    @property
    def chosen(self) -> dict[str, str]:
        """What to filter by; a field that holds no choice filters nothing."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in self.fields} if self.is_bound else {}


class RoleForm(forms.Form):
    """The first half of an appointment: what for. Which areas there are to choose from follows from it."""

    role = forms.ChoiceField(label=both("任命为", "To be"), required=False)

    def __init__(self, *args, roles: Sequence[Role], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [CHOOSE, *((role.name, _shown(role.said)) for role in roles)]


class AppointForm(forms.Form):
    """The other half: where, and until when. A role at a venue asks for its number, any other for an area."""

    area = forms.ChoiceField(error_messages=_not_here("请从列表里选一个地区。", "Choose an area from the list."))
    venue = forms.CharField(
        label=both("场所编号", "Venue number"),
        help_text=both(
            "8 位，写在场所的页面上；不知道就到“场所”里按名称查。",
            "Eight digits, on the venue's page; look the venue up by name under Venues.",
        ),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": both("请填写场所编号。", "Enter the venue's number.")},
    )
    ends_on = forms.DateField(
        label=both("到哪一天（含）", "Until (included)"),
        help_text=both("不定期的任命留空。", "Leave it empty for an appointment without a set end."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs=DATE),
        error_messages={"invalid": both("日期应写作 2022-04-19。", "A date is written 2022-04-19.")},
    )

    def __init__(self, *args, role: Role, places: Sequence, names: Mapping[str, object], **kwargs) -> None:
        """`places`: the areas to choose from; `names`: the places around them by path, for grouping."""
        super().__init__(*args, **kwargs)
        self._role, self._venue = role, None
        if role.scope is ScopeKind.VENUE:
            del self.fields["area"]
            return
        del self.fields["venue"]
        self.fields["area"].label = _shown(KINDS_OF_AREA[role.scope])
        own = [(it.area_path, _shown(place_name(it))) for it in places]
        self.fields["area"].choices = own if len(own) == 1 else [CHOOSE, *_grouped(own, names)]

    def clean_venue(self) -> str:
        number = self.cleaned_data["venue"].strip()
        self._venue = Venue.objects.filter(venue_number=int(number)).first() if number.isdecimal() else None
        if self._venue is None:
            raise forms.ValidationError(
                both(
                    f"没有编号为“{number}”的场所。编号是 8 位数字；请对照场所的页面再填。",
                    f"There is no venue numbered “{number}”. A number has eight digits: compare with the venue's page.",
                )
            )
        return number

    def appointment(self, account: Account) -> Appointment:
        given = self.cleaned_data
        return Appointment(
            account=account,
            role=self._role.name,
            area_path=self._venue.area_path if self._venue else given["area"],
            venue=self._venue and self._venue.pk,
            ends_at=_midnight_after(given["ends_on"]) if given["ends_on"] else None,
        )


def _grouped(own: Sequence[tuple[str, str]], names: Mapping[str, object]) -> list:
    """Villages under their township, grid cells under their village; anything else as it is."""
    groups: dict[str, list] = {}
    for path, label in own:
        groups.setdefault(path[:-3], []).append((path, label))
    if len(groups) == 1 or any(path not in names for path in groups):
        return list(own)
    return [(_shown(place_name(names[path])), inside) for path, inside in groups.items()]


class ReasonForm(forms.Form):
    """Why something is ended, closed or declined. It stands in the record; whoever it concerns reads it."""

    reason = forms.CharField(
        label=both("理由", "Reason"),
        help_text=both(
            "写事由，不写病情和证件号。会记入审计记录，有权查看账号的人都能读到。",
            "Say why, without health matters or document numbers. It goes on record, where whoever may see accounts "
            "reads it.",
        ),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": both("还没有写理由。请用一句话写明。", "No reason is given. Say why in a sentence."),
            "max_length": both(f"最多 {LONGEST_REASON} 字。", f"{LONGEST_REASON} characters at most."),
        },
    )


class DecisionForm(ReasonForm):
    """Confirm or decline; a reason is needed to decline."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].label = both("理由（不同意时必填）", "Reason (needed to decline)")


class VerifyForm(forms.Form):
    """The number of the document seen; only its blind index is kept."""

    document_number = forms.CharField(
        label=both("所看证件的号码", "Number of the document seen"),
        help_text=both(
            "当面核对本人和证件后填写。系统只保存无法还原的比对值，用来确认两个账号是不是同一个人。",
            "Enter it after seeing the person with the papers. Only a value that cannot be turned back is kept, to "
            "tell whether two accounts are one person's.",
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={
            "required": both(
                "还没有填写证件号码，没有核验。请填上。", "No number was entered, so nothing was verified. Enter it."
            )
        },
    )


class NewPasswordForm(forms.Form):
    """A first password for somebody else, who must change it before doing anything."""

    new = forms.CharField(
        label=both("临时密码", "Temporary password"),
        help_text=both(
            "至少 10 个字符，不全是数字。当面告诉本人；本人第一次登录就必须换掉。",
            "10 characters or more, not digits only. Tell the holder in person, who must change it on signing in.",
        ),
        max_length=200,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": both("请填写临时密码。", "Enter the temporary password.")},
    )


class OpenForm(forms.Form):
    """A new account: the post, who holds it, for which unit."""

    username = forms.CharField(
        label=both("用户名（岗位）", "Username (post)"),
        help_text=both(
            "写岗位，不写姓名和电话，例如 grid-141027100001001。",
            "A post, not a name or a phone, such as grid-141027100001001.",
        ),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": both("请填写用户名。", "Enter the username.")},
    )
    display_name = forms.CharField(
        label=both("使用人姓名", "Name of its holder"),
        help_text=both("加密保存，页面上只显示第一个字。", "Kept encrypted; pages show its first character only."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": both("请填写使用人的姓名。", "Enter the holder's name.")},
    )
    unit = forms.ModelChoiceField(
        label=both("单位", "Unit"),
        queryset=Unit.objects.none(),
        empty_label=CHOOSE[1],
        error_messages=_not_here("请从列表里选一个单位。", "Choose a unit from the list."),
    )

    def __init__(self, *args, units, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit"].label_from_instance = lambda it: in_words(Said(it.name_zh, it.name_en))

    def account(self) -> Account:
        given = self.cleaned_data
        return Account(username=given["username"].strip(), display_name=given["display_name"], unit=given["unit"])
