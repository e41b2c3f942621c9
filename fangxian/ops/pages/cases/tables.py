"""The tables of case work: the list, clocks, results, cards, links."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.cases.vocabulary import CERTAINTIES, FOUND, SETTINGS
from fangxian.ops.pages.cases.words import case_href, class_said, state_said
from fangxian.ops.pages.county.words import place_name, word
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import joined, unbroken
from fangxian.ops.situation.case_desk import CaseRow
from fangxian.ops.situation.case_files import CaseFile

ON_TIME, LATE = Said("按时", "on time"), Said("超时", "late")
WAITS = Said("前一步未完成", "waits for the step before")
NOT_SAID = Said("—", "—")


def cases_table(
    rows: Sequence[CaseRow], places: Mapping, *, paging: Paging, sorted_by: str, at: datetime, is_filtered: bool
) -> Table:
    """The list of cases: names masked, each line a link."""
    columns = (
        Column("number", Said("编号", "Number"), read=lambda it: it.case.number, sort="number"),
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: it.case.name),
        Column("disease", Said("病种", "Disease"), read=lambda it: it.disease),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: state_said(it.case.state), sort="state"),
        Column("class", Said("分类", "Class"), read=lambda it: class_said(it.case.case_class)),
        Column("onset", Said("发病", "Onset"), kind="date", read=lambda it: it.case.onset_on, sort="-onset"),
        Column(
            "reported", Said("报告", "Reported"), kind="time", read=lambda it: it.case.reported_at, sort="-reported"
        ),
        Column("area", Said("住在", "Home"), read=lambda it: _area(it.case.area_path, places)),
        Column("clock", Said("下一个时限", "Next clock"), read=lambda it: _clock(it.clock, at)),
        Column("interview", Said("问卷", "Interview"), read=lambda it: _interview(it.case)),
    )
    nothing = Said("没有符合条件的病例。", "No case matches.") if is_filtered else Said("还没有病例。", "No cases yet.")
    return Table(
        caption=Said("病例", "Cases"),
        columns=columns,
        rows=rows,
        href=lambda it: case_href(it.case.pk),
        paging=paging,
        sorted_by=sorted_by,
        empty=nothing,
        empty_next=Said("去掉筛选条件看全部。", "See all without the filter.") if is_filtered else None,
        empty_href=reverse("cases") if is_filtered else "",
    )


def reports_table(rows: Sequence, paging: Paging) -> Table:
    """The report cards an account may see, the newest first."""
    columns = (
        Column("card_number", Said("卡片编号", "Card number")),
        Column("kind", Said("类别", "Kind"), kind="tag", read=lambda it: _kind(it.kind)),
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: it.of_case.name),
        Column("state", Said("病例状态", "Case"), read=lambda it: state_said(it.of_case.state)),
        Column("filed_at", Said("报出", "Filed"), kind="time"),
        Column("unit_name", Said("报告单位", "Unit"), wide=True),
    )
    return Table(
        caption=Said("传染病报告卡", "Case report cards"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("case-report", args=[it.pk]),
        paging=paging,
        empty=Said("还没有报过卡。", "No card has been filed yet."),
        empty_next=Said("填一张报告卡。", "Fill one in."),
        empty_href=reverse("case-report-new"),
    )


def cards_of_case(reports: Sequence) -> Table:
    columns = (
        Column("card_number", Said("卡片编号", "Card number")),
        Column("kind", Said("类别", "Kind"), kind="tag", read=lambda it: _kind(it.kind)),
        Column("filed_at", Said("报出", "Filed"), kind="time"),
        Column("unit_name", Said("报告单位", "Unit"), wide=True),
    )
    return Table(
        caption=Said("报告卡", "Report cards"),
        columns=columns,
        rows=reports,
        href=lambda it: reverse("case-report", args=[it.pk]),
        empty=Said("这个病例还没有报告卡。", "This case has no report card yet."),
    )


def results_table(file: CaseFile) -> Table:
    columns = (
        Column("sampled_at", Said("采样", "Sampled"), kind="time"),
        Column("specimen", Said("标本", "Specimen"), read=lambda it: word(dict(file.specimens), it.specimen)),
        Column("found", Said("结果", "Result"), kind="tag", read=lambda it: FOUND[it.found]),
        Column("laboratory", Said("实验室", "Laboratory"), wide=True),
        Column("resulted_at", Said("出结果", "Resulted"), kind="time"),
        Column("remark", Said("备注", "Remark")),
    )
    return Table(
        caption=Said("检测结果", "Laboratory results"),
        columns=columns,
        rows=file.results,
        empty=Said("还没有登记检测结果。", "No result is on record yet."),
    )


def clocks_said(clocks: Sequence, at: datetime, *, may_stamp: bool) -> list[dict]:
    """The clocks as the page lists them: what, whose, by when, and how it stands."""
    return [
        {
            "clock": it,
            "ends": Said(**it.words["ends"]),
            "owner": Said(**it.words["owner"]),
            "starts": Said(**it.words["starts"]),
            "is_running": it.begins_at is not None and it.met_at is None,
            "is_late": bool(it.due_at and (it.met_at or at) > it.due_at),
            "how": _met(it, at),
            "may_stamp": may_stamp and bool(it.chain),
        }
        for it in clocks
    ]


def links_table(file: CaseFile) -> Table:
    """Who infected this case, and whom it infected."""
    columns = (
        Column("way", Said("方向", "Direction"), kind="tag", read=lambda it: _way(it, file)),
        Column("other", Said("病例", "Case"), read=lambda it: _other(it, file).number),
        Column("setting", Said("场所", "Setting"), read=lambda it: SETTINGS.get(it.setting)),
        Column("certainty", Said("把握", "Certainty"), read=lambda it: CERTAINTIES.get(it.certainty)),
        Column("basis", Said("依据", "Basis"), wide=True),
    )
    return Table(
        caption=Said("传播关系", "Who infected whom"),
        columns=columns,
        rows=file.links,
        href=lambda it: case_href(_other(it, file).pk),
        empty=Said("还没有登记传播关系。", "No link is on record yet."),
    )


def links_in_brief(file: CaseFile) -> list[tuple[Said, Said]]:
    """The same where they would fill a page: by direction, each other case with setting and certainty."""
    by_way: dict[Said, list[Said]] = {}
    for it in file.links:
        number = _other(it, file).number
        setting, sure = (SETTINGS.get(it.setting) or NOT_SAID), (CERTAINTIES.get(it.certainty) or NOT_SAID)
        told = Said(f"{number}（{setting.zh}，{sure.zh}）", f"{number} ({setting.en}, {sure.en})")
        by_way.setdefault(_way(it, file), []).append(told)
    return [(Said(f"{way.zh} {len(told)} 例", f"{way.en} {len(told)}"), joined(told)) for way, told in by_way.items()]


def _way(link, file: CaseFile) -> Said:
    return Said("传染给", "infected") if link.infector_id == file.case.pk else Said("被传染", "infected by")


def _other(link, file: CaseFile):
    return link.infected if link.infector_id == file.case.pk else link.infector


def _kind(kind: str) -> Said:
    return Said("订正报告", "correction") if kind == "corrected" else Said("初次报告", "first report")


def _met(it, at: datetime) -> Said:
    if it.begins_at is None:
        return WAITS
    if it.met_at is not None:
        return LATE if it.met_at > it.due_at else ON_TIME
    due = unbroken(it.due_at)
    return Said(f"已过时限 {due}", f"late since {due}") if it.due_at < at else Said(f"{due} 前", f"by {due}")


def _area(area_path: str, places: Mapping) -> Said:
    for digits in (12, 9):
        if place := places.get(area_path[:digits]):
            return place_name(place)
    return Said("县外或未明", "elsewhere or not known")


def _clock(clock, at: datetime) -> Said:
    if clock is None:
        return NOT_SAID
    due = unbroken(clock.due_at)
    return Said(f"已超时 {due}", f"late since {due}") if clock.due_at <= at else Said(f"{due} 前", f"by {due}")


def _interview(row) -> Said:
    return Said("完成", "done") if row.investigated_at else Said("未完成", "open")
