"""The forms of the laboratory at work. They read what was typed and say what is wrong; nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import combinations
from uuid import UUID

from django import forms
from django.utils.timezone import localtime

from fangxian.core.laboratory.judging import TARGETS, Fault, Kit, Outcome
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.laboratory.words import FAULTS, KINDS, OUTCOMES
from fangxian.ops.pages.words import both, in_words

AS_TYPED = "%Y-%m-%dT%H:%M"
NOT_A_MOMENT = {
    "required": both("请写时间。", "Say when."),
    "invalid": both("请按 2022-04-19 08:00 的样子写。", "Write it like 2022-04-19 08:00."),
}
NOT_A_CHOICE = {
    "required": both("还没有选。", "Nothing was chosen."),
    "invalid_choice": both("没有这个选项，请从列表里选。", "There is no such choice: choose from the list."),
}
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
BY_HAND = (Outcome.NEGATIVE, Outcome.POSITIVE, Outcome.SINGLE_TARGET, Outcome.GREY, Outcome.INVALID)
WELLS = ((96, both("96 孔（94 管）", "96 wells (94 tubes)")), (32, both("32 孔（30 管）", "32 wells (30 tubes)")))


def say_beside(form: forms.Form, field: str | None, refusal: Refusal) -> None:
    form.add_error(field if field in form.fields else None, in_words(refusal.said))


def moment(label, **more) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=AS_TYPED)
    return forms.DateTimeField(label=label, widget=widget, error_messages=NOT_A_MOMENT, **more)


def cycles(label, low: int, high: int) -> forms.FloatField:
    wrong = both(f"应是 {low} 到 {high}。", f"It is {low} to {high}.")
    said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
    return forms.FloatField(label=label, min_value=low, max_value=high, error_messages=said)


class ReceiveForm(forms.Form):
    """A box that is here."""

    box = forms.CharField(
        label=both("箱上的条码", "Barcode of the box"),
        help_text=both(
            "采样点没有联网、还没有管的清单，也能签收；重复签收没有关系。",
            "Also of a site that is offline, without a list of tubes yet; receiving twice does no harm.",
        ),
        max_length=60,
        widget=forms.TextInput({**PLAIN, "autofocus": True}),
        error_messages={"required": both("请扫描或输入条码。", "Scan or type the barcode.")},
    )
    round = forms.ChoiceField(
        label=both("哪一轮（认不出的箱才用）", "Which round (only for a box not known)"), required=False
    )

    def __init__(self, *args, rounds: Iterable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = [("", both("自动认", "find it")), *((str(it.pk), it.name) for it in rounds)]

    @property
    def of_round(self) -> UUID | None:
        return UUID(self.cleaned_data["round"]) if self.cleaned_data["round"] else None


class PlateForm(forms.Form):
    """A new plate: with what waits, or with tubes as they are scanned."""

    n_wells = forms.TypedChoiceField(
        label=both("哪种板", "Which plate"), choices=WELLS, coerce=int, initial=96, error_messages=NOT_A_CHOICE
    )
    barcodes = forms.CharField(
        label=both("按扫描的管布板", "Only the tubes scanned"),
        help_text=both(
            "一行一管，按上板的顺序；不填就按先后自动取管。采样点还没有联网的管也可以扫。",
            "A line each, in the order of the wells; left empty, the most urgent are taken. Tubes of a site that is "
            "offline may be scanned too.",
        ),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 3, **PLAIN}),
    )

    @property
    def scanned(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["barcodes"].splitlines() if line.strip()]


class WhyForm(forms.Form):
    """Why something is done."""

    why = forms.CharField(
        label=both("原因", "Reason"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": both("请写明原因。", "Say why.")},
    )


class LaboratoryForm(forms.Form):
    """A laboratory more."""

    name = forms.CharField(
        label=both("名称", "Name"), max_length=60,
        error_messages={"required": both("还没有写名称。", "No name was given.")},
    )  # fmt: skip
    is_own = forms.TypedChoiceField(
        label=both("谁的", "Whose"),
        choices=(("", both("外单位", "an outside one")), ("own", both("本县的", "the county's own"))),
        coerce=bool,
        required=False,
        empty_value=False,
    )
    tubes_a_day = forms.IntegerField(
        label=both("每天能做多少管", "How many tubes a day"),
        help_text=both("外单位必填；本县的按仪器算，可不填。", "Needed of an outside one; an own one's machines say."),
        required=False,
        min_value=1,
        max_value=1_000_000,
        error_messages={
            it: both("应是 1 到 1000000 的整数。", "It is a whole number from 1 to 1000000.")
            for it in ("invalid", "min_value", "max_value")
        },
    )


class InstrumentForm(forms.Form):
    """A machine more."""

    kind = forms.ChoiceField(
        label=both("种类", "Kind"), choices=[(key, both(it.zh, it.en)) for key, it in KINDS.items()],
        error_messages=NOT_A_CHOICE,
    )  # fmt: skip
    name = forms.CharField(
        label=both("名称", "Name"), max_length=40,
        error_messages={"required": both("还没有写名称。", "No name was given.")},
    )  # fmt: skip
    n_wells = forms.TypedChoiceField(
        label=both("孔数", "Wells"), choices=((96, "96"), (32, "32")), coerce=int, error_messages=NOT_A_CHOICE
    )
    run_min = forms.IntegerField(
        label=both("每批多少分钟", "Minutes a run"),
        min_value=1,
        max_value=1440,
        initial=110,
        error_messages={
            it: both("应是 1 到 1440 分钟。", "It is 1 to 1440 minutes.")
            for it in ("required", "invalid", "min_value", "max_value")
        },
    )


class KitForm(forms.Form):
    """The amplification kit by which a laboratory's files are judged."""

    targets = forms.ChoiceField(
        label=both("靶标", "Targets"),
        choices=[(", ".join(it), ", ".join(it)) for n in (2, 3, 4, 1) for it in combinations(TARGETS, n)],
        error_messages=NOT_A_CHOICE,
    )
    positive_ct = cycles(both("阳性：不晚于第几个循环", "Positive: by which cycle"), 30, 45)
    grey_ct = cycles(both("灰区：不晚于第几个循环", "Grey: by which cycle"), 30, 45)
    internal_ct = cycles(both("内标：不晚于第几个循环", "Internal control: by which cycle"), 25, 45)
    control_ct = cycles(both("阳性质控：不晚于第几个循环", "Positive control: by which cycle"), 20, 40)

    @classmethod
    def showing(cls, kit: Kit) -> "KitForm":
        return cls(initial={**asdict(kit), "targets": ", ".join(kit.targets)})

    def clean(self):
        told = super().clean()
        if told.get("positive_ct", 0) > told.get("grey_ct", 99):
            self.add_error("grey_ct", both("灰区不能早于阳性。", "Grey does not end before positive does."))
        return told

    @property
    def kit(self) -> Kit:
        return Kit(**{**self.cleaned_data, "targets": tuple(self.cleaned_data["targets"].split(", "))})


