"""The door one may try: what would be asked of somebody in this state, at this door; and a rulebook to be published."""

from datetime import timedelta

from django import forms

from fangxian.core.policy.doors import DoorInputs
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.tables import DoorTables
from fangxian.core.policy.vocabulary import DOOR_VALUES
from fangxian.core.refusal import Said
from fangxian.ops.pages.rulebook.doors import venue_names
from fangxian.ops.pages.rulebook.words import input_said, input_values
from fangxian.ops.pages.words import both


def _shown(said: Said) -> str:
    return both(said.zh, said.en)


def _whole(zh: str, en: str, most: int) -> forms.IntegerField:
    wrong = both(f"请填 0 到 {most} 的整数，或留空。", f"Enter a whole number from 0 to {most}, or leave it empty.")
    return forms.IntegerField(
        label=both(zh, en),
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


class DoorTrial(forms.Form):
    """What a door would know of somebody: no person, only states. Its choices are the rulebook's own."""

    FIRST = {
        "colour": "green",
        "travel": "clear",
        "permit": "valid",
        "presence": "staffed",
        "venue_status": "open",
        "test_h": 20,
        "temperature_c": 36.5,
        "known_min": 5,
    }
    test_h = _whole("核酸阴性，采样距今几小时", "Hours since the last negative test", 9_999)
    temperature_c = forms.FloatField(
        label=both("体温（℃）", "Temperature (°C)"),
        required=False,
        min_value=30,
        max_value=45,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            name: both(
                "请填 30 到 45 之间的度数，例如 36.5，或留空。", "Enter 30 to 45 degrees, such as 36.5, or nothing."
            )
            for name in ("invalid", "min_value", "max_value")
        },
    )
    known_min = _whole("门岗信息更新于几分钟前", "Minutes since the door last knew everything", 99_999)

    def __init__(self, rulebook: Rulebook, tables: DoorTables, data=None):
        self._tables = tables
        chosen = [name for name in DOOR_VALUES if name not in ("test_age", "temperature", "freshness")]
        chosen += [one.key for one in rulebook.door_inputs]
        super().__init__(data, auto_id="try_%s")
        values = input_values(rulebook)
        named = venue_names(rulebook)
        venues = [(key, _shown(named[key])) for key in (*tables.venue_classes[1:], tables.venue_classes[0])]
        fields = {"venue": forms.ChoiceField(label=both("在哪里的门口", "At the door of"), choices=venues)}
        for name in chosen:
            choices = [(value, _shown(said)) for value, said in values[name].items()]
            first = self.FIRST.get(name, choices[0][0])
            label = _shown(input_said(name, rulebook))
            fields[name] = forms.ChoiceField(label=label, choices=choices, initial=first)
        exemptions = [(row.key, _shown(row.name)) for row in rulebook.exemptions]
        if exemptions:
            fields["exempt"] = forms.MultipleChoiceField(
                label=both("免查", "Exemptions"),
                choices=exemptions,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for name in ("test_h", "temperature_c", "known_min"):
            self.fields[name].initial = self.FIRST[name]
        self.fields = {**fields, **self.fields}
        self._extra = [one.key for one in rulebook.door_inputs]

    def inputs(self) -> DoorInputs:
        """The numbers a gate would look up; the first values while nothing was sent."""
        given = self.cleaned_data if self.is_bound else {name: field.initial for name, field in self.fields.items()}
        tables = self._tables

        def place(name: str) -> int:
            of_input = tables.values[tables.inputs.index(name)]
            return of_input.index(given[name]) if given.get(name) else 0

        hours, degrees, minutes = given["test_h"], given["temperature_c"], given["known_min"]
        return DoorInputs(
            venue_class=tables.venue_class(given.get("venue") or tables.venue_classes[1]),
            colour=place("colour"),
            travel=place("travel"),
            test_age_min=-1 if hours is None else hours * 60,
            temperature_tenths=-1 if degrees is None else round(degrees * 10),
            permit=place("permit"),
            presence=place("presence"),
            venue_status=place("venue_status"),
            knowledge_age_s=-1 if minutes is None else int(timedelta(minutes=minutes).total_seconds()),
            exempt=tables.exempt(given.get("exempt") or ()),
            also=tuple(place(name) for name in self._extra),
        )


LARGEST_KIB = 512  # the county's own has 80; checking one takes seconds for each hundred


class ProposalForm(forms.Form):
    """A rulebook of which somebody asks that it be published."""

    file = forms.FileField(
        label=both("规则文件（TOML）", "The rulebook (TOML)"),
        help_text=both(
            "在现行版本的文件上改，版本号加一。怎样写见“编写规则手册”。",
            "Change the file of the version in force and number it one higher; “Write a rulebook” says how.",
        ),
        error_messages={
            "required": both("还没有选文件。", "No file was chosen."),
            "empty": both("文件是空的。", "The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )
    basis = forms.CharField(
        label=both("依据", "What it rests on"),
        help_text=both("上级通知或方案的名称、文号和条款。", "The notice or plan with its number and article."),
        max_length=300,
        error_messages={"required": both("请写明依据。", "Say what it rests on.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_KIB * 1024:
            raise forms.ValidationError(
                both(
                    f"文件有 {file.size // 1024} KB，没有读。规则文件不到 {LARGEST_KIB} KB；请核对是不是选错了文件。",
                    f"The file has {file.size // 1024} KB, so it was not read. A rulebook has less than {LARGEST_KIB} "
                    "KB: check whether it is the right file.",
                )
            )
        return file
