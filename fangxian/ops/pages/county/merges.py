"""Merges on pages: the list on a case or a record, and the words for what moved and what stays."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.pages.county.words import DOCUMENTS, SEXES, word
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import in_words, masked, when
from fangxian.ops.realm.as_before import RowChange, Stays
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.merge_files import CONTACT, MergeFile, Named, hangs_on

STANDS, UNDONE = Said("已合并", "merged"), Said("已撤销", "undone")
TEST = "movement.testknown"
GONE = Said("已清除", "erased")
NEVER = Said("没有撤销", "not undone")
# What each table holds, as a person would call it. A table that says nothing to them is not told of by itself.
THINGS = {
    "people.person": Said("居民档案", "resident's record"),
    "people.attachment": Said("单位和就学", "ties to venues"),
    "cases.case": Said("病例", "case"),
    "cases.answer": Said("问卷回答", "answers of the interview"),
    "cases.caseresult": Said("检测结果", "laboratory results"),
    "cases.casereport": Said("报告卡", "report cards"),
    "cases.itineraryentry": Said("活动轨迹", "stays and rides"),
    "cases.caselink": Said("传播关系", "links of who infected whom"),
    "contacts.contact": Said("接触者", "contacts"),
    "contacts.followup": Said("随访", "follow-ups"),
    "movement.evidence": Said("健康码依据", "pieces of evidence"),
    "movement.appeal": Said("申诉", "appeals"),
    "movement.testknown": Said("最近一次检测", "newest test"),
    "parcels.waybill": Said("派送的运单", "parcels delivered"),
    "parcels.handling": Said("经手的快递", "parcels touched"),
    "parcels.declaration": Said("快递申报", "declarations of parcels"),
    "parcels.traced": Said("快递追查", "traces of parcels"),
    "movement.samplingday": Said("采样日", "sampling days"),
    "departures.application": Said("离境申请", "departures"),
    "departures.traveller": Said("同行", "going along on departures"),
    "rides.ride": Said("乘车", "rides"),
    "arrivals.arrival": Said("来返申报", "arrivals"),
    "enquiries.enquiry": Said("核实", "enquiries"),
    "lab.rosterplace": Said("筛查名册", "places on rosters of screening rounds"),
    "tasks.task": Said("任务", "tasks"),
    "tracing.tracingclock": Said("流调时限", "clocks of the investigation"),
    "tracing.assignment": Said("小组的工作", "work of a team"),
}
WHY = {
    "changed": Said("合并以后又改过，留作现在这样", "changed since the merge; it stays as it is"),
    "gone": Said("合并以后已经不在记录里", "no longer on record since the merge"),
    "in_use": Said("原来的位置已有另一条，没有放回", "another row stands in its place; it was not put back"),
    "since": Said(
        "合并以后按留下的一例记的，人却回到并入的一例：请看是不是此人的，不是的撤回",
        "recorded since for the case that went on, of somebody who goes back to the merged one: look whether it is "
        "theirs, and withdraw it if it is not",
    ),
    "united": Said(
        "两条并成一条以后又判定过或改过，整条留下；另一方各得一条待判定的",
        "decided on or changed since two lines became one: it stays whole, and the other gets a line to be decided on",
    ),
}
COLUMNS = {
    "onset_on": Said("发病日期", "onset"),
    "died_on": Said("死亡日期", "death"),
    "born_on": Said("出生日期", "birth"),
    "sex": Said("性别", "sex"),
    "phone": Said("电话", "phone"),
    "address": Said("现住址", "address"),
    "workplace": Said("单位", "workplace"),
    "occupation": Said("职业", "occupation"),
    "person_id": Said("居民档案", "the resident's record"),
    "investigated_at": Said("调查完成时间", "when the interview was finished"),
    "first_positive_sampled_at": Said("首次阳性采样", "first positive sample"),
    "state": Said("状态", "state"),
    "last_exposure_on": Said("最后接触日期", "day of last exposure"),
    "rests_on": Said("依据的接触", "the contact it rests on"),
    "withdrawn_at": Said("撤回", "its withdrawal"),
}


def of_file(file: MergeFile, thing) -> str:
    """A case by its number, a record by its masked name and kind of document: both records bear one name."""
    if thing is None:
        return in_words(GONE)
    if file.is_of_cases:
        return thing.number
    kind = word(DOCUMENTS, thing.document_kind)
    name = masked(thing.name, "name")
    return in_words(Said(f"{name}（{kind.zh}）", f"{name} ({kind.en})"))


def merges_table(files: Sequence[MergeFile]) -> Table:
    """The merges a case or a record had part in."""
    columns = (
        Column("at", Said("时间", "When"), kind="time", read=lambda it: it.row.merged_at),
        Column("merged", Said("并入的", "Merged"), read=lambda it: of_file(it, it.merged)),
        Column("kept", Said("并入到", "Into"), read=lambda it: of_file(it, it.kept)),
        Column("by", Said("经办", "By"), read=lambda it: it.posts.get(it.row.merged_by, "—")),
        Column("state", Said("现在", "Now"), kind="tag", read=lambda it: UNDONE if it.row.undone_at else STANDS),
    )
    if any(it.row.undone_at for it in files):
        undone = Column("undone_at", Said("撤销时间", "Undone"), read=_undone_at)
        columns = (*columns, undone)
    return Table(
        caption=Said("合并", "Merges"),
        columns=columns,
        rows=files,
        href=lambda it: reverse("merge", args=[it.row.pk]),
    )


def _undone_at(file: MergeFile) -> object:
    return when(file.row.undone_at) if file.row.undone_at else NEVER


def going_back(changes: Iterable[RowChange]) -> list[RowChange]:
    """Those that go back to whoever was merged; a line or a test of the one that stays is only as it was again."""
    own = {CONTACT: {"case_id", "person_id"}, TEST: {"person_id"}}
    return [it for it in changes if it.table not in own or it.after is None or own[it.table] & set(it.before or ())]


def counted(changes: Iterable[RowChange]) -> list[tuple[Said, int]]:
    """How many of each thing, in the order of the words above."""
    numbers = Counter(change.table for change in changes)
    return [(said, numbers[table]) for table, said in THINGS.items() if numbers[table]]


def stays_told(stays: Sequence[Stays], names: dict[tuple[str, str], Named]) -> list[dict]:
    """What stays, each by name, why, and where it is settled."""
    told = []
    for row in stays:
        it = names.get((row.table, row.key), Named(""))
        page = next(
            (reverse(route, args=[pk]) for route, pk in (("contact", it.contact), ("person", it.person)) if pk), ""
        )
        columns = [COLUMNS[name] for name in row.columns if name in COLUMNS]
        said = Said("、".join(it.zh for it in columns), ", ".join(it.en for it in columns))
        what = THINGS.get(row.table, Said("附带的记录", "a record that belongs to it"))
        told.append(
            {
                "what": what,
                "name": masked(it.name, "name") if row.table == CONTACT else in_words(it.name),
                "columns": said if columns else None,
                "why": WHY.get(row.why, WHY["changed"]),
                "href": page,
            }
        )
    return told


def side_of(person, account: Account, *, at: datetime) -> dict:
    """One of two records that are compared, masked, with how much hangs on it."""
    return {
        "name": masked(person.name, "name"),
        "sex": word(SEXES, person.sex),
        "age": age_on(person.born_on, at.date()),
        "document_kind": word(DOCUMENTS, person.document_kind),
        "document": masked(person.document_number, "identity"),
        "phone": masked(person.phone, "phone") if person.phone else "",
        "address": masked(person.household.address, "address") if person.household else "",
        "since": person.on_record_since,
        "things": hangs_on(person, account),
    }
