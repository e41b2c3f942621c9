"""The only writers of the sheets room. Files are read outside the transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now, the_realm

from . import refusals
from .filling import emptied
from .layout import find_layout, first_sheet_with_head, printed_order, with_rows
from .models import Fill, HeadMeaning, Template, TemplateVersion
from .package import open_package
from .wire import ColumnMeaning, Layout, read_layout

Known = Sequence[Mapping[str, object]]
LONGEST_NAME = Template._meta.get_field("name").max_length
LONGEST_REASON = Template._meta.get_field("withdrawn_why").max_length


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as it was kept; `is_repeat`: the same file had come before for this form."""

    row: TemplateVersion
    is_repeat: bool


def keep_template(*, content: bytes, name: str, source: str, known: Known, by: str) -> Kept:
    """Keep a form under a new name; the same file under the same name again is the one that is there.

    Parameters
    ----------
    known : for each source what its heads are called, plain; the chosen source's first

    Refuses
    -------
    sheets.no_name, sheets.name_taken, and what `package.open_package` and `layout.find_layout` refuse
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise refusals.no_name()
    layout = first_sheet_with_head(open_package(content), known)
    there = Template.objects.filter(name=name, withdrawn_at=None).first()
    if there is not None:
        return _same_or_refused(there, content, source, name)
    try:
        with transaction.atomic():
            at = county_now()
            template = Template.objects.create(name=name, source=source, kept_at=at, kept_by=by)
            return _add_version(template, content, layout, by)
    except IntegrityError:  # kept under this name at this very moment
        return _same_or_refused(Template.objects.get(name=name, withdrawn_at=None), content, source, name)


def _same_or_refused(there: Template, content: bytes, source: str, name: str) -> Kept:
    row = there.versions.filter(digest=sha256(content).hexdigest()).order_by("-number").first()
    if row is None or there.source != source:
        raise refusals.name_taken(name)
    return Kept(row, is_repeat=True)


def keep_version(*, template: UUID, content: bytes, known: Known, by: str) -> Kept:
    """Keep another version of a form; until it is confirmed the one before is filled in. The newest again is a repeat.

    Refuses
    -------
    sheets.not_found, sheets.withdrawn, and what `package.open_package` and `layout.find_layout` refuse
    """
    layout = first_sheet_with_head(open_package(content), known)
    with transaction.atomic():
        row = _locked(template)
        newest = row.versions.order_by("-number").first()
        if newest is not None and newest.digest == sha256(content).hexdigest():
            return Kept(newest, is_repeat=True)
        return _add_version(row, content, layout, by)


def _add_version(template: Template, content: bytes, layout: Layout, by: str) -> Kept:
    """Keeps the file as it came, until somebody has confirmed where its rows are."""
    newest = template.versions.order_by("-number").first()
    row = TemplateVersion.objects.create(
        template=template, number=newest.number + 1 if newest else 1, file=the_realm().files.put(content),
        digest=sha256(content).hexdigest(), layout=layout.as_json(),
        uploaded_at=county_now(), uploaded_by=by,
    )  # fmt: skip
    facts = {"source": template.source, "version": row.number, "n_bytes": len(content)}
    record("sheets.template_kept", by=by, about=[f"sheet:{template.pk}"], facts=facts)
    return Kept(row, is_repeat=False)


def look_again(*, version: UUID, sheet: str, known: Known, by: str) -> TemplateVersion:
    """Choose another sheet of the workbook; its table is looked for anew. Of a version nobody has confirmed yet.

    Refuses
    -------
    sheets.not_found, sheets.withdrawn, sheets.no_such_sheet, sheets.no_head
    """
    row = _version(version)
    layout = find_layout(open_package(the_realm().files.get(row.file)), sheet, known)
    with transaction.atomic():
        _locked(row.template_id)
        row = TemplateVersion.objects.select_for_update().get(pk=version)
        if row.confirmed_at is None and row.layout != layout.as_json():
            row.layout = layout.as_json()
            row.save(update_fields=["layout"])
            record("sheets.sheet_chosen", by=by, about=[f"sheet:{row.template_id}"], facts={"version": row.number})
    return row


def confirm_columns(
    *,
    version: UUID,
    columns: Sequence[ColumnMeaning],
    head_last: int,
    body_last: int,
    fields: Collection[str],
    places: Collection[str],
    by: str,
) -> TemplateVersion:
    """Say where the table is and what stands in each column; remembered for the source's next forms.

    What stood in the rows to fill in is taken out of the file that is kept. The same again changes nothing.

    Parameters
    ----------
    fields : the fields of the source; `places` those of them whose printed order is kept

    Refuses
    -------
    sheets.not_found, sheets.withdrawn, sheets.rows_out_of_order, sheets.no_such_field, sheets.nothing_mapped
    """
    row = _version(version)
    content = the_realm().files.get(row.file)
    package, before = open_package(content), read_layout(row.layout)
    _refuse_columns(columns, fields)
    layout = with_rows(package, before, head_last=head_last, body_last=body_last)
    if row.confirmed_at is None:
        column = next((n for n, it in enumerate(columns, start=1) if it.field in places), 0)
        order = printed_order(package, layout, column) if column else ()
        layout = read_layout({**layout.as_json(), "order": order})
        file = the_realm().files.put(emptied(package, layout))
    else:
        layout = read_layout({**layout.as_json(), "order": before.order})
        file = row.file
    return _confirm(version, layout, columns, file, by)


@transaction.atomic
def _confirm(version: UUID, layout: Layout, columns: Sequence[ColumnMeaning], file: str, by: str) -> TemplateVersion:
    row = _version(version)
    template = _locked(row.template_id)
    row = TemplateVersion.objects.select_for_update().get(pk=version)
    told = [it.as_json() for it in columns]
    if row.confirmed_at is not None and (row.columns, row.layout) == (told, layout.as_json()):
        return row
    came = row.file
    row.layout, row.columns, row.file = layout.as_json(), told, file
    row.confirmed_at, row.confirmed_by = county_now(), by
    row.save(update_fields=["layout", "columns", "file", "confirmed_at", "confirmed_by"])
    _remember(template.source, layout, columns, by)
    n_mapped = sum(bool(it.field or it.text) for it in columns)
    facts = {"version": row.number, "n_mapped": n_mapped, "n_empty": len(columns) - n_mapped}
    record("sheets.columns_confirmed", by=by, about=[f"sheet:{template.pk}"], facts=facts)
    if came != file and not TemplateVersion.objects.filter(file=came).exists():
        transaction.on_commit(lambda: the_realm().files.erase(came))
    return row


def _refuse_columns(columns: Sequence[ColumnMeaning], fields: Collection[str]) -> None:
    if unknown := next((it.field for it in columns if it.field and it.field not in fields), ""):
        raise refusals.no_such_field(unknown)
    if not any(it.field for it in columns):
        raise refusals.nothing_mapped()


def _remember(source: str, layout: Layout, columns: Sequence[ColumnMeaning], by: str) -> None:
    at = county_now()
    told = {head: it.field for head, it in zip(layout.heads, columns, strict=False) if head and not it.text}
    HeadMeaning.objects.bulk_create(
        [
            HeadMeaning(source=source, head=head, field=field, confirmed_at=at, confirmed_by=by)
            for head, field in told.items()
        ],
        update_conflicts=True,
        unique_fields=["source", "head"],
        update_fields=["field", "confirmed_at", "confirmed_by"],
    )


@transaction.atomic
def withdraw_template(*, template: UUID, why: str, by: str) -> Template:
    """From now on nobody fills a form in. Withdrawn already, nothing changes.

    Refuses
    -------
    sheets.not_found, sheets.no_reason
    """
    row = Template.objects.select_for_update().filter(pk=template).first()
    if row is None:
        raise refusals.not_found()
    if row.withdrawn_at is not None:
        return row
    why = " ".join(why.split())[:LONGEST_REASON]
    if not why:
        raise refusals.no_reason()
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = county_now(), by, why
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record("sheets.template_withdrawn", by=by, about=[f"sheet:{row.pk}"], details={"why": why})
    return row


@transaction.atomic
def note_fill(*, version: UUID, area_path: str, begins_on: date, ends_on: date, is_personal: bool, by: str) -> Fill:
    """Put on record that somebody takes a filled form out, before its first byte leaves.

    Refuses
    -------
    sheets.not_found, sheets.not_confirmed, sheets.withdrawn
    """
    row = _version(version)
    if row.confirmed_at is None:
        raise refusals.not_confirmed()
    template = _locked(row.template_id)
    fill = Fill.objects.create(
        version=row, area_path=area_path, begins_on=begins_on, ends_on=ends_on, filled_at=county_now(), filled_by=by
    )
    facts = {
        "source": template.source, "version": row.number, "area": area_path, "is_personal": is_personal,
        "begins_on": begins_on.isoformat(), "ends_on": ends_on.isoformat(),
    }  # fmt: skip
    record("sheets.filled", by=by, about=[f"sheet:{template.pk}"], facts=facts)
    return fill


@transaction.atomic
def note_rows(*, fill: UUID, n_rows: int, by: str) -> None:
    """Put on record how many rows a filled form had, once its last byte is made."""
    if Fill.objects.filter(pk=fill, n_rows=None).update(n_rows=n_rows):
        record("sheets.rows_sent", by=by, about=[f"fill:{fill}"], facts={"n_rows": n_rows})


def _version(version: UUID) -> TemplateVersion:
    row = TemplateVersion.objects.filter(pk=version).first()
    if row is None:
        raise refusals.not_found()
    return row


def _locked(template: UUID) -> Template:
    row = Template.objects.select_for_update().filter(pk=template).first()
    if row is None:
        raise refusals.not_found()
    if row.withdrawn_at is not None:
        raise refusals.withdrawn()
    return row
