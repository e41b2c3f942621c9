"""The tables about people: members of a household, ties to venues, who looked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.movement.wire import reference
from fangxian.ops.pages.county.words import RELATIONS, ROLES, SEXES, look_in_words, word
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import in_words, unbroken
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.code_files import CodeFile
from fangxian.ops.situation.looks import Looks

NOBODY = Said("册上没有人住在这一户。", "Nobody is on record in this household.")
TO_CORRECT = Said("请网格员上门核实，再更正登记。", "The grid worker should call there and have the record corrected.")
ALONE = Said(
    "册上这一户只有本人，没有别的成员。", "This person lives alone: nobody else is on record in the household."
)


def others_table(others: Sequence[Person], *, at: datetime, may_open: bool) -> Table:
    """Whom a person lives with; somebody who lives alone has an empty one, and nothing about it wants mending."""
    table = members_table(others, at=at, may_open=may_open)
    return replace(table, caption=Said("同户的人", "Others in the household"), empty=ALONE, empty_next=None)


def members_table(members: Sequence[Person], *, at: datetime, may_open: bool) -> Table:
    """People with their names masked; a link to each record for whoever may open it."""
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked"),
        Column("relation", Said("与户主关系", "Relation to the head"), read=lambda it: word(RELATIONS, it.relation)),
        Column("sex", Said("性别", "Sex"), read=lambda it: word(SEXES, it.sex)),
        Column("age", Said("年龄", "Age"), kind="number", read=lambda it: age_on(it.born_on, at.date())),
    )
    return Table(
        caption=Said("家庭成员", "Members of the household"),
        columns=columns,
        rows=members,
        href=(lambda it: reverse("person", args=[it.pk])) if may_open else None,
        empty=NOBODY,
        empty_next=TO_CORRECT,
    )


def persons_table(persons: Sequence[Person], *, at: datetime) -> Table:
    """People found by a search, masked, with where they live."""
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked"),
        Column("sex", Said("性别", "Sex"), read=lambda it: word(SEXES, it.sex)),
        Column("age", Said("年龄", "Age"), kind="number", read=lambda it: age_on(it.born_on, at.date())),
        Column("card", Said("户卡编号", "Household card"), read=_card),
    )
    return Table(
        caption=Said("找到的人", "People found"),
        columns=columns,
        rows=persons,
        href=lambda it: reverse("person", args=[it.pk]),
    )


def _card(person: Person) -> str | None:
    return person.household and f"{person.household.area_path}-{person.household.number:04d}"


def attachments_table(attachments: Sequence[Attachment]) -> Table:
    """What a person belongs to."""
    columns = (
        Column("venue", Said("场所", "Venue"), read=lambda it: it.venue.name),
        Column("role", Said("身份", "As"), read=lambda it: word(ROLES, it.role)),
        Column("title", Said("岗位", "Post"), read=lambda it: it.title or None),
        Column("class", Said("班级", "Class"), read=lambda it: it.school_class and it.school_class.name),
        Column("begins_on", Said("起", "From"), kind="date"),
        Column("ends_on", Said("止", "Until"), read=lambda it: it.ends_on.isoformat() if it.ends_on else in_words(NOW)),
    )
    return Table(
        caption=Said("工作和就学", "Work and school"),
        columns=columns,
        rows=attachments,
        href=lambda it: reverse("venue", args=[it.venue_id]),
        empty=Said("册上没有工作单位或学校。", "No workplace or school is on record."),
    )


NOW = Said("至今", "now")


def looks_table(looks: Looks) -> Table:
    """Who looked at a record, the newest first."""
    columns = (
        Column("seen_at", Said("时间", "Time"), kind="time"),
        Column("post", Said("岗位账号", "Post")),
        Column("unit", Said("单位", "Unit")),
        Column("why", Said("做了什么", "What for"), read=lambda it: look_in_words(it.why)),
    )
    return Table(
        caption=Said("谁看过这份记录", "Who looked at this record"),
        columns=columns,
        rows=looks.newest,
        empty=Said("还没有人看过。", "Nobody has looked at it yet."),
    )


def evidence_table(code: CodeFile, *, is_brief: bool = False) -> Table:
    """All that was ever recorded of a person's code, the newest first; what was withdrawn says so, where any was.

    is_brief : as a phone has room for it, without references and with both times in one column
    """
    columns = [
        Column("kind", Said("依据", "Evidence"), read=lambda it: code.kind_said(it.kind)),
        Column("issuer", Said("出具单位", "Issued by"), read=lambda it: code.issuer_said(it.issuer)),
    ]
    if is_brief:
        columns.append(Column("times", Said("何时起止", "From, until"), read=_from_until))
    else:
        columns.insert(0, Column("reference", Said("编号", "Reference"), read=lambda it: reference(it.pk)))
        columns.append(Column("from_at", Said("起", "From"), kind="time"))
        columns.append(Column("until_at", Said("止", "Until"), kind="time"))
    if any(it.withdrawn_at for it in code.evidence):
        columns.append(Column("withdrawn_at", Said("已撤回", "Withdrawn"), kind="time"))
    return Table(
        caption=Said("记录在案的依据", "Evidence on record"),
        columns=columns,
        rows=code.evidence,
        empty=Said("没有任何记录在案的依据。", "There is no evidence on record."),
    )


def _from_until(piece) -> Said:
    begins = unbroken(piece.from_at)
    if piece.until_at is None:
        return Said(f"{begins} 起", f"from {begins}")
    ends = unbroken(piece.until_at)
    return Said(f"{begins} 起，{ends} 止", f"from {begins} until {ends}")
