"""The tables of the three comparisons."""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.comparisons.queries import Counts
from fangxian.ops.comparisons.wire import read_written
from fangxian.ops.pages.comparisons.words import CONFLICTS, OUTCOMES, ROLES, SENDERS, SEXES, listed
from fangxian.ops.pages.county.showing import Showing
from fangxian.ops.pages.county.words import place_name, word
from fangxian.ops.pages.tables import Column, Paging, Table

NOT_YET = Said("还没有比对", "not compared yet")


def comparisons_table(rows: Sequence, paging: Paging) -> Table:
    columns = (
        Column("title", Said("为什么事", "What for"), wide=True),
        Column("begins_on", Said("从", "From"), kind="date"),
        Column("ends_on", Said("至（不含）", "To, not including"), kind="date"),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column("n_people", Said("人数", "People"), kind="number"),
        Column("compared_at", Said("比对时间", "Compared at"), kind="time"),
    )
    return Table(
        caption=Said("三比对", "Three comparisons"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("comparison", args=[it.pk]),
        paging=paging,
        empty=Said("还没有比对。", "Nothing has been compared."),
    )


def areas_table(counts: Counts, places: Mapping, href: str) -> Table:
    """How many came to what in each township."""

    def figure(outcome: str, said: Said) -> Column:
        total = counts.by_outcome.get(outcome, 0)
        return Column(outcome, said, kind="number", read=lambda it: it[1].get(outcome, 0), total=total)

    columns = (
        Column("area", Said("乡镇", "Township"), read=lambda it: area_said(it[0], places)),
        *(figure(outcome, said) for outcome, said in OUTCOMES.items()),
    )
    return Table(
        caption=Said("各乡镇", "By township"),
        columns=columns,
        rows=sorted(counts.by_area.items()),
        href=lambda it: f"{href}?area={it[0]}",
        empty=Said("还没有结果。", "Nothing has been found yet."),
    )


def area_said(area: str, places: Mapping) -> Said:
    """A township's name; of whom no township is known, that it is not."""
    place = places.get(area)
    if place is None:
        return Said(area, area)
    return place_name(place) if len(area) > 6 else Said("乡镇不明", "township not known")


def sources_table(comparison, rows: Sequence, intakes: Mapping) -> Table:
    def state(row) -> Said:
        if row.as_of:
            return Said("已比对", "compared")
        intake = intakes.get(row.intake)
        waits = intake is not None and intake.state == "received"
        return Said("待确认列名", "columns to be confirmed") if waits else Said("待比对", "to be compared")

    columns = (
        Column("sender", Said("来源", "Source"), read=lambda it: word(SENDERS, it.sender)),
        Column("role", Said("类别", "Kind"), read=lambda it: word(ROLES, it.role)),
        Column("state", Said("状态", "State"), kind="tag", read=state),
        Column("n_rows", Said("行数", "Rows"), kind="number", read=_once_compared("n_rows")),
        Column("n_different", Said("去重后", "Different"), kind="number", read=_once_compared("n_different")),
        Column("n_people", Said("人数", "People"), kind="number", read=_once_compared("n_people")),
        Column("n_refused", Said("退回", "Returned"), kind="number", read=_once_compared("n_refused")),
        Column("as_of", Said("截至", "As of"), kind="time"),
    )
    return Table(
        caption=Said("来源", "Sources"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("comparison-source", args=[comparison.pk, it.pk]),
        empty=Said("还没有来源。请先上传清单。", "There are no sources yet: upload a list first."),
    )


def _once_compared(name: str):
    """A figure of a source; not known before a run has read it."""
    return lambda it: getattr(it, name) if it.as_of else None


def people_table(comparison, rows: Sequence, places: Mapping, paging: Paging, shows: Showing) -> Table:
    columns = (
        Column("name", Said("姓名", "Name"), read=lambda it: shows.masked(it.name, "name")),
        Column("outcome", Said("结果", "Outcome"), read=lambda it: word(OUTCOMES, it.outcome)),
        Column(
            "roles", Said("哪些来源有", "Sources that have them"), read=lambda it: listed(ROLES, it.roles), wide=True
        ),
        Column("conflicts", Said("不一致", "Conflicting"), read=lambda it: listed(CONFLICTS, it.conflicts)),
        Column("place", Said("哪里", "Where"), read=lambda it: place_said(it.area_path, places), wide=True),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
    )
    return Table(
        caption=Said("比对的人", "People compared"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("comparison-person", args=[comparison.pk, it.pk]),
        paging=paging,
        empty=Said("没有这样的人。", "There is nobody like that."),
    )


def place_said(area_path: str, places: Mapping) -> Said:
    """Township and village; of whom no township is known, that it is not."""
    paths = [area_path[:digits] for digits in (9, 12) if len(area_path) >= digits]
    names = [place_name(places[path]) for path in paths if path in places]
    if not names:
        return Said("乡镇不明", "township not known")
    return Said("".join(it.zh for it in names), ", ".join(it.en for it in reversed(names)))


def rows_table(rows: Sequence, shows: Showing) -> Table:
    """What each source says of one person."""
    told = [(row, read_written(row.written)) for row in rows]
    columns = (
        Column("source", Said("来源", "Source"), read=lambda it: word(SENDERS, it[0].source.sender)),
        Column("role", Said("类别", "Kind"), read=lambda it: word(ROLES, it[0].source.role)),
        Column("row_number", Said("第几行", "Row"), kind="number", read=lambda it: it[0].row_number or None),
        Column("n_times", Said("写了几次", "Times"), kind="number", read=lambda it: it[0].n_times),
        Column("name", Said("姓名", "Name"), read=lambda it: shows.masked(it[1].get("name"), "name")),
        Column("number", Said("证件号", "Document"), read=lambda it: shows.masked(it[1].get("number"), "identity")),
        Column("phone", Said("电话", "Phone"), read=lambda it: shows.masked(it[1].get("phone"), "phone")),
        Column(
            "address", Said("住址", "Address"), read=lambda it: shows.masked(it[1].get("address"), "address"), wide=True
        ),
        Column("born", Said("出生", "Born"), read=lambda it: born_said(it[1], shows)),
        Column("arrived_on", Said("到达", "Arrived"), read=lambda it: it[1].get("arrived_on")),
        Column("origin", Said("来源地", "From"), read=lambda it: it[1].get("origin")),
    )
    return Table(caption=Said("各来源怎么写", "What each source says"), columns=columns, rows=told)


def born_said(told: Mapping, shows: Showing) -> str | None:
    """Birth as written; masked, the year alone."""
    if day := str(told.get("born_on", "")):
        return day if shows.reason else day[:4]
    return str(told["born_year"]) if told.get("born_year") else None


def facts_of(row, shows: Showing) -> dict[str, object]:
    """One row of a doubtful pair, field by field as they are compared."""
    told = read_written(row.written)
    return {
        "sender": word(SENDERS, row.source.sender),
        "role": word(ROLES, row.source.role),
        "row_number": row.row_number,
        "name": shows.masked(told.get("name"), "name"),
        "number": shows.masked(told.get("number"), "identity"),
        "phone": shows.masked(told.get("phone"), "phone"),
        "address": shows.masked(told.get("address"), "address"),
        "born": born_said(told, shows),
        "sex": SEXES.get(told.get("sex", 0)),
    }
