"""The tables of exchange: packages, their people, keys, lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.handover.queries import CountyKey, Package, PackageRow
from fangxian.ops.handover.refusals import fingerprint
from fangxian.ops.handover.words import KEY_STATES, KINDS, OUTCOMES, STATES
from fangxian.ops.intake.wire import STATES as INTAKE_STATES
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.handover.words import KINDS as LISTS
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words
from fangxian.ops.procedures.import_list import source_name


def _county(it: Package | CountyKey) -> Said:
    return Said(f"{it.county_zh}（{it.division_code}）", f"{it.county_en} ({it.division_code})")


def packages_table(packages: Iterable[Package], *, caption: Said, empty: Said, paging: Paging | None = None) -> Table:
    columns = (
        Column("number", Said("文号", "Number"), wide=True),
        Column("county", Said("对方", "County"), read=_county),
        Column("n_rows", Said("人数", "People"), kind="number"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(word(STATES, it.state))),
        Column("made_at", Said("生成或收到", "Made or received"), kind="time"),
        Column("due_at", Said("回执期限", "Receipt due"), kind="time"),
        Column("closed_at", Said("了结", "Closed"), kind="time"),
    )
    return Table(
        caption=caption,
        columns=columns,
        rows=packages,
        href=lambda it: reverse("handover-package", args=[it.pk]),
        paging=paging,
        empty=empty,
    )


def people_table(
    rows: Sequence[PackageRow], fields_of: Callable[[PackageRow], dict], paging: Paging, rings: Mapping[str, Said]
) -> Table:
    """The people of a package, names by the first character. `rings`: what it calls them, in both languages."""
    fields = {row.pk: fields_of(row) for row in rows}

    def said(row: PackageRow) -> Said:
        return Said(row.said_zh, row.said_en)

    def last_contact(row: PackageRow) -> date | None:
        try:
            return date.fromisoformat(fields[row.pk].get("last_exposure_at", "")[:10])
        except ValueError:  # a package holds what its sender wrote
            return None

    def ring(row: PackageRow) -> Said | str:
        text = fields[row.pk].get("ring", "")
        return rings.get(text, text)

    columns = (
        Column("row_number", Said("序号", "Row"), kind="number"),
        Column("kind", Said("类别", "Kind"), kind="tag", read=lambda it: in_words(word(KINDS, it.kind))),
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: fields[it.pk].get("name", "")),
        Column("ring", Said("密接类型", "Ring"), read=ring),
        Column("last", Said("最后接触", "Last contact"), kind="date", read=last_contact),
        Column("outcome", Said("办理结果", "What came of it"), read=lambda it: word(OUTCOMES, it.outcome)),
        Column("said", Said("说明", "Why"), read=said, wide=True),
    )
    return Table(
        caption=Said("名单", "Who is in it"), columns=columns, rows=rows, paging=paging,
        empty=Said("名单已按期清除，只留下人数。", "The list was erased at its term; only the number remains."),
    )  # fmt: skip


def keys_table(keys: Sequence[CountyKey]) -> Table:
    columns = (
        Column("county", Said("县（区）", "County"), read=_county),
        Column("fingerprint", Said("公钥指纹", "Fingerprint"), read=lambda it: fingerprint(it.public_key), wide=True),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: in_words(word(KEY_STATES, it.state))),
        Column("noted_at", Said("首次见到", "First seen"), kind="time"),
        Column("decided_at", Said("确认或否认", "Decided"), kind="time"),
    )
    return Table(
        caption=Said("其他县的公钥", "Keys of other counties"),
        columns=columns,
        rows=keys,
        href=lambda it: reverse("handover-key", args=[it.pk]),
        empty=Said("还没有收到过其他县签名的文件。", "Nothing signed by another county has come yet."),
    )


def lists_table(lists: Sequence, paging: Paging) -> Table:
    def when_closed(name: str) -> Callable:
        return lambda it: getattr(it, name) if it.closed_at else None

    columns = (
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("kind", Said("名单", "List"), read=lambda it: word(LISTS, it.kind)),
        Column("source", Said("来自", "From"), read=lambda it: source_name(it.source), wide=True),
        Column("file_name", Said("文件", "File"), read=lambda it: it.file_name or None, wide=True),
        Column("state", Said("状态", "State"), read=lambda it: word(INTAKE_STATES, it.state), wide=True),
        Column("n_rows", Said("行数", "Rows"), kind="number", read=lambda it: it.n_rows or None),
        Column("n_accepted", Said("收下", "Taken"), kind="number", read=when_closed("n_accepted")),
        Column("n_refused", Said("退回", "Returned"), kind="number", read=when_closed("n_refused")),
        Column("n_remarked", Said("有备注", "With remarks"), kind="number", read=when_closed("n_remarked")),
    )
    return Table(
        caption=Said("收到的名单", "Lists that came"),
        columns=columns,
        rows=lists,
        href=lambda it: reverse("imports-list", args=[it.pk]),
        paging=paging,
        empty=Said("还没有导入过名单。", "No list has been imported yet."),
    )
