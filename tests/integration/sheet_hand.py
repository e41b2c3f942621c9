"""Forms as counties draw them, for tests of the sheets: built here, so that nothing of unknown origin is kept."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import xlsxwriter
from python_calamine import CalamineWorkbook


def form(*, rows: int = 5, example: str = "", second_sheet: bool = False) -> bytes:
    """A ledger: title, 填报单位, a head of two storeys (rows 3 and 4), ruled rows, a sum, who filled it in.

    `example` stands in the name's first row, as forms have it for show.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"created": datetime(2022, 4, 1, tzinfo=UTC)})  # the same form is the same file
    sheet = book.add_worksheet("台账")
    head, cell = book.add_format({"border": 1, "bold": True}), book.add_format({"border": 1})
    sheet.merge_range("A1:G1", "返乡人员台账", head)
    sheet.write("A2", "填报单位：{{填报单位}}")
    for column, said in (("A", "序号"), ("B", "姓名"), ("C", "身份证号"), ("F", "返乡日期"), ("G", "占比")):
        sheet.merge_range(f"{column}3:{column}4", said, head)
    sheet.merge_range("D3:E3", "人数", head)
    sheet.write("D4", "落地", head)
    sheet.write("E4", "在途", head)
    last = 4 + rows
    for row in range(4, last):
        for column in range(6):
            sheet.write_blank(row, column, None, cell)
        sheet.write_formula(row, 6, f"=D{row + 1}/D{last + 1}", cell)
    if example:
        sheet.write("B5", example, cell)
    sheet.write(last, 0, "合计", head)
    sheet.write_formula(last, 3, f"=SUM(D5:D{last})", head)
    sheet.merge_range(last + 2, 0, last + 2, 2, "填报人：        审核人：")
    sheet.write(last + 2, 5, "{{日期}}")
    sheet.print_area(0, 0, last + 2, 6)
    if second_sheet:
        book.add_worksheet("汇总").write_formula("A1", f"=台账!D{last + 1}")
    book.close()
    return file.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The workbook with parts put in or changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, part in parts.items():
            after.writestr(name, part)
    return out.getvalue()


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def cells(content: bytes, sheet: int = 0) -> list[list]:
    """What another reader finds in it."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(sheet).to_python()
