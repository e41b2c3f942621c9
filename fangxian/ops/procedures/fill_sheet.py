"""The county's own spreadsheets (表格模板): kept once, their columns confirmed, then filled in for whoever needs one.

1. a form is uploaded, and its table found                      sheets
2. a person says what each column is; that is remembered        sheets
3. rows are read as the account may see them                    the source that is handed in
4. that a filled form left is put on record, then it is sent    sheets, audit

What one entry recorded serves every report that asks for it: nobody copies a list by hand.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, count, islice
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.refusals import not_yours
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.intake.fields import plain
from fangxian.ops.places.queries import place_at
from fangxian.ops.realm.areas import GRID_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.sheets import refusals
from fangxian.ops.sheets.actions import (
    Kept,
    confirm_columns,
    keep_template,
    keep_version,
    look_again,
    note_fill,
    note_rows,
    withdraw_template,
)
from fangxian.ops.sheets.filling import Filler, fill, first_rows
from fangxian.ops.sheets.filling import Template as Form
from fangxian.ops.sheets.layout import propose
from fangxian.ops.sheets.queries import (
    Template,
    TemplateVersion,
    package_of,
    remembered,
    template_with,
    versions_in_use,
)
from fangxian.ops.sheets.sources import AREA, DAY, NUMBER, PLACE, Asked, Source, masked
from fangxian.ops.sheets.wire import ColumnMeaning, Kind, Layout, read_columns, read_layout

KEEP = "sheets.keep"
READ, LOGGED_AT_ONCE = "sheets.taken_out", 500
LONGEST_D = 31
HAN = re.compile(r"[\u4e00-\u9fff]")
MASKED = frozenset({"name", "address", "stays_at", "whereabouts", "workplace", "vehicle"})


@dataclass(frozen=True, slots=True)
class Filled:
    """A form on its way out: its file's name, and its bytes piece by piece."""

    file_name: str
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of which area a form is to be filled in, up to which day, and of how many days."""

    area_path: str
    last_on: date
    n_days: int


def require_keeping(account: Account | None) -> None:
    """Refuses `accounts.not_yours` for whoever does not keep the county's forms."""
    require(account, KEEP, the_realm().division_code)


def keep_sheet(*, content: bytes, name: str, source: Source, by: Account) -> Kept:
    """Keep a new form; the same again is harmless. Refuses as `actions.keep_template`, and accounts.not_yours."""
    require_keeping(by)
    return keep_template(content=content, name=name, source=source.key, known=[source.by_header], by=_by(by))


def keep_sheet_version(*, template: UUID, content: bytes, source: Source, by: Account) -> Kept:
    """Keep another version of a form. Refuses as `sheets.actions.keep_version`, and accounts.not_yours."""
    require_keeping(by)
    return keep_version(template=template, content=content, known=[source.by_header], by=_by(by))


def choose_sheet(*, version: UUID, sheet: str, source: Source, by: Account) -> TemplateVersion:
    """Use another sheet of the form's workbook. Refuses as `sheets.actions.look_again`, and accounts.not_yours."""
    require_keeping(by)
    return look_again(version=version, sheet=sheet, known=[source.by_header], by=_by(by))


def confirm_sheet(
    *, version: UUID, source: Source, columns: Sequence[ColumnMeaning], head_last: int, body_last: int, by: Account
) -> TemplateVersion:
    """Say what the columns are. Refuses as `sheets.actions.confirm_columns`, and accounts.not_yours."""
    require_keeping(by)
    fields = {it.name for it in source.fields}
    return confirm_columns(
        version=version, columns=columns, head_last=head_last, body_last=body_last, fields=fields, places={PLACE},
        by=_by(by),
    )  # fmt: skip


def withdraw_sheet(*, template: UUID, why: str, by: Account) -> Template:
    """Nobody fills it in any more. Refuses as `sheets.actions.withdraw_template`, and accounts.not_yours."""
    require_keeping(by)
    return withdraw_template(template=template, why=why, by=_by(by))


