"""Text with delimiters: which delimiter, and its records with the row numbers a spreadsheet would show."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from fangxian.core.refusal import Refusal

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_RECORDS = 20
SAMPLE_CHARACTERS = 16_384


def delimiter_of(text: str) -> str:
    """The delimiter that parts the first records most evenly; the standard library's guess, then a comma."""
    sample = text[:SAMPLE_CHARACTERS]
    rated = [(_evenness(sample, delimiter), delimiter) for delimiter in DELIMITERS]
    (even_fraction, _), best = max(rated, key=lambda pair: pair[0])
    if even_fraction > 0:
        return best
    try:
        return csv.Sniffer().sniff(sample, delimiters="".join(DELIMITERS)).delimiter
    except csv.Error:
        return ","


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """The fraction of the first records that have the most common width above 1, and that width."""
    widths: Counter[int] = Counter()
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if record:  # lines left empty above a head say nothing
                widths[len(record)] += 1
            if widths.total() >= SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0.0, 0
    parted = [(n, width) for width, n in widths.items() if width > 1]
    n_even, width = max(parted, default=(0, 0))
    return n_even / max(widths.total(), 1), width


def csv_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that has any text, with its row number from 1; empty rows are counted and left out.

    Refuses
    -------
    intake.csv_broken
        A quotation mark is open at the end, or stands where none can.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row_number = 0
    try:
        for row_number, cells in enumerate(reader, start=1):
            # Of nearly every record the first cell tells, and to join them all costs as much as to read them.
            if cells and (cells[0].strip() or "".join(cells).strip()):
                yield row_number, cells
    except csv.Error as error:
        raise Refusal(
            "intake.csv_broken",
            zh="第{row_number}行之后（文本第{line}行）引号不成对，或一格过长：{problem}。文件可能被截断。"
            "请重新导出完整的文件，或另存为 XLSX 后上传。",
            en="After row {row_number} (line {line} of the text) a quotation mark has no partner, or a cell is too "
            "long: {problem}. The file may be cut off. Export it whole again, or save it as XLSX, and upload that.",
            row_number=row_number,
            line=reader.line_num,
            problem=str(error),
        ) from None


def refuse_cut_off_end(widths: list[tuple[int, int]], *, ends_with_newline: bool) -> None:
    """Refuse a file whose last record lacks cells that its other rows have.

    Parameters
    ----------
    widths : (row number, number of cells) of the head and of each record below it

    Refuses
    -------
    intake.last_row_short
    """
    if len(widths) < 2:
        return
    (_, n_expected), (last, n_found) = widths[0], widths[-1]
    others_are_whole = all(width >= n_expected for _, width in widths[:-1])
    if n_found < n_expected and (others_are_whole or not ends_with_newline):
        raise Refusal(
            "intake.last_row_short",
            zh="最后一行（第{row_number}行）只有{n_found}格，表头有{n_expected}格，文件很可能被截断。应为完整的文件。"
            "请重新下载或导出后上传。",
            en="The last row ({row_number}) has {n_found} cells where the head has {n_expected}: the file was most "
            "likely cut off. It should be complete. Fetch or export it again and upload that.",
            row_number=last,
            n_found=n_found,
            n_expected=n_expected,
        )