class UploadForm(forms.Form):
    """A file of results, and whose it is."""

    laboratory = forms.ChoiceField(label=both("哪家实验室的", "Of which laboratory"), error_messages=NOT_A_CHOICE)
    file = forms.FileField(
        label=both("结果文件", "The file"),
        help_text=both(
            "仪器导出的 CSV、XLSX，GB18030、UTF-8 都可以；外送的每管一行，写明结果。",
            "CSV or XLSX as the instrument exports it, GB18030 or UTF-8; of an outside laboratory a row a tube with "
            "its result.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls,.txt,.tsv,.json"}),
    )

    def __init__(self, *args, laboratories: Iterable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["laboratory"].choices = [(str(it.pk), it.name) for it in laboratories]


class MeasuredForm(forms.Form):
    """When a run ended."""

    measured_at = moment(
        both("检测结束时间", "When the run ended"),
        help_text=both("仪器上显示的结束时间。", "As the instrument shows it."),
    )


class SendForm(forms.Form):
    """Where boxes are sent."""

    laboratory = forms.ChoiceField(label=both("送到哪里", "Where to"), error_messages=NOT_A_CHOICE)

    def __init__(self, *args, laboratories: Iterable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["laboratory"].choices = [(str(it.pk), it.name) for it in laboratories]


class TypedForm(forms.Form):
    """The results of a plate as somebody reads them off: one choice a tube, and what is wrong with its controls."""

    def __init__(
        self, *args, tubes: Sequence[tuple[str, str, str]], at: datetime | None, asks_controls: bool, **kwargs
    ):
        """`tubes`: (key, position, label) of each; `at`: the time proposed, None where it is not asked."""
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((str(it), both(OUTCOMES[it].zh, OUTCOMES[it].en)) for it in BY_HAND)]
        if at is not None:
            self.fields["measured_at"] = moment(both("检测结束时间", "When the run ended"), initial=localtime(at))
        if asks_controls:
            self.fields["faults"] = forms.MultipleChoiceField(
                label=both("质控有没有问题（没有就不勾）", "What is wrong with the controls (nothing: tick none)"),
                choices=[(str(key), both(it.zh, it.en)) for key, it in FAULTS.items()],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages=NOT_A_CHOICE,
            )
        self.fields["rest_negative"] = forms.BooleanField(
            label=both("没有选的管都是阴性", "All tubes of which nothing is chosen are negative"), required=False
        )
        self._tubes = [(key, f"tube_{nth}") for nth, (key, _, _) in enumerate(tubes)]
        for (_, name), (_, position, label) in zip(self._tubes, tubes, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=f"{position} {label}".strip(), choices=choices, required=False, error_messages=NOT_A_CHOICE
            )

    @property
    def of_tubes(self) -> list[forms.BoundField]:
        return [self[name] for _, name in self._tubes]

    @property
    def above(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("tube_")]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """By key, of those chosen."""
        chosen = {key: self.cleaned_data.get(name) for key, name in self._tubes}
        rest = Outcome.NEGATIVE if self.cleaned_data.get("rest_negative") else ""
        return {key: Outcome(it or rest) for key, it in chosen.items() if it or rest}

    @property
    def faults(self) -> list[Fault]:
        return [Fault(it) for it in self.cleaned_data.get("faults", ())]


class StateFilter(forms.Form):
    """Which rows of a list are shown: by their state, or by what `label` says."""

    state = forms.ChoiceField(label=both("状态", "State"), required=False)

    def __init__(self, *args, states: Iterable[tuple[str, Said]], label: Said | None = None):
        super().__init__(*args)
        if label is not None:
            self.fields["state"].label = in_words(label)
        self.fields["state"].choices = [("", both("全部", "all")), *((key, in_words(it)) for key, it in states)]