def columns_proposed(version: TemplateVersion, layout: Layout, source: Source) -> list[ColumnMeaning]:
    """What each column most likely is, for whoever confirms it; as it was confirmed where it was."""
    if version.confirmed_at is not None:
        return list(read_columns(version.columns))
    fields = {it.name for it in source.fields}
    known = remembered(source.key, layout.heads)
    found = propose(layout.heads, source.by_header, {head: it for head, it in known.items() if it in fields or not it})
    return [ColumnMeaning(field=field) for field in found]


def may_fill(account: Account, source: Source, area_path: str) -> bool:
    """Whether an account may have a sheet of an area: its own, or, where rows are areas, the village around it."""
    own = areas_of(account, source.permission)
    around = [it[:VILLAGE_DIGITS] for it in own if len(it) == GRID_DIGITS]
    is_by_area = PLACE in source.by_name
    return any(area_path.startswith(it) for it in own) or (is_by_area and area_path in around)


def fill_sheet(*, template: UUID, source: Source, wanted: Wanted, by: Account) -> Filled:
    """A form filled in, sent while it is written. That it left is on record before its first byte.

    Refuses
    -------
    accounts.not_yours, sheets.not_found, sheets.not_confirmed, sheets.withdrawn
    """
    row = template_with(template)
    _require_area(by, source, wanted.area_path)
    version = versions_in_use([row.pk]).get(row.pk)
    if row.withdrawn_at is not None:
        raise refusals.withdrawn()
    if version is None:
        raise refusals.not_confirmed()
    asked = asked_for(by, wanted)
    form = _form(version, read_layout(version.layout), read_columns(version.columns), source, asked)
    rows = iter(_in_order(source.rows(asked), form.layout))
    first = list(islice(rows, 1))  # so that what is refused is refused before anything is on record
    noted = note_fill(
        version=version.pk, area_path=wanted.area_path, begins_on=localtime(asked.begins_at).date(),
        ends_on=asked.last_on, is_personal=source.is_personal, by=_by(by),
    )  # fmt: skip
    told = _looked_at(chain(first, rows), source, by)
    pieces = fill(form, told, at_end=lambda n: note_rows(fill=noted.pk, n_rows=n, by=_by(by)))
    return Filled(f"{_plain_name(row.name)}-{_name_of(wanted.area_path).zh}-{wanted.last_on}.xlsx", pieces)


def rows_to_check(
    *,
    version: TemplateVersion,
    source: Source,
    layout: Layout,
    columns: Sequence[ColumnMeaning],
    wanted: Wanted,
    by: Account,
    n: int = 3,
) -> list[list[object]]:
    """The first rows that a form would be filled in with, by column; of people the names are masked.

    Refuses
    -------
    accounts.not_yours
    """
    _require_area(by, source, wanted.area_path)
    asked = asked_for(by, wanted)
    form = _form(version, layout, columns, source, asked, is_shown=source.is_personal)
    return first_rows(form, source.rows(asked), n)


def _require_area(account: Account, source: Source, area_path: str) -> None:
    if not may_fill(account, source, area_path):
        raise not_yours(the_roles().permissions[source.permission], area_path, areas_of(account, source.permission))


def asked_for(by: Account, wanted: Wanted) -> Asked:
    """What a source is asked for: whole county days, at most LONGEST_D."""
    at, n_days = county_now(), max(1, min(wanted.n_days, LONGEST_D))
    ends_at = datetime.combine(wanted.last_on + timedelta(days=1), time(), localtime(at).tzinfo)
    return Asked(
        account=by, area_path=wanted.area_path, last_on=wanted.last_on, n_days=n_days,
        begins_at=ends_at - timedelta(days=n_days), ends_at=ends_at, at=at,
    )  # fmt: skip


