"""What a file is, by its content alone, and its records."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fangxian.core.refusal import Refusal

from .csv_files import csv_records, delimiter_of
from .decoding import Decoded, decode
from .html_tables import html_records, is_markup
from .json_files import json_records
from .limits import FILE_SIZE, MEBIBYTE
from .workbooks import merged_until, open_sheet, refusal_of_nothing, sheet_records

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCODING_IS_A_GUESS = "encoding_is_a_guess"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    JSON = "json"
    HTML = "html"


WORKBOOKS = (Format.XLSX, Format.XLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffed:
    """What a file turned out to be.

    Attributes
    ----------
    encoding, delimiter : empty where the format has none
    sheet, sheet_number : of a workbook; "" and 0 for text
    warnings : names of wire.WARNINGS
    """

    format: Format
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheet_number: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with its records: (row number, cells), empty rows left out. They can be gone through once.

    Attributes
    ----------
    merged_until : of a workbook the last row, from 1, that a cell merged over several rows reaches; 0 for none
    """

    sniffed: Sniffed
    records: Iterator[tuple[int, list]]
    ends_with_newline: bool = True
    merged_until: int = 0


def sniff(content: bytes, *, sheet: str | None = None) -> Sniffed:
    """What a file is. Costs as much as decoding it; use `open_records` where the records are wanted too."""
    return open_records(content, sheet=sheet).sniffed


def open_records(content: bytes, *, sheet: str | None = None, encoding: str | None = None) -> Opened:
    """What a file is, and its records.

    Parameters
    ----------
    sheet : the sheet of a workbook; None for the first that has anything in it
    encoding : what was found, as `Sniffed` says it, when this very content was looked into before; what was checked
        of it then is not checked again. None: it comes for the first time

    Refuses
    -------
    intake.too_large, intake.empty, and those of decoding, workbooks; while the records are gone through
    those of csv_files and json_files
    """
    _refuse_size(content)
    if content.startswith((ZIP, OLE)):
        is_xls = content.startswith(OLE)
        number, chosen = open_sheet(content, name=sheet, is_xls=is_xls, is_checked=encoding is not None)
        kind = Format.XLS if is_xls else Format.XLSX
        sniffed = Sniffed(format=kind, sheet=chosen.name, sheet_number=number)
        return Opened(sniffed, sheet_records(chosen), merged_until=merged_until(chosen))
    decoded = decode(content, known=encoding or "")
    if not decoded.text.strip():
        raise refusal_of_nothing()
    return _opened_text(decoded)


def _opened_text(decoded: Decoded) -> Opened:
    warnings = (ENCODING_IS_A_GUESS,) if decoded.is_guess else ()
    if decoded.text.lstrip().startswith(("[", "{")):
        sniffed = Sniffed(format=Format.JSON, encoding=decoded.encoding, warnings=warnings)
        return Opened(sniffed, json_records(decoded.text))
    if is_markup(decoded.text):
        sniffed = Sniffed(format=Format.HTML, encoding=decoded.encoding, warnings=warnings)
        return Opened(sniffed, html_records(decoded.text))
    delimiter = delimiter_of(decoded.text)
    sniffed = Sniffed(format=Format.CSV, encoding=decoded.encoding, delimiter=delimiter, warnings=warnings)
    return Opened(sniffed, csv_records(decoded.text, delimiter), decoded.text.endswith(("\n", "\r")))


def _refuse_size(content: bytes) -> None:
    if not content:
        raise refusal_of_nothing()
    limit = int(FILE_SIZE.value) * MEBIBYTE
    if len(content) > limit:
        raise Refusal(
            "intake.too_large",
            zh="文件有 {found} MiB，超过上限 {limit} MiB，没有收下。请分成几个文件，或只留需要的列后上传。",
            en="The file has {found} MiB, above the limit of {limit} MiB, and was not taken in. Upload it in parts, or "
            "with the columns needed only.",
            found=-(-len(content) // MEBIBYTE),
            limit=limit // MEBIBYTE,
        )
