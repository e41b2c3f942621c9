"""The only writers of the intake room. Files are read outside the transaction; writing is short and re-checks."""

import json
import threading
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import Ready, cycles_sought_between
from fangxian.ops.realm.current import county_now, the_realm

from . import mapping as mappings
from .damage import MERGED_ROWS, Watch
from .fields import Kind, plain
from .formats import WORKBOOKS, open_records
from .headers import check_whole, table_of
from .kept_rows import Keeper
from .kinds import kind_of
from .limits import FILE_SIZE, MEBIBYTE
from .models import HeaderMapping, Intake, RefusedRow, State
from .queries import headers_of, mapping_of, opened_again
from .reading import RowRefusal, cells_of
from .wire import outcome

# The store drafts a file under a name of its content and this process; two threads with one content would share it.
ONE_PUTS = threading.Lock()
LONGEST_HEADER = HeaderMapping._meta.get_field("header").max_length
LONGEST_CODE = Intake._meta.get_field("refusal_code").max_length


@dataclass(frozen=True, slots=True)
class TakenIn:
    """An intake; whether it had been taken in before; and in words, when, and what has come of it."""

    intake: Intake
    is_repeat: bool
    said: Said


def take_in(
    content: bytes,
    *,
    file_name: str,
    kind: str,
    source: str,
    by: str,
    area_path: str | None = None,
    sheet: str | None = None,
) -> TakenIn:
    """Keep a file and say what it is. The same content of the same kind from the same source is a repeat.

    A file that cannot be read is kept too, as refused, so that it can be looked into; then the refusal is
    raised. (Empty and too large ones are not kept.) Call it outside a transaction of your own: rolled back,
    that would forget the refused file.

    Parameters
    ----------
    source : who sends it, such as "unit:<uuid>"; mappings are remembered by it
    area_path : the area it concerns; None for the county
    sheet : the sheet of a workbook; None for the first that has anything in it

    Refuses
    -------
    intake.unknown_kind, and those of formats.open_records, headers.table_of, headers.check_whole
    """
    wanted = kind_of(kind)
    origin = {"kind": kind, "source": source, "n_bytes": len(content)}
    origin["area_path"] = the_realm().division_code if area_path is None else area_path
    try:
        with cycles_sought_between():
            found = _looked_into(content, wanted, sheet)
    except Refusal as refusal:
        if 0 < len(content) <= FILE_SIZE.value * MEBIBYTE:
            _keep_refused(content, refusal, file_name=file_name, by=by, **origin)
        raise
    file = _stored(content)
    try:
        return _keep(file, found, file_name=file_name, by=by, **origin)
    except IntegrityError:  # the same file was taken in at this very moment
        return _keep(file, found, file_name=file_name, by=by, **origin)


@transaction.atomic
def map_headers(*, intake: UUID, mapping: Mapping[str, str], by: str) -> Intake:
    """Confirm what each header of a file means (header → field); remembered for this source and kind.

    A header that is not in `mapping` is left out, and next time too. The same mapping again changes nothing.

    Refuses
    -------
    intake.unknown, intake.not_open, and those of mapping.check
    """
    row = _locked(intake)
    if row.state == State.MAPPED and mapping_of(row) == dict(mapping):
        return row
    if row.state not in (State.RECEIVED, State.MAPPED):
        raise _not_open(row)
    headers, at = headers_of(row), county_now()
    mappings.check(mapping, headers, kind_of(row.kind))
    remembered = [
        HeaderMapping(
            source=row.source, kind=row.kind, header=header, field=mapping.get(header, ""), mapped_at=at, mapped_by=by
        )
        for header in headers
        if 0 < len(header) <= LONGEST_HEADER
    ]
    HeaderMapping.objects.bulk_create(
        remembered,
        update_conflicts=True,
        unique_fields=["source", "kind", "header"],
        update_fields=["field", "mapped_at", "mapped_by"],
    )
    row.mapping, row.state = _json(dict(mapping)), State.MAPPED
    row.save(update_fields=["mapping", "state"])
    _record("intake.mapped", row, by, mapping=dict(mapping))
    return row


