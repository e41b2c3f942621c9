"""What the pages of print runs say and ask (印制场所码)."""

from collections.abc import Mapping, Sequence

from django import forms
from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.documents.queries import PrintPart, PrintRun
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import both

from .forms import CHOOSE, NOT_A_CHOICE

LAYOUTS = {
    "a4": Said("A4，一张一码", "A4, one a sheet"),
    "a5": Said("A5，一张两码，居中裁开", "A5, two a sheet, cut in the middle"),
}
WHICH = {False: Said("全部", "all"), True: Said("只印有变动的", "only what changed")}
MEGABYTE = 1_000_000


class RunForm(forms.Form):
    """Where, on which paper, all or only what changed."""

    area = forms.ChoiceField(
        label=both("印哪里的", "Of which place"),
        error_messages={
            "required": both("还没有选地方。", "No place was chosen."),
            "invalid_choice": NOT_A_CHOICE,
        },
    )
    layout = forms.ChoiceField(
        label=both("纸张", "Paper"),
        choices=[(key, both(said.zh, said.en)) for key, said in LAYOUTS.items()],
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    which = forms.ChoiceField(
        label=both("印哪些", "Which"),
        help_text=both(
            "有变动的：上次印制以后换发了码、加了门、改了名或迁来的，以及还没印过的。",
            "What changed since it was last printed here: codes issued anew, doors added, renamed, moved here; and "
            "what never was.",
        ),
        choices=[
            ("all", both("全部海报", "all posters")),
            ("changed", both("只印有变动的", "only what changed")),
        ],
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )

    def __init__(self, *args, choices: Sequence, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [*([CHOOSE] if len(choices) != 1 else []), *choices]


def runs_table(runs: Sequence[PrintRun], places: Mapping, paging: Paging) -> Table:
    columns = (
        Column("asked_at", Said("提出", "Asked"), kind="time"),
        Column("area", Said("地方", "Place"), read=lambda it: where_said(it, places)),
        Column("which", Said("范围", "Which"), read=lambda it: WHICH[it.is_changed_only]),
        Column("layout", Said("纸张", "Paper"), read=lambda it: LAYOUTS[it.layout]),
        Column("n_sheets", Said("海报", "Posters"), kind="number"),
        Column("ended_at", Said("印好", "Ready"), kind="time"),
    )
    return Table(
        caption=Said("印制批次", "Print runs"),
        columns=columns,
        rows=runs,
        paging=paging,
        href=lambda it: reverse("poster-run", args=[it.pk]),
        empty=Said("还没有印制过。", "Nothing has been printed yet."),
    )


def where_said(run: PrintRun, places: Mapping) -> Said:
    place = places.get(run.area_path)
    return place_name(place) if place else Said(run.area_path, run.area_path)


def part_shown(part: PrintPart) -> dict[str, object]:
    """One part as a line; its file may be gone by its term, or hold nothing as all its venues have closed since."""
    return {
        "number": part.number,
        "title": Said(part.title_zh, part.title_en),
        "n_sheets": part.n_sheets,
        "n_pages": part.n_pages,
        "megabytes": f"{part.n_bytes / MEGABYTE:.1f}",
        "made_at": part.made_at,
        "is_there": bool(part.file),
        "is_empty": part.made_at is not None and part.n_sheets == 0,
    }
