"""The tables of a venue's page: doors, people by role, school classes."""

from collections.abc import Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import ROLES, STAGES, word
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import in_words, number
from fangxian.ops.places.models import Door
from fangxian.ops.situation.small_counts import SMALL_COUNT
from fangxian.ops.situation.venues import ClassCount, RoleCount

FEW = Said(f"不到 {SMALL_COUNT}", f"under {SMALL_COUNT}")


def _counts(label: Said, counts: Sequence[int | None], read, total: int | None = None) -> Column:
    """A column of counts; where one is too small to tell, a column of words that says so."""
    if None not in counts:
        return Column("n", label, kind="number", read=read, total=total)

    def told(row) -> str:
        n = read(row)
        return in_words(FEW) if n is None else number(n)

    return Column("n", label, read=told)


def doors_table(doors: Sequence[Door]) -> Table:
    columns = (
        Column("number", Said("门", "Door"), read=lambda it: f"{it.number}"),
        Column("name", Said("名称", "Name")),
        Column("generation", Said("第几代场所码", "Code no."), kind="number"),
    )
    return Table(
        caption=Said("门，一门一码", "Doors, one code each"),
        columns=columns,
        rows=doors,
        empty=Said("还没有登记门，不能扫码。", "No door is registered, so no code can be scanned here."),
    )


def roles_table(roles: Sequence[RoleCount], n_persons: int | None) -> Table:
    columns = (
        Column("role", Said("身份", "As"), read=lambda it: word(ROLES, it.role)),
        Column("title", Said("岗位", "Post"), read=lambda it: it.title or None),
        _counts(Said("人数", "People"), [it.n_persons for it in roles], lambda it: it.n_persons, total=n_persons),
    )
    return Table(
        caption=Said("属于这里的人", "People who belong here"),
        columns=columns,
        rows=roles,
        empty=Said("册上没有人在这里工作或就学。", "Nobody is on record as working or learning here."),
    )


def classes_table(classes: Sequence[ClassCount]) -> Table:
    columns = (
        Column("name", Said("班级", "Class"), read=lambda it: it.school_class.name),
        Column("stage", Said("学段", "Stage"), read=lambda it: word(STAGES, it.school_class.stage)),
        Column("grade", Said("年级", "Grade"), kind="number", read=lambda it: it.school_class.grade),
        _counts(Said("学生", "Pupils"), [it.n_pupils for it in classes], lambda it: it.n_pupils),
    )
    return Table(caption=Said("班级", "Classes"), columns=columns, rows=classes, tall=True)
