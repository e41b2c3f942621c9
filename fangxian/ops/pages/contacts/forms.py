"""The forms of contacts' pages. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from django import forms

from fangxian.core.policy.occupations import OCCUPATIONS
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.contacts.counting import NOT_STATED
from fangxian.ops.contacts.listing import ELSEWHERE, Wanted
from fangxian.ops.contacts.quality import RULES
from fangxian.ops.contacts.wire import FEVER_FROM, NOT_FOUND, Noted, OneDay
from fangxian.ops.contacts.words import BELONGS, FOUND, HOME_REASONS, MODES, ORIGINS, RELATIONS, STATES, SYMPTOMS
from fangxian.ops.pages.selects import Listed, LongSelect
from fangxian.ops.pages.words import both, in_words, language, said
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS

ANY = ("", both("全部", "All"))
CHOOSE = ("", both("请选择", "Choose"))
NO_CHANGE = ("", both("未填", "Not stated"))
GROUPS = {
    "open": Said("未了结（待判定和在管）", "unfinished: proposed or managed"),
    "managed": Said("在管", "managed"),
    "decided": Said("已判定（全部）", "all confirmed"),
}
LATE = {
    "any": Said("随访或解除逾期", "anything late"),
    "follow-up": Said("今天的随访逾期", "today's follow-up late"),
    "release": Said("到期未解除", "not released in time"),
}
NOT_A_CHOICE = both("没有这个选项。请从列表里选。", "There is no such choice. Choose from the list.")
NO_REASON = both("还没有写理由。请写一句，本人和复核的人会看到。", "No reason was given. Write a sentence: it is kept.")
NO_DATE = both("日期应写成 2022-04-18 这样。", "A date is written like 2022-04-18.")


def choices(words: Mapping[str, Said]) -> list[tuple]:
    return [(key, both(said.zh, said.en)) for key, said in words.items()]


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    """A refusal beside the field it is about, or on top of the form."""
    form.add_error(field, refusal.said.in_language(language()))


def _choice(zh: str, en: str, words: Iterable[tuple], first: tuple = ANY, **kwargs) -> forms.ChoiceField:
    messages = {"invalid_choice": NOT_A_CHOICE, **kwargs.pop("error_messages", {})}
    label, listed = both(zh, en), Listed([first, *words])
    return forms.ChoiceField(
        label=label, choices=listed, required=False, error_messages=messages, widget=LongSelect, **kwargs
    )


class ContactFilter(forms.Form):
    """Which contacts. Rings, areas and teams to choose from are those there are."""

    case = forms.UUIDField(required=False, widget=forms.HiddenInput())
    ring = _choice("圈层", "Ring", ())
    state = _choice("状态", "State", [*choices(GROUPS), *choices(STATES)])
    area = _choice("地区", "Area", ())
    team = _choice("小组", "Team", ())
    mode = _choice("观察方式", "Observed", [*choices(MODES), (NOT_STATED, both("未填", "not stated"))])
    belongs = _choice("归属", "Belongs to", [*choices(BELONGS), (ELSEWHERE, both("外地（全部）", "anywhere else"))])
    origin = _choice("来源", "Origin", choices(ORIGINS))
    late = _choice("逾期", "Late", choices(LATE))
    fault = _choice(
        "质控",
        "Quality",
        [("any", both("有任何问题", "any fault")), *((rule.key, both(rule.said.zh, rule.said.en)) for rule in RULES)],
    )

    def __init__(self, *args, rings: Mapping[str, Said], places: Iterable, teams: Iterable, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ring"].choices = Listed([ANY, *choices(rings)])
        self.fields["area"].choices = Listed([ANY, *areas_by_township(places)])
        self.fields["team"].choices = Listed([ANY, *((str(it.pk), _named(it)) for it in teams)])

    @property
    def wanted(self) -> Wanted:
        """What to narrow the list to; a field that holds no choice narrows nothing."""
        self.full_clean()
        told = self.cleaned_data if self.is_bound else {}
        plain = {name: told.get(name) or "" for name in ("ring", "state", "mode", "belongs", "origin", "late", "fault")}
        team = told.get("team")
        return Wanted(
            case=told.get("case"), team=UUID(team) if team else None, area_path=told.get("area") or "", **plain
        )


def _named(team) -> str:
    return both(f"{team.number} · {team.name_zh}", f"{team.number} · {team.name_en}")


def areas_by_township(places: Iterable) -> list[tuple]:
    """Townships, each with its units: to choose an area from, in the language being written."""
    return list(_by_township(language(), tuple((it.area_path, it.name_zh, it.name_en) for it in places)))


@lru_cache(maxsize=16)  # by the names themselves, as they were read for this page
def _by_township(_language: str, places: Sequence[tuple[str, str, str]]) -> list[tuple]:
    units: dict[str, list[tuple]] = {}
    for path, zh, en in places:
        if len(path) == VILLAGE_DIGITS:
            units.setdefault(path[:TOWNSHIP_DIGITS], []).append((path, said(zh, en)))
    return [
        (said(zh, en), [(path, said(f"{zh}（全部）", f"{en} (all)")), *units.get(path, ())])
        for path, zh, en in places
        if len(path) == TOWNSHIP_DIGITS
    ]


class DecisionForm(forms.Form):
    """What an investigator decides: a ring, or none, and why."""

    ring = _choice("判为", "Confirm as", (), CHOOSE)
    reason = forms.CharField(
        label=both("理由", "Reason"),
        max_length=300,
        error_messages={"required": NO_REASON},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # As of when the page told who is decided on: written anew by each page, so that who reads again may decide again.
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args, rings: Mapping[str, Said], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ring"].choices = [CHOOSE, *choices(rings)]

    def need_ring(self) -> bool:
        """Whether a ring was chosen; if not, that is said beside the field."""
        if self.cleaned_data.get("ring"):
            return True
        self.add_error("ring", in_words(Said("还没有选圈层。请选一个。", "No ring was chosen: choose one.")))
        return False


class ExposureForm(forms.Form):
    """The day of last exposure as it was, and how that is known."""

    last_exposure_on = forms.DateField(
        label=both("最后接触日期（第 0 天）", "Day of last exposure (day 0)"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": NO_DATE, "invalid": NO_DATE},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=both("依据", "How that is known"),
        max_length=300,
        error_messages={"required": NO_REASON},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class StepForm(forms.Form):
    """Where a contact is now: on the way, at a site, at home."""

    mode = _choice("医学观察方式", "Observed", choices(MODES), CHOOSE)
    site = forms.CharField(label=both("隔离点、医院名称", "Site or hospital"), required=False, max_length=80)
    checked_in_on = forms.DateField(
        label=both("入住日期", "Checked in on"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": NO_DATE},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    home_reason = _choice("居家原因", "Why at home", choices(HOME_REASONS), NO_CHANGE)
    reason = forms.CharField(label=both("备注", "Note"), required=False, max_length=300)


class DetailsForm(forms.Form):
    """What the line list holds of one contact and an investigator may correct. What is left empty stays as it is."""

    area_path = _choice("镇街、村社区、网格", "Where they are followed", (), NO_CHANGE)
    is_traced = _choice("是否追踪到", "Traced", [("yes", both("是", "yes")), ("no", both("否", "no"))], NO_CHANGE)
    belongs = _choice("归属", "Belongs to", choices(BELONGS), CHOOSE)
    destination = forms.RegexField(
        r"\A\d{2,12}\Z",
        label=both("转出目的地区划代码", "Division they belong to"),
        required=False,
        help_text=both("省填 2 位，市 4 位，县 6 位，例如 110000。", "2 digits for a province, 4 a city, 6 a county."),
        error_messages={"invalid": both("应为 2 到 12 位数字的区划代码。", "It is a division code of 2 to 12 digits.")},
    )
    occupation = _choice("职业", "Occupation", choices({k: it.name for k, it in OCCUPATIONS.items()}), NO_CHANGE)
    workplace = forms.CharField(label=both("工作单位、学校", "Workplace or school"), required=False, max_length=120)
    relation = _choice("与病例关系", "Relation to the case", choices(RELATIONS), NO_CHANGE)
    is_core = forms.BooleanField(label=both("核心密接", "Core contact"), required=False)
    phone = forms.CharField(label=both("联系方式", "Phone"), required=False, max_length=30)
    whereabouts = forms.CharField(label=both("目前所处位置", "Where they are now"), required=False, max_length=160)
    key_place = forms.CharField(label=both("关联重点场所", "Key place"), required=False, max_length=80)
    home_reason = _choice("居家原因", "Why at home", choices(HOME_REASONS), NO_CHANGE)
    release_on = forms.DateField(
        label=both("应解除观察日期", "Last day of observation"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": NO_DATE},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=both("备注", "Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, places: Iterable, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_path"].choices = [NO_CHANGE, *areas_by_township(places)]
        asked = self.initial.get("area_path") or self.data.get("area_path")
        known = {key for _, inside in self.fields["area_path"].choices[1:] for key, _ in inside}
        if asked and asked not in known:  # a grid cell, or the county: kept as it is
            self.fields["area_path"].choices.append((asked, asked))

    @property
    def noted(self) -> Noted:
        told = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if traced := told.pop("is_traced", None):
            told["is_traced"] = traced == "yes"
        return Noted(
            **told | {"is_core": self.cleaned_data["is_core"], "destination": self.cleaned_data["destination"]}
        )


class FollowUpForm(forms.Form):
    """One contact's day, by a thumb: found, temperature, symptoms."""

    found = forms.ChoiceField(
        label=both("见到了吗", "Found"),
        choices=choices(FOUND),
        widget=forms.RadioSelect(),
        error_messages={"required": both("请选一项。", "Choose one."), "invalid_choice": NOT_A_CHOICE},
    )
    temperature_c = forms.DecimalField(
        label=both("体温（℃）", "Temperature (°C)"),
        required=False,
        min_value=34,
        max_value=43,
        max_digits=3,
        decimal_places=1,
        help_text=both(
            f"腋下，{FEVER_FROM.value} ℃ 及以上算发热。", f"In the armpit; from {FEVER_FROM.value} °C it is a fever."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            name: both(
                "体温在 34.0 到 43.0 之间，例如 36.5。", "A temperature lies between 34.0 and 43.0, such as 36.5."
            )
            for name in ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
        },
    )
    symptoms = forms.MultipleChoiceField(
        label=both("有哪些不适", "Symptoms"),
        choices=choices(SYMPTOMS),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    note = forms.CharField(label=both("还有什么要说的", "Anything else"), required=False, max_length=300)

    def clean(self) -> dict:
        told = super().clean()
        if told.get("found") == NOT_FOUND and (told.get("symptoms") or told.get("temperature_c") is not None):
            self.add_error(
                "found",
                both(
                    "没找到本人，就不能有体温和症状。请改选，或清空体温和症状。",
                    "Somebody not found has no temperature and no symptoms: choose again, or clear those.",
                ),
            )
        return told

    @property
    def how(self) -> OneDay:
        told = self.cleaned_data
        return OneDay(
            found=told["found"],
            temperature_c=told["temperature_c"],
            symptoms=tuple(told["symptoms"]),
            note=told["note"],
        )
