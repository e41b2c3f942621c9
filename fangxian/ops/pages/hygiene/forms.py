"""What a list of due work shows, and what is told of a round."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django import forms
from django.utils.timezone import localtime

from fangxian.core.policy.hygiene import CLASSES, KINDS, PROCESSES, VENUES
from fangxian.ops.hygiene.checklist import Item
from fangxian.ops.hygiene.due import DueLine
from fangxian.ops.hygiene.queries import Round
from fangxian.ops.hygiene.wire import NewRound, Remedy
from fangxian.ops.pages.hygiene.words import AGENTS, ANSWERS
from fangxian.ops.pages.words import both

ANY, NONE = ("", both("全部", "All")), ("", both("没有选", "none chosen"))
MEND_D = 3  # what the form proposes; the inspector says otherwise where it is urgent
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


class HygieneFilter(forms.Form):
    """Kind, class, state and township, as the address has them; what is no filter narrows nothing."""

    kind = forms.ChoiceField(label=both("做什么", "What"), required=False)
    of_class = forms.ChoiceField(label=both("类别", "Class"), required=False)
    state = forms.ChoiceField(
        label=both("状态", "State"),
        choices=(
            ("", both("逾期或今天到期", "late or due today")),
            ("late", both("已逾期", "late")),
            ("today", both("今天到期", "due today")),
            ("all", both("全部", "all")),
        ),
        required=False,
    )
    area = forms.ChoiceField(label=both("乡镇", "Township"), required=False)

    def __init__(self, *args, townships: Mapping[str, object]):
        super().__init__(*args)
        self.fields["kind"].choices = [ANY, *((key, both(it.zh, it.en)) for key, it in KINDS.items())]
        self.fields["of_class"].choices = [ANY, *((key, both(it.zh, it.en)) for key, it in CLASSES.items())]
        self.fields["area"].choices = [ANY, *((path, both(it.name_zh, it.name_en)) for path, it in townships.items())]

    @property
    def area_path(self) -> str:
        return self._asked("area")

    def of(self, lines: Iterable[DueLine]) -> list[DueLine]:
        kind, of_class, state = self._asked("kind"), self._asked("of_class"), self._asked("state")
        states = {"": ("late", "today"), "all": ("late", "today", "fine")}.get(state, (state,))
        return [
            it
            for it in lines
            if it.standing.state in states and kind in ("", it.kind) and of_class in ("", it.place.of_class)
        ]

    def _asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")


class RoundForm(forms.Form):
    """What was done, of one kind. `id` is made with the form, so that a form sent twice is one record."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    done_at = forms.DateTimeField(
        label=both("什么时候做的", "When it was done"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": both("请写时间。", "Say when."),
            "invalid": both("时间写得不对。", "This is no time."),
        },
    )
    done_by = forms.CharField(
        label=both("谁做的（不是本人时填）", "Who did it, if somebody else"), required=False, max_length=60
    )
    agent = forms.ChoiceField(label=both("消毒剂", "Agent"))
    concentration_mg_l = forms.IntegerField(
        label=both("浓度（mg/L）", "Concentration (mg/L)"), widget=forms.TextInput(NUMBER)
    )
    area_m2 = forms.IntegerField(label=both("面积（平方米）", "Area (m²)"), widget=forms.TextInput(NUMBER))
    n_samples = forms.IntegerField(label=both("采了几份", "Swabs taken"), widget=forms.TextInput(NUMBER))
    spots = forms.CharField(
        label=both("采在哪里", "Where they were taken"),
        help_text=both("例如：案板、秤、冷柜把手、下水口", "Such as boards, scales, handles, drains"),
        max_length=300,
    )
    note = forms.CharField(label=both("备注", "Note"), required=False, max_length=300)
    because = forms.CharField(label=both("为什么更正", "Why it is corrected"), required=False, max_length=200)

    OF_KIND = {
        "inspection": (),
        "disinfection": ("agent", "concentration_mg_l", "area_m2"),
        "sampling": ("n_samples", "spots"),
    }

    def __init__(self, *args, kind: str, at, last: Round | None = None, corrects: Round | None = None, **kwargs):
        """`last` is the last one of the kind at the place, whose amounts are proposed again; `corrects` the one that
        is put right, all of which is."""
        told = corrects or last
        first = {"id": uuid4(), "done_at": localtime(corrects.done_at if corrects else at)}
        if told is not None:
            first |= {name: getattr(told, name) for name in self.OF_KIND[kind] if name != "n_samples" or corrects}
        if corrects is not None:
            first |= {"done_by": corrects.done_by, "note": corrects.note}
        super().__init__(*args, initial=first, **kwargs)
        self.kind = kind
        self.fields["agent"].choices = [(key, both(it.zh, it.en)) for key, it in AGENTS.items()]
        for name in {name for names in self.OF_KIND.values() for name in names} - set(self.OF_KIND[kind]):
            del self.fields[name]
        if corrects is None:
            del self.fields["because"]

    @property
    def asked(self) -> list:
        """The fields in the order in which they are asked, what is seldom filled in last."""
        names = ("because", *self.OF_KIND[self.kind])
        return [self[name] for name in names if name in self.fields]

    @property
    def others(self) -> list:
        return [self["done_at"], self["done_by"], self["note"]]

    @property
    def others_wrong(self) -> bool:
        return any(it.errors for it in self.others)

    def told(self, place: UUID, items: Sequence[Item], posted: Mapping[str, str]) -> NewRound:
        """What was told; only of a form that is valid."""
        content = {name: self.cleaned_data[name] for name in self.OF_KIND[self.kind]}
        if self.kind == "inspection":
            content = _looked_at(items, posted, localtime(self.cleaned_data["done_at"]).date())
        told = {name: self.cleaned_data[name] for name in ("id", "done_at", "done_by", "note")}
        return NewRound(place=place, kind=self.kind, **told, **content)


