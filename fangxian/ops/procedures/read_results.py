"""An amplifier's result file: from its bytes to the curves of each tube. Nothing is written.

1. what the file is, its encoding and delimiter                          intake.formats
2. past whatever the instrument says of itself, to the head of its table  here
3. a file that was cut off on its way is refused whole, with the line     intake.headers
4. its columns by their heads, or as somebody mapped them                 intake.mapping
5. rows to curves; each row that cannot be taken, with its number         core.laboratory.result_rows
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from fangxian.core.laboratory.judging import KIT, Kit
from fangxian.core.laboratory.result_rows import Curves, Taken, curves
from fangxian.core.refusal import Refusal
from fangxian.ops.intake.cells import text_of
from fangxian.ops.intake.csv_files import DELIMITERS, csv_records
from fangxian.ops.intake.decoding import decode
from fangxian.ops.intake.fields import plain
from fangxian.ops.intake.formats import OLE, ZIP, Format, Opened, open_records
from fangxian.ops.intake.headers import check_whole, table_of
from fangxian.ops.intake.instrument_results import RESULTS
from fangxian.ops.intake.mapping import check, propose
from fangxian.ops.intake.reading import Reading

PREAMBLE_ROWS = 100  # that an instrument writes about itself at most, before the table
CURVES = ("ct", "ct_orf1ab", "ct_n", "ct_e", "ct_s", "ct_ic")


def read_results(
    content: bytes,
    *,
    known: Mapping[str, Taken],
    measured_at: datetime,
    kit: Kit = KIT,
    mapping: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> Curves:
    """The curves in a file.

    Parameters
    ----------
    known : tubes the laboratory has received, by barcode
    measured_at : when the run ended, aware
    mapping : header → field as somebody chose; None: by what the headers are called

    Refuses
    -------
    laboratory.no_curves, intake.last_row_short, and what the readers of intake refuse: the whole file. A row that
    cannot be taken is in `Curves.refused`.
    """
    table = table_of(_at_table(content, sheet), RESULTS)
    opened = _at_table(content, sheet)
    check_whole(opened, table_of(opened, RESULTS))
    chosen = propose(table.headers, RESULTS, {}) if mapping is None else mapping
    check(chosen, table.headers, RESULTS)
    refuse_without_curves(chosen, table.headers)
    reading = Reading(table, RESULTS, chosen)
    told = curves(reading, known=known, measured_at=measured_at, kit=kit)
    refused = [(each.row_number, each.refusal) for each in reading.refused]
    return replace(told, refused=sorted([*told.refused, *refused], key=lambda each: each[0]))


def from_its_table_on(content: bytes) -> bytes:
    """A text with the lines in which an instrument speaks of itself left empty, as UTF-8; a workbook or what has no
    head as it came. So its delimiter and head are plain, and its rows keep their numbers.

    Refuses
    -------
    what decoding refuses
    """
    if content.startswith((ZIP, OLE)) or not content.strip():
        return content
    lines = decode(content).text.splitlines(keepends=True)
    heads = (at for at, line in enumerate(lines[:PREAMBLE_ROWS]) if any(_is_head(line.split(it)) for it in DELIMITERS))
    at = next(heads, 0)
    return ("\n" * at + "".join(lines[at:])).encode() if at else content


def _at_table(content: bytes, sheet: str | None) -> Opened:
    """The file from its table on: before it an instrument says when it ran, with what, and by whom.

    So much that a delimiter is not known by the first rows: of a text it is the one by which there is a head.
    """
    opened = open_records(content, sheet=sheet)
    if opened.sniffed.format is Format.CSV:
        text = decode(content, known=opened.sniffed.encoding).text
        lines = text.splitlines()[:PREAMBLE_ROWS]
        found = (it for it in DELIMITERS if any(_is_head(line.split(it)) for line in lines))
        opened = replace(opened, records=csv_records(text, next(found, opened.sniffed.delimiter)))
    first = list(islice(opened.records, PREAMBLE_ROWS))
    head = next((at for at, (_, cells) in enumerate(first) if _is_head(cells)), 0)
    return replace(opened, records=chain(first[head:], opened.records))


def _is_head(cells: list) -> bool:
    named = {RESULTS.by_header[name].name for name in _plain(cells) if name in RESULTS.by_header}
    return "sample" in named and not named.isdisjoint(CURVES)


def _plain(cells: list) -> Iterator[str]:
    return (plain(text_of(cell)) for cell in cells)


def refuse_without_curves(mapping: Mapping[str, str], headers: tuple[str, ...]) -> None:
    fields = set(mapping.values())
    if not ({"channel", "ct"} <= fields or any(name in fields for name in CURVES[1:])):
        raise Refusal(
            "laboratory.no_curves",
            zh="文件没有 Ct 值：应有“通道”和“Ct 值”两列，或每个通道一列。现有的列：{headers}。"
            "请在仪器上重新导出，或重新对应列。",
            en="The file has no Ct: it should have a column for the channel and one for the Ct, or one for each "
            "channel. It has {headers}. Export it again from the instrument, or map its columns.",
            headers=", ".join(filter(None, headers)),
        )
