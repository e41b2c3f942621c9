"""A round by class and unit as a table."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.lab.queries import ScreeningRound
from fangxian.ops.lab.words import STAGES
from fangxian.ops.pages.rounds.tables import ON_BOARD
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.situation.round_board import PlaceRow


def groups_table(
    rows: Sequence[PlaceRow], round: ScreeningRound, paging: Paging, *, sorted_by: str, may_list: bool
) -> Table:
    """How far each class and unit is; it leads to the list of whoever of it is missing, for those who know people."""
    people = reverse("round-people", args=[round.pk])
    columns = (
        Column("name", Said("班级、单位", "Class or unit"), read=lambda it: it.key, wide=True, sort="name"),
        Column("n", Said("名册", "Roster"), kind="number"),
        Column("share", Said("已采", "Sampled"), kind="share"),
        *(
            Column(key, STAGES[key], kind="number", read=_at(key), sort="-due" if key == "due" else "")
            for key in ON_BOARD
        ),
    )  # fmt: skip
    return Table(
        caption=Said("按班级、单位", "By class or unit"), columns=columns, rows=rows, paging=paging,
        sorted_by=sorted_by, href=(lambda it: f"{people}?{urlencode({'group': it.key})}#list") if may_list else None,
        empty=Said("名册上没有分班级、单位的人。", "Nobody on the roster belongs to a class or unit."),
        empty_next=Said("从名单导入时，有“班级”或“单位”一列就分开列。", "A list with a column for them brings them."),
    )  # fmt: skip


def _at(stage: str):
    return lambda it: it.stages.get(stage, 0)
