"""What others may ask of the intake room."""

import json
from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm

from . import mapping as mappings
from . import returning
from .cells import text_of
from .formats import Format, Opened, Sniffed, open_records
from .headers import table_of
from .kept_rows import records_in
from .kinds import kind_of
from .models import HeaderMapping, Intake, RefusedRow, State
from .reading import Reading, read


def find(intake_id: UUID) -> Intake | None:
    return Intake.objects.filter(pk=intake_id).first()


def intakes(*, source: str | None = None, kind: str | None = None) -> QuerySet[Intake]:
    """Files that came in, newest first. Scope: `accounts.scope.within_scope` on the answer."""
    asked = {name: value for name, value in (("source", source), ("kind", kind)) if value is not None}
    return Intake.objects.filter(**asked)


def headers_of(intake: Intake) -> list[str]:
    """The headers of a file by column, "" for a column without one; empty when it was refused or is erased."""
    return json.loads(intake.headers or "[]")


def mapping_of(intake: Intake) -> dict[str, str]:
    """Header → field as confirmed; empty before."""
    return json.loads(intake.mapping or "{}")


def propose_mapping(headers: Sequence[str], *, kind: str, source: str) -> dict[str, str]:
    """Header → field, first as this source's headers were mapped before, then by the kind's aliases.

    Refuses
    -------
    intake.unknown_kind
    """
    known = HeaderMapping.objects.filter(source=source, kind=kind, header__in=[*headers])
    return mappings.propose(headers, kind_of(kind), dict(known.values_list("header", "field")))


def first_rows(intake: Intake, n: int = 3) -> list[list[str]]:
    """The cells of the first rows below the head as they came, so that somebody sees what a column holds.

    Refuses
    -------
    intake.erased
    """
    table = table_of(opened_again(intake), kind_of(intake.kind))
    return [[text_of(cell) for cell in cells] for _, cells in islice(table.records, n)]


def read_rows(intake: Intake) -> Reading:
    """The rows of a mapped file: `for row_number, fields in reading`, then `reading.refused`.

    Takes the file's content into memory, of a workbook its rows as they were kept. 100,000 rows of six columns take
    some seconds.

    Refuses
    -------
    intake.unmapped, intake.erased
    """
    if intake.state not in (State.MAPPED, State.CLOSED):
        raise Refusal(
            "intake.unmapped",
            zh="这个文件的列名还没有对应，不能读取。应先确认每一列是什么。请打开该文件，对应列名。",
            en="The headers of this file have not been mapped, so it cannot be read. Each column's meaning is to be "
            "confirmed first. Open the file and map its headers.",
        )
    return read(opened_again(intake), kind=kind_of(intake.kind), mapping=mapping_of(intake))


def opened_again(intake: Intake) -> Opened:
    """A file that was looked into when it came, with its records: of a workbook those that were read then.

    Refuses
    -------
    intake.erased
    """
    packed = _kept_rows(intake)
    if packed is None:
        return open_records(content_of(intake), sheet=intake.sheet or None, encoding=intake.encoding)
    told = {"sheet": intake.sheet, "sheet_number": intake.sheet_number, "warnings": tuple(intake.warnings)}
    return Opened(Sniffed(format=Format(intake.file_format), **told), records_in(packed))


def _kept_rows(intake: Intake) -> bytes | None:
    """None where there are none: of text, of what came before rows were kept; lost ones are read anew."""
    try:
        return the_realm().files.get(intake.rows_file) if intake.rows_file else None
    except Refusal:
        return None


def content_of(intake: Intake) -> bytes:
    """The file as it came.

    Refuses
    -------
    intake.erased
    """
    if not intake.file:
        raise Refusal(
            "intake.erased",
            zh="这个文件已按期清除，只留下行数。如仍需要，请从原来的单位重新取得并上传。",
            en="This file has been erased at its term; only its counts remain. If it is still needed, get it from "
            "where it came from and upload it again.",
        )
    return the_realm().files.get(intake.file)


def refused_rows(intake: Intake) -> QuerySet[RefusedRow]:
    """Rows of a file that were not taken, or not wholly, in its order."""
    return RefusedRow.objects.filter(intake=intake).order_by("row_number")


def refused_file(intake: Intake, *, file_format: str = "xlsx") -> bytes:
    """The refused rows for the sender ("xlsx" or "csv"): original cells, row number, reason in both languages.

    A workbook is the better choice where the sender will edit it: opened as CSV, a spreadsheet damages
    identity numbers again.
    """
    write = {"xlsx": returning.as_xlsx, "csv": returning.as_csv}[file_format]
    rows = refused_rows(intake).iterator(chunk_size=2000)
    headers = headers_of(intake)
    return write(headers, ((row.row_number, json.loads(row.cells), *_reason(row)) for row in rows))


def _reason(row: RefusedRow) -> tuple[str, str]:
    return (f"已收下，但{row.zh}", f"Taken, but: {row.en}") if row.was_taken else (row.zh, row.en)
