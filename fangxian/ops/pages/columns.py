"""The form that asks what each column of a list is, for every page that takes a list in."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.html import format_html

from fangxian.core.refusal import Said
from fangxian.ops.pages.selects import LongSelect
from fangxian.ops.pages.words import both

NOT_A_CHOICE = both("没有这个选项。请从列表里选。", "There is no such choice. Choose from the list.")
LEFT_OUT = ("", both("不用这一列", "leave this column out"))
LONGEST_SAMPLE = 24


class ColumnsForm(forms.Form):
    """What each column of a list holds: one field a header, with its first cells under it."""

    def __init__(
        self,
        *args,
        headers: Sequence[str],
        fields: Mapping[str, Said],
        proposed: Mapping[str, str],
        samples: Sequence[Sequence[str]] | None,
        **kwargs,
    ) -> None:
        """`samples`: the cells of the first rows, None where the reader is not to see them; `proposed`: header → field,
        as before or as its name says.
        """
        super().__init__(*args, **kwargs)
        self.shows_samples = samples is not None
        choices = [LEFT_OUT, *((name, both(said.zh, said.en)) for name, said in fields.items())]
        self._columns = [(place, header) for place, header in enumerate(headers) if header]
        for place, header in self._columns:
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=format_html('<span translate="no">{}</span>', header),  # the file's own word, in its language
                help_text="" if samples is None else _sample(samples, place),
                choices=choices,
                required=False,
                initial=proposed.get(header, ""),
                widget=LongSelect,
                error_messages={"invalid_choice": NOT_A_CHOICE},
            )

    @property
    def used(self) -> list[forms.BoundField]:
        """The columns that hold something we keep."""
        return [column for column in self._of_columns if column.value()]

    @property
    def left_out(self) -> list[forms.BoundField]:
        """The others: of an export with some hundred columns the most."""
        return [column for column in self._of_columns if not column.value()]

    @property
    def _of_columns(self) -> list[forms.BoundField]:
        return [self[f"column_{place}"] for place, _ in self._columns]

    @property
    def mapping(self) -> dict[str, str]:
        chosen = {header: self.cleaned_data[f"column_{place}"] for place, header in self._columns}
        return {header: name for header, name in chosen.items() if name}


def _sample(samples: Sequence[Sequence[str]], place: int) -> object:
    """What stands in a column, from the first rows; nothing where they are empty there."""
    cells = [row[place] for row in samples if place < len(row) and row[place]]
    if not cells:
        return both("（前几行是空的）", "(empty in the first rows)")
    shown = " · ".join(cell[:LONGEST_SAMPLE] for cell in cells)
    return format_html('<span translate="no">{}</span>', shown)