def _looked_at(items: Sequence[Item], posted: Mapping[str, str], on) -> dict:
    answers = {it.key: answer for it in items if (answer := posted.get(f"answer-{it.key}", "")) in ANSWERS}
    remedies = {
        item: Remedy(what=what, by_on=on + timedelta(days=_days(posted.get(f"days-{item}", ""))))
        for item, answer in answers.items()
        if answer == "fault" and (what := posted.get(f"remedy-{item}", "").strip()[:200])
    }
    return {"answers": answers, "remedies": remedies}


def _days(text: str) -> int:
    """Within how many days it is to be mended: 0 is at once."""
    return min(int(text), 60) if text.isdecimal() and len(text) < 4 else MEND_D


class ResultForm(forms.Form):
    """The result of one sampling."""

    n_positive = forms.IntegerField(
        label=both("几份阳性（全阴填 0）", "How many are positive (0: none)"),
        min_value=0,
        widget=forms.TextInput(NUMBER),
    )
    spots = forms.CharField(label=both("哪些阳性", "Which of them"), required=False, max_length=300)
    because = forms.CharField(
        label=both("改结果的原因（第一次不填）", "Why it is changed (not the first time)"),
        required=False,
        max_length=200,
    )


class RegisterFilter(forms.Form):
    """Which class is to be listed, and of which kind of venue."""

    of_class = forms.ChoiceField(label=both("登记为", "To be listed as"), required=False)
    area = forms.ChoiceField(label=both("乡镇", "Township"), required=False)
    name = forms.CharField(label=both("名称里有", "Name has"), required=False, max_length=40)

    def __init__(self, *args, townships: Mapping[str, object]):
        super().__init__(*args)
        self.fields["of_class"].choices = [NONE, *((key, both(it.zh, it.en)) for key, it in VENUES.items())]
        self.fields["area"].choices = [ANY, *((path, both(it.name_zh, it.name_en)) for path, it in townships.items())]

    def asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")


class StepOfWorkForm(forms.Form):
    """A process for the register: at a venue, by its number, or of a unit's area."""

    NO_VENUE = both("您的辖区里没有这个编号的场所，请核对。", "No venue in your area has this number: look again.")
    NO_AREA = both("请选所在村（社区），或填场所编号。", "Choose the village, or give the venue's number.")

    of_class = forms.ChoiceField(
        label=both("环节类别", "Class"), choices=[(key, both(it.zh, it.en)) for key, it in PROCESSES.items()]
    )
    name = forms.CharField(
        label=both("哪里的什么环节", "What it is and where"),
        max_length=120,
        error_messages={"required": both("请写名称。", "Give it a name.")},
    )
    venue_number = forms.IntegerField(
        label=both("场所编号（在场所里的填）", "Venue's number, if it is at one"),
        required=False,
        widget=forms.TextInput(NUMBER),
    )
    area = forms.ChoiceField(label=both("所在村（社区）", "Village or community"), required=False)
    unit = forms.ChoiceField(
        label=both("责任单位（没有的由网格、乡镇负责）", "Unit that answers for it"), required=False
    )

    def __init__(self, *args, units: Mapping[str, object], areas: Mapping[str, object]):
        super().__init__(*args)
        self.fields["unit"].choices = [NONE, *((str(pk), both(it.name_zh, it.name_en)) for pk, it in units.items())]
        self.fields["area"].choices = [NONE, *((path, both(it.name_zh, it.name_en)) for path, it in areas.items())]