def close(
    *,
    intake: UUID,
    n_accepted: int,
    refused: Iterable[RowRefusal],
    by: str,
    remarked: Iterable[RowRefusal] = (),
    cells: Mapping[int, list[str]] | None = None,
) -> Intake:
    """Say what came of each row of a mapped file. Closed already with the same counts, nothing changes.

    Parameters
    ----------
    refused : the rows that were not taken, those of `Reading.refused` and the receiving room's own
    remarked : of those accepted the rows that were taken without something, which goes back with its reason too
    cells : of all of these their cells as they came (`Reading.cells`); None: they are read from the file

    Refuses
    -------
    intake.unknown, intake.not_open, intake.erased

    Raises
    ------
    ValueError
        If a row is refused twice or is not in the file, or if accepted and refused are not all the rows
        there are: a bug of the caller, by which rows would be lost.
    """
    row = Intake.objects.filter(pk=intake).first()
    if row is None:
        raise _unknown()
    if row.state == State.CLOSED and row.n_accepted == n_accepted:
        return row
    if row.state != State.MAPPED:
        raise _not_open(row)
    reasons = list(refused)
    by_number = {reason.row_number: reason.refusal for reason in reasons}
    if len(by_number) != len(reasons):
        raise ValueError("a row is refused twice")
    if n_accepted < 0 or n_accepted + len(by_number) != row.n_rows:
        raise ValueError(f"{n_accepted} accepted and {len(by_number)} refused are not all {row.n_rows} rows")
    remarks: dict[int, Refusal] = {}
    for remark in remarked:
        remarks.setdefault(remark.row_number, remark.refusal)
    if remarks.keys() & by_number.keys():
        raise ValueError("a row is refused and taken")
    if cells is None:
        cells = _cells(row, {*by_number, *remarks})
    if strangers := {*by_number, *remarks} - cells.keys():
        raise ValueError(f"rows that are not in the file: {sorted(strangers)[:5]}")
    rows = _sent_back(row, by_number | remarks, remarks, cells)
    return _close(intake, n_accepted, len(by_number), len(remarks), rows, by)


def _sent_back(
    row: Intake, reasons: Mapping[int, Refusal], remarked: Container[int], cells: Mapping[int, list[str]]
) -> Ready:
    at = county_now()
    return Ready(
        RefusedRow,
        (
            {
                "intake_id": row.pk,
                "row_number": number,
                "was_taken": number in remarked,
                "refusal_code": refusal.code[:LONGEST_CODE],
                "zh": refusal.said.zh,
                "en": refusal.said.en,
                "cells": _json(cells[number]),
                "refused_at": at,
            }
            for number, refusal in sorted(reasons.items())
        ),
    )


@transaction.atomic
def _close(intake: UUID, n_accepted: int, n_refused: int, n_remarked: int, rows: Ready, by: str) -> Intake:
    row, at = _locked(intake), county_now()
    if row.state == State.CLOSED and row.n_accepted == n_accepted:
        return row  # somebody was quicker by a moment
    if row.state != State.MAPPED:
        raise _not_open(row)
    rows.write()
    row.state, row.closed_at = State.CLOSED, at
    row.n_accepted, row.n_refused, row.n_remarked = n_accepted, n_refused, n_remarked
    row.save(update_fields=["state", "closed_at", "n_accepted", "n_refused", "n_remarked"])
    _record("intake.closed", row, by, n_accepted=n_accepted, n_refused=n_refused, n_remarked=n_remarked)
    return row


def _cells(row: Intake, numbers: set[int]) -> dict[int, list[str]]:
    if not numbers:
        return {}
    return cells_of(opened_again(row), kind=kind_of(row.kind), rows=numbers)