def _form(
    version: TemplateVersion,
    layout: Layout,
    columns: Sequence[ColumnMeaning],
    source: Source,
    asked: Asked,
    *,
    is_shown: bool = False,
) -> Form:
    language = "zh" if any(map(HAN.search, layout.heads)) else "en"
    fillers = {
        n: filler
        for n, it in enumerate(columns, start=1)
        if (filler := _filler(it, source, asked, language, is_shown=is_shown)) is not None
    }
    return Form(package_of(version), layout, fillers, _words(asked, language))


def _filler(meaning: ColumnMeaning, source: Source, asked: Asked, language: str, *, is_shown: bool) -> Filler | None:
    area, numbers = _name_of(asked.area_path).in_language(language), count(1)
    common: Mapping[str, Filler] = {
        NUMBER: Filler(Kind.NUMBER, lambda row: next(numbers)),
        AREA: Filler(Kind.TEXT, lambda row: area),
        DAY: Filler(Kind.DATE, lambda row: asked.last_on),
    }
    if meaning.text:
        return Filler(Kind.TEXT, lambda row: meaning.text)
    if meaning.field in common and meaning.field not in source.by_name:
        return common[meaning.field]
    column = source.by_name.get(meaning.field)
    if column is None:
        return None
    read = _in_language(column.read, language)
    if is_shown and column.field.kind is Kind.EXACT:
        return Filler(Kind.TEXT, lambda row: f"…{value[-4:]}" if (value := str(read(row) or "")) else None)
    if is_shown and column.field.name in MASKED:
        return Filler(Kind.TEXT, lambda row: masked(str(read(row) or "")))
    return Filler(column.field.kind, read)


def _in_language(read: Callable[[Any], object], language: str) -> Callable[[Any], object]:
    def said(row: Any) -> object:
        value = read(row)
        return value.in_language(language) if isinstance(value, Said) else value

    return said


def _words(asked: Asked, language: str) -> dict[str, str]:
    """What stands for each placeholder, by its name without marks and case."""
    area = _name_of(asked.area_path).in_language(language)
    last_on, at = asked.last_on, localtime(asked.at)
    first = localtime(asked.begins_at).date()
    told = {
        ("日期", "填报日期", "date"): last_on.isoformat(),
        ("年月日", "long date"): f"{last_on.year}年{last_on.month}月{last_on.day}日",
        ("起始日期", "from"): first.isoformat(),
        ("截止日期", "until"): last_on.isoformat(),
        ("天数", "days"): str(asked.n_days),
        ("填报单位", "地区", "单位", "area"): area,
        ("制表时间", "填报时间", "导出时间", "made at"): f"{at:%Y-%m-%d %H:%M}",
    }
    return {plain(name): value for names, value in told.items() for name in names}


def _in_order(rows: Iterator[Any], layout: Layout) -> Iterator[Any]:
    """Rows of places in the order that the form has printed; those it has not come after."""
    if not layout.order:
        return rows
    told = list(layout.order)

    def where(row: Any) -> int:
        name = row.place.name_zh
        return next((n for n, it in enumerate(told) if it == name or name.startswith(it.strip())), len(told))

    return iter(sorted(rows, key=where))


def _looked_at(rows: Iterator[Any], source: Source, by: Account) -> Iterator[Any]:
    """The same rows, each person noted as looked at before they are sent."""
    if source.of_whom is None:
        yield from rows
        return
    while part := list(islice(rows, LOGGED_AT_ONCE)):
        if subjects := list(dict.fromkeys(it for row in part for it in source.of_whom(row))):
            log_views(viewer=by.pk, subjects=subjects, why=READ)
        yield from part


def _name_of(area_path: str) -> Said:
    place = place_at(area_path)
    return Said(place.name_zh, place.name_en) if place else Said(area_path, area_path)


def _plain_name(name: str) -> str:
    """A form's name as part of a file's."""
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name)[:60]


def _by(account: Account) -> str:
    return f"account:{account.pk}"