def _looked_into(content: bytes, kind: Kind, sheet: str | None) -> dict[str, object]:
    """What the file is, as fields of Intake, and of a workbook its `rows`, packed; refuses what is not whole."""
    opened, keeper = open_records(content, sheet=sheet), None
    if opened.sniffed.format in WORKBOOKS:
        keeper = Keeper()
        opened = replace(opened, records=keeper.through(opened.records))
    table = table_of(opened, kind)
    by_plain = kind.by_header
    watch = Watch(table.headers, {it: by_plain[plain(it)] for it in table.headers if plain(it) in by_plain})
    n_rows = check_whole(opened, table, watch)
    sniffed = opened.sniffed
    merged = (MERGED_ROWS,) if opened.merged_until > table.header_row else ()
    return {
        "file_format": sniffed.format,
        "encoding": sniffed.encoding,
        "delimiter": sniffed.delimiter,
        "sheet": sniffed.sheet,
        "sheet_number": sniffed.sheet_number,
        "warnings": [*sniffed.warnings, *watch.warnings, *merged],
        "header_row": table.header_row,
        "headers": _json(list(table.headers)),
        "n_rows": n_rows,
        "rows": keeper.packed() if keeper else b"",
    }


def _stored(content: bytes) -> str:
    with ONE_PUTS:
        return the_realm().files.put(content)


@transaction.atomic
def _keep(file: str, found: dict, *, file_name: str, by: str, **origin: object) -> TakenIn:
    of_content = Intake.objects.filter(file=file).exclude(state=State.REFUSED)
    same = {"kind": origin["kind"], "source": origin["source"], "sheet_number": found["sheet_number"]}
    if known := of_content.filter(**same).first():
        _record("intake.repeated", known, by)
        return TakenIn(known, True, outcome(known))
    rows = found.pop("rows")
    row = Intake.objects.create(
        file=file,
        rows_file=_stored(rows) if rows else "",
        file_name=file_name,
        received_at=county_now(),
        received_by=by,
        earlier=of_content.order_by("received_at", "id").first(),
        **origin,
        **found,
    )
    _record("intake.taken_in", row, by, file_name=file_name)
    return TakenIn(row, False, outcome(row))


def _keep_refused(content: bytes, refusal: Refusal, *, file_name: str, by: str, **origin: object) -> None:
    file = _stored(content)
    with transaction.atomic():
        before = Intake.objects.filter(
            file=file, kind=origin["kind"], source=origin["source"], refusal_code=refusal.code
        )
        if before.exists():
            return
        row = Intake.objects.create(
            file=file,
            file_name=file_name,
            received_at=county_now(),
            received_by=by,
            state=State.REFUSED,
            refusal_code=refusal.code,
            refusal_zh=refusal.said.zh,
            refusal_en=refusal.said.en,
            **origin,
        )
        _record("intake.refused", row, by, file_name=file_name)


def _locked(intake: UUID) -> Intake:
    row = Intake.objects.select_for_update().filter(pk=intake).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> Refusal:
    return Refusal(
        "intake.unknown",
        zh="没有这个文件的收件记录。应从收件列表中选择。请重新打开列表。",
        en="There is no such file among those that came in. Choose one from the list: open it again.",
    )


def _not_open(row: Intake) -> Refusal:
    said = outcome(row)
    return Refusal(
        "intake.not_open",
        zh="{outcome_zh}不能再改。只有已收下、未办结的文件可以办理。如需更正，请上传改正后的文件。",
        en="{outcome_en} It cannot be changed. Only a file that was taken in and is not closed can be worked on: to "
        "correct it, upload a mended file.",
        outcome_zh=said.zh,
        outcome_en=said.en,
    )


# Made once, since `json.dumps` makes another for each row that goes back.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _record(action: str, row: Intake, by: str, **details: object) -> None:
    facts = {"intake": str(row.pk), "kind": row.kind, "source": row.source, "n_rows": row.n_rows}
    record(action, by=by, details=facts | details)
